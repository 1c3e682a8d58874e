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
	/* CAP's Cancel does not say that it was a mistake; nor do we. */
	assert_null(strstr(t->body, "false report"));
	assert_non_null(strstr(t->body, "has been cancelled by its issuer"));
	t = broadcast_text_in(d->broadcasts[0].broadcast, "ja");
	assert_null(strstr(t->body, "誤"));
	assert_non_null(strstr(t->body, "発表した機関により取り消されました"));
	world_free(w);
}

static void test_cancel_that_says_all_clear_is_an_end(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, cap("s,1", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_SEVERE));
	struct alert *a = cap("s,2", 3, ALERT_ACTION_CANCEL, "s,1", SEVERITY_UNKNOWN);
	a->over = true;
	a->note = "水が引きました";
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_int_equal(event_of(d), EVENT_RELEASED);
	const struct broadcast_text *t = broadcast_text_in(d->broadcasts[0].broadcast, "ja");
	assert_null(strstr(t->body, "取り消"));
	assert_non_null(strstr(t->body, "発表した機関の説明：水が引きました"));
	world_free(w);
}

static void test_cancel_of_what_has_expired_is_silent(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = cap("s,1", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_SEVERE);
	a->expires = world_at(30);
	world_take_fresh(w, a);
	const struct rules_decision *d =
		world_take_fresh(w, cap("s,2", 60, ALERT_ACTION_CANCEL, "s,1", SEVERITY_UNKNOWN));
	assert_int_equal(d->broadcast_count, 0);
	assert_int_equal(d->verdict, RULES_NO_CHANGE);
	world_free(w);
}

static struct alert *wcatwc(const char *series, int minutes, const char *reference, int sent)
{
	struct alert *a = cap(series, minutes, ALERT_ACTION_UPDATE, NULL, SEVERITY_MODERATE);
	char revision[WALL_TIME_TEXT_SIZE];
	alert_add_reference(a, reference, wall_time_format(world_at(sent), 0, revision));
	return a;
}

/* WCATWC calls itself http://... as sender and PAAQ in references. */
static void test_a_reference_under_another_name_of_the_sender(void **state)
{
	(void)state;
	static const struct {
		const char *reference;
		int sent;
		bool signature;
		bool found;
	} rows[] = {
		{"PAAQ,T-1", 0, false, true}, {"PAAQ,T-1", 1, false, false}, /* another moment */
		{"PAAQ,T-2", 0, false, false}, /* another identifier */
		{"PAAQ,T-1", 0, true, false},  /* who signs has no need of guesses */
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct world *w = world_new();
		world_take_fresh(
			w, cap("http://w,T-1", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_SEVERE));
		struct alert *a = wcatwc("http://w,T-9", 5, rows[i].reference, rows[i].sent);
		if (rows[i].signature) {
			alert_add_signature(a, SIGNATURE_VALID_TRUSTED, "CN=w", "");
		}
		const struct rules_decision *d = world_take_fresh(w, a);
		assert_int_equal(event_of(d), rows[i].found ? EVENT_LOWERED : EVENT_ISSUED);
		assert_int_equal(d->tombstone, !rows[i].found);
		world_free(w);
	}
}

static void test_a_name_that_two_alerts_could_mean_is_no_reference(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, cap("http://v,T-1", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_SEVERE));
	world_take_fresh(w, cap("http://w,T-1", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_SEVERE));
	struct alert *a = wcatwc("http://w,T-9", 5, "PAAQ,T-1", 0);
	a->action = ALERT_ACTION_CANCEL;
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_int_equal(d->broadcast_count, 0);
	assert_true(d->tombstone);
	assert_true(world_in_force(w, IWAKI, "civil.other/http://w,T-1"));
	world_free(w);
}

static void test_an_item_ends_by_itself(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = cap("s,1", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_SEVERE);
	a->expires = world_at(120);
	a->items[0].expires = world_at(30);
	world_take_fresh(w, a);
	assert_int_equal(world_row(w, ALERT_STATUS_ACTUAL, IWAKI, "civil.other/s,1")->expires.ms,
		world_at(30).ms);
	world_free(w);
}

static void test_other_words_under_the_same_name(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, cap("s,1", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_SEVERE));
	const struct rules_decision *d =
		world_take_fresh(w, cap("s,1", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_EXTREME));
	assert_int_equal(d->verdict, RULES_OLD);
	assert_true(d->alarm);
	assert_int_equal(d->change_count, 0);
	/* Another time is another message. */
	d = world_take_fresh(w, cap("s,1", 1, ALERT_ACTION_UPDATE, NULL, SEVERITY_EXTREME));
	assert_int_equal(event_of(d), EVENT_RAISED);
	world_free(w);
}

/* A mislabelled test that staff let pass must not stand because its cancel repeats its words. */
static void test_a_cancel_is_not_held_for_words_of_a_test(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, cap("s,1", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_SEVERE));
	struct alert *a = cap("s,2", 3, ALERT_ACTION_CANCEL, "s,1", SEVERITY_SEVERE);
	alert_add_warning(a, "test-words", "x");
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_int_equal(event_of(d), EVENT_CANCELLED);
	assert_false(d->broadcasts[0].hold);
	world_free(w);
}

