/* SPDX-License-Identifier: Apache-2.0
 *
 * The driver's options as it uses them: keys loaded, passwords read, defaults resolved.
 */
#pragma once

#include "base/mem.h"
#include "channels/mqtt/key.h"
#include "channels/mqtt/pattern.h"
#include "net/broker_options.h"

#include <jansson.h>

struct mqtt_settings {
	struct pool *pool;
	const char *channel;
	const char *site;
	struct broker_addresses brokers;
	const char *client_id;
	struct siren_key *live_key;
	struct siren_key *drill_key; /* NULL: drills are refused */
	struct siren_patterns *patterns;
	const char **langs; /* count 0: the targets' own */
	size_t lang_count;
	bool by_area;
	bool release_sirens;
	size_t inflight;
	int keepalive_s;
	int64_t order_ttl_ms;
	int64_t stagger_ms;
	int64_t connect_timeout_ms;
};

/* options are checked and filled in (declaration.c). On failure *e names the option. */
int mqtt_settings_new(const json_t *options, const char *channel, const char *site,
	struct mqtt_settings **out, struct err *e);
void mqtt_settings_free(struct mqtt_settings *s); /* NULL is fine */
