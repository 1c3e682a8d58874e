/* SPDX-License-Identifier: Apache-2.0
 *
 * What is told without being in force (sources, commentaries, ash, forecasts for machines), and the
 * bulletins of great quakes to come.
 */
#include "tests/cmocka_all.h"
#include "tests/rules/world.h"

#include <string.h>

#define QUAKE "20261120135500"

static struct alert *telegram(const char *type, const char *event, int minutes)
{
	struct alert *a = world_alert(type, "", minutes);
	a->series = pool_printf(a->pool, "%s/%s", type, event);
	a->events = event;
	return a;
}

static struct alert *news(const char *type, const char *event, int minutes, const char *kind,
	const char *system, const char *area)
{
	struct alert *a = telegram(type, event, minutes);
	world_item(a, kind, "", SEVERITY_MINOR, 0, system, area);
	return a;
}

/* A town where every piece of news goes to the web. */
static struct world *curious_world(void)
{
	struct world *w = world_new();
	world_config(w)->live.children[2].severity_min = SEVERITY_UNKNOWN;
	return w;
}

static size_t told(const struct rules_decision *d, enum event_type event)
{
	size_t count = 0;
	for (size_t i = 0; i < d->broadcast_count; i++) {
		count += d->broadcasts[i].broadcast->event == event ? 1 : 0;
	}
	return count;
}

static void test_a_source_concerns_those_who_felt_it(void **state)
{
	(void)state;
	struct world *w = curious_world();
	const struct rules_decision *d =
		world_take_fresh(w, news("VXSE52", QUAKE, 0, "earthquake.hypocentre", NULL, NULL));
	assert_int_equal(d->verdict, RULES_NOT_OURS);
	assert_false(d->alarm);
	struct alert *felt = telegram("VXSE51", QUAKE, 1);
	world_item(felt, "earthquake.intensity", "", SEVERITY_MODERATE, 0, AREA_JMA_SEISMIC_AREA,
		"250");
	world_take_fresh(w, felt);
	d = world_take_fresh(w, news("VXSE52", QUAKE, 3, "earthquake.hypocentre", NULL, NULL));
	assert_int_equal(told(d, EVENT_INFO), 1);
	d = world_take_fresh(
		w, news("VXSE52", "20261120140000", 4, "earthquake.hypocentre", NULL, NULL));
	assert_int_equal(d->verdict, RULES_NOT_OURS);
	world_free(w);
}

static void test_observations_offshore_follow_the_tsunami_in_force(void **state)
{
	(void)state;
	struct world *w = curious_world();
	const struct rules_decision *d =
		world_take_fresh(w, news("VTSE52", QUAKE, 0, "tsunami.info", NULL, NULL));
	assert_int_equal(d->verdict, RULES_NOT_OURS);
	struct alert *a = telegram("VTSE41", QUAKE, 1);
	world_item(a, "tsunami.warning", "51", SEVERITY_SEVERE, 0, AREA_JMA_TSUNAMI, "250");
	world_take_fresh(w, a);
	d = world_take_fresh(w, news("VTSE52", QUAKE, 3, "tsunami.info", NULL, NULL));
	assert_int_equal(told(d, EVENT_INFO), 1);
	assert_string_equal(d->broadcasts[0].broadcast->thread, "tsunami.info/" QUAKE);
	assert_int_equal(d->broadcasts[0].broadcast->replace_count, 0);
	assert_true(world_in_force(w, IWAKI, "tsunami"));
	world_free(w);
}

/* VTSE51 repeats the warning's code; it never warns, but staff learn that VTSE41 is missing. */
static void test_tsunami_information_without_its_warning_alarms_staff(void **state)
{
	(void)state;
	struct world *w = curious_world();
	struct alert *a = news("VTSE51", QUAKE, 0, "tsunami.info", AREA_JMA_TSUNAMI, "250");
	a->items[0].code = "51";
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_true(d->alarm);
	assert_int_equal(told(d, EVENT_ISSUED), 0);
	assert_false(world_in_force(w, IWAKI, "tsunami"));
	world_free(w);
}

