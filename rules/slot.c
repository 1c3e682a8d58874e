/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/slot.h"

#include <stdlib.h>
#include <string.h>

static const char *const info_kinds[] = {"eew.forecast", "earthquake.hypocentre",
	"earthquake.count", "earthquake.info", "tsunami.info", "volcano.ash", "volcano.info",
	"weather.info", "nankai.info", "evacuation.shelter", "city.notice", "safety.*", "sensor.*",
	"system.*"};

/* These have no end of their own when a public authority tells them, but staff may withdraw or
 * update what they said: from CAP and JSON they are rows like all others. */
static const char *const staff_kinds[] = {
	"evacuation.shelter", "city.notice", "safety.*", "sensor.*", "system.*"};

static bool any_matches(const char *const *patterns, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (kind_matches(patterns[i], name)) {
			return true;
		}
	}
	return false;
}

bool slot_is_info(const struct alert *a, const struct alert_item *item)
{
	const char *name = item->kind->name;
	if (a->format != ALERT_FORMAT_JMX &&
		any_matches(staff_kinds, sizeof(staff_kinds) / sizeof(staff_kinds[0]), name)) {
		return false;
	}
	return any_matches(info_kinds, sizeof(info_kinds) / sizeof(info_kinds[0]), name) ||
	       a->action == ALERT_ACTION_INFO;
}

bool slot_is_told(const struct alert *a, const struct alert_item *item)
{
	return a->format == ALERT_FORMAT_JMX &&
	       any_matches(
		       info_kinds, sizeof(info_kinds) / sizeof(info_kinds[0]), item->kind->name);
}

static bool is_tsunami_end(const struct alert_item *item)
{
	static const char *const codes[] = {"50", "60", "00", "71", "72", "73"};
	if (strcmp(item->kind->name, "tsunami.forecast") == 0) {
		return true;
	}
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (strcmp(codes[i], item->code) == 0) {
			return true;
		}
	}
	return false;
}

bool slot_is_none(const struct judgement *j, const struct alert_item *item)
{
	return j->family->shape == FAMILY_FULL_STATE &&
	       (strcmp(item->code, "00") == 0 || strcmp(item->code, "0") == 0);
}

bool slot_ends(const struct alert *a, const struct alert_item *item)
{
	if (item->transition == TRANSITION_RELEASED || a->action == ALERT_ACTION_RELEASE) {
		return true;
	}
	if (strcmp(item->kind->hazard, "tsunami") == 0 && a->format == ALERT_FORMAT_JMX) {
		return is_tsunami_end(item);
	}
	return strcmp(item->kind->name, "volcano.forecast") == 0 ||
	       strcmp(item->kind->name, "tsunami.forecast") == 0;
}

static const char *area_code(const struct alert_item *item, const char *system)
{
	for (size_t i = 0; i < item->area_count; i++) {
		if (strcmp(item->areas[i].system, system) == 0) {
			return item->areas[i].code;
		}
	}
	return "";
}

static const char *area_code_anywhere(
	const struct alert *a, const struct alert_item *item, const char *system)
{
	const char *code = area_code(item, system);
	for (size_t i = 0; code[0] == '\0' && i < a->item_count; i++) {
		code = area_code(&a->items[i], system);
	}
	return code;
}

/* "JPTK202608221709_202608221717": the part before the line names the event, the rest the report.
 * VPBS50 puts a letter for what it is about before it ("KJPTK..."), which VPOA50 about the same
 * record rain and JMA's own examples do not have. */
static const char *event_key(struct judgement *j, const char *hazard)
{
	const char *event = judgement_first_word(j, j->alert->events);
	if (strcmp(hazard, "weather.record_rain") == 0 && strncmp(event, "KJP", 3) == 0) {
		event++;
	}
	const char *line = strrchr(event, '_');
	if (line && line > event) {
		return pool_copy(j->pool, event, (size_t)(line - event));
	}
	return event[0] ? event : j->alert->series;
}

