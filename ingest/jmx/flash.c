/* SPDX-License-Identifier: Apache-2.0
 *
 * VPBS50 気象防災速報: the tags of the Headline say what happened and in which forecast areas; for
 * record rain the Body names the municipalities.
 */
#include "ingest/jmx/codes.h"
#include "ingest/jmx/jmx_private.h"

#include <string.h>

static const char tags[] = "情報タグ";

/* Rain of one place, as the telegram words it; "" when there is none. */
static const char *rain_words(struct jmx *j, const xmlNode *item)
{
	const xmlNode *part = xml_path(item, JMX_NS_METE, "Kind/Property/PrecipitationPart");
	return xml_attribute(
		j->pool, xml_child(part, JMX_NS_BASIS, "Precipitation"), "description");
}

static void add_place(struct jmx *j, struct alert_item *item, const xmlNode *node)
{
	for (const xmlNode *area = xml_child(node, JMX_NS_METE, "Area"); area;
		area = xml_next(area)) {
		const char *code = xml_child_text(j->pool, area, JMX_NS_METE, "Code");
		const char *rain = rain_words(j, node);
		if (strlen(code) != 7) {
			continue;
		}
		jmx_area(j, item, AREA_JMA_CITY, area);
		if (rain[0]) {
			jmx_say(&j->description,
				pool_printf(j->pool, "%s%s：%s",
					xml_child_text(j->pool, area, JMX_NS_METE, "Name"),
					xml_child_text(j->pool, area, JMX_NS_METE, "Status"),
					rain));
		}
	}
}

static void add_municipalities(struct jmx *j, struct alert_item *item)
{
	const xmlNode *infos = xml_child(j->body, JMX_NS_METE, "MeteorologicalInfos");
	for (; infos; infos = xml_next(infos)) {
		const xmlNode *info = xml_child(infos, JMX_NS_METE, "MeteorologicalInfo");
		for (; info; info = xml_next(info)) {
			for (const xmlNode *node = xml_child(info, JMX_NS_METE, "Item"); node;
				node = xml_next(node)) {
				add_place(j, item, node);
			}
		}
	}
}

/* A band of rain is told twice: shortly before it forms, and when it has. */
static const char *stage_of(const char *tag)
{
	if (strcmp(tag, "線状降水帯直前") == 0) {
		return "直前";
	}
	return strcmp(tag, "線状降水帯発生") == 0 ? "発生" : "";
}

static void decode_tag(struct jmx *j, const xmlNode *node, const char *tag)
{
	const struct jmx_code *code = jmx_flash_tag(tag);
	struct alert_item like = {.code = tag, .name = tag, .value = ""};
	if (code) {
		like.severity = code->severity;
	} else {
		jmx_warn(j, "unknown-code", "the tag \"%s\" is unknown", tag);
	}
	like.kind = kind_find(code ? code->kind : "weather.info");
	like.value = stage_of(tag);
	struct alert_item *item = jmx_item(j, &like);
	const xmlNode *areas = xml_child(node, JMX_NS_HEAD, "Areas");
	for (const xmlNode *area = xml_child(areas, JMX_NS_HEAD, "Area"); area;
		area = xml_next(area)) {
		jmx_area(j, item, AREA_JMA_FORECAST, area);
	}
}

/* The municipalities of the Body are those of the record rain, else of the only tag. */
static struct alert_item *owner_of_places(struct alert *a)
{
	const struct kind *record = kind_find("weather.record_rain");
	for (size_t i = 0; i < a->item_count; i++) {
		if (a->items[i].kind == record) {
			return &a->items[i];
		}
	}
	return a->item_count == 1 ? &a->items[0] : NULL;
}

void jmx_flash(struct jmx *j)
{
	const xmlNode *headline = xml_child(j->head, JMX_NS_HEAD, "Headline");
	for (const xmlNode *i = xml_child(headline, JMX_NS_HEAD, "Information"); i;
		i = xml_next(i)) {
		if (strcmp(xml_attribute(j->pool, i, "type"), tags) != 0) {
			continue;
		}
		for (const xmlNode *node = xml_child(i, JMX_NS_HEAD, "Item"); node;
			node = xml_next(node)) {
			for (const xmlNode *kind = xml_child(node, JMX_NS_HEAD, "Kind"); kind;
				kind = xml_next(kind)) {
				decode_tag(j, node,
					xml_child_text(j->pool, kind, JMX_NS_HEAD, "Condition"));
			}
		}
	}
	struct alert_item *owner = owner_of_places(j->a);
	if (owner) {
		add_municipalities(j, owner);
	}
}