static void test_a_commentary_follows_the_volcanos_warning(void **state)
{
	(void)state;
	struct world *w = curious_world();
	struct config *c = world_config(w);
	c->municipalities[0].volcanoes.count = 0;
	c->municipalities[1].volcanoes.count = 0;
	const struct rules_decision *d = world_take_fresh(
		w, news("VFVO51", "213", 0, "volcano.info", AREA_JMA_VOLCANO, "213"));
	assert_int_equal(d->verdict, RULES_NOT_OURS);
	struct alert *warning = telegram("VFVO50", "213", 1);
	world_item(warning, "volcano.warning_crater", "02", SEVERITY_MODERATE, 0, AREA_JMA_CITY,
		"0720400");
	alert_add_area(warning,
		world_item(warning, "volcano.warning_crater", "12", SEVERITY_MODERATE, 0,
			AREA_JMA_VOLCANO, "213"),
		AREA_JMA_VOLCANO, "213", "");
	world_take_fresh(w, warning);
	d = world_take_fresh(w, news("VFVO51", "213", 3, "volcano.info", AREA_JMA_VOLCANO, "213"));
	assert_int_equal(told(d, EVENT_INFO), 1);
	d = world_take_fresh(w, news("VFVO51", "312", 4, "volcano.info", AREA_JMA_VOLCANO, "312"));
	assert_int_equal(d->verdict, RULES_NOT_OURS);
	world_free(w);
}

/* Who was told hears that it was wrong, or what is right. */
static void test_news_is_corrected_and_cancelled(void **state)
{
	(void)state;
	struct world *w = curious_world();
	world_take_fresh(w, news("VFVO54", "506", 0, "volcano.ash", AREA_JMA_CITY, "0720400"));
	struct alert *right = news("VFVO54", "506", 5, "volcano.ash", AREA_JMA_CITY, "0720400");
	right->action = ALERT_ACTION_CORRECT;
	const struct rules_decision *d = world_take_fresh(w, right);
	assert_int_equal(told(d, EVENT_CORRECTED), 1);
	assert_int_equal(d->broadcasts[0].broadcast->update, 2);
	struct alert *cancel = telegram("VFVO54", "506", 10);
	cancel->action = ALERT_ACTION_CANCEL;
	alert_add_reference(cancel, cancel->series, "");
	d = world_take_fresh(w, cancel);
	assert_int_equal(told(d, EVENT_CANCELLED), 1);
	assert_true(world_sends(d, 0, "mail"));
	d = world_take_fresh(w, news("VFVO54", "506", 8, "volcano.ash", AREA_JMA_CITY, "0720400"));
	assert_int_equal(d->broadcast_count, 0);
	world_free(w);
}

static void test_two_volcanic_bulletins_a_year_apart_are_two_threads(void **state)
{
	(void)state;
	struct world *w = curious_world();
	const struct rules_decision *d = world_take_fresh(
		w, news("VFVO54", "506", 0, "volcano.ash", AREA_JMA_CITY, "0720400"));
	const char *first = d->broadcasts[0].broadcast->thread;
	d = world_take_fresh(
		w, news("VFVO54", "506", 365 * 24 * 60, "volcano.ash", AREA_JMA_CITY, "0720400"));
	assert_string_not_equal(d->broadcasts[0].broadcast->thread, first);
	assert_int_equal(d->broadcasts[0].broadcast->update, 1);
	world_free(w);
}

/* ---- forecasts for machines ---- */

static struct alert *forecast(int minutes)
{
	return news("VXSE45", QUAKE, minutes, "eew.forecast", AREA_JMA_SEISMIC_AREA, "250");
}

static void test_a_forecast_goes_only_where_a_rule_names_it(void **state)
{
	(void)state;
	static const struct {
		const char *kind; /* of the rule "rest" */
		size_t sent;
	} rows[] = {{NULL, 0}, {"*", 0}, {"eew.*", 0}, {"eew.forecast", 1}};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct world *w = curious_world();
		struct text_list *kinds = &world_config(w)->live.children[2].kinds;
		kinds->list[0] = rows[i].kind;
		kinds->count = rows[i].kind ? 1 : 0;
		const struct rules_decision *d = world_take_fresh(w, forecast(0));
		assert_int_equal(d->broadcast_count, rows[i].sent);
		assert_false(d->alarm);
		world_free(w);
	}
}

static struct alert *warned(int seconds, int serial, const char *area)
{
	struct alert *a = telegram("VXSE43", QUAKE, 0);
	a->onset = world_at(0);
	a->issued.ms += INT64_C(1000) * seconds;
	a->sent = a->issued;
	a->action = serial > 1 ? ALERT_ACTION_UPDATE : ALERT_ACTION_ISSUE;
	world_item(a, "eew.warning", "10", SEVERITY_SEVERE, 0, AREA_JMA_SEISMIC_AREA, area);
	return a;
}

static const struct rules_decision *take_soon(struct world *w, struct alert *a)
{
	return world_take(w, a, (struct wall_time){.ms = a->issued.ms + 1000});
}

