/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/fetch/sensor/gauge.h"

#include "base/json.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { AHEAD_LIMIT_MS = 5 * 60 * 1000 };

void gauge_init(struct gauge *g, const struct gauge_rule *rule)
{
	*g = (struct gauge){.rule = rule,
		.last = WALL_TIME_NONE,
		.episode = WALL_TIME_NONE,
		.told = WALL_TIME_NONE};
	if (rule->window_ms > 0) {
		g->window = mem_new_array(GAUGE_WINDOW_READINGS_MAX, sizeof(*g->window));
	}
}

void gauge_clear(struct gauge *g)
{
	free(g->window);
	g->window = NULL;
}

const struct gauge_step *gauge_step(const struct gauge *g)
{
	return g->step > 0 ? &g->rule->steps[g->step - 1] : NULL;
}

static bool is_ahead(struct wall_time t, struct wall_time now)
{
	return t.ms > now.ms + AHEAD_LIMIT_MS;
}

bool gauge_is_silent(const struct gauge *g, struct wall_time now)
{
	return wall_time_is_none(g->last) || is_ahead(g->last, now) ||
	       now.ms - g->last.ms > g->rule->no_data_ms;
}

/* Readings that were taken while our clock ran ahead: nothing would be newer than they for as long
 * as it did. The step they led to stays in force until readings end it. */
static void forget_future(struct gauge *g, struct wall_time now)
{
	if (wall_time_is_none(g->last) || !is_ahead(g->last, now)) {
		return;
	}
	g->last = WALL_TIME_NONE;
	g->told = (struct wall_time){.ms = now.ms - g->rule->renew_ms}; /* told again at once */
	while (g->window_count > 0 && is_ahead(g->window[g->window_count - 1].at, now)) {
		g->window_count--;
	}
}

static enum gauge_answer examine(
	const struct gauge *g, double value, struct wall_time at, struct wall_time now)
{
	const struct gauge_rule *rule = g->rule;
	if (!isfinite(value) || value < rule->min || value > rule->max) {
		return GAUGE_IMPLAUSIBLE;
	}
	if (is_ahead(at, now)) {
		return GAUGE_AHEAD;
	}
	if (!wall_time_is_none(g->last) && at.ms <= g->last.ms) {
		return GAUGE_KNOWN;
	}
	return at.ms < now.ms - rule->no_data_ms ? GAUGE_STALE : GAUGE_TAKEN;
}

/* The sum of the window. When more readings came than there is room for, the oldest two become
 * one: the sum stays right, only its edge gets coarser. */
static double add_to_window(struct gauge *g, double value, struct wall_time at)
{
	size_t gone = 0;
	while (gone < g->window_count && g->window[gone].at.ms <= at.ms - g->rule->window_ms) {
		gone++;
	}
	g->window_count -= gone;
	memmove(g->window, g->window + gone, g->window_count * sizeof(*g->window));
	if (g->window_count == GAUGE_WINDOW_READINGS_MAX) {
		g->window[1].value += g->window[0].value;
		g->window_count--;
		memmove(g->window, g->window + 1, g->window_count * sizeof(*g->window));
	}
	g->window[g->window_count++] = (struct gauge_reading){.value = value, .at = at};
	double sum = 0;
	for (size_t i = 0; i < g->window_count; i++) {
		sum += g->window[i].value;
	}
	return sum;
}

/* The step this value asks for, seen from the one in force. */
static size_t wanted_step(const struct gauge *g, double value)
{
	const struct gauge_rule *rule = g->rule;
	size_t step = 0;
	for (size_t i = 0; i < rule->step_count; i++) {
		bool holds = i < g->step ? value >= rule->steps[i].off : value >= rule->steps[i].on;
		if (holds) {
			step = i + 1;
		}
	}
	return step;
}

