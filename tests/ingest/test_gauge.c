/* SPDX-License-Identifier: Apache-2.0
 *
 * Gauges: thresholds with hysteresis, confirmation, sums, silence; what they send; what they tell.
 */
#include "base/json.h"
#include "ingest/fetch/sensor/gauge.h"
#include "ingest/fetch/sensor/notice.h"
#include "ingest/fetch/sensor/reading.h"
#include "schemas/alert.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MINUTE_MS = 60 * 1000 };

/* 2026-11-24T09:00:00+09:00 */
static const int64_t start_ms = INT64_C(1795478400000);

static const struct gauge_step steps[] = {
	{3.0, 2.8, SEVERITY_MODERATE, "氾濫注意水位"},
	{4.0, 3.7, SEVERITY_SEVERE, "避難判断水位"},
	{5.0, 4.8, SEVERITY_EXTREME, "氾濫危険水位"},
};

static struct gauge_rule rule_with(int confirm)
{
	return (struct gauge_rule){
		.name = "natsui",
		.place = "夏井川 鎌田",
		.kind = kind_find("sensor.river_level"),
		.unit = "m",
		.steps = steps,
		.step_count = 3,
		.confirm = confirm,
		.no_data_ms = 30 * MINUTE_MS,
		.renew_ms = 20 * MINUTE_MS,
		.min = -5,
		.max = 15,
	};
}

static struct wall_time minute(int n)
{
	return (struct wall_time){.ms = start_ms + (int64_t)n * MINUTE_MS};
}

/* One reading a minute: a letter for what each changes. */
static void run(struct gauge *g, const double *values, size_t count, char *out)
{
	static const char letters[] = {
		[GAUGE_SAME] = '.',
		[GAUGE_RAISED] = 'U',
		[GAUGE_LOWERED] = 'D',
		[GAUGE_RELEASED] = 'E',
		[GAUGE_RENEWED] = 'r',
	};
	for (size_t i = 0; i < count; i++) {
		enum gauge_change change;
		enum gauge_answer answer =
			gauge_read(g, values[i], minute((int)i), minute((int)i), &change);
		out[i] = answer == GAUGE_TAKEN ? letters[change] : 'x';
	}
	out[count] = '\0';
}

struct course {
	const char *name;
	int confirm;
	double values[24];
	size_t count;
	const char *changes;
};

static const struct course courses[] = {
	{"below all", 1, {1, 2, 2.9, 2.99}, 4, "...."},
	{"up and down by steps", 1, {2, 3, 4, 5, 4.7, 3.6, 2.7}, 7, ".UUUDDE"},
	{"swings about a mark", 1, {3.0, 2.9, 3.0, 2.8, 2.9, 3.1, 2.79}, 7, "U.....E"},
	{"straight to the top", 1, {2, 6, 1}, 3, ".UE"},
	{"one splash", 2, {2, 6, 2, 6, 2}, 5, "....."},
	{"confirmed", 2, {2, 3.1, 3.2, 3.3}, 4, "..U."},
	{"only what all can vouch for", 2, {2, 3.1, 6, 6}, 4, "..U."},
	{"and then the rest", 2, {2, 3.1, 6, 6, 6}, 5, "..U.U"},
	{"one dip", 2, {3.1, 3.1, 1, 3.1, 1, 1}, 6, ".U...E"},
	{"broken gauge says nothing", 1, {3.1, -99, 99, 3.1}, 4, "Uxx."},
};

static void test_courses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(courses) / sizeof(courses[0]); i++) {
		const struct course *c = &courses[i];
		struct gauge_rule rule = rule_with(c->confirm);
		struct gauge g;
		char changes[32];
		gauge_init(&g, &rule);
		run(&g, c->values, c->count, changes);
		if (strcmp(changes, c->changes) != 0) {
			print_error("%s: %s\n", c->name, changes);
		}
		assert_string_equal(changes, c->changes);
		gauge_clear(&g);
	}
}

static void test_renewed_while_it_lasts(void **state)
{
	(void)state;
	struct gauge_rule rule = rule_with(1);
	struct gauge g;
	enum gauge_change change;
	int renewed = 0;
	gauge_init(&g, &rule);
	for (int i = 0; i <= 60; i++) {
		assert_int_equal(gauge_read(&g, 3.5, minute(i), minute(i), &change), GAUGE_TAKEN);
		assert_int_equal(change == GAUGE_RAISED, i == 0);
		renewed += change == GAUGE_RENEWED;
	}
	assert_int_equal(renewed, 3);
	gauge_clear(&g);
}

