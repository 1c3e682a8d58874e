/* SPDX-License-Identifier: Apache-2.0
 *
 * CAP: messages linked by references, in the order they were meant and in others.
 */
#include "tests/cmocka_all.h"
#include "tests/rules/world.h"

#include <string.h>

static struct alert *cap(const char *series, int minutes, enum alert_action action,
	const char *reference, enum severity severity)
{
	struct alert *a = world_alert("CAP", series, minutes);
	a->action = action;
	if (reference) {
		alert_add_reference(a, reference, "");
	}
	if (severity != SEVERITY_UNKNOWN) {
		world_item(a, "civil.other", "", severity, 0, AREA_MUNICIPALITY, IWAKI);
	}
	return a;
}

static enum event_type event_of(const struct rules_decision *d)
{
	assert_int_equal(d->broadcast_count, 1);
	return d->broadcasts[0].broadcast->event;
}

static void test_update_raises_and_keeps_the_thread(void **state)
{
	(void)state;
	struct world *w = world_new();
	const struct rules_decision *first =
		world_take_fresh(w, cap("s,1", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_MODERATE));
	assert_int_equal(event_of(first), EVENT_ISSUED);
	const struct rules_decision *d =
		world_take_fresh(w, cap("s,2", 5, ALERT_ACTION_UPDATE, "s,1", SEVERITY_EXTREME));
	assert_int_equal(event_of(d), EVENT_RAISED);
	assert_string_equal(
		d->broadcasts[0].broadcast->thread, first->broadcasts[0].broadcast->thread);
	assert_true(world_sends(d, 0, "siren"));
	assert_int_equal(event_of(world_take_fresh(
				 w, cap("s,3", 9, ALERT_ACTION_UPDATE, "s,2", SEVERITY_MODERATE))),
		EVENT_LOWERED);
	world_free(w);
}

static void test_each_message_of_a_missile_is_told(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, cap("s,1", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_EXTREME));
	struct alert *a = cap("s,2", 4, ALERT_ACTION_UPDATE, "s,1", SEVERITY_EXTREME);
	alert_add_text(a, &a->headline, "ja", "ミサイルは太平洋へ通過したものとみられます。");
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_int_equal(event_of(d), EVENT_ISSUED);
	assert_int_equal(d->broadcasts[0].broadcast->update, 2);
	assert_int_equal(d->broadcasts[0].broadcast->replace_count, 1);
	const struct broadcast_text *t = broadcast_text_in(d->broadcasts[0].broadcast, "ja");
	assert_string_equal(t->brief, "ミサイルは太平洋へ通過したものとみられます。");
	assert_non_null(strstr(t->speech, "通過"));
	assert_null(strstr(t->speech, "屋内に避難"));
	world_free(w);
}

static void test_a_storm_told_again_at_its_level_is_no_change(void **state)
{
	(void)state;
	struct world *w = world_new();
	for (int i = 0; i < 2; i++) {
		struct alert *a = world_alert("CAP", i ? "s,2" : "s,1", i);
		a->action = i ? ALERT_ACTION_UPDATE : ALERT_ACTION_ISSUE;
		if (i) {
			alert_add_reference(a, "s,1", "");
		}
		world_item(a, "weather.storm", "", SEVERITY_SEVERE, 0, AREA_MUNICIPALITY, IWAKI);
		assert_int_equal(
			world_take_fresh(w, a)->verdict, i ? RULES_NO_CHANGE : RULES_ACTED);
	}
	world_free(w);
}

static void test_all_clear_is_a_release(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, cap("s,1", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_SEVERE));
	struct alert *a = cap("s,2", 20, ALERT_ACTION_RELEASE, "s,1", SEVERITY_MINOR);
	a->expires = a->issued; /* as it is really sent */
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_int_equal(event_of(d), EVENT_RELEASED);
	assert_false(d->broadcasts[0].hold);
	assert_false(world_in_force(w, IWAKI, "civil.other/s,1"));
	world_free(w);
}

static void test_cancel_without_info_is_whole(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, cap("s,1", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_SEVERE));
	const struct rules_decision *d =
		world_take_fresh(w, cap("s,2", 3, ALERT_ACTION_CANCEL, "s,1", SEVERITY_UNKNOWN));
	assert_int_equal(event_of(d), EVENT_CANCELLED);
	assert_true(world_sends(d, 0, "siren"));
	world_free(w);
}

static void test_cancel_is_not_worded_with_the_old_text(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, cap("s,1", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_SEVERE));
	struct alert *a = cap("s,2", 3, ALERT_ACTION_CANCEL, "s,1", SEVERITY_SEVERE);
	alert_add_text(a, &a->headline, "en", "Shelter now");
	const struct rules_decision *d = world_take_fresh(w, a);
	const struct broadcast_text *t = broadcast_text_in(d->broadcasts[0].broadcast, "en");
	assert_null(strstr(t->body, "Shelter now"));
	assert_non_null(strstr(t->body, "false report"));
	world_free(w);
}