static const char *named(
	struct judgement *j, const char *hazard, const char *first, const char *second)
{
	return pool_printf(j->pool, "%s/%s", hazard, first[0] ? first : second);
}

/* Floods of the old warnings: "070000" of "VPWW54/070000", for VPWW53 says them too. */
static const char *series_key(const struct alert *a)
{
	const char *line = strchr(a->series, '/');
	bool warning = strncmp(a->type, "VPWW", 4) == 0;
	return warning && line && line[1] ? line + 1 : a->series;
}

const char *slot_of(struct judgement *j, const struct alert_item *item)
{
	const struct alert *a = j->alert;
	const char *hazard = item->kind->hazard;
	const char *event = judgement_first_word(j, a->events);
	if (!alert_is_public(a)) {
		return pool_printf(j->pool, "%s%s/%s", SLOT_CLOSED, hazard, a->series);
	}
	if (slot_is_info(a, item)) {
		/* Offices number their bulletins each for itself: an EventID alone is not one. */
		bool bulletin = strcmp(hazard, "weather.info") == 0;
		return named(j, hazard, bulletin ? a->series : event, a->series);
	}
	if (strcmp(hazard, "tsunami") == 0) {
		return hazard;
	}
	if (j->family->shape == FAMILY_CHAIN) {
		return named(j, hazard, a->series, "");
	}
	if (strcmp(hazard, "nankai") == 0) {
		return hazard; /* each bulletin has an EventID of its own */
	}
	if (strcmp(hazard, "volcano") == 0) {
		const char *code = area_code_anywhere(a, item, AREA_JMA_VOLCANO);
		return named(j, hazard, code, event[0] ? event : a->series);
	}
	if (strcmp(hazard, "flood.river") == 0) {
		const char *code = area_code(item, AREA_JMA_RIVER);
		return named(j, hazard, code, event[0] ? event : series_key(a));
	}
	if (strcmp(hazard, "weather.advisory_other") == 0) {
		return named(j, hazard, item->code, "-");
	}
	if (j->family->shape == FAMILY_FULL_STATE || j->family->by_office) {
		return hazard;
	}
	return named(j, hazard, event_key(j, hazard), "");
}

const char *slot_of_news(struct judgement *j, const struct alert_item *item)
{
	return named(
		j, item->kind->name, judgement_first_word(j, j->alert->events), j->alert->series);
}

/* A volcano's EventID is its code for ever, a river's that of the river. */
static bool names_one_happening(const struct judgement *j, const char *event, const char *hazard)
{
	return strlen(event) > 3 && strcmp(hazard, "volcano") != 0 &&
	       strcmp(hazard, "flood.river") != 0 && j->family->shape != FAMILY_FULL_STATE;
}

const char *slot_thread(struct judgement *j, const struct alert_item *item, const char *slot)
{
	const char *event = judgement_first_word(j, j->alert->events);
	const char *hazard = item->kind->hazard;
	bool whole = strcmp(slot, "tsunami") == 0 || strcmp(slot, "nankai") == 0;
	if (whole) {
		return named(j, slot, event, j->id);
	}
	bool own = j->family->shape == FAMILY_CHAIN || names_one_happening(j, event, hazard);
	return own ? slot : named(j, slot, j->id, "");
}

const char *slot_seen(struct judgement *j, size_t n)
{
	const struct alert *a = j->alert;
	if (j->family->shape != FAMILY_TSUNAMI || a->events[0] == '\0') {
		return n == 0 ? pool_printf(j->pool, "seen/%s/%s", a->type, a->series) : NULL;
	}
	const char *at = a->events + strspn(a->events, " ");
	for (size_t i = 0; i < n && *at; i++) {
		at += strcspn(at, " ");
		at += strspn(at, " ");
	}
	return *at && n < SLOT_SEEN_MAX ? pool_printf(j->pool, "seen/%s/%s/%.*s", a->type, a->type,
						  (int)strcspn(at, " "), at)
					: NULL;
}

