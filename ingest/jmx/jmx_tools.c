/* SPDX-License-Identifier: Apache-2.0
 *
 * What every family of the JMX decoder reads and writes with: texts and times at a path, items and
 * areas within their limits, warnings.
 */
#include "ingest/jmx/jmx_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *jmx_at(struct jmx *j, const xmlNode *node, const char *ns, const char *path)
{
	return xml_text(j->pool, xml_path(node, ns, path));
}

void jmx_say(struct buf *text, const char *paragraph)
{
	if (paragraph[0]) {
		/* Too much text is cut by whole paragraphs; an alert is not lost for it. */
		(void)buf_addf(text, "%s%s", text->size > 0 ? "\n" : "", paragraph);
		text->failed = 0;
	}
}

enum transition jmx_compare(bool last_known, enum severity last, enum severity now)
{
	if (!last_known) {
		return TRANSITION_ISSUED;
	}
	if (now == last) {
		return TRANSITION_CONTINUED;
	}
	return now > last ? TRANSITION_RAISED : TRANSITION_LOWERED;
}

void jmx_warn(struct jmx *j, const char *code, const char *format, ...)
{
	if (j->a->warning_count >= JMX_WARNING_LIMIT) {
		return;
	}
	char text[512];
	va_list args;
	va_start(args, format);
	utf8_vprint(text, sizeof(text), format, args);
	va_end(args);
	alert_add_warning(j->a, code, "%s", text);
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static bool item_like(const struct alert_item *item, const struct alert_item *like)
{
	return item->kind == like->kind && item->severity == like->severity &&
	       item->level == like->level && item->transition == like->transition &&
	       strcmp(item->code, like->code) == 0 && strcmp(item->name, like->name) == 0 &&
	       strcmp(item->value, like->value) == 0 &&
	       strcmp(item->certainty, or_empty(like->certainty)) == 0 &&
	       item->arrival.state == like->arrival.state &&
	       (like->arrival.state == ARRIVAL_NONE || item->arrival.at.ms == like->arrival.at.ms);
}

struct alert_item *jmx_item(struct jmx *j, const struct alert_item *like)
{
	for (size_t i = 0; i < j->a->item_count; i++) {
		if (item_like(&j->a->items[i], like)) {
			return &j->a->items[i];
		}
	}
	return jmx_new_item(j, like);
}

struct alert_item *jmx_new_item(struct jmx *j, const struct alert_item *like)
{
	if (j->a->item_count >= JMX_ITEM_LIMIT) {
		if (!j->crowded) {
			j->crowded = true;
			jmx_warn(j, "too-many-items", "more than %d kinds of item", JMX_ITEM_LIMIT);
		}
		return NULL;
	}
	struct alert_item *item = alert_add_item(j->a, like->kind);
	item->code = like->code;
	item->name = like->name;
	item->value = like->value;
	item->severity = like->severity;
	item->level = like->level;
	item->transition = like->transition;
	item->certainty = or_empty(like->certainty);
	item->arrival = like->arrival;
	return item;
}

void jmx_area_text(struct jmx *j, struct alert_item *item, const char *system, const char *code,
	const char *name)
{
	if (!item || !code[0]) {
		return;
	}
	if (j->area_count >= JMX_AREA_LIMIT) {
		if (j->area_count == JMX_AREA_LIMIT) {
			jmx_warn(j, "too-many-areas", "more than %d areas", JMX_AREA_LIMIT);
			j->area_count++;
		}
		return;
	}
	j->area_count++;
	alert_add_area(j->a, item, system, code, name);
}

bool jmx_lists(const struct alert *a, const char *code)
{
	for (size_t i = 0; i < a->item_count; i++) {
		for (size_t k = 0; k < a->items[i].area_count; k++) {
			if (strcmp(a->items[i].areas[k].code, code) == 0) {
				return true;
			}
		}
	}
	return false;
}

void jmx_area(struct jmx *j, struct alert_item *item, const char *system, const xmlNode *area)
{
	const char *ns = area->ns ? (const char *)area->ns->href : NULL;
	jmx_area_text(j, item, system, xml_child_text(j->pool, area, ns, "Code"),
		xml_child_text(j->pool, area, ns, "Name"));
}

struct wall_time jmx_time(struct jmx *j, const xmlNode *parent, const char *ns, const char *path)
{
	struct wall_time t = WALL_TIME_NONE;
	const char *text = jmx_at(j, parent, ns, path);
	if (text[0] && wall_time_parse(text, strlen(text), &t, NULL) != 0) {
		t = WALL_TIME_NONE;
	}
	return t;
}

const char *jmx_clock(struct jmx *j, struct wall_time t)
{
	char local[WALL_TIME_TEXT_SIZE];
	(void)wall_time_format(t, CLOCK_JST_OFFSET_MINUTES, local);
	return pool_printf(j->pool, "%.2s日%.2s時%.2s分", local + 8, local + 11, local + 14);
}