static void test_cancel_first_leaves_a_tombstone(void **state)
{
	(void)state;
	struct world *w = world_new();
	const struct rules_decision *d =
		world_take_fresh(w, cap("s,2", 3, ALERT_ACTION_CANCEL, "s,1", SEVERITY_UNKNOWN));
	assert_true(d->tombstone);
	assert_int_equal(d->broadcast_count, 0);
	d = world_take_fresh(w, cap("s,1", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_EXTREME));
	assert_int_equal(d->verdict, RULES_OLD);
	assert_int_equal(d->broadcast_count, 0);
	assert_int_equal(d->change_count, 0);
	world_free(w);
}

static void test_update_of_what_never_came_goes_out_as_new(void **state)
{
	(void)state;
	struct world *w = world_new();
	const struct rules_decision *d =
		world_take_fresh(w, cap("s,2", 3, ALERT_ACTION_UPDATE, "s,1", SEVERITY_SEVERE));
	assert_int_equal(event_of(d), EVENT_ISSUED);
	assert_true(d->tombstone);
	/* What it replaces comes late and is not told any more. */
	assert_int_equal(
		world_take_fresh(w, cap("s,1", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_SEVERE))
			->verdict,
		RULES_OLD);
	world_free(w);
}

static void test_the_end_comes_before_the_middle(void **state)
{
	(void)state;
	struct world *w = world_new();
	assert_true(world_take_fresh(w, cap("s,3", 9, ALERT_ACTION_RELEASE, "s,2", SEVERITY_MINOR))
			    ->tombstone);
	assert_int_equal(event_of(world_take_fresh(
				 w, cap("s,1", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_SEVERE))),
		EVENT_ISSUED);
	const struct rules_decision *d =
		world_take_fresh(w, cap("s,2", 5, ALERT_ACTION_UPDATE, "s,1", SEVERITY_EXTREME));
	assert_int_equal(event_of(d), EVENT_RELEASED);
	assert_false(world_in_force(w, IWAKI, "civil.other/s,1"));
	world_free(w);
}

static void test_cancel_of_an_exercise_does_not_touch_the_real_one(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, cap("s,1", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_SEVERE));
	struct alert *a = cap("s,2", 3, ALERT_ACTION_CANCEL, "s,1", SEVERITY_UNKNOWN);
	a->status = ALERT_STATUS_EXERCISE;
	assert_int_equal(world_take_fresh(w, a)->broadcast_count, 0);
	assert_true(world_in_force(w, IWAKI, "civil.other/s,1"));
	world_free(w);
}

static void test_what_is_not_for_the_public_waits(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = cap("s,1", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_EXTREME);
	a->scope = "restricted";
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_int_equal(d->verdict, RULES_HELD);
	assert_true(d->alarm);
	assert_int_equal(d->change_count, 0);
	world_free(w);
}

static void test_acknowledgements_are_nothing(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, cap("s,1", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_SEVERE));
	assert_int_equal(
		world_take_fresh(w, cap("s,9", 1, ALERT_ACTION_INFO, "s,1", SEVERITY_UNKNOWN))
			->verdict,
		RULES_NOTHING);
	assert_true(world_in_force(w, IWAKI, "civil.other/s,1"));
	world_free(w);
}

static void test_a_severity_left_out_is_not_hidden_by_a_threshold(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = world_alert("CAP", "s,1", 0);
	world_item(a, "weather.storm", "", SEVERITY_UNKNOWN, 0, AREA_MUNICIPALITY, IWAKI);
	assert_true(world_sends(world_take_fresh(w, a), 0, "siren"));
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_update_raises_and_keeps_the_thread),
		cmocka_unit_test(test_each_message_of_a_missile_is_told),
		cmocka_unit_test(test_a_storm_told_again_at_its_level_is_no_change),
		cmocka_unit_test(test_all_clear_is_a_release),
		cmocka_unit_test(test_cancel_without_info_is_whole),
		cmocka_unit_test(test_cancel_is_not_worded_with_the_old_text),
		cmocka_unit_test(test_cancel_first_leaves_a_tombstone),
		cmocka_unit_test(test_update_of_what_never_came_goes_out_as_new),
		cmocka_unit_test(test_the_end_comes_before_the_middle),
		cmocka_unit_test(test_cancel_of_an_exercise_does_not_touch_the_real_one),
		cmocka_unit_test(test_what_is_not_for_the_public_waits),
		cmocka_unit_test(test_acknowledgements_are_nothing),
		cmocka_unit_test(test_a_severity_left_out_is_not_hidden_by_a_threshold),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
