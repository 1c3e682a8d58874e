/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/sms/pace.h"

enum { ONE = 1000, FULL_AFTER_MS = 3600 * 1000 };

void pace_init(struct pace *p, int64_t rate, size_t burst, struct mono_time now)
{
	int64_t most = rate < (int64_t)burst ? rate : (int64_t)burst;
	*p = (struct pace){.rate = rate, .burst = most, .tokens = most * ONE, .at = now};
}

size_t pace_take(struct pace *p, size_t wanted, struct mono_time now)
{
	int64_t passed = now.ms - p->at.ms;
	int64_t full = p->burst * ONE;
	p->at = now;
	if (passed > 0) {
		p->tokens += (passed < FULL_AFTER_MS ? passed : FULL_AFTER_MS) * p->rate;
	}
	if (p->tokens > full) {
		p->tokens = full;
	}
	int64_t ready = p->tokens / ONE;
	int64_t taken = ready < (int64_t)wanted ? ready : (int64_t)wanted;
	p->tokens -= taken * ONE;
	return (size_t)taken;
}

int64_t pace_wait_ms(const struct pace *p)
{
	int64_t missing = ONE - p->tokens;
	return missing > 0 ? (missing + p->rate - 1) / p->rate : 0;
}
