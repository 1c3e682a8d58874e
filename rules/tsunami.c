/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/tsunami.h"

#include "rules/diff.h"
#include "rules/diff_private.h"
#include "rules/slot.h"

#include <string.h>

static const char heard[] = "tsunami";
static const char beside[] = "tsunami/";

bool tsunami_is_beside(const struct state_row *row)
{
	return strncmp(row->slot, beside, strlen(beside)) == 0;
}

static const char *slot_beside(struct judgement *j, const char *events)
{
	return pool_printf(j->pool, "%s%s", beside, judgement_first_word(j, events));
}

static bool shares_event(const struct judgement *j, const struct state_row *row)
{
	return slot_share_event(j->alert->events, row->event);
}

/* The worst beside, of events that the telegram does not speak of; NULL: none. */
static const struct state_row *worst_of_others(const struct judgement *j, const struct view *view)
{
	const struct state_row *worst = NULL;
	for (size_t i = 0; i < view->row_count; i++) {
		const struct state_row *row = &view->rows[i];
		if (tsunami_is_beside(row) && diff_is_live(j, row) && !shares_event(j, row) &&
			(!worst || slot_compare_rows(row, worst) > 0)) {
			worst = row;
		}
	}
	return worst;
}

/* What another event says, as it said it. */
static void keep_beside(struct judgement *j, struct view *view, const struct state_row *row)
{
	const char *slot = slot_beside(j, row->event);
	struct effect *e = diff_add_effect(j, view, diff_find_row(view, slot), slot);
	e->row = *row;
	e->row.slot = slot;
	e->beside = true;
}

static void keep_item_beside(struct judgement *j, const struct touch *t)
{
	const char *slot = slot_beside(j, j->alert->events);
	const struct state_row *old = diff_find_row(t->view, slot);
	if (old && diff_is_newer(old, j->alert)) {
		j->superseded = true;
		return;
	}
	struct effect *e = diff_add_effect(j, t->view, old, slot);
	diff_fill_row(j, e, t->item);
	e->row.thread = slot;
	e->beside = true;
	judgement_trace(j, "state %s %s: %s %s, beside a worse event", t->view->municipality->name,
		slot, t->item->kind->name, t->item->code);
}

static void end_beside(struct judgement *j, struct view *view, const struct state_row *row)
{
	struct effect *e = diff_add_effect(j, view, row, row->slot);
	e->row.in_force = false;
	e->row.expires = WALL_TIME_NONE;
	e->beside = true;
}

/* next, which stood beside, is the worst from now on. */
static void move_up(struct judgement *j, struct view *view, const struct state_row *old,
	const struct state_row *next)
{
	struct effect *e = diff_add_effect(j, view, old, heard);
	e->row = *next;
	e->row.slot = heard;
	e->row.thread = old->thread;
	e->has_event = slot_compare_rows(next, old) != 0;
	e->event = j->alert->action == ALERT_ACTION_CORRECT ? EVENT_CORRECTED : EVENT_LOWERED;
	judgement_trace(j, "state %s %s: %s -> %s of event %s, which holds",
		view->municipality->name, heard, old->kind->name, next->kind->name, next->event);
	end_beside(j, view, next);
}

/* The row is another event's: the item takes its place when it is worse, else stands beside. */
static bool meet_other_event(
	struct judgement *j, const struct touch *t, const struct state_row *old, bool ends)
{
	if (ends) {
		return true; /* tsunami_settle() ends what this event had beside */
	}
	if (slot_compare(t->item, old) <= 0) {
		keep_item_beside(j, t);
		return true;
	}
	keep_beside(j, t->view, old);
	return false;
}

/* Somebody else raises what JMA says: when that ends, JMA's word is still in force. */
static bool is_relayed_above(
	const struct judgement *j, const struct touch *t, const struct state_row *old)
{
	return j->family->shape == FAMILY_CHAIN && diff_is_live(j, old) &&
	       strcmp(old->slot, heard) == 0 && old->event[0] && !diff_is_referenced(j, old) &&
	       !diff_is_newer(old, j->alert) && !slot_ends(j->alert, t->item) &&
	       slot_compare(t->item, old) > 0;
}

/* The same, the other way round: JMA's telegram was issued first and comes second. */
static bool is_below_relay(
	const struct judgement *j, const struct touch *t, const struct state_row *old)
{
	return j->family->shape == FAMILY_TSUNAMI && diff_is_live(j, old) &&
	       strcmp(old->slot, heard) == 0 && j->alert->events[0] &&
	       !diff_is_of_type(old, j->alert->type) && diff_is_newer(old, j->alert) &&
	       !slot_ends(j->alert, t->item) && slot_compare(t->item, old) < 0;
}

bool tsunami_of_several(struct judgement *j, const struct touch *t, const struct state_row *old)
{
	if (is_relayed_above(j, t, old)) {
		keep_beside(j, t->view, old);
		return false;
	}
	if (is_below_relay(j, t, old)) {
		keep_item_beside(j, t);
		return true;
	}
	bool known = j->family->shape == FAMILY_TSUNAMI && j->alert->events[0] &&
		     diff_is_live(j, old) && strcmp(old->slot, heard) == 0 && old->event[0] &&
		     diff_is_of_type(old, j->alert->type);
	if (!known) {
		return false;
	}
	bool ends = slot_ends(j->alert, t->item);
	if (tsunami_is_of_others(j, old)) {
		return meet_other_event(j, t, old, ends);
	}
	const struct state_row *next = worst_of_others(j, t->view);
	if (!next || diff_is_newer(old, j->alert) || (!ends && slot_compare(t->item, next) >= 0)) {
		return false;
	}
	move_up(j, t->view, old, next);
	if (!ends) {
		keep_item_beside(j, t);
	}
	return true;
}

bool tsunami_is_of_others(const struct judgement *j, const struct state_row *row)
{
	return j->family->shape == FAMILY_TSUNAMI && strcmp(row->slot, heard) == 0 &&
	       row->event[0] && j->alert->events[0] && diff_is_of_type(row, j->alert->type) &&
	       !shares_event(j, row);
}

bool tsunami_goes_on(struct judgement *j, struct view *view, const struct state_row *row)
{
	const struct state_row *next = strcmp(row->slot, heard) == 0 && diff_is_live(j, row)
					       ? worst_of_others(j, view)
					       : NULL;
	if (next) {
		move_up(j, view, row, next);
	}
	return next != NULL;
}

static bool is_judged(const struct judgement *j, const struct view *view, const char *slot)
{
	for (size_t i = 0; i < j->effect_count; i++) {
		if (j->effects[i].view == view && strcmp(j->effects[i].row.slot, slot) == 0) {
			return true;
		}
	}
	return false;
}

void tsunami_settle(struct judgement *j, struct view *view)
{
	if (j->family->shape != FAMILY_TSUNAMI) {
		return;
	}
	for (size_t i = 0; i < view->row_count; i++) {
		const struct state_row *row = &view->rows[i];
		if (tsunami_is_beside(row) && diff_is_live(j, row) && shares_event(j, row) &&
			!diff_is_newer(row, j->alert) && !is_judged(j, view, row->slot)) {
			end_beside(j, view, row);
		}
	}
}

bool tsunami_is_missing(const struct judgement *j, const struct touch *t)
{
	static const char *const codes[] = {"51", "52", "53", "62"};
	bool warned = false;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		warned = warned || strcmp(codes[i], t->item->code) == 0;
	}
	return warned && strcmp(t->item->kind->name, "tsunami.info") == 0 &&
	       !diff_is_live(j, diff_find_row(t->view, heard));
}
