/* SPDX-License-Identifier: Apache-2.0
 *
 * Between diff.c (one slot) and diff_family.c (which slots).
 */
#pragma once

#include "rules/rules_private.h"

struct effect *diff_add_effect(
	struct judgement *j, struct view *view, const struct state_row *old, const char *slot);
/* The row as the item says it, in force. */
void diff_fill_row(struct judgement *j, struct effect *e, const struct alert_item *item);
/* The slot is no longer in force; event says why, if it was. */
void diff_end(struct judgement *j, struct effect *e, enum event_type event);
/* One wanted slot against its row. */
void diff_slot(
	struct judgement *j, const struct touch *t, const char *slot, const struct state_row *old);
/* Tells, and leaves nothing in force. */
void diff_info(
	struct judgement *j, const struct touch *t, const char *slot, const struct state_row *old);

/* A telegram of this type wrote the row. */
bool diff_is_of_type(const struct state_row *row, const char *type);
/* A row that only says what was seen. */
bool diff_is_mark(const struct state_row *row);
/* Update and cancel name what they replace; what we never saw must find a tombstone. */
bool diff_references_unknown(const struct judgement *j);
/* The marks of all series that the telegram tells, unless newer ones stand there. */
void diff_mark_all_seen(struct judgement *j, struct view *view);

/* The row was written by what this alert references, or by its own series. */
bool diff_is_referenced(const struct judgement *j, const struct state_row *row);

/* The mark of a series: rows in force nowhere that only keep the newest time. */
bool diff_seen_newer(const struct judgement *j, const struct view *view, const char *mark);
void diff_mark_seen(struct judgement *j, struct view *view, const char *mark);
