/* SPDX-License-Identifier: Apache-2.0
 *
 * Channels: our own keys, and the driver's options by the driver's rows.
 */
#include "base/json.h"
#include "config/config_private.h"

#include <stdio.h>
#include <string.h>

/* Drivers whose remotes recognise a second copy, or where one does no harm. Every other driver
 * asks staff: a second area mail rings every telephone in town again. */
static const char *const resending_drivers[] = {"mail", "mqtt", "social", "banner", "fake", NULL};

static enum on_unknown default_on_unknown(const char *driver)
{
	for (size_t i = 0; resending_drivers[i]; i++) {
		if (strcmp(resending_drivers[i], driver) == 0) {
			return ON_UNKNOWN_RESEND;
		}
	}
	return ON_UNKNOWN_HOLD;
}

static void check_audience(const struct config_source *s, const struct config_driver *driver,
	const struct channel_config *channel, const char *path)
{
	const char *kind = driver->audience ? driver->audience : "";
	bool list = channel->audience_list[0] != '\0';
	if (list && channel->targets.count > 0) {
		source_fault(s, path, "`audience` and `targets` do not go together: give one");
	} else if (strcmp(kind, "recipients") == 0 && !list && channel->targets.count == 0) {
		source_fault(s, path,
			"a channel of driver %s reaches nobody without `audience` (a list of "
			"recipients) or `targets`",
			channel->driver);
	} else if (strcmp(kind, "single") == 0 && (list || channel->targets.count > 0)) {
		source_fault(s, path,
			"a channel of driver %s is its own only target: leave out `audience` and "
			"`targets`",
			channel->driver);
	}
}

static void apply_driver(const struct config_source *s, const json_t *object,
	struct channel_config *channel, const char *path)
{
	struct pool *pool = s->faults->pool;
	const struct config_driver *driver =
		channel->driver[0] ? s->drivers->find(channel->driver, s->drivers->data) : NULL;
	if (!driver) {
		if (channel->driver[0]) {
			source_fault(s, pool_printf(pool, "%s.driver", path),
				"there is no driver \"%s\"", channel->driver);
		}
		channel->options = json_object();
		return;
	}
	int limit = driver->batch_max > 0 ? driver->batch_max : 1;
	channel->batch_max = (int)json_int(object, "batch_max", limit);
	if (channel->batch_max > limit) {
		source_fault(s, pool_printf(pool, "%s.batch_max", path),
			"driver %s takes at most %d targets a batch, found %d", channel->driver,
			limit, channel->batch_max);
	}
	check_audience(s, driver, channel, path);
	channel->options = source_options(s, driver, path);
}

static void build_channel(const struct config_source *s, const json_t *object, const char *path,
	struct channel_config *out)
{
	*out = (struct channel_config){
		.name = source_text(s, object, "name"),
		.driver = source_text(s, object, "driver"),
		.enabled = json_flag(object, "enabled", true),
		.drill = json_flag(object, "drill", false),
		.agents = (int)json_int(object, "agents", 1),
		.audience_list = source_text(s, object, "audience"),
		.targets = source_texts(s, object, "targets"),
		.languages = source_texts(s, object, "languages"),
		.kinds = source_texts(s, object, "kinds"),
		.blocked_by = source_texts(s, object, "blocked_by"),
		.hold_always = json_flag(object, "hold_always", false),
		.deadline_ms = json_int(object, "deadline", 0),
		.retry_first_ms = json_int(object, "retry_first", 0),
		.retry_max_ms = json_int(object, "retry_max", 0),
		.breaker_faults = (int)json_int(object, "breaker_faults", 0),
		.breaker_ms = json_int(object, "breaker_time", 0),
		.cap_per_hour = (int)json_int(object, "cap_per_hour", 0),
	};
	const char *on_unknown = json_text(object, "on_unknown", "");
	out->on_unknown = strcmp(on_unknown, "resend") == 0 ? ON_UNKNOWN_RESEND
			  : strcmp(on_unknown, "hold") == 0 ? ON_UNKNOWN_HOLD
							    : default_on_unknown(out->driver);
	apply_driver(s, object, out, path);
}

void config_build_channels(struct config_source *s, const json_t *list)
{
	struct config *c = s->config;
	size_t count = json_array_size(list);
	c->channels = pool_take(c->pool, (count + 1) * sizeof(*c->channels));
	for (size_t i = 0; i < count; i++) {
		build_channel(s, json_array_get(list, i), pool_printf(c->pool, "channels[%zu]", i),
			&c->channels[i]);
		c->channel_count = i + 1;
	}
}
