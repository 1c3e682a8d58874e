/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/fetch/atom/budget.h"

enum { HOUR_MS = 3600 * 1000 };

static const int64_t shares[] = {
	[BUDGET_BACKLOG] = 60,
	[BUDGET_FRESH] = 90,
	[BUDGET_POLL] = 100,
};

bool budget_allows(struct budget *b, enum budget_use use, struct wall_time now)
{
	/* A clock that was set back begins a new hour too. */
	if (now.ms - b->begin.ms >= HOUR_MS || now.ms < b->begin.ms) {
		b->begin = now;
		b->requests = 0;
		b->bytes = 0;
	}
	return b->requests < b->requests_max * shares[use] / 100 &&
	       b->bytes < b->bytes_max / 100 * shares[use];
}

void budget_count(struct budget *b, int64_t requests, int64_t bytes)
{
	b->requests += requests;
	b->bytes += bytes;
}
