/* SPDX-License-Identifier: Apache-2.0
 *
 * VTSE51 (arrival and high tide at each tide gauge, then what the gauges observe) and VTSE52 (what
 * is observed offshore, and what that means for the coasts). They repeat the warning's codes, but
 * only VTSE41 warns: these are items of kind tsunami.info, one a coast.
 */
#include "ingest/jmx/codes.h"
#include "ingest/jmx/jmx_private.h"

#include <string.h>

/* "3.3m", "9.3m以上", or the condition instead of a number: "観測中", "微弱", "欠測". */
static const char *observed_height(struct jmx *j, const xmlNode *max)
{
	const char *height = jmx_tsunami_height(j, max);
	const char *condition = jmx_at(j, max, JMX_NS_SEIS, "Condition");
	/* 重要 marks a height that is there, and has the size of a warning. */
	return height[0] || strcmp(condition, "重要") == 0 ? height : condition;
}

static struct alert_point *point_of(struct jmx *j, struct alert_item *item, const char *code)
{
	for (size_t i = 0; i < item->point_count; i++) {
		if (strcmp(item->points[i].code, code) == 0) {
			return &item->points[i];
		}
	}
	if (j->point_count++ >= JMX_POINT_LIMIT) {
		if (j->point_count == JMX_POINT_LIMIT + 1) {
			jmx_warn(j, "too-many-points", "more than %d stations", JMX_POINT_LIMIT);
		}
		return NULL;
	}
	struct alert_point *point = alert_add_point(j->a, item);
	point->code = code;
	return point;
}

static void say_point(struct jmx *j, const struct alert_point *p, const char *initial)
{
	struct buf text;
	buf_init(&text, 1024);
	(void)buf_addf(&text, "%s：", p->name);
	if (p->arrival.state == ARRIVAL_EXPECTED) {
		(void)buf_addf(&text, "%s到達予想 ", jmx_clock(j, p->arrival.at));
	} else if (p->arrival.state == ARRIVAL_OBSERVED && !wall_time_is_none(p->arrival.at)) {
		(void)buf_addf(&text, "第１波%s %s ", jmx_clock(j, p->arrival.at), initial);
	}
	if (!wall_time_is_none(p->high_tide)) {
		(void)buf_addf(&text, "満潮%s ", jmx_clock(j, p->high_tide));
	}
	if (p->height[0]) {
		(void)buf_addf(&text, "最大波%s%s",
			wall_time_is_none(p->height_at) ? "" : jmx_clock(j, p->height_at),
			p->height);
	}
	jmx_say(&j->description, buf_text(&text));
	buf_clear(&text);
}

/* observed: the station tells what it measured, not what is expected there. */
static void decode_station(
	struct jmx *j, struct alert_item *item, const xmlNode *station, bool observed)
{
	const char *code = xml_child_text(j->pool, station, JMX_NS_SEIS, "Code");
	const char *name = xml_child_text(j->pool, station, JMX_NS_SEIS, "Name");
	struct alert_point *p = code[0] || name[0] ? point_of(j, item, code) : NULL;
	if (!p) {
		return;
	}
	const xmlNode *first = xml_child(station, JMX_NS_SEIS, "FirstHeight");
	const xmlNode *max = xml_child(station, JMX_NS_SEIS, "MaxHeight");
	struct alert_arrival arrival = jmx_tsunami_arrival(j, first);
	struct wall_time high_tide = jmx_time(j, station, JMX_NS_SEIS, "HighTideDateTime");
	p->name = name[0] ? name : code;
	if (observed && arrival.state == ARRIVAL_EXPECTED) {
		arrival.state = ARRIVAL_OBSERVED;
	}
	if (arrival.state != ARRIVAL_NONE) {
		p->arrival = arrival;
	}
	if (!wall_time_is_none(high_tide)) {
		p->high_tide = high_tide;
	}
	if (observed) {
		p->height = observed_height(j, max);
		p->height_at = jmx_time(j, max, JMX_NS_SEIS, "DateTime");
	}
	say_point(j, p, jmx_at(j, first, JMX_NS_SEIS, "Initial"));
}

