/* SPDX-License-Identifier: Apache-2.0
 *
 * Full-state telegrams and events against what is in force: what changed for us, and nothing else.
 */
#include "tests/cmocka_all.h"
#include "tests/rules/world.h"

#include <stdlib.h>
#include <string.h>

static struct alert *major(int minutes)
{
	return world_tsunami(minutes, "tsunami.major_warning", "53", SEVERITY_EXTREME);
}

static struct alert *warning(int minutes)
{
	return world_tsunami(minutes, "tsunami.warning", "51", SEVERITY_SEVERE);
}

static struct alert *elsewhere(int minutes)
{
	struct alert *a = world_alert("VTSE41", "VTSE41 " WORLD_QUAKE, minutes);
	a->events = WORLD_QUAKE;
	world_item(a, "tsunami.warning", "51", SEVERITY_SEVERE, 0, AREA_JMA_TSUNAMI, "210");
	return a;
}

static struct alert *rain(int minutes, const char *code, enum severity s, int level)
{
	struct alert *a = world_alert("VPWW55", "R06rain/070000", minutes);
	struct alert_item *item =
		world_item(a, "weather.rain", code, s, level, AREA_JMA_CITY, "0720400");
	if (strcmp(code, "00") == 0) {
		item->transition = TRANSITION_RELEASED;
	}
	return a;
}

static enum event_type first_event(const struct rules_decision *d)
{
	assert_true(d->broadcast_count >= 1);
	return d->broadcasts[0].broadcast->event;
}

static void test_a_new_warning_is_issued_for_both_towns_in_one_broadcast(void **state)
{
	(void)state;
	struct world *w = world_new();
	const struct rules_decision *d = world_take_fresh(w, major(0));
	assert_int_equal(d->verdict, RULES_ACTED);
	assert_int_equal(d->broadcast_count, 1);
	const struct broadcast *b = d->broadcasts[0].broadcast;
	assert_int_equal(b->event, EVENT_ISSUED);
	assert_int_equal(b->area_count, 2);
	assert_string_equal(b->thread, "tsunami/" WORLD_QUAKE);
	assert_int_equal(b->priority, 0);
	assert_true(world_in_force(w, IWAKI, "tsunami"));
	assert_true(world_in_force(w, NARAHA, "tsunami"));
	world_free(w);
}

static void test_53_after_52_is_no_change(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, major(0));
	const struct rules_decision *d = world_take_fresh(
		w, world_tsunami(5, "tsunami.major_warning", "52", SEVERITY_EXTREME));
	assert_int_equal(d->verdict, RULES_NO_CHANGE);
	assert_int_equal(d->broadcast_count, 0);
	/* The times move on, so that an older one is found out. */
	assert_int_equal(
		world_row(w, ALERT_STATUS_ACTUAL, IWAKI, "tsunami")->issued.ms, world_at(5).ms);
	world_free(w);
}

static void test_raised_lowered_and_released(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, warning(0));
	const struct rules_decision *up = world_take_fresh(w, major(5));
	assert_int_equal(first_event(up), EVENT_RAISED);
	assert_int_equal(up->broadcasts[0].broadcast->update, 2);
	assert_int_equal(up->broadcasts[0].broadcast->replace_count, 1);
	const struct rules_decision *down = world_take_fresh(w, warning(10));
	assert_int_equal(first_event(down), EVENT_LOWERED);
	const struct rules_decision *end =
		world_take_fresh(w, world_tsunami(20, "tsunami.forecast", "73", SEVERITY_MINOR));
	assert_int_equal(first_event(end), EVENT_RELEASED);
	assert_int_equal(end->broadcasts[0].broadcast->update, 4);
	assert_false(world_in_force(w, IWAKI, "tsunami"));
	world_free(w);
}

static void test_a_coast_that_is_missing_is_released(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, warning(0));
	const struct rules_decision *d = world_take_fresh(w, elsewhere(30));
	assert_int_equal(first_event(d), EVENT_RELEASED);
	assert_true(world_sends(d, 0, "siren"));
	assert_false(world_in_force(w, IWAKI, "tsunami"));
	world_free(w);
}

