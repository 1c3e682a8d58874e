/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/localise.h"

#include "rules/diff.h"
#include "rules/reach.h"
#include "rules/slot.h"

#include <string.h>
#include <strings.h>

enum touch_answer {
	TOUCH_NO,
	TOUCH_CANNOT_TELL, /* no table says where this is */
	TOUCH_COARSE,	   /* a larger area that holds us */
	TOUCH_YES,
	TOUCH_UNKNOWN_CODE, /* not in our profile, but its first five digits are ours */
};

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
	if (strcasecmp(value_name, "ISO 3166-2") == 0 || strcasecmp(value_name, "ISO3166-2") == 0) {
		return by_iso_3166(m, area->code);
	}
	return is_foreign_list(value_name) ? TOUCH_NO : TOUCH_CANNOT_TELL;
}

static enum touch_answer area_touches(struct judgement *j, const struct alert_item *item,
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

static bool is_fine(const struct alert_area *area)
{
	return strcmp(area->system, AREA_JMA_CITY) == 0 ||
	       strcmp(area->system, AREA_JMA_SEISMIC_CITY) == 0 ||
	       strcmp(area->system, AREA_JMA_SEISMIC_AREA) == 0 ||
	       strcmp(area->system, AREA_JMA_RIVER) == 0 ||
	       (strcmp(area->system, AREA_MUNICIPALITY) == 0 &&
		       (strlen(area->code) < 5 || strncmp(area->code + 2, "000", 3) != 0));
}

/* Whether the alert names municipalities for this hazard: then the list decides, not the larger
 * area around it. */
static bool has_fine_areas(const struct alert *a, const struct alert_item *item)
{
	for (size_t i = 0; i < a->item_count; i++) {
		if (strcmp(a->items[i].kind->hazard, item->kind->hazard) != 0) {
			continue;
		}
		for (size_t k = 0; k < a->items[i].area_count; k++) {
			if (is_fine(&a->items[i].areas[k])) {
				return true;
			}
		}
	}
	return false;
}

/* Near a volcano without a list of municipalities: only what concerns people on the ground. */
static bool volcano_code_counts(const struct alert_item *item)
{
	return strcmp(item->kind->hazard, "volcano") == 0 ||
	       strcmp(item->kind->hazard, "volcano.flash") == 0;
}

struct item_answer {
	enum touch_answer answer;
	const struct alert_area *area; /* NULL: the item has none */
};

/* The intensity of our own town is told: that of the worst place of the region is not ours. */
static bool names_our_city(const struct alert *a, const struct municipality *m)
{
	for (size_t i = 0; i < a->item_count; i++) {
		for (size_t k = 0; k < a->items[i].area_count; k++) {
			const struct alert_area *area = &a->items[i].areas[k];
			if (strcmp(area->system, AREA_JMA_SEISMIC_CITY) == 0 &&
				city(m, area->code) != TOUCH_NO) {
				return true;
			}
		}
	}
	return false;
}

static struct item_answer item_touches(
	struct judgement *j, const struct municipality *m, const struct alert_item *item)
{
	struct item_answer best = {TOUCH_NO, NULL};
	size_t cannot_tell = 0;
	bool by_city_only = names_our_city(j->alert, m);
	for (size_t i = 0; i < item->area_count; i++) {
		const struct alert_area *area = &item->areas[i];
		enum touch_answer answer = area_touches(j, item, area, m);
		if (answer == TOUCH_CANNOT_TELL) {
			/* A coast section beside a list of municipalities is in that list. */
			bool in_list = strcmp(area->system, AREA_JMA_SURGE) == 0 &&
				       has_fine_areas(j->alert, item);
			cannot_tell += in_list ? 0 : 1;
			answer = TOUCH_NO;
		}
		if (by_city_only && strcmp(area->system, AREA_JMA_SEISMIC_AREA) == 0) {
			answer = TOUCH_NO;
		}
		if (answer == TOUCH_COARSE &&
			(has_fine_areas(j->alert, item) ||
				(strcmp(area->system, AREA_JMA_VOLCANO) == 0 &&
					!volcano_code_counts(item)))) {
			answer = TOUCH_NO;
		}
		/* An exact code beats one that only looks like ours: no needless alarm. */
		if (answer > best.answer && best.answer != TOUCH_YES) {
			best = (struct item_answer){answer, area};
		} else if (answer == TOUCH_YES) {
			best = (struct item_answer){answer, area};
		}
	}
	if (best.answer == TOUCH_NO && cannot_tell == item->area_count) {
		best.answer = TOUCH_CANNOT_TELL;
	}
	return best;
}

static bool lists_cities(const struct alert_item *item)
{
	for (size_t i = 0; i < item->area_count; i++) {
		if (strcmp(item->areas[i].system, AREA_JMA_RIVER) != 0) {
			return true;
		}
	}
	return false;
}

/* A river telegram that lists no municipality is about those that an earlier one listed. The end
 * and a lower level are for all who heard of the river, whoever is still in the list. */
static bool follows_flood(
	struct judgement *j, const struct view *view, const struct alert_item *item)
{
	if (strcmp(item->kind->hazard, "flood.river") != 0 ||
		j->alert->format != ALERT_FORMAT_JMX) {
		return false;
	}
	const struct state_row *row = diff_find_row(view, slot_of(j, item));
	return diff_is_live(j, row) &&
	       (!lists_cities(item) || slot_ends(j->alert, item) || slot_compare(item, row) < 0);
}

static bool is_nationwide(const struct alert_item *item)
{
	return kind_matches("nankai.*", item->kind->name) ||
	       kind_matches("hokkaido.*", item->kind->name);
}

/* Staff and the receiver in the town hall speak for the town; nobody need look at that. */
static bool guess_needs_eyes(const struct alert *a, const struct alert_item *item)
{
	bool from_outside = a->format == ALERT_FORMAT_CAP || a->format == ALERT_FORMAT_JMX;
	return from_outside && !is_nationwide(item) && item->severity != SEVERITY_MINOR &&
	       strstr(item->kind->name, ".info") == NULL &&
	       !(item->severity == SEVERITY_UNKNOWN && a->format == ALERT_FORMAT_JMX);
}

/* A volcano's name stands in another list than its municipalities. */
static const char *volcano_of(const struct alert *a)
{
	for (size_t i = 0; i < a->item_count; i++) {
		for (size_t k = 0; k < a->items[i].area_count; k++) {
			if (strcmp(a->items[i].areas[k].system, AREA_JMA_VOLCANO) == 0) {
				return a->items[i].areas[k].name;
			}
		}
	}
	return "";
}

static const char *about_of(const struct alert *a, const struct alert_item *item)
{
	for (size_t i = 0; i < item->area_count; i++) {
		if (strcmp(item->areas[i].system, AREA_JMA_RIVER) == 0 ||
			strcmp(item->areas[i].system, AREA_JMA_VOLCANO) == 0) {
			return item->areas[i].name;
		}
	}
	return strcmp(item->kind->hazard, "volcano") == 0 ? volcano_of(a) : "";
}

static void explain(struct judgement *j, const struct municipality *m,
	const struct alert_item *item, struct item_answer found)
{
	const char *area = found.area ? found.area->code : "-";
	const char *name = found.area ? found.area->name : "";
	switch (found.answer) {
	case TOUCH_UNKNOWN_CODE:
		j->decision->alarm = true;
		judgement_trace(j,
			"item %s code %s area %s %s: unknown code of ours (%s); taken as %s",
			item->kind->name, item->code, area, name, m->code, m->name);
		break;
	case TOUCH_CANNOT_TELL:
		if (guess_needs_eyes(j->alert, item)) {
			j->decision->alarm = true;
		}
		judgement_trace(j, "item %s code %s: cannot tell where; taken as %s",
			item->kind->name, item->code, m->name);
		break;
	default:
		judgement_trace(j, "item %s code %s area %s %s touches %s", item->kind->name,
			item->code, area, name, m->name);
	}
}

void localise(struct judgement *j)
{
	for (size_t v = 0; v < j->view_count; v++) {
		struct view *view = &j->views[v];
		for (size_t i = 0; i < j->alert->item_count; i++) {
			const struct alert_item *item = &j->alert->items[i];
			struct item_answer found = item_touches(j, view->municipality, item);
			if (found.answer == TOUCH_NO && follows_flood(j, view, item)) {
				found = (struct item_answer){TOUCH_YES, &item->areas[0]};
			}
			if (found.answer == TOUCH_NO) {
				continue;
			}
			view->listed = true;
			explain(j, view->municipality, item, found);
			struct touch *t = judgement_add(j, (void **)&j->touches, &j->touch_capacity,
				&j->touch_count, sizeof(*t));
			*t = (struct touch){
				.view = view, .item = item, .about = about_of(j->alert, item)};
		}
	}
}
