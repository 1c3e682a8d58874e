/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/retry.h"

#include "base/rand_id.h"

enum { RETRY_AFTER_LIMIT_S = 3600 }; /* a remote may not silence us for longer than that */

int64_t retry_delay_ms(int attempt, int64_t first_ms, int64_t max_ms, int64_t retry_after_s)
{
	int64_t delay = first_ms < 1 ? 1 : first_ms;
	for (int i = 1; i < attempt && delay < max_ms; i++) {
		delay *= 2;
	}
	if (delay > max_ms) {
		delay = max_ms < 1 ? 1 : max_ms;
	}
	int64_t quarter = delay / 4;
	delay = delay - quarter + (int64_t)rand_below((uint64_t)(2 * quarter) + 1);
	if (retry_after_s > RETRY_AFTER_LIMIT_S) {
		retry_after_s = RETRY_AFTER_LIMIT_S;
	}
	return retry_after_s * 1000 > delay ? retry_after_s * 1000 : delay;
}
