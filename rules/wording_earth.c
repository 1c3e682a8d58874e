/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/wording_earth.h"

#include "rules/slot.h"
#include "rules/wording_text.h"

#include <stdlib.h>
#include <string.h>

/* A message for people: the rest stands on JMA's page. */
enum { POINTS_SHOWN = 8, POINTS_SPOKEN = 3 };

/* The form that is written. */
struct telling {
	struct pool *pool;
	const struct words *w;
	const struct words_earth *earth;
	const struct alert *a;
	const struct effect *worst;
	bool spoken;
	struct buf *out;
};

static void line(struct telling *t, const char *text)
{
	if (text[0]) {
		(void)buf_add_text(t->out, t->spoken ? t->w->speak(t->pool, text) : text);
		(void)buf_add(t->out, "\n", 1);
	}
}

static bool is_of(const struct telling *t, const char *hazard)
{
	return strcmp(t->worst->row.kind->hazard, hazard) == 0;
}

/* ---- tsunami ---- */

/* "巨大" in other languages; "10m" is read letter by letter by some devices. */
static const char *height_words(const struct telling *t, const char *value)
{
	char *end;
	(void)strtod(value, &end);
	bool number = end != value && *end == 'm';
	const char *rest = number ? end + 1 : value;
	const char *words = rest;
	for (const struct words_pair *p = t->earth->heights; p->from; p++) {
		if (strcmp(p->from, rest) == 0) {
			words = p->to;
		}
	}
	if (!number) {
		return words;
	}
	return pool_printf(t->pool, "%.*s%s%s", (int)(end - value), value,
		t->spoken ? t->earth->metres : "m", words);
}

/* The date stands beside it only where it is another day. */
static const char *moment(const struct telling *t, struct wall_time at)
{
	struct words_clock then;
	struct words_clock now;
	words_clock_of(at, &then);
	words_clock_of(t->a->issued, &now);
	bool today = then.month == now.month && then.day == now.day;
	return today ? t->earth->hour_minute(t->pool, &then) : t->w->time(t->pool, at);
}

static void say_arrival(struct telling *t, const struct alert_arrival *arrival)
{
	const char *const *templates = t->spoken ? t->earth->arrival_spoken : t->earth->arrival;
	bool timed = arrival->state != ARRIVAL_NONE && !wall_time_is_none(arrival->at);
	/* JMA repeats the first wave's time long after it has come. */
	if (arrival->state == ARRIVAL_EXPECTED && (!timed || arrival->at.ms < t->a->issued.ms)) {
		return;
	}
	if (templates[arrival->state]) {
		line(t, WORDING_EXPAND(t->pool, templates[arrival->state],
				{'v', timed ? moment(t, arrival->at) : ""}));
	}
}

static const char *joined(const struct telling *t, const char *list, const char *more)
{
	return pool_printf(
		t->pool, "%s%s%s", list, list[0] && more[0] ? t->w->separator : "", more);
}

static const char *point_words(const struct telling *t, const struct alert_point *p)
{
	const struct words_earth *e = t->earth;
	const char *list = "";
	const char *template = e->point_arrival[p->arrival.state];
	if (template && p->arrival.state != ARRIVAL_NONE && !wall_time_is_none(p->arrival.at)) {
		list = WORDING_EXPAND(t->pool, template, {'v', moment(t, p->arrival.at)});
	}
	if (!wall_time_is_none(p->high_tide)) {
		list = joined(t, list,
			WORDING_EXPAND(t->pool, e->point_tide, {'v', moment(t, p->high_tide)}));
	}
	if (p->height[0]) {
		bool timed = !wall_time_is_none(p->height_at);
		list = joined(t, list,
			WORDING_EXPAND(t->pool, timed ? e->point_height_at : e->point_height,
				{'v', height_words(t, p->height)},
				{'u', timed ? moment(t, p->height_at) : ""}));
	}
	return list;
}