int slot_intensity(const char *text)
{
	static const char *const values[] = {"0", "1", "2", "3", "4", "5-", "5+", "6-", "6+", "7"};
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		if (strcmp(values[i], text) == 0) {
			return (int)i;
		}
	}
	return 0;
}

/* Decimetres of "5m", "10m", "10m超"; 0: no number ("巨大"). */
static long height_of(const char *value)
{
	char *end;
	double metres = strtod(value, &end);
	if (end == value || *end != 'm' || metres <= 0 || metres > 1000) {
		return 0;
	}
	return (long)(metres * 10) + (strcmp(end, "m超") == 0 ? 1 : 0);
}

/* The digit of "噴火警戒レベル4"; 0: a volcano without levels. */
int slot_volcano_level(const char *value)
{
	static const char words[] = "噴火警戒レベル";
	size_t size = sizeof(words) - 1;
	bool level = strncmp(value, words, size) == 0 && value[size] >= '1' && value[size] <= '5';
	return level ? value[size] - '0' : 0;
}

/* Within one kind. Tsunami heights only grow: a lower estimate is no news for a siren. */
static int compare_values(const char *hazard, const char *value, const char *value_b)
{
	if (strcmp(hazard, "earthquake") == 0) {
		return slot_intensity(value) - slot_intensity(value_b);
	}
	if (strcmp(hazard, "earthquake.long_period") == 0) {
		return strcmp(value, value_b);
	}
	if (strcmp(hazard, "volcano") == 0) {
		int level = slot_volcano_level(value);
		int level_b = slot_volcano_level(value_b);
		return level > 0 && level_b > 0 ? level - level_b : 0;
	}
	if (strcmp(hazard, "weather.rainband") == 0) {
		return (strcmp(value, "発生") == 0) - (strcmp(value_b, "発生") == 0);
	}
	if (strcmp(hazard, "tsunami") == 0) {
		return height_of(value_b) > 0 && height_of(value) > height_of(value_b);
	}
	return 0;
}

static int compare(enum severity severity, int level, const struct kind *kind, const char *value,
	enum severity severity_b, int level_b, const struct kind *kind_b, const char *value_b)
{
	if (severity != severity_b) {
		return severity > severity_b ? 1 : -1;
	}
	if (level != level_b) {
		return level > level_b ? 1 : -1;
	}
	if (kind != kind_b) {
		/* The table lists the worse first, except that evacuation rises. */
		bool rises = strcmp(kind->hazard, "evacuation") == 0;
		return (kind < kind_b) != rises ? 1 : -1;
	}
	return compare_values(kind->hazard, value, value_b);
}

int slot_compare(const struct alert_item *item, const struct state_row *row)
{
	return compare(item->severity, item->level, item->kind, item->value, row->severity,
		row->level, row->kind, row->value);
}

int slot_compare_items(const struct alert_item *a, const struct alert_item *b)
{
	return compare(
		a->severity, a->level, a->kind, a->value, b->severity, b->level, b->kind, b->value);
}

int slot_compare_rows(const struct state_row *a, const struct state_row *b)
{
	return compare(
		a->severity, a->level, a->kind, a->value, b->severity, b->level, b->kind, b->value);
}

static bool has_word(const char *list, const char *word, size_t size)
{
	for (list += strspn(list, " "); *list; list += strspn(list, " ")) {
		size_t length = strcspn(list, " ");
		if (length == size && memcmp(list, word, size) == 0) {
			return true;
		}
		list += length;
	}
	return false;
}

bool slot_share_event(const char *list, const char *other)
{
	for (list += strspn(list, " "); *list; list += strspn(list, " ")) {
		size_t size = strcspn(list, " ");
		if (has_word(other, list, size)) {
			return true;
		}
		list += size;
	}
	return false;
}
