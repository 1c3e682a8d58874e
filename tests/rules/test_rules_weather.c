/* SPDX-License-Identifier: Apache-2.0
 *
 * Weather that has rules of its own: cities in several parts, advisories side by side, tornado,
 * bands of rain, heat, prose, the outlook, rivers by list.
 */
#include "tests/cmocka_all.h"
#include "tests/rules/world.h"

#include <string.h>

enum { HOUR = 60 };

static struct alert *telegram(const char *type, const char *series, int minutes)
{
	struct alert *a = world_alert(type, series, minutes);
	a->office = "福島地方気象台";
	return a;
}

static const struct state_row *row(struct world *w, const char *slot)
{
	return world_row(w, ALERT_STATUS_ACTUAL, IWAKI, slot);
}

/* Iwaki's warnings in two parts, as those of 横浜 or 富山 are. */
static struct world *divided_world(void)
{
	static const char *parts[] = {"0720401", "0720402"};
	struct world *w = world_new();
	world_config(w)->municipalities[0].weather = (struct text_list){parts, 2};
	return w;
}

static void part(
	struct alert *a, const char *area, const char *code, enum severity severity, int level)
{
	struct alert_item *item =
		world_item(a, "weather.rain", code, severity, level, AREA_JMA_CITY, area);
	if (severity == SEVERITY_UNKNOWN) {
		item->transition = TRANSITION_RELEASED;
	}
}

/* ---- parts ---- */

static void test_the_worst_part_counts_and_the_last_releases(void **unused)
{
	(void)unused;
	struct world *w = divided_world();
	struct alert *a = telegram("VPWW55", "VPWW55/070000", 0);
	part(a, "0720401", "03", SEVERITY_MODERATE, 3);
	part(a, "0720402", "10", SEVERITY_MINOR, 2);
	assert_int_equal(world_take_fresh(w, a)->broadcast_count, 1);
	assert_int_equal(row(w, "weather.rain")->level, 3);
	/* The other part gets the same: nothing new for the city. */
	a = telegram("VPWW55", "VPWW55/070000", 10);
	part(a, "0720401", "03", SEVERITY_MODERATE, 3);
	part(a, "0720402", "03", SEVERITY_MODERATE, 3);
	assert_int_equal(world_take_fresh(w, a)->broadcast_count, 0);
	/* One part is released, in either order of the items. */
	for (int first = 0; first < 2; first++) {
		a = telegram("VPWW55", "VPWW55/070000", 20 + first);
		part(a, first ? "0720401" : "0720402", "03", SEVERITY_UNKNOWN, 0);
		part(a, first ? "0720402" : "0720401", "03", SEVERITY_MODERATE, 3);
		assert_int_equal(world_take_fresh(w, a)->broadcast_count, 0);
		assert_true(world_in_force(w, IWAKI, "weather.rain"));
	}
	a = telegram("VPWW55", "VPWW55/070000", 30);
	part(a, "0720401", "00", SEVERITY_UNKNOWN, 0);
	part(a, "0720402", "03", SEVERITY_UNKNOWN, 0);
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_int_equal(d->broadcast_count, 1);
	assert_int_equal(d->broadcasts[0].broadcast->event, EVENT_RELEASED);
	assert_false(world_in_force(w, IWAKI, "weather.rain"));
	world_free(w);
}

/* On the day JMA merges (or divides) an area the state goes on under the new code. */
static void test_an_area_is_merged_while_a_warning_is_in_force(void **unused)
{
	(void)unused;
	struct world *w = divided_world();
	struct alert *a = telegram("VPWW55", "VPWW55/070000", 0);
	part(a, "0720401", "03", SEVERITY_MODERATE, 3);
	part(a, "0720402", "00", SEVERITY_UNKNOWN, 0);
	world_take_fresh(w, a);
	a = telegram("VPWW55", "VPWW55/070000", 10);
	part(a, "0720400", "03", SEVERITY_MODERATE, 3);
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_int_equal(d->broadcast_count, 0);
	assert_true(world_in_force(w, IWAKI, "weather.rain"));
	a = telegram("VPWW55", "VPWW55/070000", 20);
	part(a, "0720400", "03", SEVERITY_UNKNOWN, 0);
	d = world_take_fresh(w, a);
	assert_int_equal(d->broadcasts[0].broadcast->event, EVENT_RELEASED);
	assert_false(world_in_force(w, IWAKI, "weather.rain"));
	world_free(w);
}

