/* SPDX-License-Identifier: Apache-2.0
 *
 * From a group of effects to the texts of one broadcast, in every language that is wanted.
 * Texts of telegrams are shown, never read for meaning; controls in them become blanks.
 * Exercises begin with a sentence that says so in body and speech; the mark on each form is the
 * channels' work.
 */
#pragma once

#include "rules/rules_private.h"

/* effects: worst first, at least one. Fills b->texts; b's other members are set already. */
void wording_write(struct judgement *j, struct broadcast *b, struct effect *const *effects,
	size_t effect_count);
