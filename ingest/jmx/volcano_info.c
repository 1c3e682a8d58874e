/* SPDX-License-Identifier: Apache-2.0
 *
 * What is told about a volcano without a warning: VFVO51 (commentary), VFVO52 (an eruption as it
 * was seen), VFVO53-55 (falling ash), VFSV (for ships), VZVO40 (notices). Areas are what their
 * codeType says.
 */
#include "ingest/jmx/codes.h"
#include "ingest/jmx/jmx_private.h"

#include <string.h>

/* NULL: a codeType of later years; its areas are of no use to us. */
static const char *system_of(struct jmx *j, const xmlNode *areas)
{
	static const struct {
		const char *type;
		const char *system;
	} rows[] = {
		{"火山名", AREA_JMA_VOLCANO},
		{"気象・地震・火山情報／市町村等", AREA_JMA_CITY},
		{"地方海上予報区", AREA_JMA_MARINE},
	};
	const char *type = xml_attribute(j->pool, areas, "codeType");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].type, type) == 0) {
			return rows[i].system;
		}
	}
	return NULL;
}

static void say_content(struct jmx *j)
{
	const xmlNode *content = xml_child(j->body, JMX_NS_VOLC, "VolcanoInfoContent");
	jmx_say(&j->description, xml_child_text(j->pool, content, JMX_NS_VOLC, "VolcanoActivity"));
	jmx_say(&j->description, xml_child_text(j->pool, content, JMX_NS_VOLC, "Text"));
	jmx_say(&j->description, xml_child_text(j->pool, content, JMX_NS_VOLC, "NextAdvisory"));
	jmx_say(&j->instruction,
		xml_child_text(j->pool, content, JMX_NS_VOLC, "VolcanoPrevention"));
}

static void say_plume(struct jmx *j)
{
	static const char *const parts[] = {"PlumeHeightAboveCrater", "PlumeDirection"};
	const xmlNode *plume = xml_path(j->body, JMX_NS_VOLC, "VolcanoObservation/ColorPlume");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const xmlNode *part = xml_child(plume, JMX_NS_BASIS, parts[i]);
		const char *words = xml_attribute(j->pool, part, "description");
		if (words[0]) {
			jmx_say(&j->description,
				pool_printf(j->pool, "%s：%s", xml_attribute(j->pool, part, "type"),
					words));
		}
	}
}

/* One Item of a list, its Areas and their system. data: of the caller of each_item(). */
struct info_item {
	const xmlNode *node;
	const xmlNode *areas;
	const char *system;
	const void *data;
};

static void each_item(struct jmx *j, void (*decode)(struct jmx *j, const struct info_item *item),
	const void *data)
{
	const xmlNode *info = xml_child(j->body, JMX_NS_VOLC, "VolcanoInfo");
	for (; info; info = xml_next(info)) {
		for (const xmlNode *node = xml_child(info, JMX_NS_VOLC, "Item"); node;
			node = xml_next(node)) {
			struct info_item item = {.node = node, .data = data};
			item.areas = xml_child(node, JMX_NS_VOLC, "Areas");
			item.system = item.areas ? system_of(j, item.areas) : NULL;
			if (item.system) {
				decode(j, &item);
			}
		}
	}
}

static void decode_info(struct jmx *j, const struct info_item *item)
{
	const char *code = jmx_at(j, item->node, JMX_NS_VOLC, "Kind/Code");
	const struct alert_item like = {
		.kind = kind_find("volcano.info"),
		.code = code,
		.name = jmx_at(j, item->node, JMX_NS_VOLC, "Kind/Name"),
		.value = jmx_volcano_level(j, code),
		.severity = SEVERITY_MINOR,
	};
	struct alert_item *to = jmx_item(j, &like);
	for (const xmlNode *area = xml_child(item->areas, JMX_NS_VOLC, "Area"); area;
		area = xml_next(area)) {
		jmx_area(j, to, item->system, area);
	}
}

void jmx_volcano_info(struct jmx *j)
{
	each_item(j, decode_info, NULL);
	say_plume(j);
	say_content(j);
}

void jmx_volcano_text(struct jmx *j)
{
	const struct alert_item like = {
		.kind = kind_find("volcano.info"),
		.code = "",
		.name = "",
		.value = "",
		.severity = SEVERITY_MINOR,
	};
	(void)jmx_item(j, &like);
}

/* ---- ash ---- */

/* 70 ash, 71 little, 72 rather much, 73 much, 75 small stones; the worst first. */
static const char *const ash_codes[] = {"75", "73", "72", "71", "70"};

enum { ASH_CODE_COUNT = sizeof(ash_codes) / sizeof(ash_codes[0]) };

static size_t ash_rank(const char *code)
{
	size_t rank = 0;
	while (rank < ASH_CODE_COUNT && strcmp(ash_codes[rank], code) != 0) {
		rank++;
	}
	return rank;
}

/* Stones, and so much ash that one stays inside, while it falls; the three-hourly forecast is for
 * an eruption that may never come. */
static enum severity ash_severity(const struct jmx *j, size_t rank)
{
	bool falls = strcmp(j->a->type, "VFVO53") != 0;
	return falls && rank < 2 ? SEVERITY_MODERATE : SEVERITY_MINOR;
}

/* The worst first, so that a municipality stands under the worst that names it. */
struct ash_pass {
	size_t rank;		/* of the codes that are looked for */
	const xmlNode *volcano; /* its Area; it goes into every item, for people */
};

static void decode_ash(struct jmx *j, const struct info_item *item)
{
	const struct ash_pass *pass = item->data;
	const char *code = jmx_at(j, item->node, JMX_NS_VOLC, "Kind/Code");
	if (ash_rank(code) != pass->rank || strcmp(item->system, AREA_JMA_CITY) != 0) {
		return;
	}
	if (pass->rank == ASH_CODE_COUNT) {
		jmx_warn(j, "unknown-code", "the ash code \"%s\" is unknown", code);
	}
	const struct alert_item like = {
		.kind = kind_find("volcano.ash"),
		.code = code,
		.name = jmx_at(j, item->node, JMX_NS_VOLC, "Kind/Name"),
		.value = "",
		.severity = ash_severity(j, pass->rank),
	};
	struct alert_item *to = NULL;
	for (const xmlNode *area = xml_child(item->areas, JMX_NS_VOLC, "Area"); area;
		area = xml_next(area)) {
		if (jmx_lists(j->a, xml_child_text(j->pool, area, JMX_NS_VOLC, "Code"))) {
			continue;
		}
		to = to ? to : jmx_item(j, &like);
		if (to && to->area_count == 0 && pass->volcano) {
			jmx_area(j, to, AREA_JMA_VOLCANO, pass->volcano);
		}
		jmx_area(j, to, item->system, area);
	}
}

/* VolcanoInfo[降灰予報（対象火山）] comes first; its Kind is that of the forecast: 06, 07, 08. */
static const xmlNode *ash_volcano(struct jmx *j)
{
	const xmlNode *areas = xml_path(j->body, JMX_NS_VOLC, "VolcanoInfo/Item/Areas");
	bool volcano = areas && strcmp(xml_attribute(j->pool, areas, "codeType"), "火山名") == 0;
	return volcano ? xml_child(areas, JMX_NS_VOLC, "Area") : NULL;
}

void jmx_ash(struct jmx *j)
{
	struct ash_pass pass = {.volcano = ash_volcano(j)};
	for (; pass.rank <= ASH_CODE_COUNT; pass.rank++) {
		each_item(j, decode_ash, &pass);
	}
	say_content(j);
}