/* A coast section at level 4 does not speak for a municipality that the same telegram puts at 3. */
static void test_a_coast_section_is_not_every_municipality(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	struct alert *a = telegram("VPWW57", "VPWW57/070000", 0);
	world_item(a, "weather.storm_surge", "08", SEVERITY_MODERATE, 3, AREA_JMA_CITY, "0720400");
	world_item(a, "weather.storm_surge", "48", SEVERITY_SEVERE, 4, AREA_JMA_SURGE, "0721299");
	world_take_fresh(w, a);
	assert_int_equal(row(w, "weather.storm_surge")->level, 3);
	assert_false(world_in_force(w, NARAHA, "weather.storm_surge"));
	world_free(w);
}

static void test_advisories_stand_side_by_side(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	world_config(w)->live.children[1].none = false;
	world_config(w)->live.children[1].channels = world_config(w)->live.children[2].channels;
	struct alert *a = telegram("VPWW61", "VPWW61/070000", 0);
	world_item(a, "weather.advisory_other", "14", SEVERITY_MINOR, 0, AREA_JMA_CITY, "0720400")
		->name = "雷注意報";
	world_item(a, "weather.advisory_other", "20", SEVERITY_MINOR, 0, AREA_JMA_CITY, "0720400")
		->name = "濃霧注意報";
	assert_int_equal(world_take_fresh(w, a)->broadcast_count, 1);
	/* Thunder ends and dry air begins; fog goes on and is not told again. */
	a = telegram("VPWW61", "VPWW61/070000", 60);
	world_item(a, "weather.advisory_other", "20", SEVERITY_MINOR, 0, AREA_JMA_CITY, "0720400")
		->name = "濃霧注意報";
	world_item(a, "weather.advisory_other", "21", SEVERITY_MINOR, 0, AREA_JMA_CITY, "0720400")
		->name = "乾燥注意報";
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_int_equal(d->broadcast_count, 2);
	assert_non_null(strstr(d->broadcasts[0].broadcast->texts[0].body, "乾燥注意報"));
	assert_null(strstr(d->broadcasts[0].broadcast->texts[0].body, "濃霧注意報"));
	assert_non_null(strstr(d->broadcasts[1].broadcast->texts[0].body, "雷注意報は解除"));
	assert_false(world_in_force(w, IWAKI, "weather.advisory_other/14"));
	assert_true(world_in_force(w, IWAKI, "weather.advisory_other/20"));
	assert_true(world_in_force(w, IWAKI, "weather.advisory_other/21"));
	world_free(w);
}

/* ---- tornado ---- */

static struct alert *tornado(const char *type, int minutes, int valid, bool naraha)
{
	bool sighted = strcmp(type, "VPHW51") == 0;
	struct alert *a = telegram(type, type, minutes);
	a->expires = world_at(valid);
	struct alert_item *item = world_item(a, "weather.tornado", "1",
		sighted ? SEVERITY_SEVERE : SEVERITY_MODERATE, 0, AREA_JMA_CITY, "0720400");
	if (naraha) {
		alert_add_area(a, item, AREA_JMA_CITY, "0754200", "");
	}
	return a;
}

static void test_tornado_is_renewed_silently_and_ends_by_the_clock(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	const struct rules_decision *d = world_take_fresh(w, tornado("VPHW50", 0, 70, false));
	assert_int_equal(d->broadcast_count, 1);
	assert_int_equal(d->broadcasts[0].broadcast->expires.ms, world_at(60).ms);
	/* Renewed: only the end moves on. */
	d = world_take_fresh(w, tornado("VPHW50", 60, 130, false));
	assert_int_equal(d->broadcast_count, 0);
	assert_int_equal(row(w, "weather.tornado")->expires.ms, world_at(130).ms);
	/* A town joins: it is told, the other is not told again. */
	d = world_take_fresh(w, tornado("VPHW50", 120, 190, true));
	assert_int_equal(d->broadcast_count, 1);
	assert_int_equal(d->broadcasts[0].broadcast->area_count, 1);
	assert_string_equal(d->broadcasts[0].broadcast->areas[0].code, NARAHA);
	/* After its end it begins anew. */
	d = world_take_fresh(w, tornado("VPHW50", 300, 370, false));
	assert_int_equal(d->broadcast_count, 1);
	assert_int_equal(d->broadcasts[0].broadcast->event, EVENT_ISSUED);
	assert_int_equal(d->broadcasts[0].broadcast->update, 1);
	world_free(w);
}

