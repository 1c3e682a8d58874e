/* SPDX-License-Identifier: Apache-2.0
 *
 * VXSE43 (warning before the shaking), VXSE51 and VXSE53 (observed intensities). An area counts by
 * its own code and intensity in the Body; the Headline's names are only shown.
 */
#include "ingest/jmx/codes.h"
#include "ingest/jmx/jmx_private.h"

#include <string.h>

static const char missing_data[] = "震度５弱以上未入電";

static bool code_in(const char *const *list, const char *code)
{
	while (*list && strcmp(*list, code) != 0) {
		list++;
	}
	return *list != NULL;
}

static enum severity eew_severity(struct jmx *j, const xmlNode *area)
{
	int rank = jmx_intensity_rank(jmx_at(j, area, JMX_NS_SEIS, "ForecastInt/From"));
	bool worst = rank >= JMX_INTENSITY_6_LOWER ||
		     strcmp(jmx_at(j, area, JMX_NS_SEIS, "ForecastLgInt/From"), "4") == 0 ||
		     strcmp(jmx_at(j, area, JMX_NS_SEIS, "ForecastLgInt/To"), "4") == 0;
	return worst ? SEVERITY_EXTREME : SEVERITY_SEVERE;
}

static void decode_eew_area(struct jmx *j, const xmlNode *area)
{
	static const char *const warned[] = {"10", "11", "19", NULL};
	static const char *const forecast[] = {"00", "01", "09", NULL};
	const char *code = jmx_at(j, area, JMX_NS_SEIS, "Category/Kind/Code");
	const char *last = jmx_at(j, area, JMX_NS_SEIS, "Category/LastKind/Code");
	struct alert_item like = {
		.kind = kind_find("eew.warning"),
		.code = code,
		.name = jmx_at(j, area, JMX_NS_SEIS, "Category/Kind/Name"),
		.value = jmx_at(j, area, JMX_NS_SEIS, "ForecastInt/From"),
	};
	if (code_in(forecast, code)) {
		like.kind = kind_find("eew.forecast");
		like.severity = jmx_intensity_severity(jmx_intensity_rank(like.value));
		if (like.severity > SEVERITY_MODERATE) {
			like.severity = SEVERITY_MODERATE;
		}
	} else {
		if (!code_in(warned, code)) {
			jmx_warn(j, "unknown-code",
				"the early warning code \"%s\" is taken as a warning", code);
		}
		like.severity = eew_severity(j, area);
	}
	if (last[0]) {
		like.transition = code_in(warned, last) ? TRANSITION_CONTINUED : TRANSITION_ISSUED;
	}
	jmx_area(j, jmx_item(j, &like), AREA_JMA_SEISMIC_AREA, area);
}

void jmx_eew(struct jmx *j)
{
	const xmlNode *forecast = xml_path(j->body, JMX_NS_SEIS, "Intensity/Forecast");
	for (const xmlNode *pref = xml_child(forecast, JMX_NS_SEIS, "Pref"); pref;
		pref = xml_next(pref)) {
		for (const xmlNode *area = xml_child(pref, JMX_NS_SEIS, "Area"); area;
			area = xml_next(area)) {
			decode_eew_area(j, area);
		}
	}
}

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

static void say_hypocentre(struct jmx *j)
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

void jmx_intensity(struct jmx *j)
{
	say_hypocentre(j);
	const xmlNode *seen = xml_path(j->body, JMX_NS_SEIS, "Intensity/Observation");
	for (const xmlNode *pref = xml_child(seen, JMX_NS_SEIS, "Pref"); pref;
		pref = xml_next(pref)) {
		for (const xmlNode *area = xml_child(pref, JMX_NS_SEIS, "Area"); area;
			area = xml_next(area)) {
			decode_area(j, area);
		}
	}
}
