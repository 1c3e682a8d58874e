/* SPDX-License-Identifier: Apache-2.0
 *
 * Status, guards, the rule tree, who must hear the end, expiry and priority.
 */
#include "tests/cmocka_all.h"
#include "tests/rules/world.h"

#include <string.h>

static struct alert *tsunami(int minutes, enum severity s)
{
	static const char *const kinds[] = {[SEVERITY_MINOR] = "tsunami.forecast",
		[SEVERITY_MODERATE] = "tsunami.advisory",
		[SEVERITY_SEVERE] = "tsunami.warning",
		[SEVERITY_EXTREME] = "tsunami.major_warning"};
	static const char *const codes[] = {[SEVERITY_MINOR] = "72",
		[SEVERITY_MODERATE] = "62",
		[SEVERITY_SEVERE] = "51",
		[SEVERITY_EXTREME] = "53"};
	struct alert *a = world_alert("VTSE41", "VTSE41 1", minutes);
	a->events = "20261120135500";
	world_item(a, kinds[s], codes[s], s, 0, AREA_JMA_TSUNAMI, "250");
	return a;
}

static void test_a_test_reaches_nobody(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = tsunami(0, SEVERITY_EXTREME);
	a->status = ALERT_STATUS_TEST;
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_int_equal(d->verdict, RULES_TEST);
	assert_int_equal(d->change_count + d->broadcast_count, 0);
	world_free(w);
}

static void test_an_exercise_never_meets_what_is_real(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, tsunami(0, SEVERITY_EXTREME));
	static const enum alert_action actions[] = {ALERT_ACTION_ISSUE, ALERT_ACTION_CORRECT,
		ALERT_ACTION_RELEASE, ALERT_ACTION_CANCEL};
	for (size_t i = 0; i < COUNT_OF(actions); i++) {
		struct alert *a = tsunami(1 + (int)i, SEVERITY_SEVERE);
		a->status = ALERT_STATUS_EXERCISE;
		a->action = actions[i];
		const struct rules_decision *d = world_take_fresh(w, a);
		for (size_t k = 0; k < d->change_count; k++) {
			assert_int_equal(d->changes[k].row.status, ALERT_STATUS_EXERCISE);
		}
		for (size_t k = 0; k < d->broadcast_count; k++) {
			const struct broadcast *b = d->broadcasts[k].broadcast;
			assert_int_equal(b->status, ALERT_STATUS_EXERCISE);
			assert_string_equal(
				b->rule, actions[i] == ALERT_ACTION_ISSUE ? "practice" : b->rule);
			assert_false(world_sends(d, k, "web")); /* not a drill channel */
			assert_int_equal(b->replace_count > 0, i > 0);
			const struct broadcast_text *t = broadcast_text_in(b, "ja");
			assert_int_equal(strncmp(t->body, "これは訓練です。", 24), 0);
			assert_int_equal(strncmp(t->speech, "これは訓練です。", 24), 0);
		}
	}
	const struct state_row *row = world_row(w, ALERT_STATUS_ACTUAL, IWAKI, "tsunami");
	assert_true(row->in_force);
	assert_string_equal(row->code, "53");
	world_free(w);
}

struct guard_case {
	const char *name;
	const char *kind;
	int age_minutes;
	int expires_minutes; /* after issue; 0 none */
	const char *headline;
	bool held;
};

static const struct guard_case guards[] = {
	{"fresh tsunami", "tsunami.warning", 14, 0, "", false},
	{"old tsunami", "tsunami.warning", 16, 0, "", true},
	{"early warning after two minutes", "eew.warning", 2, 0, "", false},
	{"early warning after four minutes", "eew.warning", 4, 0, "", true},
	{"weather after fifty minutes", "weather.storm", 50, 0, "", false},
	{"weather after seventy minutes", "weather.storm", 70, 0, "", true},
	{"clock four minutes ahead", "civil.other", -4, 0, "", false},
	{"clock six minutes ahead", "civil.other", -6, 0, "", true},
	{"expired on arrival", "weather.storm", 20, 10, "", true},
	{"not yet expired", "weather.storm", 20, 30, "", false},
	{"Japanese test words", "weather.storm", 1, 0, "これは訓練です。", true},
	{"English test words", "weather.storm", 1, 0, "This is a TEST.", true},
	{"not a test", "weather.storm", 1, 0, "This is not a test. Take shelter now.", false},
	{"not a drill, but a test", "weather.storm", 1, 0, "Not a drill. A test.", true},
	{"Japanese denial", "weather.storm", 1, 0, "これは訓練ではありません。", false},
	{"Japanese denial and a drill", "weather.storm", 1, 0, "訓練ではない。訓練です。", true},
	{"exercise caution", "weather.storm", 1, 0, "Exercise caution on roads", false},
	{"no test but the latest", "weather.storm", 1, 0, "The latest news", false},
};

