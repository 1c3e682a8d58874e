/* SPDX-License-Identifier: Apache-2.0
 *
 * Areas: codes we know by the name of their list become our systems, all others stay the opaque
 * pair they are; shapes are checked. A defect costs the shape, never the message.
 */
#include "ingest/cap/cap_private.h"
#include "ingest/xml.h"
#include "schemas/areas.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

struct code_list {
	const char *value_name;
	const char *system;
	size_t digits_min;
	size_t digits_max;
	size_t keep; /* leading digits that count; 0: all */
};

static const struct code_list code_lists[] = {
	{.value_name = "JIS",
		.system = AREA_MUNICIPALITY,
		.digits_min = 5,
		.digits_max = 6,
		.keep = 5},
	{.value_name = "jp-municipality",
		.system = AREA_MUNICIPALITY,
		.digits_min = 5,
		.digits_max = 6,
		.keep = 5},
	{.value_name = "全国地方公共団体コード",
		.system = AREA_MUNICIPALITY,
		.digits_min = 5,
		.digits_max = 6,
		.keep = 5},
	{.value_name = "jp-jma-city", .system = AREA_JMA_CITY, .digits_min = 7, .digits_max = 7},
	{.value_name = "JMA:AreaInformationCity",
		.system = AREA_JMA_CITY,
		.digits_min = 7,
		.digits_max = 7},
	{.value_name = "jp-jma-forecast",
		.system = AREA_JMA_FORECAST,
		.digits_min = 6,
		.digits_max = 6},
	{.value_name = "JMA:AreaForecastLocalM",
		.system = AREA_JMA_FORECAST,
		.digits_min = 6,
		.digits_max = 6},
	{.value_name = "jp-jma-seismic-city",
		.system = AREA_JMA_SEISMIC_CITY,
		.digits_min = 7,
		.digits_max = 7},
	{.value_name = "jp-jma-seismic-area",
		.system = AREA_JMA_SEISMIC_AREA,
		.digits_min = 3,
		.digits_max = 3},
	{.value_name = "JMA:AreaForecastLocalE",
		.system = AREA_JMA_SEISMIC_AREA,
		.digits_min = 3,
		.digits_max = 3},
	{.value_name = "jp-jma-eew", .system = AREA_JMA_EEW, .digits_min = 4, .digits_max = 4},
	{.value_name = "jp-jma-tsunami",
		.system = AREA_JMA_TSUNAMI,
		.digits_min = 3,
		.digits_max = 3},
	{.value_name = "JMA:AreaTsunami",
		.system = AREA_JMA_TSUNAMI,
		.digits_min = 3,
		.digits_max = 3},
	{.value_name = "jp-jma-volcano",
		.system = AREA_JMA_VOLCANO,
		.digits_min = 3,
		.digits_max = 3},
	{.value_name = "JMA:PointVolcano",
		.system = AREA_JMA_VOLCANO,
		.digits_min = 3,
		.digits_max = 3},
	{.value_name = "jp-jma-river",
		.system = AREA_JMA_RIVER,
		.digits_min = 12,
		.digits_max = 12},
};

/* A polygon to subtract, disguised as a geocode by its sender (DWD). */
static const char exclusion[] = "EXCLUDE_POLYGON";

static const struct code_list *find_list(const char *value_name)
{
	for (size_t i = 0; i < sizeof(code_lists) / sizeof(code_lists[0]); i++) {
		if (strcasecmp(code_lists[i].value_name, value_name) == 0) {
			return &code_lists[i];
		}
	}
	return NULL;
}

static bool fits(const struct code_list *list, const char *value)
{
	size_t digits = strspn(value, "0123456789");
	return value[digits] == '\0' && digits >= list->digits_min && digits <= list->digits_max;
}

static int add_geocode(
	struct cap *c, const xmlNode *node, struct alert_item *item, const char *name)
{
	const char *value_name;
	const char *value;
	int rc = cap_text(c, node, "valueName", &value_name);
	rc = rc ? rc : cap_text(c, node, "value", &value);
	if (rc) {
		return rc;
	}
	if (value[0] == '\0') {
		cap_warn(c, "empty-geocode", "geocode %.60s has no value", value_name);
		return 0;
	}
	if (strcasecmp(value_name, exclusion) == 0) {
		cap_warn(c, "exclusion-ignored", "%s is not subtracted", exclusion);
		return 0;
	}
	struct pool *pool = c->alert->pool;
	struct alert_area *area = alert_add_empty_area(c->alert, item);
	area->name = name;
	area->code = value;
	const struct code_list *list = find_list(value_name);
	if (list && fits(list, value)) {
		area->system = list->system;
		if (list->keep) {
			area->code = pool_copy(pool, value, list->keep);
		}
		return 0;
	}
	if (list) {
		cap_warn(c, "bad-geocode", "geocode %.60s: %.60s does not fit its list", value_name,
			value);
	}
	area->system = pool_printf(pool, "%s%s", AREA_CAP_PREFIX, value_name);
	return 0;
}

