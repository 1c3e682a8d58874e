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

const char *jmx_tsunami_height(struct jmx *j, const xmlNode *parent)
{
	const xmlNode *node = xml_child(parent, JMX_NS_BASIS, "TsunamiHeight");
	const char *number = xml_text(j->pool, node);
	const char *words = xml_attribute(j->pool, node, "description");
	if (!number[0] || strcmp(number, "NaN") == 0) {
		return words;
	}
	const char *more = strstr(words, "超")	   ? "超"
			   : strstr(words, "以上") ? "以上"
			   : strstr(words, "未満") ? "未満"
						   : "";
	return pool_printf(j->pool, "%s%s%s", number, xml_attribute(j->pool, node, "unit"), more);
}

/* JMA gives these conditions no codes; there is a closed list of them. */
struct alert_arrival jmx_tsunami_arrival(struct jmx *j, const xmlNode *first)
{
	static const struct {
		const char *condition;
		enum arrival_state state;
	} rows[] = {
		{"ただちに津波来襲と予測", ARRIVAL_IMMINENT},
		{"津波到達中と推測", ARRIVAL_PRESUMED},
		{"早いところでは既に津波到達と推定", ARRIVAL_PRESUMED},
		{"第１波の到達を確認", ARRIVAL_OBSERVED},
	};
	struct alert_arrival a = {.at = jmx_time(j, first, JMX_NS_SEIS, "ArrivalTime")};
	const char *condition = jmx_at(j, first, JMX_NS_SEIS, "Condition");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].condition, condition) == 0) {
			a.state = rows[i].state;
			return a;
		}
	}
	a.state = wall_time_is_none(a.at) ? ARRIVAL_NONE : ARRIVAL_EXPECTED;
	return a;
}

/* "15時10分" in Japan, for the description. */
static const char *arrival_words(struct jmx *j, const struct alert_item *item, const xmlNode *node)
{
	const struct alert_arrival *a = &item->arrival;
	const char *condition = jmx_at(j, node, JMX_NS_SEIS, "FirstHeight/Condition");
	if (a->state == ARRIVAL_NONE || wall_time_is_none(a->at)) {
		return condition;
	}
	return pool_printf(
		j->pool, "%s到達予想%s%s", jmx_clock(j, a->at), condition[0] ? " " : "", condition);
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
		like.value = jmx_tsunami_height(j, xml_child(node, JMX_NS_SEIS, "MaxHeight"));
		like.arrival = jmx_tsunami_arrival(j, xml_child(node, JMX_NS_SEIS, "FirstHeight"));
		first = arrival_words(j, &like, node);
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