static void test_guards(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(guards); i++) {
		const struct guard_case *g = &guards[i];
		struct world *w = world_new();
		struct alert *a = world_alert("CAP", "s,1", 0);
		world_item(a, g->kind, "", SEVERITY_SEVERE, 0, AREA_MUNICIPALITY, IWAKI);
		alert_add_text(a, &a->headline, "ja", g->headline);
		if (g->expires_minutes) {
			a->expires = world_at(g->expires_minutes);
		}
		const struct rules_decision *d = world_take(w, a, world_at(g->age_minutes));
		bool held = d->verdict == RULES_HELD;
		if (held != g->held || d->alarm != g->held || d->broadcast_count != 1 ||
			d->broadcasts[0].hold != g->held || d->change_count != 1 ||
			d->broadcasts[0].broadcast->expires.ms <= world_at(g->age_minutes).ms) {
			fail_msg("%s: %s", g->name, rules_verdict_name(d->verdict));
		}
		world_free(w);
	}
}

static void test_a_decoder_s_warning_holds(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = tsunami(0, SEVERITY_EXTREME);
	alert_add_warning(a, "test-words", "found");
	assert_int_equal(world_take_fresh(w, a)->verdict, RULES_HELD);
	world_free(w);
}

static void test_first_match_wins_and_none_is_silent(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = world_alert("VPWW61", "x", 0);
	world_item(
		a, "weather.advisory_other", "14", SEVERITY_MODERATE, 0, AREA_JMA_CITY, "0720400");
	assert_int_equal(world_take_fresh(w, a)->verdict, RULES_NO_RULE);
	assert_true(world_in_force(w, IWAKI, "weather.advisory_other/14"));
	world_free(w);
}

static void test_continue_adds_channels_in_the_order_of_the_configuration(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct config *c = world_config(w);
	struct rule children[2] = {c->live.children[2], c->live.children[0]};
	children[0].go_on = true;
	children[0].priority = 7;
	children[1].expires_ms = 60000;
	c->live.children[0].child_count = 0;
	struct rule saved = c->live;
	c->live.children = children;
	c->live.child_count = 2;
	const struct rules_decision *d = world_take_fresh(w, tsunami(0, SEVERITY_EXTREME));
	assert_int_equal(d->broadcasts[0].channels.count, 3);
	assert_string_equal(d->broadcasts[0].channels.list[0], "siren");
	assert_string_equal(d->broadcasts[0].broadcast->rule, "rest+life");
	assert_int_equal(d->broadcasts[0].broadcast->priority, 7);
	assert_int_equal(d->broadcasts[0].broadcast->expires.ms, world_at(0).ms + 60000);
	c->live = saved;
	world_free(w);
}

static void test_rules_by_municipality_split_the_message(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct rule *life = &world_config(w)->live.children[0];
	static const char *towns[] = {NARAHA};
	life->municipalities = (struct text_list){.list = towns, .count = 1};
	const struct rules_decision *d = world_take_fresh(w, tsunami(0, SEVERITY_EXTREME));
	assert_int_equal(d->broadcast_count, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct broadcast *b = d->broadcasts[i].broadcast;
		assert_int_equal(b->area_count, 1);
		assert_int_equal(world_sends(d, i, "siren"), strcmp(b->areas[0].code, NARAHA) == 0);
	}
	world_free(w);
}