/* Aloud only what was measured. */
static void say_points(struct telling *t, const struct alert_item *item)
{
	size_t limit = t->spoken ? POINTS_SPOKEN : POINTS_SHOWN;
	for (size_t i = 0, shown = 0; i < item->point_count && shown < limit; i++) {
		const struct alert_point *p = &item->points[i];
		const char *words = t->spoken && !p->height[0] ? "" : point_words(t, p);
		if (words[0]) {
			line(t, WORDING_EXPAND(t->pool, t->earth->point,
					{'m', wording_clean(t->pool, p->name, 90)}, {'n', words}));
			shown++;
		}
	}
}

static void say_tsunami(struct telling *t)
{
	const struct words_earth *e = t->earth;
	const char *value = t->worst->row.value;
	if (value[0]) {
		line(t, WORDING_EXPAND(t->pool, t->spoken ? e->height_spoken : e->height,
				{'v', height_words(t, value)}));
	}
	if (t->worst->item) {
		say_arrival(t, &t->worst->item->arrival);
		say_points(t, t->worst->item);
	}
}

/* ---- volcanoes ---- */

/* Level 4 and 5 are the same warning with another order to people: say which. */
static void say_volcano_level(struct telling *t)
{
	const struct words_earth *e = t->earth;
	int level = slot_volcano_level(t->worst->row.value);
	if (level > 0) {
		line(t, WORDING_EXPAND(t->pool, t->spoken ? e->volcano_spoken : e->volcano,
				{'v', t->w->number(t->pool, level)},
				{'n', e->volcano_levels[level - 1]}));
	}
}

static void say_ash(struct telling *t)
{
	for (const struct words_pair *p = t->earth->ash; p->from; p++) {
		if (strcmp(p->from, t->worst->row.code) == 0) {
			line(t, WORDING_EXPAND(t->pool, t->earth->ash_line, {'v', p->to}));
		}
	}
}

/* ---- earthquakes ---- */

bool wording_earth_is_unseen(const struct effect *e)
{
	return e->item && strcmp(e->item->certainty, "possible") == 0 &&
	       strcmp(e->row.kind->name, "earthquake.intensity") == 0;
}

static bool has_comment(const struct alert *a, const char *code)
{
	size_t size = strlen(code);
	for (const char *at = a->comments; (at = strstr(at, code)); at += size) {
		bool starts = at == a->comments || at[-1] == ' ';
		if (starts && (at[size] == '\0' || at[size] == ' ')) {
			return true;
		}
	}
	return false;
}

/* Whether a tsunami comes is what people ask first; JMA tells it by code. */
static void say_comments(struct telling *t)
{
	for (const struct words_comment *c = t->earth->comments; c->code; c++) {
		if (kind_matches(c->kinds, t->worst->row.kind->name) &&
			has_comment(t->a, c->code)) {
			line(t, c->text);
		}
	}
}

static void say_intensity(struct telling *t, const char *template)
{
	if (t->worst->row.value[0]) {
		line(t, WORDING_EXPAND(t->pool, template,
				{'v', t->w->scale(t->pool, t->worst->row.value)}));
	}
}

static void say(struct telling *t)
{
	say_comments(t);
	if (is_of(t, "tsunami") || is_of(t, "tsunami.info")) {
		say_tsunami(t);
	} else if (is_of(t, "volcano") || is_of(t, "volcano.info")) {
		say_volcano_level(t);
	} else if (is_of(t, "volcano.ash")) {
		say_ash(t);
	} else if (is_of(t, "earthquake.long_period")) {
		say_intensity(t, t->earth->long_period);
	} else if (is_of(t, "eew") && !t->spoken) {
		say_intensity(t, t->earth->intensity); /* no second to lose aloud */
	}
}

void wording_earth_body(struct pool *pool, const struct words *w, const struct alert *a,
	const struct effect *worst, struct buf *out)
{
	struct telling t = {pool, w, w->earth, a, worst, false, out};
	say(&t);
}

void wording_earth_speech(struct pool *pool, const struct words *w, const struct alert *a,
	const struct effect *worst, struct buf *out)
{
	struct telling t = {pool, w, w->earth, a, worst, true, out};
	say(&t);
}
