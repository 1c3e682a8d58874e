/* SPDX-License-Identifier: Apache-2.0
 *
 * Mails through the shipped rules and the judgement: what residents hear, and how often.
 */
#include "tests/cmocka_all.h"
#include "tests/ingest/mail_rules.h"
#include "tests/rules/world.h"

#include <stdlib.h>
#include <string.h>

#define LAUNCH                                                                                                                              \
	"ミサイル発射。ミサイル発射。北朝鮮からミサイルが発射されたものとみられます。建物の中、" \
	"又は地下に避難してください。"
#define LAUNCH_ELSEWHERE                                                                           \
	"ミサイル発射。ミサイル発射。某国からミサイルが発射されたものとみられます。"
#define SHELTER                                                                                                                             \
	"直ちに避難。直ちに避難。直ちに建物の中、又は地下に避難してください。ミサイルが、14時7分" \
	"頃、"                                                                                                                            \
	"福島県周辺に落下するものとみられます。"
#define PASSED                                                                                                                              \
	"ミサイル通過。ミサイル通過。先程のミサイルは、14時9分頃、太平洋へ通過したものとみられま" \
	"す。"
#define LIFTED	    "先程のミサイルに関する避難の呼びかけを解除します。"
#define FALSE_ALARM "先程のミサイル発射の情報は誤報でした。"

static struct mail_rules *rules;

/* Judged `delay` seconds after it was sent. */
static const struct rules_decision *take_late(
	struct world *w, int seconds, int delay, const char *subject, const char *body)
{
	struct decode_refusal refusal = {0};
	char *mail = write_mail(seconds, subject, body);
	struct alert *a = decode_mail(rules, mail, strlen(mail), &refusal);
	free(mail);
	if (!a) {
		fail_msg("%s: %s", refusal.code, refusal.reason);
	}
	return world_take(w, a, (struct wall_time){.ms = a->issued.ms + (int64_t)delay * 1000});
}

static const struct rules_decision *take(
	struct world *w, int seconds, const char *subject, const char *body)
{
	return take_late(w, seconds, 3, subject, body);
}

static const struct broadcast *only(const struct rules_decision *d)
{
	if (d->broadcast_count != 1) {
		for (size_t i = 0; i < d->trace_count; i++) {
			print_message("%s\n", d->trace[i]);
		}
		fail_msg("%zu broadcasts", d->broadcast_count);
	}
	return d->broadcasts[0].broadcast;
}

static const char *speech(const struct broadcast *b, const char *lang)
{
	return broadcast_text_in(b, lang)->speech;
}

static void test_the_stages_are_news_of_one_event(void **state)
{
	(void)state;
	struct world *w = world_new();
	const struct broadcast *first = only(take(w, 0, "国民保護", LAUNCH));
	const struct broadcast *second = only(take(w, 300, "国民保護", SHELTER));
	const struct broadcast *third = only(take(w, 540, "国民保護", PASSED));
	assert_string_equal(first->thread, second->thread);
	assert_string_equal(first->thread, third->thread);
	assert_int_equal(first->update, 1);
	assert_int_equal(second->update, 2);
	assert_int_equal(third->update, 3);
	assert_string_equal(speech(first, "ja"), LAUNCH);
	assert_non_null(strstr(speech(second, "ja"), "直ちに避難。直ちに避難。"));
	assert_non_null(strstr(speech(second, "ja"), "、14時7分頃、福島県周辺に落下する"));
	assert_non_null(strstr(speech(second, "en"), "at about 14:07"));
	assert_null(strstr(speech(third, "ja"), "避難"));
	assert_non_null(strstr(speech(third, "ja"), "、14時9分頃、太平洋へ通過した"));
	const struct rules_decision *end = take(w, 1800, "国民保護", LIFTED);
	assert_int_equal(only(end)->event, EVENT_RELEASED);
	assert_string_equal(only(end)->thread, first->thread);
	char *picture = world_picture(w, ALERT_STATUS_ACTUAL);
	assert_string_equal(picture, "");
	free(picture);
	world_free(w);
}

