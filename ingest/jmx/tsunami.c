/* SPDX-License-Identifier: Apache-2.0
 *
 * VTSE41: the state of every coast, from the Body. The Headline merges coasts into region codes
 * and leaves advisories out while a warning is in force; it is only shown.
 */
#include "ingest/jmx/codes.h"
#include "ingest/jmx/jmx_private.h"

#include <string.h>

/* What ended, by the code that said so when the telegram does not give the previous one. */
static const char *ended_kind(const char *code, const struct jmx_code *last)
{
	static const struct {
		const char *code;
		const char *kind;
	} rows[] = {
		{"50", "tsunami.warning"},
		{"73", "tsunami.warning"},
		{"60", "tsunami.advisory"},
		{"72", "tsunami.advisory"},
	};
	if (last) {
		return last->kind;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (jmx_code_equal(rows[i].code, code)) {
			return rows[i].kind;
		}
	}
	return "tsunami.forecast";
}

/* "10m", "10m超", "巨大"; "" when no height is given. */
static const char *height(struct jmx *j, const xmlNode *item)
{
	const xmlNode *node =
		xml_child(xml_child(item, JMX_NS_SEIS, "MaxHeight"), JMX_NS_BASIS, "TsunamiHeight");
	const char *number = xml_text(j->pool, node);
	const char *words = xml_attribute(j->pool, node, "description");
	if (!number[0] || strcmp(number, "NaN") == 0) {
		return words;
	}
	const char *more = strstr(words, "超") ? "超" : strstr(words, "未満") ? "未満" : "";
	return pool_printf(j->pool, "%s%s%s", number, xml_attribute(j->pool, node, "unit"), more);
}

/* "15時10分" in Japan; the hub's texts never count on it. */
static const char *arrival(struct jmx *j, const xmlNode *item)
{
	const xmlNode *first = xml_child(item, JMX_NS_SEIS, "FirstHeight");
	const char *condition = xml_child_text(j->pool, first, JMX_NS_SEIS, "Condition");
	const char *time = xml_child_text(j->pool, first, JMX_NS_SEIS, "ArrivalTime");
	struct wall_time t;
	if (!time[0] || wall_time_parse(time, strlen(time), &t, NULL) != 0) {
		return condition;
	}
	char local[WALL_TIME_TEXT_SIZE];
	(void)wall_time_format(t, CLOCK_JST_OFFSET_MINUTES, local);
	return pool_printf(j->pool, "%.2s日%.2s時%.2s分到達予想%s%s", local + 8, local + 11,
		local + 14, condition[0] ? " " : "", condition);
}

static void say_coast(
	struct jmx *j, const char *coast, const char *state, const char *value, const char *first)
{
	jmx_say(&j->description,
		pool_printf(j->pool, "%s：%s%s%s%s%s", coast, state, value[0] ? " 予想高さ" : "",
			value, first[0] ? " " : "", first));
}

/* severity and kind of a coast in force; false when the code is unknown. */
static void judge(struct jmx *j, const char *code, const struct jmx_code *last,
	struct alert_item *like, const char *coast)
{
	const struct jmx_code *now = jmx_tsunami_code(code);
	if (!now) {
		/* A code of a later year: say so, and treat it as a warning rather than lose it. */
		jmx_warn(j, "unknown-code", "coast %s has the tsunami code \"%s\"", coast, code);
		like->kind = kind_find("tsunami.warning");
		like->severity = SEVERITY_SEVERE;
		return;
	}
	like->kind = kind_find(now->kind);
	like->severity = now->severity;
	like->transition =
		jmx_compare(last != NULL, last ? last->severity : SEVERITY_UNKNOWN, now->severity);
}

static void decode_coast(struct jmx *j, const xmlNode *node)
{
	const char *coast = jmx_at(j, node, JMX_NS_SEIS, "Area/Name");
	const char *code = jmx_at(j, node, JMX_NS_SEIS, "Category/Kind/Code");
	const char *last_code = jmx_at(j, node, JMX_NS_SEIS, "Category/LastKind/Code");
	const struct jmx_code *last = jmx_tsunami_code(last_code);
	struct alert_item like = {
		.code = code,
		.name = jmx_at(j, node, JMX_NS_SEIS, "Category/Kind/Name"),
		.value = "",
	};
	const char *first = "";
	if (jmx_tsunami_ends(code)) {
		like.kind = kind_find(ended_kind(code, last));
		like.transition = TRANSITION_RELEASED;
	} else {
		judge(j, code, last, &like, coast);
		like.value = height(j, node);
		first = arrival(j, node);
	}
	const xmlNode *area = xml_child(node, JMX_NS_SEIS, "Area");
	if (area) {
		jmx_area(j, jmx_item(j, &like), AREA_JMA_TSUNAMI, area);
		say_coast(j, coast, like.name, like.value, first);
	}
}

void jmx_tsunami(struct jmx *j)
{
	const xmlNode *forecast = xml_path(j->body, JMX_NS_SEIS, "Tsunami/Forecast");
	for (const xmlNode *item = xml_child(forecast, JMX_NS_SEIS, "Item"); item;
		item = xml_next(item)) {
		decode_coast(j, item);
	}
}
