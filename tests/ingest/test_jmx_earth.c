/* SPDX-License-Identifier: Apache-2.0
 *
 * The project's own telegrams of earthquakes, tsunami, volcanoes and great quakes to come: what
 * each decodes to, and what every type does with a correction, a cancellation and a late issue.
 */
#include "ingest/decode.h"
#include "ingest/xml.h"
#include "tests/cmocka_all.h"
#include "tests/ingest/jmx_sketch.h"

#include <stdio.h>
#include <string.h>

struct expectation {
	const char *file;
	const char *envelope;
	const char *items;
	const char *headline;	 /* must occur, as the description */
	const char *description; /* NULL: there is none */
};

static const struct expectation expectations[] = {
	{"eew-test", "test issue VXSE42 VXSE42/20261120150000",
		"system.canary - minor L0 none - | 0\n", "緊急地震速報配信テスト", "確認のため"},
	{"eew-forecast-1-whole", "actual issue VXSE44 VXSE44/20261120143000",
		"eew.forecast - moderate L0 none 5- | 0\n", "緊急地震速報（予報）", "Ｍ７．９"},
	{"eew-forecast-2-last", "actual update VXSE45 VXSE45/20261120143000",
		"eew.forecast 11 moderate L0 none 6- | 1 jma.seismic_area:251\n"
		"eew.forecast 00 moderate L0 none 4 | 1 jma.seismic_area:252\n",
		"福島県沖で地震", "最終報とします"},
	{"eew-plum", "actual issue VXSE43 VXSE43/20261120143001",
		"eew.warning 19 extreme L0 none 5+ | 1 jma.seismic_area:251\n"
		"eew.forecast 09 moderate L0 none 4 | 1 jma.seismic_area:250\n",
		"緊急地震速報（警報）", NULL},
	{"hypocentre", "actual issue VXSE52 VXSE52/20261120143000",
		"earthquake.hypocentre 289 minor L0 none - | 0\n", "地震がありました",
		"若干の海面変動"},
	{"hypocentre-updated", "actual issue VXSE61 VXSE61/20261120143000",
		"earthquake.hypocentre 289 minor L0 none - | 0\n", "更新します", "福島県沖"},
	{"earthquake-distant", "actual issue VXSE53 VXSE53/20261121085500",
		"earthquake.info - minor L0 none - | 0\n", "海外で", "南太平洋"},
	{"earthquake-count", "actual issue VXSE60 VXSE60/20261120143000",
		"earthquake.count - minor L0 none - | 0\n", "地震の回数",
		"20日14時00分から20日17時00分まで84回（うち有感12回）"},
	{"earthquake-activity", "actual issue VXSE56 VXSE56/20261120170000",
		"earthquake.info - minor L0 none - | 0\n", "見通し", "一週間ほど"},
	{"earthquake-notice", "actual issue VZSE40 VZSE40/20261120100000",
		"earthquake.info - minor L0 none - | 0\n", "点検", "届きません"},
	{"long-period", "actual issue VXSE62 VXSE62/20261120143000",
		"earthquake.long_period - severe L0 none 4 | 1 jma.seismic_area:251\n"
		"earthquake.long_period - moderate L0 none 2 | 1 jma.seismic_area:250\n"
		"earthquake.long_period - minor L0 none 1 | 1 jma.seismic_area:252\n",
		"階級４", "福島県沖"},
	{"tsunami-two-events", "actual issue VTSE41 VTSE41/20261120143000",
		"tsunami.major_warning 53 extreme L0 raised 巨大 | 1 jma.tsunami:250\n"
		"tsunami.major_warning 52 extreme L0 continued 10m超 | 1 jma.tsunami:220\n"
		"tsunami.warning 51 severe L0 continued 3m | 1 jma.tsunami:300\n"
		"tsunami.advisory 62 moderate L0 raised 1m | 1 jma.tsunami:310\n",
		"東日本大震災クラス", "ただちに津波来襲と予測"},
	{"tsunami-info-1-tides", "actual issue VTSE51 VTSE51/20261120143000",
		"tsunami.info 53 minor L0 none 10m | 1 jma.tsunami:250\n"
		"tsunami.info 53 minor L0 none 巨大 | 1 jma.tsunami:220\n",
		"満潮時刻", "いわき市小名浜：20日15時20分到達予想 満潮20日20時09分"},
	{"tsunami-info-2-observed", "actual update VTSE51 VTSE51/20261120143000",
		"tsunami.info 53 minor L0 none 10m | 1 jma.tsunami:250\n"
		"tsunami.info 53 minor L0 none 巨大 | 1 jma.tsunami:220\n"
		"tsunami.info - minor L0 none - | 1 jma.tsunami:300\n",
		"観測しています", "第１波20日15時12分 押し"},
	{"tsunami-offshore", "actual issue VTSE52 VTSE52/20261120143000",
		"tsunami.info - minor L0 none 10m超 | 1 jma.tsunami:250\n"
		"tsunami.info - minor L0 none 3m | 1 jma.tsunami:300\n",
		"沖合の津波観測", "福島沖：第１波20日14時48分"},
	{"volcano-info", "actual issue VFVO51 VFVO51/213",
		"volcano.info 12 minor L0 none 噴火警戒レベル2 | 1 jma.volcano:213\n", "高まって",
		"次は２１日"},
	{"eruption-seen", "actual issue VFVO52 VFVO52/20261120141000_213",
		"volcano.info 52 minor L0 none - | 1 jma.volcano:213\n", "噴火",
		"火口上噴煙高度：火口上１８００ｍ"},
	{"eruption-seen-cancel", "actual cancel VFVO52 VFVO52/20261120141000_213", "", "取消",
		"噴火ではありませんでした"},
	{"ash-1-regular", "actual issue VFVO53 VFVO53/213",
		"volcano.ash 75 minor L0 none - | 2 jma.volcano:213..jma.city:0720100\n"
		"volcano.ash 70 minor L0 none - | 3 jma.volcano:213..jma.city:0740200\n",
		"噴火した場合", "降灰"},
	{"ash-2-fast", "actual issue VFVO54 VFVO54/213",
		"volcano.ash 75 moderate L0 none - | 2 jma.volcano:213..jma.city:0720100\n"
		"volcano.ash 71 minor L0 none - | 2 jma.volcano:213..jma.city:0740800\n",
		"小さな噴石", "小さな噴石"},
	{"ash-3-detail", "actual issue VFVO55 VFVO55/213",
		"volcano.ash 73 moderate L0 none - | 2 jma.volcano:213..jma.city:0720100\n"
		"volcano.ash 71 minor L0 none - | 3 jma.volcano:213..jma.city:0740200\n",
		"多量の降灰", "多量の降灰"},
	{"volcano-sea", "actual issue VFSV VFSV/213",
		"volcano.info 36 minor L0 none - | 1 jma.volcano:213\n"
		"volcano.info 31 minor L0 none - | 1 jma.marine:2020\n",
		"周辺海域", NULL},
	{"volcano-notice", "actual issue VZVO40 VZVO40/20261120100000",
		"volcano.info - minor L0 none - | 0\n", "点検", "止まります"},
	{"volcano-level4", "actual issue VFVO50 VFVO50/213",
		"volcano.warning_residential 14 extreme L0 continued 噴火警戒レベル4 | 1 "
		"jma.volcano:213\n"
		"volcano.warning_residential 01 extreme L0 continued 噴火警戒レベル4 | 2 "
		"jma.city:0720100..jma.city:0740800\n",
		"５から４に引下げ", "居住地域厳重警戒"},
	{"nankai-1-investigating", "actual issue VYSE50 VYSE50/20261120151000",
		"nankai.investigating 111 moderate L0 none - | 1 promotion:nankai\n", "調査を始め",
		"調査を始め"},
	{"nankai-2-alert", "actual issue VYSE50 VYSE50/20261120171000",
		"nankai.alert 120 severe L0 none - | 1 promotion:nankai\n", "相対的に高まって",
		"相対的に"},
	{"nankai-3-caution", "actual issue VYSE50 VYSE50/20261127171000",
		"nankai.caution 130 moderate L0 none - | 1 promotion:nankai\n", "巨大地震に注意",
		"巨大地震"},
	{"nankai-over", "actual release VYSE50 VYSE50/20261120172000",
		"nankai.investigating 190 unknown L0 released - | 1 promotion:nankai\n",
		"考えられません", "考えられません"},
	{"nankai-commentary", "actual issue VYSE51 VYSE51/20261121100000",
		"nankai.info 210 minor L0 none - | 1 promotion:nankai\n", "活発", "活発"},
	{"nankai-monthly", "actual issue VYSE52 VYSE52/20261110170000",
		"nankai.info 200 minor L0 none - | 1 promotion:nankai\n", "特段の変化", "特段の"},
	{"hokkaido-caution", "actual issue VYSE60 VYSE60/20261120163000",
		"hokkaido.caution - moderate L0 none - | 1 promotion:hokkaido\n", "大規模地震",
		"一週間程度"},
};