static void test_updates_of_a_warning_end_after_180_seconds(void **state)
{
	(void)state;
	struct world *w = world_new();
	assert_int_equal(take_soon(w, warned(10, 1, "442"))->verdict, RULES_NOT_OURS);
	assert_int_equal(take_soon(w, warned(180, 9, "250"))->verdict, RULES_ACTED);
	world_free(w);
	w = world_new();
	const struct rules_decision *d = take_soon(w, warned(181, 9, "250"));
	assert_int_equal(d->verdict, RULES_HELD);
	assert_true(d->alarm);
	world_free(w);
}

/* Reports overtake each other within a second; the cancel repeats the last serial. */
static void test_a_report_after_its_cancel_in_the_same_second_is_silent(void **state)
{
	(void)state;
	struct world *w = world_new();
	take_soon(w, warned(10, 1, "250"));
	struct alert *cancel = telegram("VXSE43", QUAKE, 0);
	cancel->action = ALERT_ACTION_CANCEL;
	cancel->issued.ms += 20000;
	cancel->sent = cancel->issued;
	alert_add_reference(cancel, cancel->series, "");
	assert_int_equal(told(take_soon(w, cancel), EVENT_CANCELLED), 1);
	assert_int_equal(take_soon(w, warned(20, 2, "250"))->verdict, RULES_OLD);
	assert_false(world_in_force(w, IWAKI, "eew/" QUAKE));
	world_free(w);
}

static void test_a_lower_serial_in_the_same_second_lowers_nothing(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *worse = warned(10, 3, "250");
	worse->items[0].severity = SEVERITY_EXTREME;
	take_soon(w, worse);
	take_soon(w, warned(10, 2, "250"));
	assert_int_equal(
		world_row(w, ALERT_STATUS_ACTUAL, IWAKI, "eew/" QUAKE)->severity, SEVERITY_EXTREME);
	world_free(w);
}

/* ---- long-period motion ---- */

static struct alert *swaying(int minutes, const char *class, enum severity severity)
{
	struct alert *a = telegram("VXSE62", QUAKE, minutes);
	world_item(a, "earthquake.long_period", "", severity, 0, AREA_JMA_SEISMIC_AREA, "250")
		->value = class;
	return a;
}

static void test_long_period_motion_is_told_once_and_when_it_grows(void **state)
{
	(void)state;
	struct world *w = world_new();
	assert_int_equal(
		told(world_take_fresh(w, swaying(0, "2", SEVERITY_MODERATE)), EVENT_ISSUED), 1);
	assert_int_equal(
		world_take_fresh(w, swaying(5, "2", SEVERITY_MODERATE))->broadcast_count, 0);
	assert_int_equal(
		told(world_take_fresh(w, swaying(10, "3", SEVERITY_SEVERE)), EVENT_RAISED), 1);
	assert_int_equal(
		told(world_take_fresh(w, swaying(15, "4", SEVERITY_SEVERE)), EVENT_RAISED), 1);
	assert_int_equal(world_take_fresh(w, swaying(20, "1", SEVERITY_MINOR))->broadcast_count, 0);
	world_free(w);
}

/* ---- great quakes to come ---- */

static struct alert *nankai(int minutes, const char *code, const char *kind, enum severity severity)
{
	struct alert *a = world_alert("VYSE50", "", minutes);
	a->events = pool_printf(a->pool, "202611201%05d", minutes);
	a->series = pool_printf(a->pool, "VYSE50/%s", a->events);
	struct alert_item *item = world_item(a, kind, code, severity, 0, AREA_PROMOTION, "nankai");
	if (strcmp(code, "190") == 0) {
		item->transition = TRANSITION_RELEASED;
		a->action = ALERT_ACTION_RELEASE;
	}
	return a;
}

static struct alert *looked_into(int minutes, const char *code)
{
	bool over = strcmp(code, "190") == 0;
	return nankai(
		minutes, code, "nankai.investigating", over ? SEVERITY_UNKNOWN : SEVERITY_MODERATE);
}

static struct world *nankai_world(void)
{
	static const char *const flags[] = {"nankai"};
	struct world *w = curious_world();
	world_config(w)->municipalities[0].promotion =
		(struct text_list){.list = (const char **)(uintptr_t)flags, .count = 1};
	return w;
}

