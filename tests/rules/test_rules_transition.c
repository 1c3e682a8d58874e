/* SPDX-License-Identifier: Apache-2.0
 *
 * Telegrams of before 2026-05-28 beside the newer ones: one event, one broadcast, in whatever order
 * the two come; and what the old ones cannot say is never read as an end.
 */
#include "tests/cmocka_all.h"
#include "tests/rules/world.h"

#include <stdlib.h>
#include <string.h>

enum { DAY = 24 * 60 };

static struct alert *telegram(const char *type, const char *series, int minutes)
{
	struct alert *a = world_alert(type, series, minutes);
	a->office = "福島地方気象台";
	return a;
}

static void state(struct alert *a, const char *kind, const char *code, enum severity severity,
	int level, const char *area)
{
	world_item(a, kind, code, severity, level, AREA_JMA_CITY, area);
}

/* "発表警報・注意報はなし" */
static void none(struct alert *a, const char *kind)
{
	world_item(a, kind, "00", SEVERITY_UNKNOWN, 0, AREA_JMA_CITY, "0720400")->transition =
		TRANSITION_RELEASED;
	alert_add_area(a, &a->items[a->item_count - 1], AREA_JMA_CITY, "0754200", "");
}

static struct alert *rain(
	const char *type, const char *code, enum severity severity, int level, int minutes)
{
	struct alert *a = telegram(type, type, minutes);
	state(a, "weather.rain", code, severity, level, "0720400");
	return a;
}

static const struct state_row *row(struct world *w, const char *slot)
{
	return world_row(w, ALERT_STATUS_ACTUAL, IWAKI, slot);
}

/* ---- who serves ---- */

static void test_old_set_serves_alone(void **unused)
{
	(void)unused;
	static const char *const types[] = {"VPWW53", "VPWW54", "VPNO50"};
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		struct world *w = world_new();
		const struct rules_decision *d =
			world_take_fresh(w, rain(types[i], "33", SEVERITY_EXTREME, 5, 0));
		assert_int_equal(d->verdict, RULES_ACTED);
		assert_int_equal(d->broadcast_count, 1);
		assert_true(world_in_force(w, IWAKI, "weather.rain"));
		world_free(w);
	}
}

/* Any of the seven proves that the set comes; a telegram without anything in force too. */
static void test_old_set_is_idle_beside_the_new(void **unused)
{
	(void)unused;
	static const char *const types[] = {"VPWW53", "VPWW54", "VPNO50", "VXWW50"};
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		struct world *w = world_new();
		struct alert *calm = telegram("VPWW61", "VPWW61/070000", -DAY + 60);
		none(calm, "weather.advisory_other");
		world_take_fresh(w, calm);
		struct alert *a = telegram(types[i], types[i], 0);
		state(a, strcmp(types[i], "VXWW50") == 0 ? "weather.landslide" : "weather.rain",
			"3", SEVERITY_SEVERE, 4, "0720400");
		const struct rules_decision *d = world_take_fresh(w, a);
		assert_int_equal(d->verdict, RULES_NOTHING);
		assert_int_equal(d->change_count, 0);
		assert_int_equal(d->broadcast_count, 0);
		world_free(w);
	}
}

static void test_old_set_serves_again_when_the_new_is_gone(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	world_take_fresh(w, rain("VPWW55", "10", SEVERITY_MINOR, 2, -DAY - 1));
	const struct rules_decision *d =
		world_take_fresh(w, rain("VPWW54", "03", SEVERITY_MODERATE, 3, 0));
	assert_int_equal(d->verdict, RULES_ACTED);
	assert_string_equal(row(w, "weather.rain")->code, "03");
	world_free(w);
}

