/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/diff_mail.h"

#include "rules/diff.h"
#include "rules/diff_private.h"
#include "rules/slot.h"
#include "rules/told.h"

#include <stdlib.h>
#include <string.h>

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)

/* How far apart two sources tell the same. A second earthquake within a minute finds people under
 * their tables already; anything longer could swallow one. */
static const struct {
	const char *kinds;
	bool happens; /* is over at once: what is in force says nothing about the next */
	int64_t apart_ms;
} pairings[] = {
	{"eew.*", true, 60 * SECOND_MS},
	{"earthquake.*", true, 10 * MINUTE_MS},
	{"volcano.flash", true, 30 * MINUTE_MS},
	{"weather.record_rain", true, 30 * MINUTE_MS},
	{"weather.rainband", true, 30 * MINUTE_MS},
	{"weather.heavy_snow_flash", true, 30 * MINUTE_MS},
	{"weather.tornado", true, 30 * MINUTE_MS},
	{"*", false, 30 * MINUTE_MS},
};

/* As long as a missile's messages are about one event. */
static const int64_t chain_ms = 120 * MINUTE_MS;

static size_t pairing_of(const struct kind *kind)
{
	size_t i = 0;
	while (!kind_matches(pairings[i].kinds, kind->name)) {
		i++;
	}
	return i;
}

static bool is_civil(const struct kind *kind)
{
	return kind_matches("civil.*", kind->name);
}

static bool is_near(const struct judgement *j, const struct state_row *row, int64_t apart_ms)
{
	return llabs(row->issued.ms - j->alert->issued.ms) <= apart_ms;
}

bool diff_mail_wrote(const struct state_row *row)
{
	return strncmp(row->source, "JALERT-MAIL/", strlen("JALERT-MAIL/")) == 0;
}

static bool is_mark(const struct state_row *row)
{
	return strncmp(row->slot, "seen/", strlen("seen/")) == 0;
}

/* ---- what was seen ---- */

static const char *mark_name(struct judgement *j, const char *what)
{
	return pool_printf(j->pool, "seen/%s/%s", j->alert->series, what);
}

static const char *mark_of(struct judgement *j, const struct alert_item *item)
{
	const char *action = alert_action_name(j->alert->action);
	return mark_name(j, item->code[0] ? item->code : action);
}

/* The smallest of the feeds': towards alerting. */
static int64_t repeat_window_ms(const struct config *c)
{
	int64_t window = 3 * MINUTE_MS;
	bool given = false;
	for (size_t i = 0; i < c->feed_count; i++) {
		const struct feed_config *feed = &c->feeds[i];
		if (feed->mail_rules && (!given || feed->mail_repeat_ms < window)) {
			window = feed->mail_repeat_ms;
			given = true;
		}
	}
	return window;
}

/* The same words within moments: sent to two addresses, or once more because the first answer was
 * lost. The digest has caught what bears the same second. */
static bool is_repeat(const struct judgement *j, const struct view *view, const char *mark)
{
	const struct state_row *row = diff_find_row(view, mark);
	return row && strcmp(row->event, j->alert->events) == 0 &&
	       is_near(j, row, repeat_window_ms(j->config));
}

static void remember(
	struct judgement *j, struct view *view, const char *mark, const struct alert_item *item)
{
	if (diff_seen_newer(j, view, mark)) {
		return;
	}
	diff_mark_seen(j, view, mark);
	struct effect *e = &j->effects[j->effect_count - 1];
	e->row.name = item->name;
	e->row.value = item->value;
}

/* ---- civil protection ---- */

/* An all-clear or a cancel for civil protection as a whole is about every kind of it. */
static bool is_about(const struct alert_item *item, const struct state_row *row)
{
	bool general = strcmp(item->kind->name, "civil.other") == 0 && is_civil(row->kind);
	return general || strcmp(item->kind->hazard, row->kind->hazard) == 0;
}

/* The newest row of the item's hazard the receiver wrote; live: only one in force. */
static const struct state_row *newest(const struct judgement *j, const struct view *view,
	const struct alert_item *item, bool live, bool general)
{
	const struct state_row *best = NULL;
	for (size_t i = 0; i < view->row_count; i++) {
		const struct state_row *row = &view->rows[i];
		bool fits = general ? is_about(item, row)
				    : strcmp(item->kind->hazard, row->kind->hazard) == 0;
		if (fits && diff_mail_wrote(row) && !is_mark(row) &&
			(!live || diff_is_live(j, row)) &&
			(!best || row->issued.ms > best->issued.ms)) {
			best = row;
		}
	}
	return best;
}

