/* SPDX-License-Identifier: Apache-2.0
 *
 * Every text that can occur: kind x severity x event x language, measured; and the ones that
 * decide lives, letter by letter.
 */
#include "rules/wording_text.h"
#include "tests/cmocka_all.h"
#include "tests/rules/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct limits {
	const char *lang;
	size_t title;
	size_t brief;
};

static const struct limits limits[] = {{"ja", 15, 70}, {"en", 45, 140}};

/* As it is really sent, with the longest names. */
static struct world *world_with_long_names(void)
{
	struct world *w = world_new();
	struct config *c = world_config(w);
	c->municipalities[0].name = "かすみがうら市";
	c->municipalities[0].reading = "Kasumigaura";
	c->live.child_count = 1;
	c->live.children[0].severity_min = SEVERITY_UNKNOWN;
	c->drill.children[0].severity_min = SEVERITY_UNKNOWN;
	return w;
}

static struct alert *telling(const char *kind, int minutes, enum alert_action action,
	const char *references, enum severity severity, int level)
{
	struct alert *a = world_alert("CAP",
		minutes == 0   ? "s,1"
		: minutes == 1 ? "s,2"
			       : "s,3",
		minutes);
	a->action = action;
	a->sender = "気象庁";
	if (references) {
		alert_add_reference(a, references, "");
	}
	struct alert_item *item =
		world_item(a, kind, "1", severity, level, AREA_MUNICIPALITY, IWAKI);
	alert_add_area(a, item, AREA_MUNICIPALITY, NARAHA, "");
	item->name = "着雪注意報";
	if (strcmp(item->kind->hazard, "earthquake") == 0) {
		item->value = "6+";
	} else if (strcmp(item->kind->hazard, "tsunami") == 0) {
		item->value = "10m超";
	}
	return a;
}

static void check_text(const char *where, const struct limits *limit,
	const struct broadcast_text *t, enum event_type event)
{
	bool ja = strcmp(limit->lang, "ja") == 0;
	if (strcmp(t->lang, limit->lang) != 0 || !t->title[0] || !t->brief[0] || !t->body[0] ||
		!t->speech[0]) {
		fail_msg("%s: a form is missing", where);
	}
	if (wording_length(t->title) > limit->title) {
		fail_msg("%s: title too long: %s", where, t->title);
	}
	if (wording_length(t->brief) > limit->brief) {
		fail_msg("%s: brief too long: %s", where, t->brief);
	}
	static const char *const unspoken[] = {
		"（", "）", "【", "】", "・", "(", ")", "[", "]", "：", "{", "}", "  "};
	for (size_t i = 0; i < COUNT_OF(unspoken); i++) {
		if (strstr(t->speech, unspoken[i])) {
			fail_msg("%s: speech has %s: %s", where, unspoken[i], t->speech);
		}
	}
	if (strchr(t->title, '{') || strchr(t->brief, '{') || strchr(t->body, '{')) {
		fail_msg("%s: an unfilled blank: %s / %s / %s", where, t->title, t->brief, t->body);
	}
	const char *cancel = ja ? "取り消" : "cancelled";
	bool cancels =
		strstr(t->brief, cancel) && strstr(t->body, cancel) && strstr(t->speech, cancel);
	const char *release = ja ? "解除され" : "lifted";
	bool releases = strstr(t->brief, release) || strstr(t->body, release);
	if (cancels != (event == EVENT_CANCELLED) ||
		(event == EVENT_CANCELLED && strstr(t->body, release)) ||
		(releases && event != EVENT_RELEASED && !strstr(t->body, "解除されるまで") &&
			!strstr(t->body, "is lifted"))) {
		fail_msg("%s: release and cancel are mixed up: %s", where, t->body);
	}
}

