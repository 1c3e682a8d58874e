/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/area.h"

#include "rules/reach.h"

#include <string.h>
#include <strings.h>

static bool has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static enum touch_answer listed(const struct text_list *list, const char *code)
{
	return text_list_has(list, code) ? TOUCH_YES : TOUCH_NO;
}

/* The two seven-digit tables differ in places; a code that either knows is a known one. */
static enum touch_answer city(const struct municipality *m, const char *code)
{
	if (text_list_has(&m->weather, code) || text_list_has(&m->seismic, code)) {
		return TOUCH_YES;
	}
	return m->code[0] && has_prefix(code, m->code) ? TOUCH_UNKNOWN_CODE : TOUCH_NO;
}

static enum touch_answer by_city(const struct municipality *m, const struct alert_area *area)
{
	return city(m, area->code);
}

static enum touch_answer by_forecast(const struct municipality *m, const struct alert_area *area)
{
	return text_list_has(&m->parents, area->code) ? TOUCH_COARSE : TOUCH_NO;
}

static enum touch_answer by_seismic_area(
	const struct municipality *m, const struct alert_area *area)
{
	return listed(&m->seismic_area, area->code);
}

static enum touch_answer by_tsunami(const struct municipality *m, const struct alert_area *area)
{
	return listed(&m->tsunami, area->code);
}

static enum touch_answer by_volcano(const struct municipality *m, const struct alert_area *area)
{
	return text_list_has(&m->volcanoes, area->code) ? TOUCH_COARSE : TOUCH_NO;
}

static enum touch_answer by_river(const struct municipality *m, const struct alert_area *area)
{
	return listed(&m->rivers, area->code);
}

static enum touch_answer by_promotion(const struct municipality *m, const struct alert_area *area)
{
	return listed(&m->promotion, area->code);
}

/* Sea areas are for ships. */
static enum touch_answer by_marine(const struct municipality *m, const struct alert_area *area)
{
	(void)m;
	(void)area;
	return TOUCH_NO;
}

/* 9070: the second and third digits are the prefecture. */
static enum touch_answer by_eew(const struct municipality *m, const struct alert_area *area)
{
	return strlen(area->code) == 4 && strncmp(area->code + 1, m->code, 2) == 0 ? TOUCH_COARSE
										   : TOUCH_NO;
}

/* 全国・地方予報区等 and the prefectures in each (別表第一 of JMA's forecast rules). */
static enum touch_answer by_region(const struct municipality *m, const struct alert_area *area)
{
	static const struct {
		const char *code;
		const char *prefectures;
	} regions[] = {
		{"010100", "01"},
		{"010200", "02 03 04 05 06 07"},
		{"010300", "08 09 10 11 12 13 14 19 20"},
		{"010400", "21 22 23 24"},
		{"010500", "15 16 17 18"},
		{"010600", "25 26 27 28 29 30"},
		{"010700", "31 32 33 34"},
		{"010800", "36 37 38 39"},
		{"010900", "35 40 41 42 43 44"},
		{"011000", "45 46"},
		{"011100", "47"},
	};
	char prefecture[3] = {m->code[0], m->code[0] ? m->code[1] : '\0', '\0'};
	for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
		if (strcmp(regions[i].code, area->code) == 0) {
			return strstr(regions[i].prefectures, prefecture) ? TOUCH_COARSE : TOUCH_NO;
		}
	}
	return strcmp(area->code, "010000") == 0 ? TOUCH_COARSE : TOUCH_CANNOT_TELL;
}

static enum touch_answer by_office(const struct municipality *m, const struct alert_area *area)
{
	return text_list_has(&m->offices, area->code) ? TOUCH_COARSE : TOUCH_NO;
}

/* Five or six digits; 07000 is the whole prefecture. */
static enum touch_answer by_municipality(
	const struct municipality *m, const struct alert_area *area)
{
	if (has_prefix(area->code, m->code)) {
		return TOUCH_YES;
	}
	bool prefecture = strlen(area->code) >= 5 && strncmp(area->code + 2, "000", 3) == 0;
	return prefecture && strncmp(area->code, m->code, 2) == 0 ? TOUCH_COARSE : TOUCH_NO;
}

