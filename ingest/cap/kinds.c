/* SPDX-License-Identifier: Apache-2.0
 *
 * The mapping tables. An alert whose code is in no table is not lost: it becomes safety.other, and
 * severity, urgency and areas decide.
 */
#include "ingest/cap/kinds.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

struct row {
	const char *from;
	const char *kind;
};

/* Event codes of 47 CFR 11.31 (valueName SAME), as far as they have a counterpart here. */
static const struct row same_codes[] = {
	{.from = "TSW", .kind = "tsunami.warning"},
	{.from = "TSA", .kind = "tsunami.advisory"},
	{.from = "TOR", .kind = "weather.tornado"},
	{.from = "TOA", .kind = "weather.tornado"},
	{.from = "SVR", .kind = "weather.storm"},
	{.from = "EWW", .kind = "weather.storm"},
	{.from = "HUW", .kind = "weather.storm"},
	{.from = "TRW", .kind = "weather.storm"},
	{.from = "TYW", .kind = "weather.storm"},
	{.from = "HWW", .kind = "weather.storm"},
	{.from = "SSW", .kind = "weather.storm_surge"},
	{.from = "CFW", .kind = "weather.storm_surge"},
	{.from = "BZW", .kind = "weather.snowstorm"},
	{.from = "WSW", .kind = "weather.snow"},
	{.from = "SQW", .kind = "weather.snowstorm"},
	{.from = "FFW", .kind = "weather.rain"},
	{.from = "FLW", .kind = "flood.river"},
	{.from = "VOW", .kind = "volcano.info"},
	{.from = "EQW", .kind = "earthquake.info"},
	{.from = "EVI", .kind = "evacuation.order"},
	{.from = "FRW", .kind = "safety.fire"},
	{.from = "LEW", .kind = "safety.crime"},
	{.from = "CAE", .kind = "safety.missing_person"},
	{.from = "MEP", .kind = "safety.missing_person"},
	{.from = "CDW", .kind = "civil.other"},
	{.from = "CEM", .kind = "civil.other"},
	{.from = "EAN", .kind = "civil.other"},
	{.from = "NUW", .kind = "civil.other"},
	{.from = "RHW", .kind = "civil.other"},
};

static const char *const test_codes[] = {"RWT", "RMT", "NPT", "DMO"};

/* Names beyond those of the kind table itself, as the Japan Meteorological Agency, the fire agency
 * and municipalities write them. */