static void test_time_of_a_reading(void **state)
{
	(void)state;
	struct gauge_rule rule = rule_with(1);
	struct gauge g;
	enum gauge_change change;
	gauge_init(&g, &rule);
	assert_true(gauge_is_silent(&g, minute(0)));
	assert_int_equal(gauge_read(&g, 1, minute(10), minute(10), &change), GAUGE_TAKEN);
	assert_int_equal(gauge_read(&g, 9, minute(10), minute(10), &change), GAUGE_KNOWN);
	assert_int_equal(gauge_read(&g, 9, minute(9), minute(10), &change), GAUGE_KNOWN);
	assert_int_equal(gauge_read(&g, 9, minute(16), minute(10), &change), GAUGE_AHEAD);
	/* A retained message of the morning says nothing about now. */
	assert_int_equal(gauge_read(&g, 9, minute(11), minute(60), &change), GAUGE_STALE);
	assert_int_equal(change, GAUGE_SAME);
	assert_int_equal(g.step, 0);
	assert_false(gauge_is_silent(&g, minute(40)));
	assert_true(gauge_is_silent(&g, minute(41)));
	gauge_clear(&g);
}

/* A machine without a battery for its clock begins somewhere; then the network tells the time. */
static void test_a_clock_that_ran_ahead_makes_nobody_deaf(void **state)
{
	(void)state;
	struct gauge_rule rule = rule_with(1);
	rule.window_ms = 60 * MINUTE_MS;
	struct gauge g;
	enum gauge_change change;
	gauge_init(&g, &rule);
	assert_int_equal(gauge_read(&g, 1, minute(0), minute(0), &change), GAUGE_TAKEN);
	assert_int_equal(gauge_read(&g, 1.6, minute(9000), minute(9000), &change), GAUGE_TAKEN);
	assert_int_equal(gauge_read(&g, 1.6, minute(9001), minute(9001), &change), GAUGE_TAKEN);
	assert_int_equal(change, GAUGE_RAISED);
	assert_true(gauge_is_silent(&g, minute(1)));
	assert_int_equal(gauge_read(&g, 3.5, minute(1), minute(1), &change), GAUGE_TAKEN);
	assert_int_equal(change, GAUGE_RENEWED); /* what was told of the future may be over */
	assert_true(g.value < 4);		 /* and its readings are in no sum */
	assert_false(gauge_is_silent(&g, minute(1)));
	gauge_clear(&g);
}

static void test_sum_of_a_window(void **state)
{
	(void)state;
	static const struct gauge_step rain[] = {{50, 30, SEVERITY_SEVERE, "時間雨量50ミリ"}};
	struct gauge_rule rule = {.name = "rain",
		.place = "内郷",
		.kind = kind_find("sensor.rain"),
		.unit = "mm",
		.steps = rain,
		.step_count = 1,
		.confirm = 1,
		.window_ms = 60 * MINUTE_MS,
		.no_data_ms = 30 * MINUTE_MS,
		.renew_ms = 600 * MINUTE_MS,
		.max = 100};
	struct gauge g;
	enum gauge_change change;
	gauge_init(&g, &rule);
	for (int i = 0; i < 6; i++) {
		gauge_read(&g, 9, minute(i * 10), minute(i * 10), &change);
		assert_int_equal(change == GAUGE_RAISED, i == 5);
	}
	assert_true(g.value > 53.9 && g.value < 54.1);
	for (int i = 6; i < 9; i++) {
		gauge_read(&g, 0, minute(i * 10), minute(i * 10), &change);
		assert_int_equal(change == GAUGE_RELEASED, i == 8);
	}
	gauge_clear(&g);
}

static void test_window_keeps_its_sum_when_full(void **state)
{
	(void)state;
	struct gauge_rule rule = rule_with(1);
	rule.window_ms = INT64_C(100000) * MINUTE_MS;
	rule.max = 1e6;
	struct gauge g;
	enum gauge_change change;
	gauge_init(&g, &rule);
	for (int i = 0; i < GAUGE_WINDOW_READINGS_MAX + 100; i++) {
		gauge_read(&g, 1, minute(i), minute(i), &change);
	}
	assert_true(g.value > GAUGE_WINDOW_READINGS_MAX + 99.5);
	assert_true(g.window_count <= GAUGE_WINDOW_READINGS_MAX);
	gauge_clear(&g);
}

