/* SPDX-License-Identifier: Apache-2.0
 *
 * Order of work for each municipality: is the telegram older than what we know of its series;
 * which slots does it want; each slot against its row; then what it leaves out.
 */
#include "rules/diff.h"

#include "rules/diff_mail.h"
#include "rules/diff_private.h"
#include "rules/expiry.h"
#include "rules/slot.h"
#include "rules/told.h"
#include "rules/transition.h"
#include "rules/tsunami.h"

#include <string.h>

/* ---- rows ---- */

struct loading {
	struct judgement *j;
	struct view *view;
};

static void keep_row(void *to, const struct state_row *row)
{
	struct loading *l = to;
	bool closed = strncmp(row->slot, SLOT_CLOSED, strlen(SLOT_CLOSED)) == 0;
	if (closed == alert_is_public(l->j->alert)) {
		return;
	}
	struct state_row *kept = judgement_add(l->j, (void **)&l->view->rows,
		&l->view->row_capacity, &l->view->row_count, sizeof(*kept));
	*kept = *row;
	kept->municipality = l->view->municipality->code;
}

void diff_load(struct judgement *j)
{
	j->view_count = j->config->municipality_count;
	j->views = pool_take(j->pool, (j->view_count + 1) * sizeof(*j->views));
	for (size_t i = 0; i < j->view_count; i++) {
		struct loading l = {.j = j, .view = &j->views[i]};
		j->views[i].municipality = &j->config->municipalities[i];
		j->reader->state(j->reader->data, j->alert->status, j->views[i].municipality->code,
			keep_row, &l);
	}
}

struct state_row *diff_find_row(const struct view *view, const char *slot)
{
	for (size_t i = 0; i < view->row_count; i++) {
		if (strcmp(view->rows[i].slot, slot) == 0) {
			return &view->rows[i];
		}
	}
	return NULL;
}

bool diff_is_live(const struct judgement *j, const struct state_row *row)
{
	return row && row->in_force &&
	       (wall_time_is_none(row->expires) || row->expires.ms > j->now.ms);
}

bool diff_is_newer(const struct state_row *row, const struct alert *a)
{
	if (row->issued.ms != a->issued.ms) {
		return row->issued.ms > a->issued.ms;
	}
	return row->sent.ms > a->sent.ms;
}

bool diff_is_of_type(const struct state_row *row, const char *type)
{
	size_t size = strlen(type);
	return strncmp(row->source, type, size) == 0 && row->source[size] == '/';
}

/* ---- effects ---- */

struct effect *diff_add_effect(
	struct judgement *j, struct view *view, const struct state_row *old, const char *slot)
{
	struct effect *e = judgement_add(
		j, (void **)&j->effects, &j->effect_capacity, &j->effect_count, sizeof(*e));
	*e = (struct effect){.view = view,
		.old = old,
		.was_live = diff_is_live(j, old),
		.about = "",
		.write = true};
	const struct alert *a = j->alert;
	if (old) {
		e->row = *old;
	} else {
		e->row = (struct state_row){.code = "", .name = "", .value = "", .thread = ""};
	}
	e->row.status = a->status;
	e->row.municipality = view->municipality->code;
	e->row.slot = slot;
	e->row.source = pool_printf(j->pool, "%s/%s", a->type, a->series);
	e->row.series = a->series;
	e->row.event = a->events[0] || !old ? a->events : old->event;
	e->row.issued = a->issued;
	e->row.sent = a->sent;
	e->row.alert = j->id;
	return e;
}

void diff_end(struct judgement *j, struct effect *e, enum event_type event)
{
	bool told = diff_is_told(j, e->old) && event == EVENT_CANCELLED;
	e->row.in_force = false;
	e->row.expires = WALL_TIME_NONE;
	if (e->was_live || told) {
		e->event = event;
		e->has_event = true;
		e->unheard = told_of(j, e->old) == TOLD_NOTHING;
		judgement_trace(j, "state %s %s: %s %s -> none (%s)", e->view->municipality->name,
			e->row.slot, e->old->kind->name, e->old->code, event_type_name(event));
	}
}

void diff_fill_row(struct judgement *j, struct effect *e, const struct alert_item *item)
{
	e->item = item;
	e->row.in_force = true;
	e->row.kind = item->kind;
	e->row.severity = item->severity;
	e->row.level = item->level;
	e->row.code = item->code;
	e->row.name = item->name;
	e->row.value = item->value;
	e->row.expires = expiry_of_state(j, item);
}

/* In force for another municipality of ours already, under the same slot. */
static bool is_in_force_beside(const struct judgement *j, const struct effect *e)
{
	for (size_t v = 0; v < j->view_count; v++) {
		if (&j->views[v] != e->view &&
			diff_is_live(j, diff_find_row(&j->views[v], e->row.slot))) {
			return true;
		}
	}
	return false;
}

