/* SPDX-License-Identifier: Apache-2.0
 *
 * VPHW50 竜巻注意情報 and VPHW51 the same with a sighting. The title of the Head changed in 2026
 * (気象防災速報（竜巻注意）); codes and lists did not. It ends at ValidDateTime, no telegram says
 * so.
 */
#include "ingest/jmx/codes.h"
#include "ingest/jmx/jmx_private.h"

#include <string.h>

static const struct {
	const char *type;
	const char *system;
} lists[] = {
	/* Finest first: the first that is there decides. */
	{"竜巻注意情報（市町村等）", AREA_JMA_CITY},
	{"竜巻注意情報（市町村等をまとめた地域等）", AREA_JMA_FORECAST},
	{"竜巻注意情報（一次細分区域等）", AREA_JMA_FORECAST},
	{"竜巻注意情報（発表細分）", AREA_JMA_FORECAST},
};

static const xmlNode *find_list(struct jmx *j, const char *type)
{
	const xmlNode *headline = xml_child(j->head, JMX_NS_HEAD, "Headline");
	const xmlNode *i = xml_child(headline, JMX_NS_HEAD, "Information");
	while (i && strcmp(xml_attribute(j->pool, i, "type"), type) != 0) {
		i = xml_next(i);
	}
	return i;
}

static struct alert_item watch(const struct jmx *j, const char *code, const char *name)
{
	bool sighted = strcmp(j->type->type, "VPHW51") == 0;
	return (struct alert_item){
		.kind = kind_find("weather.tornado"),
		.code = code,
		.name = name,
		.value = sighted ? "目撃" : "",
		.severity = sighted ? SEVERITY_SEVERE : SEVERITY_MODERATE,
	};
}

static void decode_item(struct jmx *j, const xmlNode *node, const char *system)
{
	struct alert_item like = watch(j, jmx_at(j, node, JMX_NS_HEAD, "Kind/Code"),
		jmx_at(j, node, JMX_NS_HEAD, "Kind/Name"));
	if (jmx_code_equal(like.code, "0")) {
		return; /* なし */
	}
	if (!jmx_code_equal(like.code, "1")) {
		jmx_warn(j, "unknown-code", "the tornado code \"%s\" is unknown", like.code);
	}
	struct alert_item *item = jmx_item(j, &like);
	const xmlNode *areas = xml_child(node, JMX_NS_HEAD, "Areas");
	for (const xmlNode *area = xml_child(areas, JMX_NS_HEAD, "Area"); area;
		area = xml_next(area)) {
		jmx_area(j, item, system, area);
	}
}

void jmx_tornado(struct jmx *j)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const xmlNode *list = find_list(j, lists[i].type);
		for (const xmlNode *item = xml_child(list, JMX_NS_HEAD, "Item"); item;
			item = xml_next(item)) {
			decode_item(j, item, lists[i].system);
		}
		if (list) {
			return;
		}
	}
	/* A damaged telegram is still a warning: for all that its office watches. */
	jmx_warn(j, "no-areas", "the Headline lists no areas");
	struct alert_item like = watch(j, "", "");
	jmx_area_text(j, jmx_item(j, &like), AREA_JMA_OFFICE, j->a->office, j->a->office);
}
