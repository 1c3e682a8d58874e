/* SPDX-License-Identifier: Apache-2.0
 *
 * Control/Title -> data type. A row with a decode function is taken; a row without is known and
 * refused by its type code, so that the log of a feed says what it was.
 */
#include "ingest/jmx/jmx_private.h"

#include <string.h>

static const char *const rain[] = {"weather.rain", NULL};
static const char *const landslide[] = {"weather.landslide", NULL};
static const char *const storm_surge[] = {"weather.storm_surge", NULL};
static const char *const storm[] = {"weather.storm", "weather.snowstorm", NULL};
static const char *const waves[] = {"weather.waves", NULL};
static const char *const snow[] = {"weather.snow", NULL};
static const char *const other[] = {"weather.advisory_other", NULL};
/* The first is what an unknown code is taken for. */
static const char *const all_hazards[] = {"weather.advisory_other", "weather.rain",
	"weather.landslide", "weather.storm_surge", "weather.storm", "weather.snowstorm",
	"weather.waves", "weather.snow", "flood.river", NULL};

#define WARNING(TITLE, TYPE, KINDS)                                                                \
	{                                                                                          \
		.title = "気象警報・注意報（Ｒ０６）（" TITLE "）", .type = (TYPE),                \
		.decode = jmx_warning, .key = JMX_KEY_OFFICE, .kinds = (KINDS)                     \
	}
#define OLD_WARNING(TITLE, TYPE)                                                                   \
	{                                                                                          \
		.title = (TITLE), .type = (TYPE), .decode = jmx_warning, .key = JMX_KEY_OFFICE,    \
		.kinds = all_hazards                                                               \
	}
#define BULLETIN(TITLE, TYPE)                                                                      \
	{                                                                                          \
		.title = (TITLE), .type = (TYPE), .decode = jmx_bulletin,                          \
		.key = JMX_KEY_EVENT_OFFICE, .serial_first = true                                  \
	}
/* Known, and refused for a reason that staff can read. */
#define UNUSED(TITLE, TYPE, WHY)                                                                   \
	{                                                                                          \
		.title = (TITLE), .type = (TYPE), .why = (WHY)                                     \
	}