static void test_nankai_concerns_designated_towns_only(void **state)
{
	(void)state;
	struct world *w = nankai_world();
	const struct rules_decision *d = world_take_fresh(w, looked_into(0, "111"));
	assert_int_equal(told(d, EVENT_ISSUED), 1);
	assert_int_equal(d->broadcasts[0].broadcast->area_count, 1);
	assert_string_equal(d->broadcasts[0].broadcast->areas[0].code, IWAKI);
	assert_false(world_in_force(w, NARAHA, "nankai"));
	world_free(w);
}

static void test_nankai_goes_from_inquiry_to_alert_and_down(void **state)
{
	(void)state;
	struct world *w = nankai_world();
	world_take_fresh(w, looked_into(0, "111"));
	const struct rules_decision *d =
		world_take_fresh(w, nankai(120, "120", "nankai.alert", SEVERITY_SEVERE));
	assert_int_equal(told(d, EVENT_RAISED), 1);
	const char *thread = d->broadcasts[0].broadcast->thread;
	/* Another quake is looked into: the alert holds. */
	d = world_take_fresh(w, looked_into(300, "111"));
	assert_int_equal(told(d, EVENT_INFO), 1);
	assert_int_equal(told(d, EVENT_LOWERED), 0);
	d = world_take_fresh(w, looked_into(360, "190"));
	assert_int_equal(told(d, EVENT_RELEASED), 0);
	assert_int_equal(told(d, EVENT_INFO), 1);
	assert_non_null(strstr(d->broadcasts[0].broadcast->texts[0].body, "調査終了"));
	assert_null(strstr(d->broadcasts[0].broadcast->texts[0].body, "が発表されました"));
	assert_string_equal(
		world_row(w, ALERT_STATUS_ACTUAL, IWAKI, "nankai")->kind->name, "nankai.alert");
	/* A second great quake is news although the level is the same. */
	d = world_take_fresh(w, nankai(400, "120", "nankai.alert", SEVERITY_SEVERE));
	assert_int_equal(told(d, EVENT_ISSUED), 1);
	d = world_take_fresh(w, nankai(500, "130", "nankai.caution", SEVERITY_MODERATE));
	assert_int_equal(told(d, EVENT_LOWERED), 1);
	assert_string_equal(d->broadcasts[0].broadcast->thread, thread);
	world_free(w);
}

static void test_the_end_of_an_inquiry_is_told(void **state)
{
	(void)state;
	struct world *w = nankai_world();
	world_take_fresh(w, looked_into(0, "111"));
	assert_int_equal(told(world_take_fresh(w, looked_into(120, "190")), EVENT_RELEASED), 1);
	assert_false(world_in_force(w, IWAKI, "nankai"));
	assert_int_equal(world_take_fresh(w, looked_into(130, "190"))->broadcast_count, 0);
	world_free(w);
}

static void test_a_cancelled_inquiry_was_never_true(void **state)
{
	(void)state;
	struct world *w = nankai_world();
	world_take_fresh(w, looked_into(0, "111"));
	struct alert *cancel = looked_into(2, "111");
	cancel->item_count = 0;
	cancel->action = ALERT_ACTION_CANCEL;
	cancel->events = "20261120100000";
	cancel->series = "VYSE50/20261120100000";
	alert_add_reference(cancel, cancel->series, "");
	assert_int_equal(told(world_take_fresh(w, cancel), EVENT_CANCELLED), 1);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_source_concerns_those_who_felt_it),
		cmocka_unit_test(test_observations_offshore_follow_the_tsunami_in_force),
		cmocka_unit_test(test_tsunami_information_without_its_warning_alarms_staff),
		cmocka_unit_test(test_a_commentary_follows_the_volcanos_warning),
		cmocka_unit_test(test_news_is_corrected_and_cancelled),
		cmocka_unit_test(test_two_volcanic_bulletins_a_year_apart_are_two_threads),
		cmocka_unit_test(test_a_forecast_goes_only_where_a_rule_names_it),
		cmocka_unit_test(test_updates_of_a_warning_end_after_180_seconds),
		cmocka_unit_test(test_a_report_after_its_cancel_in_the_same_second_is_silent),
		cmocka_unit_test(test_a_lower_serial_in_the_same_second_lowers_nothing),
		cmocka_unit_test(test_long_period_motion_is_told_once_and_when_it_grows),
		cmocka_unit_test(test_nankai_concerns_designated_towns_only),
		cmocka_unit_test(test_nankai_goes_from_inquiry_to_alert_and_down),
		cmocka_unit_test(test_the_end_of_an_inquiry_is_told),
		cmocka_unit_test(test_a_cancelled_inquiry_was_never_true),
	};
	return cmocka_run_group_tests_name("rules_news", tests, NULL, NULL);
}
