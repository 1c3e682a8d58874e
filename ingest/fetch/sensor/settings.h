/* SPDX-License-Identifier: Apache-2.0
 *
 * The program's options as it uses them.
 */
#pragma once

#include "base/mem.h"
#include "ingest/fetch/sensor/gauge.h"
#include "ingest/fetch/sensor/notice.h"
#include "ingest/fetch/sensor/reading.h"
#include "net/broker_options.h"

#include <jansson.h>

struct sensor_gauge {
	struct gauge_rule rule;
	struct reading_form form;
	struct notice_origin origin;
	const char *topic;
	struct gauge gauge;
	size_t refused; /* readings in a row that said nothing */
};

struct sensor_settings {
	struct pool *pool;
	struct broker_addresses brokers;
	const char *client_id;
	int keepalive_s;
	struct sensor_gauge *gauges;
	size_t gauge_count;
	const char **topics; /* of all gauges */
};

/* options are checked and filled in (declaration.c). On failure *e names the option. */
int sensor_settings_new(const json_t *options, const char *site, const char *feed,
	struct sensor_settings **out, struct err *e);
void sensor_settings_free(struct sensor_settings *s); /* NULL is fine */