static void test_channels_that_heard_the_warning_hear_its_end(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(w, tsunami(0, SEVERITY_EXTREME));
	world_config(w)->live.children[0].none = true;
	world_config(w)->live.children[2].none = true;
	const struct rules_decision *d = world_take_fresh(w, tsunami(10, SEVERITY_MINOR));
	assert_int_equal(d->verdict, RULES_ACTED);
	assert_int_equal(d->broadcasts[0].broadcast->event, EVENT_RELEASED);
	assert_int_equal(d->broadcasts[0].channels.count, 3);
	assert_int_equal(d->broadcasts[0].broadcast->replace_count, 1);
	world_free(w);
}

static void test_a_disabled_channel_and_a_channel_s_own_kinds(void **state)
{
	(void)state;
	struct world *w = world_new();
	static const char *kinds[] = {"weather.*"};
	world_config(w)->channels[0].enabled = false;
	world_config(w)->channels[1].kinds = (struct text_list){.list = kinds, .count = 1};
	const struct rules_decision *d = world_take_fresh(w, tsunami(0, SEVERITY_EXTREME));
	assert_int_equal(d->broadcasts[0].channels.count, 1);
	assert_true(world_sends(d, 0, "web"));
	world_free(w);
}

static void test_a_rule_may_ask_staff(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_config(w)->live.children[0].hold = true;
	const struct rules_decision *d = world_take_fresh(w, tsunami(0, SEVERITY_EXTREME));
	assert_int_equal(d->verdict, RULES_HELD);
	assert_true(d->broadcasts[0].hold);
	assert_true(d->alarm);
	world_free(w);
}

static void test_expiry_and_priority_by_kind(void **state)
{
	(void)state;
	static const struct {
		const char *kind;
		enum severity severity;
		int minutes;
		int priority;
	} rows[] = {
		{"eew.warning", SEVERITY_SEVERE, 5, 0},
		{"tsunami.major_warning", SEVERITY_EXTREME, 180, 0},
		{"tsunami.warning", SEVERITY_SEVERE, 180, 2},
		{"civil.missile", SEVERITY_EXTREME, 60, 0},
		{"earthquake.intensity", SEVERITY_MODERATE, 60, 4},
		{"weather.rain", SEVERITY_EXTREME, 360, 1},
		{"weather.record_rain", SEVERITY_SEVERE, 120, 2},
		{"flood.river", SEVERITY_SEVERE, 360, 2},
		{"volcano.warning_residential", SEVERITY_EXTREME, 720, 1},
		{"city.notice", SEVERITY_MODERATE, 360, 8},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct world *w = world_new();
		struct alert *a = world_alert("CAP", "s,1", 0);
		world_item(a, rows[i].kind, "", rows[i].severity, 0, AREA_MUNICIPALITY, IWAKI);
		const struct rules_decision *d = world_take_fresh(w, a);
		const struct broadcast *b = d->broadcasts[0].broadcast;
		if (b->expires.ms != world_at(rows[i].minutes).ms ||
			b->priority != rows[i].priority) {
			fail_msg("%s: priority %d", rows[i].kind, b->priority);
		}
		world_free(w);
	}
}

static void test_the_sender_s_end_counts(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = world_alert("CAP", "s,1", 0);
	world_item(a, "weather.storm", "", SEVERITY_SEVERE, 0, AREA_MUNICIPALITY, IWAKI);
	a->expires = world_at(45);
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_int_equal(d->broadcasts[0].broadcast->expires.ms, world_at(45).ms);
	assert_int_equal(d->changes[0].row.expires.ms, world_at(45).ms);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_test_reaches_nobody),
		cmocka_unit_test(test_an_exercise_never_meets_what_is_real),
		cmocka_unit_test(test_guards),
		cmocka_unit_test(test_a_decoder_s_warning_holds),
		cmocka_unit_test(test_first_match_wins_and_none_is_silent),
		cmocka_unit_test(test_continue_adds_channels_in_the_order_of_the_configuration),
		cmocka_unit_test(test_rules_by_municipality_split_the_message),
		cmocka_unit_test(test_channels_that_heard_the_warning_hear_its_end),
		cmocka_unit_test(test_a_disabled_channel_and_a_channel_s_own_kinds),
		cmocka_unit_test(test_a_rule_may_ask_staff),
		cmocka_unit_test(test_expiry_and_priority_by_kind),
		cmocka_unit_test(test_the_sender_s_end_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
