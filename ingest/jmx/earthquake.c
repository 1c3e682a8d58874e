/* SPDX-License-Identifier: Apache-2.0
 *
 * What was observed: VXSE51 and VXSE53 (intensities), VXSE62 (long-period motion), and what is told
 * about a quake without naming areas: VXSE52 and VXSE61 (source), VXSE60 (counts), VXSE56 and
 * VZSE40 (text). An area counts by its own code and intensity in the Body; the Headline's names are
 * only shown.
 */
#include "ingest/jmx/codes.h"
#include "ingest/jmx/jmx_private.h"

#include <string.h>

static const char missing_data[] = "震度５弱以上未入電";

static const char *intensity_name(int rank)
{
	static const char *const names[] = {"震度０", "震度１", "震度２", "震度３", "震度４",
		"震度５弱", "震度５強", "震度６弱", "震度６強", "震度７"};
	return rank >= 0 ? names[rank] : "震度不明";
}

/* One area or municipality with what was observed there. */
static void decode_place(struct jmx *j, const xmlNode *place, const char *system)
{
	const char *value = xml_child_text(j->pool, place, JMX_NS_SEIS, "MaxInt");
	const char *condition = xml_child_text(j->pool, place, JMX_NS_SEIS, "Condition");
	int rank = jmx_intensity_rank(value);
	struct alert_item like = {
		.kind = kind_find("earthquake.intensity"),
		.code = "",
		.name = intensity_name(rank),
		.value = value,
	};
	if (strcmp(condition, missing_data) == 0 && rank < JMX_INTENSITY_5_LOWER) {
		jmx_warn(j, "intensity-missing", "%s: %s",
			xml_child_text(j->pool, place, JMX_NS_SEIS, "Name"), missing_data);
		like.name = missing_data;
		like.value = "5-";
		like.certainty = "possible";
		rank = JMX_INTENSITY_5_LOWER;
	} else if (rank < 0) {
		if (value[0]) {
			jmx_warn(j, "unknown-code", "intensity \"%s\" is unknown", value);
		}
		return;
	}
	like.severity = jmx_intensity_severity(rank);
	jmx_area(j, jmx_item(j, &like), system, place);
}

static void decode_area(struct jmx *j, const xmlNode *area)
{
	decode_place(j, area, AREA_JMA_SEISMIC_AREA);
	for (const xmlNode *city = xml_child(area, JMX_NS_SEIS, "City"); city;
		city = xml_next(city)) {
		decode_place(j, city, AREA_JMA_SEISMIC_CITY);
	}
}

void jmx_say_hypocentre(struct jmx *j)
{
	const xmlNode *quake = xml_child(j->body, JMX_NS_SEIS, "Earthquake");
	const xmlNode *place = xml_path(quake, JMX_NS_SEIS, "Hypocenter/Area");
	const char *name = xml_child_text(j->pool, place, JMX_NS_SEIS, "Name");
	if (!name[0]) {
		return;
	}
	const char *where =
		xml_attribute(j->pool, xml_child(place, JMX_NS_BASIS, "Coordinate"), "description");
	const char *size =
		xml_attribute(j->pool, xml_child(quake, JMX_NS_BASIS, "Magnitude"), "description");
	jmx_say(&j->description, pool_printf(j->pool, "震源：%s %s %s", name, where, size));
}

/* Text about a quake that names no area of ours; the rules find out whom it concerns. */
static void add_whole(struct jmx *j, const char *kind, const char *code, const char *name)
{
	const struct alert_item like = {
		.kind = kind_find(kind),
		.code = code,
		.name = name,
		.value = "",
		.severity = SEVERITY_MINOR,
	};
	(void)jmx_item(j, &like);
}

static void each_area(struct jmx *j, void (*decode)(struct jmx *j, const xmlNode *area))
{
	const xmlNode *seen = xml_path(j->body, JMX_NS_SEIS, "Intensity/Observation");
	for (const xmlNode *pref = xml_child(seen, JMX_NS_SEIS, "Pref"); pref;
		pref = xml_next(pref)) {
		for (const xmlNode *area = xml_child(pref, JMX_NS_SEIS, "Area"); area;
			area = xml_next(area)) {
			decode(j, area);
		}
	}
}

void jmx_intensity(struct jmx *j)
{
	jmx_say_hypocentre(j);
	each_area(j, decode_area);
	if (!xml_child(j->body, JMX_NS_SEIS, "Intensity")) {
		/* 遠地地震: nobody in Japan felt it, and yet a wave may come. */
		add_whole(j, "earthquake.info", "",
			xml_child_text(j->pool, j->head, JMX_NS_HEAD, "Title"));
	}
}

static void decode_long_period(struct jmx *j, const xmlNode *area)
{
	static const struct {
		const char *value;
		const char *name;
		enum severity severity;
	} classes[] = {
		{"1", "長周期地震動階級１", SEVERITY_MINOR},
		{"2", "長周期地震動階級２", SEVERITY_MODERATE},
		{"3", "長周期地震動階級３", SEVERITY_SEVERE},
		{"4", "長周期地震動階級４", SEVERITY_SEVERE},
	};
	const char *value = xml_child_text(j->pool, area, JMX_NS_SEIS, "MaxLgInt");
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (strcmp(classes[i].value, value) == 0) {
			const struct alert_item like = {
				.kind = kind_find("earthquake.long_period"),
				.code = "",
				.name = classes[i].name,
				.value = classes[i].value,
				.severity = classes[i].severity,
			};
			jmx_area(j, jmx_item(j, &like), AREA_JMA_SEISMIC_AREA, area);
			return;
		}
	}
	if (value[0] && strcmp(value, "0") != 0) {
		jmx_warn(j, "unknown-code", "the long-period class \"%s\" is unknown", value);
	}
}

void jmx_long_period(struct jmx *j)
{
	jmx_say_hypocentre(j);
	each_area(j, decode_long_period);
}

void jmx_hypocentre(struct jmx *j)
{
	const xmlNode *place = xml_path(j->body, JMX_NS_SEIS, "Earthquake/Hypocenter/Area");
	jmx_say_hypocentre(j);
	add_whole(j, "earthquake.hypocentre", xml_child_text(j->pool, place, JMX_NS_SEIS, "Code"),
		xml_child_text(j->pool, place, JMX_NS_SEIS, "Name"));
}

void jmx_earthquake_count(struct jmx *j)
{
	const xmlNode *count = xml_child(j->body, JMX_NS_SEIS, "EarthquakeCount");
	for (const xmlNode *item = xml_child(count, JMX_NS_SEIS, "Item"); item;
		item = xml_next(item)) {
		struct wall_time from = jmx_time(j, item, JMX_NS_SEIS, "StartTime");
		struct wall_time to = jmx_time(j, item, JMX_NS_SEIS, "EndTime");
		const char *number = jmx_at(j, item, JMX_NS_SEIS, "Number");
		const char *felt = jmx_at(j, item, JMX_NS_SEIS, "FeltNumber");
		if (wall_time_is_none(from) || wall_time_is_none(to)) {
			continue;
		}
		jmx_say(&j->description,
			pool_printf(j->pool, "%s：%sから%sまで%s回（うち有感%s回）",
				xml_attribute(j->pool, item, "type"), jmx_clock(j, from),
				jmx_clock(j, to), number, felt));
	}
	add_whole(j, "earthquake.count", "", "");
}

void jmx_earthquake_text(struct jmx *j)
{
	add_whole(j, "earthquake.info", "", "");
}