static void check_decision(const char *kind, enum severity severity, const struct rules_decision *d)
{
	for (size_t i = 0; i < d->broadcast_count; i++) {
		const struct broadcast *b = d->broadcasts[i].broadcast;
		assert_int_equal(b->text_count, COUNT_OF(limits));
		for (size_t k = 0; k < COUNT_OF(limits); k++) {
			char where[200];
			(void)snprintf(where, sizeof(where), "%s %s %s %s %s", kind,
				severity_name(severity), event_type_name(b->event), limits[k].lang,
				b->status == ALERT_STATUS_EXERCISE ? "drill" : "");
			check_text(where, &limits[k], &b->texts[k], b->event);
		}
	}
}

static int level_of(const char *kind, enum severity s)
{
	static const int levels[] = {[SEVERITY_MINOR] = 2,
		[SEVERITY_MODERATE] = 3,
		[SEVERITY_SEVERE] = 4,
		[SEVERITY_EXTREME] = 5};
	bool has = strcmp(kind, "weather.rain") == 0 || strcmp(kind, "weather.landslide") == 0 ||
		   strcmp(kind, "weather.storm_surge") == 0 || strcmp(kind, "flood.river") == 0;
	return has ? levels[s] : 0;
}

static size_t check_chain(const char *kind, enum severity first, enum severity second,
	enum alert_action then, enum alert_status status)
{
	struct world *w = world_with_long_names();
	struct alert *alerts[] = {
		telling(kind, 0, ALERT_ACTION_ISSUE, NULL, first, level_of(kind, first)),
		telling(kind, 1, then, "s,1", second, level_of(kind, second)),
	};
	size_t told = 0;
	for (size_t i = 0; i < COUNT_OF(alerts); i++) {
		alerts[i]->status = status;
		const struct rules_decision *d = world_take_fresh(w, alerts[i]);
		told += d->broadcast_count;
		check_decision(kind, first, d);
	}
	world_free(w);
	return told;
}

static void test_every_text_fits(void **state)
{
	(void)state;
	static const enum alert_action actions[] = {ALERT_ACTION_UPDATE, ALERT_ACTION_CORRECT,
		ALERT_ACTION_RELEASE, ALERT_ACTION_CANCEL};
	static const enum alert_status statuses[] = {ALERT_STATUS_ACTUAL, ALERT_STATUS_EXERCISE};
	size_t count;
	size_t told = 0;
	const struct kind *kinds = kind_table(&count);
	for (size_t i = 0; i < count; i++) {
		for (size_t n = 0; n < (size_t)4 * 4 * COUNT_OF(actions) * 2; n++) {
			enum severity first = (enum severity)(n % 4 + 1);
			enum severity second = (enum severity)(n / 4 % 4 + 1);
			told += check_chain(kinds[i].name, first, second,
				actions[n / 16 % COUNT_OF(actions)], statuses[n / 64]);
		}
	}
	assert_true(told > count * 150);
}

struct golden {
	const char *kind;
	enum severity severity;
	int level;
	const char *value;
	const char *lang;
	const char *title;
	const char *brief;
	const char *speech;
};

