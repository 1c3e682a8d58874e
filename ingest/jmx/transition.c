/* SPDX-License-Identifier: Apache-2.0
 *
 * Telegrams of before 2026-05-28 that are sent beside the new ones for some years. They say less:
 * VXWW50 knows level 4 of landslides only, VPOA50 the prefecture only, and VPNO50 has one code for
 * "released" and for "switched to a lower warning", so its end is told and ends nothing.
 * (VPWW53 and VPWW54 have the form of their successors: warning.c.)
 */
#include "ingest/jmx/codes.h"
#include "ingest/jmx/jmx_private.h"

#include <string.h>

static const xmlNode *find_by_type(
	struct jmx *j, const xmlNode *parent, const char *ns, const char *name, const char *type)
{
	const xmlNode *at = xml_child(parent, ns, name);
	while (at && strcmp(xml_attribute(j->pool, at, "type"), type) != 0) {
		at = xml_next(at);
	}
	return at;
}

static const xmlNode *find_information(struct jmx *j, const char *type)
{
	return find_by_type(
		j, xml_child(j->head, JMX_NS_HEAD, "Headline"), JMX_NS_HEAD, "Information", type);
}

static void add_areas(
	struct jmx *j, struct alert_item *item, const char *system, const xmlNode *node)
{
	const xmlNode *areas = xml_child(node, JMX_NS_HEAD, "Areas");
	for (const xmlNode *area = xml_child(areas, JMX_NS_HEAD, "Area"); area;
		area = xml_next(area)) {
		jmx_area(j, item, system, area);
	}
}

/* ---- VXWW50 土砂災害警戒情報 ---- */

/* Codes of the table 土砂災害警戒情報: 3 警戒, 1 解除, 0 なし. */
static void judge_landslide(struct jmx *j, struct alert_item *like)
{
	if (jmx_code_equal(like->code, "0")) {
		like->code = JMX_NO_CHANGE;
		like->transition = TRANSITION_RELEASED;
	} else if (jmx_code_equal(like->code, "1")) {
		like->transition = TRANSITION_RELEASED;
	} else {
		like->severity = SEVERITY_SEVERE;
		like->level = 4;
		if (!jmx_code_equal(like->code, "3")) {
			jmx_warn(j, "unknown-code", "the landslide code \"%s\" is unknown",
				like->code);
		}
	}
}

void jmx_landslide(struct jmx *j)
{
	const xmlNode *w = find_by_type(j, j->body, JMX_NS_METE, "Warning", "土砂災害警戒情報");
	for (const xmlNode *node = xml_child(w, JMX_NS_METE, "Item"); node; node = xml_next(node)) {
		struct alert_item like = {
			.kind = kind_find("weather.landslide"),
			.code = jmx_at(j, node, JMX_NS_METE, "Kind/Code"),
			.name = jmx_at(j, node, JMX_NS_METE, "Kind/Name"),
			.value = "",
		};
		judge_landslide(j, &like);
		struct alert_item *item = jmx_item(j, &like);
		for (const xmlNode *area = xml_child(node, JMX_NS_METE, "Area"); area;
			area = xml_next(area)) {
			jmx_area(j, item, AREA_JMA_CITY, area);
		}
	}
}

/* ---- VPOA50 記録的短時間大雨情報 ---- */

void jmx_record_rain(struct jmx *j)
{
	const xmlNode *i = find_information(j, "記録的短時間大雨情報（発表細分）");
	for (const xmlNode *node = xml_child(i, JMX_NS_HEAD, "Item"); node; node = xml_next(node)) {
		struct alert_item like = {
			.kind = kind_find("weather.record_rain"),
			.code = jmx_at(j, node, JMX_NS_HEAD, "Kind/Code"),
			.name = jmx_at(j, node, JMX_NS_HEAD, "Kind/Name"),
			.value = "",
			.severity = SEVERITY_SEVERE,
		};
		if (!jmx_code_equal(like.code, "0")) {
			add_areas(j, jmx_item(j, &like), AREA_JMA_FORECAST, node);
		}
	}
}

/* ---- VPNO50 気象特別警報報知 ---- */

static void decode_notice(
	struct jmx *j, const xmlNode *node, const xmlNode *kind, const char *system)
{
	struct alert_item like = {
		.kind = kind_find("weather.info"),
		.code = xml_child_text(j->pool, kind, JMX_NS_HEAD, "Code"),
		.name = xml_child_text(j->pool, kind, JMX_NS_HEAD, "Name"),
		.value = "",
		.severity = SEVERITY_MINOR,
	};
	const struct jmx_code *code = jmx_weather_code(like.code);
	if (code) {
		like.kind = kind_find(code->kind);
		like.severity = code->severity;
		like.level = code->level;
	} else if (!jmx_code_equal(like.code, "0")) {
		like.severity = SEVERITY_EXTREME;
		like.kind = kind_find("weather.advisory_other");
		jmx_warn(j, "unknown-code", "the warning code \"%s\" (%s) is unknown", like.code,
			like.name);
	}
	add_areas(j, jmx_item(j, &like), system, node);
}

void jmx_special_notice(struct jmx *j)
{
	const char *system = AREA_JMA_CITY;
	const xmlNode *i = find_information(j, "気象特別警報報知（市町村等）");
	if (!i) {
		system = AREA_JMA_FORECAST;
		i = find_information(j, "気象特別警報報知（府県予報区等）");
	}
	for (const xmlNode *node = xml_child(i, JMX_NS_HEAD, "Item"); node; node = xml_next(node)) {
		for (const xmlNode *kind = xml_child(node, JMX_NS_HEAD, "Kind"); kind;
			kind = xml_next(kind)) {
			decode_notice(j, node, kind, system);
		}
	}
}
