/* SPDX-License-Identifier: Apache-2.0
 *
 * What is told and leaves nothing in force. Its row remembers who was told, so that a correction or
 * a cancellation reaches them.
 */
#include "rules/diff.h"
#include "rules/diff_private.h"
#include "rules/expiry.h"
#include "rules/slot.h"
#include "rules/tsunami.h"

#include <string.h>

bool diff_is_told(const struct judgement *j, const struct state_row *row)
{
	return row && !row->in_force && !wall_time_is_none(row->expires) &&
	       row->expires.ms > j->now.ms;
}

/* A forecast that comes anew every few hours is news when it is worse than what was told. */
static bool is_old_news(
	const struct judgement *j, const struct touch *t, const struct state_row *old)
{
	const int64_t window_ms = INT64_C(12) * 60 * 60 * 1000;
	return j->family->shape == FAMILY_OUTLOOK && old &&
	       j->alert->issued.ms - old->issued.ms < window_ms &&
	       strcmp(t->item->code, old->code) <= 0;
}

/* True when there is nothing more to do. */
static bool is_known(struct judgement *j, const struct touch *t, const struct state_row *old)
{
	if (is_old_news(j, t, old)) {
		judgement_trace(j, "info %s for %s: told before", t->item->kind->name,
			t->view->municipality->name);
		return true;
	}
	if (old && diff_is_newer(old, j->alert)) {
		j->superseded = true;
		judgement_trace(j, "info %s for %s: newer already (alert %s)", t->item->kind->name,
			t->view->municipality->name, old->alert);
		return true;
	}
	return false;
}

void diff_info(
	struct judgement *j, const struct touch *t, const char *slot, const struct state_row *old)
{
	if (is_known(j, t, old)) {
		return;
	}
	if (tsunami_is_missing(j, t)) {
		j->decision->alarm = true;
		judgement_trace(j, "%s: tells of the tsunami code %s, and no warning is known here",
			t->view->municipality->name, t->item->code);
	}
	struct effect *e = diff_add_effect(j, t->view, old, slot);
	bool told = diff_is_told(j, old);
	diff_fill_row(j, e, t->item);
	e->about = t->about;
	e->row.in_force = false;
	e->row.expires = expiry_of_news(j, t->item);
	e->write = slot_is_told(j->alert, t->item);
	e->has_event = true;
	e->event = told && j->alert->action == ALERT_ACTION_CORRECT ? EVENT_CORRECTED : EVENT_INFO;
	judgement_trace(j, "info %s for %s", t->item->kind->name, t->view->municipality->name);
}