static void test_goes_on_after_a_restart(void **state)
{
	(void)state;
	struct gauge_rule rule = rule_with(1);
	rule.window_ms = 5 * MINUTE_MS;
	struct gauge g;
	struct gauge again;
	enum gauge_change change;
	gauge_init(&g, &rule);
	gauge_read(&g, 2, minute(0), minute(0), &change);
	gauge_read(&g, 2, minute(1), minute(1), &change);
	assert_int_equal(change, GAUGE_RAISED);
	json_t *saved = gauge_save(&g);
	gauge_init(&again, &rule);
	gauge_restore(&again, saved);
	assert_int_equal(again.step, 2);
	assert_true(again.episode.ms == g.episode.ms);
	gauge_read(&again, 0.5, minute(2), minute(2), &change);
	assert_int_equal(change, GAUGE_SAME);
	assert_true(again.value > 4.4 && again.value < 4.6);
	json_decref(saved);
	gauge_clear(&g);
	gauge_clear(&again);
}

static void test_restores_what_fits(void **state)
{
	(void)state;
	static const char *const saved[] = {
		"{}",
		"{\"step\": -1}",
		"{\"step\": 2}", /* no episode: it could never be ended */
		"{\"step\": \"2\", \"window\": [[1], [\"a\", 2], 3], \"last\": \"x\"}",
	};
	struct gauge_rule rule = rule_with(1);
	rule.window_ms = MINUTE_MS;
	for (size_t i = 0; i < sizeof(saved) / sizeof(saved[0]); i++) {
		struct gauge g;
		json_t *object = json_loads(saved[i], 0, NULL);
		gauge_init(&g, &rule);
		gauge_restore(&g, object);
		assert_int_equal(g.step, 0);
		assert_int_equal(g.window_count, 0);
		json_decref(object);
		gauge_clear(&g);
	}
	struct gauge g;
	json_t *object = json_loads("{\"step\": 9, \"episode\": 5, \"last\": 5}", 0, NULL);
	gauge_init(&g, &rule);
	gauge_restore(&g, object);
	assert_int_equal(g.step, 3);
	json_decref(object);
	gauge_clear(&g);
}

/* ---- payloads ---- */

static const struct {
	const char *value;
	const char *time;
	const char *payload;
	int rc;
	double number;
	int64_t seconds; /* 0: none */
} payloads[] = {
	{"", "", "3.25", 0, 3.25, 0},
	{"", "", "  -1e1\n", 0, -10, 0},
	{"", "", "nan", -EINVAL, 0, 0},
	{"", "", "inf", -EINVAL, 0, 0},
	{"", "", "0x10", -EINVAL, 0, 0},
	{"", "", "3.2 m", -EINVAL, 0, 0},
	{"", "", "", -EINVAL, 0, 0},
	{"/level", "", "{\"level\": 3}", 0, 3, 0},
	{"/level", "", "{\"level\": \"3.5\"}", 0, 3.5, 0},
	{"/level", "", "{\"level\": null}", -EINVAL, 0, 0},
	{"/level", "", "{\"level\": true}", -EINVAL, 0, 0},
	{"/level", "", "{\"Level\": 3}", -EINVAL, 0, 0},
	{"/level", "", "{\"level\": 3", -EINVAL, 0, 0},
	{"/a/1/b~1c~0", "", "{\"a\": [0, {\"b/c~\": 7}]}", 0, 7, 0},
	{"/a/01x", "", "{\"a\": [0, 7]}", -EINVAL, 0, 0},
	{"/v", "/t", "{\"v\": 1, \"t\": \"2026-11-24T09:00:00+09:00\"}", 0, 1, 1795478400},
	{"/v", "/t", "{\"v\": 1, \"t\": 1795478400}", 0, 1, 1795478400},
	{"/v", "/t", "{\"v\": 1, \"t\": 1795478400000}", 0, 1, 1795478400},
	{"/v", "/t", "{\"v\": 1, \"t\": \"2026-11-24T09:00:00\"}", -EINVAL, 1, 0},
	{"/v", "/t", "{\"v\": 1, \"t\": 1e300}", -EINVAL, 1, 0},
	{"/v", "/t", "{\"v\": 1}", -EINVAL, 1, 0},
};