static void test_a_coast_missing_under_another_event_stays(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, warning(0));
	struct alert *a = elsewhere(30);
	a->events = "20261120142500";
	a->series = "VTSE41 20261120142500";
	assert_int_equal(world_take_fresh(w, a)->broadcast_count, 0);
	assert_true(world_in_force(w, IWAKI, "tsunami"));
	world_free(w);
}

static void test_any_shared_event_links(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, warning(0));
	struct alert *a = elsewhere(30);
	a->events = "20261120142500 " WORLD_QUAKE;
	a->series = "VTSE41 20261120142500";
	assert_int_equal(first_event(world_take_fresh(w, a)), EVENT_RELEASED);
	world_free(w);
}

static void test_forecast_71_alone_sounds_nothing(void **state)
{
	(void)state;
	struct world *w = world_new();
	const struct rules_decision *d =
		world_take_fresh(w, world_tsunami(0, "tsunami.forecast", "71", SEVERITY_MINOR));
	assert_int_equal(d->verdict, RULES_NO_RULE);
	assert_false(world_in_force(w, IWAKI, "tsunami"));
	world_free(w);
}

static void test_an_older_telegram_changes_nothing(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, warning(10));
	const struct rules_decision *d = world_take_fresh(w, major(5));
	assert_int_equal(d->verdict, RULES_OLD);
	assert_int_equal(d->broadcast_count, 0);
	world_free(w);
}

static void test_cap_tells_the_same_tsunami_once_more(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, major(0));
	struct alert *a = world_alert("CAP", "sender,1", 1);
	world_item(a, "tsunami.major_warning", "", SEVERITY_EXTREME, 0, AREA_MUNICIPALITY, IWAKI);
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_int_equal(d->verdict, RULES_NO_CHANGE);
	assert_true(world_traced(d, "told by VTSE41/"));
	/* JMA's own telegram still ends it. */
	assert_int_equal(first_event(world_take_fresh(w, elsewhere(30))), EVENT_RELEASED);
	world_free(w);
}

/* A relay's CAP is sent seconds after JMA's telegram, whose time is cut to the minute, and often
 * comes first. JMA's end must be heard all the same, and the relay's cancel must not end what JMA
 * holds in force. */
static void test_jma_takes_over_a_tsunami_that_cap_told_first(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = world_alert("CAP", "sender,1", 1);
	world_item(a, "tsunami.major_warning", "", SEVERITY_EXTREME, 0, AREA_MUNICIPALITY, IWAKI);
	assert_int_equal(first_event(world_take_fresh(w, a)), EVENT_ISSUED);
	assert_int_equal(world_take(w, major(0), world_at(2))->broadcast_count, 1); /* Naraha */
	struct alert *cancel = world_alert("CAP", "sender,2", 3);
	cancel->action = ALERT_ACTION_CANCEL;
	alert_add_reference(cancel, a->series, "");
	assert_int_equal(world_take_fresh(w, cancel)->broadcast_count, 0);
	assert_true(world_in_force(w, IWAKI, "tsunami"));
	const struct rules_decision *d =
		world_take_fresh(w, world_tsunami(30, "tsunami.forecast", "73", SEVERITY_MINOR));
	assert_int_equal(first_event(d), EVENT_RELEASED);
	assert_false(world_in_force(w, IWAKI, "tsunami"));
	world_free(w);
}

static void test_jma_raises_what_a_later_cap_tells_lower(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = world_alert("CAP", "sender,1", 1);
	world_item(a, "tsunami.advisory", "", SEVERITY_MODERATE, 0, AREA_MUNICIPALITY, IWAKI);
	world_take_fresh(w, a);
	const struct rules_decision *d = world_take(w, major(0), world_at(2));
	assert_int_equal(d->verdict, RULES_ACTED);
	assert_string_equal(world_row(w, ALERT_STATUS_ACTUAL, IWAKI, "tsunami")->kind->name,
		"tsunami.major_warning");
	world_free(w);
}

