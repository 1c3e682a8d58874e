/* SPDX-License-Identifier: Apache-2.0
 *
 * Option rows of the fetch program `dmdata`. Constant data: linked into the hub and the CLI.
 */
#include "base/json.h"
#include "base/loopback.h"
#include "ingest/fetch/registry.h"

#include <errno.h>
#include <string.h>

enum { TYPES_MAX = 30 };

static const struct option_row rows[] = {
	{.key = "key_file",
		.type = OPTION_SECRET,
		.required = true,
		.help = "File with the API key; its rights: socket.start, socket.close, "
			"telegram.list, telegram.data and telegram.get of the classifications."},
	{.key = "classifications",
		.type = OPTION_TEXTS,
		.required = true,
		.help = "What is subscribed, as the contract names it: eew.warning, "
			"telegram.earthquake, telegram.volcano, telegram.weather."},
	{.key = "types",
		.type = OPTION_TEXTS,
		.help = "Only these types of telegram, or with ! all but these; at most 30."},
	{.key = "test",
		.type = OPTION_CHOICE,
		.choices = "no including",
		.fallback = "including",
		.help = "Whether drills and tests come too: without them there is no VXSE42, the "
			"heartbeat of the line of early warnings."},
	{.key = "servers",
		.type = OPTION_TEXTS,
		.help = "Hosts of the WebSockets, one connection each; default: one in Tokyo, one "
			"in Osaka."},
	{.key = "api_url",
		.type = OPTION_TEXT,
		.fallback = "https://api.dmdata.jp",
		.help = "Where tickets and lists come from."},
	{.key = "data_url",
		.type = OPTION_TEXT,
		.fallback = "https://data.api.dmdata.jp",
		.help = "Where missed telegrams come from."},
	{.key = "ca_file",
		.type = OPTION_FILE,
		.help = "Certificate authorities instead of the system's."},
	{.key = "list_interval",
		.type = OPTION_DURATION,
		.fallback = "5m",
		.min = 1000,
		.max = 86400000,
		.help = "How often the list is compared with what the WebSockets brought; it is "
			"read at once when a connection comes or the last one goes, and every 20 "
			"seconds while there is none."},
	{.key = "timeout",
		.type = OPTION_DURATION,
		.fallback = "15s",
		.min = 100,
		.max = 120000,
		.help = "Of one request, and of the opening of a WebSocket."},
	{.key = "quiet",
		.type = OPTION_DURATION,
		.fallback = "40s",
		.min = 1000,
		.max = 600000,
		.help = "A connection that is silent so long is asked, and given up at twice."},
	{.key = "retry_first",
		.type = OPTION_DURATION,
		.fallback = "1s",
		.min = 10,
		.max = 600000,
		.help = "Before the first new attempt; it doubles up to a minute."},
	{0},
};

/* The key goes to these: only over TLS, except to this machine. */
static int check_url(const char *url, struct err *e)
{
	static const char plain[] = "http://";
	static const char tls[] = "https://";
	bool is_tls = strncmp(url, tls, sizeof(tls) - 1) == 0;
	const char *host = url + (is_tls ? sizeof(tls) : sizeof(plain)) - 1;
	if (!is_tls && strncmp(url, plain, sizeof(plain) - 1) != 0) {
		return err_set(e, -EINVAL, "\"%s\" is no https address", url);
	}
	if (strpbrk(host, "@?#") || strchr(host, '/')) {
		return err_set(e, -EINVAL, "\"%s\": only the host and the port", url);
	}
	char name[256];
	size_t size = strcspn(host, ":");
	if (size == 0 || size >= sizeof(name)) {
		return err_set(e, -EINVAL, "\"%s\" has no host", url);
	}
	memcpy(name, host, size);
	name[size] = '\0';
	if (!is_tls && !loopback_is_host(name)) {
		return err_set(
			e, -EINVAL, "\"%s\": the key would go over the wire unprotected", url);
	}
	return 0;
}

static int check(const json_t *options, const char **key, struct err *e)
{
	static const char *const urls[] = {"api_url", "data_url"};
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		*key = urls[i];
		int rc = check_url(json_text(options, urls[i], ""), e);
		if (rc != 0) {
			return rc;
		}
	}
	*key = "classifications";
	if (json_array_size(json_object_get(options, "classifications")) == 0) {
		return err_set(e, -EINVAL, "at least one is needed");
	}
	*key = "types";
	if (json_array_size(json_object_get(options, "types")) > TYPES_MAX) {
		return err_set(e, -EINVAL, "the service takes at most %d", TYPES_MAX);
	}
	*key = NULL;
	return 0;
}

const struct fetch_declaration fetch_dmdata = {
	.name = "dmdata",
	.summary = "telegrams of JMA by DMDATA.JP: WebSocket, gaps filled from the list",
	.options = rows,
	.check = check,
};
