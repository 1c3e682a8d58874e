/* SPDX-License-Identifier: Apache-2.0
 *
 * Which slots a telegram speaks about, and what it means when it leaves one out.
 */
#include "rules/diff.h"
#include "rules/diff_mail.h"
#include "rules/diff_private.h"
#include "rules/route.h"
#include "rules/slot.h"
#include "rules/transition.h"
#include "rules/tsunami.h"

#include <string.h>

struct want {
	const char *slot;
	struct touch touch; /* the worst item of the slot */
	bool info;
};

struct wants {
	struct want *list;
	size_t count;
	size_t capacity;
};

/* "sender,identifier": where the identifier begins. It holds no comma, the sender may. */
static const char *identifier_of(const char *series)
{
	const char *comma = strrchr(series, ',');
	return comma ? comma + 1 : series;
}

/* A reference that names the row's identifier and its very moment under another sender: WCATWC
 * signs with an address and refers to itself as PAAQ. A source that signs has no need of guesses.
 */
static bool is_meant_under_another_name(
	const struct judgement *j, const struct state_row *row, const struct alert_reference *r)
{
	struct wall_time sent;
	bool whole_seconds = row->sent.ms >= 0;
	return j->alert->format == ALERT_FORMAT_CAP && strncmp(row->source, "CAP/", 4) == 0 &&
	       j->alert->signature_count == 0 && r->revision[0] && whole_seconds &&
	       strcmp(identifier_of(row->series), identifier_of(r->series)) == 0 &&
	       wall_time_parse(r->revision, strlen(r->revision), &sent, NULL) == 0 &&
	       sent.ms / 1000 == row->sent.ms / 1000;
}

/* No second alert in force could be meant. */
static bool is_meant_alone(
	const struct judgement *j, const struct state_row *row, const struct alert_reference *r)
{
	if (!is_meant_under_another_name(j, row, r)) {
		return false;
	}
	for (size_t v = 0; v < j->view_count; v++) {
		for (size_t i = 0; i < j->views[v].row_count; i++) {
			const struct state_row *other = &j->views[v].rows[i];
			if (strcmp(other->series, row->series) != 0 &&
				(strcmp(other->series, r->series) == 0 ||
					is_meant_under_another_name(j, other, r))) {
				return false;
			}
		}
	}
	return true;
}

bool diff_is_referenced(const struct judgement *j, const struct state_row *row)
{
	if (row->series[0] == '\0') {
		return false;
	}
	if (strcmp(row->series, j->alert->series) == 0) {
		return true;
	}
	for (size_t i = 0; i < j->alert->reference_count; i++) {
		if (strcmp(row->series, j->alert->references[i].series) == 0 ||
			is_meant_alone(j, row, &j->alert->references[i])) {
			return true;
		}
	}
	return false;
}

bool diff_is_mark(const struct state_row *row)
{
	return strncmp(row->slot, "seen/", strlen("seen/")) == 0;
}

/* An update keeps the slot, and with it the thread, of what it replaces. */
static const char *chain_slot(
	struct judgement *j, const struct view *view, const struct alert_item *item)
{
	for (size_t i = 0; i < view->row_count; i++) {
		const struct state_row *row = &view->rows[i];
		if (!diff_is_mark(row) && strcmp(row->kind->hazard, item->kind->hazard) == 0 &&
			diff_is_referenced(j, row)) {
			return row->slot;
		}
	}
	return slot_of(j, item);
}

static bool is_worse(const struct judgement *j, const struct touch *t, const struct touch *than)
{
	bool ends = slot_ends(j->alert, t->item);
	bool other_ends = slot_ends(j->alert, than->item);
	if (ends != other_ends) {
		return other_ends;
	}
	return slot_compare_items(t->item, than->item) > 0;
}

