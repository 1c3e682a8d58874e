/* SPDX-License-Identifier: Apache-2.0
 *
 * Checked JSON -> struct config, section by section.
 */
#include "base/json.h"
#include "base/loopback.h"
#include "config/config_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

/* Relative to run_dir; the kernel's limit for socket paths is a small one. */
const char *source_socket_path(const struct config_source *s, const char *path, const char *text)
{
	struct config *c = s->config;
	const char *whole = option_resolve(c->pool, c->run_dir, text);
	if (strlen(whole) >= sizeof(((struct sockaddr_un *)NULL)->sun_path)) {
		source_fault(s, path,
			"the path of a socket may have %zu bytes, %s has %zu: choose a shorter "
			"run_dir",
			sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1, whole, strlen(whole));
	}
	return whole;
}

/* "127.0.0.1:4000", "[::1]:4000", "localhost:4000". */
static bool split_address(struct pool *pool, const char *text, const char **host, int *port)
{
	const char *colon = strrchr(text, ':');
	int64_t number;
	if (!colon || colon == text || option_parse_int(colon + 1, &number) || number < 0 ||
		number > 65535) {
		return false;
	}
	size_t size = (size_t)(colon - text);
	bool bracket = text[0] == '[' && colon[-1] == ']' && size > 2;
	*host = bracket ? pool_copy(pool, text + 1, size - 2) : pool_copy(pool, text, size);
	*port = (int)number;
	unsigned char address[16];
	if (strcmp(*host, "localhost") == 0) {
		*host = "127.0.0.1";
	}
	return inet_pton(bracket ? AF_INET6 : AF_INET, *host, address) == 1;
}

void source_address(const struct config_source *s, const char *path, const char *text,
	const char **host, int *port)
{
	if (!split_address(s->config->pool, text, host, port)) {
		source_fault(s, path,
			"expected an address and a port, such as 127.0.0.1:4000 or [::1]:4000, "
			"found "
			"\"%s\"",
			text);
		*host = "";
		*port = 0;
	}
}

static void build_http(const struct config_source *s, const json_t *http)
{
	struct config *c = s->config;
	const char *listen = json_text(http, "listen", "off");
	c->http_host = "";
	c->http_port = -1;
	if (strcmp(listen, "off") == 0) {
		return;
	}
	source_address(s, "http.listen", listen, &c->http_host, &c->http_port);
	if (c->http_host[0] && !loopback_is_host(c->http_host)) {
		source_fault(s, "http.listen",
			"expected a loopback address, found %s: metrics are not protected; let a "
			"web "
			"server pass them on",
			c->http_host);
	}
}

/* Who may send, and what is meant: without both, any mail could sound sirens, or none. */
static void build_mail(const struct config_source *s, const json_t *feed, const char *path,
	struct feed_config *out)
{
	const char *file = json_text(feed, "mail_rules", "");
	bool takes_mail = text_list_has(&out->formats, "jalert-mail");
	if (takes_mail && out->senders.count == 0) {
		source_fault(s, path,
			"a feed of mails needs `senders`: the addresses the receiver sends from");
	}
	if (takes_mail && !file[0]) {
		source_fault(s, path,
			"a feed of mails needs `mail_rules`: the file that says what they mean");
	}
	if (!file[0]) {
		return;
	}
	const char *key = pool_printf(s->config->pool, "%s.mail_rules", path);
	if (!takes_mail) {
		source_fault(s, key, "the feed does not take mails: add jalert-mail to `formats`");
	}
	out->mail_rules = config_read_mail_rules(s, file, key);
	out->mail_repeat_ms = json_int(out->mail_rules, "repeat_window", 0);
}

static void resolve_certificates(
	const struct config_source *s, const char *path, struct feed_config *feed)
{
	for (size_t i = 0; i < feed->trusted_certs.count; i++) {
		const char **file = &feed->trusted_certs.list[i];
		*file = option_resolve(s->config->pool, s->folder, *file);
		if (access(*file, R_OK) != 0) {
			source_fault(s,
				pool_printf(s->config->pool, "%s.trusted_certs[%zu]", path, i),
				"%s cannot be read: %s", *file, strerror(errno));
		}
	}
	if (feed->signature == SIGNATURE_POLICY_REQUIRE && feed->trusted_certs.count == 0) {
		source_fault(s, pool_printf(s->config->pool, "%s.signature", path),
			"a feed that requires signatures needs `trusted_certs`: whose?");
	}
}

static void build_feed(const struct config_source *s, const json_t *feed, const char *path,
	struct feed_config *out)
{
	struct pool *pool = s->config->pool;
	const char *unix_path = json_text(feed, "unix", "");
	const char *tcp = json_text(feed, "tcp", "");
	*out = (struct feed_config){
		.name = source_text(s, feed, "name"),
		.unix_path = "",
		.tcp_host = "",
		.formats = source_texts(s, feed, "formats"),
		.sources = source_texts(s, feed, "sources"),
		.senders = source_texts(s, feed, "senders"),
		.trusted_certs = source_texts(s, feed, "trusted_certs"),
		.signature_sha1 = json_flag(feed, "signature_sha1", false),
		.max_bytes = json_int(feed, "max_message", 0),
		.max_connections = json_int(feed, "max_connections", 0),
		.rate_per_minute = json_int(feed, "rate_per_minute", 0),
		.idle_timeout_ms = json_int(feed, "idle_timeout", 0),
		.silence_ms = json_int(feed, "silence", 0),
		.eew_heartbeat_ms = json_int(feed, "eew_heartbeat", 0),
		.carries = source_texts(s, feed, "carries"),
	};
	(void)signature_policy_parse(json_text(feed, "signature", "record"), &out->signature);
	resolve_certificates(s, path, out);
	if (unix_path[0]) {
		out->unix_path =
			source_socket_path(s, pool_printf(pool, "%s.unix", path), unix_path);
	}
	if (tcp[0]) {
		const char *key = pool_printf(pool, "%s.tcp", path);
		source_address(s, key, tcp, &out->tcp_host, &out->tcp_port);
		if (out->tcp_host[0] && !loopback_is_host(out->tcp_host) &&
			out->sources.count == 0) {
			source_fault(s, key,
				"%s can be reached by other machines: say in `sources` which of "
				"them "
				"may connect",
				tcp);
		}
	}
	config_build_doors(s, feed, path, out);
	config_build_fetch(s, feed, path, out);
	if (!out->unix_path[0] && !tcp[0] && !out->tls.host[0] && !out->http.host[0] &&
		!out->fetch.program[0]) {
		source_fault(s, path,
			"the feed has no listener: give it `unix`, `tcp`, `tls` or `http`");
	}
	build_mail(s, feed, path, out);
}