/* 2011-03-11: 3 m, 6 m, more than 10 m, all of them 大津波警報. */
static void test_a_higher_tsunami_under_the_same_warning_is_news(void **state)
{
	(void)state;
	static const struct {
		const char *height;
		bool has_event;
	} steps[] = {
		{"巨大", true},
		{"5m", false},
		{"10m", true},
		{"10m", false},
		{"10m超", true},
		{"5m", false},
	};
	struct world *w = world_new();
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct alert *a = major((int)i * 5);
		a->items[0].value = steps[i].height;
		const struct rules_decision *d = world_take_fresh(w, a);
		if ((d->broadcast_count > 0) != steps[i].has_event) {
			fail_msg("%zu %s: %s", i, steps[i].height, d->reason);
		}
	}
	world_free(w);
}

/* 高齢者等避難 and 避難 are both 噴火警報（居住地域）, code 01. */
static void test_a_volcano_s_level_5_after_4_is_news(void **state)
{
	(void)state;
	static const struct {
		const char *value;
		enum event_type event;
		bool has_event;
	} steps[] = {
		{"噴火警戒レベル4", EVENT_ISSUED, true},
		{"噴火警戒レベル4", EVENT_INFO, false},
		{"噴火警戒レベル5", EVENT_RAISED, true},
		{"噴火警戒レベル4", EVENT_LOWERED, true},
	};
	struct world *w = world_new();
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct alert *a = world_alert("VFVO50", "315", (int)i * 10);
		world_item(a, "volcano.warning_residential", "01", SEVERITY_EXTREME, 0,
			AREA_JMA_CITY, "0720400")
			->value = steps[i].value;
		const struct rules_decision *d = world_take_fresh(w, a);
		if ((d->broadcast_count > 0) != steps[i].has_event ||
			(steps[i].has_event && first_event(d) != steps[i].event)) {
			fail_msg("%zu %s: %s", i, steps[i].value, d->reason);
		}
		const char *speech =
			d->broadcast_count > 0 ? d->broadcasts[0].broadcast->texts[0].speech : NULL;
		const char *title =
			d->broadcast_count > 0 ? d->broadcasts[0].broadcast->texts[0].title : "";
		if (i == 2) {
			assert_string_equal(title, "噴火警戒レベル５ 引上げ");
		}
		if (speech && !strstr(speech, "噴火警戒レベルは、")) {
			fail_msg("%zu: %s", i, speech);
		}
	}
	world_free(w);
}

/* VXSE53 gives the region's greatest intensity and each town's own. */
static void test_our_own_intensity_is_told_not_the_region_s(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = world_alert("VXSE53", "E9", 0);
	struct alert_item *worst = world_item(
		a, "earthquake.intensity", "", SEVERITY_SEVERE, 0, AREA_JMA_SEISMIC_AREA, "250");
	worst->value = "6+";
	alert_add_area(a, worst, AREA_JMA_SEISMIC_CITY, "0754700", "");
	world_item(a, "earthquake.intensity", "", SEVERITY_MODERATE, 0, AREA_JMA_SEISMIC_CITY,
		"0720400")
		->value = "4";
	world_take_fresh(w, a);
	const struct state_row *row = world_row(w, ALERT_STATUS_ACTUAL, IWAKI, "earthquake/E9");
	assert_non_null(row);
	assert_string_equal(row->value, "4");
	world_free(w);
}