/* What another office sends proves nothing. */
static void test_another_office_proves_nothing(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	world_config(w)->municipalities[1].offices.list[0] = "水戸地方気象台";
	struct alert *calm = telegram("VPWW61", "VPWW61/080000", -60);
	calm->office = "水戸地方気象台";
	world_item(
		calm, "weather.advisory_other", "00", SEVERITY_UNKNOWN, 0, AREA_JMA_CITY, "0754200")
		->transition = TRANSITION_RELEASED;
	world_take_fresh(w, calm);
	const struct rules_decision *d =
		world_take_fresh(w, rain("VPWW54", "03", SEVERITY_MODERATE, 3, 0));
	assert_int_equal(d->verdict, RULES_ACTED);
	world_free(w);
}

/* An exercise proves nothing about live telegrams. */
static void test_an_exercise_proves_nothing(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	struct alert *drill = rain("VPWW55", "03", SEVERITY_MODERATE, 3, -10);
	drill->status = ALERT_STATUS_EXERCISE;
	world_take_fresh(w, drill);
	const struct rules_decision *d =
		world_take_fresh(w, rain("VPWW54", "03", SEVERITY_MODERATE, 3, 0));
	assert_int_equal(d->verdict, RULES_ACTED);
	world_free(w);
}

/* ---- the pair in both orders ---- */

static void test_pair_is_one_broadcast_in_both_orders(void **unused)
{
	(void)unused;
	static const struct {
		const char *old;
		const char *newer;
		const char *kind;
		const char *old_code;
		const char *code;
		enum severity severity;
		int level;
	} rows[] = {
		{"VPWW54", "VPWW55", "weather.rain", "03", "03", SEVERITY_MODERATE, 3},
		{"VPWW53", "VPWW55", "weather.rain", "33", "33", SEVERITY_EXTREME, 5},
		{"VPNO50", "VPWW55", "weather.rain", "33", "33", SEVERITY_EXTREME, 5},
		{"VXWW50", "VPWW56", "weather.landslide", "3", "49", SEVERITY_SEVERE, 4},
		{"VPWW54", "VPWW58", "weather.storm", "05", "05", SEVERITY_MODERATE, 0},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		for (int old_first = 0; old_first < 2; old_first++) {
			print_message("%s %s %d\n", rows[i].old, rows[i].newer, old_first);
			struct world *w = world_new();
			/* The old one was sent later, whichever comes first. */
			struct alert *old = telegram(rows[i].old, rows[i].old, 0);
			old->sent = world_at(1);
			state(old, rows[i].kind, rows[i].old_code, rows[i].severity, rows[i].level,
				"0720400");
			struct alert *newer = telegram(rows[i].newer, rows[i].newer, 0);
			state(newer, rows[i].kind, rows[i].code, rows[i].severity, rows[i].level,
				"0720400");
			size_t sent = world_take_fresh(w, old_first ? old : newer)->broadcast_count;
			sent += world_take_fresh(w, old_first ? newer : old)->broadcast_count;
			assert_int_equal(sent, 1);
			const struct state_row *r = row(w, rows[i].kind);
			assert_string_equal(r->code, rows[i].code);
			assert_true(strncmp(r->source, rows[i].newer, 6) == 0);
			world_free(w);
		}
	}
}

/* The old one hides level 4: the new one says it, in the same thread. */
static void test_hidden_level_is_raised_in_the_thread(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	struct alert *old = rain("VPWW54", "03", SEVERITY_MODERATE, 3, 0);
	old->sent = world_at(1);
	const struct rules_decision *first = world_take_fresh(w, old);
	const char *thread = first->broadcasts[0].broadcast->thread;
	const struct rules_decision *d =
		world_take_fresh(w, rain("VPWW55", "43", SEVERITY_SEVERE, 4, 0));
	assert_int_equal(d->broadcast_count, 1);
	assert_int_equal(d->broadcasts[0].broadcast->event, EVENT_RAISED);
	assert_int_equal(d->broadcasts[0].broadcast->update, 2);
	assert_string_equal(d->broadcasts[0].broadcast->thread, thread);
	world_free(w);
}

/* A newer telegram that is really older does not lower what the old set says now. */
static void test_late_primary_lowers_nothing(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	world_take_fresh(w, rain("VPWW54", "33", SEVERITY_EXTREME, 5, 0));
	const struct rules_decision *d =
		world_take_fresh(w, rain("VPWW55", "03", SEVERITY_MODERATE, 3, -10));
	assert_int_equal(d->broadcast_count, 0);
	assert_int_equal(row(w, "weather.rain")->level, 5);
	world_free(w);
}