/* "Launched", "take shelter", "has passed": one missile is a chain of messages at one severity, and
 * none of them is a repetition. The same holds for what staff write. */
static bool tells_each_time(const struct judgement *j, const struct effect *e)
{
	static const char *const kinds[] = {"civil.*", "evacuation.*", "safety.*", "city.*"};
	if (strcmp(e->row.slot, "nankai") == 0) {
		return strcmp(e->old->series, j->alert->series) != 0;
	}
	if (j->family->shape != FAMILY_CHAIN || (strcmp(e->old->series, j->alert->series) == 0 &&
							e->old->sent.ms >= j->alert->sent.ms)) {
		return false;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kind_matches(kinds[i], e->row.kind->name)) {
			return true;
		}
	}
	return false;
}

/* A tornado watch without a sighting after one with it takes nothing back; nor does a band of rain
 * that is told as near again. */
static bool only_grows(const struct kind *kind)
{
	return strcmp(kind->hazard, "weather.tornado") == 0 ||
	       strcmp(kind->hazard, "weather.rainband") == 0;
}

/* What waits for staff must not silence a fresh telegram that says it too. */
static bool tell_unheard(struct judgement *j, struct effect *e, int difference)
{
	enum told told = told_of(j, e->old);
	if (told == TOLD_ALL || (told == TOLD_EARLIER && difference != 0)) {
		return false;
	}
	judgement_trace(j, "state %s %s: %s waits for staff", e->view->municipality->name,
		e->row.slot, e->old->kind->name);
	e->has_event = true;
	e->event = EVENT_ISSUED;
	e->unheard = told == TOLD_NOTHING;
	e->only_unheard = difference == 0;
	return true;
}

static void judge_change(struct judgement *j, struct effect *e, int difference)
{
	enum family_shape shape = j->family->shape;
	bool only_first = shape == FAMILY_EEW || strcmp(e->row.kind->hazard, "eew") == 0;
	bool only_growing = shape == FAMILY_EARTHQUAKE || only_grows(e->row.kind);
	if (tell_unheard(j, e, difference)) {
		return;
	}
	if (j->alert->action == ALERT_ACTION_CORRECT) {
		e->has_event = difference != 0;
		e->event = EVENT_CORRECTED;
	} else if (difference == 0 && tells_each_time(j, e)) {
		e->has_event = true;
		e->event = EVENT_ISSUED;
	} else if (!only_first && difference > 0) {
		e->has_event = true;
		e->event = EVENT_RAISED;
	} else if (!only_first && !only_growing && difference < 0) {
		e->has_event = true;
		e->event = EVENT_LOWERED;
	}
}

static void judge_in_force(struct judgement *j, struct effect *e, const struct alert_item *item)
{
	int difference = e->was_live ? slot_compare(item, e->old) : 1;
	diff_fill_row(j, e, item);
	if (e->was_live) {
		judge_change(j, e, difference);
		/* Up to twenty reports a second share one time; what was warned of stays so. */
		e->write = j->family->shape != FAMILY_EEW || difference >= 0 ||
			   e->old->issued.ms != j->alert->issued.ms;
	} else {
		e->has_event = true;
		e->event = is_in_force_beside(j, e) ? EVENT_ADDED : EVENT_ISSUED;
	}
	judgement_trace(j, "state %s %s: %s %s -> %s %s (%s)", e->view->municipality->name,
		e->row.slot, e->was_live ? e->old->kind->name : "none",
		e->was_live ? e->old->code : "", item->kind->name, item->code,
		e->has_event ? event_type_name(e->event) : "no change");
}

static void judge_end(struct judgement *j, struct effect *e, const struct alert_item *item)
{
	e->item = item;
	if (!e->old || !e->was_live) {
		diff_fill_row(j, e, item);
		e->row.in_force = false;
		e->row.expires = WALL_TIME_NONE;
	}
	diff_end(j, e, j->alert->action == ALERT_ACTION_CORRECT ? EVENT_CORRECTED : EVENT_RELEASED);
	/* 津波予報 and 噴火予報 alone: nothing in force, something to tell. */
	bool forecast = strcmp(item->kind->name, "tsunami.forecast") == 0 ||
			strcmp(item->kind->name, "volcano.forecast") == 0;
	if (!e->was_live && forecast && item->transition != TRANSITION_RELEASED &&
		j->alert->action != ALERT_ACTION_RELEASE) {
		e->has_event = !e->old || strcmp(e->old->code, item->code) != 0;
		e->event = EVENT_INFO;
	}
}

/* JMA's own telegram about a tsunami that somebody else relayed first: from now on it decides. Were
 * it ignored, its end would be too, and the relay's cancel would end what JMA holds in force. The
 * relay's later time of sending says nothing, so a telegram not above it only takes over. */
