/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/fetch/sensor/notice.h"

#include "base/mem.h"
#include "schemas/alert.h"

#include <inttypes.h>
#include <string.h>

enum { MEASURE_SIZE = 64 };

static const enum alert_action actions[] = {
	[GAUGE_SAME] = ALERT_ACTION_INFO,
	[GAUGE_RAISED] = ALERT_ACTION_UPDATE,
	[GAUGE_LOWERED] = ALERT_ACTION_UPDATE,
	[GAUGE_RELEASED] = ALERT_ACTION_RELEASE,
	[GAUGE_RENEWED] = ALERT_ACTION_UPDATE,
};

static const enum transition transitions[] = {
	[GAUGE_SAME] = TRANSITION_NONE,
	[GAUGE_RAISED] = TRANSITION_RAISED,
	[GAUGE_LOWERED] = TRANSITION_LOWERED,
	[GAUGE_RELEASED] = TRANSITION_RELEASED,
	[GAUGE_RENEWED] = TRANSITION_CONTINUED,
};

static bool begins(const struct gauge *g, enum gauge_change change)
{
	return change == GAUGE_RAISED && g->episode.ms == g->last.ms;
}

static const char *measure(struct pool *p, const struct gauge *g, double value)
{
	int decimals = strcmp(g->rule->unit, "mm") == 0 ? 1 : 2;
	return pool_printf(p, "%.*f%s", decimals, value, g->rule->unit);
}

static void write_headline(
	struct alert *a, const struct gauge *g, const struct gauge_step *step, bool over)
{
	const char *now = measure(a->pool, g, g->value);
	const char *mark = measure(a->pool, g, over ? step->off : step->on);
	const char *place = g->rule->place;
	const char *ja = over ? pool_printf(a->pool, "%sは%sになり、%s（%s）を下回りました。",
					place, now, step->name, mark)
			      : pool_printf(a->pool, "%sは%sになり、%s（%s）に達しています。",
					place, now, step->name, mark);
	const char *en = over ? pool_printf(a->pool, "%s: %s, now below %s (%s).", place, now,
					step->name, mark)
			      : pool_printf(a->pool, "%s: %s, at or above %s (%s).", place, now,
					step->name, mark);
	alert_add_text(a, &a->headline, "ja", ja);
	alert_add_text(a, &a->headline, "en", en);
}

static void write_item(struct alert *a, const struct gauge *g, const struct notice_origin *origin,
	const struct gauge_step *step, enum gauge_change change)
{
	struct alert_item *item = alert_add_item(a, g->rule->kind);
	item->code = pool_printf(a->pool, "%zu", g->step);
	item->name = pool_copy_text(a->pool, step->name);
	item->severity = step->severity;
	item->transition = begins(g, change) ? TRANSITION_ISSUED : transitions[change];
	item->value = measure(a->pool, g, g->value);
	for (size_t i = 0; i < origin->municipalities.count; i++) {
		alert_add_area(
			a, item, AREA_MUNICIPALITY, origin->municipalities.list[i], g->rule->place);
	}
}

static void identify(struct alert *a, const struct gauge *g, const struct notice_origin *origin,
	enum gauge_change change)
{
	char began[WALL_TIME_TEXT_SIZE];
	char at[WALL_TIME_TEXT_SIZE];
	wall_time_format(g->episode, CLOCK_JST_OFFSET_MINUTES, began);
	wall_time_format(g->last, CLOCK_JST_OFFSET_MINUTES, at);
	a->format = ALERT_FORMAT_JSON;
	a->type = "SENSOR";
	a->status = ALERT_STATUS_ACTUAL;
	a->action = begins(g, change) ? ALERT_ACTION_ISSUE : actions[change];
	a->scope = "public";
	a->title = g->rule->kind->ja;
	a->sender = pool_copy_text(a->pool, origin->feed);
	a->office = pool_copy_text(a->pool, g->rule->place);
	a->series = pool_printf(a->pool, "sensor/%s/%s/%s", origin->feed, g->rule->name, began);
	a->revision = pool_copy_text(a->pool, at);
	a->issued = g->last;
	a->sent = g->last;
	a->offset_minutes = CLOCK_JST_OFFSET_MINUTES;
	a->expires = (struct wall_time){.ms = g->last.ms + origin->valid_ms};
	digest_of_fields(a->digest, a->series, a->revision, alert_action_name(a->action), NULL);
}

char *notice_write(const struct gauge *g, const struct notice_origin *origin,
	enum gauge_change change, size_t *size)
{
	struct alert *a = alert_new();
	bool over = change == GAUGE_RELEASED;
	const struct gauge_step *step = over ? &g->rule->steps[0] : gauge_step(g);
	identify(a, g, origin, change);
	write_headline(a, g, step, over);
	write_item(a, g, origin, step, change);
	json_t *object = alert_to_json(a);
	char *text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	alert_free(a);
	*size = strlen(text);
	return text;
}