static size_t characters(const char *text)
{
	size_t count = 0;
	for (; *text; text++) {
		count += ((unsigned char)*text & 0xC0U) != 0x80U;
	}
	return count;
}

/* With a time and the longest place that is told. */
static void test_every_stage_fits_the_short_forms(void **state)
{
	(void)state;
#define PLACE "北海道地方及び青森県、岩手県、宮城県、秋田県、山形県周辺"
	static const char *const bodies[] = {LAUNCH,
		"直ちに避難。ミサイルが、14時7分頃、" PLACE "に落下するものとみられます。",
		"ミサイル落下。ミサイルが、14時7分頃、" PLACE "に落下したものとみられます。",
		"ミサイル通過。先程のミサイルは、14時7分頃、" PLACE "へ通過したものとみられます。",
		"先程のミサイルは、14時7分頃、" PLACE "の領海外に落下したものとみられます。"};
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct world *w = world_new();
		const struct broadcast *b = only(take(w, 0, "国民保護", bodies[i]));
		const struct broadcast_text *ja = broadcast_text_in(b, "ja");
		const struct broadcast_text *en = broadcast_text_in(b, "en");
		assert_true(characters(ja->title) <= 15 && characters(ja->brief) <= 70);
		assert_true(characters(en->title) <= 45 && characters(en->brief) <= 140);
		assert_null(strchr(ja->speech, '{'));
		assert_null(strchr(en->speech, '{'));
		world_free(w);
	}
}

static void test_the_same_words_moments_apart_are_told_once(void **state)
{
	(void)state;
	struct world *w = world_new();
	only(take(w, 0, "国民保護", LAUNCH));
	const struct rules_decision *d = take(w, 2, "国民保護", LAUNCH);
	assert_int_equal(d->verdict, RULES_NO_CHANGE);
	assert_true(world_traced(d, "sent again"));
	only(take(w, 200, "国民保護", SHELTER));
	assert_int_equal(take(w, 220, "国民保護", SHELTER)->broadcast_count, 0);
	world_free(w);
}

static void test_a_second_launch_with_the_same_words_is_told(void **state)
{
	(void)state;
	struct world *w = world_new();
	const struct broadcast *first = only(take(w, 0, "国民保護", LAUNCH));
	const struct broadcast *second = only(take(w, 360, "国民保護", LAUNCH));
	assert_string_not_equal(first->thread, second->thread);
	assert_int_equal(second->event, EVENT_ISSUED);
	/* What follows belongs to the newest; the end to both. */
	assert_string_equal(only(take(w, 420, "国民保護", SHELTER))->thread, second->thread);
	only(take(w, 1800, "国民保護", LIFTED));
	char *picture = world_picture(w, ALERT_STATUS_ACTUAL);
	assert_string_equal(picture, "");
	free(picture);
	world_free(w);
}

static void test_a_second_launch_within_the_window_is_told_by_its_place(void **state)
{
	(void)state;
	struct world *w = world_new();
	only(take(w, 0, "国民保護", LAUNCH));
	only(take(w, 60, "国民保護", LAUNCH_ELSEWHERE));
	/* The queue turned them round. */
	const struct broadcast *late = only(take(w, 30, "国民保護",
		"ミサイル発射。ミサイル発射。他国からミサイルが発射されたものとみられます。"));
	assert_int_equal(late->event, EVENT_ISSUED);
	world_free(w);
}

static void test_a_stage_that_comes_after_its_successor_is_not_told(void **state)
{
	(void)state;
	struct world *w = world_new();
	only(take(w, 0, "国民保護", LAUNCH));
	only(take(w, 540, "国民保護", PASSED));
	const struct rules_decision *d = take_late(w, 300, 300, "国民保護", SHELTER);
	assert_int_equal(d->broadcast_count, 0);
	assert_int_equal(d->verdict, RULES_OLD);
	world_free(w);
}