static bool takes_over(const struct judgement *j, const struct state_row *old,
	const struct alert_item *item, bool ends)
{
	bool relayed = j->family->shape == FAMILY_TSUNAMI && strcmp(old->slot, "tsunami") == 0 &&
		       diff_is_live(j, old) && !diff_is_of_type(old, j->alert->type);
	return relayed &&
	       (!diff_is_newer(old, j->alert) || (!ends && slot_compare(item, old) >= 0));
}

/* Another source than the one whose row it is may raise a tsunami, but neither end nor lower it. */
static bool is_foreign(const struct judgement *j, const struct effect *e)
{
	if (strcmp(e->row.slot, "tsunami") != 0 || !e->was_live) {
		return false;
	}
	if (diff_is_of_type(e->old, j->alert->type) && j->family->shape == FAMILY_TSUNAMI) {
		return e->old->event[0] && j->alert->events[0] &&
		       !slot_share_event(j->alert->events, e->old->event);
	}
	return !diff_is_referenced(j, e->old);
}

void diff_slot(
	struct judgement *j, const struct touch *t, const char *slot, const struct state_row *old)
{
	if (tsunami_of_several(j, t, old)) {
		return;
	}
	bool ends = slot_ends(j->alert, t->item);
	bool taken_over =
		old && (tsunami_is_of_others(j, old) || takes_over(j, old, t->item, ends) ||
			       transition_takes_over(j, old, t->item, ends));
	if (old && !taken_over && diff_is_newer(old, j->alert)) {
		j->superseded = true;
		judgement_trace(j, "state %s %s: newer already (alert %s)",
			t->view->municipality->name, slot, old->alert);
		return;
	}
	struct effect *e = diff_add_effect(j, t->view, old, slot);
	e->about = t->about;
	if (!taken_over && is_foreign(j, e) && (ends || slot_compare(t->item, old) <= 0)) {
		judgement_trace(j, "state %s %s: %s holds, told by %s already",
			t->view->municipality->name, slot, old->kind->name, old->source);
		e->write = false;
		return;
	}
	if (old && transition_hides(j, old, t->item, ends)) {
		judgement_trace(j, "state %s %s: %s %s holds: %s cannot say that it is lower",
			t->view->municipality->name, slot, old->kind->name, old->code,
			j->alert->type);
		e->write = false;
		return;
	}
	if (ends) {
		e->write = false;
		if (old && tsunami_goes_on(j, t->view, old)) {
			return;
		}
		e->write = true;
		judge_end(j, e, t->item);
		return;
	}
	judge_in_force(j, e, t->item);
	if (e->has_event && e->event == EVENT_ISSUED && transition_told_already(j, e)) {
		e->has_event = false;
		judgement_trace(j, "state %s: %s told by another type of telegram already",
			t->view->municipality->name, t->item->kind->hazard);
	}
	if (j->alert->format == ALERT_FORMAT_JMX || j->alert->format == ALERT_FORMAT_CAP) {
		diff_mail_taken_over(j, e);
	}
}

/* The decision's pool outlives the judgement and the alert. */
static void own_texts(struct pool *p, struct state_row *row)
{
	const char **texts[] = {&row->municipality, &row->slot, &row->code, &row->name, &row->value,
		&row->source, &row->series, &row->event, &row->thread, &row->alert};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		*texts[i] = pool_copy_text(p, *texts[i]);
	}
}

void diff_write(struct judgement *j)
{
	struct rules_decision *d = j->decision;
	for (size_t i = 0; i < j->effect_count; i++) {
		if (!j->effects[i].write) {
			continue;
		}
		struct rules_change *c = judgement_add(
			j, (void **)&d->changes, &j->change_capacity, &d->change_count, sizeof(*c));
		*c = (struct rules_change){.row = j->effects[i].row,
			.event = j->effects[i].event,
			.has_event = j->effects[i].has_event};
		own_texts(j->pool, &c->row);
	}
}

/* ---- marks ---- */

/* Where only a cancel leaves marks, what shares its time was sent before it: early warnings are
 * timed by the second, and their reports overtake each other. */
bool diff_seen_newer(const struct judgement *j, const struct view *view, const char *mark)
{
	const struct state_row *row = diff_find_row(view, mark);
	bool by_cancel = j->family->shape == FAMILY_EEW || j->family->shape == FAMILY_EARTHQUAKE;
	return row && (diff_is_newer(row, j->alert) ||
			      (by_cancel && row->issued.ms == j->alert->issued.ms));
}

void diff_mark_seen(struct judgement *j, struct view *view, const char *mark)
{
	struct effect *e = diff_add_effect(j, view, diff_find_row(view, mark), mark);
	e->row.in_force = false;
	e->row.kind = kind_find("system.canary");
	e->row.expires = WALL_TIME_NONE;
}
