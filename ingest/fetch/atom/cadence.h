/* SPDX-License-Identifier: Apache-2.0
 *
 * When to poll: at a fixed place of every interval (JMA asks for second 20 of the minute), a little
 * later on each installation, so that they do not all come at once. Pure.
 */
#pragma once

#include "base/clock.h"

struct cadence {
	int64_t interval_ms; /* positive */
	int64_t at_ms;	     /* place in the interval, counted from 1970 */
	int64_t late_ms;     /* this installation's own delay */
};

/* The same for the same site and feed: 0 <= result <= jitter_ms. */
int64_t cadence_delay(const char *site, const char *feed, int64_t jitter_ms);

/* The first moment after now at which to poll. */
struct wall_time cadence_next(const struct cadence *c, struct wall_time now);
