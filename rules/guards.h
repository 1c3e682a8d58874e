/* SPDX-License-Identifier: Apache-2.0
 *
 * What keeps a change from going out by itself: age, a clock ahead, an end already past, test
 * words. The state is updated all the same; staff decide about the broadcast.
 */
#pragma once

#include "rules/rules_private.h"

/* Sets j->hold_reason and the alarm. Call it when the effects are known. */
void guards_check(struct judgement *j);