/* Both by one rule: what is said of one town must not be said of its neighbour. */
static void test_each_town_is_told_its_own_level(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = world_alert("VPWW55", "070000", 0);
	world_item(a, "weather.rain", "33", SEVERITY_EXTREME, 5, AREA_JMA_CITY, "0720400");
	world_item(a, "weather.rain", "43", SEVERITY_EXTREME, 4, AREA_JMA_CITY, "0754200");
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_int_equal(d->broadcast_count, 2);
	assert_null(strstr(d->broadcasts[0].broadcast->texts[0].body, "楢葉町"));
	assert_non_null(strstr(d->broadcasts[1].broadcast->texts[0].body, "楢葉町に大雨危険警報"));
	a = world_alert("VPWW55", "070000", 10);
	world_item(a, "weather.rain", "33", SEVERITY_EXTREME, 5, AREA_JMA_CITY, "0720400");
	world_item(a, "weather.rain", "33", SEVERITY_EXTREME, 5, AREA_JMA_CITY, "0754200");
	d = world_take_fresh(w, a);
	assert_int_equal(d->broadcast_count, 1);
	assert_null(strstr(d->broadcasts[0].broadcast->texts[0].speech, "いわき市"));
	world_free(w);
}

/* "It is over" for Naraha may still be on its way when Iwaki's own changes. */
static void test_a_neighbour_s_end_is_not_withdrawn(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = world_alert("VPWW55", "070000", 0);
	world_item(a, "weather.rain", "43", SEVERITY_SEVERE, 4, AREA_JMA_CITY, "0720400");
	alert_add_area(a, &a->items[0], AREA_JMA_CITY, "0754200", "");
	world_take_fresh(w, a);
	a = world_alert("VPWW55", "070000", 10);
	world_item(a, "weather.rain", "43", SEVERITY_SEVERE, 4, AREA_JMA_CITY, "0720400");
	world_item(a, "weather.rain", "00", SEVERITY_UNKNOWN, 0, AREA_JMA_CITY, "0754200")
		->transition = TRANSITION_RELEASED;
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_int_equal(first_event(d), EVENT_RELEASED);
	char *end = strdup(d->broadcasts[0].broadcast->id);
	a = world_alert("VPWW55", "070000", 12);
	world_item(a, "weather.rain", "33", SEVERITY_EXTREME, 5, AREA_JMA_CITY, "0720400");
	d = world_take_fresh(w, a);
	assert_int_equal(first_event(d), EVENT_RAISED);
	const struct broadcast *b = d->broadcasts[0].broadcast;
	assert_int_equal(b->replace_count, 1); /* the first warning */
	assert_string_not_equal(b->replaces[0], end);
	free(end);
	world_free(w);
}

/* A cancel without Body names no area, only the office. */
static void test_a_cancel_that_names_only_the_office_is_understood(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = world_alert("VPWW55", "VPWW55/070000", 0);
	a->office = "福島地方気象台";
	world_item(a, "weather.rain", "33", SEVERITY_EXTREME, 5, AREA_JMA_CITY, "0720400");
	world_take_fresh(w, a);
	struct alert *other = world_alert("VPWW55", "VPWW55/仙台管区気象台", 5);
	other->office = "仙台管区気象台";
	other->action = ALERT_ACTION_CANCEL;
	assert_int_equal(world_take_fresh(w, other)->broadcast_count, 0);
	struct alert *cancel = world_alert("VPWW55", "VPWW55/福島地方気象台", 6);
	cancel->office = "福島地方気象台";
	cancel->action = ALERT_ACTION_CANCEL;
	const struct rules_decision *d = world_take_fresh(w, cancel);
	assert_int_equal(first_event(d), EVENT_CANCELLED);
	assert_null(strstr(d->broadcasts[0].broadcast->texts[0].body, "増水"));
	assert_false(world_in_force(w, IWAKI, "weather.rain"));
	world_free(w);
}

/* Lower levels and short forms list no municipality. */
static void test_a_river_follows_to_those_an_earlier_telegram_listed(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = world_alert("VXKO", "999900000001", 0);
	struct alert_item *item = world_item(
		a, "flood.river", "51", SEVERITY_EXTREME, 5, AREA_JMA_RIVER, "999900000001");
	alert_add_area(a, item, AREA_JMA_CITY, "0720400", "");
	assert_int_equal(first_event(world_take_fresh(w, a)), EVENT_ISSUED);
	a = world_alert("VXKO", "999900000001", 60);
	world_item(a, "flood.river", "20", SEVERITY_MINOR, 2, AREA_JMA_RIVER, "999900000001");
	assert_int_equal(first_event(world_take_fresh(w, a)), EVENT_LOWERED);
	world_free(w);
}