static enum gauge_change move_to(struct gauge *g, size_t step)
{
	enum gauge_change change = step > g->step ? GAUGE_RAISED
				   : step > 0	  ? GAUGE_LOWERED
						  : GAUGE_RELEASED;
	if (g->step == 0) {
		g->episode = g->last;
	}
	g->step = step;
	g->told = g->last;
	g->streak = 0;
	return change;
}

/* One more reading that wants this step. */
static void follow_streak(struct gauge *g, size_t wanted)
{
	int direction = wanted > g->step ? 1 : wanted < g->step ? -1 : 0;
	if (direction == 0 || g->streak * direction <= 0) {
		g->streak = direction;
		g->vouched = wanted;
		return;
	}
	g->streak += direction;
	bool nearer = direction > 0 ? wanted < g->vouched : wanted > g->vouched;
	g->vouched = nearer ? wanted : g->vouched;
}

static enum gauge_change judge(struct gauge *g)
{
	follow_streak(g, wanted_step(g, g->value));
	if (abs(g->streak) >= g->rule->confirm) {
		return move_to(g, g->vouched);
	}
	if (g->step > 0 && g->last.ms - g->told.ms >= g->rule->renew_ms) {
		g->told = g->last;
		return GAUGE_RENEWED;
	}
	return GAUGE_SAME;
}

enum gauge_answer gauge_read(struct gauge *g, double value, struct wall_time at,
	struct wall_time now, enum gauge_change *change)
{
	*change = GAUGE_SAME;
	forget_future(g, now);
	enum gauge_answer answer = examine(g, value, at, now);
	if (answer != GAUGE_TAKEN) {
		return answer;
	}
	g->last = at;
	g->value = g->window ? add_to_window(g, value, at) : value;
	*change = judge(g);
	return GAUGE_TAKEN;
}

/* ---- across a restart ---- */

static void put_time(json_t *to, const char *key, struct wall_time t)
{
	if (!wall_time_is_none(t)) {
		json_put_int(to, key, t.ms);
	}
}

static struct wall_time get_time(const json_t *from, const char *key)
{
	return (struct wall_time){.ms = json_int(from, key, WALL_TIME_NONE.ms)};
}

json_t *gauge_save(const struct gauge *g)
{
	json_t *saved = json_object();
	json_put_int(saved, "step", (int64_t)g->step);
	json_put(saved, "value", json_real(g->value));
	put_time(saved, "last", g->last);
	put_time(saved, "episode", g->episode);
	put_time(saved, "told", g->told);
	json_t *window = json_array();
	for (size_t i = 0; i < g->window_count; i++) {
		json_array_append_new(window,
			json_pack("[I, f]", (json_int_t)g->window[i].at.ms, g->window[i].value));
	}
	json_put(saved, "window", window);
	return saved;
}

static void restore_window(struct gauge *g, const json_t *window)
{
	size_t i;
	json_t *row;
	json_array_foreach(window, i, row)
	{
		const json_t *at = json_array_get(row, 0);
		const json_t *value = json_array_get(row, 1);
		if (g->window_count < GAUGE_WINDOW_READINGS_MAX && json_is_integer(at) &&
			json_is_number(value) && isfinite(json_number_value(value))) {
			g->window[g->window_count++] = (struct gauge_reading){
				.value = json_number_value(value),
				.at = {.ms = json_integer_value(at)},
			};
		}
	}
}

void gauge_restore(struct gauge *g, const json_t *saved)
{
	int64_t step = json_int(saved, "step", 0);
	size_t highest = g->rule->step_count;
	const json_t *value = json_object_get(saved, "value");
	g->step = step < 0 ? 0 : (size_t)step > highest ? highest : (size_t)step;
	g->value = json_is_number(value) ? json_number_value(value) : 0;
	g->last = get_time(saved, "last");
	g->episode = get_time(saved, "episode");
	g->told = get_time(saved, "told");
	if (g->step > 0 && wall_time_is_none(g->episode)) {
		g->step = 0; /* a notice without an episode could not be ended */
	}
	if (g->window) {
		restore_window(g, json_object_get(saved, "window"));
	}
}
