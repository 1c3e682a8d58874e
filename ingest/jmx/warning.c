/* SPDX-License-Identifier: Apache-2.0
 *
 * VPWW55-61: the full state of a 府県予報区 for one hazard (VPWW58: two), municipality by
 * municipality. The coarser area types repeat it and are left out, except the coast sections of
 * VPWW57, which say what no municipality does. VPWW53 and VPWW54, sent beside them for some years,
 * have the same form, all hazards in one telegram, and no level 4: 大雨危険警報 stands there as
 * 大雨警報, a flood of any level from 3 as 洪水警報, and only the Notice, which is shown to people,
 * tells.
 */
#include "ingest/jmx/codes.h"
#include "ingest/jmx/jmx_private.h"

#include <string.h>

enum { HAZARD_LIMIT = 9 };

/* What one Item says of one hazard. */
struct hazard_state {
	bool in_force;
	struct alert_item ended; /* kind NULL: nothing ended */
};

/* Status words are a closed list of the format, not free text. */
static enum transition transition_of(const char *status)
{
	static const struct {
		const char *word;
		enum transition transition;
	} words[] = {
		{"発表", TRANSITION_ISSUED},
		{"継続", TRANSITION_CONTINUED},
		{"特別警報から危険警報", TRANSITION_LOWERED},
		{"特別警報から警報", TRANSITION_LOWERED},
		{"特別警報から注意報", TRANSITION_LOWERED},
		{"危険警報から警報", TRANSITION_LOWERED},
		{"危険警報から注意報", TRANSITION_LOWERED},
		{"警報から注意報", TRANSITION_LOWERED},
		{"解除", TRANSITION_RELEASED},
	};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i].word, status) == 0) {
			return words[i].transition;
		}
	}
	return TRANSITION_NONE;
}

/* A kind of a later year: its 危険度 tells the level; without one it is taken as a warning. */
static void judge_unknown(struct jmx *j, const xmlNode *kind, struct alert_item *like)
{
	const xmlNode *part =
		xml_path(kind, JMX_NS_METE, "Property/SignificancyPart/Base/Significancy");
	like->level = jmx_significancy_level(xml_child_text(j->pool, part, JMX_NS_METE, "Code"));
	like->kind = kind_find(j->type->kinds[0]);
	like->severity = like->level > 0 ? jmx_level_severity(like->level) : SEVERITY_MODERATE;
	jmx_warn(j, "unknown-code", "the warning code \"%s\" (%s) is unknown", like->code,
		like->name);
}

static void judge_known(
	struct jmx *j, const xmlNode *kind, const struct jmx_code *code, struct alert_item *like)
{
	const struct jmx_code *last =
		jmx_weather_code(jmx_at(j, kind, JMX_NS_METE, "LastKind/Code"));
	like->kind = kind_find(code->kind);
	like->severity = code->severity;
	like->level = code->level;
	if (like->transition == TRANSITION_ISSUED && last && strcmp(last->kind, code->kind) == 0) {
		like->transition = jmx_compare(true, last->severity, code->severity);
	}
}

static size_t hazard_index(const struct jmx *j, const struct kind *kind)
{
	for (size_t i = 0; j->type->kinds[i]; i++) {
		if (strcmp(j->type->kinds[i], kind->name) == 0) {
			return i;
		}
	}
	return 0;
}

static bool states_hazard(const struct jmx *j, const char *name)
{
	size_t i = 0;
	while (j->type->kinds[i] && strcmp(j->type->kinds[i], name) != 0) {
		i++;
	}
	return j->type->kinds[i] != NULL;
}

static void keep(struct jmx *j, const struct alert_item *like, const xmlNode *area,
	const char *system, struct hazard_state *states)
{
	struct hazard_state *state = &states[hazard_index(j, like->kind)];
	if (like->transition != TRANSITION_RELEASED) {
		state->in_force = true;
		jmx_area(j, jmx_item(j, like), system, area);
		return;
	}
	state->ended = *like;
	state->ended.severity = SEVERITY_UNKNOWN;
	state->ended.level = 0;
}

/* "大雨警報（土砂災害、浸水害）" of the old telegrams is about two hazards by its Condition, whose
 * words are a closed list. Without Condition it is rain alone; and a 特別警報 is always rain too,
 * because VPNO50 calls it so without a Condition. */