static void test_a_sighting_raises_and_its_absence_lowers_nothing(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	world_take_fresh(w, tornado("VPHW50", 0, 70, true));
	const struct rules_decision *d = world_take_fresh(w, tornado("VPHW51", 10, 80, true));
	assert_int_equal(d->broadcast_count, 1);
	assert_int_equal(d->broadcasts[0].broadcast->event, EVENT_RAISED);
	assert_int_equal(d->broadcasts[0].broadcast->severity, SEVERITY_SEVERE);
	assert_true(world_sends(d, 0, "siren"));
	d = world_take_fresh(w, tornado("VPHW50", 70, 140, true));
	assert_int_equal(d->broadcast_count, 0);
	/* Another sighting is news. */
	d = world_take_fresh(w, tornado("VPHW51", 90, 160, true));
	assert_int_equal(d->broadcast_count, 1);
	world_free(w);
}

/* A 取消 has no list, so it can name the office only; it may even come first. */
static void test_tornado_is_cancelled_by_its_office(void **unused)
{
	(void)unused;
	for (int cancel_first = 0; cancel_first < 2; cancel_first++) {
		struct world *w = world_new();
		struct alert *a = tornado("VPHW50", 0, 70, false);
		a->series = "VPHW50/070000";
		struct alert *cancel = telegram("VPHW50", "VPHW50/福島地方気象台", 5);
		cancel->action = ALERT_ACTION_CANCEL;
		alert_add_reference(cancel, cancel->series, "");
		const struct rules_decision *d = world_take_fresh(w, cancel_first ? cancel : a);
		assert_int_equal(d->broadcast_count, cancel_first ? 0 : 1);
		d = world_take_fresh(w, cancel_first ? a : cancel);
		assert_int_equal(d->broadcast_count, cancel_first ? 0 : 1);
		if (!cancel_first) {
			assert_int_equal(d->broadcasts[0].broadcast->event, EVENT_CANCELLED);
		}
		assert_false(world_in_force(w, IWAKI, "weather.tornado"));
		world_free(w);
	}
}

/* ---- flashes ---- */

static struct alert *rainband(const char *event, const char *stage, int minutes)
{
	struct alert *a = telegram("VPBS50", event, minutes);
	a->events = event;
	world_item(a, "weather.rainband", stage, SEVERITY_SEVERE, 0, AREA_JMA_FORECAST, "070010")
		->value = stage;
	return a;
}

static void test_rainband_near_and_formed(void **unused)
{
	(void)unused;
	static const char *const ids[][2] = {
		{"YJPTA202611201355_202611201355", "HJPTA202611201400_202611201410"},
		{"JPTA202611201355_202611201355", "JPTA202611201355_202611201410"},
	};
	for (size_t i = 0; i < COUNT_OF(ids); i++) {
		struct world *w = world_new();
		assert_int_equal(
			world_take_fresh(w, rainband(ids[i][0], "直前", 0))->broadcast_count, 1);
		assert_int_equal(
			world_take_fresh(w, rainband(ids[i][0], "直前", 5))->broadcast_count, 0);
		assert_int_equal(
			world_take_fresh(w, rainband(ids[i][1], "発生", 10))->broadcast_count, 1);
		assert_int_equal(
			world_take_fresh(w, rainband(ids[i][1], "発生", 20))->broadcast_count, 0);
		world_free(w);
	}
}

/* ---- prose ---- */

static void test_prose_reaches_whom_its_office_speaks_for(void **unused)
{
	(void)unused;
	static const struct {
		const char *system;
		const char *code;
		bool ours;
	} rows[] = {
		{AREA_JMA_OFFICE, "福島地方気象台", true},
		{AREA_JMA_OFFICE, "熊谷地方気象台", false},
		{AREA_JMA_REGION, "010200", true},
		{AREA_JMA_REGION, "010300", false},
		{AREA_JMA_REGION, "011100", false},
		{AREA_JMA_REGION, "010000", true},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct world *w = world_new();
		world_config(w)->live.children[2].severity_min = SEVERITY_MINOR;
		struct alert *a = telegram("VPFJ51", "JPTC260001", 0);
		a->events = "JPTC260001";
		alert_add_text(a, &a->headline, "ja", "大雨となる見込みです。");
		alert_add_text(a, &a->description, "ja", "前線が近づいています。");
		world_item(a, "weather.info", "", SEVERITY_MINOR, 0, rows[i].system, rows[i].code);
		const struct rules_decision *d = world_take_fresh(w, a);
		print_message("%s %s\n", rows[i].system, rows[i].code);
		assert_int_equal(d->verdict, rows[i].ours ? RULES_ACTED : RULES_NOT_OURS);
		assert_false(d->alarm);
		if (rows[i].ours) {
			const char *body = d->broadcasts[0].broadcast->texts[0].body;
			assert_non_null(strstr(body, "大雨となる見込みです。\n前線が"));
			assert_null(strstr(body, "警戒レベル"));
		}
		world_free(w);
	}
}