static const struct jmx_type types[] = {
	{.title = "津波警報・注意報・予報a", .type = "VTSE41", .decode = jmx_tsunami},
	{.title = "緊急地震速報（警報）",
		.type = "VXSE43",
		.decode = jmx_eew,
		.serial_first = true},
	{.title = "震度速報", .type = "VXSE51", .decode = jmx_intensity},
	{.title = "震源・震度に関する情報",
		.type = "VXSE53",
		.decode = jmx_intensity,
		.serial_first = true},
	WARNING("大雨", "VPWW55", rain),
	WARNING("土砂", "VPWW56", landslide),
	WARNING("高潮", "VPWW57", storm_surge),
	WARNING("暴風", "VPWW58", storm),
	WARNING("波浪", "VPWW59", waves),
	WARNING("大雪", "VPWW60", snow),
	WARNING("その他注意報", "VPWW61", other),
	/* The number of the river office, VXKO50-89, stands only in the name of the file. */
	{.title = "指定河川洪水予報", .type = "VXKO", .decode = jmx_flood},
	{.title = "噴火警報・予報", .type = "VFVO50", .decode = jmx_volcano},
	{.title = "噴火速報", .type = "VFVO56", .decode = jmx_eruption},
	{.title = "緊急地震速報配信テスト",
		.type = "VXSE42",
		.decode = jmx_eew_test,
		.serial_first = true},
	{.title = "緊急地震速報（予報）",
		.type = "VXSE44",
		.decode = jmx_eew_forecast,
		.serial_first = true},
	{.title = "緊急地震速報（地震動予報）",
		.type = "VXSE45",
		.decode = jmx_eew_forecast,
		.serial_first = true},
	{.title = "震源に関する情報", .type = "VXSE52", .decode = jmx_hypocentre},
	{.title = "地震の活動状況等に関する情報", .type = "VXSE56", .decode = jmx_earthquake_text},
	{.title = "地震回数に関する情報",
		.type = "VXSE60",
		.decode = jmx_earthquake_count,
		.serial_first = true},
	{.title = "顕著な地震の震源要素更新のお知らせ", .type = "VXSE61", .decode = jmx_hypocentre},
	{.title = "長周期地震動に関する観測情報",
		.type = "VXSE62",
		.decode = jmx_long_period,
		.serial_first = true},
	{.title = "津波情報a", .type = "VTSE51", .decode = jmx_tsunami_info, .serial_first = true},
	{.title = "沖合の津波観測に関する情報",
		.type = "VTSE52",
		.decode = jmx_tsunami_info,
		.serial_first = true},
	{.title = "南海トラフ地震臨時情報", .type = "VYSE50", .decode = jmx_nankai},
	{.title = "南海トラフ地震関連解説情報",
		.type = "VYSE51/52",
		.decode = jmx_nankai_text,
		.serial_first = true,
		.subtype = jmx_nankai_type},
	{.title = "北海道・三陸沖後発地震注意情報", .type = "VYSE60", .decode = jmx_hokkaido},
	{.title = "地震・津波に関するお知らせ", .type = "VZSE40", .decode = jmx_earthquake_text},
	{.title = "火山に関するお知らせ", .type = "VZVO40", .decode = jmx_volcano_text},
	{.title = "火山の状況に関する解説情報", .type = "VFVO51", .decode = jmx_volcano_info},
	{.title = "噴火に関する火山観測報", .type = "VFVO52", .decode = jmx_volcano_info},
	{.title = "降灰予報（定時）", .type = "VFVO53", .decode = jmx_ash},
	{.title = "降灰予報（速報）", .type = "VFVO54", .decode = jmx_ash},
	{.title = "降灰予報（詳細）", .type = "VFVO55", .decode = jmx_ash},
	{.title = "火山現象に関する海上警報・海上予報", .type = "VFSV", .decode = jmx_volcano_info},
	{.title = "府県気象防災速報",
		.type = "VPBS50",
		.decode = jmx_flash,
		.key = JMX_KEY_PREFIX,
		.serial_first = true},
	UNUSED("推定噴煙流向報", "VFVO60", "the drift of a plume, for aviation"),
	{.title = "気象警報・注意報時系列情報（Ｒ０６）",
		.type = "VPWP50",
		.decode = jmx_outlook,
		.key = JMX_KEY_OFFICE},
	{.title = "竜巻注意情報", .type = "VPHW50", .decode = jmx_tornado, .key = JMX_KEY_OFFICE},
	{.title = "竜巻注意情報（目撃情報付き）",
		.type = "VPHW51",
		.decode = jmx_tornado,
		.key = JMX_KEY_OFFICE},
	BULLETIN("熱中症警戒アラート", "VPFT50"),
	BULLETIN("全般気象情報", "VPZJ50"),
	BULLETIN("全般気象解説情報", "VPZJ51"),
	BULLETIN("地方気象情報", "VPCJ50"),
	BULLETIN("地方気象解説情報", "VPCJ51"),
	BULLETIN("府県気象情報", "VPFJ50"),
	BULLETIN("府県気象解説情報", "VPFJ51"),
	/* Sent beside the set of 2026 for some years; rules/family.c says when they serve. */
	OLD_WARNING("気象特別警報・警報・注意報", "VPWW53"),
	OLD_WARNING("気象警報・注意報（Ｈ２７）", "VPWW54"),
	{.title = "気象特別警報報知",
		.type = "VPNO50",
		.decode = jmx_special_notice,
		.key = JMX_KEY_OFFICE},
	{.title = "土砂災害警戒情報", .type = "VXWW50", .decode = jmx_landslide},
	{.title = "記録的短時間大雨情報",
		.type = "VPOA50",
		.decode = jmx_record_rain,
		.key = JMX_KEY_PREFIX,
		.serial_first = true},
	UNUSED("水位周知河川に関する情報", "VXSU", "JMA has postponed this type"),
	UNUSED("早期天候情報", "VPAW51", "weather of the coming weeks, no warning"),
	UNUSED("警報級の可能性（明日まで）", "VPFD60", "a forecast of the coming days, no warning"),
	UNUSED("警報級の可能性（明後日以降）", "VPFW60",
		"a forecast of the coming days, no warning"),
	UNUSED("全般台風情報", "VPTI50", "ended in 2026"),
	UNUSED("全般台風情報（定型）", "VPTI51", "ended in 2026"),
	UNUSED("生物季節観測", "VGSK55", "an observation of plants and animals"),
};

const struct jmx_type *jmx_type_find(const char *title)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i].title, title) == 0) {
			return &types[i];
		}
	}
	return NULL;
}
