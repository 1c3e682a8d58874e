/* SPDX-License-Identifier: Apache-2.0
 *
 * How much may be fetched in an hour, so that no mistake of ours fetches for ever. Old telegrams
 * may use 60 per cent, all telegrams 90, polls the whole: what is new never waits for what is old.
 * Pure.
 */
#pragma once

#include "base/clock.h"

#include <stdbool.h>
#include <stdint.h>

enum budget_use { BUDGET_BACKLOG, BUDGET_FRESH, BUDGET_POLL };

struct budget {
	int64_t requests_max;
	int64_t bytes_max;
	struct wall_time begin; /* of the hour counted now */
	int64_t requests;
	int64_t bytes;
};

/* May one more request of this use go out? */
bool budget_allows(struct budget *b, enum budget_use use, struct wall_time now);
/* A request went out; its answer brought bytes. */
void budget_count(struct budget *b, int64_t requests, int64_t bytes);