static void test_weather_levels_are_diffed(void **state)
{
	(void)state;
	static const struct {
		const char *code;
		enum severity severity;
		int level;
		enum event_type event;
		bool has_event;
	} steps[] = {
		{"03", SEVERITY_MODERATE, 3, EVENT_ISSUED, true},
		{"03", SEVERITY_MODERATE, 3, EVENT_INFO, false},
		{"43", SEVERITY_SEVERE, 4, EVENT_RAISED, true},
		{"33", SEVERITY_EXTREME, 5, EVENT_RAISED, true},
		{"43", SEVERITY_SEVERE, 4, EVENT_LOWERED, true},
		{"10", SEVERITY_MINOR, 2, EVENT_LOWERED, true},
		{"00", SEVERITY_UNKNOWN, 0, EVENT_RELEASED, true},
		{"00", SEVERITY_UNKNOWN, 0, EVENT_INFO, false},
		{"43", SEVERITY_SEVERE, 4, EVENT_ISSUED, true},
	};
	struct world *w = world_new();
	for (size_t i = 0; i < COUNT_OF(steps); i++) {
		const struct rules_decision *d = world_take_fresh(
			w, rain((int)i * 10, steps[i].code, steps[i].severity, steps[i].level));
		assert_int_equal(d->broadcast_count, steps[i].has_event ? 1 : 0);
		if (steps[i].has_event) {
			assert_int_equal(first_event(d), steps[i].event);
		}
	}
	world_free(w);
}

static void test_a_town_that_joins_is_added(void **state)
{
	(void)state;
	struct world *w = world_new();
	const struct rules_decision *first = world_take_fresh(w, rain(0, "43", SEVERITY_SEVERE, 4));
	struct alert *a = rain(10, "43", SEVERITY_SEVERE, 4);
	world_item(a, "weather.rain", "43", SEVERITY_SEVERE, 4, AREA_JMA_CITY, "0754200");
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_int_equal(first_event(d), EVENT_ADDED);
	assert_int_equal(d->broadcasts[0].broadcast->area_count, 1);
	assert_string_equal(d->broadcasts[0].broadcast->areas[0].code, NARAHA);
	assert_string_equal(
		d->broadcasts[0].broadcast->thread, first->broadcasts[0].broadcast->thread);
	/* What still waits for the first town must go on. */
	assert_int_equal(d->broadcasts[0].broadcast->replace_count, 0);
	world_free(w);
}

static void test_a_kind_missing_from_a_full_state_telegram_is_released(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = world_alert("VPWW58", "R06storm/070000", 0);
	world_item(a, "weather.storm", "05", SEVERITY_SEVERE, 0, AREA_JMA_CITY, "0720400");
	world_item(a, "weather.snowstorm", "02", SEVERITY_SEVERE, 0, AREA_JMA_CITY, "0720400");
	const struct rules_decision *first = world_take_fresh(w, a);
	assert_int_equal(first->broadcast_count, 1); /* two hazards, one message */
	a = world_alert("VPWW58", "R06storm/070000", 60);
	world_item(a, "weather.storm", "05", SEVERITY_SEVERE, 0, AREA_JMA_CITY, "0720400");
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_int_equal(first_event(d), EVENT_RELEASED);
	assert_string_equal(d->broadcasts[0].broadcast->kind->name, "weather.snowstorm");
	assert_true(world_in_force(w, IWAKI, "weather.storm"));
	world_free(w);
}

static void test_another_office_releases_nothing(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, rain(0, "43", SEVERITY_SEVERE, 4));
	struct alert *a = world_alert("VPWW55", "R06rain/180000", 10);
	world_item(a, "weather.rain", "43", SEVERITY_SEVERE, 4, AREA_JMA_CITY, "1820100");
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_int_equal(d->verdict, RULES_NOT_OURS);
	assert_true(world_in_force(w, IWAKI, "weather.rain"));
	world_free(w);
}