static struct alert *bulletin(const char *type, const char *office, int minutes)
{
	struct alert *a = telegram(type, "", minutes);
	a->series = pool_printf(a->pool, "%s/JPTC260001@%s", type, office);
	a->events = "JPTC260001";
	world_item(a, "weather.info", "", SEVERITY_MINOR, 0, AREA_JMA_FORECAST, "070000");
	return a;
}

/* Two offices use one EventID; one of the two bulletins is taken back. */
static void test_bulletins_of_two_offices_under_one_event_id(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	world_config(w)->live.children[2].severity_min = SEVERITY_MINOR;
	assert_int_equal(
		world_take_fresh(w, bulletin("VPFJ51", "福島地方気象台", 10))->broadcast_count, 1);
	assert_int_equal(
		world_take_fresh(w, bulletin("VPCJ51", "仙台管区気象台", 0))->broadcast_count, 1);
	struct alert *cancel = bulletin("VPCJ51", "仙台管区気象台", 20);
	cancel->item_count = 0;
	cancel->action = ALERT_ACTION_CANCEL;
	alert_add_reference(cancel, cancel->series, "");
	const struct rules_decision *d = world_take_fresh(w, cancel);
	assert_int_equal(d->broadcast_count, 1);
	assert_int_equal(d->broadcasts[0].broadcast->event, EVENT_CANCELLED);
	world_free(w);
}

/* The second bulletin of the morning is the first of the evening before. */
static void test_heat_is_told_once(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	world_config(w)->live.children[2].severity_min = SEVERITY_MINOR;
	for (int n = 0; n < 2; n++) {
		struct alert *a = telegram("VPFT50", "JPTC260007", n * 12 * HOUR);
		a->events = "JPTC260007";
		world_item(a, "weather.heat", "", SEVERITY_MINOR, 0, AREA_JMA_OFFICE,
			"福島地方気象台");
		const struct rules_decision *d = world_take_fresh(w, a);
		assert_int_equal(d->broadcast_count, n == 0 ? 1 : 0);
	}
	assert_int_equal(row(w, "weather.heat/JPTC260007")->expires.ms, world_at(36 * HOUR).ms);
	world_free(w);
}

static struct alert *outlook(const char *code, int minutes)
{
	struct alert *a = telegram("VPWP50", "VPWP50/福島地方気象台", minutes);
	world_item(a, "weather.info", code, SEVERITY_MINOR, 0, AREA_JMA_CITY, "0720400");
	return a;
}

static void test_outlook_is_told_when_it_is_worse(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	world_config(w)->live.children[2].severity_min = SEVERITY_MINOR;
	assert_int_equal(world_take_fresh(w, outlook("31", 0))->broadcast_count, 1);
	assert_int_equal(world_take_fresh(w, outlook("31", 3 * HOUR))->broadcast_count, 0);
	assert_int_equal(world_take_fresh(w, outlook("30", 4 * HOUR))->broadcast_count, 0);
	const struct rules_decision *d = world_take_fresh(w, outlook("41", 6 * HOUR));
	assert_int_equal(d->broadcast_count, 1);
	assert_int_equal(d->broadcasts[0].broadcast->level, 0); /* expected, not in force */
	assert_int_equal(world_take_fresh(w, outlook("31", 19 * HOUR))->broadcast_count, 1);
	assert_false(row(w, "weather.info/VPWP50/福島地方気象台")->in_force);
	world_free(w);
}

/* ---- rivers ---- */

static struct alert *river(
	const char *code, enum severity severity, int level, int minutes, const char *city)
{
	struct alert *a = telegram("VXKO", "VXKO/150001000100", minutes);
	a->events = "150001000100";
	struct alert_item *item =
		world_item(a, "flood.river", code, severity, level, AREA_JMA_RIVER, "150001000100");
	if (city) {
		alert_add_area(a, item, AREA_JMA_CITY, city, "");
	}
	if (severity == SEVERITY_UNKNOWN) {
		item->transition = TRANSITION_RELEASED;
	}
	return a;
}