static void test_samples(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(expectations); i++) {
		const struct expectation *x = &expectations[i];
		struct alert *a = sketch_decode(x->file);
		struct buf text;
		buf_init(&text, 1 << 20);
		print_message("%s\n", x->file);
		sketch_envelope(a, &text);
		assert_string_equal(buf_text(&text), x->envelope);
		buf_reset(&text);
		sketch_items(a, &text);
		assert_string_equal(a->item_count > 0 ? buf_text(&text) : "", x->items);
		assert_non_null(strstr(alert_text_in(&a->headline, "ja"), x->headline));
		assert_int_equal(a->description.count, x->description ? 1 : 0);
		if (x->description) {
			assert_non_null(
				strstr(alert_text_in(&a->description, "ja"), x->description));
		}
		assert_int_equal(a->warning_count, 0);
		buf_clear(&text);
		alert_free(a);
	}
}

static void test_arrivals(void **state)
{
	(void)state;
	static const enum arrival_state states[] = {
		ARRIVAL_IMMINENT, ARRIVAL_PRESUMED, ARRIVAL_OBSERVED, ARRIVAL_EXPECTED};
	struct alert *a = sketch_decode("tsunami-two-events");
	for (size_t i = 0; i < COUNT_OF(states); i++) {
		assert_int_equal(a->items[i].arrival.state, states[i]);
		assert_true(wall_time_is_none(a->items[i].arrival.at) ==
			    (states[i] != ARRIVAL_EXPECTED));
	}
	assert_string_equal(a->comments, "0141 0149 0121");
	assert_string_equal(a->events, "20261120150200 20261120143000");
	alert_free(a);
	struct alert *eew = sketch_decode("eew-forecast-2-last");
	assert_int_equal(eew->items[0].arrival.state, ARRIVAL_PRESUMED);
	assert_int_equal(eew->items[1].arrival.state, ARRIVAL_EXPECTED);
	alert_free(eew);
}

