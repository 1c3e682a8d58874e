/* SPDX-License-Identifier: Apache-2.0
 *
 * What no row can know alone: names used twice or not at all, networks, limits that contradict.
 */
#include "config/config_private.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const char *path_of(
	const struct config_source *s, const char *list, size_t i, const char *key)
{
	return pool_printf(s->faults->pool, "%s[%zu].%s", list, i, key);
}

static void check_site(const struct config_source *s)
{
	const char *site = s->config->site;
	size_t good = strspn(site, "abcdefghijklmnopqrstuvwxyz0123456789-");
	if (site[0] && (site[good] || good > 63)) {
		source_fault(s, "site",
			"expected up to 63 of a-z, 0-9 and \"-\" (it becomes part of topics and "
			"message ids), found \"%s\"",
			site);
	}
}

/* A name is part of topics, metrics and log lines. */
static void check_name(const struct config_source *s, const char *list, size_t i, const char *name)
{
	size_t good =
		strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");
	if (name[0] && (name[good] || good > 63)) {
		source_fault(s, path_of(s, list, i, "name"),
			"expected up to 63 letters, digits, \"-\", \"_\" and \".\", found \"%s\"",
			name);
	}
}

static bool is_network(const char *text)
{
	char address[64];
	unsigned char bytes[16];
	size_t size = strcspn(text, "/");
	if (size >= sizeof(address)) {
		return false;
	}
	memcpy(address, text, size);
	address[size] = '\0';
	int64_t limit = inet_pton(AF_INET, address, bytes) == 1	   ? 32
			: inet_pton(AF_INET6, address, bytes) == 1 ? 128
								   : -1;
	int64_t bits = limit;
	if (text[size] == '/' && option_parse_int(text + size + 1, &bits)) {
		return false;
	}
	return limit > 0 && bits >= 0 && bits <= limit;
}

static void check_feeds(const struct config_source *s)
{
	const struct config *c = s->config;
	for (size_t i = 0; i < c->feed_count; i++) {
		const struct feed_config *feed = &c->feeds[i];
		check_name(s, "feeds", i, feed->name);
		for (size_t j = 0; j < i; j++) {
			if (feed->name[0] && strcmp(feed->name, c->feeds[j].name) == 0) {
				source_fault(s, path_of(s, "feeds", i, "name"),
					"two feeds have the name \"%s\"", feed->name);
			}
			if (feed->unix_path[0] &&
				strcmp(feed->unix_path, c->feeds[j].unix_path) == 0) {
				source_fault(s, path_of(s, "feeds", i, "unix"),
					"feed %s listens at %s already", c->feeds[j].name,
					feed->unix_path);
			}
			if (feed->tcp_port > 0 && feed->tcp_port == c->feeds[j].tcp_port &&
				strcmp(feed->tcp_host, c->feeds[j].tcp_host) == 0) {
				source_fault(s, path_of(s, "feeds", i, "tcp"),
					"feed %s listens at %s port %d already", c->feeds[j].name,
					feed->tcp_host, feed->tcp_port);
			}
		}
		for (size_t j = 0; j < feed->sources.count; j++) {
			if (!is_network(feed->sources.list[j])) {
				char key[32];
				(void)snprintf(key, sizeof(key), "sources[%zu]", j);
				source_fault(s, path_of(s, "feeds", i, key),
					"expected an address or a network such as 192.0.2.0/24, "
					"found "
					"\"%s\"",
					feed->sources.list[j]);
			}
		}
		config_check_kinds(s, &feed->carries, path_of(s, "feeds", i, "carries"));
		if (strcmp(feed->unix_path, c->control_path) == 0) {
			source_fault(s, path_of(s, "feeds", i, "unix"),
				"this is the control socket's path");
		}
	}
}

void config_check_kinds(
	const struct config_source *s, const struct text_list *kinds, const char *path)
{
	size_t count;
	const struct kind *table = kind_table(&count);
	for (size_t i = 0; i < kinds->count; i++) {
		const char *best = NULL;
		size_t distance = SIZE_MAX;
		bool matches = false;
		for (size_t j = 0; j < count && !matches; j++) {
			matches = kind_matches(kinds->list[i], table[j].name);
			option_nearest(kinds->list[i], table[j].name, &best, &distance);
		}
		if (matches) {
			continue;
		}
		const char *whole = pool_printf(s->faults->pool, "%s[%zu]", path, i);
		if (best) {
			source_fault(s, whole,
				"no kind of alert matches \"%s\"; did you mean \"%s\"?",
				kinds->list[i], best);
		} else {
			source_fault(s, whole, "no kind of alert matches \"%s\"", kinds->list[i]);
		}
	}
}

static void check_channels(const struct config_source *s)
{
	const struct config *c = s->config;
	for (size_t i = 0; i < c->channel_count; i++) {
		const struct channel_config *channel = &c->channels[i];
		check_name(s, "channels", i, channel->name);
		for (size_t j = 0; j < i; j++) {
			if (channel->name[0] && strcmp(channel->name, c->channels[j].name) == 0) {
				source_fault(s, path_of(s, "channels", i, "name"),
					"two channels have the name \"%s\"", channel->name);
			}
		}
		config_check_kinds(s, &channel->kinds, path_of(s, "channels", i, "kinds"));
		if (channel->retry_first_ms > channel->retry_max_ms && channel->retry_max_ms > 0) {
			source_fault(s, path_of(s, "channels", i, "retry_first"),
				"the first wait is longer than the longest (retry_max)");
		}
	}
}

void config_check(const struct config_source *s)
{
	check_site(s);
	check_feeds(s);
	config_check_doors(s);
	check_channels(s);
	config_check_rules(s);
	config_check_alarms(s);
}
