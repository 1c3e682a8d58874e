/* SPDX-License-Identifier: Apache-2.0
 *
 * Facts of JMA's tables as of 2026-05-28, with the severity this project gives them: level 5,
 * 特別警報 and 大津波警報 extreme; level 4 and 津波警報 severe; level 3 and warnings without a
 * level moderate; advisories minor.
 */
#include "ingest/jmx/codes.h"

#include <stddef.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct jmx_code weather_codes[] = {
	{"33", "weather.rain", SEVERITY_EXTREME, 5},
	{"43", "weather.rain", SEVERITY_SEVERE, 4},
	{"03", "weather.rain", SEVERITY_MODERATE, 3},
	{"10", "weather.rain", SEVERITY_MINOR, 2},
	{"39", "weather.landslide", SEVERITY_EXTREME, 5},
	{"49", "weather.landslide", SEVERITY_SEVERE, 4},
	{"09", "weather.landslide", SEVERITY_MODERATE, 3},
	{"29", "weather.landslide", SEVERITY_MINOR, 2},
	{"38", "weather.storm_surge", SEVERITY_EXTREME, 5},
	{"48", "weather.storm_surge", SEVERITY_SEVERE, 4},
	{"08", "weather.storm_surge", SEVERITY_MODERATE, 3},
	{"19", "weather.storm_surge", SEVERITY_MINOR, 2},
	{"35", "weather.storm", SEVERITY_EXTREME, 0},
	{"05", "weather.storm", SEVERITY_MODERATE, 0},
	{"15", "weather.storm", SEVERITY_MINOR, 0},
	{"32", "weather.snowstorm", SEVERITY_EXTREME, 0},
	{"02", "weather.snowstorm", SEVERITY_MODERATE, 0},
	{"13", "weather.snowstorm", SEVERITY_MINOR, 0},
	{"37", "weather.waves", SEVERITY_EXTREME, 0},
	{"07", "weather.waves", SEVERITY_MODERATE, 0},
	{"16", "weather.waves", SEVERITY_MINOR, 0},
	{"36", "weather.snow", SEVERITY_EXTREME, 0},
	{"06", "weather.snow", SEVERITY_MODERATE, 0},
	{"12", "weather.snow", SEVERITY_MINOR, 0},
	/* Floods by municipality, abolished in 2026: in VPWW53 and VPWW54 they stand for any VXKO
	 * of level 3 to 5, and level 2. */
	{"04", "flood.river", SEVERITY_MODERATE, 3},
	{"18", "flood.river", SEVERITY_MINOR, 2},
	{"14", "weather.advisory_other", SEVERITY_MINOR, 0},
	{"17", "weather.advisory_other", SEVERITY_MINOR, 0},
	{"20", "weather.advisory_other", SEVERITY_MINOR, 0},
	{"21", "weather.advisory_other", SEVERITY_MINOR, 0},
	{"22", "weather.advisory_other", SEVERITY_MINOR, 0},
	{"23", "weather.advisory_other", SEVERITY_MINOR, 0},
	{"24", "weather.advisory_other", SEVERITY_MINOR, 0},
	{"25", "weather.advisory_other", SEVERITY_MINOR, 0},
	{"26", "weather.advisory_other", SEVERITY_MINOR, 0},
	{"27", "weather.advisory_other", SEVERITY_MINOR, 0},
};

static const struct jmx_code tsunami_codes[] = {
	{"52", "tsunami.major_warning", SEVERITY_EXTREME, 0},
	{"53", "tsunami.major_warning", SEVERITY_EXTREME, 0},
	{"51", "tsunami.warning", SEVERITY_SEVERE, 0},
	{"62", "tsunami.advisory", SEVERITY_MODERATE, 0},
	{"71", "tsunami.forecast", SEVERITY_MINOR, 0},
	{"72", "tsunami.forecast", SEVERITY_MINOR, 0},
	{"73", "tsunami.forecast", SEVERITY_MINOR, 0},
};

static const struct jmx_code flood_codes[] = {
	{"20", "flood.river", SEVERITY_MINOR, 2},
	{"21", "flood.river", SEVERITY_MINOR, 2},
	{"22", "flood.river", SEVERITY_MINOR, 2},
	{"30", "flood.river", SEVERITY_MODERATE, 3},
	{"31", "flood.river", SEVERITY_MODERATE, 3},
	{"40", "flood.river", SEVERITY_SEVERE, 4},
	{"41", "flood.river", SEVERITY_SEVERE, 4},
	{"51", "flood.river", SEVERITY_EXTREME, 5},
	{"53", "flood.river", SEVERITY_EXTREME, 5},
};

