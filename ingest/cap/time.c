/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/cap/time.h"

#include <stdio.h>
#include <string.h>

enum { TIME_TEXT_LIMIT = 64 };

/* Fractions of a second occur (CAP 1.1) and get lost on the way into references. */
static struct wall_time whole_seconds(struct wall_time t)
{
	int64_t rest = t.ms % 1000;
	return (struct wall_time){.ms = t.ms - (rest < 0 ? rest + 1000 : rest)};
}

enum cap_time_verdict cap_time_read(const char *text, struct wall_time *out, int *offset_minutes)
{
	*out = WALL_TIME_NONE;
	int offset = 0;
	size_t size = strlen(text);
	if (size == 0) {
		return CAP_TIME_ABSENT;
	}
	if (size > TIME_TEXT_LIMIT) {
		return CAP_TIME_UNREADABLE;
	}
	struct wall_time t;
	enum cap_time_verdict verdict = CAP_TIME_OK;
	if (wall_time_parse(text, size, &t, &offset) == 0) {
		verdict = strpbrk(text, "Zz") ? CAP_TIME_ZULU : CAP_TIME_OK;
	} else {
		char zoned[TIME_TEXT_LIMIT + 8];
		(void)snprintf(zoned, sizeof(zoned), "%s+00:00", text);
		if (wall_time_parse(zoned, strlen(zoned), &t, &offset) != 0) {
			return CAP_TIME_UNREADABLE;
		}
		verdict = CAP_TIME_NO_OFFSET;
	}
	*out = whole_seconds(t);
	if (offset_minutes) {
		*offset_minutes = offset;
	}
	return verdict;
}

const char *cap_time_revision(struct pool *pool, struct wall_time t)
{
	char text[WALL_TIME_TEXT_SIZE];
	return pool_copy_text(pool, wall_time_format(t, 0, text));
}
