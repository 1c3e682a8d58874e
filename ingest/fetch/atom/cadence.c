/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/fetch/atom/cadence.h"

#include "base/digest.h"

#include <stdlib.h>

int64_t cadence_delay(const char *site, const char *feed, int64_t jitter_ms)
{
	char hex[DIGEST_HEX_SIZE];
	digest_of_fields(hex, site, feed, NULL);
	hex[12] = '\0'; /* 48 bits */
	return (int64_t)(strtoull(hex, NULL, 16) % (uint64_t)(jitter_ms + 1));
}

struct wall_time cadence_next(const struct cadence *c, struct wall_time now)
{
	int64_t place = (c->at_ms + c->late_ms) % c->interval_ms;
	int64_t since = (now.ms - place) % c->interval_ms;
	since = since < 0 ? since + c->interval_ms : since;
	return (struct wall_time){.ms = now.ms - since + c->interval_ms};
}