static bool is_after_its_end(struct judgement *j, const struct view *view)
{
	static const char *const ends[] = {"cancel", "release"};
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const struct state_row *mark = diff_find_row(view, mark_name(j, ends[i]));
		if (mark && mark->issued.ms > j->alert->issued.ms && is_near(j, mark, chain_ms)) {
			return true;
		}
	}
	return false;
}

static bool both_differ(const char *a, const char *b)
{
	return a[0] && b[0] && strcmp(a, b) != 0;
}

/* Postfix's queue keeps no order: what is older than what we have told is not told, unless time or
 * place in its own words show that it speaks of another missile. */
static bool is_late(struct judgement *j, const struct view *view, const struct alert_item *item)
{
	const struct state_row *row = newest(j, view, item, false, false);
	if (!row || row->issued.ms <= j->alert->issued.ms || !is_near(j, row, chain_ms) ||
		told_of(j, row) == TOLD_NOTHING) {
		return false;
	}
	const struct state_row *same = diff_find_row(view, mark_of(j, item));
	return !same ||
	       !(both_differ(same->name, item->name) || both_differ(same->value, item->value));
}

static void tell(struct judgement *j, const struct touch *t, const struct state_row *old)
{
	const struct alert_item *item = t->item;
	const char *slot =
		old ? old->slot : pool_printf(j->pool, "%s/%s", item->kind->hazard, j->id);
	struct effect *e = diff_add_effect(j, t->view, old, slot);
	diff_fill_row(j, e, item);
	e->has_event = true;
	e->event = EVENT_ISSUED;
	e->unheard = e->was_live && told_of(j, old) == TOLD_NOTHING;
	judgement_trace(j, "mail %s%s%s for %s: %s %s", item->kind->name, item->code[0] ? " " : "",
		item->code, t->view->municipality->name, old ? "goes on with" : "opens", slot);
}

static void tell_civil(struct judgement *j, const struct touch *t)
{
	const struct alert_item *item = t->item;
	if (is_after_its_end(j, t->view)) {
		j->superseded = true;
		j->decision->alarm = true;
		judgement_trace(j, "mail %s: what cancels or ends it came first", item->kind->name);
		return;
	}
	if (is_late(j, t->view, item)) {
		j->superseded = true;
		judgement_trace(j, "mail %s %s: a newer message is told already", item->kind->name,
			item->code);
		return;
	}
	/* A launch is another missile, however soon after the first. */
	bool opens = strcmp(item->code, "launch") == 0;
	tell(j, t, opens ? NULL : newest(j, t->view, item, true, false));
}

/* ---- what JMA tells too ---- */

static const struct state_row *told_by_others(
	const struct judgement *j, const struct view *view, const struct alert_item *item)
{
	size_t p = pairing_of(item->kind);
	bool eew = kind_matches("eew.*", item->kind->name);
	for (size_t i = 0; i < view->row_count; i++) {
		const struct state_row *row = &view->rows[i];
		bool near = !pairings[p].happens || is_near(j, row, pairings[p].apart_ms);
		if (diff_is_live(j, row) && !diff_mail_wrote(row) && !is_mark(row) && near &&
			strcmp(row->kind->hazard, item->kind->hazard) == 0 &&
			(eew || slot_compare(item, row) <= 0) && told_of(j, row) == TOLD_ALL) {
			return row;
		}
	}
	return NULL;
}

/* In force at a lower level by another source: the mail goes on with its thread. */
static const char *thread_of_others(
	const struct judgement *j, const struct view *view, const struct alert_item *item)
{
	for (size_t i = 0; i < view->row_count; i++) {
		const struct state_row *row = &view->rows[i];
		if (diff_is_live(j, row) && !is_mark(row) && !diff_mail_wrote(row) &&
			strcmp(row->kind->hazard, item->kind->hazard) == 0) {
			return row->thread;
		}
	}
	return "";
}

static void tell_shared(struct judgement *j, const struct touch *t)
{
	const struct alert_item *item = t->item;
	const struct state_row *other = told_by_others(j, t->view, item);
	if (other) {
		judgement_trace(j, "mail %s for %s: told by %s already", item->kind->name,
			t->view->municipality->name, other->source);
		return;
	}
	size_t p = pairing_of(item->kind);
	const struct state_row *own = newest(j, t->view, item, true, false);
	if (pairings[p].happens) {
		if (own && kind_matches("eew.*", item->kind->name) &&
			is_near(j, own, pairings[p].apart_ms) && told_of(j, own) == TOLD_ALL) {
			judgement_trace(j, "mail %s: told a moment ago", item->kind->name);
			return;
		}
		tell(j, t, NULL);
		return;
	}
	const char *slot = pool_printf(j->pool, "%s/mail", item->kind->hazard);
	size_t before = j->effect_count;
	diff_slot(j, t, slot, diff_find_row(t->view, slot));
	if (j->effect_count > before) {
		const char *thread = thread_of_others(j, t->view, item);
		j->effects[j->effect_count - 1].joins = thread[0] ? thread : NULL;
	}
}

