/* SPDX-License-Identifier: Apache-2.0
 *
 * Great quakes that may follow: VYSE50 (Nankai Trough, by code), VYSE51 and VYSE52 (its
 * commentaries, one title), VYSE60 (Hokkaido and Sanriku, no code). They name no areas; they
 * concern the 推進地域 that the law designates, of which a municipality is one or not.
 */
#include "ingest/jmx/jmx_private.h"

#include <string.h>

static const char info_code[] = "EarthquakeInfo/InfoSerial/Code";

static void add_promotion(
	struct jmx *j, const struct alert_item *like, const char *area, const char *name)
{
	jmx_area_text(j, jmx_item(j, like), AREA_PROMOTION, area, name);
}

static void add_nankai(struct jmx *j, const struct alert_item *like)
{
	add_promotion(j, like, "nankai", "南海トラフ地震防災対策推進地域");
}

static void say_info(struct jmx *j)
{
	jmx_say(&j->description, jmx_at(j, j->body, JMX_NS_SEIS, "EarthquakeInfo/Text"));
}

void jmx_nankai(struct jmx *j)
{
	static const struct {
		const char *code;
		const char *kind;
		enum severity severity;
		enum transition transition;
	} rows[] = {
		{"111", "nankai.investigating", SEVERITY_MODERATE, TRANSITION_NONE},
		{"112", "nankai.investigating", SEVERITY_MODERATE, TRANSITION_NONE},
		{"113", "nankai.investigating", SEVERITY_MODERATE, TRANSITION_NONE},
		{"120", "nankai.alert", SEVERITY_SEVERE, TRANSITION_NONE},
		{"130", "nankai.caution", SEVERITY_MODERATE, TRANSITION_NONE},
		{"190", "nankai.investigating", SEVERITY_UNKNOWN, TRANSITION_RELEASED},
	};
	const char *code = jmx_at(j, j->body, JMX_NS_SEIS, info_code);
	struct alert_item like = {
		.kind = kind_find("nankai.caution"),
		.code = code,
		.name = jmx_at(j, j->body, JMX_NS_SEIS, "EarthquakeInfo/InfoSerial/Name"),
		.value = "",
		.severity = SEVERITY_MODERATE,
	};
	size_t i = 0;
	while (i < sizeof(rows) / sizeof(rows[0]) && strcmp(rows[i].code, code) != 0) {
		i++;
	}
	if (i < sizeof(rows) / sizeof(rows[0])) {
		like.kind = kind_find(rows[i].kind);
		like.severity = rows[i].severity;
		like.transition = rows[i].transition;
	} else {
		jmx_warn(j, "unknown-code", "the Nankai code \"%s\" is taken as a caution", code);
	}
	say_info(j);
	add_nankai(j, &like);
}

/* 200 is the monthly assessment and has no serial; 210 and 219 follow an extra bulletin. */
const char *jmx_nankai_type(struct jmx *j)
{
	const char *code = jmx_at(j, j->body, JMX_NS_SEIS, info_code);
	const char *serial = xml_child_text(j->pool, j->head, JMX_NS_HEAD, "Serial");
	bool monthly = code[0] ? strcmp(code, "200") == 0 : serial[0] == '\0';
	return monthly ? "VYSE52" : "VYSE51";
}

void jmx_nankai_text(struct jmx *j)
{
	const struct alert_item like = {
		.kind = kind_find("nankai.info"),
		.code = jmx_at(j, j->body, JMX_NS_SEIS, info_code),
		.name = jmx_at(j, j->body, JMX_NS_SEIS, "EarthquakeInfo/InfoSerial/Name"),
		.value = "",
		.severity = SEVERITY_MINOR,
	};
	say_info(j);
	add_nankai(j, &like);
}

void jmx_hokkaido(struct jmx *j)
{
	const struct alert_item like = {
		.kind = kind_find("hokkaido.caution"),
		.code = "",
		.name = xml_child_text(j->pool, j->control, JMX_NS, "Title"),
		.value = "",
		.severity = SEVERITY_MODERATE,
	};
	say_info(j);
	add_promotion(j, &like, "hokkaido", "日本海溝・千島海溝周辺海溝型地震防災対策推進地域");
}
