/* SPDX-License-Identifier: Apache-2.0
 *
 * VFVO56: an eruption minutes ago, the volcano and the municipalities around it.
 *
 * VFVO50. Three lists in the Body: the volcano and its level, the municipalities under a warning
 * or forecast, and what the municipalities are to do. A municipality's item comes from the second
 * list; from the third only when the second does not name it.
 */
#include "ingest/jmx/codes.h"
#include "ingest/jmx/jmx_private.h"

#include <string.h>

static const char mountains[] = "噴火警報・予報（対象火山）";
static const char municipalities[] = "噴火警報・予報（対象市町村等）";
static const char measures[] = "噴火警報・予報（対象市町村の防災対応等）";

struct volcano {
	const char *value; /* "噴火警戒レベル3"; "" for a volcano without levels */
	bool keep_out;	   /* level 3 or its like: weighs more than level 2 under the same code */
};

static const xmlNode *list_of(struct jmx *j, const char *type)
{
	const xmlNode *info = xml_child(j->body, JMX_NS_VOLC, "VolcanoInfo");
	while (info && strcmp(xml_attribute(j->pool, info, "type"), type) != 0) {
		info = xml_next(info);
	}
	return xml_child(info, JMX_NS_VOLC, "Item");
}

static bool is_forecast(const struct jmx_code *code)
{
	return code && strcmp(code->kind, "volcano.forecast") == 0;
}

/* The table's judgement of one Item, released where a warning gave way to a forecast. */
static void judge(
	struct jmx *j, const xmlNode *node, const struct volcano *volcano, struct alert_item *like)
{
	const char *last_text = jmx_at(j, node, JMX_NS_VOLC, "LastKind/Code");
	const struct jmx_code *last = jmx_volcano_code(last_text);
	const struct jmx_code *now = jmx_volcano_code(like->code);
	like->value = volcano->value;
	if (!now) {
		jmx_warn(j, "unknown-code", "the volcano code \"%s\" is unknown", like->code);
		like->kind = kind_find("volcano.warning_crater");
		like->severity = SEVERITY_SEVERE;
		return;
	}
	if (is_forecast(now) &&
		((last && !is_forecast(last)) || jmx_code_equal(like->code, "04"))) {
		like->kind = kind_find(
			last && !is_forecast(last) ? last->kind : "volcano.warning_crater");
		like->transition = TRANSITION_RELEASED;
		return;
	}
	like->kind = kind_find(now->kind);
	like->severity = now->severity;
	like->transition =
		jmx_compare(last != NULL, last ? last->severity : SEVERITY_UNKNOWN, now->severity);
	if (volcano->keep_out && like->severity == SEVERITY_MODERATE) {
		like->severity = SEVERITY_SEVERE;
	}
}

static void decode_item(
	struct jmx *j, const xmlNode *node, const struct volcano *volcano, const char *system)
{
	struct alert_item like = {
		.code = jmx_at(j, node, JMX_NS_VOLC, "Kind/Code"),
		.name = jmx_at(j, node, JMX_NS_VOLC, "Kind/Name"),
	};
	judge(j, node, volcano, &like);
	struct alert_item *item = jmx_item(j, &like);
	const xmlNode *areas = xml_child(node, JMX_NS_VOLC, "Areas");
	for (const xmlNode *area = xml_child(areas, JMX_NS_VOLC, "Area"); area;
		area = xml_next(area)) {
		jmx_area(j, item, system, area);
	}
}

const char *jmx_volcano_level(struct jmx *j, const char *code)
{
	bool level = strlen(code) == 2 && code[0] == '1' && jmx_volcano_code(code);
	return level ? pool_printf(j->pool, "噴火警戒レベル%c", code[1]) : "";
}

static struct volcano read_volcano(struct jmx *j)
{
	struct volcano v = {0};
	const char *code = jmx_at(j, list_of(j, mountains), JMX_NS_VOLC, "Kind/Code");
	const struct jmx_code *row = jmx_volcano_code(code);
	v.value = jmx_volcano_level(j, code);
	v.keep_out = row && row->severity == SEVERITY_SEVERE;
	return v;
}

/* Says what each municipality is to do, and adds those that no other list names. */
static void decode_measures(struct jmx *j, const struct volcano *volcano)
{
	size_t left = JMX_AREA_LIMIT; /* bounds the work of a hostile telegram */
	for (const xmlNode *node = list_of(j, measures); node; node = xml_next(node)) {
		struct alert_item like = {
			.code = jmx_at(j, node, JMX_NS_VOLC, "Kind/Code"),
			.name = jmx_at(j, node, JMX_NS_VOLC, "Kind/Name"),
		};
		judge(j, node, volcano, &like);
		const xmlNode *areas = xml_child(node, JMX_NS_VOLC, "Areas");
		const xmlNode *area = xml_child(areas, JMX_NS_VOLC, "Area");
		for (; area && left > 0; area = xml_next(area), left--) {
			const char *name = xml_child_text(j->pool, area, JMX_NS_VOLC, "Name");
			jmx_say(&j->description, pool_printf(j->pool, "%s：%s", name, like.name));
			if (!jmx_lists(j->a, xml_child_text(j->pool, area, JMX_NS_VOLC, "Code"))) {
				jmx_area(j, jmx_item(j, &like), AREA_JMA_CITY, area);
			}
		}
	}
}

void jmx_volcano(struct jmx *j)
{
	struct volcano volcano = read_volcano(j);
	for (const xmlNode *node = list_of(j, mountains); node; node = xml_next(node)) {
		decode_item(j, node, &volcano, AREA_JMA_VOLCANO);
	}
	for (const xmlNode *node = list_of(j, municipalities); node; node = xml_next(node)) {
		decode_item(j, node, &volcano, AREA_JMA_CITY);
	}
	decode_measures(j, &volcano);
	const xmlNode *content = xml_child(j->body, JMX_NS_VOLC, "VolcanoInfoContent");
	jmx_say(&j->description, xml_child_text(j->pool, content, JMX_NS_VOLC, "VolcanoActivity"));
	jmx_say(&j->instruction,
		xml_child_text(j->pool, content, JMX_NS_VOLC, "VolcanoPrevention"));
}

/* 51 爆発, 52 噴火, 61 and 62 the same as it seems: to those around it they are one. */
void jmx_eruption(struct jmx *j)
{
	static const struct {
		const char *type;
		const char *system;
	} lists[] = {
		{"噴火速報（対象市町村等）", AREA_JMA_CITY},
		{"噴火速報", AREA_JMA_VOLCANO},
	};
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const xmlNode *node = list_of(j, lists[i].type);
		for (; node; node = xml_next(node)) {
			struct alert_item like = {
				.kind = kind_find("volcano.flash"),
				.code = jmx_at(j, node, JMX_NS_VOLC, "Kind/Code"),
				.name = jmx_at(j, node, JMX_NS_VOLC, "Kind/Name"),
				.value = "",
				.severity = SEVERITY_EXTREME,
			};
			struct alert_item *item = jmx_item(j, &like);
			const xmlNode *areas = xml_child(node, JMX_NS_VOLC, "Areas");
			for (const xmlNode *area = xml_child(areas, JMX_NS_VOLC, "Area"); area;
				area = xml_next(area)) {
				jmx_area(j, item, lists[i].system, area);
			}
		}
	}
}