static const struct golden golden[] = {
	{"tsunami.major_warning", SEVERITY_EXTREME, 0, "10m", "ja", "大津波警報 発表",
		"いわき市などに大津波警報が発表されました。ただちに高台へ避難してください。",
		"大津波警報。大津波警報。\nいわき市、楢葉町に大津波警報が発表されました。\n"
		"予想される津波の高さは、10メートルです。\n"
		"ただちに高台や避難ビルへ避難してください。\n海岸や川に近づかないでください。"},
	{"tsunami.major_warning", SEVERITY_EXTREME, 0, "10m", "en", "Major Tsunami Warning",
		"Major Tsunami Warning issued for Iwaki and others. Go to high ground now.",
		"Major Tsunami Warning. Major Tsunami Warning.\n"
		"Major Tsunami Warning issued for Iwaki, Naraha.\n"
		"Expected tsunami height: 10 metres.\n"
		"Go to high ground now.\nStay away from the sea and rivers."},
	{"eew.warning", SEVERITY_SEVERE, 0, "", "ja", "緊急地震速報",
		"いわき市などに緊急地震速報が発表されました。強い揺れに警戒してください。"
		"身の安全を確保してください。",
		"緊急地震速報。緊急地震速報。\n強い揺れに警戒してください。\n"
		"頭を守り、身の安全を確保してください。"},
	{"earthquake.intensity", SEVERITY_EXTREME, 0, "6+", "ja", "震度６強の地震",
		"いわき市などで震度６強の揺れを観測しました。落下物に注意し、火の元を確認してくださ"
		"い。",
		"いわき市、楢葉町で震度６強の揺れを観測しました。\n"
		"落ち着いて火の元を確認してください。\n今後の揺れに注意してください。"},
	{"weather.landslide", SEVERITY_SEVERE, 4, "", "ja", "土砂災害危険警報 発表",
		"いわき市などに土砂災害危険警報が発表されました。危険な場所から避難してください。",
		"いわき市、楢葉町に土砂災害危険警報が発表されました。\n"
		"がけや渓流の近くにいる人は、避難してください。"},
	{"civil.missile", SEVERITY_EXTREME, 0, "", "ja", "弾道ミサイル情報 発表",
		"いわき市などに弾道ミサイル情報が発表されました。建物の中、または地下に避難してくだ"
		"さい。",
		"弾道ミサイル情報。弾道ミサイル情報。\n"
		"いわき市、楢葉町に弾道ミサイル情報が発表されました。\n"
		"ただちに建物の中、または地下に避難してください。"},
	{"evacuation.order", SEVERITY_SEVERE, 0, "", "ja", "避難指示 発令",
		"いわき市などに警戒レベル４避難指示が発令されました。"
		"危険な場所から全員避難してください。",
		"いわき市、楢葉町に警戒レベル４避難指示が発令されました。\n"
		"危険な場所から全員避難してください。"},
};

static void test_texts_letter_by_letter(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(golden); i++) {
		const struct golden *g = &golden[i];
		struct world *w = world_new();
		struct alert *a =
			telling(g->kind, 0, ALERT_ACTION_ISSUE, NULL, g->severity, g->level);
		a->items[0].value = g->value;
		const struct rules_decision *d = world_take_fresh(w, a);
		const struct broadcast_text *t =
			broadcast_text_in(d->broadcasts[0].broadcast, g->lang);
		assert_string_equal(t->title, g->title);
		assert_string_equal(t->brief, g->brief);
		assert_string_equal(t->speech, g->speech);
		world_free(w);
	}
}

static void test_a_body_letter_by_letter(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = world_alert("VPWW56", "R06landslide/070000", 30);
	world_item(a, "weather.landslide", "49", SEVERITY_SEVERE, 4, AREA_JMA_CITY, "0720400");
	world_item(a, "weather.rain", "03", SEVERITY_SEVERE, 3, AREA_JMA_CITY, "0720400");
	alert_add_text(
		a, &a->headline, "ja", "\n　浜通りでは、土砂災害に厳重に警戒してください。\r\n");
	const struct rules_decision *d = world_take_fresh(w, a);
	assert_int_equal(d->broadcast_count, 1);
	assert_string_equal(broadcast_text_in(d->broadcasts[0].broadcast, "ja")->body,
		"【土砂災害危険警報 発表】いわき市に土砂災害危険警報が発表されました。\n"
		"対象地域：いわき市\n"
		"発表時刻：11月20日14時30分\n"
		"警戒レベル４相当\n"
		"あわせて対象となるもの：大雨警報\n"
		"\n"
		"いつ土砂災害が発生してもおかしくない状況です。\n"
		"がけや渓流の近くなど危険な場所にいる人は、避難してください。\n"
		"\n"
		"発表文（ほかの地域を含む）：\n"
		"　浜通りでは、土砂災害に厳重に警戒してください。\n"
		"\n"
		"発表：気象庁");
	world_free(w);
}