/* The gauges of both lists of a coast are one; an offshore gauge stands under every coast that is
 * estimated from it. */
static void test_points(void **state)
{
	(void)state;
	struct alert *a = sketch_decode("tsunami-info-2-observed");
	assert_int_equal(a->items[0].point_count, 2);
	const struct alert_point *p = &a->items[0].points[0];
	assert_string_equal(p->code, "25002");
	assert_int_equal(p->arrival.state, ARRIVAL_OBSERVED);
	assert_string_equal(p->height, "3.3m以上");
	assert_false(wall_time_is_none(p->high_tide));
	assert_false(wall_time_is_none(p->height_at));
	assert_string_equal(a->items[0].points[1].height, "観測中");
	assert_string_equal(a->items[2].points[0].height, "微弱");
	assert_int_equal(a->items[2].points[0].arrival.state, ARRIVAL_NONE);
	alert_free(a);
	a = sketch_decode("tsunami-offshore");
	assert_string_equal(a->items[0].points[0].name, "福島沖");
	assert_string_equal(a->items[1].points[0].name, "福島沖");
	assert_int_equal(a->items[0].arrival.state, ARRIVAL_PRESUMED);
	alert_free(a);
}

/* Of an assumed source neither place nor size; of any warning neither size nor depth. */
static void test_a_warning_names_no_magnitude(void **state)
{
	(void)state;
	static const char *const files[] = {"eew-1-first", "eew-2-update", "eew-plum"};
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		struct alert *a = sketch_decode(files[i]);
		const char *headline = alert_text_in(&a->headline, "ja");
		assert_int_equal(a->description.count, 0);
		assert_null(strstr(headline, "Ｍ"));
		assert_true((strstr(headline, "福島県沖") == NULL) ==
			    (strcmp(files[i], "eew-plum") == 0));
		assert_false(wall_time_is_none(a->onset));
		alert_free(a);
	}
}

static void test_the_last_report_of_a_forecast_says_so(void **state)
{
	(void)state;
	struct alert *a = sketch_decode("eew-forecast-2-last");
	assert_non_null(strstr(alert_text_in(&a->description, "ja"), "最終報"));
	alert_free(a);
}

/* ---- every type with every InfoType ---- */

