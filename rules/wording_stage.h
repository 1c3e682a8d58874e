/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of one link of a missile's chain.
 */
#pragma once

#include "rules/rules_private.h"
#include "rules/words.h"

struct wording_stage {
	const char *title;
	const char *brief;
	const char *sentence;
	const char *speech;
};

/* False: the row is none, or not in the receiver's words. Texts in pool. */
bool wording_stage_of(struct pool *pool, const struct words *w, const struct alert *a,
	const struct state_row *row, struct wording_stage *out);
