/* SPDX-License-Identifier: Apache-2.0
 *
 * What waits for staff was told to nobody: the telegrams that follow must know that.
 */
#include "tests/cmocka_all.h"
#include "tests/rules/world.h"

#include <string.h>

static struct alert *warning(int minutes)
{
	return world_tsunami(minutes, "tsunami.warning", "51", SEVERITY_SEVERE);
}

static struct alert *major(int minutes)
{
	return world_tsunami(minutes, "tsunami.major_warning", "53", SEVERITY_EXTREME);
}

static struct alert *forecast(int minutes)
{
	return world_tsunami(minutes, "tsunami.forecast", "73", SEVERITY_MINOR);
}

static const struct rules_broadcast *only(const struct rules_decision *d)
{
	assert_int_equal(d->broadcast_count, 1);
	return &d->broadcasts[0];
}

static void test_a_fresh_telegram_tells_what_a_late_one_could_not(void **state)
{
	(void)state;
	struct world *w = world_new();
	assert_true(only(world_take(w, warning(0), world_at(40)))->hold);
	const struct rules_broadcast *rb = only(world_take_fresh(w, warning(41)));
	assert_false(rb->hold);
	assert_int_equal(rb->broadcast->event, EVENT_ISSUED);
	assert_int_equal(rb->broadcast->replace_count, 1);
	/* From here on as ever. */
	assert_int_equal(world_take_fresh(w, warning(45))->verdict, RULES_NO_CHANGE);
	assert_int_equal(only(world_take_fresh(w, major(50)))->broadcast->event, EVENT_RAISED);
	world_free(w);
}

static void test_what_follows_an_unheard_warning_is_news_not_lowered(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take(w, major(0), world_at(40));
	const struct rules_broadcast *rb = only(world_take_fresh(w, warning(41)));
	assert_false(rb->hold);
	assert_int_equal(rb->broadcast->event, EVENT_ISSUED);
	world_free(w);
}

static void test_the_end_of_what_nobody_heard_waits_and_withdraws_it(void **state)
{
	(void)state;
	struct world *w = world_new();
	const struct rules_decision *d = world_take(w, warning(0), world_at(40));
	const char *held = only(d)->broadcast->id;
	const struct rules_broadcast *rb = only(world_take_fresh(w, forecast(41)));
	assert_true(rb->hold);
	assert_true(rb->replaces_unheard);
	assert_int_equal(rb->broadcast->event, EVENT_RELEASED);
	assert_int_equal(rb->broadcast->replace_count, 1);
	assert_string_equal(rb->broadcast->replaces[0], held);
	assert_false(world_in_force(w, IWAKI, "tsunami"));
	world_free(w);
}

static void test_a_raise_that_came_late_is_told_by_the_next(void **state)
{
	(void)state;
	struct world *w = world_new();
	assert_false(only(world_take_fresh(w, warning(0)))->hold);
	assert_true(only(world_take(w, major(5), world_at(40)))->hold);
	const struct rules_broadcast *rb = only(world_take_fresh(w, major(41)));
	assert_false(rb->hold);
	assert_int_equal(rb->broadcast->event, EVENT_ISSUED);
	/* The first warning was heard, so its end goes out. */
	rb = only(world_take_fresh(w, forecast(60)));
	assert_false(rb->hold);
	assert_false(rb->replaces_unheard);
	world_free(w);
}

static void test_the_end_goes_out_when_only_the_raise_waits(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, warning(0));
	assert_true(only(world_take(w, major(5), world_at(40)))->hold);
	const struct rules_broadcast *rb = only(world_take_fresh(w, forecast(41)));
	assert_false(rb->hold);
	assert_int_equal(rb->broadcast->event, EVENT_RELEASED);
	assert_int_equal(rb->broadcast->replace_count, 2);
	world_free(w);
}

/* A warning repeated every hour must not fill the queue of those who decide about it. */
static void test_a_rule_s_hold_is_asked_for_once_a_level(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_config(w)->live.children[0].hold = true;
	assert_true(only(world_take_fresh(w, warning(0)))->hold);
	assert_int_equal(world_take_fresh(w, warning(60))->verdict, RULES_NO_CHANGE);
	const struct rules_broadcast *rb = only(world_take_fresh(w, major(120)));
	assert_true(rb->hold);
	assert_true(rb->replaces_unheard);
	assert_int_equal(rb->broadcast->event, EVENT_ISSUED);
	assert_int_equal(rb->broadcast->replace_count, 1);
	assert_int_equal(world_take_fresh(w, major(180))->broadcast_count, 0);
	assert_true(only(world_take_fresh(w, forecast(240)))->hold);
	world_free(w);
}

/* Naraha was told in time; that Iwaki's part waits must not tell Naraha twice. */
static void test_only_the_town_that_was_not_told_is_told(void **state)
{
	(void)state;
	struct world *w = world_new();
	for (int minutes = 0; minutes <= 91; minutes += minutes ? 86 : 5) {
		struct alert *a = world_alert("VPWW55", "070000", minutes);
		world_item(a, "weather.rain", "43", SEVERITY_SEVERE, 4, AREA_JMA_CITY, "0754200");
		if (minutes > 0) {
			alert_add_area(a, &a->items[0], AREA_JMA_CITY, "0720400", "");
		}
		const struct rules_broadcast *rb =
			only(world_take(w, a, world_at(minutes == 5 ? 90 : minutes)));
		assert_int_equal(rb->hold, minutes == 5);
		assert_int_equal(rb->broadcast->area_count, 1);
		assert_string_equal(rb->broadcast->areas[0].code, minutes ? IWAKI : NARAHA);
	}
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_fresh_telegram_tells_what_a_late_one_could_not),
		cmocka_unit_test(test_what_follows_an_unheard_warning_is_news_not_lowered),
		cmocka_unit_test(test_the_end_of_what_nobody_heard_waits_and_withdraws_it),
		cmocka_unit_test(test_a_raise_that_came_late_is_told_by_the_next),
		cmocka_unit_test(test_a_rule_s_hold_is_asked_for_once_a_level),
		cmocka_unit_test(test_only_the_town_that_was_not_told_is_told),
		cmocka_unit_test(test_the_end_goes_out_when_only_the_raise_waits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