static const struct {
	const char *title;
	const char *type;
	const char *ns;
	const char *event;
} types[] = {
	{"緊急地震速報配信テスト", "VXSE42", "seismology1", "20261120143000"},
	{"緊急地震速報（警報）", "VXSE43", "seismology1", "20261120143000"},
	{"緊急地震速報（予報）", "VXSE44", "seismology1", "20261120143000"},
	{"緊急地震速報（地震動予報）", "VXSE45", "seismology1", "20261120143000"},
	{"震度速報", "VXSE51", "seismology1", "20261120143000"},
	{"震源に関する情報", "VXSE52", "seismology1", "20261120143000"},
	{"震源・震度に関する情報", "VXSE53", "seismology1", "20261120143000"},
	{"地震の活動状況等に関する情報", "VXSE56", "seismology1", "20261120143000"},
	{"地震回数に関する情報", "VXSE60", "seismology1", "20261120143000"},
	{"顕著な地震の震源要素更新のお知らせ", "VXSE61", "seismology1", "20261120143000"},
	{"長周期地震動に関する観測情報", "VXSE62", "seismology1", "20261120143000"},
	{"津波警報・注意報・予報a", "VTSE41", "seismology1", "20261120143000"},
	{"津波情報a", "VTSE51", "seismology1", "20261120143000"},
	{"沖合の津波観測に関する情報", "VTSE52", "seismology1", "20261120143000"},
	{"南海トラフ地震臨時情報", "VYSE50", "seismology1", "20261120143000"},
	{"南海トラフ地震関連解説情報", "VYSE51", "seismology1", "20261120143000"},
	{"北海道・三陸沖後発地震注意情報", "VYSE60", "seismology1", "20261120143000"},
	{"地震・津波に関するお知らせ", "VZSE40", "seismology1", "20261120143000"},
	{"火山に関するお知らせ", "VZVO40", "volcanology1", "20261120143000"},
	{"噴火警報・予報", "VFVO50", "volcanology1", "213"},
	{"火山の状況に関する解説情報", "VFVO51", "volcanology1", "213"},
	{"噴火に関する火山観測報", "VFVO52", "volcanology1", "20261120143000_213"},
	{"降灰予報（定時）", "VFVO53", "volcanology1", "213"},
	{"降灰予報（速報）", "VFVO54", "volcanology1", "213"},
	{"降灰予報（詳細）", "VFVO55", "volcanology1", "213"},
	{"噴火速報", "VFVO56", "volcanology1", "20261120143000_213"},
	{"火山現象に関する海上警報・海上予報", "VFSV", "volcanology1", "213"},
};

static struct alert *bare(size_t type, const char *info_type, const char *sent)
{
	char text[4096];
	int n = snprintf(text, sizeof(text),
		"<Report xmlns=\"http://xml.kishou.go.jp/jmaxml1/\"><Control><Title>%s</Title>"
		"<DateTime>2026-11-20T05:33:%sZ</DateTime><Status>通常</Status>"
		"<EditorialOffice>大阪管区気象台</EditorialOffice></Control>"
		"<Head xmlns=\"http://xml.kishou.go.jp/jmaxml1/informationBasis1/\">"
		"<ReportDateTime>2026-11-20T14:33:00+09:00</ReportDateTime><EventID>%s</EventID>"
		"<InfoType>%s</InfoType><Serial>3</Serial></Head>"
		"<Body xmlns=\"http://xml.kishou.go.jp/jmaxml1/body/%s/\"><Text>本文</Text></Body>"
		"</Report>",
		types[type].title, sent, types[type].event, info_type, types[type].ns);
	assert_true(n > 0 && (size_t)n < sizeof(text));
	struct alert *a = NULL;
	struct decode_refusal refusal;
	if (decode_telegram(text, (size_t)n, NULL, &a, &refusal) != 0) {
		fail_msg("%s: %s", types[type].type, refusal.reason);
	}
	return a;
}

/* A correction and a cancel keep identity and serial, come after what they are about, and name it;
 * the backup centre in Osaka writes the same series; a late issue says so. */
static void test_every_type_is_corrected_cancelled_and_late(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		struct alert *issue = bare(i, "発表", "08");
		struct alert *late = bare(i, "遅延", "09");
		struct alert *correction = bare(i, "訂正", "30");
		struct alert *cancel = bare(i, "取消", "50");
		char series[100];
		print_message("%s\n", types[i].type);
		(void)snprintf(series, sizeof(series), "%s/%s", types[i].type, types[i].event);
		assert_string_equal(issue->type, types[i].type);
		assert_string_equal(issue->series, series);
		assert_string_equal(correction->series, series);
		assert_string_equal(cancel->series, series);
		assert_true(strcmp(issue->revision, correction->revision) < 0);
		assert_true(strcmp(correction->revision, cancel->revision) < 0);
		assert_int_equal(late->action, issue->action);
		assert_string_equal(late->warnings[0].code, "late");
		assert_int_equal(correction->action, ALERT_ACTION_CORRECT);
		assert_string_equal(correction->references[0].series, series);
		assert_int_equal(cancel->action, ALERT_ACTION_CANCEL);
		assert_string_equal(cancel->references[0].series, series);
		assert_int_equal(cancel->item_count, 0);
		alert_free(issue);
		alert_free(late);
		alert_free(correction);
		alert_free(cancel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_arrivals),
		cmocka_unit_test(test_points),
		cmocka_unit_test(test_a_warning_names_no_magnitude),
		cmocka_unit_test(test_the_last_report_of_a_forecast_says_so),
		cmocka_unit_test(test_every_type_is_corrected_cancelled_and_late),
	};
	xml_setup();
	return cmocka_run_group_tests_name("jmx_earth", tests, NULL, NULL);
}
