/* SPDX-License-Identifier: Apache-2.0
 *
 * The project's own telegrams: what each decodes to, line by line.
 */
#include "ingest/xml.h"
#include "tests/cmocka_all.h"
#include "tests/ingest/jmx_sketch.h"

#include <string.h>

struct expectation {
	const char *file;
	const char *envelope;
	const char *items;
};

static const struct expectation expectations[] = {
	{"earthquake", "actual issue VXSE53 VXSE53/20261120143000",
		"earthquake.intensity - severe L0 none 6- | 2 "
		"jma.seismic_area:251..jma.seismic_city:0720900\n"
		"earthquake.intensity - severe L0 none 5+ | 1 jma.seismic_city:0720400\n"
		"earthquake.intensity - severe L0 none 5- | 2 "
		"jma.seismic_city:0721200..jma.seismic_city:0754600\n"
		"earthquake.intensity - severe L0 none 5- | 2 "
		"jma.seismic_area:250..jma.seismic_city:0720100\n"
		"earthquake.intensity - moderate L0 none 4 | 1 jma.seismic_city:0720300\n"
		"earthquake.intensity - moderate L0 none 3 | 2 "
		"jma.seismic_area:252..jma.seismic_city:0720200\n"},
	{"eew-1-first", "actual issue VXSE43 VXSE43/20261120143000",
		"eew.warning 10 severe L0 none 5+ | 1 jma.seismic_area:251\n"
		"eew.warning 10 severe L0 none 4 | 1 jma.seismic_area:220\n"},
	{"eew-2-update", "actual update VXSE43 VXSE43/20261120143000",
		"eew.warning 11 extreme L0 none 6+ | 1 jma.seismic_area:251\n"
		"eew.warning 10 severe L0 none 5- | 1 jma.seismic_area:250\n"
		"eew.warning 19 severe L0 none 5- | 1 jma.seismic_area:220\n"
		"eew.forecast 00 moderate L0 none 4 | 1 jma.seismic_area:252\n"},
	{"eew-3-cancel", "actual cancel VXSE43 VXSE43/20261120143000", ""},
	{"flood-1-level4", "actual update VXKO VXKO/070028000100",
		"flood.river 40 severe L4 none - | 2 jma.river:070028000100..jma.city:0720400\n"},
	{"flood-2-level5-short", "actual update VXKO VXKO/070028000100",
		"flood.river 51 extreme L5 none - | 1 jma.river:070028000100\n"},
	{"flood-3-release", "actual release VXKO VXKO/070028000100",
		"flood.river 10 unknown L0 released - | 1 jma.river:070028000100\n"},
	{"intensity-flash", "actual issue VXSE51 VXSE51/20261120143000",
		"earthquake.intensity - severe L0 none 6- | 1 jma.seismic_area:251\n"
		"earthquake.intensity - severe L0 none 5- | 2 "
		"jma.seismic_area:250..jma.seismic_area:221\n"
		"earthquake.intensity - moderate L0 none 4 | 1 jma.seismic_area:252\n"},
	{"landslide-level4", "actual issue VPWW56 VPWW56/070000",
		"weather.landslide 00 unknown L0 released - | 59 "
		"jma.city:0720100..jma.city:0756400\n"
		"weather.landslide 49 severe L4 raised - | 1 jma.city:0720400\n"
		"weather.landslide 29 minor L2 issued - | 1 jma.city:0754100\n"},
	{"rain-1-level3", "actual issue VPWW55 VPWW55/070000",
		"weather.rain 00 unknown L0 released - | 58 jma.city:0720100..jma.city:0756400\n"
		"weather.rain 03 moderate L3 raised - | 1 jma.city:0720400\n"
		"weather.rain 10 minor L2 issued - | 2 jma.city:0754100..jma.city:0754200\n"},
	{"rain-2-level5", "actual issue VPWW55 VPWW55/070000",
		"weather.rain 00 unknown L0 released - | 58 jma.city:0720100..jma.city:0756400\n"
		"weather.rain 33 extreme L5 raised - | 1 jma.city:0720400\n"
		"weather.rain 43 severe L4 raised - | 1 jma.city:0754100\n"
		"weather.rain 03 moderate L3 raised - | 1 jma.city:0754200\n"},
	{"rain-3-lowered", "actual issue VPWW55 VPWW55/070000",
		"weather.rain 00 unknown L0 released - | 58 jma.city:0720100..jma.city:0756400\n"
		"weather.rain 43 severe L4 lowered - | 1 jma.city:0720400\n"
		"weather.rain 03 moderate L3 lowered - | 1 jma.city:0754100\n"
		"weather.rain 03 moderate L3 continued - | 1 jma.city:0754200\n"},
	{"rain-4-release", "actual release VPWW55 VPWW55/070000",
		"weather.rain 00 unknown L0 released - | 58 jma.city:0720100..jma.city:0756400\n"
		"weather.rain 43 unknown L0 released - | 1 jma.city:0720400\n"
		"weather.rain 03 unknown L0 released - | 2 jma.city:0754100..jma.city:0754200\n"},
	{"rainband", "actual issue VPBS50 VPBS50/HJPTC202611202020",
		"weather.rainband 線状降水帯発生 severe L0 none 発生 | 1 jma.forecast:070020\n"},
	{"record-rain", "actual update VPBS50 VPBS50/KJPTC202611202030",
		"weather.record_rain 記録雨 severe L0 none - | 3 "
		"jma.forecast:070020..jma.city:0754100\n"},
	{"storm-surge-level3", "actual issue VPWW57 VPWW57/070000",
		"weather.storm_surge 00 unknown L0 released - | 59 "
		"jma.city:0720100..jma.city:0756400\n"
		"weather.storm_surge 08 moderate L3 raised - | 2 "
		"jma.city:0720400..jma.surge:0720499\n"
		"weather.storm_surge 19 minor L2 issued - | 1 jma.city:0720900\n"},
	{"storm-two-kinds", "actual issue VPWW58 VPWW58/070000",
		"weather.storm 00 unknown L0 released - | 59 jma.city:0720100..jma.city:0756400\n"
		"weather.snowstorm 00 unknown L0 released - | 59 "
		"jma.city:0720100..jma.city:0756400\n"
		"weather.storm 15 minor L0 continued - | 1 jma.city:0720200\n"
		"weather.snowstorm 13 minor L0 issued - | 1 jma.city:0720200\n"
		"weather.storm 05 moderate L0 raised - | 1 jma.city:0720400\n"
		"weather.snowstorm 13 unknown L0 released - | 1 jma.city:0720800\n"},
	{"tsunami-1-major", "actual issue VTSE41 VTSE41/20261120143000",
		"tsunami.major_warning 53 extreme L0 issued 10m | 1 jma.tsunami:250\n"
		"tsunami.major_warning 53 extreme L0 issued 巨大 | 1 jma.tsunami:220\n"
		"tsunami.warning 51 severe L0 issued 3m | 1 jma.tsunami:300\n"
		"tsunami.advisory 62 moderate L0 issued 1m | 1 jma.tsunami:310\n"
		"tsunami.forecast 71 minor L0 issued - | 1 jma.tsunami:321\n"},
	{"tsunami-2-lowered", "actual issue VTSE41 VTSE41/20261120143000",
		"tsunami.warning 51 severe L0 lowered 3m | 2 jma.tsunami:250..jma.tsunami:220\n"
		"tsunami.advisory 62 moderate L0 lowered 1m | 1 jma.tsunami:300\n"
		"tsunami.advisory 72 unknown L0 released - | 1 jma.tsunami:310\n"
		"tsunami.forecast 71 minor L0 continued - | 1 jma.tsunami:321\n"},
	{"tsunami-3-advisory", "actual issue VTSE41 VTSE41/20261120143000",
		"tsunami.advisory 62 moderate L0 lowered 1m | 2 jma.tsunami:250..jma.tsunami:220\n"
		"tsunami.warning 73 unknown L0 released - | 1 jma.tsunami:300\n"
		"tsunami.forecast 71 minor L0 continued - | 1 jma.tsunami:321\n"},
	{"tsunami-4-release", "actual release VTSE41 VTSE41/20261120143000",
		"tsunami.advisory 72 unknown L0 released - | 1 jma.tsunami:250\n"
		"tsunami.advisory 60 unknown L0 released - | 2 jma.tsunami:220..jma.tsunami:300\n"},
	{"tsunami-cancel", "actual cancel VTSE41 VTSE41/20261120143000", ""},
	{"tsunami-exercise", "exercise issue VTSE41 VTSE41/20261120143000",
		"tsunami.major_warning 53 extreme L0 issued 10m | 1 jma.tsunami:250\n"
		"tsunami.major_warning 53 extreme L0 issued 巨大 | 1 jma.tsunami:220\n"
		"tsunami.warning 51 severe L0 issued 3m | 1 jma.tsunami:300\n"
		"tsunami.advisory 62 moderate L0 issued 1m | 1 jma.tsunami:310\n"
		"tsunami.forecast 71 minor L0 issued - | 1 jma.tsunami:321\n"},
	{"tsunami-test", "test issue VTSE41 VTSE41/20261120143000",
		"tsunami.major_warning 53 extreme L0 issued 10m | 1 jma.tsunami:250\n"
		"tsunami.major_warning 53 extreme L0 issued 巨大 | 1 jma.tsunami:220\n"
		"tsunami.warning 51 severe L0 issued 3m | 1 jma.tsunami:300\n"
		"tsunami.advisory 62 moderate L0 issued 1m | 1 jma.tsunami:310\n"
		"tsunami.forecast 71 minor L0 issued - | 1 jma.tsunami:321\n"},
	{"volcano-1-level5", "actual issue VFVO50 VFVO50/213",
		"volcano.warning_residential 15 extreme L0 raised 噴火警戒レベル5 | 1 "
		"jma.volcano:213\n"
		"volcano.warning_residential 01 extreme L0 raised 噴火警戒レベル5 | 2 "
		"jma.city:0720100..jma.city:0740800\n"
		"volcano.warning_crater 43 severe L0 raised 噴火警戒レベル5 | 1 "
		"jma.city:0740200\n"},
	{"eruption-flash", "actual issue VFVO56 VFVO56/20261120140400_213",
		"volcano.flash 62 extreme L0 none - | 3 jma.city:0740800..jma.volcano:213\n"},
	{"volcano-2-release", "actual release VFVO50 VFVO50/213",
		"volcano.warning_crater 11 unknown L0 released 噴火警戒レベル1 | 1 "
		"jma.volcano:213\n"
		"volcano.warning_crater 04 unknown L0 released 噴火警戒レベル1 | 2 "
		"jma.city:0720100..jma.city:0740800\n"},
	{"tornado-1", "actual issue VPHW50 VPHW50/070000",
		"weather.tornado 1 moderate L0 none - | 1 jma.city:0720400\n"},
	{"tornado-2-more", "actual update VPHW50 VPHW50/070000",
		"weather.tornado 1 moderate L0 none - | 2 jma.city:0720400..jma.city:0754200\n"},
	{"tornado-3-sighting", "actual update VPHW51 VPHW51/070000",
		"weather.tornado 1 severe L0 none 目撃 | 2 jma.city:0720400..jma.city:0754200\n"},
	{"heat", "actual issue VPFT50 VPFT50/JPTC260007@福島地方気象台",
		"weather.heat - minor L0 none - | 1 jma.office:福島地方気象台\n"},
	{"bulletin-prefecture", "actual update VPFJ51 VPFJ51/JPTC260311@福島地方気象台",
		"weather.info - minor L0 none - | 1 jma.office:福島地方気象台\n"},
	{"bulletin-region", "actual issue VPCJ51 VPCJ51/JPTB260120@仙台管区気象台",
		"weather.info - minor L0 none - | 1 jma.region:010200\n"},
	{"bulletin-japan", "actual issue VPZJ51 VPZJ51/JPTA260098@気象庁本庁",
		"weather.info 線状降水帯予測 minor L0 none - | 1 jma.region:010200\n"},
	{"outlook", "actual issue VPWP50 VPWP50/福島地方気象台",
		"weather.info 31 minor L0 none 警戒レベル３相当 | 2 "
		"jma.city:0720400..jma.city:0754200\n"
		"weather.info 30 minor L0 none 警報級 | 1 jma.city:0720400\n"},
	{"advisories", "actual issue VPWW61 VPWW61/070000",
		"weather.advisory_other 14 minor L0 issued - | 1 jma.city:0720400\n"
		"weather.advisory_other 20 minor L0 continued - | 1 jma.city:0720400\n"
		"weather.advisory_other 00 unknown L0 released - | 1 jma.city:0754100\n"
		"weather.advisory_other 21 unknown L0 released - | 1 jma.city:0754200\n"},
	{"old-warning", "actual issue VPWW54 VPWW54/070000",
		"weather.landslide 03 moderate L3 raised - | 1 jma.city:0720400\n"
		"weather.rain 03 moderate L3 raised - | 1 jma.city:0720400\n"
		"flood.river 04 moderate L3 issued - | 1 jma.city:0720400\n"
		"weather.advisory_other 14 minor L0 continued - | 2 "
		"jma.city:0720400..jma.city:0754100\n"
		"weather.storm_surge 00 unknown L0 released - | 3 "
		"jma.city:0720400..jma.city:0754200\n"
		"weather.storm 00 unknown L0 released - | 3 jma.city:0720400..jma.city:0754200\n"
		"weather.snowstorm 00 unknown L0 released - | 3 "
		"jma.city:0720400..jma.city:0754200\n"
		"weather.waves 00 unknown L0 released - | 3 jma.city:0720400..jma.city:0754200\n"
		"weather.snow 00 unknown L0 released - | 3 jma.city:0720400..jma.city:0754200\n"
		"weather.landslide 03 moderate L3 issued - | 1 jma.city:0754100\n"
		"weather.rain 00 unknown L0 released - | 1 jma.city:0754100\n"
		"flood.river 00 unknown L0 released - | 2 jma.city:0754100..jma.city:0754200\n"
		"weather.advisory_other 00 unknown L0 released - | 1 jma.city:0754200\n"
		"weather.rain 10 unknown L0 released - | 1 jma.city:0754200\n"
		"weather.landslide 00 unknown L0 released - | 1 jma.city:0754200\n"},
	{"old-landslide-1", "actual issue VXWW50 VXWW50/福島県土砂災害警戒情報",
		"weather.landslide 3 severe L4 none - | 1 jma.city:0720400\n"
		"weather.landslide 00 unknown L0 released - | 2 "
		"jma.city:0754100..jma.city:0754200\n"},
	{"old-landslide-2-release", "actual release VXWW50 VXWW50/福島県土砂災害警戒情報",
		"weather.landslide 1 unknown L0 released - | 1 jma.city:0720400\n"
		"weather.landslide 00 unknown L0 released - | 2 "
		"jma.city:0754100..jma.city:0754200\n"},
	{"old-special-1", "actual issue VPNO50 VPNO50/070000",
		"weather.rain 33 extreme L5 none - | 2 jma.city:0720400..jma.city:0754100\n"},
	{"old-special-2-switch", "actual issue VPNO50 VPNO50/070000",
		"weather.info 00 minor L0 none - | 1 jma.forecast:070000\n"},
	{"old-record-rain", "actual update VPOA50 VPOA50/JPTC202611202030",
		"weather.record_rain 1 severe L0 none - | 1 jma.forecast:070000\n"},
	{"rainband-near", "actual issue VPBS50 VPBS50/YJPTC202611201955",
		"weather.rainband 線状降水帯直前 severe L0 none 直前 | 1 jma.forecast:070020\n"},
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
		assert_string_equal(buf_text(&text), x->items);
		buf_clear(&text);
		alert_free(a);
	}
}