static const struct {
	const char *system;
	enum touch_answer (*touches)(const struct municipality *m, const struct alert_area *area);
} systems[] = {
	{AREA_JMA_CITY, by_city},
	{AREA_JMA_FORECAST, by_forecast},
	{AREA_JMA_SEISMIC_CITY, by_city},
	{AREA_JMA_SEISMIC_AREA, by_seismic_area},
	{AREA_JMA_EEW, by_eew},
	{AREA_JMA_TSUNAMI, by_tsunami},
	{AREA_JMA_VOLCANO, by_volcano},
	{AREA_JMA_RIVER, by_river},
	{AREA_JMA_MARINE, by_marine},
	{AREA_PROMOTION, by_promotion},
	{AREA_JMA_REGION, by_region},
	{AREA_JMA_OFFICE, by_office},
	{AREA_MUNICIPALITY, by_municipality},
};

static enum touch_answer by_shape(struct judgement *j, const struct alert_item *item,
	const struct alert_area *area, const struct municipality *m)
{
	static const enum touch_answer answers[] = {[GEO_CANNOT_TELL] = TOUCH_CANNOT_TELL,
		[GEO_APART] = TOUCH_NO,
		[GEO_MEET] = TOUCH_YES};
	return answers[reach_municipality(j, item, area, m)];
}

/* Code lists of other countries: nothing in them is ours (CAP reference, section 5). */
static const char *const foreign_lists[] = {"SAME", "UGC", "FIPS6", "FIPS", "EMMA_ID", "NUTS1",
	"NUTS2", "NUTS3", "WARNCELLID", "ARS", "AGS", "CLC", "AMOC-AreaCode", "HASC"};
static const char canadian_list[] = "profile:CAP-CP:Location:";

static bool is_foreign_list(const char *value_name)
{
	for (size_t i = 0; i < sizeof(foreign_lists) / sizeof(foreign_lists[0]); i++) {
		if (strcasecmp(foreign_lists[i], value_name) == 0) {
			return true;
		}
	}
	return strncasecmp(value_name, canadian_list, strlen(canadian_list)) == 0;
}

/* "JP-07": the prefecture; any other country is not ours. */
static enum touch_answer by_iso_3166(const struct municipality *m, const char *code)
{
	if (strncasecmp(code, "JP", 2) != 0) {
		return TOUCH_NO;
	}
	bool ours = code[2] == '\0' || (code[2] == '-' && strncmp(code + 3, m->code, 2) == 0);
	return ours ? TOUCH_COARSE : TOUCH_NO;
}

static enum touch_answer by_geocode(const struct municipality *m, const struct alert_area *area)
{
	const char *value_name = area->system + strlen(AREA_CAP_PREFIX);
	if (strcasestr(value_name, "ISO 3166-2") || strcasestr(value_name, "ISO3166-2")) {
		return by_iso_3166(m, area->code);
	}
	return is_foreign_list(value_name) ? TOUCH_NO : TOUCH_CANNOT_TELL;
}

enum touch_answer area_touches(struct judgement *j, const struct alert_item *item,
	const struct alert_area *area, const struct municipality *m)
{
	if (area->polygon[0] || area->circle[0]) {
		return by_shape(j, item, area, m);
	}
	if (strcmp(area->system, AREA_DISTRICT) == 0) {
		return j->config->municipality_count == 1 || has_prefix(area->code, m->code)
			       ? TOUCH_YES
			       : TOUCH_NO;
	}
	if (has_prefix(area->system, AREA_CAP_PREFIX)) {
		return by_geocode(m, area);
	}
	for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++) {
		if (strcmp(systems[i].system, area->system) == 0) {
			return systems[i].touches(m, area);
		}
	}
	return TOUCH_CANNOT_TELL;
}

bool area_is_city(const struct municipality *m, const char *code)
{
	return city(m, code) != TOUCH_NO;
}
