/* SPDX-License-Identifier: Apache-2.0
 *
 * From effects to broadcasts: those of one class that the rules send the same way become one
 * message, which joins the thread of what it updates and reaches whoever heard that.
 */
#pragma once

#include "rules/rules_private.h"

/* Settles the thread of every row and fills the decision's broadcasts. Returns the number of
 * effects with an event that nothing sends. */
size_t compose(struct judgement *j);
