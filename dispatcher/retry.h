/* SPDX-License-Identifier: Apache-2.0
 *
 * How long a target waits for its next try: exponential with jitter, bounded, never sooner than
 * the remote asked for.
 */
#pragma once

#include <stdint.h>

/* attempt: the one that just ended, 1 first. Between 75 % and 125 % of
 * min(first_ms * 2^(attempt-1), max_ms); at least retry_after_s. */
int64_t retry_delay_ms(int attempt, int64_t first_ms, int64_t max_ms, int64_t retry_after_s);
