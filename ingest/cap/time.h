/* SPDX-License-Identifier: Apache-2.0
 *
 * CAP times as they are really sent, as instants of whole seconds.
 */
#pragma once

#include "base/clock.h"
#include "base/mem.h"

enum cap_time_verdict {
	CAP_TIME_OK,
	CAP_TIME_ABSENT,
	CAP_TIME_ZULU,	    /* "Z": understood, forbidden by CAP 1.2 */
	CAP_TIME_NO_OFFSET, /* legal in 1.1, names no instant: read as UTC */
	CAP_TIME_UNREADABLE,
};

/* *out is WALL_TIME_NONE when absent or unreadable. offset_minutes may be NULL. */
enum cap_time_verdict cap_time_read(const char *text, struct wall_time *out, int *offset_minutes);

/* The instant written in UTC: how a revision is spelled, whatever the sender's offset was. */
const char *cap_time_revision(struct pool *pool, struct wall_time t);
