/* SPDX-License-Identifier: Apache-2.0
 *
 * Option rows of the fetch program `sensor`. Constant data: linked into the hub and the CLI.
 */
#include "base/json.h"
#include "ingest/fetch/registry.h"
#include "net/broker_options.h"

#include <errno.h>
#include <string.h>

enum { STEPS_MAX = 8 };

static const struct option_row step_rows[] = {
	{.key = "on",
		.type = OPTION_DECIMAL,
		.required = true,
		.help = "The step begins at this value or above."},
	{.key = "off",
		.type = OPTION_DECIMAL,
		.required = true,
		.help = "It ends below this value: somewhat lower than on, so that a level that "
			"swings about the mark alerts once."},
	{.key = "severity",
		.type = OPTION_CHOICE,
		.choices = "extreme severe moderate minor",
		.required = true,
		.help = "How bad it is: the rules choose by it."},
	{.key = "name",
		.type = OPTION_TEXT,
		.required = true,
		.help = "As the town calls it, such as 避難判断水位."},
	{0},
};

static const struct option_row gauge_rows[] = {
	{.key = "kind",
		.type = OPTION_CHOICE,
		.choices = "river_level rain",
		.required = true,
		.help = "What it measures: the kind is sensor.river_level or sensor.rain."},
	{.key = "place",
		.type = OPTION_TEXT,
		.required = true,
		.help = "Where it stands, for people: 夏井川 鎌田."},
	{.key = "topic",
		.type = OPTION_TEXT,
		.required = true,
		.help = "MQTT topic of its readings, without wildcards."},
	{.key = "value",
		.type = OPTION_TEXT,
		.fallback = "",
		.help = "JSON Pointer (RFC 6901) to the number; without it the payload is the "
			"number."},
	{.key = "time",
		.type = OPTION_TEXT,
		.fallback = "",
		.help = "JSON Pointer to the time of the reading: RFC 3339, or seconds or "
			"milliseconds since 1970; without it the time of arrival counts, and "
			"retained messages say nothing."},
	{.key = "unit", .type = OPTION_TEXT, .required = true, .help = "m, mm: for people."},
	{.key = "municipalities",
		.type = OPTION_TEXTS,
		.required = true,
		.help = "Codes of five digits: whom it concerns."},
	{.key = "steps",
		.type = OPTION_LIST,
		.rows = step_rows,
		.required = true,
		.help = "Marks from the lowest to the highest, at most eight."},
	{.key = "confirm",
		.type = OPTION_INT,
		.fallback = "2",
		.min = 1,
		.max = 60,
		.help = "Readings in a row that must agree before a step begins or ends."},
	{.key = "sum_of",
		.type = OPTION_DURATION,
		.fallback = "0s",
		.min = 0,
		.max = 172800000,
		.help = "What counts is the sum of the readings of this time: rain of the last "
			"hour out of ten-minute values."},
	{.key = "no_data",
		.type = OPTION_DURATION,
		.fallback = "30m",
		.min = 1000,
		.max = 604800000,
		.help = "After this without a reading nobody knows how things are, and staff are "
			"told; older readings are ignored."},
	{.key = "valid",
		.type = OPTION_DURATION,
		.fallback = "3h",
		.min = 10000,
		.max = 604800000,
		.help = "How long a step stays in force when nothing more comes; it is told again "
			"at a third of it."},
	{.key = "lowest",
		.type = OPTION_DECIMAL,
		.fallback = "-100",
		.help = "A value below this is a fault of the gauge and counts for nothing."},
	{.key = "highest", .type = OPTION_DECIMAL, .fallback = "10000", .help = "Likewise above."},
	{0},
};

static const struct option_row rows[] = {
	{.key = "brokers",
		.type = OPTION_LIST,
		.required = true,
		.rows = broker_option_rows,
		.help = "Brokers in the order they are tried."},
	{.key = "client_id",
		.type = OPTION_TEXT,
		.help = "MQTT client identifier; default: hansho-<site>-<feed>."},
	{.key = "keepalive",
		.type = OPTION_DURATION,
		.fallback = "30s",
		.min = 5000,
		.max = 600000,
		.help = "MQTT keep-alive interval."},
	{.key = "gauges",
		.type = OPTION_MAP,
		.required = true,
		.rows = gauge_rows,
		.help = "The gauges by name."},
	{0},
};

static double number(const json_t *table, const char *key)
{
	return json_number_value(json_object_get(table, key));
}

static int check_steps(const json_t *gauge, struct err *e)
{
	const json_t *steps = json_object_get(gauge, "steps");
	if (json_array_size(steps) == 0 || json_array_size(steps) > STEPS_MAX) {
		return err_set(e, -EINVAL, "steps: one to %d are needed", STEPS_MAX);
	}
	const json_t *below = NULL;
	size_t i;
	json_t *step;
	json_array_foreach(steps, i, step)
	{
		if (number(step, "off") > number(step, "on")) {
			return err_set(e, -EINVAL, "steps[%zu]: off must not be above on", i);
		}
		if (below && (number(step, "on") <= number(below, "on") ||
				     number(step, "off") <= number(below, "off"))) {
			return err_set(e, -EINVAL,
				"steps[%zu]: on and off must be above those of the step before", i);
		}
		below = step;
	}
	if (number(below, "on") > number(gauge, "highest")) {
		return err_set(e, -EINVAL,
			"highest: a value that begins the last step would count "
			"as a fault of the gauge");
	}
	return 0;
}

static int check_texts(const json_t *gauge, struct err *e)
{
	const char *topic = json_text(gauge, "topic", "");
	if (topic[0] == '\0' || strpbrk(topic, "+#")) {
		return err_set(e, -EINVAL, "topic: one topic without + and #");
	}
	if (json_array_size(json_object_get(gauge, "municipalities")) == 0) {
		return err_set(e, -EINVAL, "municipalities: at least one is needed");
	}
	if (json_text(gauge, "time", "")[0] && json_text(gauge, "value", "")[0] == '\0') {
		return err_set(e, -EINVAL, "time needs value: a bare number carries no time");
	}
	static const char *const pointers[] = {"value", "time"};
	for (size_t i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++) {
		const char *pointer = json_text(gauge, pointers[i], "");
		if (pointer[0] != '\0' && pointer[0] != '/') {
			return err_set(e, -EINVAL, "%s: a JSON Pointer begins with /", pointers[i]);
		}
	}
	return 0;
}

static int check(const json_t *options, const char **key, struct err *e)
{
	*key = "brokers";
	int rc = broker_options_check(json_object_get(options, "brokers"), e);
	*key = rc ? *key : "gauges";
	const char *name;
	json_t *gauge;
	if (rc == 0 && json_object_size(json_object_get(options, "gauges")) == 0) {
		return err_set(e, -EINVAL, "at least one gauge is needed");
	}
	json_object_foreach((json_t *)json_object_get(options, "gauges"), name, gauge)
	{
		rc = rc ? rc : check_texts(gauge, e);
		rc = rc ? rc : check_steps(gauge, e);
		if (rc != 0) {
			return rc == -EINVAL && strcmp(*key, "gauges") == 0
				       ? err_prefix(e, "%s: ", name)
				       : rc;
		}
	}
	*key = NULL;
	return 0;
}

const struct fetch_declaration fetch_sensor = {
	.name = "sensor",
	.summary = "gauges over MQTT: thresholds on river levels and rain",
	.options = rows,
	.check = check,
};
