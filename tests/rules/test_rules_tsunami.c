/* SPDX-License-Identifier: Apache-2.0
 *
 * A coast under tsunami of several events at once, and what follows a warning: a coast is free only
 * when no event has it.
 */
#include "tests/cmocka_all.h"
#include "tests/rules/world.h"

#include <stdlib.h>
#include <string.h>

#define A "20261120135500"
#define B "20261120141000"

enum step_kind { NONE_LEFT, FORECAST, ADVISORY, WARNING, MAJOR, CANCEL, ELSEWHERE };

static struct alert *telegram(const char *events, int minutes, enum step_kind what)
{
	static const struct {
		const char *kind;
		const char *code;
		enum severity severity;
	} items[] = {
		[NONE_LEFT] = {"tsunami.advisory", "60", SEVERITY_UNKNOWN},
		[FORECAST] = {"tsunami.forecast", "71", SEVERITY_MINOR},
		[ADVISORY] = {"tsunami.advisory", "62", SEVERITY_MODERATE},
		[WARNING] = {"tsunami.warning", "51", SEVERITY_SEVERE},
		[MAJOR] = {"tsunami.major_warning", "53", SEVERITY_EXTREME},
		[ELSEWHERE] = {"tsunami.warning", "51", SEVERITY_SEVERE},
	};
	struct alert *a = world_alert("VTSE41", "", minutes);
	a->series = pool_printf(a->pool, "VTSE41/%.14s", events);
	a->events = events;
	if (what == CANCEL) {
		a->action = ALERT_ACTION_CANCEL;
		alert_add_reference(a, a->series, "");
		return a;
	}
	struct alert_item *item = world_item(a, items[what].kind, items[what].code,
		items[what].severity, 0, AREA_JMA_TSUNAMI, what == ELSEWHERE ? "400" : "250");
	if (what == NONE_LEFT) {
		item->transition = TRANSITION_RELEASED;
		a->action = ALERT_ACTION_RELEASE;
	}
	return a;
}

struct step {
	const char *events;
	int minutes;
	enum step_kind what;
	int event; /* of the only broadcast; -1: none goes out */
	const char *kind;
	const char *state; /* kind in force afterwards; "" none */
};

struct course {
	const char *name;
	struct step steps[7];
};

static const struct course courses[] = {
	{"the worse event ends first: lowered to the other",
		{{A, 0, WARNING, EVENT_ISSUED, "tsunami.warning", "tsunami.warning"},
			{B, 10, ADVISORY, -1, NULL, "tsunami.warning"},
			{A, 60, NONE_LEFT, EVENT_LOWERED, "tsunami.advisory", "tsunami.advisory"},
			{B, 90, NONE_LEFT, EVENT_RELEASED, "tsunami.advisory", ""}}},
	{"the lesser event ends first: nothing to tell",
		{{A, 0, WARNING, EVENT_ISSUED, "tsunami.warning", "tsunami.warning"},
			{B, 10, ADVISORY, -1, NULL, "tsunami.warning"},
			{B, 60, NONE_LEFT, -1, NULL, "tsunami.warning"},
			{A, 90, NONE_LEFT, EVENT_RELEASED, "tsunami.warning", ""}}},
	{"a second, worse event raises, and leaves the first behind",
		{{A, 0, ADVISORY, EVENT_ISSUED, "tsunami.advisory", "tsunami.advisory"},
			{B, 10, MAJOR, EVENT_RAISED, "tsunami.major_warning",
				"tsunami.major_warning"},
			{B, 60, ELSEWHERE, EVENT_LOWERED, "tsunami.advisory", "tsunami.advisory"},
			{A, 90, ELSEWHERE, EVENT_RELEASED, "tsunami.advisory", ""}}},
	{"the worse goes below the other",
		{{A, 0, MAJOR, EVENT_ISSUED, "tsunami.major_warning", "tsunami.major_warning"},
			{B, 10, WARNING, -1, NULL, "tsunami.major_warning"},
			{A, 60, ADVISORY, EVENT_LOWERED, "tsunami.warning", "tsunami.warning"},
			{B, 90, NONE_LEFT, EVENT_LOWERED, "tsunami.advisory", "tsunami.advisory"},
			{A, 120, NONE_LEFT, EVENT_RELEASED, "tsunami.advisory", ""}}},
	{"one telegram for both events is the whole state of both",
		{{A, 0, WARNING, EVENT_ISSUED, "tsunami.warning", "tsunami.warning"},
			{B, 10, ADVISORY, -1, NULL, "tsunami.warning"},
			{A " " B, 20, ADVISORY, EVENT_LOWERED, "tsunami.advisory",
				"tsunami.advisory"},
			{A " " B, 60, NONE_LEFT, EVENT_RELEASED, "tsunami.advisory", ""}}},
	{"the worse event was never true",
		{{A, 0, WARNING, EVENT_ISSUED, "tsunami.warning", "tsunami.warning"},
			{B, 10, ADVISORY, -1, NULL, "tsunami.warning"},
			{A, 20, CANCEL, EVENT_LOWERED, "tsunami.advisory", "tsunami.advisory"},
			{B, 30, CANCEL, EVENT_CANCELLED, "tsunami.advisory", ""}}},
	{"the lesser event was never true",
		{{A, 0, WARNING, EVENT_ISSUED, "tsunami.warning", "tsunami.warning"},
			{B, 10, ADVISORY, -1, NULL, "tsunami.warning"},
			{B, 20, CANCEL, -1, NULL, "tsunami.warning"},
			{A, 30, NONE_LEFT, EVENT_RELEASED, "tsunami.warning", ""}}},
	{"two events at one level: the end of one changes nothing",
		{{A, 0, WARNING, EVENT_ISSUED, "tsunami.warning", "tsunami.warning"},
			{B, 10, WARNING, -1, NULL, "tsunami.warning"},
			{A, 20, NONE_LEFT, -1, NULL, "tsunami.warning"},
			{B, 30, NONE_LEFT, EVENT_RELEASED, "tsunami.warning", ""}}},
	{"the lesser event's telegram was issued first and comes last",
		{{A, 10, WARNING, EVENT_ISSUED, "tsunami.warning", "tsunami.warning"},
			{B, 5, ADVISORY, -1, NULL, "tsunami.warning"},
			{A, 60, NONE_LEFT, EVENT_LOWERED, "tsunami.advisory", "tsunami.advisory"}}},
	{"one coast raised, lowered, raised again",
		{{A, 0, ADVISORY, EVENT_ISSUED, "tsunami.advisory", "tsunami.advisory"},
			{A, 10, MAJOR, EVENT_RAISED, "tsunami.major_warning",
				"tsunami.major_warning"},
			{A, 20, WARNING, EVENT_LOWERED, "tsunami.warning", "tsunami.warning"},
			{A, 30, MAJOR, EVENT_RAISED, "tsunami.major_warning",
				"tsunami.major_warning"},
			{A, 60, ADVISORY, EVENT_LOWERED, "tsunami.advisory", "tsunami.advisory"},
			{A, 70, FORECAST, EVENT_RELEASED, "tsunami.advisory", ""}}},
};

