/* SPDX-License-Identifier: Apache-2.0
 *
 * What one siren decides and plays: no network, no files. This is the part a maker's firmware has
 * to do the same way (docs/siren-device.md).
 */
#pragma once

#include "channels/mqtt/sim/window.h"
#include "channels/mqtt/topic.h"

enum { SIREN_PLAYS_MAX = 16 };

/* An order waiting for its turn or sounding. */
struct siren_play {
	struct siren_play *next;
	char *id;
	uint64_t hash;
	bool drill;
	int priority;
	bool started;
	struct mono_time starts;
	int64_t length_ms;
	char *words; /* what the terminal shows */
};

struct siren_device {
	char id[SIREN_NAME_MAX + 1];
	const char *area;		/* borrowed */
	int64_t slot;			/* for staggered starts */
	bool dead;			/* hears nothing, answers nothing: a broken unit */
	struct siren_window windows[2]; /* live, drill */
	struct siren_play *plays;	/* by priority; the first has the loudspeaker */
	size_t play_count;
	struct mono_time heartbeat_at;
};

/* Where a device tells what it does: state as in an ack, reason or "", words for the terminal. */
struct siren_teller {
	void (*tell)(struct siren_device *d, const char *order_id, const char *state,
		const char *reason, const char *words, void *data);
	/* For the flash: the window knows it already. NULL allowed. */
	void (*reached)(struct siren_device *d, bool drill, uint64_t hash,
		enum siren_progress progress, void *data);
	void *data;
};

/* The rules for an order whose signature is good (siren_order_open()): area, seen, retained, time,
 * sequence; in this order, so that a repeat is always called a repeat. */
enum siren_refusal siren_device_judge(const struct siren_device *d, const struct siren_order *order,
	uint64_t hash, bool retained, struct wall_time now);

/* Obeys an accepted order: remembers it, ends what it ends, plays or queues it. length_ms is how
 * long it sounds, words what it says. */
void siren_device_obey(struct siren_device *d, const struct siren_order *order, uint64_t hash,
	int64_t length_ms, const char *words, const struct siren_teller *teller);

/* Starts and ends what is due; returns milliseconds until the next thing is, INT64_MAX: nothing. */
int64_t siren_device_turn(struct siren_device *d, const struct siren_teller *teller);

void siren_device_clear(struct siren_device *d);
