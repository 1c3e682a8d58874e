/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/compose.h"

#include "rules/diff.h"
#include "rules/expiry.h"
#include "rules/group.h"
#include "rules/reach.h"
#include "rules/route.h"
#include "rules/slot.h"
#include "rules/wording.h"
#include "rules/wording_text.h"

#include <string.h>

/* ---- threads ---- */

static const char *thread_of(struct judgement *j, const struct effect *e)
{
	if (e->joins) {
		return e->joins;
	}
	if ((e->was_live || diff_is_told(j, e->old)) && e->old->thread[0]) {
		return e->old->thread;
	}
	for (size_t v = 0; v < j->view_count; v++) { /* another municipality is in it already */
		for (size_t r = 0; r < j->views[v].row_count; r++) {
			const struct state_row *row = &j->views[v].rows[r];
			if (strcmp(row->slot, e->row.slot) == 0 && row->thread[0] &&
				diff_is_live(j, row)) {
				return row->thread;
			}
		}
	}
	return e->item ? slot_thread(j, e->item, e->row.slot) : "";
}

/* ---- who heard of it before ---- */

struct heard_one {
	const char *id;
	enum event_type event;
};

struct heard {
	struct judgement *j;
	struct heard_one *list;
	size_t count;
	size_t capacity;
	int update;
	bool *channels; /* by index of the configuration's channels */
};

static void hear(void *to, const struct rules_sent *sent)
{
	struct heard *h = to;
	struct heard_one *one =
		judgement_add(h->j, (void **)&h->list, &h->capacity, &h->count, sizeof(*one));
	*one = (struct heard_one){pool_copy_text(h->j->pool, sent->broadcast), sent->event};
	h->update = sent->update > h->update ? sent->update : h->update;
	for (size_t i = 0; i < h->j->config->channel_count; i++) {
		const struct channel_config *channel = &h->j->config->channels[i];
		if (text_list_has(sent->channels, channel->name) &&
			route_channel_open(h->j, channel)) {
			h->channels[i] = true;
		}
	}
}

static void read_thread(struct judgement *j, const char *thread, struct heard *h)
{
	if (!h->channels) {
		h->channels = pool_take(j->pool, j->config->channel_count + 1);
	}
	h->j = j;
	j->reader->thread(j->reader->data, j->alert->status, thread, hear, h);
}

static bool must_be_heard(const struct effect *e)
{
	return e->event != EVENT_ADDED && e->event != EVENT_INFO &&
	       (e->event != EVENT_ISSUED || e->was_live);
}

/* ---- the broadcast ---- */

/* What is still waiting of an earlier broadcast is given up only when this one covers all that the
 * thread has in force: another municipality must not lose its warning. */
static bool covers_thread(const struct judgement *j, const struct group *g, const char *thread)
{
	for (size_t v = 0; v < j->view_count; v++) {
		const struct view *view = &j->views[v];
		for (size_t r = 0; r < view->row_count; r++) {
			const struct state_row *row = &view->rows[r];
			bool covered = !diff_is_live(j, row) || strcmp(row->thread, thread) != 0;
			for (size_t i = 0; !covered && i < g->count; i++) {
				covered = g->effects[i]->old == row;
			}
			if (!covered) {
				return false;
			}
		}
	}
	return true;
}

/* Another town's part of the thread is over; that may still be on its way to it. */
static bool has_ended_beside(const struct judgement *j, const struct group *g, const char *thread)
{
	for (size_t v = 0; v < j->view_count; v++) {
		const struct view *view = &j->views[v];
		for (size_t r = 0; r < view->row_count; r++) {
			const struct state_row *row = &view->rows[r];
			bool beside = !diff_is_live(j, row) && strcmp(row->thread, thread) == 0;
			for (size_t i = 0; beside && i < g->count; i++) {
				beside = g->effects[i]->old != row;
			}
			if (beside) {
				return true;
			}
		}
	}
	return false;
}

static bool is_end(enum event_type event)
{
	return event == EVENT_RELEASED || event == EVENT_CANCELLED || event == EVENT_CORRECTED;
}

static void fill_replaces(
	struct judgement *j, const struct group *g, const struct heard *h, struct broadcast *b)
{
	if (!covers_thread(j, g, g->thread)) {
		return;
	}
	bool keep_ends = has_ended_beside(j, g, g->thread);
	b->replaces = pool_take(b->pool, (h->count + 1) * sizeof(*b->replaces));
	for (size_t i = 0; i < h->count; i++) {
		if (!keep_ends || !is_end(h->list[i].event)) {
			b->replaces[b->replace_count++] = pool_copy_text(b->pool, h->list[i].id);
		}
	}
}

