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

struct siren_seen {
	uint64_t id;
	int64_t seq;
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
void siren_window_clear(struct siren_window *w);