static void test_payloads(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++) {
		struct reading_form form = {payloads[i].value, payloads[i].time};
		const char *text = payloads[i].payload;
		double value = 0;
		struct wall_time at;
		struct err e = {0};
		int rc = reading_parse(&form, text, strlen(text), &value, &at, &e);
		if (rc != payloads[i].rc) {
			print_error("%s: %d %s\n", text, rc, e.text);
		}
		assert_int_equal(rc, payloads[i].rc);
		if (rc == 0) {
			assert_true(value == payloads[i].number);
			assert_true(payloads[i].seconds == 0 ? wall_time_is_none(at)
							     : at.ms == payloads[i].seconds * 1000);
		}
	}
}

static void test_pointers(void **state)
{
	(void)state;
	struct err e = {0};
	assert_int_equal(reading_check_pointer("", &e), 0);
	assert_int_equal(reading_check_pointer("/a~0/b~1", &e), 0);
	assert_int_equal(reading_check_pointer("a", &e), -EINVAL);
	assert_int_equal(reading_check_pointer("/a~2", &e), -EINVAL);
	assert_int_equal(reading_check_pointer("/a~", &e), -EINVAL);
}

/* ---- notices ---- */

static struct alert *notice(const struct gauge *g, enum gauge_change change)
{
	static const char *towns[] = {"07204"};
	const struct notice_origin origin = {
		.feed = "gauges", .municipalities = {towns, 1}, .valid_ms = 60 * MINUTE_MS};
	size_t size;
	struct err e = {0};
	char *text = notice_write(g, &origin, change, &size);
	json_t *object = json_read(text, size, &e);
	struct alert *a = alert_from_json(object, &e);
	if (!a) {
		print_error("%s: %s\n", e.text, text);
	}
	assert_non_null(a);
	json_decref(object);
	free(text);
	return a;
}

static void test_notices_of_an_episode(void **state)
{
	(void)state;
	struct gauge_rule rule = rule_with(1);
	struct gauge g;
	enum gauge_change change;
	gauge_init(&g, &rule);

	gauge_read(&g, 3.124, minute(0), minute(0), &change);
	struct alert *first = notice(&g, change);
	assert_int_equal(first->action, ALERT_ACTION_ISSUE);
	assert_int_equal(first->status, ALERT_STATUS_ACTUAL);
	assert_int_equal(first->items[0].transition, TRANSITION_ISSUED);
	assert_int_equal(first->items[0].severity, SEVERITY_MODERATE);
	assert_string_equal(first->items[0].value, "3.12m");
	assert_string_equal(first->items[0].areas[0].code, "07204");
	assert_string_equal(alert_text_in(&first->headline, "ja"),
		"夏井川 鎌田は3.12mになり、氾濫注意水位（3.00m）に達しています。");
	assert_true(first->expires.ms == minute(60).ms);

	gauge_read(&g, 4, minute(5), minute(5), &change);
	struct alert *second = notice(&g, change);
	assert_int_equal(second->action, ALERT_ACTION_UPDATE);
	assert_int_equal(second->items[0].transition, TRANSITION_RAISED);
	assert_string_equal(second->series, first->series);
	assert_string_not_equal(second->revision, first->revision);
	assert_string_not_equal(second->digest, first->digest);

	gauge_read(&g, 1, minute(9), minute(9), &change);
	struct alert *end = notice(&g, change);
	assert_int_equal(end->action, ALERT_ACTION_RELEASE);
	assert_int_equal(end->items[0].transition, TRANSITION_RELEASED);
	assert_string_equal(end->series, first->series);
	assert_string_equal(alert_text_in(&end->headline, "en"),
		"夏井川 鎌田: 1.00m, now below 氾濫注意水位 (2.80m).");

	gauge_read(&g, 3.5, minute(20), minute(20), &change);
	struct alert *next = notice(&g, change);
	assert_int_equal(next->action, ALERT_ACTION_ISSUE);
	assert_string_not_equal(next->series, first->series);
	alert_free(first);
	alert_free(second);
	alert_free(end);
	alert_free(next);
	gauge_clear(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_courses),
		cmocka_unit_test(test_renewed_while_it_lasts),
		cmocka_unit_test(test_time_of_a_reading),
		cmocka_unit_test(test_a_clock_that_ran_ahead_makes_nobody_deaf),
		cmocka_unit_test(test_sum_of_a_window),
		cmocka_unit_test(test_window_keeps_its_sum_when_full),
		cmocka_unit_test(test_goes_on_after_a_restart),
		cmocka_unit_test(test_restores_what_fits),
		cmocka_unit_test(test_payloads),
		cmocka_unit_test(test_pointers),
		cmocka_unit_test(test_notices_of_an_episode),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
