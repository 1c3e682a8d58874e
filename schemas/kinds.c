/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of kinds. Japanese names are those of the JMA code tables and of the Basic Act on
 * Disaster Management; freshness is this project's own judgement (a siren must not sound an
 * earthquake that is over).
 */
#include "schemas/kinds.h"

#include <string.h>

enum { MINUTE = 60 * 1000 };

static const struct kind kinds[] = {
	{"civil.missile", "civil.missile", "disaster", "弾道ミサイル情報", "Ballistic missile",
		15 * MINUTE},
	{"civil.air_attack", "civil.air_attack", "disaster", "航空攻撃情報", "Air attack",
		15 * MINUTE},
	{"civil.guerrilla", "civil.guerrilla", "disaster", "ゲリラ・特殊部隊攻撃情報",
		"Guerrilla attack", 15 * MINUTE},
	{"civil.terror", "civil.terror", "disaster", "大規模テロ情報", "Large-scale terrorism",
		15 * MINUTE},
	{"civil.other", "civil.other", "disaster", "国民保護情報", "Civil protection", 15 * MINUTE},
	{"eew.warning", "eew", "disaster", "緊急地震速報（警報）", "Earthquake Early Warning",
		3 * MINUTE},
	{"eew.forecast", "eew.forecast", "disaster", "緊急地震速報（予報）",
		"Earthquake early forecast", 3 * MINUTE},
	{"earthquake.intensity", "earthquake", "disaster", "震度情報", "Seismic intensity",
		30 * MINUTE},
	{"earthquake.hypocentre", "earthquake.hypocentre", "disaster", "震源情報",
		"Earthquake hypocentre", 30 * MINUTE},
	{"earthquake.long_period", "earthquake.long_period", "disaster", "長周期地震動情報",
		"Long-period ground motion", 30 * MINUTE},
	{"earthquake.count", "earthquake.count", "disaster", "地震回数情報", "Earthquake count",
		60 * MINUTE},
	{"earthquake.info", "earthquake.info", "disaster", "地震情報", "Earthquake information",
		60 * MINUTE},
	{"tsunami.major_warning", "tsunami", "disaster", "大津波警報", "Major Tsunami Warning",
		15 * MINUTE},
	{"tsunami.warning", "tsunami", "disaster", "津波警報", "Tsunami Warning", 15 * MINUTE},
	{"tsunami.advisory", "tsunami", "disaster", "津波注意報", "Tsunami Advisory", 15 * MINUTE},
	{"tsunami.forecast", "tsunami", "disaster", "津波予報（若干の海面変動）",
		"Tsunami Forecast (slight sea level change)", 15 * MINUTE},
	{"tsunami.info", "tsunami.info", "disaster", "津波情報", "Tsunami information",
		15 * MINUTE},
	{"volcano.warning_residential", "volcano", "disaster", "噴火警報（居住地域）",
		"Volcanic Warning (residential areas)", 60 * MINUTE},
	{"volcano.warning_crater", "volcano", "disaster", "噴火警報（火口周辺）",
		"Volcanic Warning (crater area)", 60 * MINUTE},
	{"volcano.forecast", "volcano", "disaster", "噴火予報", "Volcanic forecast", 60 * MINUTE},
	{"volcano.flash", "volcano.flash", "disaster", "噴火速報", "Eruption flash report",
		30 * MINUTE},
	{"volcano.ash", "volcano.ash", "disaster", "降灰予報", "Volcanic ash forecast",
		60 * MINUTE},
	{"volcano.info", "volcano.info", "disaster", "火山情報", "Volcano information",
		60 * MINUTE},
	{"weather.rain", "weather.rain", "disaster", "大雨", "Heavy rain", 60 * MINUTE},
	{"weather.landslide", "weather.landslide", "disaster", "土砂災害", "Landslide",
		60 * MINUTE},
	{"weather.storm_surge", "weather.storm_surge", "disaster", "高潮", "Storm surge",
		60 * MINUTE},
	{"weather.storm", "weather.storm", "disaster", "暴風", "Storm", 60 * MINUTE},
	{"weather.snowstorm", "weather.snowstorm", "disaster", "暴風雪", "Snowstorm", 60 * MINUTE},
	{"weather.waves", "weather.waves", "disaster", "波浪", "High waves", 60 * MINUTE},
	{"weather.snow", "weather.snow", "disaster", "大雪", "Heavy snow", 60 * MINUTE},
	{"weather.advisory_other", "weather.advisory_other", "disaster", "その他の注意報",
		"Other advisory", 60 * MINUTE},
	{"weather.record_rain", "weather.record_rain", "disaster", "記録的短時間大雨",
		"Record-breaking short-term rain", 60 * MINUTE},
	{"weather.rainband", "weather.rainband", "disaster", "線状降水帯", "Linear rainband",
		60 * MINUTE},
	{"weather.heavy_snow_flash", "weather.heavy_snow_flash", "disaster", "顕著な大雪",
		"Significant snowfall", 60 * MINUTE},
	{"weather.tornado", "weather.tornado", "disaster", "竜巻注意", "Tornado watch",
		60 * MINUTE},
	{"weather.heat", "weather.heat", "disaster", "熱中症警戒", "Heat stroke alert",
		24 * 60 * MINUTE},
	{"weather.info", "weather.info", "disaster", "気象情報", "Weather information",
		60 * MINUTE},
	{"flood.river", "flood.river", "disaster", "指定河川洪水予報", "River flood forecast",
		60 * MINUTE},
	{"nankai.alert", "nankai", "disaster", "南海トラフ地震臨時情報（巨大地震警戒）",
		"Nankai Trough: megaquake alert", 120 * MINUTE},
	{"nankai.caution", "nankai", "disaster", "南海トラフ地震臨時情報（巨大地震注意）",
		"Nankai Trough: megaquake caution", 120 * MINUTE},
	{"nankai.investigating", "nankai", "disaster", "南海トラフ地震臨時情報（調査中）",
		"Nankai Trough: under investigation", 120 * MINUTE},
	{"nankai.info", "nankai.info", "disaster", "南海トラフ地震関連解説情報",
		"Nankai Trough information", 120 * MINUTE},
	{"hokkaido.caution", "hokkaido", "disaster", "北海道・三陸沖後発地震注意情報",
		"Hokkaido-Sanriku subsequent earthquake caution", 120 * MINUTE},
	{"evacuation.elderly", "evacuation", "disaster", "高齢者等避難",
		"Evacuation of the elderly", 60 * MINUTE},
	{"evacuation.order", "evacuation", "disaster", "避難指示", "Evacuation order", 60 * MINUTE},
	{"evacuation.emergency", "evacuation", "disaster", "緊急安全確保",
		"Emergency safety measures", 60 * MINUTE},
	{"evacuation.shelter", "evacuation.shelter", "disaster", "避難所情報",
		"Shelter information", 60 * MINUTE},
	{"safety.fire", "safety.fire", "disaster", "火災情報", "Fire", 60 * MINUTE},
	{"safety.crime", "safety.crime", "crime", "防犯情報", "Crime prevention", 60 * MINUTE},
	{"safety.missing_person", "safety.missing_person", "crime", "行方不明者情報",
		"Missing person", 60 * MINUTE},
	{"safety.other", "safety.other", "disaster", "緊急情報", "Emergency information",
		60 * MINUTE},
	{"city.notice", "city.notice", "city", "市からのお知らせ", "City notice", 24 * 60 * MINUTE},
	{"sensor.river_level", "sensor.river_level", "disaster", "河川水位", "River level",
		30 * MINUTE},
	{"sensor.rain", "sensor.rain", "disaster", "雨量", "Rainfall", 30 * MINUTE},
	{"system.canary", "system.canary", "system", "動作確認", "Self test", 15 * MINUTE},
	{"system.alarm", "system.alarm", "system", "職員向け警報", "Alarm to staff", 60 * MINUTE},
};

const struct kind *kind_table(size_t *count)
{
	*count = sizeof(kinds) / sizeof(kinds[0]);
	return kinds;
}

const struct kind *kind_find(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].name, name) == 0) {
			return &kinds[i];
		}
	}
	return NULL;
}

int kind_matches(const char *pattern, const char *name)
{
	size_t size = strlen(pattern);
	if (size > 0 && pattern[size - 1] == '*') {
		return strncmp(pattern, name, size - 1) == 0;
	}
	return strcmp(pattern, name) == 0;
}