/* The volcanic alert level is not a 警戒レベル: it goes into the item's value. */
static const struct jmx_code volcano_codes[] = {
	/* 対象市町村等 */
	{"01", "volcano.warning_residential", SEVERITY_EXTREME, 0},
	{"02", "volcano.warning_crater", SEVERITY_MODERATE, 0},
	{"03", "volcano.warning_crater", SEVERITY_MODERATE, 0},
	{"04", "volcano.forecast", SEVERITY_MINOR, 0},
	{"05", "volcano.forecast", SEVERITY_MINOR, 0},
	/* 対象火山, with levels 1 to 5 */
	{"11", "volcano.forecast", SEVERITY_MINOR, 0},
	{"12", "volcano.warning_crater", SEVERITY_MODERATE, 0},
	{"13", "volcano.warning_crater", SEVERITY_SEVERE, 0},
	{"14", "volcano.warning_residential", SEVERITY_EXTREME, 0},
	{"15", "volcano.warning_residential", SEVERITY_EXTREME, 0},
	/* 対象火山, without levels */
	{"21", "volcano.forecast", SEVERITY_MINOR, 0},
	{"22", "volcano.warning_crater", SEVERITY_MODERATE, 0},
	{"23", "volcano.warning_crater", SEVERITY_SEVERE, 0},
	{"24", "volcano.warning_crater", SEVERITY_SEVERE, 0},
	{"25", "volcano.warning_residential", SEVERITY_EXTREME, 0},
	{"35", "volcano.forecast", SEVERITY_MINOR, 0},
	{"36", "volcano.warning_crater", SEVERITY_MODERATE, 0},
	/* 対象市町村の防災対応等 */
	{"41", "volcano.warning_residential", SEVERITY_EXTREME, 0},
	{"42", "volcano.warning_crater", SEVERITY_SEVERE, 0},
	{"43", "volcano.warning_crater", SEVERITY_SEVERE, 0},
	{"44", "volcano.warning_crater", SEVERITY_MODERATE, 0},
	{"45", "volcano.forecast", SEVERITY_MINOR, 0},
	{"46", "volcano.warning_residential", SEVERITY_EXTREME, 0},
	{"47", "volcano.warning_crater", SEVERITY_SEVERE, 0},
	{"48", "volcano.warning_crater", SEVERITY_MODERATE, 0},
	{"49", "volcano.warning_crater", SEVERITY_MODERATE, 0},
};

static const struct jmx_code flash_tags[] = {
	{"記録雨", "weather.record_rain", SEVERITY_SEVERE, 0},
	{"線状降水帯発生", "weather.rainband", SEVERITY_SEVERE, 0},
	{"線状降水帯直前", "weather.rainband", SEVERITY_SEVERE, 0},
	{"顕著な大雪", "weather.heavy_snow_flash", SEVERITY_MODERATE, 0},
};

static const char *skip_zeros(const char *code)
{
	while (code[0] == '0' && code[1]) {
		code++;
	}
	return code;
}

bool jmx_code_equal(const char *a, const char *b)
{
	return strcmp(skip_zeros(a), skip_zeros(b)) == 0;
}

static const struct jmx_code *find(const struct jmx_code *table, size_t count, const char *code)
{
	for (size_t i = 0; i < count; i++) {
		if (jmx_code_equal(table[i].code, code)) {
			return &table[i];
		}
	}
	return NULL;
}

const struct jmx_code *jmx_weather_code(const char *code)
{
	return find(weather_codes, COUNT(weather_codes), code);
}

const struct jmx_code *jmx_tsunami_code(const char *code)
{
	return find(tsunami_codes, COUNT(tsunami_codes), code);
}

const struct jmx_code *jmx_flood_code(const char *code)
{
	return find(flood_codes, COUNT(flood_codes), code);
}

const struct jmx_code *jmx_volcano_code(const char *code)
{
	return find(volcano_codes, COUNT(volcano_codes), code);
}

const struct jmx_code *jmx_flash_tag(const char *tag)
{
	return find(flash_tags, COUNT(flash_tags), tag);
}

bool jmx_tsunami_ends(const char *code)
{
	static const char *const ends[] = {"00", "50", "60", "72", "73"};
	for (size_t i = 0; i < COUNT(ends); i++) {
		if (jmx_code_equal(ends[i], code)) {
			return true;
		}
	}
	return false;
}

int jmx_significancy_level(const char *code)
{
	static const struct {
		const char *code;
		int level;
	} levels[] = {{"51", 5}, {"41", 4}, {"31", 3}, {"22", 2}, {"21", 2}};
	for (size_t i = 0; i < COUNT(levels); i++) {
		if (strcmp(levels[i].code, code) == 0) {
			return levels[i].level;
		}
	}
	return 0;
}

enum severity jmx_level_severity(int level)
{
	static const enum severity severities[] = {SEVERITY_UNKNOWN, SEVERITY_MINOR, SEVERITY_MINOR,
		SEVERITY_MODERATE, SEVERITY_SEVERE, SEVERITY_EXTREME};
	return level > 0 && level <= 5 ? severities[level] : SEVERITY_UNKNOWN;
}

int jmx_intensity_rank(const char *intensity)
{
	static const char *const scale[] = {"0", "1", "2", "3", "4", "5-", "5+", "6-", "6+", "7"};
	for (size_t i = 0; i < COUNT(scale); i++) {
		if (strcmp(scale[i], intensity) == 0) {
			return (int)i;
		}
	}
	return -1;
}

enum severity jmx_intensity_severity(int rank)
{
	if (rank >= JMX_INTENSITY_5_LOWER) {
		return SEVERITY_SEVERE;
	}
	return rank >= 3 ? SEVERITY_MODERATE : SEVERITY_MINOR;
}
