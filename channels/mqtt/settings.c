/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mqtt/settings.h"

#include "base/json.h"
#include "channels/mqtt/siren_order.h"
#include "channels/mqtt/topic.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int read_keys(struct mqtt_settings *s, const json_t *options, struct err *e)
{
	if (siren_key_load_private(json_text(options, "live_key", ""),
		    json_text(options, "live_kid", ""), &s->live_key, e)) {
		return err_prefix(e, "live_key: ");
	}
	const char *drill = json_text(options, "drill_key", "");
	if (drill[0] == '\0') {
		return 0;
	}
	if (siren_key_load_private(drill, json_text(options, "drill_kid", ""), &s->drill_key, e)) {
		return err_prefix(e, "drill_key: ");
	}
	if (strcmp(siren_key_kid(s->live_key), siren_key_kid(s->drill_key)) == 0) {
		return err_set(e, -EINVAL, "drill_key: is the same key as live_key");
	}
	return 0;
}

static void read_langs(struct mqtt_settings *s, const json_t *list)
{
	s->langs = pool_take(s->pool, (json_array_size(list) + 1) * sizeof(*s->langs));
	size_t i;
	json_t *lang;
	json_array_foreach(list, i, lang)
	{
		if (json_is_string(lang) && s->lang_count < SIREN_TEXTS_MAX) {
			s->langs[s->lang_count++] =
				pool_copy_text(s->pool, json_string_value(lang));
		}
	}
}

int mqtt_settings_new(const json_t *options, const char *channel, const char *site,
	struct mqtt_settings **out, struct err *e)
{
	struct pool *pool = pool_new();
	struct mqtt_settings *s = pool_take(pool, sizeof(*s));
	const char *client_id = json_text(options, "client_id", "");
	*s = (struct mqtt_settings){
		.pool = pool,
		.channel = pool_copy_text(pool, channel),
		.site = pool_copy_text(pool, site),
		.client_id = client_id[0] ? pool_copy_text(pool, client_id)
					  : pool_printf(pool, "hansho-%s-%s", site, channel),
		.by_area = strcmp(json_text(options, "addressing", "area"), "area") == 0,
		.release_sirens = json_flag(options, "release_sirens", false),
		.inflight = (size_t)json_int(options, "inflight", 64),
		.keepalive_s = (int)(json_int(options, "keepalive", 30000) / 1000),
		.order_ttl_ms = json_int(options, "order_ttl", 300000),
		.stagger_ms = json_int(options, "stagger", 0),
		.connect_timeout_ms = json_int(options, "connect_timeout", 5000),
	};
	int rc = 0;
	if (!siren_name_valid(site)) {
		rc = err_set(e, -EINVAL, "site: \"%s\" cannot be part of a topic", site);
	}
	rc = rc ? rc
		: broker_addresses_read(&s->brokers, pool, json_object_get(options, "brokers"), e);
	rc = rc ? rc : read_keys(s, options, e);
	rc = rc ? rc : siren_patterns_new(json_object_get(options, "patterns"), &s->patterns, e);
	if (rc) {
		mqtt_settings_free(s);
		return rc;
	}
	read_langs(s, json_object_get(options, "languages"));
	*out = s;
	return 0;
}

void mqtt_settings_free(struct mqtt_settings *s)
{
	if (!s) {
		return;
	}
	broker_addresses_clear(&s->brokers);
	siren_key_free(s->live_key);
	siren_key_free(s->drill_key);
	siren_patterns_free(s->patterns);
	pool_free(s->pool);
}