static void test_a_stage_without_a_launch_is_told(void **state)
{
	(void)state;
	struct world *w = world_new();
	const struct broadcast *b = only(take(w, 0, "国民保護", SHELTER));
	assert_int_equal(b->update, 1);
	assert_true(world_sends(take(w, 300, "国民保護", PASSED), 0, "siren"));
	world_free(w);
}

static void test_a_chain_ends_by_itself(void **state)
{
	(void)state;
	struct world *w = world_new();
	const struct broadcast *first = only(take(w, 0, "国民保護", LAUNCH));
	const struct broadcast *other = only(take(w, 3 * 3600, "国民保護", SHELTER));
	assert_string_not_equal(first->thread, other->thread);
	world_free(w);
}

static void test_a_false_report_is_cancelled(void **state)
{
	(void)state;
	struct world *w = world_new();
	const struct broadcast *first = only(take(w, 0, "国民保護", LAUNCH));
	const struct rules_decision *d = take(w, 60, "国民保護", FALSE_ALARM);
	assert_int_equal(only(d)->event, EVENT_CANCELLED);
	assert_string_equal(only(d)->thread, first->thread);
	assert_non_null(strstr(speech(only(d), "ja"), "誤報"));
	assert_true(world_sends(d, 0, "siren"));
	assert_int_equal(take(w, 62, "国民保護", FALSE_ALARM)->broadcast_count, 0);
	only(take(w, 600, "国民保護", LAUNCH)); /* the next one is true again */
	world_free(w);
}

static void test_a_launch_that_comes_after_its_cancel_is_not_told(void **state)
{
	(void)state;
	struct world *w = world_new();
	const struct rules_decision *d = take(w, 60, "国民保護", FALSE_ALARM);
	assert_int_equal(d->broadcast_count, 0);
	assert_true(d->alarm);
	d = take_late(w, 0, 90, "国民保護", LAUNCH);
	assert_int_equal(d->broadcast_count, 0);
	assert_true(d->alarm);
	world_free(w);
}

static void test_a_drill_stays_in_the_drill_tree(void **state)
{
	(void)state;
	struct world *w = world_new();
	const struct broadcast *live = only(take(w, 0, "国民保護", LAUNCH));
	const struct rules_decision *d = take(w, 10, "【訓練】国民保護", "これは訓練です。" LAUNCH);
	assert_int_equal(only(d)->status, ALERT_STATUS_EXERCISE);
	assert_true(world_sends(d, 0, "siren"));
	assert_false(world_sends(d, 0, "web"));
	assert_non_null(strstr(speech(only(d), "ja"), "これは訓練です。"));
	assert_string_not_equal(only(d)->thread, live->thread);
	/* A cancel of the drill leaves the live one alone. */
	take(w, 20, "【訓練】国民保護", "これは訓練です。" FALSE_ALARM);
	char *picture = world_picture(w, ALERT_STATUS_ACTUAL);
	assert_non_null(strstr(picture, "civil.missile"));
	free(picture);
	world_free(w);
}

static void test_a_test_reaches_nobody(void **state)
{
	(void)state;
	struct world *w = world_new();
	const struct rules_decision *d = take(w, 0, "テスト送信", LAUNCH);
	assert_int_equal(d->verdict, RULES_TEST);
	assert_int_equal(d->broadcast_count, 0);
	world_free(w);
}

static void test_words_of_a_test_under_an_actual_rule_are_held(void **state)
{
	(void)state;
	struct world *w = world_new();
	const struct rules_decision *d = take(w, 0, "国民保護", "試験です。" LAUNCH);
	assert_int_equal(d->verdict, RULES_HELD);
	assert_true(d->alarm);
	world_free(w);
}

static void test_what_no_rule_knows_alarms_the_staff(void **state)
{
	(void)state;
	struct world *w = world_new();
	const struct rules_decision *d = take(w, 0, "機器状態", "電源が落ちました。");
	assert_true(d->alarm);
	assert_int_equal(d->broadcast_count, 0);
	assert_int_equal(d->verdict, RULES_NOTHING);
	world_free(w);
}

