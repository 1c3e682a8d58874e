/* SPDX-License-Identifier: Apache-2.0
 *
 * Bulletins in prose: heat (VPFT50) and weather information of Japan (VPZJ), a region (VPCJ) or a
 * prefecture (VPFJ). The text names places only in words, so the area is what the office that wrote
 * it watches; VPZJ51 names regions in the tags of its Headline.
 */
#include "ingest/jmx/jmx_private.h"

#include <string.h>

static const char tags[] = "情報タグ";

/* 地方予報区 (codes of AreaForecast) and the office that speaks for each. */
static const struct {
	const char *office;
	const char *code;
	const char *name;
} regions[] = {
	{"札幌管区気象台", "010100", "北海道地方"},
	{"仙台管区気象台", "010200", "東北地方"},
	{"気象庁本庁", "010300", "関東甲信地方"},
	{"名古屋地方気象台", "010400", "東海地方"},
	{"新潟地方気象台", "010500", "北陸地方"},
	{"大阪管区気象台", "010600", "近畿地方"},
	{"広島地方気象台", "010700", "中国地方"},
	{"高松地方気象台", "010800", "四国地方"},
	{"福岡管区気象台", "010900", "九州北部地方（山口県を含む）"},
	{"鹿児島地方気象台", "011000", "九州南部・奄美地方"},
	{"沖縄気象台", "011100", "沖縄地方"},
};

static bool is_type(const struct jmx *j, const char *prefix)
{
	return strncmp(j->type->type, prefix, strlen(prefix)) == 0;
}

/* ---- areas ---- */

/* The tags and their regions; false when there are none. */
static bool add_tagged(struct jmx *j, struct alert_item *like)
{
	const size_t before = j->a->item_count;
	const xmlNode *headline = xml_child(j->head, JMX_NS_HEAD, "Headline");
	for (const xmlNode *i = xml_child(headline, JMX_NS_HEAD, "Information"); i;
		i = xml_next(i)) {
		const xmlNode *node = strcmp(xml_attribute(j->pool, i, "type"), tags) == 0
					      ? xml_child(i, JMX_NS_HEAD, "Item")
					      : NULL;
		for (; node; node = xml_next(node)) {
			const xmlNode *areas = xml_child(node, JMX_NS_HEAD, "Areas");
			const char *system = xml_attribute(j->pool, areas, "codeType");
			const xmlNode *area = strcmp(system, "全国・地方予報区等") == 0
						      ? xml_child(areas, JMX_NS_HEAD, "Area")
						      : NULL;
			like->code = jmx_at(j, node, JMX_NS_HEAD, "Kind/Condition");
			for (; area; area = xml_next(area)) {
				jmx_area(j, jmx_item(j, like), AREA_JMA_REGION, area);
			}
		}
	}
	return j->a->item_count > before;
}

static void add_region(struct jmx *j, const struct alert_item *like)
{
	for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
		if (strcmp(regions[i].office, j->a->office) == 0) {
			jmx_area_text(j, jmx_item(j, like), AREA_JMA_REGION, regions[i].code,
				regions[i].name);
			return;
		}
	}
	jmx_warn(j, "unknown-office", "\"%s\" speaks for no region", j->a->office);
	(void)jmx_item(j, like); /* nobody can tell where: everybody's */
}

static void add_areas(struct jmx *j, struct alert_item *like)
{
	if (is_type(j, "VPZJ")) {
		if (!add_tagged(j, like)) {
			like->code = "";
			jmx_area_text(j, jmx_item(j, like), AREA_JMA_REGION, "010000", "全国");
		}
	} else if (is_type(j, "VPCJ")) {
		add_region(j, like);
	} else {
		jmx_area_text(j, jmx_item(j, like), AREA_JMA_OFFICE, j->a->office, j->a->office);
	}
}

/* ---- text ---- */

static void say_property(struct jmx *j, const xmlNode *property)
{
	for (const xmlNode *t = xml_child(property, JMX_NS_METE, "Text"); t; t = xml_next(t)) {
		if (strcmp(xml_attribute(j->pool, t, "type"), "気象要素") != 0) {
			jmx_say(&j->description, xml_text(j->pool, t));
		}
	}
	const xmlNode *local = xml_path(property, JMX_NS_METE, "EventPart/Base/Local");
	for (; local; local = xml_next(local)) {
		const char *place = xml_child_text(j->pool, local, JMX_NS_METE, "AreaName");
		const char *when = jmx_at(j, local, JMX_NS_METE, "Event/Sentence");
		if (when[0]) {
			jmx_say(&j->description, pool_printf(j->pool, "%s：%s", place, when));
		}
	}
}

static void say_part(struct jmx *j, const xmlNode *part)
{
	for (; part; part = xml_next(part)) {
		for (const xmlNode *item = xml_child(part, JMX_NS_METE, "Item"); item;
			item = xml_next(item)) {
			const xmlNode *property = xml_path(item, JMX_NS_METE, "Kind/Property");
			for (; property; property = xml_next(property)) {
				say_property(j, property);
			}
		}
	}
}

void jmx_bulletin(struct jmx *j)
{
	bool heat = is_type(j, "VPFT");
	struct alert_item like = {
		.kind = kind_find(heat ? "weather.heat" : "weather.info"),
		.code = "",
		.name = xml_child_text(j->pool, j->head, JMX_NS_HEAD, "Title"),
		.severity = SEVERITY_MINOR,
		.value = "",
	};
	add_areas(j, &like);
	const xmlNode *infos = xml_child(j->body, JMX_NS_METE, "MeteorologicalInfos");
	for (; infos; infos = xml_next(infos)) {
		say_part(j, xml_child(infos, JMX_NS_METE, "MeteorologicalInfo"));
		say_part(j, xml_child(infos, JMX_NS_METE, "TimeSeriesInfo"));
	}
}