/* A rule for the fire brigade alone. */
static void name_scope(struct world *w)
{
	static struct rule rules[2];
	static const char *scopes[] = {"restricted"};
	static const char *channels[] = {"web"};
	struct config *c = world_config(w);
	rules[0] = (struct rule){.name = "brigade",
		.priority = -1,
		.scopes = {.list = scopes, .count = 1},
		.channels = {.list = channels, .count = 1}};
	rules[1] = c->live.children[0];
	c->live.children = rules;
	c->live.child_count = 2;
}

static struct alert *closed(struct alert *a, const char *scope)
{
	a->scope = scope;
	return a;
}

static void test_what_is_restricted_goes_where_a_rule_names_it(void **state)
{
	(void)state;
	struct world *w = world_new();
	name_scope(w);
	const struct rules_decision *d = world_take_fresh(
		w, closed(cap("s,1", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_EXTREME), "restricted"));
	assert_int_equal(d->verdict, RULES_ACTED);
	assert_int_equal(d->broadcasts[0].channels.count, 1);
	assert_true(world_sends(d, 0, "web"));
	/* Private is another scope, and the public rule is none of its. */
	d = world_take_fresh(
		w, closed(cap("s,2", 1, ALERT_ACTION_ISSUE, NULL, SEVERITY_EXTREME), "private"));
	assert_int_equal(d->verdict, RULES_HELD);
	/* The public rule goes on as before, and is not for the brigade. */
	d = world_take_fresh(w, cap("s,3", 2, ALERT_ACTION_ISSUE, NULL, SEVERITY_EXTREME));
	assert_true(world_sends(d, 0, "siren"));
	/* Its end stays among those who heard of it. */
	d = world_take_fresh(w,
		closed(cap("s,4", 3, ALERT_ACTION_CANCEL, "s,1", SEVERITY_UNKNOWN), "restricted"));
	assert_int_equal(event_of(d), EVENT_CANCELLED);
	assert_int_equal(d->broadcasts[0].channels.count, 1);
	world_free(w);
}

/* Else the town would not be warned of a tsunami that some had heard of in confidence. */
static void test_what_is_restricted_hides_nothing_from_the_public(void **state)
{
	(void)state;
	struct world *w = world_new();
	name_scope(w);
	struct alert *a =
		closed(cap("s,1", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_SEVERE), "restricted");
	a->items[0].kind = kind_find("tsunami.warning");
	world_take_fresh(w, a);
	a = cap("s,2", 1, ALERT_ACTION_ISSUE, NULL, SEVERITY_SEVERE);
	a->items[0].kind = kind_find("tsunami.warning");
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_int_equal(event_of(d), EVENT_ISSUED);
	assert_true(world_sends(d, 0, "siren"));
	/* Nor does a restricted cancel end what the public was told. */
	d = world_take_fresh(w,
		closed(cap("s,3", 2, ALERT_ACTION_CANCEL, "s,2", SEVERITY_UNKNOWN), "restricted"));
	assert_int_equal(d->broadcast_count, 0);
	assert_true(world_in_force(w, IWAKI, "tsunami"));
	world_free(w);
}

static void test_a_blocked_channel_is_left_out(void **state)
{
	(void)state;
	static const char *words[] = {"EAS", "PUBLIC"};
	struct world *w = world_new();
	struct config *c = world_config(w);
	c->channels[0].blocked_by = (struct text_list){.list = words, .count = 1};
	c->channels[2].blocked_by = (struct text_list){.list = words + 1, .count = 1};
	struct alert *a = cap("s,1", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_EXTREME);
	alert_add_word(a, &a->blocked, "EAS");
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_false(world_sends(d, 0, "siren"));
	assert_true(world_sends(d, 0, "mail"));
	assert_true(world_sends(d, 0, "web"));
	/* When nothing is left, staff must know. */
	c->channels[1].blocked_by = c->channels[2].blocked_by = c->channels[0].blocked_by;
	a = cap("s,2", 1, ALERT_ACTION_ISSUE, NULL, SEVERITY_EXTREME);
	alert_add_word(a, &a->blocked, "EAS");
	d = world_take_fresh(w, a);
	assert_int_equal(d->verdict, RULES_NO_RULE);
	assert_true(d->alarm);
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
		cmocka_unit_test(test_cancel_that_says_all_clear_is_an_end),
		cmocka_unit_test(test_cancel_of_what_has_expired_is_silent),
		cmocka_unit_test(test_a_reference_under_another_name_of_the_sender),
		cmocka_unit_test(test_a_name_that_two_alerts_could_mean_is_no_reference),
		cmocka_unit_test(test_an_item_ends_by_itself),
		cmocka_unit_test(test_what_is_restricted_goes_where_a_rule_names_it),
		cmocka_unit_test(test_what_is_restricted_hides_nothing_from_the_public),
		cmocka_unit_test(test_a_blocked_channel_is_left_out),
		cmocka_unit_test(test_other_words_under_the_same_name),
		cmocka_unit_test(test_a_cancel_is_not_held_for_words_of_a_test),
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