static struct alert_area *add_area(struct broadcast *b, size_t capacity)
{
	if (!b->areas) {
		b->areas = pool_take(b->pool, capacity * sizeof(*b->areas));
	}
	struct alert_area *area = &b->areas[b->area_count++];
	*area = (struct alert_area){
		.system = "", .code = "", .name = "", .polygon = "", .circle = ""};
	return area;
}

static bool has_area(const struct broadcast *b, const char *system, const char *code)
{
	for (size_t i = 0; i < b->area_count; i++) {
		if (strcmp(b->areas[i].system, system) == 0 &&
			strcmp(b->areas[i].code, code) == 0) {
			return true;
		}
	}
	return false;
}

static void copy_area(struct broadcast *b, const struct alert_area *from, size_t capacity)
{
	struct alert_area *to = add_area(b, capacity);
	to->system = pool_copy_text(b->pool, from->system);
	to->code = pool_copy_text(b->pool, from->code);
	to->name = pool_copy_text(b->pool, from->name);
	to->polygon = pool_copy_text(b->pool, from->polygon);
	to->circle = pool_copy_text(b->pool, from->circle);
}

/* The districts that the alert's shapes reach. False: it is about all of the municipality. */
static bool add_reached_districts(
	struct judgement *j, struct broadcast *b, const struct effect *e, size_t capacity)
{
	const struct municipality *m = e->view->municipality;
	bool *reached = pool_take(j->pool, m->district_count + 1);
	if (!e->item || !reach_districts(j, e->item, m, reached)) {
		return false;
	}
	for (size_t i = 0; i < m->district_count; i++) {
		const struct district *d = &m->districts[i];
		if (reached[i] && !has_area(b, AREA_DISTRICT, d->code)) {
			const struct alert_area area = {.system = AREA_DISTRICT,
				.code = d->code,
				.name = d->name,
				.polygon = "",
				.circle = ""};
			copy_area(b, &area, capacity);
		}
	}
	return true;
}

/* Districts stand instead of their municipality, shapes beside it. */
static void add_areas_of(
	struct judgement *j, struct broadcast *b, const struct effect *e, size_t capacity)
{
	bool districts = false;
	for (size_t i = 0; e->item && i < e->item->area_count; i++) {
		const struct alert_area *from = &e->item->areas[i];
		bool district = strcmp(from->system, AREA_DISTRICT) == 0;
		districts = districts || district;
		bool shape = from->polygon[0] || from->circle[0];
		if (shape || (district && !has_area(b, from->system, from->code))) {
			copy_area(b, from, capacity);
		}
	}
	const struct municipality *m = e->view->municipality;
	districts = districts || add_reached_districts(j, b, e, capacity);
	if (!districts && !has_area(b, AREA_MUNICIPALITY, m->code)) {
		const struct alert_area whole = {.system = AREA_MUNICIPALITY,
			.code = m->code,
			.name = m->name,
			.polygon = "",
			.circle = ""};
		copy_area(b, &whole, capacity);
	}
}

static void add_areas(struct judgement *j, struct broadcast *b, const struct group *g)
{
	size_t capacity = 1;
	for (size_t i = 0; i < g->count; i++) {
		const struct effect *e = g->effects[i];
		capacity += 1 + (e->item ? e->item->area_count : 0) +
			    e->view->municipality->district_count;
	}
	for (size_t i = 0; i < g->count; i++) {
		add_areas_of(j, b, g->effects[i], capacity);
	}
}

static const char *source_name(const struct alert *a)
{
	/* A CAP sender is an address for machines; people know the authority by its name. */
	bool has_name = a->format == ALERT_FORMAT_CAP && a->office[0];
	if (a->sender[0] && !has_name) {
		return a->sender;
	}
	return a->office[0] ? a->office : a->format == ALERT_FORMAT_JMX ? "気象庁" : a->type;
}

static void fill_broadcast(
	struct judgement *j, const struct group *g, const struct heard *h, struct broadcast *b)
{
	const struct effect *worst = g->effects[0];
	struct pool *p = b->pool;
	b->id = pool_printf(p, "%s.%zu", j->id, j->decision->broadcast_count + 1);
	b->alert = pool_copy_text(p, j->id);
	b->thread = pool_copy_text(p, g->thread);
	b->status = j->alert->status;
	b->kind = worst->row.kind;
	b->event = worst->event;
	b->severity = worst->row.severity;
	b->level = worst->row.level;
	b->code = pool_copy_text(p, worst->row.code);
	b->value = pool_copy_text(p, worst->row.value);
	b->rule = pool_copy_text(p, g->route.rule);
	b->source = wording_clean(p, source_name(j->alert), 200);
	b->update = h->update + 1;
	b->issued = j->alert->issued;
	b->expires = expiry_of_broadcast(j, b->kind, b->event, g->route.expires_ms);
	b->until_ended = expiry_is_open(j, b->kind, b->event);
	/* A cancellation is as urgent as what it takes back. */
	b->priority = g->route.priority >= 0 ? g->route.priority
					     : expiry_priority(b->kind, b->severity, b->event);
	add_areas(j, b, g);
	fill_replaces(j, g, h, b);
	wording_write(j, b, g->effects, g->count);
}

