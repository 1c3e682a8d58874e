/* SPDX-License-Identifier: Apache-2.0
 *
 * What was never true, and what is overtaken by its own successor.
 */
#include "rules/diff.h"
#include "rules/diff_mail.h"
#include "rules/diff_private.h"
#include "rules/slot.h"
#include "rules/tsunami.h"

#include <string.h>

/* A cancel of a weather warning may come without Body and so without its area: then the office
 * that wrote it is its series. */
static bool is_cancelled_by_office(
	const struct judgement *j, const struct view *view, const struct state_row *row)
{
	const struct alert *a = j->alert;
	const char *line = strchr(a->series, '/');
	return j->family->by_office && diff_is_of_type(row, a->type) && a->office[0] && line &&
	       strcmp(line + 1, a->office) == 0 &&
	       text_list_has(&view->municipality->offices, a->office);
}

static bool is_cancelled(
	const struct judgement *j, const struct view *view, const struct state_row *row)
{
	if (diff_is_mark(row)) {
		return false;
	}
	return diff_is_referenced(j, row) || is_cancelled_by_office(j, view, row) ||
	       (j->alert->format == ALERT_FORMAT_JMX && diff_is_of_type(row, j->alert->type) &&
		       slot_share_event(j->alert->events, row->event));
}

static size_t cancel_view(struct judgement *j, struct view *view)
{
	size_t found = 0;
	for (size_t i = 0; i < view->row_count; i++) {
		const struct state_row *row = &view->rows[i];
		if (!is_cancelled(j, view, row)) {
			continue;
		}
		found++;
		view->listed = true;
		if (tsunami_is_beside(row)) {
			continue; /* tsunami_settle() */
		}
		if (diff_is_newer(row, j->alert)) {
			j->superseded = true;
			judgement_trace(j, "cancel of %s: a newer telegram holds (alert %s)",
				row->slot, row->alert);
			continue;
		}
		if (!tsunami_goes_on(j, view, row)) {
			/* A cancel that says itself that all is clear takes back no mistake. */
			diff_end(j, diff_add_effect(j, view, row, row->slot),
				j->alert->over ? EVENT_RELEASED : EVENT_CANCELLED);
		}
	}
	tsunami_settle(j, view);
	return found;
}

void diff_cancel(struct judgement *j)
{
	if (j->family->shape == FAMILY_MAIL) {
		diff_mail_cancel(j);
		return;
	}
	size_t found = 0;
	bool jmx = j->alert->format == ALERT_FORMAT_JMX;
	for (size_t v = 0; v < j->view_count; v++) {
		struct view *view = &j->views[v];
		found += cancel_view(j, view);
		/* JMX repeats a series for years, so its mark knows the time: only what was issued
		 * before the cancel stays silent. */
		if (jmx) {
			diff_mark_all_seen(j, view);
		}
	}
	if (!jmx && (found == 0 || diff_references_unknown(j))) {
		j->decision->tombstone = true;
	}
	if (found == 0) {
		judgement_trace(j, "cancel of what is not in force here: remembered");
	}
}

/* ---- a link of a chain that comes after its successor ---- */

static bool has_live_beside(
	const struct judgement *j, const struct view *view, const struct state_row *row)
{
	for (size_t i = 0; i < view->row_count; i++) {
		const struct state_row *other = &view->rows[i];
		if (other != row && diff_is_live(j, other) && !diff_is_mark(other) &&
			strcmp(other->kind->hazard, row->kind->hazard) == 0) {
			return true;
		}
	}
	return false;
}

void diff_overtaken(struct judgement *j)
{
	for (size_t v = 0; v < j->view_count; v++) {
		struct view *view = &j->views[v];
		for (size_t i = 0; i < view->row_count; i++) {
			const struct state_row *row = &view->rows[i];
			if (diff_is_mark(row) || !diff_is_live(j, row) ||
				diff_is_newer(row, j->alert) || !diff_is_referenced(j, row)) {
				continue;
			}
			struct effect *e = diff_add_effect(j, view, row, row->slot);
			diff_end(j, e, EVENT_RELEASED);
			e->has_event = !has_live_beside(j, view, row);
		}
	}
	j->decision->tombstone = diff_references_unknown(j);
}
