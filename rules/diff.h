/* SPDX-License-Identifier: Apache-2.0
 *
 * The telegram against what is in force: one effect per slot and municipality. What the telegram
 * says has changed is not asked; the hub may have missed the one before.
 */
#pragma once

#include "rules/rules_private.h"

/* Loads the rows of our municipalities. */
void diff_load(struct judgement *j);

/* For issue, update, correct, release and info. */
void diff_items(struct judgement *j);
/* For cancel: never true. What is not known leaves a mark or a tombstone. */
void diff_cancel(struct judgement *j);

/* An update that arrives when what replaces it has come and gone: it only ends what it replaces. */
void diff_overtaken(struct judgement *j);

/* Appends the rows to write to the decision. Call it when threads are settled. */
void diff_write(struct judgement *j);

/* For other steps: the row of a slot (NULL: none), and whether it is in force now. */
struct state_row *diff_find_row(const struct view *view, const char *slot);
bool diff_is_live(const struct judgement *j, const struct state_row *row);
/* Whether it is news that was told, and is still worth taking back. */
bool diff_is_told(const struct judgement *j, const struct state_row *row);
/* Whether what wrote the row was issued after this telegram. */
bool diff_is_newer(const struct state_row *row, const struct alert *a);