static void choose_channels(
	struct judgement *j, const struct group *g, struct heard *h, struct text_list *out)
{
	const struct config *c = j->config;
	struct heard others = {.channels = h->channels};
	for (size_t i = 0; i < g->count; i++) {
		const struct effect *e = g->effects[i];
		if (e->was_live && strcmp(e->old->thread, g->thread) != 0 && e->old->thread[0]) {
			read_thread(j, e->old->thread, &others);
		}
	}
	bool inherits = must_be_heard(g->effects[0]);
	out->list = pool_take(j->pool, (c->channel_count + 1) * sizeof(*out->list));
	for (size_t i = 0; i < c->channel_count; i++) {
		bool routed = text_list_has(&g->route.channels, c->channels[i].name);
		bool heard = inherits && h->channels[i];
		if (heard && !routed) {
			judgement_trace(j, "channel %s heard of %s before: must hear this too",
				c->channels[i].name, g->thread);
		}
		if (routed || heard) {
			out->list[out->count++] = c->channels[i].name;
		}
	}
}

static const char *hold_of(const struct judgement *j, const struct group *g)
{
	if (j->hold_reason) {
		return j->hold_reason;
	}
	if (g->route.hold) {
		return "a rule asks staff to release it";
	}
	if (g->effects[0]->unheard && is_end(g->effects[0]->event)) {
		return "nobody was told what it ends: that waits for staff";
	}
	return NULL;
}

/* It would only wait beside what says the same and waits already. */
static bool is_held_already(const struct group *g, const char *hold)
{
	for (size_t i = 0; i < g->count; i++) {
		if (!hold || !g->effects[i]->only_unheard) {
			return false;
		}
	}
	for (size_t i = 0; i < g->count; i++) {
		g->effects[i]->has_event = false;
	}
	return true;
}

static bool make_broadcast(struct judgement *j, struct group *g)
{
	struct rules_decision *d = j->decision;
	struct heard h = {0};
	struct text_list channels = {0};
	const char *hold = hold_of(j, g);
	if (is_held_already(g, hold)) {
		judgement_trace(j, "%s: what waits for staff says the same", g->thread);
		return true;
	}
	read_thread(j, g->thread, &h);
	choose_channels(j, g, &h, &channels);
	if (channels.count == 0) {
		judgement_trace(j, "no rule sends %s %s", g->effects[0]->row.kind->name,
			event_type_name(g->effects[0]->event));
		return false;
	}
	struct broadcast *b = broadcast_new();
	fill_broadcast(j, g, &h, b);
	for (size_t i = 0; i < g->count; i++) {
		g->effects[i]->row.thread = pool_copy_text(j->pool, g->thread);
	}
	d->alarm = d->alarm || (hold && g->route.hold);
	struct rules_broadcast *rb = judgement_add(j, (void **)&d->broadcasts,
		&j->broadcast_capacity, &d->broadcast_count, sizeof(*rb));
	*rb = (struct rules_broadcast){.broadcast = b,
		.channels = channels,
		.slot = pool_copy_text(j->pool, g->effects[0]->row.slot),
		.hold = hold != NULL,
		.hold_reason = hold,
		.replaces_unheard = g->effects[0]->unheard};
	judgement_trace(j, "broadcast %s: %s %s by rule %s, thread %s, update %d%s", b->id,
		b->kind->name, event_type_name(b->event), b->rule[0] ? b->rule : "(inherited)",
		b->thread, b->update, hold ? ", held" : "");
	return true;
}

size_t compose(struct judgement *j)
{
	struct groups all = {0};
	size_t unsent = 0;
	for (size_t i = 0; i < j->effect_count; i++) {
		struct effect *e = &j->effects[i];
		if (e->beside) {
			continue;
		}
		e->row.thread = thread_of(j, e);
		if (e->has_event) {
			group_add(j, &all, e);
		}
	}
	group_sort(&all);
	for (size_t i = 0; i < all.count; i++) {
		struct group *g = &all.list[i];
		/* Worst first: its thread is that of the message. */
		if (g->effects[0]->row.thread[0]) {
			g->thread = g->effects[0]->row.thread;
		}
		unsent += make_broadcast(j, g) ? 0 : g->count;
	}
	return unsent;
}
