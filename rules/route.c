/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/route.h"

#include <string.h>

struct walk {
	struct judgement *j;
	const struct effect *effect;
	struct route *route;
	bool named;   /* a rule on the way names the kind itself */
	bool *chosen; /* by index of the configuration's channels */
};

static bool kinds_match(const struct text_list *patterns, const char *name)
{
	for (size_t i = 0; i < patterns->count; i++) {
		if (kind_matches(patterns->list[i], name)) {
			return true;
		}
	}
	return patterns->count == 0;
}

static bool list_allows(const struct text_list *list, const char *text)
{
	return list->count == 0 || text_list_has(list, text);
}

/* What an end is about: the severity that was in force, so that whom the warning reached by
 * severity the end reaches too. */
static void judged_by(const struct effect *e, enum severity *severity, int *level)
{
	*severity = e->row.severity;
	*level = e->row.level;
	if (e->was_live && e->event != EVENT_RAISED && e->old->severity > *severity) {
		*severity = e->old->severity;
	}
	if (e->was_live && e->event != EVENT_RAISED && e->old->level > *level) {
		*level = e->old->level;
	}
}

/* Depth is that of the configuration, which its reader bounds. */
static bool tree_names(const struct rule *r, const struct kind *kind)
{
	bool named = text_list_has(&r->kinds, kind->name);
	for (size_t i = 0; i < r->child_count && !named; i++) {
		named = tree_names(&r->children[i], kind);
	}
	return named;
}

bool route_names(const struct judgement *j, const struct kind *kind)
{
	return tree_names(j->tree, kind);
}

/* Forecasts of shaking are for machines; "eew.*" or no kinds at all do not mean them. */
static bool is_for_machines(const struct kind *kind)
{
	return strcmp(kind->name, "eew.forecast") == 0;
}

/* A rule is for the public unless it, or one above it, names other scopes. */
static const struct text_list *scopes_of(const struct rule *r, const struct text_list *above)
{
	return r->scopes.count > 0 ? &r->scopes : above;
}

static bool scope_matches(const struct judgement *j, const struct text_list *scopes)
{
	return scopes->count > 0 ? text_list_has(scopes, j->alert->scope)
				 : alert_is_public(j->alert);
}

static bool knows_scope(const struct judgement *j, const struct rule *r)
{
	bool known = text_list_has(&r->scopes, j->alert->scope);
	for (size_t i = 0; !known && i < r->child_count; i++) {
		known = knows_scope(j, &r->children[i]);
	}
	return known;
}

bool route_knows_scope(const struct judgement *j)
{
	return knows_scope(j, j->tree);
}

/* The originator does not want it to go by a way like this channel's. */
static bool is_blocked(const struct judgement *j, const struct channel_config *channel)
{
	for (size_t i = 0; i < j->alert->blocked.count; i++) {
		if (text_list_has(&channel->blocked_by, j->alert->blocked.list[i])) {
			return true;
		}
	}
	return false;
}

static bool rule_matches(const struct walk *w, const struct rule *r)
{
	const struct effect *e = w->effect;
	if (is_for_machines(e->row.kind) && !w->named && !tree_names(r, e->row.kind)) {
		return false;
	}
	enum severity severity;
	int level;
	judged_by(e, &severity, &level);
	/* A severity the sender left out must not hide a cyclone. */
	bool severe_enough = severity == SEVERITY_UNKNOWN || severity >= r->severity_min;
	return kinds_match(&r->kinds, e->row.kind->name) &&
	       list_allows(&r->events, event_type_name(e->event)) &&
	       list_allows(&r->municipalities, e->view->municipality->code) &&
	       list_allows(&r->formats, alert_format_name(w->j->alert->format)) && severe_enough &&
	       level >= r->level_min;
}

bool route_channel_open(const struct judgement *j, const struct channel_config *channel)
{
	return channel->enabled && (j->alert->status != ALERT_STATUS_EXERCISE || channel->drill);
}

static void choose(struct walk *w, const struct text_list *names)
{
	const struct config *c = w->j->config;
	for (size_t i = 0; i < c->channel_count; i++) {
		const struct channel_config *channel = &c->channels[i];
		if (!text_list_has(names, channel->name) || !route_channel_open(w->j, channel) ||
			!kinds_match(&channel->kinds, w->effect->row.kind->name)) {
			continue;
		}
		if (is_blocked(w->j, channel)) {
			judgement_trace(w->j, "channel %s: its originator does not want it there",
				channel->name);
			continue;
		}
		w->chosen[i] = true;
	}
}

static void serve(struct walk *w, const struct rule *r, const struct text_list *channels)
{
	struct route *out = w->route;
	judgement_trace(w->j, "rule %s matches %s %s for %s%s", r->name[0] ? r->name : "(root)",
		w->effect->row.kind->name, event_type_name(w->effect->event),
		w->effect->view->municipality->name, r->none ? ": sends nothing" : "");
	if (r->none) {
		out->refused = true;
		return;
	}
	if (channels->count == 0 || (is_for_machines(w->effect->row.kind) && !w->named)) {
		return;
	}
	out->rule = out->rule[0] ? pool_printf(w->j->pool, "%s+%s", out->rule, r->name) : r->name;
	if (r->priority >= 0 && (out->priority < 0 || r->priority < out->priority)) {
		out->priority = r->priority;
	}
	if (r->expires_ms > 0 && (out->expires_ms == 0 || r->expires_ms < out->expires_ms)) {
		out->expires_ms = r->expires_ms;
	}
	out->hold = out->hold || r->hold;
	choose(w, channels);
}

/* Depth is that of the configuration, which its reader bounds. */
static void walk(struct walk *w, const struct rule *r, const struct text_list *inherited,
	const struct text_list *scopes)
{
	const struct text_list *channels = r->channels.count > 0 ? &r->channels : inherited;
	bool found = false;
	for (size_t i = 0; i < r->child_count; i++) {
		const struct rule *child = &r->children[i];
		const struct text_list *child_scopes = scopes_of(child, scopes);
		if (!scope_matches(w->j, child_scopes) || !rule_matches(w, child)) {
			continue;
		}
		found = true;
		bool named = w->named;
		w->named = named || text_list_has(&child->kinds, w->effect->row.kind->name);
		walk(w, child, channels, child_scopes);
		w->named = named;
		if (!child->go_on) {
			break;
		}
	}
	if (!found) {
		serve(w, r, channels);
	}
}

void route_effect(struct judgement *j, const struct effect *e, struct route *out)
{
	static const struct text_list none = {0};
	*out = (struct route){.rule = "", .priority = -1};
	struct walk w = {.j = j,
		.effect = e,
		.route = out,
		.chosen = pool_take(j->pool, j->config->channel_count + 1)};
	walk(&w, j->tree, &none, &none);
	out->channels.list =
		pool_take(j->pool, (j->config->channel_count + 1) * sizeof(*out->channels.list));
	for (size_t i = 0; i < j->config->channel_count; i++) {
		if (w.chosen[i]) {
			out->channels.list[out->channels.count++] = j->config->channels[i].name;
		}
	}
	out->matched = out->channels.count > 0;
}

bool route_same(const struct route *a, const struct route *b)
{
	if (strcmp(a->rule, b->rule) != 0 || a->channels.count != b->channels.count ||
		a->hold != b->hold) {
		return false;
	}
	for (size_t i = 0; i < a->channels.count; i++) {
		if (strcmp(a->channels.list[i], b->channels.list[i]) != 0) {
			return false;
		}
	}
	return true;
}
