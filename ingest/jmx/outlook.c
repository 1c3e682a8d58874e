/* SPDX-License-Identifier: Apache-2.0
 *
 * VPWP50 警戒・注意事項時系列: the danger that is expected in the next day and a half. It is a
 * forecast beside the warnings of VPWW55-61, never a warning itself: what reaches the class of a
 * warning (警報級, 警戒レベル３相当) becomes information without a level, the rest is left out.
 */
#include "ingest/jmx/jmx_private.h"

#include <stdlib.h>
#include <string.h>

/* The codes of 危険度 rise with the danger; 20-22 are advisories. */
enum { WARNING_CLASS = 30 };

static int danger_of(const char *code)
{
	return strspn(code, "0123456789") == strlen(code) && strlen(code) == 2
		       ? (int)strtol(code, NULL, 10)
		       : 0;
}

struct worst {
	int danger;
	const char *code;
	const char *name;
};

static void look_at(struct jmx *j, const xmlNode *base, struct worst *worst)
{
	const xmlNode *s = xml_child(base, JMX_NS_METE, "Significancy");
	for (; s; s = xml_next(s)) {
		const char *code = xml_child_text(j->pool, s, JMX_NS_METE, "Code");
		int danger = danger_of(code);
		if (danger > worst->danger) {
			*worst = (struct worst){
				danger, code, xml_child_text(j->pool, s, JMX_NS_METE, "Name")};
		}
	}
}

static void decode_property(struct jmx *j, const xmlNode *property, const xmlNode *area)
{
	struct worst worst = {0, "", ""};
	const xmlNode *base = xml_path(property, JMX_NS_METE, "SignificancyPart/Base");
	look_at(j, base, &worst);
	for (const xmlNode *local = xml_child(base, JMX_NS_METE, "Local"); local;
		local = xml_next(local)) {
		look_at(j, local, &worst);
	}
	if (worst.danger < WARNING_CLASS) {
		return;
	}
	const struct alert_item like = {
		.kind = kind_find("weather.info"),
		.code = worst.code,
		.name = xml_child_text(j->pool, property, JMX_NS_METE, "Type"),
		.severity = SEVERITY_MINOR,
		.value = worst.name,
	};
	jmx_area(j, jmx_item(j, &like), AREA_JMA_CITY, area);
}

static void decode_item(struct jmx *j, const xmlNode *item)
{
	const xmlNode *area = xml_child(item, JMX_NS_METE, "Area");
	const xmlNode *kind = area ? xml_child(item, JMX_NS_METE, "Kind") : NULL;
	for (; kind; kind = xml_next(kind)) {
		for (const xmlNode *p = xml_child(kind, JMX_NS_METE, "Property"); p;
			p = xml_next(p)) {
			decode_property(j, p, area);
		}
	}
}

static void say_items(struct jmx *j)
{
	for (size_t i = 0; i < j->a->item_count; i++) {
		const struct alert_item *item = &j->a->items[i];
		const char *names = "";
		for (size_t k = 0; k < item->area_count && k < 100; k++) {
			names = pool_printf(
				j->pool, "%s%s%s", names, k > 0 ? "、" : "", item->areas[k].name);
		}
		jmx_say(&j->description,
			pool_printf(j->pool, "%s %s：%s", item->name, item->value, names));
	}
}

void jmx_outlook(struct jmx *j)
{
	const xmlNode *infos = xml_child(j->body, JMX_NS_METE, "MeteorologicalInfos");
	for (; infos; infos = xml_next(infos)) {
		if (strcmp(xml_attribute(j->pool, infos, "type"), "量的予想時系列（市町村等）") !=
			0) {
			continue;
		}
		const xmlNode *series = xml_child(infos, JMX_NS_METE, "TimeSeriesInfo");
		for (; series; series = xml_next(series)) {
			for (const xmlNode *item = xml_child(series, JMX_NS_METE, "Item"); item;
				item = xml_next(item)) {
				decode_item(j, item);
			}
		}
	}
	say_items(j);
}
