/* SPDX-License-Identifier: Apache-2.0
 *
 * VXKO: one river forecast area and its level, with the municipalities whose flood plain is named.
 * A short form has no Body at all; then the profile knows which municipality lies at the river.
 */
#include "ingest/jmx/codes.h"
#include "ingest/jmx/jmx_private.h"

#include <string.h>

static const char river_areas[] = "指定河川洪水予報（予報区域）";

static bool area_listed(const struct alert_item *item, const char *code)
{
	for (size_t i = 0; i < item->area_count; i++) {
		if (strcmp(item->areas[i].code, code) == 0) {
			return true;
		}
	}
	return false;
}

/* The same municipality stands once per gauge. left bounds the work of a hostile telegram. */
static void add_cities(struct jmx *j, struct alert_item *item, const xmlNode *areas, size_t *left)
{
	const xmlNode *area = xml_child(areas, JMX_NS_METE, "Area");
	for (; area && *left > 0; area = xml_next(area)) {
		const char *code = xml_child_text(j->pool, area, JMX_NS_METE, "CityCode");
		(*left)--;
		if (strlen(code) == 7 && !area_listed(item, code)) {
			jmx_area_text(j, item, AREA_JMA_CITY, code,
				xml_child_text(j->pool, area, JMX_NS_METE, "City"));
		}
	}
}

/* A telegram is about one river area; were there several, the worst is the safe owner. */
static struct alert_item *worst_item(struct alert *a)
{
	struct alert_item *worst = NULL;
	for (size_t i = 0; i < a->item_count; i++) {
		if (!worst || a->items[i].severity > worst->severity) {
			worst = &a->items[i];
		}
	}
	return worst;
}

static void add_body_cities(struct jmx *j)
{
	struct alert_item *item = worst_item(j->a);
	const xmlNode *warning = xml_child(j->body, JMX_NS_METE, "Warning");
	size_t left = JMX_AREA_LIMIT;
	for (; item && warning; warning = xml_next(warning)) {
		for (const xmlNode *part = xml_child(warning, JMX_NS_METE, "Item"); part;
			part = xml_next(part)) {
			add_cities(j, item, xml_child(part, JMX_NS_METE, "Areas"), &left);
		}
	}
}

static void judge(struct jmx *j, struct alert_item *like)
{
	like->kind = kind_find("flood.river");
	if (jmx_code_equal(like->code, "10")) {
		like->transition = TRANSITION_RELEASED;
		return;
	}
	const struct jmx_code *code = jmx_flood_code(like->code);
	if (code) {
		like->severity = code->severity;
		like->level = code->level;
		return;
	}
	/* Tens are levels in every code so far. */
	if (like->code[0] >= '2' && like->code[0] <= '5') {
		like->level = like->code[0] - '0';
	}
	like->severity = like->level > 0 ? jmx_level_severity(like->level) : SEVERITY_MODERATE;
	jmx_warn(j, "unknown-code", "the flood code \"%s\" is unknown", like->code);
}

static void decode_item(struct jmx *j, const xmlNode *node)
{
	struct alert_item like = {
		.code = jmx_at(j, node, JMX_NS_HEAD, "Kind/Code"),
		.name = jmx_at(j, node, JMX_NS_HEAD, "Kind/Name"),
		.value = "",
	};
	judge(j, &like);
	struct alert_item *item = jmx_item(j, &like);
	const xmlNode *areas = xml_child(node, JMX_NS_HEAD, "Areas");
	for (const xmlNode *area = xml_child(areas, JMX_NS_HEAD, "Area"); area;
		area = xml_next(area)) {
		jmx_area(j, item, AREA_JMA_RIVER, area);
	}
}

static void say_sections(struct jmx *j)
{
	for (const xmlNode *w = xml_child(j->body, JMX_NS_METE, "Warning"); w; w = xml_next(w)) {
		for (const xmlNode *item = xml_child(w, JMX_NS_METE, "Item"); item;
			item = xml_next(item)) {
			const xmlNode *property = xml_path(item, JMX_NS_METE, "Kind/Property");
			const char *type = xml_child_text(j->pool, property, JMX_NS_METE, "Type");
			if (strcmp(type, "主文") == 0) {
				jmx_say(&j->description,
					xml_child_text(j->pool, property, JMX_NS_METE, "Text"));
			}
		}
	}
}

void jmx_flood(struct jmx *j)
{
	const xmlNode *headline = xml_child(j->head, JMX_NS_HEAD, "Headline");
	for (const xmlNode *i = xml_child(headline, JMX_NS_HEAD, "Information"); i;
		i = xml_next(i)) {
		if (strcmp(xml_attribute(j->pool, i, "type"), river_areas) != 0) {
			continue;
		}
		for (const xmlNode *item = xml_child(i, JMX_NS_HEAD, "Item"); item;
			item = xml_next(item)) {
			decode_item(j, item);
		}
	}
	add_body_cities(j);
	say_sections(j);
}