static void test_only_the_town_s_own_order_is_a_level(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = telling("weather.rain", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_EXTREME, 5);
	const struct rules_decision *d = world_take_fresh(w, a);
	const char *body = broadcast_text_in(d->broadcasts[0].broadcast, "ja")->body;
	for (const char *at = body; (at = strstr(at, "警戒レベル")) != NULL; at++) {
		assert_int_equal(strncmp(at, "警戒レベル５相当", strlen("警戒レベル５相当")), 0);
	}
	a = telling("evacuation.order", 1, ALERT_ACTION_ISSUE, NULL, SEVERITY_SEVERE, 4);
	d = world_take_fresh(w, a);
	body = broadcast_text_in(d->broadcasts[0].broadcast, "ja")->body;
	assert_non_null(strstr(body, "警戒レベル４避難指示"));
	assert_null(strstr(body, "相当"));
	world_free(w);
}

static void test_raised_and_lowered_name_both(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_take_fresh(
		w, telling("weather.rain", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_SEVERE, 4));
	const struct rules_decision *d = world_take_fresh(
		w, telling("weather.rain", 1, ALERT_ACTION_UPDATE, "s,1", SEVERITY_EXTREME, 5));
	const struct broadcast_text *t = broadcast_text_in(d->broadcasts[0].broadcast, "ja");
	assert_string_equal(t->title, "大雨特別警報 引上げ");
	assert_non_null(strstr(
		t->body, "いわき市、楢葉町の大雨危険警報は、大雨特別警報に引き上げられました。"));
	assert_non_null(strstr(t->body, "第２報"));
	d = world_take_fresh(
		w, telling("weather.rain", 2, ALERT_ACTION_UPDATE, "s,2", SEVERITY_MODERATE, 3));
	t = broadcast_text_in(d->broadcasts[0].broadcast, "ja");
	assert_string_equal(t->title, "大雨警報に切替");
	assert_non_null(strstr(t->body, "大雨特別警報は、大雨警報に切り替えられました。"));
	world_free(w);
}

static void test_a_notice_speaks_in_its_own_words(void **state)
{
	(void)state;
	struct world *w = world_with_long_names();
	struct alert *a = telling("city.notice", 0, ALERT_ACTION_ISSUE, NULL, SEVERITY_MINOR, 0);
	alert_add_text(a, &a->headline, "ja", "断水のお知らせ");
	alert_add_text(a, &a->description, "ja", "今夜10時から（一部地域で）断水します。");
	const struct rules_decision *d = world_take_fresh(w, a);
	const struct broadcast_text *t = broadcast_text_in(d->broadcasts[0].broadcast, "ja");
	assert_string_equal(t->title, "断水のお知らせ");
	assert_string_equal(t->brief, "断水のお知らせ");
	assert_non_null(strstr(t->speech, "断水のお知らせ\n今夜10時から、一部地域で断水します。"));
	world_free(w);
}

static void test_text_from_outside_is_cleaned(void **state)
{
	(void)state;
	struct pool *p = pool_new();
	assert_string_equal(
		wording_clean(p, "\n\r\nA\tB\x1b[31m\r\nC\n\n\n\nD \n", 100), "A B [31m\nC\n\nD");
	assert_string_equal(wording_clean(p,
				    "a\xe2\x80\xae"
				    "b\xc2\x85",
				    100),
		"ab");
	assert_string_equal(wording_clean(p, "あいう", 4), "あ…");
	pool_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_text_fits),
		cmocka_unit_test(test_texts_letter_by_letter),
		cmocka_unit_test(test_a_body_letter_by_letter),
		cmocka_unit_test(test_only_the_town_s_own_order_is_a_level),
		cmocka_unit_test(test_raised_and_lowered_name_both),
		cmocka_unit_test(test_a_notice_speaks_in_its_own_words),
		cmocka_unit_test(test_text_from_outside_is_cleaned),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