/* A river that is not in the profile: the list names the town, later telegrams do not. */
static void test_a_town_follows_the_river_that_listed_it(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	const char *slot = "flood.river/150001000100";
	assert_int_equal(
		world_take_fresh(w, river("40", SEVERITY_SEVERE, 4, 0, "0720400"))->broadcast_count,
		1);
	/* Worse, for others by name: ours stays. */
	struct alert *a = river("51", SEVERITY_EXTREME, 5, 10, "1520200");
	assert_int_equal(world_take_fresh(w, a)->broadcast_count, 0);
	assert_int_equal(row(w, slot)->level, 4);
	/* Worse in the short form: it is about those that an earlier one listed. */
	assert_int_equal(
		world_take_fresh(w, river("51", SEVERITY_EXTREME, 5, 20, NULL))->broadcast_count,
		1);
	assert_int_equal(row(w, slot)->level, 5);
	/* Lower and released, with a list of others: for all who heard of it. */
	const struct rules_decision *d =
		world_take_fresh(w, river("20", SEVERITY_MINOR, 2, 30, "1520200"));
	assert_int_equal(d->broadcasts[0].broadcast->event, EVENT_LOWERED);
	d = world_take_fresh(w, river("10", SEVERITY_UNKNOWN, 0, 40, "1520200"));
	assert_int_equal(d->broadcasts[0].broadcast->event, EVENT_RELEASED);
	assert_false(world_in_force(w, IWAKI, slot));
	world_free(w);
}

/* The EventID of a river never changes: next year's flood is a new event with a new thread. */
static void test_the_same_event_id_a_year_later(void **unused)
{
	(void)unused;
	struct world *w = world_new();
	const struct rules_decision *d =
		world_take_fresh(w, river("40", SEVERITY_SEVERE, 4, 0, "0720400"));
	const char *thread = d->broadcasts[0].broadcast->thread;
	world_take_fresh(w, river("10", SEVERITY_UNKNOWN, 0, 60, NULL));
	d = world_take_fresh(w, river("40", SEVERITY_SEVERE, 4, 365 * 24 * HOUR, "0720400"));
	assert_int_equal(d->broadcast_count, 1);
	assert_int_equal(d->broadcasts[0].broadcast->event, EVENT_ISSUED);
	assert_string_not_equal(d->broadcasts[0].broadcast->thread, thread);
	world_free(w);
}

/* Without its list of areas a flash warning would pass as calm. */
static void test_an_alert_that_lost_its_items_is_for_staff(void **unused)
{
	(void)unused;
	static const struct {
		const char *type;
		enum alert_action action;
		bool alarm;
	} rows[] = {
		{"VPBS50", ALERT_ACTION_ISSUE, true},
		{"VXKO70", ALERT_ACTION_UPDATE, true},
		{"VPOA50", ALERT_ACTION_ISSUE, true},
		{"VXSE43", ALERT_ACTION_CORRECT, true},
		{"VPBS50", ALERT_ACTION_CANCEL, false},
		{"VXSE45", ALERT_ACTION_ISSUE, false},
		{"VPZJ51", ALERT_ACTION_ISSUE, false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct world *w = world_new();
		struct alert *a = world_alert(rows[i].type, "x", 0);
		a->action = rows[i].action;
		const struct rules_decision *d = world_take_fresh(w, a);
		assert_int_equal(d->alarm, rows[i].alarm);
		assert_int_equal(d->broadcast_count, 0);
		world_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_alert_that_lost_its_items_is_for_staff),
		cmocka_unit_test(test_the_worst_part_counts_and_the_last_releases),
		cmocka_unit_test(test_an_area_is_merged_while_a_warning_is_in_force),
		cmocka_unit_test(test_a_coast_section_is_not_every_municipality),
		cmocka_unit_test(test_advisories_stand_side_by_side),
		cmocka_unit_test(test_tornado_is_renewed_silently_and_ends_by_the_clock),
		cmocka_unit_test(test_a_sighting_raises_and_its_absence_lowers_nothing),
		cmocka_unit_test(test_tornado_is_cancelled_by_its_office),
		cmocka_unit_test(test_rainband_near_and_formed),
		cmocka_unit_test(test_prose_reaches_whom_its_office_speaks_for),
		cmocka_unit_test(test_bulletins_of_two_offices_under_one_event_id),
		cmocka_unit_test(test_heat_is_told_once),
		cmocka_unit_test(test_outlook_is_told_when_it_is_worse),
		cmocka_unit_test(test_a_town_follows_the_river_that_listed_it),
		cmocka_unit_test(test_the_same_event_id_a_year_later),
	};
	return cmocka_run_group_tests_name("rules_weather", tests, NULL, NULL);
}