/* What the hub receives over the link is what was decoded. */
static void test_samples_survive_the_link(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(expectations); i++) {
		struct alert *a = sketch_decode(expectations[i].file);
		json_t *object = alert_to_json(a);
		struct err e = {0};
		struct alert *back = alert_from_json(object, &e);
		json_decref(object);
		if (!back) {
			fail_msg("%s: %s", expectations[i].file, e.text);
		}
		assert_int_equal(back->item_count, a->item_count);
		assert_string_equal(back->revision, a->revision);
		alert_free(back);
		alert_free(a);
	}
}

/* Within a series the revisions rise in the order of the reports. */
static void test_revisions_rise(void **state)
{
	(void)state;
	static const char *const chains[][2] = {
		{"tsunami-1-major", "tsunami-cancel"},
		{"tsunami-cancel", "tsunami-2-lowered"},
		{"tsunami-2-lowered", "tsunami-3-advisory"},
		{"tsunami-3-advisory", "tsunami-4-release"},
		{"eew-1-first", "eew-2-update"},
		{"eew-2-update", "eew-3-cancel"},
		{"rain-1-level3", "rain-2-level5"},
		{"rain-2-level5", "rain-3-lowered"},
		{"rain-3-lowered", "rain-4-release"},
		{"flood-1-level4", "flood-2-level5-short"},
		{"flood-2-level5-short", "flood-3-release"},
		{"tornado-1", "tornado-2-more"},
		{"old-landslide-1", "old-landslide-2-release"},
		{"old-special-1", "old-special-2-switch"},
		{"volcano-1-level5", "volcano-2-release"},
	};
	for (size_t i = 0; i < COUNT_OF(chains); i++) {
		struct alert *first = sketch_decode(chains[i][0]);
		struct alert *second = sketch_decode(chains[i][1]);
		assert_string_equal(first->series, second->series);
		if (strcmp(first->revision, second->revision) >= 0) {
			fail_msg("%s is not before %s", chains[i][0], chains[i][1]);
		}
		alert_free(first);
		alert_free(second);
	}
}