static void take_step(struct world *w, const struct step *s)
{
	const struct rules_decision *d =
		world_take_fresh(w, telegram(s->events, s->minutes, s->what));
	const struct state_row *row = world_row(w, ALERT_STATUS_ACTUAL, IWAKI, "tsunami");
	assert_int_equal(d->broadcast_count, s->event < 0 ? 0 : 1);
	if (s->event >= 0) {
		assert_int_equal(d->broadcasts[0].broadcast->event, s->event);
		assert_string_equal(d->broadcasts[0].broadcast->kind->name, s->kind);
		assert_string_equal(d->broadcasts[0].broadcast->thread, "tsunami/" A);
	}
	assert_string_equal(row && row->in_force ? row->kind->name : "", s->state);
}

static void test_courses(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(courses); i++) {
		struct world *w = world_new();
		print_message("%s\n", courses[i].name);
		for (const struct step *s = courses[i].steps; s->events; s++) {
			take_step(w, s);
		}
		if (courses[i].steps[3].events) {
			/* Nothing is left beside once everything is over. */
			char *picture = world_picture(w, ALERT_STATUS_ACTUAL);
			assert_string_equal(picture, "");
			free(picture);
		}
		world_free(w);
	}
}

static struct alert *relayed(int minutes, const char *series, enum alert_action action)
{
	struct alert *a = world_alert("CAP", series, minutes);
	a->action = action;
	world_item(a, "tsunami.major_warning", "", SEVERITY_EXTREME, 0, AREA_MUNICIPALITY, IWAKI);
	return a;
}

/* The prefecture warns of more than JMA, and takes it back: JMA's warning still holds. */
static void test_a_relay_that_raised_and_ended_leaves_jmas_warning(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, telegram(A, 0, WARNING));
	world_take_fresh(w, relayed(5, "pref-1", ALERT_ACTION_ISSUE));
	assert_string_equal(world_row(w, ALERT_STATUS_ACTUAL, IWAKI, "tsunami")->kind->name,
		"tsunami.major_warning");
	struct alert *cancel = relayed(10, "pref-2", ALERT_ACTION_CANCEL);
	alert_add_reference(cancel, "pref-1", "");
	const struct rules_decision *d = world_take_fresh(w, cancel);
	assert_true(d->broadcast_count >= 1);
	assert_int_equal(d->broadcasts[0].broadcast->event, EVENT_LOWERED);
	assert_string_equal(
		world_row(w, ALERT_STATUS_ACTUAL, IWAKI, "tsunami")->kind->name, "tsunami.warning");
	world_take_fresh(w, telegram(A, 60, NONE_LEFT));
	assert_false(world_in_force(w, IWAKI, "tsunami"));
	world_free(w);
}

/* 津波予報 alone: told once, nothing in force, and out of date at its ValidDateTime. */
static void test_a_forecast_alone_ends_by_itself(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct config *c = world_config(w);
	c->live.children[2].severity_min = SEVERITY_UNKNOWN; /* "rest" takes it */
	struct alert *a = telegram(A, 0, FORECAST);
	a->expires = world_at(20 * 60);
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_int_equal(d->broadcast_count, 1);
	assert_int_equal(d->broadcasts[0].broadcast->event, EVENT_INFO);
	assert_int_equal(d->broadcasts[0].broadcast->expires.ms, world_at(20 * 60).ms);
	assert_false(d->broadcasts[0].broadcast->until_ended);
	assert_string_equal(d->broadcasts[0].broadcast->thread, "tsunami/" A);
	assert_false(world_in_force(w, IWAKI, "tsunami"));
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_courses),
		cmocka_unit_test(test_a_relay_that_raised_and_ended_leaves_jmas_warning),
		cmocka_unit_test(test_a_forecast_alone_ends_by_itself),
	};
	return cmocka_run_group_tests_name("rules_tsunami", tests, NULL, NULL);
}