static void warn_shape(struct cap *c, const char *what, enum shape_verdict verdict)
{
	if (verdict == SHAPE_OK || verdict == SHAPE_EMPTY) {
		return;
	}
	const char *code = verdict == SHAPE_CLOSED    ? "open-polygon"
			   : verdict == SHAPE_SWAPPED ? "swapped-coordinates"
						      : "bad-geometry";
	cap_warn(c, code, "%s %s", what, shape_verdict_text(verdict));
}

static int add_polygon(
	struct cap *c, const xmlNode *node, struct alert_item *item, const char *name)
{
	/* Borrowed, not copied: a polygon may be larger than any other text. */
	xmlChar *text = xmlNodeGetContent(node);
	if (!text) {
		return 0;
	}
	const char *polygon;
	enum shape_verdict verdict =
		shape_polygon(c->alert->pool, (const char *)text, &c->points, &polygon);
	xmlFree(text);
	if (verdict == SHAPE_TOO_LARGE || c->points > SHAPE_MESSAGE_POINTS) {
		return decode_refuse(c->refusal, "too-large", (int)xmlGetLineNo(node),
			"polygons have more than %d points (%d in all)", SHAPE_POLYGON_POINTS,
			SHAPE_MESSAGE_POINTS);
	}
	warn_shape(c, "polygon", verdict);
	if (polygon[0]) {
		struct alert_area *area = alert_add_empty_area(c->alert, item);
		area->name = name;
		area->polygon = polygon;
	}
	return 0;
}

static int add_circle(struct cap *c, const xmlNode *node, struct alert_item *item, const char *name)
{
	const char *text = cap_node_text(c, node);
	if (!text) {
		return -EBADMSG;
	}
	const char *circle;
	warn_shape(c, "circle", shape_circle(c->alert->pool, text, &circle));
	if (circle[0]) {
		struct alert_area *area = alert_add_empty_area(c->alert, item);
		area->name = name;
		area->circle = circle;
	}
	return 0;
}

static const struct {
	const char *element;
	int (*read)(struct cap *c, const xmlNode *node, struct alert_item *item, const char *name);
	size_t limit;
} parts[] = {
	{.element = "geocode", .read = add_geocode, .limit = CAP_GEOCODE_LIMIT},
	{.element = "polygon", .read = add_polygon, .limit = CAP_POLYGON_LIMIT},
	{.element = "circle", .read = add_circle, .limit = CAP_POLYGON_LIMIT},
};

static int read_area(struct cap *c, const xmlNode *area, struct alert_item *item)
{
	const char *name;
	int rc = cap_text(c, area, "areaDesc", &name);
	if (rc) {
		return rc;
	}
	if (strlen(name) > CAP_NAME_LIMIT) {
		name = pool_copy(
			c->alert->pool, name, utf8_cut(name, strlen(name), CAP_NAME_LIMIT));
	}
	size_t before = item->area_count;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		size_t count = 0;
		const xmlNode *node = xml_child(area, c->ns, parts[i].element);
		for (; node; node = xml_next(node)) {
			if (++count > parts[i].limit) {
				return decode_refuse(c->refusal, "too-large",
					(int)xmlGetLineNo(node), "an area has more than %zu %s",
					parts[i].limit, parts[i].element);
			}
			rc = parts[i].read(c, node, item, name);
			if (rc) {
				return rc;
			}
		}
	}
	if (item->area_count == before) {
		cap_warn(c, "area-by-name-only", "area %.100s has neither shape nor code", name);
		alert_add_empty_area(c->alert, item)->name = name;
	}
	return 0;
}

int cap_read_areas(struct cap *c, const xmlNode *info, struct alert_item *item)
{
	size_t count = 0;
	for (const xmlNode *area = xml_child(info, c->ns, "area"); area; area = xml_next(area)) {
		if (++count > CAP_AREA_LIMIT) {
			return decode_refuse(c->refusal, "too-large", (int)xmlGetLineNo(area),
				"an info has more than %d areas", CAP_AREA_LIMIT);
		}
		int rc = read_area(c, area, item);
		if (rc) {
			return rc;
		}
	}
	if (count == 0) {
		cap_warn(c, "no-area", "info without area");
	}
	return 0;
}
