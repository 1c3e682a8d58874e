/* SPDX-License-Identifier: Apache-2.0
 *
 * Protection against replay, one window per trusted key. A sequence number alone would refuse
 * genuine orders that overtook each other; ids alone would need endless memory. So: any number
 * above the floor is taken once, the ids taken are remembered, and forgetting one raises the floor
 * to its number.
 */
#pragma once

#include "base/err.h"
#include "channels/mqtt/siren_order.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SIREN_WINDOW_IDS = 256, SIREN_WINDOW_BACK = 600000 };

/* How far a device came with an order it has taken. Later is more; the names are ack states. */
enum siren_progress {
	SIREN_NOT_OBEYED, /* ended before it came */
	SIREN_RECEIVED,
	SIREN_STARTED,
	SIREN_FAILED,
	SIREN_FINISHED,
	SIREN_PROGRESSES,
};

/* "" for SIREN_NOT_OBEYED. */
const char *siren_progress_name(enum siren_progress progress);
/* SIREN_NOT_OBEYED for a word that is none. */
enum siren_progress siren_progress_of_name(const char *name);

struct siren_seen {
	uint64_t id;
	int64_t seq;
	enum siren_progress progress;
};

struct siren_window {
	int64_t highest;
	int64_t floor; /* numbers up to here are refused */
	struct siren_seen *seen;
	size_t count;
	size_t capacity;
};

/* 64 bits of SHA-256 of an order id. */
uint64_t siren_window_id(const char *order_id);

/* SIREN_ACCEPTED, SIREN_SEEN or SIREN_SEQUENCE. */
enum siren_refusal siren_window_check(const struct siren_window *w, uint64_t id, int64_t seq);
bool siren_window_has(const struct siren_window *w, uint64_t id);
/* Remembers an order that was accepted (or ended before it came). */
void siren_window_note(struct siren_window *w, uint64_t id, int64_t seq);
/* Progress of an order noted before; it never goes back, and an unknown id is ignored. */
void siren_window_reach(struct siren_window *w, uint64_t id, enum siren_progress progress);
enum siren_progress siren_window_progress(const struct siren_window *w, uint64_t id);
void siren_window_clear(struct siren_window *w);