/* A quake is looked into while the alert about another holds: that takes nothing back. */
static bool is_beside(
	const struct judgement *j, const struct view *view, const struct alert_item *item)
{
	const struct state_row *row = diff_find_row(view, "nankai");
	return j->alert->format == ALERT_FORMAT_JMX &&
	       strcmp(item->kind->name, "nankai.investigating") == 0 && diff_is_live(j, row) &&
	       row->kind != item->kind;
}

static void want(struct judgement *j, struct wants *w, const struct touch *t)
{
	if (strcmp(t->item->kind->name, "eew.forecast") == 0 && !route_names(j, t->item->kind)) {
		return; /* many a second, for machines; the public hears the warning */
	}
	if (is_beside(j, t->view, t->item)) {
		diff_info(j, t, slot_of_news(j, t->item), NULL);
		return;
	}
	bool info = slot_is_info(j->alert, t->item);
	bool chain = j->family->shape == FAMILY_CHAIN && !info;
	const char *slot = chain ? chain_slot(j, t->view, t->item) : slot_of(j, t->item);
	for (size_t i = 0; i < w->count; i++) {
		if (strcmp(w->list[i].slot, slot) == 0) {
			if (is_worse(j, t, &w->list[i].touch)) {
				w->list[i].touch = *t;
			}
			return;
		}
	}
	struct want *added =
		judgement_add(j, (void **)&w->list, &w->capacity, &w->count, sizeof(*added));
	*added = (struct want){.slot = slot, .touch = *t, .info = info};
}

static bool is_wanted(const struct wants *w, const char *slot)
{
	for (size_t i = 0; i < w->count; i++) {
		if (strcmp(w->list[i].slot, slot) == 0) {
			return true;
		}
	}
	return false;
}

/* ---- what is left out ---- */

static bool full_state_leaves_out(
	const struct judgement *j, const struct view *view, const struct state_row *row)
{
	/* A volcano's telegram names every municipality it is about; a weather office's may be
	 * damaged when it does not name ours. */
	bool complete = view->listed || j->alert->action == ALERT_ACTION_RELEASE ||
			strcmp(row->kind->hazard, "volcano") == 0;
	return complete && diff_is_of_type(row, j->alert->type) &&
	       strcmp(row->series, j->alert->series) == 0;
}

static bool tsunami_leaves_out(
	const struct judgement *j, const struct view *view, const struct state_row *row)
{
	(void)view;
	return strcmp(row->slot, "tsunami") == 0 && diff_is_of_type(row, j->alert->type) &&
	       (j->alert->item_count > 0 || j->alert->action == ALERT_ACTION_RELEASE) &&
	       (strcmp(row->series, j->alert->series) == 0 ||
		       slot_share_event(j->alert->events, row->event));
}

static bool chain_leaves_out(
	const struct judgement *j, const struct view *view, const struct state_row *row)
{
	(void)view;
	return diff_is_referenced(j, row);
}

static bool release_leaves_out(
	const struct judgement *j, const struct view *view, const struct state_row *row)
{
	(void)view;
	return j->alert->action == ALERT_ACTION_RELEASE && diff_is_of_type(row, j->alert->type) &&
	       (strcmp(row->series, j->alert->series) == 0 ||
		       slot_share_event(j->alert->events, row->event));
}

static bool (*const leaves_out[])(
	const struct judgement *j, const struct view *view, const struct state_row *row) = {
	[FAMILY_EVENT] = release_leaves_out,
	[FAMILY_FULL_STATE] = full_state_leaves_out,
	[FAMILY_TSUNAMI] = tsunami_leaves_out,
	[FAMILY_EEW] = release_leaves_out,
	[FAMILY_EARTHQUAKE] = release_leaves_out,
	[FAMILY_CHAIN] = chain_leaves_out,
	[FAMILY_OUTLOOK] = release_leaves_out,
	[FAMILY_MAIL] = NULL, /* diff_mail_view() */
};