static void end_rows(struct judgement *j, struct view *view, const struct alert_item *item)
{
	bool found = false;
	const struct state_row *told = newest(j, view, item, true, true);
	for (size_t i = 0; i < view->row_count; i++) {
		const struct state_row *row = &view->rows[i];
		if (!diff_mail_wrote(row) || is_mark(row) || !is_about(item, row) ||
			!diff_is_live(j, row) || row->issued.ms > j->alert->issued.ms) {
			continue;
		}
		struct effect *e = diff_add_effect(j, view, row, row->slot);
		diff_end(j, e, EVENT_RELEASED);
		e->has_event = row == told; /* two missiles, one all-clear */
		found = true;
	}
	if (!found) {
		judgement_trace(j, "mail ends %s: the receiver has told none that is in force",
			item->kind->name);
	}
}

/* ---- the order of work ---- */

static void take_item(struct judgement *j, const struct touch *t)
{
	const struct alert *a = j->alert;
	struct view *view = t->view;
	const char *mark = mark_of(j, t->item);
	if (is_repeat(j, view, mark)) {
		judgement_trace(j, "mail %s for %s: the same words moments apart, sent again",
			t->item->kind->name, view->municipality->name);
		return;
	}
	if (slot_is_info(a, t->item)) {
		diff_info(j, t, slot_of(j, t->item), NULL);
	} else if (strcmp(t->item->kind->hazard, "tsunami") == 0) {
		diff_slot(j, t, "tsunami", diff_find_row(view, "tsunami"));
	} else if (a->action == ALERT_ACTION_RELEASE) {
		end_rows(j, view, t->item);
	} else if (is_civil(t->item->kind)) {
		tell_civil(j, t);
	} else {
		tell_shared(j, t);
	}
	remember(j, view, mark, t->item);
}

void diff_mail_view(struct judgement *j, struct view *view)
{
	for (size_t i = 0; i < j->touch_count; i++) {
		if (j->touches[i].view == view) {
			take_item(j, &j->touches[i]);
		}
	}
}

void diff_mail_cancel(struct judgement *j)
{
	bool found = false;
	const struct alert_item *item = j->alert->item_count > 0 ? &j->alert->items[0] : NULL;
	for (size_t v = 0; item && v < j->view_count; v++) {
		struct view *view = &j->views[v];
		const char *mark = mark_of(j, item);
		if (is_repeat(j, view, mark)) {
			found = true;
			judgement_trace(
				j, "mail cancels %s: the same words, sent again", item->kind->name);
			continue;
		}
		/* The newest only: of two missiles, the other may be true. */
		const struct state_row *row = newest(j, view, item, true, true);
		if (row && row->issued.ms <= j->alert->issued.ms) {
			diff_end(j, diff_add_effect(j, view, row, row->slot), EVENT_CANCELLED);
			found = true;
		}
		remember(j, view, mark, item);
	}
	if (!found) {
		j->decision->alarm = true;
		judgement_trace(j, "the mail cancels what is not in force here: staff must look");
	}
}

void diff_mail_taken_over(struct judgement *j, struct effect *e)
{
	if (!e->item || is_civil(e->item->kind)) {
		return;
	}
	bool news = e->has_event && (e->event == EVENT_ISSUED || e->event == EVENT_RAISED ||
					    e->event == EVENT_ADDED);
	size_t p = pairing_of(e->item->kind);
	struct view *view = e->view;
	for (size_t i = 0; i < view->row_count; i++) {
		const struct state_row *row = &view->rows[i];
		if (!diff_is_live(j, row) || !diff_mail_wrote(row) || is_mark(row) ||
			strcmp(row->kind->hazard, e->item->kind->hazard) != 0 ||
			strcmp(row->slot, e->row.slot) == 0 ||
			!is_near(j, row, pairings[p].apart_ms) || told_of(j, row) != TOLD_ALL) {
			continue;
		}
		bool eew = kind_matches("eew.*", e->item->kind->name);
		bool worse = !eew && slot_compare(e->item, row) > 0;
		if (news) {
			e->joins = row->thread[0] ? row->thread : NULL;
			e->has_event = worse;
			judgement_trace(j, "state %s %s: %s by the receiver's mail",
				view->municipality->name, e->row.slot,
				worse ? "told lower" : "told already");
		}
		struct effect *mail = diff_add_effect(j, view, row, row->slot);
		mail->row.in_force = false;
		mail->row.expires = WALL_TIME_NONE;
		return;
	}
}