static void test_primary_ends_what_the_old_set_began(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	struct alert *old = rain("VPWW54", "03", SEVERITY_MODERATE, 3, 0);
	state(old, "weather.storm", "05", SEVERITY_MODERATE, 0, "0720400");
	state(old, "weather.advisory_other", "14", SEVERITY_MINOR, 0, "0720400");
	world_take_fresh(w, old);
	struct alert *newer = telegram("VPWW55", "VPWW55/070000", 60);
	none(newer, "weather.rain");
	const struct rules_decision *d = world_take_fresh(w, newer);
	assert_int_equal(d->broadcast_count, 1);
	assert_int_equal(d->broadcasts[0].broadcast->event, EVENT_RELEASED);
	assert_false(world_in_force(w, IWAKI, "weather.rain"));
	/* It speaks of rain alone. */
	assert_true(world_in_force(w, IWAKI, "weather.storm"));
	assert_true(world_in_force(w, IWAKI, "weather.advisory_other/14"));
	struct alert *other = telegram("VPWW61", "VPWW61/070000", 61);
	state(other, "weather.advisory_other", "20", SEVERITY_MINOR, 0, "0720400");
	world_take_fresh(w, other);
	assert_false(world_in_force(w, IWAKI, "weather.advisory_other/14"));
	assert_true(world_in_force(w, IWAKI, "weather.advisory_other/20"));
	world_free(w);
}

/* ---- what the old ones cannot say ---- */

static void test_level_4_is_not_lowered_by_what_cannot_say_it(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	world_take_fresh(w, rain("VPWW55", "43", SEVERITY_SEVERE, 4, -4 * DAY));
	const struct rules_decision *d =
		world_take_fresh(w, rain("VPWW54", "03", SEVERITY_MODERATE, 3, 0));
	assert_int_equal(d->broadcast_count, 0);
	assert_int_equal(row(w, "weather.rain")->level, 4);
	d = world_take_fresh(w, rain("VPWW54", "10", SEVERITY_MINOR, 2, 10));
	assert_int_equal(d->broadcasts[0].broadcast->event, EVENT_LOWERED);
	assert_int_equal(row(w, "weather.rain")->level, 2);
	world_free(w);
}

static void test_landslide_of_both_old_telegrams(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	struct alert *a = telegram("VPWW54", "VPWW54", 0);
	state(a, "weather.landslide", "03", SEVERITY_MODERATE, 3, "0720400");
	world_take_fresh(w, a);
	struct alert *danger = telegram("VXWW50", "VXWW50", 10);
	state(danger, "weather.landslide", "3", SEVERITY_SEVERE, 4, "0720400");
	assert_int_equal(world_take_fresh(w, danger)->broadcast_count, 1);
	/* VPWW54 does not know level 4, whether it says landslide or only rain. */
	struct alert *again = telegram("VPWW54", "VPWW54", 20);
	state(again, "weather.landslide", "03", SEVERITY_MODERATE, 3, "0720400");
	assert_int_equal(world_take_fresh(w, again)->broadcast_count, 0);
	struct alert *only_rain = telegram("VPWW54", "VPWW54", 30);
	state(only_rain, "weather.rain", "03", SEVERITY_MODERATE, 3, "0720400");
	none(only_rain, "weather.landslide");
	world_take_fresh(w, only_rain);
	assert_int_equal(row(w, "weather.landslide")->level, 4);
	/* Without any warning of rain there is no level 4 either. */
	struct alert *calm = telegram("VPWW54", "VPWW54", 40);
	none(calm, "weather.landslide");
	none(calm, "weather.rain");
	const struct rules_decision *d = world_take_fresh(w, calm);
	assert_int_equal(d->broadcasts[0].broadcast->event, EVENT_RELEASED);
	assert_false(world_in_force(w, IWAKI, "weather.landslide"));
	world_free(w);
}

