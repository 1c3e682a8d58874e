/* SPDX-License-Identifier: Apache-2.0
 *
 * What one effect is called, and what it asks people to do: rows of the word tables by kind and
 * grade. Texts belong to the tables or to the row.
 */
#pragma once

#include "rules/rules_private.h"
#include "rules/words.h"

struct wording_thing {
	const struct kind *kind;
	int grade;	  /* as in struct words_noun */
	const char *name; /* of the item */
};

struct wording_thing wording_thing_of(const struct state_row *row);

/* Grades fall through: 4 of a hazard without such a name is spoken of as 3. NULL: the tables do not
 * know the kind. */
const struct words_noun *wording_noun_row(const struct words *w, const struct wording_thing *t);

const char *wording_noun_of(const struct words *w, const struct wording_thing *t);
const char *wording_title_noun_of(const struct words *w, const struct wording_thing *t);
const char *wording_spoken_noun_of(const struct words *w, const struct wording_thing *t);

/* Never NULL. The second for what is released, cancelled or corrected away: what was never true
 * leaves no waves and no soft ground behind. */
const struct words_advice *wording_advice_of(const struct words *w, const struct wording_thing *t);
const struct words_advice *wording_advice_at_end(
	const struct words *w, const struct wording_thing *t, enum words_act act);
