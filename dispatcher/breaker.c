/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/breaker.h"

#include <stdio.h>

void breaker_init(struct breaker *b, int limit, int64_t first_ms)
{
	*b = (struct breaker){.limit = limit < 1 ? 1 : limit, .first_ms = first_ms};
}

static void open_for(struct breaker *b, int64_t ms, const char *reason)
{
	b->open = true;
	b->open_ms = ms > BREAKER_MAX_MS ? BREAKER_MAX_MS : ms;
	b->until = mono_time_add(clock_mono_now(), b->open_ms);
	(void)snprintf(b->reason, sizeof(b->reason), "%s", reason);
}

bool breaker_fault(struct breaker *b, const char *reason)
{
	if (b->open) {
		if (breaker_wait_ms(b) > 0) {
			return false; /* a batch that was out when it opened */
		}
		open_for(b, b->open_ms * 2, reason);
		return true;
	}
	if (++b->faults < b->limit) {
		return false;
	}
	open_for(b, b->first_ms, reason);
	return true;
}

bool breaker_force_open(struct breaker *b, const char *reason)
{
	if (b->open && breaker_wait_ms(b) > 0) {
		return false;
	}
	bool was_open = b->open;
	open_for(b, was_open ? b->open_ms * 2 : b->first_ms, reason);
	return !was_open;
}

bool breaker_success(struct breaker *b)
{
	bool was_open = b->open;
	b->open = false;
	b->faults = 0;
	b->reason[0] = '\0';
	return was_open;
}

int64_t breaker_wait_ms(const struct breaker *b)
{
	if (!b->open) {
		return 0;
	}
	int64_t left = mono_time_left_ms(b->until);
	return left > 0 ? left : 0;
}

bool breaker_is_probing(const struct breaker *b)
{
	return b->open && breaker_wait_ms(b) == 0;
}

bool breaker_may_probe(const struct breaker *b)
{
	return b->out == 0;
}

void breaker_started(struct breaker *b)
{
	b->out++;
}

void breaker_ended(struct breaker *b)
{
	if (b->out > 0) {
		b->out--;
	}
}

const char *breaker_reason(const struct breaker *b)
{
	return b->reason[0] ? b->reason : "paused after faults";
}
