/* SPDX-License-Identifier: Apache-2.0
 *
 * Early warnings before the shaking: VXSE43 (warning), VXSE44 and VXSE45 (forecast, for machines),
 * VXSE42 (hourly test of the line). An area counts by its own code and intensity in the Body.
 *
 * A forecast repeats the warning's codes for the areas that are warned. Its items are forecasts all
 * the same: VXSE43 speaks to people, and the two count their serials apart.
 */
#include "ingest/jmx/codes.h"
#include "ingest/jmx/jmx_private.h"

#include <string.h>

static const char assumed_source[] = "仮定震源要素";
static const char has_arrived[] = "既に主要動到達と推測";

static bool code_in(const char *const *list, const char *code)
{
	while (*list && strcmp(*list, code) != 0) {
		list++;
	}
	return *list != NULL;
}

/* The upper end of a forecast range; "over" leaves the lower one. */
static const char *forecast_intensity(struct jmx *j, const xmlNode *node)
{
	const char *from = jmx_at(j, node, JMX_NS_SEIS, "ForecastInt/From");
	const char *to = jmx_at(j, node, JMX_NS_SEIS, "ForecastInt/To");
	return jmx_intensity_rank(to) > jmx_intensity_rank(from) ? to : from;
}

/* 特別警報級: 6弱 or more, or class 4 of long-period motion. */
static enum severity warning_severity(struct jmx *j, const xmlNode *area, const char *intensity)
{
	bool worst = jmx_intensity_rank(intensity) >= JMX_INTENSITY_6_LOWER ||
		     strcmp(jmx_at(j, area, JMX_NS_SEIS, "ForecastLgInt/From"), "4") == 0 ||
		     strcmp(jmx_at(j, area, JMX_NS_SEIS, "ForecastLgInt/To"), "4") == 0;
	return worst ? SEVERITY_EXTREME : SEVERITY_SEVERE;
}

static enum severity forecast_severity(const char *intensity)
{
	enum severity severity = jmx_intensity_severity(jmx_intensity_rank(intensity));
	return severity > SEVERITY_MODERATE ? SEVERITY_MODERATE : severity;
}

static struct alert_arrival arrival(struct jmx *j, const xmlNode *area)
{
	struct alert_arrival a = {.at = jmx_time(j, area, JMX_NS_SEIS, "ArrivalTime")};
	if (strcmp(jmx_at(j, area, JMX_NS_SEIS, "Condition"), has_arrived) == 0) {
		a.state = ARRIVAL_PRESUMED;
	} else if (!wall_time_is_none(a.at)) {
		a.state = ARRIVAL_EXPECTED;
	}
	return a;
}

static void decode_area(struct jmx *j, const xmlNode *area, bool forecast_only)
{
	static const char *const warned[] = {"10", "11", "19", NULL};
	static const char *const forecast[] = {"00", "01", "09", NULL};
	const char *code = jmx_at(j, area, JMX_NS_SEIS, "Category/Kind/Code");
	const char *last = jmx_at(j, area, JMX_NS_SEIS, "Category/LastKind/Code");
	struct alert_item like = {
		.kind = kind_find("eew.warning"),
		.code = code,
		.name = jmx_at(j, area, JMX_NS_SEIS, "Category/Kind/Name"),
		.value = forecast_intensity(j, area),
		.arrival = arrival(j, area),
	};
	if (forecast_only || code_in(forecast, code)) {
		like.kind = kind_find("eew.forecast");
		like.severity = forecast_severity(like.value);
	} else {
		if (!code_in(warned, code)) {
			jmx_warn(j, "unknown-code",
				"the early warning code \"%s\" is taken as a warning", code);
		}
		like.severity = warning_severity(j, area, like.value);
	}
	if (last[0]) {
		like.transition = code_in(warned, last) ? TRANSITION_CONTINUED : TRANSITION_ISSUED;
	}
	jmx_area(j, jmx_item(j, &like), AREA_JMA_SEISMIC_AREA, area);
}

static void decode_areas(struct jmx *j, bool forecast_only)
{
	const xmlNode *forecast = xml_path(j->body, JMX_NS_SEIS, "Intensity/Forecast");
	for (const xmlNode *pref = xml_child(forecast, JMX_NS_SEIS, "Pref"); pref;
		pref = xml_next(pref)) {
		for (const xmlNode *area = xml_child(pref, JMX_NS_SEIS, "Area"); area;
			area = xml_next(area)) {
			decode_area(j, area, forecast_only);
		}
	}
	/* When the quake was detected: updates of a warning end 180 seconds later. */
	j->a->onset = jmx_time(j, j->body, JMX_NS_SEIS, "Earthquake/ArrivalTime");
}

/* No source was computed: PLUM has only seen strong shaking, and a stand-in is given as source. */
static bool is_assumed(struct jmx *j)
{
	return strcmp(jmx_at(j, j->body, JMX_NS_SEIS, "Earthquake/Condition"), assumed_source) == 0;
}

/* Says neither magnitude nor depth; of an assumed source not even the place, which the headline
 * names. */
void jmx_eew(struct jmx *j)
{
	if (is_assumed(j) && j->a->headline.count > 0) {
		j->a->headline.list[0].text =
			xml_child_text(j->pool, j->head, JMX_NS_HEAD, "Title");
	}
	decode_areas(j, false);
}

void jmx_eew_forecast(struct jmx *j)
{
	if (is_assumed(j)) {
		jmx_say(&j->description, assumed_source);
	} else {
		jmx_say_hypocentre(j);
	}
	decode_areas(j, true);
	const xmlNode *whole = xml_path(j->body, JMX_NS_SEIS, "Intensity/Forecast");
	if (j->a->item_count == 0 && whole) {
		struct alert_item like = {
			.kind = kind_find("eew.forecast"),
			.code = "",
			.name = "",
			.value = forecast_intensity(j, whole),
		};
		like.severity = forecast_severity(like.value);
		(void)jmx_item(j, &like);
	}
}

void jmx_eew_test(struct jmx *j)
{
	struct alert_item like = {
		.kind = kind_find("system.canary"),
		.code = "",
		.name = "",
		.value = "",
		.severity = SEVERITY_MINOR,
	};
	(void)jmx_item(j, &like);
}
