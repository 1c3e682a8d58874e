/* SPDX-License-Identifier: Apache-2.0
 *
 * A token bucket: how many messages may go now.
 */
#pragma once

#include "base/clock.h"

#include <stddef.h>

struct pace {
	int64_t rate;	/* messages a second, at least 1 */
	int64_t burst;	/* at most this many at once, at least 1 */
	int64_t tokens; /* thousandths of a message */
	struct mono_time at;
};

/* Starts full. */
void pace_init(struct pace *p, int64_t rate, size_t burst, struct mono_time now);
/* How many of wanted may go now; they are taken. */
size_t pace_take(struct pace *p, size_t wanted, struct mono_time now);
/* Milliseconds until one may go; 0: now. */
int64_t pace_wait_ms(const struct pace *p);