static const struct row event_names[] = {
	{.from = "緊急地震速報", .kind = "eew.warning"},
	{.from = "緊急地震速報(警報)", .kind = "eew.warning"},
	{.from = "緊急地震速報(予報)", .kind = "eew.forecast"},
	{.from = "震度速報", .kind = "earthquake.intensity"},
	{.from = "津波予報", .kind = "tsunami.forecast"},
	{.from = "噴火警報", .kind = "volcano.warning_residential"},
	{.from = "火口周辺警報", .kind = "volcano.warning_crater"},
	{.from = "大雨特別警報", .kind = "weather.rain"},
	{.from = "大雨危険警報", .kind = "weather.rain"},
	{.from = "大雨警報", .kind = "weather.rain"},
	{.from = "大雨注意報", .kind = "weather.rain"},
	{.from = "土砂災害特別警報", .kind = "weather.landslide"},
	{.from = "土砂災害危険警報", .kind = "weather.landslide"},
	{.from = "土砂災害警報", .kind = "weather.landslide"},
	{.from = "土砂災害警戒情報", .kind = "weather.landslide"},
	{.from = "高潮特別警報", .kind = "weather.storm_surge"},
	{.from = "高潮危険警報", .kind = "weather.storm_surge"},
	{.from = "高潮警報", .kind = "weather.storm_surge"},
	{.from = "高潮注意報", .kind = "weather.storm_surge"},
	{.from = "暴風特別警報", .kind = "weather.storm"},
	{.from = "暴風警報", .kind = "weather.storm"},
	{.from = "強風注意報", .kind = "weather.storm"},
	{.from = "暴風雪特別警報", .kind = "weather.snowstorm"},
	{.from = "暴風雪警報", .kind = "weather.snowstorm"},
	{.from = "風雪注意報", .kind = "weather.snowstorm"},
	{.from = "波浪特別警報", .kind = "weather.waves"},
	{.from = "波浪警報", .kind = "weather.waves"},
	{.from = "波浪注意報", .kind = "weather.waves"},
	{.from = "大雪特別警報", .kind = "weather.snow"},
	{.from = "大雪警報", .kind = "weather.snow"},
	{.from = "大雪注意報", .kind = "weather.snow"},
	{.from = "記録的短時間大雨情報", .kind = "weather.record_rain"},
	{.from = "竜巻注意情報", .kind = "weather.tornado"},
	{.from = "熱中症警戒アラート", .kind = "weather.heat"},
	{.from = "熱中症特別警戒アラート", .kind = "weather.heat"},
	{.from = "氾濫発生情報", .kind = "flood.river"},
	{.from = "氾濫危険情報", .kind = "flood.river"},
	{.from = "氾濫警戒情報", .kind = "flood.river"},
	{.from = "氾濫注意情報", .kind = "flood.river"},
	{.from = "警戒レベル3高齢者等避難", .kind = "evacuation.elderly"},
	{.from = "警戒レベル4避難指示", .kind = "evacuation.order"},
	{.from = "警戒レベル5緊急安全確保", .kind = "evacuation.emergency"},
	{.from = "ミサイル発射情報", .kind = "civil.missile"},
	{.from = "弾道ミサイル攻撃に関する情報", .kind = "civil.missile"},
	{.from = "北海道・三陸沖後発地震注意情報", .kind = "hokkaido.caution"},
	{.from = "南海トラフ地震臨時情報(巨大地震警戒)", .kind = "nankai.alert"},
	{.from = "南海トラフ地震臨時情報(巨大地震注意)", .kind = "nankai.caution"},
	{.from = "南海トラフ地震臨時情報(調査中)", .kind = "nankai.investigating"},
};

/* valueName under which a sender may name our kind outright. */
static const char *const own_names[] = {"jp-hansho-kind", "hansho:kind"};

static const struct kind *look_up(const struct row *rows, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(rows[i].from, text) == 0) {
			return kind_find(rows[i].kind);
		}
	}
	return NULL;
}

/* Alarms to staff are the hub's own: nobody outside says them. */
static const struct kind *by_name(const char *name)
{
	return strcmp(name, "system.alarm") == 0 ? NULL : kind_find(name);
}

const struct kind *cap_kind_of_code(const char *value_name, const char *value)
{
	for (size_t i = 0; i < sizeof(own_names) / sizeof(own_names[0]); i++) {
		if (strcasecmp(value_name, own_names[i]) == 0) {
			return by_name(value);
		}
	}
	if (strcasecmp(value_name, "SAME") == 0) {
		return look_up(same_codes, sizeof(same_codes) / sizeof(same_codes[0]), value);
	}
	return NULL;
}

const struct kind *cap_kind_of_event(const char *event)
{
	size_t count;
	const struct kind *kinds = kind_table(&count);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(kinds[i].ja, event) == 0) {
			return by_name(kinds[i].name);
		}
	}
	return look_up(event_names, sizeof(event_names) / sizeof(event_names[0]), event);
}

const struct kind *cap_kind_other(void)
{
	return kind_find("safety.other");
}

bool cap_code_is_test(const char *value_name, const char *value)
{
	if (strcasecmp(value_name, "SAME") != 0) {
		return false;
	}
	for (size_t i = 0; i < sizeof(test_codes) / sizeof(test_codes[0]); i++) {
		if (strcmp(value, test_codes[i]) == 0) {
			return true;
		}
	}
	return false;
}
