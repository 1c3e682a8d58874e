/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/localise.h"

#include "rules/area.h"
#include "rules/diff.h"
#include "rules/slot.h"

#include <string.h>

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
	       strcmp(item->kind->hazard, "volcano.flash") == 0 ||
	       strcmp(item->kind->hazard, "volcano.info") == 0;
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
				area_is_city(m, area->code)) {
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

static bool row_is_of(const struct state_row *row, const char *hazard)
{
	size_t size = strlen(hazard);
	return strncmp(row->slot, hazard, size) == 0 &&
	       (row->slot[size] == '\0' || row->slot[size] == '/');
}

static bool shares_event(const struct judgement *j, const struct state_row *row)
{
	return slot_share_event(j->alert->events, row->event);
}

static bool names_volcano(const struct judgement *j, const struct state_row *row)
{
	for (size_t i = 0; i < j->alert->item_count; i++) {
		const struct alert_item *item = &j->alert->items[i];
		for (size_t k = 0; k < item->area_count; k++) {
			const struct alert_area *area = &item->areas[k];
			if (strcmp(area->system, AREA_JMA_VOLCANO) == 0 &&
				strcmp(row->slot + strlen("volcano/"), area->code) == 0) {
				return true;
			}
		}
	}
	return false;
}

static bool any(const struct judgement *j, const struct state_row *row)
{
	(void)j;
	(void)row;
	return true;
}

/* What comes after: it names no municipality, and concerns those for whom something is in force
 * that it is about. */
static const struct follower {
	const char *kind;
	const char *hazard; /* of the row */
	bool (*fits)(const struct judgement *j, const struct state_row *row);
} followers[] = {
	{"earthquake.hypocentre", "earthquake", shares_event},
	{"earthquake.hypocentre", "eew", shares_event},
	{"tsunami.info", "tsunami", any},
	{"volcano.info", "volcano", names_volcano},
};

static bool follows(
	const struct judgement *j, const struct view *view, const struct alert_item *item)
{
	bool has_coasts = strcmp(item->kind->name, "tsunami.info") == 0 && item->area_count > 0;
	if (has_coasts || j->alert->format != ALERT_FORMAT_JMX) {
		return false;
	}
	for (size_t i = 0; i < sizeof(followers) / sizeof(followers[0]); i++) {
		const struct follower *f = &followers[i];
		for (size_t r = 0; r < view->row_count; r++) {
			const struct state_row *row = &view->rows[r];
			if (strcmp(f->kind, item->kind->name) == 0 && row_is_of(row, f->hazard) &&
				diff_is_live(j, row) && f->fits(j, row)) {
				return true;
			}
		}
	}
	return false;
}

/* Without an area these are not for everybody: they wait for something to follow, or are for
 * machines that look for their own area. */
static bool needs_area(const struct alert *a, const struct alert_item *item)
{
	static const char *const kinds[] = {
		"earthquake.hypocentre", "tsunami.info", "eew.forecast"};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (a->format == ALERT_FORMAT_JMX && strcmp(kinds[i], item->kind->name) == 0) {
			return true;
		}
	}
	return false;
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

const char *rules_how_name(enum rules_how how)
{
	static const char *const names[] = {
		[RULES_HOW_EXACT] = "exact",
		[RULES_HOW_AROUND] = "around",
		[RULES_HOW_GUESSED] = "guessed",
	};
	return names[how];
}

static void note(struct judgement *j, const struct municipality *m, const struct alert_item *item,
	struct item_answer found)
{
	struct rules_decision *d = j->decision;
	struct rules_touch *t = judgement_add(
		j, (void **)&d->touches, &j->told_touch_capacity, &d->touch_count, sizeof(*t));
	*t = (struct rules_touch){.municipality = m->code,
		.item = item,
		.area = found.area,
		.how = found.answer == TOUCH_YES      ? RULES_HOW_EXACT
		       : found.answer == TOUCH_COARSE ? RULES_HOW_AROUND
						      : RULES_HOW_GUESSED};
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
			if (found.answer == TOUCH_CANNOT_TELL && needs_area(j->alert, item)) {
				found.answer = TOUCH_NO;
			}
			if (found.answer == TOUCH_NO && follows_flood(j, view, item)) {
				found = (struct item_answer){TOUCH_YES, &item->areas[0]};
			} else if (found.answer == TOUCH_NO && follows(j, view, item)) {
				found = (struct item_answer){TOUCH_COARSE, NULL};
			}
			if (found.answer == TOUCH_NO) {
				continue;
			}
			view->listed = true;
			note(j, view->municipality, item, found);
			explain(j, view->municipality, item, found);
			struct touch *t = judgement_add(j, (void **)&j->touches, &j->touch_capacity,
				&j->touch_count, sizeof(*t));
			*t = (struct touch){
				.view = view, .item = item, .about = about_of(j->alert, item)};
		}
	}
}