static void build_rule(const struct config_source *s, const json_t *rule, struct rule *out)
{
	const json_t *match = json_object_get(rule, "match");
	enum severity severity = SEVERITY_UNKNOWN;
	(void)severity_parse(json_text(match, "severity", "unknown"), &severity);
	*out = (struct rule){
		.name = source_text(s, rule, "name"),
		.kinds = source_texts(s, match, "kinds"),
		.events = source_texts(s, match, "events"),
		.municipalities = source_texts(s, match, "municipalities"),
		.formats = source_texts(s, match, "formats"),
		.scopes = source_texts(s, match, "scope"),
		.severity_min = severity,
		.level_min = (int)json_int(match, "level", 0),
		.channels = source_texts(s, rule, "channels"),
		.priority = (int)json_int(rule, "priority", -1),
		.expires_ms = json_int(rule, "expires", 0),
		.hold = json_flag(rule, "hold", false),
		.none = json_flag(rule, "none", false),
		.go_on = json_flag(rule, "continue", false),
	};
}

/* As deep as the YAML tree at most. */
static void build_rules(const struct config_source *s, const json_t *list, struct rule *parent)
{
	parent->child_count = json_array_size(list);
	parent->children =
		pool_take(s->config->pool, (parent->child_count + 1) * sizeof(struct rule));
	for (size_t i = 0; i < parent->child_count; i++) {
		const json_t *rule = json_array_get(list, i);
		build_rule(s, rule, &parent->children[i]);
		build_rules(s, json_object_get(rule, "children"), &parent->children[i]);
	}
}

static void build_roles(const struct config_source *s, const json_t *roles)
{
	struct config *c = s->config;
	const char *name;
	json_t *role;
	c->roles = pool_take(c->pool, (json_object_size(roles) + 1) * sizeof(*c->roles));
	json_object_foreach((json_t *)roles, name, role)
	{
		c->roles[c->role_count++] = (struct role_config){
			.name = pool_copy_text(c->pool, name),
			.users = source_texts(s, role, "users"),
			.groups = source_texts(s, role, "groups"),
		};
	}
}

static void build_alarms(const struct config_source *s, const json_t *whole)
{
	const json_t *alarms = json_object_get(whole, "alarms");
	s->config->alarms = (struct alarms_config){
		.channels = source_texts(s, alarms, "channels"),
		.repeat_ms = json_int(alarms, "repeat", 0),
		.gather_ms = json_int(alarms, "gather", 0),
		.shared = json_flag(alarms, "shared_channels", false),
	};
	const json_t *guards = json_object_get(whole, "guards");
	s->config->guards = (struct guards_config){
		.cap = (int)json_int(guards, "cap", 0),
		.window_ms = json_int(guards, "window", 0),
	};
}

void config_build(struct config_source *s, const json_t *whole)
{
	struct config *c = s->config;
	c->site = source_text(s, whole, "site");
	c->state_dir = source_text(s, whole, "state_dir");
	c->run_dir = source_text(s, whole, "run_dir");
	c->secrets_dir = source_text(s, whole, "secrets_dir");
	c->control_path = source_socket_path(
		s, "control_socket", json_text(whole, "control_socket", "control.sock"));
	c->log_level = source_text(s, whole, "log_level");
	c->languages = source_texts(s, whole, "languages");
	c->driver_dirs = source_texts(s, whole, "driver_dirs");
	for (size_t i = 0; i < c->driver_dirs.count; i++) {
		c->driver_dirs.list[i] = option_resolve(c->pool, s->folder, c->driver_dirs.list[i]);
	}
	build_http(s, json_object_get(whole, "http"));
	config_build_municipalities(s, json_object_get(whole, "municipalities"));
	const json_t *feeds = json_object_get(whole, "feeds");
	size_t feed_count = json_array_size(feeds);
	c->feeds = pool_take(c->pool, (feed_count + 1) * sizeof(*c->feeds));
	for (size_t i = 0; i < feed_count; i++) {
		build_feed(s, json_array_get(feeds, i), pool_printf(c->pool, "feeds[%zu]", i),
			&c->feeds[i]);
		c->feed_count = i + 1;
	}
	config_build_channels(s, json_object_get(whole, "channels"));
	const json_t *rules = json_object_get(whole, "rules");
	c->live = (struct rule){.name = "live", .priority = -1};
	c->drill = (struct rule){.name = "drill", .priority = -1};
	build_rules(s, json_object_get(rules, "live"), &c->live);
	build_rules(s, json_object_get(rules, "drill"), &c->drill);
	build_alarms(s, whole);
	build_roles(s, json_object_get(whole, "roles"));
}