static void test_release_names_the_kind_that_ends(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, rain(0, "03", SEVERITY_MODERATE, 3));
	struct alert *a = rain(10, "03", SEVERITY_MODERATE, 3);
	a->items[0].transition = TRANSITION_RELEASED;
	assert_int_equal(first_event(world_take_fresh(w, a)), EVENT_RELEASED);
	world_free(w);
}

static void test_transition_telegrams_serve_only_without_the_new_ones(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = world_alert("VPWW54", "H27/070000", 0);
	world_item(a, "weather.rain", "03", SEVERITY_MODERATE, 3, AREA_JMA_CITY, "0720400");
	assert_int_equal(world_take_fresh(w, a)->verdict, RULES_ACTED);
	world_take_fresh(w, rain(5, "43", SEVERITY_SEVERE, 4));
	a = world_alert("VPWW54", "H27/070000", 6);
	world_item(a, "weather.rain", "03", SEVERITY_MODERATE, 3, AREA_JMA_CITY, "0720400");
	assert_int_equal(world_take_fresh(w, a)->verdict, RULES_NOTHING);
	assert_string_equal(world_row(w, ALERT_STATUS_ACTUAL, IWAKI, "weather.rain")->code, "43");
	world_free(w);
}

static struct alert *eew(int minutes, int seconds, const char *area)
{
	struct alert *a = world_alert("VXSE43", "VXSE43 " WORLD_QUAKE, minutes);
	a->events = WORLD_QUAKE;
	a->issued.ms += seconds * 1000;
	a->sent = a->issued;
	world_item(a, "eew.warning", "10", SEVERITY_SEVERE, 0, AREA_JMA_SEISMIC_AREA, area);
	return a;
}

static void test_eew_alerts_once_per_event(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct wall_time now = {.ms = world_at(0).ms + 6000};
	assert_int_equal(world_take(w, eew(0, 2, "210"), now)->verdict, RULES_NOT_OURS);
	assert_int_equal(first_event(world_take(w, eew(0, 4, "250"), now)), EVENT_ISSUED);
	struct alert *worse = eew(0, 5, "250");
	worse->items[0].severity = SEVERITY_EXTREME;
	assert_int_equal(world_take(w, worse, now)->verdict, RULES_NO_CHANGE);
	world_free(w);
}

static void test_eew_cancel_with_the_serial_of_the_last_report(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct wall_time now = {.ms = world_at(0).ms + 20000};
	world_take(w, eew(0, 4, "250"), now);
	struct alert *a = world_alert("VXSE43", "VXSE43 " WORLD_QUAKE, 0);
	a->events = WORLD_QUAKE;
	a->action = ALERT_ACTION_CANCEL;
	a->issued.ms += 15000;
	const struct rules_decision *d = world_take(w, a, now);
	assert_int_equal(first_event(d), EVENT_CANCELLED);
	assert_true(world_sends(d, 0, "siren"));
	assert_int_equal(d->broadcasts[0].broadcast->priority, 0);
	/* An earlier serial that comes after it stays silent. */
	assert_int_equal(world_take(w, eew(0, 10, "250"), now)->verdict, RULES_OLD);
	world_free(w);
}

static struct alert *shaking(const char *type, int minutes, const char *value, enum severity s)
{
	struct alert *a = world_alert(type, type, minutes);
	a->events = WORLD_QUAKE;
	bool city = strcmp(type, "VXSE53") == 0;
	struct alert_item *item = world_item(a, "earthquake.intensity", "", s, 0,
		city ? AREA_JMA_SEISMIC_CITY : AREA_JMA_SEISMIC_AREA, city ? "0720401" : "250");
	item->value = value;
	return a;
}