/* The end of level 4 is not the end of level 3. */
static void test_landslide_bulletin_ends_its_own_level_only(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	struct alert *a = telegram("VPWW54", "VPWW54", 0);
	state(a, "weather.landslide", "03", SEVERITY_MODERATE, 3, "0720400");
	world_take_fresh(w, a);
	struct alert *end = telegram("VXWW50", "VXWW50", 10);
	world_item(end, "weather.landslide", "1", SEVERITY_UNKNOWN, 0, AREA_JMA_CITY, "0720400")
		->transition = TRANSITION_RELEASED;
	end->action = ALERT_ACTION_RELEASE;
	const struct rules_decision *d = world_take_fresh(w, end);
	assert_int_equal(d->broadcast_count, 0);
	assert_int_equal(row(w, "weather.landslide")->level, 3);
	world_free(w);
}

/* "特別警報を警報に切り替えました" has the same code as the end of everything. */
static void test_special_notice_is_never_an_all_clear(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	world_config(w)->live.children[2].severity_min = SEVERITY_UNKNOWN;
	world_take_fresh(w, rain("VPNO50", "33", SEVERITY_EXTREME, 5, 0));
	struct alert *end = telegram("VPNO50", "VPNO50", 60);
	alert_add_text(end, &end->headline, "ja", "福島県の特別警報を警報に切り替えました。");
	world_item(end, "weather.info", "00", SEVERITY_MINOR, 0, AREA_JMA_FORECAST, "070000");
	const struct rules_decision *d = world_take_fresh(w, end);
	assert_int_equal(d->broadcast_count, 1);
	const struct broadcast *b = d->broadcasts[0].broadcast;
	assert_int_equal(b->event, EVENT_INFO);
	assert_string_equal(b->kind->name, "weather.info");
	assert_null(strstr(b->texts[0].body, "解除されました"));
	assert_non_null(strstr(b->texts[0].body, "警報に切り替えました"));
	assert_int_equal(row(w, "weather.rain")->level, 5);
	/* What is in force now comes with the warning itself. */
	d = world_take_fresh(w, rain("VPWW54", "03", SEVERITY_MODERATE, 3, 61));
	assert_int_equal(d->broadcasts[0].broadcast->event, EVENT_LOWERED);
	assert_int_equal(row(w, "weather.rain")->level, 3);
	world_free(w);
}

/* It repeats what the warning said and must not shorten its life. */
static void test_special_notice_only_raises(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	world_take_fresh(w, rain("VPWW54", "33", SEVERITY_EXTREME, 5, 0));
	const struct rules_decision *d =
		world_take_fresh(w, rain("VPNO50", "33", SEVERITY_EXTREME, 5, 1));
	assert_int_equal(d->broadcast_count, 0);
	assert_true(wall_time_is_none(row(w, "weather.rain")->expires));
	world_free(w);
}

/* ---- record rain ---- */

static struct alert *flash(
	const char *type, const char *event, const char *system, const char *area, int minutes)
{
	struct alert *a = telegram(type, event, minutes);
	a->events = event;
	world_item(a, "weather.record_rain", "1", SEVERITY_SEVERE, 0, system, area);
	return a;
}

static void test_record_rain_in_both_orders(void **unused)
{
	(void)unused;
	static const char *const ids[] = {"KJPTK202611201350_202611201400",
		"JPTK202611201350_202611201400" /* as in JMA's own examples */};
	for (int i = 0; i < 4; i++) {
		struct world *w = world_new();
		struct alert *old = flash(
			"VPOA50", "JPTK202611201350_202611201400", AREA_JMA_FORECAST, "070000", 0);
		struct alert *newer = flash("VPBS50", ids[i / 2], AREA_JMA_CITY, "0720400", 0);
		bool old_first = i % 2 == 0;
		size_t sent = world_take_fresh(w, old_first ? old : newer)->broadcast_count;
		sent += world_take_fresh(w, old_first ? newer : old)->broadcast_count;
		assert_int_equal(sent, 1);
		assert_true(world_in_force(w, IWAKI, "weather.record_rain/JPTK202611201350"));
		world_free(w);
	}
}