static void test_a_mail_kept_back_too_long_waits_for_staff(void **state)
{
	(void)state;
	struct world *w = world_new();
	const struct rules_decision *d = take_late(w, 0, 16 * 60, "国民保護", LAUNCH);
	assert_int_equal(d->verdict, RULES_HELD);
	assert_true(d->alarm);
	world_free(w);
}

static void test_other_civil_news_goes_on_with_what_is_in_force(void **state)
{
	(void)state;
	struct world *w = world_new();
	const struct broadcast *first =
		only(take(w, 0, "国民保護", "大規模テロ情報。当地域にテロの可能性があります。"));
	const struct broadcast *second =
		only(take(w, 300, "国民保護", "大規模テロ情報。避難の経路をお知らせします。"));
	assert_string_equal(first->thread, second->thread);
	assert_int_equal(second->update, 2);
	const struct broadcast *end =
		only(take(w, 600, "国民保護", "大規模テロ情報は誤報でした。"));
	assert_int_equal(end->event, EVENT_CANCELLED);
	world_free(w);
}

static void test_unnamed_civil_news_is_told_in_its_own_words(void **state)
{
	(void)state;
	struct world *w = world_new();
	const struct broadcast *b =
		only(take(w, 0, "国民保護に係る警報", "市内で不審物が見つかりました。"));
	assert_non_null(strstr(speech(b, "ja"), "不審物が見つかりました"));
	world_free(w);
}

/* ---- told by JMA too ---- */

static struct alert *eew(const char *event, int minutes)
{
	struct alert *a = world_alert("VXSE43", event, minutes);
	a->events = pool_copy_text(a->pool, event);
	world_item(a, "eew.warning", "31", SEVERITY_EXTREME, 0, AREA_JMA_SEISMIC_AREA, "250");
	return a;
}

static void test_an_earthquake_told_by_both_is_told_once(void **state)
{
	(void)state;
	for (int mail_first = 0; mail_first < 2; mail_first++) {
		struct world *w = world_new();
		size_t told = 0;
		for (int i = 0; i < 2; i++) {
			const struct rules_decision *d =
				i == mail_first ? world_take_fresh(w, eew("20261120140000", 0))
						: take(w, 4, "J", "緊急地震速報。大地震です。");
			told += d->broadcast_count;
		}
		assert_int_equal(told, 1);
		/* Another one, half a minute later by its own telegram, is not swallowed. */
		assert_int_equal(world_take_fresh(w, eew("20261120140100", 1))->broadcast_count, 1);
		world_free(w);
	}
}

static void test_a_second_earthquake_by_mail_is_told(void **state)
{
	(void)state;
	struct world *w = world_new();
	only(take(w, 0, "J", "緊急地震速報。大地震です。"));
	assert_int_equal(take(w, 30, "J", "緊急地震速報。強い揺れ。")->broadcast_count, 0);
	only(take(w, 300, "J", "緊急地震速報。大地震です。"));
	world_free(w);
}

static struct alert *tsunami(
	int minutes, const char *kind, const char *code, enum severity severity)
{
	struct alert *a = world_alert("VTSE41", "VTSE41/20261120140000", minutes);
	a->events = "20261120140000";
	world_item(a, kind, code, severity, 0, AREA_JMA_TSUNAMI, "250");
	return a;
}

static void test_a_tsunami_told_by_both_is_told_once(void **state)
{
	(void)state;
	struct world *w = world_new();
	only(take(w, 20, "津波", "津波警報が発表されました。"));
	assert_int_equal(world_take_fresh(w, tsunami(0, "tsunami.warning", "51", SEVERITY_SEVERE))
				 ->broadcast_count,
		0);
	assert_int_equal(take(w, 600, "津波", "津波警報が発表されています。")->broadcast_count, 0);
	/* JMA decides from then on. */
	assert_int_equal(take(w, 900, "津波", "津波警報は解除されました。")->broadcast_count, 0);
	only(world_take_fresh(w, tsunami(20, "tsunami.major_warning", "52", SEVERITY_EXTREME)));
	world_free(w);
}