static void test_earthquake_grows_but_is_not_told_twice(void **state)
{
	(void)state;
	struct world *w = world_new();
	assert_int_equal(
		first_event(world_take_fresh(w, shaking("VXSE51", 0, "5-", SEVERITY_SEVERE))),
		EVENT_ISSUED);
	assert_int_equal(world_take_fresh(w, shaking("VXSE53", 3, "5-", SEVERITY_SEVERE))->verdict,
		RULES_NO_CHANGE);
	assert_int_equal(
		first_event(world_take_fresh(w, shaking("VXSE53", 5, "5+", SEVERITY_SEVERE))),
		EVENT_RAISED);
	assert_int_equal(world_take_fresh(w, shaking("VXSE53", 7, "4", SEVERITY_MODERATE))->verdict,
		RULES_NO_CHANGE);
	world_free(w);
}

static void test_flood_by_river_section(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = world_alert("VXKO70", "070001000101", 0);
	a->events = "070001000101";
	world_item(a, "flood.river", "40", SEVERITY_SEVERE, 4, AREA_JMA_RIVER, "070001000101");
	assert_int_equal(first_event(world_take_fresh(w, a)), EVENT_ISSUED);
	assert_true(world_in_force(w, IWAKI, "flood.river/070001000101"));
	a = world_alert("VXKO70", "070001000101", 30);
	a->events = "070001000101";
	a->action = ALERT_ACTION_RELEASE;
	world_item(a, "flood.river", "10", SEVERITY_SEVERE, 4, AREA_JMA_RIVER, "070001000101")
		->transition = TRANSITION_RELEASED;
	assert_int_equal(first_event(world_take_fresh(w, a)), EVENT_RELEASED);
	world_free(w);
}

static struct alert *flash(const char *serial, int minutes)
{
	struct alert *a = world_alert("VPBS50", "JPTKK000001", minutes);
	a->events = pool_printf(a->pool, "JPTKK000001_JPTKK00000%s", serial);
	world_item(a, "weather.record_rain", "1", SEVERITY_SEVERE, 0, AREA_JMA_CITY, "0720400");
	return a;
}

static void test_flash_report_serials_are_one_event_and_end_by_time(void **state)
{
	(void)state;
	struct world *w = world_new();
	assert_int_equal(first_event(world_take_fresh(w, flash("1", 0))), EVENT_ISSUED);
	assert_int_equal(world_take_fresh(w, flash("2", 20))->verdict, RULES_NO_CHANGE);
	assert_true(world_in_force(w, IWAKI, "weather.record_rain/JPTKK000001"));
	assert_int_equal(first_event(world_take_fresh(w, flash("3", 200))), EVENT_ISSUED);
	/* The old type says the same some minutes later. */
	struct alert *a = world_alert("VPOA50", "JPTK1", 203);
	a->events = "JPTK1_JPTK1";
	world_item(a, "weather.record_rain", "1", SEVERITY_SEVERE, 0, AREA_JMA_FORECAST, "070010");
	assert_int_equal(world_take_fresh(w, a)->broadcast_count, 0);
	world_free(w);
}

static void test_volcano_by_municipality_list(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = world_alert("VFVO50", "212", 0);
	a->events = "212";
	struct alert_item *item = world_item(a, "volcano.warning_residential", "01",
		SEVERITY_EXTREME, 0, AREA_JMA_CITY, "0720400");
	alert_add_area(a, item, AREA_JMA_VOLCANO, "212", "吾妻山");
	const struct rules_decision *d = world_take_fresh(w, a);
	/* The list names one town; the volcano near the other does not add it. */
	assert_int_equal(d->broadcasts[0].broadcast->area_count, 1);
	assert_true(world_in_force(w, IWAKI, "volcano/212"));
	a = world_alert("VFVO50", "212", 60);
	a->events = "212";
	item = world_item(a, "volcano.forecast", "04", SEVERITY_MINOR, 0, AREA_JMA_CITY, "0720400");
	alert_add_area(a, item, AREA_JMA_VOLCANO, "212", "吾妻山");
	assert_int_equal(first_event(world_take_fresh(w, a)), EVENT_RELEASED);
	world_free(w);
}

