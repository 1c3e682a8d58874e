/* SPDX-License-Identifier: Apache-2.0
 *
 * What stands on the page: broadcasts in force, notices of what has ended, and the past that CAP
 * references still need. Pure: no files, no clock. There is one board for what is real and one for
 * drills; they never meet.
 *
 *   (new) --> in force --replaced or expired--> past --30 days--> dropped
 *                |   \--withdrawn--> notice --notice time--> past
 *   (release, cancellation) -------> notice
 */
#pragma once

#include "base/clock.h"
#include "base/err.h"
#include "schemas/broadcast.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum entry_state {
	ENTRY_IN_FORCE,
	ENTRY_RELEASED,	 /* 解除: is over; the broadcast itself is the notice */
	ENTRY_CANCELLED, /* 取消: was never true; likewise */
	ENTRY_WITHDRAWN, /* taken down by staff */
	ENTRY_PAST,	 /* not shown */
};

struct board_entry {
	struct broadcast *broadcast; /* owned */
	enum entry_state state;
	struct wall_time until; /* when the state ends by itself */
};

struct board {
	struct board_entry *entries; /* owned; most urgent first, past last */
	size_t count;
	size_t capacity;
};

void board_init(struct board *b);
void board_clear(struct board *b);

/* Puts a broadcast on the board, ending what it replaces. Takes ownership of broadcast. The same id
 * again changes nothing but its content; one that was replaced already comes in as past. */
void board_put(
	struct board *b, struct broadcast *broadcast, struct wall_time now, int64_t notice_ms);
/* Takes an entry down with a notice; nothing when it is not in force. */
void board_withdraw(struct board *b, const char *id, struct wall_time now, int64_t notice_ms);
/* When a broadcast leaves the page by itself: at its expiry, or, where it holds until it is lifted,
 * 72 hours after it was issued, for a release that never came. */
struct wall_time board_end_of(const struct broadcast *b);

/* Ends what is over at now. True when something changed. */
bool board_expire(struct board *b, struct wall_time now);

const struct board_entry *board_find(const struct board *b, const char *id);
size_t board_count(const struct board *b, enum entry_state state);
static inline bool board_entry_is_notice(const struct board_entry *entry)
{
	return entry->state != ENTRY_IN_FORCE && entry->state != ENTRY_PAST;
}
const char *entry_state_name(enum entry_state state);

/* The board as kept between runs. The caller releases. */
json_t *board_to_json(const struct board *b);
/* -EINVAL and *e when it is no board; the entries that could be read are on it then. */
int board_from_json(struct board *b, const json_t *object, struct err *e);
