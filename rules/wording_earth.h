/* SPDX-License-Identifier: Apache-2.0
 *
 * What is said of earthquakes, tsunami and volcanoes beside the sentence itself: heights, arrivals,
 * tide gauges, volcanic levels, and the comments that JMA gives as codes.
 */
#pragma once

#include "base/buf.h"
#include "rules/rules_private.h"
#include "rules/words.h"

/* Lines for the body, and for the speech, of a broadcast that is in force or tells news. */
void wording_earth_body(struct pool *pool, const struct words *w, const struct alert *a,
	const struct effect *worst, struct buf *out);
void wording_earth_speech(struct pool *pool, const struct words *w, const struct alert *a,
	const struct effect *worst, struct buf *out);

/* The intensity is not known: no data came from there, and it may be 5- or more. */
bool wording_earth_is_unseen(const struct effect *e);
