/* SPDX-License-Identifier: Apache-2.0
 *
 * Two kinds of time that cannot be mixed: wall time (what people and telegrams mean) and
 * monotonic time (deadlines, delays). Both are counted in milliseconds.
 * Tests replace the source of both with clock_set_source().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wall_time {
	int64_t ms; /* since 1970-01-01T00:00:00Z; CLOCK_NONE.ms when unknown */
};

struct mono_time {
	int64_t ms; /* CLOCK_BOOTTIME: goes on while the machine sleeps */
};

#define WALL_TIME_NONE ((struct wall_time){.ms = INT64_MIN})

/* Room for "2026-11-20T14:30:00.123+09:00" and a zero. */
#define WALL_TIME_TEXT_SIZE 40

struct clock_source {
	int64_t (*wall_ms)(void *data);
	int64_t (*mono_ms)(void *data);
	void *data; /* borrowed as long as the source is set */
};

/* NULL goes back to the machine's clocks. For tests. */
void clock_set_source(const struct clock_source *source);

struct wall_time clock_wall_now(void);
struct mono_time clock_mono_now(void);

static inline bool wall_time_is_none(struct wall_time t)
{
	return t.ms == INT64_MIN;
}

/* Saturating: never wraps, whatever comes from outside. */
struct mono_time mono_time_add(struct mono_time t, int64_t ms);

/* Milliseconds from now until t; negative when past. */
int64_t mono_time_left_ms(struct mono_time t);

/* Reads an RFC 3339 / xs:dateTime instant: "2026-11-20T14:30:00+09:00", also with fraction, "Z" and
 * surrounding white space; hour 24:00:00 means the next day. offset_minutes (may be NULL) receives
 * the offset. -EINVAL when it is no instant (no offset, or a field out of range). */
int wall_time_parse(const char *text, size_t size, struct wall_time *out, int *offset_minutes);

/* Writes RFC 3339 with the given offset, without a fraction when the milliseconds are 0. Returns
 * out. An unknown time gives "". */
const char *wall_time_format(struct wall_time t, int offset_minutes, char out[WALL_TIME_TEXT_SIZE]);

/* Japan has no daylight saving time: every JMA and staff time is shown with this offset. */
#define CLOCK_JST_OFFSET_MINUTES 540