static void end_left_out(struct judgement *j, struct view *view, const struct wants *w)
{
	bool correct = j->alert->action == ALERT_ACTION_CORRECT;
	for (size_t i = 0; i < view->row_count; i++) {
		const struct state_row *row = &view->rows[i];
		bool left_out = leaves_out[j->family->shape](j, view, row) ||
				transition_leaves_out(j, view, row);
		if (diff_is_mark(row) || !row->in_force || is_wanted(w, row->slot) ||
			diff_is_newer(row, j->alert) || !left_out) {
			continue;
		}
		if (tsunami_goes_on(j, view, row)) {
			continue;
		}
		struct effect *e = diff_add_effect(j, view, row, row->slot);
		diff_end(j, e, correct ? EVENT_CORRECTED : EVENT_RELEASED);
	}
}

/* So that an older telegram of a full-state series that comes late finds out. */
static bool needs_mark(const struct judgement *j, const struct view *view)
{
	return (j->family->shape == FAMILY_FULL_STATE && view->listed) ||
	       (j->family->shape == FAMILY_TSUNAMI && view->municipality->tsunami.count > 0);
}

bool diff_references_unknown(const struct judgement *j)
{
	for (size_t i = 0; i < j->alert->reference_count; i++) {
		bool known = false;
		for (size_t v = 0; v < j->view_count; v++) {
			for (size_t r = 0; r < j->views[v].row_count; r++) {
				const struct state_row *row = &j->views[v].rows[r];
				known = known ||
					strcmp(row->series, j->alert->references[i].series) == 0 ||
					is_meant_alone(j, row, &j->alert->references[i]);
			}
		}
		if (!known) {
			return true;
		}
	}
	return false;
}

/* A cancel without Body that came first could name nothing but the office. */
static bool cancelled_by_office(const struct judgement *j, const struct view *view)
{
	const struct alert *a = j->alert;
	return j->family->by_office &&
	       diff_seen_newer(
		       j, view, pool_printf(j->pool, "seen/%s/%s/%s", a->type, a->type, a->office));
}

static bool is_outdated(struct judgement *j, const struct view *view)
{
	const char *mark;
	for (size_t n = 0; (mark = slot_seen(j, n)) != NULL; n++) {
		if (diff_seen_newer(j, view, mark)) {
			return true;
		}
	}
	return false;
}

void diff_mark_all_seen(struct judgement *j, struct view *view)
{
	const char *mark;
	for (size_t n = 0; (mark = slot_seen(j, n)) != NULL; n++) {
		if (!diff_seen_newer(j, view, mark)) {
			diff_mark_seen(j, view, mark);
		}
	}
}

static void diff_view(struct judgement *j, struct view *view)
{
	if (is_outdated(j, view) || cancelled_by_office(j, view)) {
		j->superseded = true;
		judgement_trace(j, "%s: a newer telegram of this series is known",
			view->municipality->name);
		return;
	}
	struct wants w = {0};
	for (size_t i = 0; i < j->touch_count; i++) {
		if (j->touches[i].view == view && !slot_is_none(j, j->touches[i].item)) {
			want(j, &w, &j->touches[i]);
		}
	}
	for (size_t i = 0; i < w.count; i++) {
		if (w.list[i].info) {
			diff_info(j, &w.list[i].touch, w.list[i].slot,
				diff_find_row(view, w.list[i].slot));
		} else {
			diff_slot(j, &w.list[i].touch, w.list[i].slot,
				diff_find_row(view, w.list[i].slot));
		}
	}
	end_left_out(j, view, &w);
	tsunami_settle(j, view);
	if (needs_mark(j, view)) {
		diff_mark_all_seen(j, view);
	}
}

void diff_items(struct judgement *j)
{
	for (size_t v = 0; v < j->view_count; v++) {
		if (j->family->shape == FAMILY_MAIL) {
			diff_mail_view(j, &j->views[v]);
		} else {
			diff_view(j, &j->views[v]);
		}
	}
	transition_note(j);
	if (j->family->shape == FAMILY_CHAIN && diff_references_unknown(j)) {
		j->decision->tombstone = true;
		judgement_trace(j, "it replaces what never came: remembered");
	}
}
