/* SPDX-License-Identifier: Apache-2.0
 *
 * Weather telegrams bent in one place: our own samples with one text replaced. What is missing
 * falls back to what is coarser, what is unknown alerts and says so, what is absent is no alert.
 */
#include "base/file.h"
#include "ingest/decode.h"
#include "ingest/xml.h"
#include "tests/cmocka_all.h"
#include "tests/ingest/jmx_sketch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLES SOURCE_DIR "/schemas/samples/jmx/"

/* The sample with every `from` replaced. */
static char *bend(const char *name, const char *from, const char *to)
{
	char path[512];
	char *data = NULL;
	size_t size = 0;
	struct err e = {0};
	(void)snprintf(path, sizeof(path), SAMPLES "%s.xml", name);
	if (file_read(path, XML_SIZE_LIMIT, &data, &size, &e) != 0) {
		fail_msg("%s", e.text);
	}
	struct buf out;
	buf_init(&out, XML_SIZE_LIMIT);
	const char *at = data;
	assert_non_null(strstr(data, from));
	for (const char *found; (found = strstr(at, from)) != NULL; at = found + strlen(from)) {
		(void)buf_addf(&out, "%.*s%s", (int)(found - at), at, to);
	}
	(void)buf_add_text(&out, at);
	char *text = mem_copy_text(buf_text(&out));
	buf_clear(&out);
	free(data);
	return text;
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

static const struct {
	const char *name;
	const char *file;
	const char *from;
	const char *to;
	const char *envelope;
	const char *items;
	const char *warning; /* NULL: none is asked for */
} rows[] = {
	{"tornado without municipalities: the next list", "tornado-1", "竜巻注意情報（市町村等）",
		"竜巻注意情報（その他）", "actual issue VPHW50 VPHW50/070000",
		"weather.tornado 1 moderate L0 none - | 1 jma.forecast:070020\n", NULL},
	{"tornado without any list", "tornado-1", "type=\"竜巻注意情報", "type=\"竜巻",
		"actual issue VPHW50 VPHW50/福島地方気象台",
		"weather.tornado - moderate L0 none - | 1 jma.office:福島地方気象台\n", "no-areas"},
	{"tornado code nobody knows", "tornado-1", "<Code>1</Code>", "<Code>7</Code>",
		"actual issue VPHW50 VPHW50/070000",
		"weather.tornado 7 moderate L0 none - | 1 jma.city:0720400\n", "unknown-code"},
	{"tornado code as the table pads it", "tornado-1", "<Code>1</Code>", "<Code>01</Code>",
		"actual issue VPHW50 VPHW50/070000",
		"weather.tornado 01 moderate L0 none - | 1 jma.city:0720400\n", NULL},
	{"no tornado", "tornado-1", "<Code>1</Code>", "<Code>0</Code>",
		"actual issue VPHW50 VPHW50/070000", "", NULL},
	{"tornado taken back", "tornado-2-more", "発表</InfoType>", "取消</InfoType>",
		"actual cancel VPHW50 VPHW50/070000", "", NULL},
	{"tornado corrected", "tornado-2-more", "発表</InfoType>", "訂正</InfoType>",
		"actual correct VPHW50 VPHW50/070000",
		"weather.tornado 1 moderate L0 none - | 2 jma.city:0720400..jma.city:0754200\n",
		NULL},
	{"tornado late", "tornado-2-more", "発表</InfoType>", "遅延</InfoType>",
		"actual update VPHW50 VPHW50/070000",
		"weather.tornado 1 moderate L0 none - | 2 jma.city:0720400..jma.city:0754200\n",
		"late"},
	{"an exercise", "tornado-2-more", "通常</Status>", "訓練</Status>",
		"exercise update VPHW50 VPHW50/070000",
		"weather.tornado 1 moderate L0 none - | 2 jma.city:0720400..jma.city:0754200\n",
		NULL},
	{"landslide code as the table pads it", "old-landslide-1", "<Code>3</Code>",
		"<Code>03</Code>", "actual issue VXWW50 VXWW50/福島県土砂災害警戒情報",
		"weather.landslide 03 severe L4 none - | 1 jma.city:0720400\n"
		"weather.landslide 00 unknown L0 released - | 2 "
		"jma.city:0754100..jma.city:0754200\n",
		NULL},
	{"landslide code nobody knows", "old-landslide-1", "<Code>3</Code>", "<Code>5</Code>",
		"actual issue VXWW50 VXWW50/福島県土砂災害警戒情報",
		"weather.landslide 5 severe L4 none - | 1 jma.city:0720400\n"
		"weather.landslide 00 unknown L0 released - | 2 "
		"jma.city:0754100..jma.city:0754200\n",
		"unknown-code"},
	{"special warning nobody knows", "old-special-1", "<Code>33</Code>", "<Code>99</Code>",
		"actual issue VPNO50 VPNO50/070000",
		"weather.advisory_other 99 extreme L0 none - | 2 "
		"jma.city:0720400..jma.city:0754100\n",
		"unknown-code"},
	{"special warning without municipalities", "old-special-1", "（市町村等）", "（別）",
		"actual issue VPNO50 VPNO50/070000",
		"weather.rain 33 extreme L5 none - | 1 jma.forecast:070000\n", NULL},
	{"no record rain", "old-record-rain", "<Code>1</Code>", "<Code>0</Code>",
		"actual update VPOA50 VPOA50/JPTC202611202030", "", NULL},
	{"danger with a code that is no number", "outlook", "<Code>31</Code>", "<Code>3x</Code>",
		"actual issue VPWP50 VPWP50/福島地方気象台",
		"weather.info 30 minor L0 none 警報級 | 1 jma.city:0720400\n", NULL},
	{"a region's office nobody knows: everybody's", "bulletin-region", "仙台管区気象台",
		"東北気象台", "actual issue VPCJ51 VPCJ51/JPTB260120@東北気象台",
		"weather.info - minor L0 none - | 0\n", "unknown-office"},
	{"a bulletin without EventID stands alone", "heat", "<EventID>JPTC260007</EventID>",
		"<EventID/>", "actual issue VPFT50 VPFT50/2026-08-01T08:00:00+00:00",
		"weather.heat - minor L0 none - | 1 jma.office:福島地方気象台\n", "missing-event"},
	{"a tag nobody knows", "rainband-near", "線状降水帯直前</Condition>",
		"竜巻発生</Condition>", "actual issue VPBS50 VPBS50/YJPTC202611201955",
		"weather.info 竜巻発生 unknown L0 none - | 1 jma.forecast:070020\n",
		"unknown-code"},
	{"JMA's own examples have no letter", "rainband-near", "YJPTC", "JPTC",
		"actual issue VPBS50 VPBS50/JPTC202611201955",
		"weather.rainband 線状降水帯直前 severe L0 none 直前 | 1 jma.forecast:070020\n",
		NULL},
};

static void test_bent(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		print_message("%s\n", rows[i].name);
		char *text = bend(rows[i].file, rows[i].from, rows[i].to);
		struct alert *a = NULL;
		struct decode_refusal refusal = {0};
		if (decode_telegram(text, strlen(text), NULL, &a, &refusal) != 0) {
			fail_msg("refused %s: %s", refusal.code, refusal.reason);
		}
		struct buf sketch;
		buf_init(&sketch, 1 << 16);
		sketch_envelope(a, &sketch);
		assert_string_equal(buf_text(&sketch), rows[i].envelope);
		buf_reset(&sketch);
		(void)buf_add_text(&sketch, "");
		sketch_items(a, &sketch);
		assert_string_equal(buf_text(&sketch), rows[i].items);
		assert_true(!rows[i].warning || warns(a, rows[i].warning));
		buf_clear(&sketch);
		alert_free(a);
		free(text);
	}
}

static void test_refusals_say_why(void **state)
{
	(void)state;
	static const struct {
		const char *title;
		const char *reason;
	} refused[] = {
		{"水位周知河川に関する情報", "VXSU"},
		{"水位周知河川に関する情報", "postponed"},
		{"生物季節観測", "plants"},
		{"警報級の可能性（明後日以降）", "VPFW60"},
		{"全般海上警報", "no decoder knows the title"},
	};
	for (size_t i = 0; i < COUNT_OF(refused); i++) {
		char title[200];
		(void)snprintf(title, sizeof(title), "<Title>%s</Title>", refused[i].title);
		char *text = bend("heat", "<Title>熱中症警戒アラート</Title>", title);
		struct alert *a = NULL;
		struct decode_refusal refusal = {0};
		assert_int_not_equal(decode_telegram(text, strlen(text), NULL, &a, &refusal), 0);
		assert_string_equal(refusal.code, "not-handled");
		assert_non_null(strstr(refusal.reason, refused[i].reason));
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bent),
		cmocka_unit_test(test_refusals_say_why),
	};
	xml_setup();
	return cmocka_run_group_tests_name("jmx_weather", tests, NULL, NULL);
}