static bool warns(const struct alert *a, const char *code)
{
	for (size_t i = 0; i < a->warning_count; i++) {
		if (strcmp(a->warnings[i].code, code) == 0) {
			return true;
		}
	}
	return false;
}

static void test_texts(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		const char *headline;
		const char *description;
		const char *instruction;
	} rows[] = {
		{"tsunami-1-major", "ただちに避難",
			"福島県：大津波警報：発表 予想高さ10m 20日15時10分", "高台や避難ビルへ"},
		{"tsunami-cancel", "取り消します", "誤りでした", ""},
		{"eew-3-cancel", "取り消します", "誤りでした", ""},
		{"earthquake", "２０日１４時３０分", "震源：福島県沖", ""},
		{"volcano-1-level5", "吾妻山", "福島県福島市：噴火警報：避難等", "市町村の指示"},
		{"record-rain", "いわき市付近", "広野町付近：約１００ミリ", ""},
		{"flood-1-level4", "警戒レベル４相当", "鎌田基準観測所", ""},
		{"heat", "福島県熱中症警戒アラート", "涼しい所で", ""},
		{"bulletin-prefecture", "浜通りでは", "前線が東北地方に近づいています。\n土砂災害",
			""},
		{"bulletin-japan", "線状降水帯", "福島県：２１日未明から朝にかけて", ""},
		{"outlook", "時系列情報", "大雨浸水危険度 警戒レベル３相当：いわき市、楢葉町", ""},
		{"old-warning", "〈レベル４大雨危険警報〉いわき市", "", ""},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct alert *a = sketch_decode(rows[i].file);
		print_message("%s\n", rows[i].file);
		assert_non_null(strstr(alert_text_in(&a->headline, "ja"), rows[i].headline));
		assert_non_null(strstr(alert_text_in(&a->description, "ja"), rows[i].description));
		assert_non_null(strstr(alert_text_in(&a->instruction, "ja"), rows[i].instruction));
		alert_free(a);
	}
}

static void test_warnings_and_times(void **state)
{
	(void)state;
	struct alert *quake = sketch_decode("earthquake");
	assert_true(warns(quake, "intensity-missing"));
	alert_free(quake);
	struct alert *release = sketch_decode("tsunami-4-release");
	char text[WALL_TIME_TEXT_SIZE];
	assert_string_equal(wall_time_format(release->issued, release->offset_minutes, text),
		"2026-11-21T02:00:00+09:00");
	assert_string_equal(wall_time_format(release->sent, 0, text), "2026-11-20T17:00:08+00:00");
	assert_string_equal(
		wall_time_format(release->expires, 540, text), "2026-11-21T12:00:00+09:00");
	struct alert *tornado = sketch_decode("tornado-1");
	assert_string_equal(
		wall_time_format(tornado->expires, 540, text), "2026-11-20T15:10:00+09:00");
	alert_free(tornado);
	assert_string_equal(release->office, "気象庁本庁");
	assert_string_equal(release->sender, "気象庁");
	alert_free(release);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_samples_survive_the_link),
		cmocka_unit_test(test_revisions_rise),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_warnings_and_times),
	};
	xml_setup();
	return cmocka_run_group_tests_name("jmx", tests, NULL, NULL);
}