static void test_a_tsunami_by_mail_raises_what_jma_told(void **state)
{
	(void)state;
	struct world *w = world_new();
	only(world_take_fresh(w, tsunami(0, "tsunami.warning", "51", SEVERITY_SEVERE)));
	assert_int_equal(only(take(w, 300, "津波", "大津波警報。"))->event, EVENT_RAISED);
	world_free(w);
}

static struct alert *rain(int minutes, const char *code, enum severity severity, int level)
{
	struct alert *a = world_alert("VPWW55", "VPWW55/福島地方気象台", minutes);
	world_item(a, "weather.rain", code, severity, level, AREA_JMA_CITY, "0720400");
	return a;
}

static void test_a_special_warning_told_by_both_is_told_once(void **state)
{
	(void)state;
	struct world *w = world_new();
	only(world_take_fresh(w, rain(0, "03", SEVERITY_MODERATE, 3)));
	/* The mail is first, for both towns, since it names none. */
	take(w, 600, "気象", "大雨特別警報。");
	assert_int_equal(
		world_take_fresh(w, rain(11, "33", SEVERITY_EXTREME, 5))->broadcast_count, 0);
	assert_int_equal(take(w, 1200, "気象", "大雨特別警報が発表中です。")->broadcast_count, 0);
	/* Lowered and raised again by JMA: the mail of two hours ago hides nothing. */
	only(world_take_fresh(w, rain(60, "03", SEVERITY_MODERATE, 3)));
	only(world_take_fresh(w, rain(130, "33", SEVERITY_EXTREME, 5)));
	world_free(w);
}

static void test_what_waits_for_staff_hides_no_mail(void **state)
{
	(void)state;
	struct world *w = world_new();
	const struct rules_decision *d =
		world_take(w, rain(0, "33", SEVERITY_EXTREME, 5), world_at(70));
	assert_int_equal(d->verdict, RULES_HELD);
	only(take(w, 71 * 60, "気象", "大雨特別警報。"));
	world_free(w);
}

static int load(void **state)
{
	(void)state;
	rules = example_rules();
	return 0;
}

static int unload(void **state)
{
	(void)state;
	mail_rules_free(rules);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_stages_are_news_of_one_event),
		cmocka_unit_test(test_every_stage_fits_the_short_forms),
		cmocka_unit_test(test_the_same_words_moments_apart_are_told_once),
		cmocka_unit_test(test_a_second_launch_with_the_same_words_is_told),
		cmocka_unit_test(test_a_second_launch_within_the_window_is_told_by_its_place),
		cmocka_unit_test(test_a_stage_that_comes_after_its_successor_is_not_told),
		cmocka_unit_test(test_a_stage_without_a_launch_is_told),
		cmocka_unit_test(test_a_chain_ends_by_itself),
		cmocka_unit_test(test_a_false_report_is_cancelled),
		cmocka_unit_test(test_a_launch_that_comes_after_its_cancel_is_not_told),
		cmocka_unit_test(test_a_drill_stays_in_the_drill_tree),
		cmocka_unit_test(test_a_test_reaches_nobody),
		cmocka_unit_test(test_words_of_a_test_under_an_actual_rule_are_held),
		cmocka_unit_test(test_what_no_rule_knows_alarms_the_staff),
		cmocka_unit_test(test_a_mail_kept_back_too_long_waits_for_staff),
		cmocka_unit_test(test_other_civil_news_goes_on_with_what_is_in_force),
		cmocka_unit_test(test_unnamed_civil_news_is_told_in_its_own_words),
		cmocka_unit_test(test_an_earthquake_told_by_both_is_told_once),
		cmocka_unit_test(test_a_second_earthquake_by_mail_is_told),
		cmocka_unit_test(test_a_tsunami_told_by_both_is_told_once),
		cmocka_unit_test(test_a_tsunami_by_mail_raises_what_jma_told),
		cmocka_unit_test(test_a_special_warning_told_by_both_is_told_once),
		cmocka_unit_test(test_what_waits_for_staff_hides_no_mail),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