/* VPBS50 names the municipality, VPOA50 the prefecture: a town that was left out must not be told
 * by the second what the first did not mean for it. */
static void test_flash_for_a_neighbour_keeps_the_old_one_silent(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	const struct rules_decision *d = world_take_fresh(
		w, flash("VPBS50", "KJPTK202611201350_202611201400", AREA_JMA_CITY, "0720100", 0));
	assert_int_equal(d->verdict, RULES_NOT_OURS);
	d = world_take_fresh(w,
		flash("VPOA50", "JPTK202611201350_202611201400", AREA_JMA_FORECAST, "070000", 0));
	assert_int_equal(d->verdict, RULES_NOTHING);
	assert_int_equal(d->broadcast_count, 0);
	/* A year later still, as long as the warnings of the new set come. */
	struct alert *warning = rain("VPWW55", "03", SEVERITY_MODERATE, 3, 300 * DAY);
	world_take_fresh(w, warning);
	d = world_take_fresh(w, flash("VPOA50", "JPTK202709161400_202709161400", AREA_JMA_FORECAST,
					"070000", 300 * DAY + 60));
	assert_int_equal(d->verdict, RULES_NOTHING);
	world_free(w);
}

/* The set comes, but never this type: lost, or just not yet? Staff look. */
static void test_old_flash_is_held_when_its_successor_never_came(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	world_take_fresh(w, rain("VPWW55", "03", SEVERITY_MODERATE, 3, -30));
	const struct rules_decision *d = world_take_fresh(w,
		flash("VPOA50", "JPTK202611201350_202611201400", AREA_JMA_FORECAST, "070000", 0));
	assert_int_equal(d->verdict, RULES_HELD);
	assert_true(d->alarm);
	assert_int_equal(d->change_count, 0);
	/* When it comes after all it speaks. */
	d = world_take_fresh(
		w, flash("VPBS50", "KJPTK202611201350_202611201400", AREA_JMA_CITY, "0720400", 0));
	assert_int_equal(d->verdict, RULES_ACTED);
	/* Of another prefecture there is nothing to look at. */
	d = world_take_fresh(w,
		flash("VPOA50", "JPTK202611201450_202611201500", AREA_JMA_FORECAST, "180000", 60));
	assert_int_not_equal(d->verdict, RULES_HELD);
	world_free(w);
}

/* 洪水警報 of a municipality and 氾濫警報 of the river through it. */
static void test_flood_told_by_river_and_by_municipality(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	struct alert *a = telegram("VPWW54", "VPWW54/070000", 0);
	state(a, "flood.river", "04", SEVERITY_MODERATE, 3, "0720400");
	assert_int_equal(world_take_fresh(w, a)->broadcast_count, 1);
	struct alert *river = telegram("VXKO", "070001000101", 1);
	river->events = "070001000101";
	world_item(
		river, "flood.river", "30", SEVERITY_MODERATE, 3, AREA_JMA_RIVER, "070001000101");
	const struct rules_decision *d = world_take_fresh(w, river);
	for (size_t i = 0; i < d->broadcast_count; i++) { /* the other town has not heard */
		assert_string_equal(d->broadcasts[i].broadcast->areas[0].code, NARAHA);
	}
	struct alert *worse = telegram("VXKO", "070001000101", 20);
	worse->events = "070001000101";
	world_item(worse, "flood.river", "40", SEVERITY_SEVERE, 4, AREA_JMA_RIVER, "070001000101");
	d = world_take_fresh(w, worse);
	assert_true(d->broadcast_count > 0);
	assert_int_equal(d->broadcasts[0].broadcast->level, 4);
	world_free(w);
}

