/* SPDX-License-Identifier: Apache-2.0
 *
 * The addresses at which feeds are served over TLS and HTTP. Feeds that share one have one
 * certificate, and are told apart by who their senders are.
 */
#include "base/json.h"
#include "base/loopback.h"
#include "config/config_private.h"

#include <string.h>

static const char *key_of(const struct config_source *s, const char *path, const char *key)
{
	return pool_printf(s->faults->pool, "%s.%s", path, key);
}

static void build_door(const struct config_source *s, const json_t *door, const char *path,
	struct feed_door_config *out)
{
	source_address(s, key_of(s, path, "listen"), json_text(door, "listen", ""), &out->host,
		&out->port);
	out->certificate = source_text(s, door, "certificate");
	out->key = source_text(s, door, "key");
	out->client_ca = source_text(s, door, "client_ca");
	out->names = source_texts(s, door, "names");
	out->token_file = source_text(s, door, "token_file");
	if ((out->certificate[0] != '\0') != (out->key[0] != '\0')) {
		source_fault(s, path, "`certificate` and `key` go together: give both or neither");
	}
	if ((out->client_ca[0] != '\0') != (out->names.count > 0)) {
		source_fault(s, path,
			"`client_ca` says whose certificates are good, `names` which of them are "
			"this feed: give both or neither");
	}
	if (out->client_ca[0] && !out->certificate[0]) {
		source_fault(s, path,
			"senders show their certificates over TLS only: give `certificate` and "
			"`key` too");
	}
}

static void build_tls(const struct config_source *s, const json_t *tls, const char *path,
	struct feed_door_config *out)
{
	build_door(s, tls, path, out);
	if (!out->certificate[0]) {
		source_fault(s, path, "a TLS listener needs `certificate` and `key`");
	} else if (!out->client_ca[0]) {
		source_fault(s, path,
			"anybody could feed: say in `client_ca` and `names` which certificates "
			"may");
	}
}

static void build_http(const struct config_source *s, const json_t *http, const char *path,
	struct feed_door_config *out)
{
	build_door(s, http, path, out);
	if (out->host[0] && !out->certificate[0] && !loopback_is_host(out->host)) {
		source_fault(s, key_of(s, path, "listen"),
			"%s can be reached by other machines: give `certificate` and `key`, or "
			"listen on loopback behind a web server",
			out->host);
	}
	if (!out->client_ca[0] && !out->token_file[0]) {
		source_fault(s, path,
			"anybody could feed: give `token_file`, or `client_ca` and `names`");
	}
}

void config_build_doors(const struct config_source *s, const json_t *feed, const char *path,
	struct feed_config *out)
{
	static const struct feed_door_config none = {
		.host = "", .certificate = "", .key = "", .client_ca = "", .token_file = ""};
	const json_t *tls = json_object_get(feed, "tls");
	const json_t *http = json_object_get(feed, "http");
	out->tls = out->http = none;
	if (tls) {
		build_tls(s, tls, key_of(s, path, "tls"), &out->tls);
	}
	if (http) {
		build_http(s, http, key_of(s, path, "http"), &out->http);
	}
}

/* ---- between feeds ---- */

struct placed_door {
	const struct feed_config *feed;
	const struct feed_door_config *door;
	const char *path;
	bool http;
};

static bool same_address(const struct feed_door_config *a, const struct feed_door_config *b)
{
	return a->port > 0 && a->port == b->port && strcmp(a->host, b->host) == 0;
}

static void check_sharing(const struct config_source *s, const struct placed_door *earlier,
	const struct placed_door *later)
{
	const struct feed_door_config *a = earlier->door;
	const struct feed_door_config *b = later->door;
	const char *listen = key_of(s, later->path, "listen");
	if (earlier->http != later->http) {
		source_fault(s, listen, "feed %s listens at %s port %d already, with `%s`",
			earlier->feed->name, a->host, a->port, earlier->http ? "http" : "tls");
		return;
	}
	if (strcmp(a->certificate, b->certificate) != 0 || strcmp(a->key, b->key) != 0 ||
		strcmp(a->client_ca, b->client_ca) != 0) {
		source_fault(s, listen,
			"feed %s shares this address: `certificate`, `key` and `client_ca` must be "
			"the same for both",
			earlier->feed->name);
	} else if (!b->client_ca[0]) {
		source_fault(s, listen,
			"feed %s shares this address, and nothing tells the two apart: give "
			"`client_ca` and `names`, or another port",
			earlier->feed->name);
	}
	for (size_t i = 0; i < b->names.count; i++) {
		if (text_list_has(&a->names, b->names.list[i])) {
			source_fault(s, key_of(s, later->path, "names"),
				"\"%s\" is feed %s at this address already", b->names.list[i],
				earlier->feed->name);
		}
	}
}

static void check_clear_ports(const struct config_source *s, const struct placed_door *door)
{
	for (size_t i = 0; i < s->config->feed_count; i++) {
		const struct feed_config *feed = &s->config->feeds[i];
		if (door->door->port > 0 && feed->tcp_port == door->door->port &&
			strcmp(feed->tcp_host, door->door->host) == 0) {
			source_fault(s, key_of(s, door->path, "listen"),
				"feed %s listens at %s port %d already, with `tcp`", feed->name,
				feed->tcp_host, feed->tcp_port);
		}
	}
}

void config_check_doors(const struct config_source *s)
{
	const struct config *c = s->config;
	struct placed_door *all =
		pool_take(s->faults->pool, (c->feed_count * 2 + 1) * sizeof(*all));
	size_t count = 0;
	for (size_t i = 0; i < c->feed_count; i++) {
		const struct feed_config *feed = &c->feeds[i];
		const char *path = pool_printf(s->faults->pool, "feeds[%zu]", i);
		const struct placed_door doors[] = {
			{feed, &feed->tls, key_of(s, path, "tls"), false},
			{feed, &feed->http, key_of(s, path, "http"), true},
		};
		for (size_t k = 0; k < sizeof(doors) / sizeof(doors[0]); k++) {
			if (!doors[k].door->host || !doors[k].door->host[0]) {
				continue;
			}
			check_clear_ports(s, &doors[k]);
			for (size_t j = 0; j < count; j++) {
				if (same_address(all[j].door, doors[k].door)) {
					check_sharing(s, &all[j], &doors[k]);
				}
			}
			all[count++] = doors[k];
		}
	}
}
