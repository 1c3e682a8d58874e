/* SPDX-License-Identifier: Apache-2.0
 *
 * Which items of an alert concern which of our municipalities. Codes, never words. What cannot be
 * told is taken as ours: a town that is warned in vain is better than one that is not warned.
 */
#pragma once

#include "rules/rules_private.h"

/* Fills j->touches and view.listed; raises the decision's alarm where it had to guess. */
void localise(struct judgement *j);