/* VPWW53 and VPWW54 say the same beside each other. */
static void test_the_two_old_warnings_are_one(void **unused)
{
	(void)unused;
	static const char *const series[] = {"VPWW53/070000", "VPWW54/070000"};
	struct world *w = world_new();
	for (int minute = 0; minute < 4; minute++) {
		struct alert *a =
			telegram(minute % 2 ? "VPWW54" : "VPWW53", series[minute % 2], minute);
		if (minute < 2) {
			state(a, "weather.rain", "03", SEVERITY_MODERATE, 3, "0720400");
			state(a, "flood.river", "04", SEVERITY_MODERATE, 3, "0720400");
		} else {
			none(a, "weather.rain");
			none(a, "flood.river");
		}
		assert_int_equal(world_take_fresh(w, a)->broadcast_count, minute % 2 ? 0 : 1);
	}
	char *picture = world_picture(w, ALERT_STATUS_ACTUAL);
	assert_string_equal(picture, "");
	free(picture);
	world_free(w);
}

/* The newer set begins to come while the older one's flood is in force: nothing newer states a
 * flood by municipality, so its own end must still be heard. */
static void test_an_idle_telegram_ends_what_it_began(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	struct alert *a = telegram("VPWW54", "VPWW54/070000", 0);
	state(a, "flood.river", "04", SEVERITY_MODERATE, 3, "0720400");
	state(a, "weather.storm", "05", SEVERITY_MODERATE, 0, "0720400");
	world_take_fresh(w, a);
	world_take_fresh(w, rain("VPWW55", "03", SEVERITY_MODERATE, 3, 10));
	/* Worse by the older one: the newer ones will say it. */
	a = telegram("VPWW54", "VPWW54/070000", 20);
	state(a, "weather.storm", "35", SEVERITY_EXTREME, 0, "0720400");
	state(a, "flood.river", "04", SEVERITY_MODERATE, 3, "0720400");
	assert_int_equal(world_take_fresh(w, a)->verdict, RULES_NOTHING);
	a = telegram("VPWW54", "VPWW54/070000", 30);
	state(a, "weather.storm", "05", SEVERITY_MODERATE, 0, "0720400");
	none(a, "flood.river");
	none(a, "weather.rain");
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_int_equal(d->broadcast_count, 1);
	assert_int_equal(d->broadcasts[0].broadcast->event, EVENT_RELEASED);
	assert_string_equal(d->broadcasts[0].broadcast->kind->name, "flood.river");
	assert_false(world_in_force(w, IWAKI, "flood.river/070000"));
	assert_true(world_in_force(w, IWAKI, "weather.storm"));
	assert_true(world_in_force(w, IWAKI, "weather.rain"));
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_old_set_serves_alone),
		cmocka_unit_test(test_old_set_is_idle_beside_the_new),
		cmocka_unit_test(test_old_set_serves_again_when_the_new_is_gone),
		cmocka_unit_test(test_another_office_proves_nothing),
		cmocka_unit_test(test_an_exercise_proves_nothing),
		cmocka_unit_test(test_pair_is_one_broadcast_in_both_orders),
		cmocka_unit_test(test_hidden_level_is_raised_in_the_thread),
		cmocka_unit_test(test_late_primary_lowers_nothing),
		cmocka_unit_test(test_primary_ends_what_the_old_set_began),
		cmocka_unit_test(test_level_4_is_not_lowered_by_what_cannot_say_it),
		cmocka_unit_test(test_landslide_of_both_old_telegrams),
		cmocka_unit_test(test_landslide_bulletin_ends_its_own_level_only),
		cmocka_unit_test(test_special_notice_is_never_an_all_clear),
		cmocka_unit_test(test_special_notice_only_raises),
		cmocka_unit_test(test_record_rain_in_both_orders),
		cmocka_unit_test(test_flash_for_a_neighbour_keeps_the_old_one_silent),
		cmocka_unit_test(test_old_flash_is_held_when_its_successor_never_came),
		cmocka_unit_test(test_flood_told_by_river_and_by_municipality),
		cmocka_unit_test(test_the_two_old_warnings_are_one),
		cmocka_unit_test(test_an_idle_telegram_ends_what_it_began),
	};
	return cmocka_run_group_tests_name("rules_transition", tests, NULL, NULL);
}
