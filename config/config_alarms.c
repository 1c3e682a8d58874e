/* SPDX-License-Identifier: Apache-2.0
 *
 * The channels of alarms are the staff's: what residents receive must never say that a feed is
 * silent.
 */
#include "base/json.h"
#include "config/config_private.h"

#include <string.h>

/* These reach the public by their nature, whatever the rules say. */
static bool is_public_by_nature(const struct channel_config *channel)
{
	static const char *const drivers[] = {"areamail", "mqtt", "banner"};
	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		if (strcmp(channel->driver, drivers[i]) == 0) {
			return true;
		}
	}
	return strcmp(channel->driver, "social") == 0 &&
	       strcmp(json_text(channel->options, "dialect", ""), "webhook") != 0;
}

static const struct rule *rule_with(const struct rule *rule, const char *channel)
{
	if (text_list_has(&rule->channels, channel)) {
		return rule;
	}
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): children are there when counted. */
	for (size_t i = 0; i < rule->child_count; i++) {
		const struct rule *found = rule_with(&rule->children[i], channel);
		if (found) {
			return found;
		}
	}
	return NULL;
}

static void check_channel(const struct config_source *s, const char *name, const char *path)
{
	const struct config *c = s->config;
	const struct channel_config *channel = config_channel(c, name);
	if (!channel) {
		source_fault(s, path, "there is no channel \"%s\"", name);
		return;
	}
	const struct rule *rule = rule_with(&c->live, name);
	rule = rule ? rule : rule_with(&c->drill, name);
	if (is_public_by_nature(channel)) {
		source_fault(s, path,
			"channel %s (driver %s) reaches the public: alarms go to staff only", name,
			channel->driver);
	} else if (rule && !c->alarms.shared) {
		source_fault(s, path,
			"the rule \"%s\" sends public messages over %s: give staff a channel of "
			"their own, or write `shared_channels: true`",
			rule->name, name);
	}
}

void config_check_alarms(const struct config_source *s)
{
	const struct text_list *channels = &s->config->alarms.channels;
	for (size_t i = 0; i < channels->count; i++) {
		check_channel(s, channels->list[i],
			pool_printf(s->faults->pool, "alarms.channels[%zu]", i));
	}
}