static void keep_old_rain(struct jmx *j, const char *condition, const struct alert_item *like,
	const xmlNode *area, const char *system, struct hazard_state *states)
{
	bool slides = strstr(condition, "土砂災害") != NULL;
	if (slides) {
		struct alert_item slide = *like;
		slide.kind = kind_find("weather.landslide");
		keep(j, &slide, area, system, states);
	}
	if (!slides || strstr(condition, "浸水害") || jmx_code_equal(like->code, "33")) {
		keep(j, like, area, system, states);
	}
}

static void decode_kind(struct jmx *j, const xmlNode *kind, const xmlNode *area, const char *system,
	struct hazard_state *states)
{
	struct alert_item like = {
		.code = xml_child_text(j->pool, kind, JMX_NS_METE, "Code"),
		.name = xml_child_text(j->pool, kind, JMX_NS_METE, "Name"),
		.value = "",
		.transition = transition_of(xml_child_text(j->pool, kind, JMX_NS_METE, "Status")),
	};
	if (!like.code[0]) {
		return; /* 発表警報・注意報はなし */
	}
	const struct jmx_code *code = jmx_weather_code(like.code);
	if (code) {
		judge_known(j, kind, code, &like);
	} else {
		judge_unknown(j, kind, &like);
	}
	const char *condition = xml_child_text(j->pool, kind, JMX_NS_METE, "Condition");
	bool rain = strcmp(like.kind->name, "weather.rain") == 0;
	if (rain && states_hazard(j, "weather.landslide")) {
		keep_old_rain(j, condition, &like, area, system, states);
	} else {
		keep(j, &like, area, system, states);
	}
}

/* Each hazard of the title that is not in force in this area is stated as such, so that a diff
 * against the stored state finds also the end of what an earlier telegram, lost on its way,
 * began. */
static void state_absence(
	struct jmx *j, const xmlNode *area, const char *system, const struct hazard_state *states)
{
	for (size_t i = 0; j->type->kinds[i]; i++) {
		if (states[i].in_force) {
			continue;
		}
		struct alert_item none = {
			.kind = kind_find(j->type->kinds[i]),
			.code = JMX_NO_CHANGE,
			.name = "発表警報・注意報はなし",
			.value = "",
			.transition = TRANSITION_RELEASED,
		};
		jmx_area(j, jmx_item(j, states[i].ended.kind ? &states[i].ended : &none), system,
			area);
	}
}

static void decode_item(struct jmx *j, const xmlNode *item, const char *system)
{
	struct hazard_state states[HAZARD_LIMIT] = {0};
	const xmlNode *area = xml_child(item, JMX_NS_METE, "Area");
	if (!area) {
		return;
	}
	for (const xmlNode *kind = xml_child(item, JMX_NS_METE, "Kind"); kind;
		kind = xml_next(kind)) {
		decode_kind(j, kind, area, system, states);
	}
	state_absence(j, area, system, states);
}

/* What the codes of an old telegram hide is told in words: they go with the headline. */
static void say_notice(struct jmx *j)
{
	for (const xmlNode *n = xml_child(j->body, JMX_NS_METE, "Notice"); n; n = xml_next(n)) {
		const char *notice = xml_text(j->pool, n);
		struct alert_texts *headline = &j->a->headline;
		if (notice[0] && headline->count > 0) {
			headline->list[0].text =
				pool_printf(j->pool, "%s\n%s", headline->list[0].text, notice);
		}
	}
}

void jmx_warning(struct jmx *j)
{
	static const struct {
		const char *type;
		const char *system;
	} parts[] = {
		{"気象警報・注意報（市町村等）", AREA_JMA_CITY},
		{"気象警報・注意報（高潮予報区間）", AREA_JMA_SURGE},
	};
	for (const xmlNode *w = xml_child(j->body, JMX_NS_METE, "Warning"); w; w = xml_next(w)) {
		const char *type = xml_attribute(j->pool, w, "type");
		for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
			const xmlNode *item = strcmp(parts[i].type, type) == 0
						      ? xml_child(w, JMX_NS_METE, "Item")
						      : NULL;
			for (; item; item = xml_next(item)) {
				decode_item(j, item, parts[i].system);
			}
		}
	}
	say_notice(j);
}