static void test_cancel_takes_back_and_says_so(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, major(0));
	struct alert *a = world_alert("VTSE41", "VTSE41 " WORLD_QUAKE, 2);
	a->events = WORLD_QUAKE;
	a->action = ALERT_ACTION_CANCEL;
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_int_equal(first_event(d), EVENT_CANCELLED);
	const struct broadcast_text *t = broadcast_text_in(d->broadcasts[0].broadcast, "ja");
	assert_non_null(strstr(t->body, "誤報"));
	assert_null(strstr(t->body, "解除"));
	assert_false(world_in_force(w, IWAKI, "tsunami"));
	world_free(w);
}

static void test_correction_is_told_only_when_it_matters(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, major(0));
	struct alert *a = major(0);
	a->action = ALERT_ACTION_CORRECT;
	a->sent.ms += 60000;
	assert_int_equal(world_take_fresh(w, a)->verdict, RULES_NO_CHANGE);
	a = warning(0);
	a->action = ALERT_ACTION_CORRECT;
	a->sent.ms += 120000;
	assert_int_equal(first_event(world_take_fresh(w, a)), EVENT_CORRECTED);
	world_free(w);
}

static void test_the_same_telegram_twice_changes_nothing(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, major(0));
	assert_int_equal(world_take_fresh(w, major(0))->verdict, RULES_NO_CHANGE);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_new_warning_is_issued_for_both_towns_in_one_broadcast),
		cmocka_unit_test(test_53_after_52_is_no_change),
		cmocka_unit_test(test_raised_lowered_and_released),
		cmocka_unit_test(test_a_coast_that_is_missing_is_released),
		cmocka_unit_test(test_a_coast_missing_under_another_event_stays),
		cmocka_unit_test(test_any_shared_event_links),
		cmocka_unit_test(test_forecast_71_alone_sounds_nothing),
		cmocka_unit_test(test_an_older_telegram_changes_nothing),
		cmocka_unit_test(test_cap_tells_the_same_tsunami_once_more),
		cmocka_unit_test(test_jma_takes_over_a_tsunami_that_cap_told_first),
		cmocka_unit_test(test_jma_raises_what_a_later_cap_tells_lower),
		cmocka_unit_test(test_a_higher_tsunami_under_the_same_warning_is_news),
		cmocka_unit_test(test_a_volcano_s_level_5_after_4_is_news),
		cmocka_unit_test(test_our_own_intensity_is_told_not_the_region_s),
		cmocka_unit_test(test_a_neighbour_s_end_is_not_withdrawn),
		cmocka_unit_test(test_each_town_is_told_its_own_level),
		cmocka_unit_test(test_a_cancel_that_names_only_the_office_is_understood),
		cmocka_unit_test(test_a_river_follows_to_those_an_earlier_telegram_listed),
		cmocka_unit_test(test_weather_levels_are_diffed),
		cmocka_unit_test(test_a_town_that_joins_is_added),
		cmocka_unit_test(test_a_kind_missing_from_a_full_state_telegram_is_released),
		cmocka_unit_test(test_another_office_releases_nothing),
		cmocka_unit_test(test_release_names_the_kind_that_ends),
		cmocka_unit_test(test_transition_telegrams_serve_only_without_the_new_ones),
		cmocka_unit_test(test_eew_alerts_once_per_event),
		cmocka_unit_test(test_eew_cancel_with_the_serial_of_the_last_report),
		cmocka_unit_test(test_earthquake_grows_but_is_not_told_twice),
		cmocka_unit_test(test_flood_by_river_section),
		cmocka_unit_test(test_flash_report_serials_are_one_event_and_end_by_time),
		cmocka_unit_test(test_volcano_by_municipality_list),
		cmocka_unit_test(test_cancel_takes_back_and_says_so),
		cmocka_unit_test(test_correction_is_told_only_when_it_matters),
		cmocka_unit_test(test_the_same_telegram_twice_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
