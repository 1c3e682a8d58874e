/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/fetch/sensor/settings.h"

#include "base/json.h"

#include <errno.h>
#include <string.h>

enum { RENEWALS = 3 };

static const char *copy(struct pool *pool, const json_t *table, const char *key)
{
	return pool_copy_text(pool, json_text(table, key, ""));
}

static double number(const json_t *table, const char *key)
{
	return json_number_value(json_object_get(table, key));
}

static void read_steps(struct pool *pool, const json_t *list, struct gauge_rule *rule)
{
	struct gauge_step *steps = pool_take(pool, (json_array_size(list) + 1) * sizeof(*steps));
	size_t i;
	json_t *row;
	json_array_foreach(list, i, row)
	{
		steps[i] = (struct gauge_step){.on = number(row, "on"),
			.off = number(row, "off"),
			.name = copy(pool, row, "name")};
		(void)severity_parse(json_text(row, "severity", ""), &steps[i].severity);
	}
	rule->steps = steps;
	rule->step_count = json_array_size(list);
}

static struct text_list read_codes(struct pool *pool, const json_t *list)
{
	struct text_list codes = {
		.list = pool_take(pool, (json_array_size(list) + 1) * sizeof(*codes.list))};
	size_t i;
	json_t *code;
	json_array_foreach(list, i, code)
	{
		codes.list[codes.count++] = pool_copy_text(pool, json_string_value(code));
	}
	return codes;
}

static int read_gauge(struct pool *pool, const char *name, const json_t *row, const char *feed,
	struct sensor_gauge *to, struct err *e)
{
	int64_t valid_ms = json_int(row, "valid", 0);
	to->rule = (struct gauge_rule){
		.name = pool_copy_text(pool, name),
		.place = copy(pool, row, "place"),
		.kind = kind_find(pool_printf(pool, "sensor.%s", json_text(row, "kind", ""))),
		.unit = copy(pool, row, "unit"),
		.confirm = (int)json_int(row, "confirm", 1),
		.window_ms = json_int(row, "sum_of", 0),
		.no_data_ms = json_int(row, "no_data", 0),
		.renew_ms = valid_ms / RENEWALS,
		.min = number(row, "lowest"),
		.max = number(row, "highest"),
	};
	to->form = (struct reading_form){copy(pool, row, "value"), copy(pool, row, "time")};
	to->topic = copy(pool, row, "topic");
	to->origin = (struct notice_origin){
		.feed = feed,
		.municipalities = read_codes(pool, json_object_get(row, "municipalities")),
		.valid_ms = valid_ms,
	};
	read_steps(pool, json_object_get(row, "steps"), &to->rule);
	int rc = reading_check_pointer(to->form.value, e);
	rc = rc ? rc : reading_check_pointer(to->form.time, e);
	gauge_init(&to->gauge, &to->rule);
	return rc ? err_prefix(e, "gauges: %s: ", name) : 0;
}

int sensor_settings_new(const json_t *options, const char *site, const char *feed,
	struct sensor_settings **out, struct err *e)
{
	struct pool *pool = pool_new();
	struct sensor_settings *s = pool_take(pool, sizeof(*s));
	json_t *gauges = json_object_get(options, "gauges");
	const char *client_id = json_text(options, "client_id", "");
	*s = (struct sensor_settings){
		.pool = pool,
		.client_id = client_id[0] ? pool_copy_text(pool, client_id)
					  : pool_printf(pool, "hansho-%s-%s", site, feed),
		.keepalive_s = (int)(json_int(options, "keepalive", 30000) / 1000),
		.gauges = pool_take(pool, (json_object_size(gauges) + 1) * sizeof(*s->gauges)),
		.topics = pool_take(pool, (json_object_size(gauges) + 1) * sizeof(*s->topics)),
	};
	int rc = broker_addresses_read(&s->brokers, pool, json_object_get(options, "brokers"), e);
	const char *owned_feed = pool_copy_text(pool, feed);
	const char *name;
	json_t *row;
	json_object_foreach(gauges, name, row)
	{
		if (rc == 0) {
			struct sensor_gauge *g = &s->gauges[s->gauge_count];
			rc = read_gauge(pool, name, row, owned_feed, g, e);
			s->topics[s->gauge_count++] = g->topic;
		}
	}
	if (rc != 0) {
		sensor_settings_free(s);
		return rc;
	}
	*out = s;
	return 0;
}

void sensor_settings_free(struct sensor_settings *s)
{
	if (!s) {
		return;
	}
	for (size_t i = 0; i < s->gauge_count; i++) {
		gauge_clear(&s->gauges[i].gauge);
	}
	broker_addresses_clear(&s->brokers);
	pool_free(s->pool);
}
