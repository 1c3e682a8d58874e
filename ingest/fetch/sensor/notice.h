/* SPDX-License-Identifier: Apache-2.0
 *
 * A gauge's change as a canonical alert (schemas/alert.schema.json), as the feed submits it. One
 * episode, from the first step to the release, is one series: a raise, a fall and the end are
 * updates of the same thing.
 */
#pragma once

#include "config/config.h"
#include "ingest/fetch/sensor/gauge.h"

struct notice_origin {
	const char *feed;
	struct text_list municipalities; /* whom the gauge concerns: 5-digit codes */
	int64_t valid_ms;		 /* how long a notice holds without another */
};

/* The alert as one JSON text of *size bytes, which the caller frees. change is not GAUGE_SAME. */
char *notice_write(const struct gauge *g, const struct notice_origin *origin,
	enum gauge_change change, size_t *size);
