/* SPDX-License-Identifier: Apache-2.0
 *
 * A channel that fails as a whole (relay away, login refused, driver dying) is left alone for a
 * while instead of burning the retries of everything in its queue.
 *
 *   closed ──faults in a row──► open ──time over──► probing ──success──► closed
 *                                 ▲                    │ fault (open twice as long, to a limit)
 *                                 └────────────────────┘
 * While probing, one batch of one target is out at a time.
 */
#pragma once

#include "base/clock.h"

#include <stdbool.h>

enum { BREAKER_REASON_SIZE = 256, BREAKER_MAX_MS = 120 * 1000 };

struct breaker {
	int limit; /* faults in a row */
	int64_t first_ms;
	int faults;
	bool open;
	int64_t open_ms; /* how long this time */
	struct mono_time until;
	int out; /* batches handed out and not yet ended */
	char reason[BREAKER_REASON_SIZE];
};

void breaker_init(struct breaker *b, int limit, int64_t first_ms);

/* A fault of the channel. true when this one opened it (or kept it open after a probe). */
bool breaker_fault(struct breaker *b, const char *reason);
/* Opens at once, whatever the count. true when it was closed before. */
bool breaker_force_open(struct breaker *b, const char *reason);
/* true when this closed it. */
bool breaker_success(struct breaker *b);

/* Milliseconds until a batch may be tried; 0: now. */
int64_t breaker_wait_ms(const struct breaker *b);
/* The time is over and nothing has succeeded since. */
bool breaker_is_probing(const struct breaker *b);
bool breaker_may_probe(const struct breaker *b);
void breaker_started(struct breaker *b);
void breaker_ended(struct breaker *b);
const char *breaker_reason(const struct breaker *b);