static void decode_stations(
	struct jmx *j, struct alert_item *item, const xmlNode *node, bool observed)
{
	for (const xmlNode *s = xml_child(node, JMX_NS_SEIS, "Station"); item && s;
		s = xml_next(s)) {
		decode_station(j, item, s, observed);
	}
}

static struct alert_item *item_of_coast(struct jmx *j, const char *code)
{
	for (size_t i = 0; i < j->a->item_count; i++) {
		struct alert_item *item = &j->a->items[i];
		if (item->area_count == 1 && strcmp(item->areas[0].code, code) == 0) {
			return item;
		}
	}
	return NULL;
}

/* The coast's item, made from this Item when it is the first about it. */
static struct alert_item *coast_item(struct jmx *j, const xmlNode *node)
{
	const xmlNode *area = xml_child(node, JMX_NS_SEIS, "Area");
	const char *code = xml_child_text(j->pool, area, JMX_NS_SEIS, "Code");
	struct alert_item *item = item_of_coast(j, code);
	if (item) {
		return item;
	}
	const struct alert_item like = {
		.kind = kind_find("tsunami.info"),
		.code = jmx_at(j, node, JMX_NS_SEIS, "Category/Kind/Code"),
		.name = jmx_at(j, node, JMX_NS_SEIS, "Category/Kind/Name"),
		.value = jmx_tsunami_height(j, xml_child(node, JMX_NS_SEIS, "MaxHeight")),
		.severity = SEVERITY_MINOR,
		.arrival = jmx_tsunami_arrival(j, xml_child(node, JMX_NS_SEIS, "FirstHeight")),
	};
	item = jmx_new_item(j, &like);
	if (item && code[0]) {
		jmx_area(j, item, AREA_JMA_TSUNAMI, area);
	}
	return item;
}

/* Coasts with 若干の海面変動 and no station: VTSE41 has said all there is. */
static bool has_something(struct jmx *j, const xmlNode *node)
{
	const struct jmx_code *code =
		jmx_tsunami_code(jmx_at(j, node, JMX_NS_SEIS, "Category/Kind/Code"));
	return xml_child(node, JMX_NS_SEIS, "Station") ||
	       (code && strcmp(code->kind, "tsunami.forecast") != 0);
}

/* Offshore stations belong to no coast; every coast that is estimated is so by them. */
static void decode_offshore(struct jmx *j, const xmlNode *tsunami)
{
	const xmlNode *estimation = xml_child(tsunami, JMX_NS_SEIS, "Estimation");
	for (const xmlNode *node = xml_child(estimation, JMX_NS_SEIS, "Item"); node;
		node = xml_next(node)) {
		(void)coast_item(j, node);
	}
	const struct alert_item nowhere = {
		.kind = kind_find("tsunami.info"),
		.code = "",
		.name = "",
		.value = "",
		.severity = SEVERITY_MINOR,
	};
	struct alert_item *first = j->a->item_count > 0 ? &j->a->items[0] : jmx_item(j, &nowhere);
	const xmlNode *seen = xml_child(tsunami, JMX_NS_SEIS, "Observation");
	for (const xmlNode *node = xml_child(seen, JMX_NS_SEIS, "Item"); node;
		node = xml_next(node)) {
		decode_stations(j, first, node, true);
	}
	for (size_t i = 1; i < j->a->item_count; i++) {
		j->a->items[i].points = first->points;
		j->a->items[i].point_count = first->point_count;
	}
}

void jmx_tsunami_info(struct jmx *j)
{
	const xmlNode *tsunami = xml_child(j->body, JMX_NS_SEIS, "Tsunami");
	jmx_say_hypocentre(j);
	if (strcmp(j->a->type, "VTSE52") == 0) {
		decode_offshore(j, tsunami);
		return;
	}
	const struct {
		const char *list;
		bool observed;
	} lists[] = {{"Forecast", false}, {"Observation", true}};
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const xmlNode *list = xml_child(tsunami, JMX_NS_SEIS, lists[i].list);
		for (const xmlNode *node = xml_child(list, JMX_NS_SEIS, "Item"); node;
			node = xml_next(node)) {
			if (has_something(j, node)) {
				decode_stations(j, coast_item(j, node), node, lists[i].observed);
			}
		}
	}
}
