/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/loopback.h"
#include "ingest/fetch/registry.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SECOND_MS 1000LL
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS	  (60 * MINUTE_MS)
#define DAY_MS	  (24 * HOUR_MS)

enum { POLITE_MS = 10000 };

static const struct option_row feed_rows[] = {
	{.key = "url", .type = OPTION_TEXT, .required = true, .help = "The Atom or RSS document."},
	{.key = "long",
		.type = OPTION_TEXT,
		.help = "A longer document of the same source, read at the start and after a gap."},
	{0},
};

static const struct option_row rows[] = {
	{.key = "feeds",
		.type = OPTION_LIST,
		.rows = feed_rows,
		.required = true,
		.help = "What is polled."},
	{.key = "types",
		.type = OPTION_TEXTS,
		.help = "Types of JMA telegrams fetched (\"VXSE53\", \"VTSE*\"); without it all "
			"but "
			"VPWS50, which is never fetched."},
	{.key = "offices",
		.type = OPTION_TEXTS,
		.help = "6-digit offices whose weather telegrams are fetched, other types "
			"whoever issues them; without it all."},
	{.key = "hosts",
		.type = OPTION_TEXTS,
		.help = "Hosts besides the feeds' own that links and redirects may lead to."},
	{.key = "interval",
		.type = OPTION_DURATION,
		.fallback = "1m",
		.min = 100,
		.max = DAY_MS,
		.help = "Time between polls; below 10s only towards this machine."},
	{.key = "at",
		.type = OPTION_DURATION,
		.fallback = "20s",
		.min = 0,
		.max = DAY_MS,
		.help = "Place of the poll in the interval: second 20 of each minute, as JMA "
			"asks."},
	{.key = "jitter",
		.type = OPTION_DURATION,
		.fallback = "5s",
		.min = 0,
		.max = HOUR_MS,
		.help = "Each installation polls up to this much later, always the same."},
	{.key = "gap",
		.type = OPTION_DURATION,
		.fallback = "5m",
		.min = 100,
		.max = DAY_MS,
		.help = "After a longer time without a poll the long document is read; url must "
			"list "
			"at least the last twice this time."},
	{.key = "stale",
		.type = OPTION_DURATION,
		.fallback = "0s",
		.min = 0,
		.max = 30 * DAY_MS,
		.help = "A feed whose newest time is older is degraded; 0s never."},
	{.key = "down_after",
		.type = OPTION_DURATION,
		.fallback = "3m",
		.min = 100,
		.max = DAY_MS,
		.help = "Without a successful poll for this time the source is down."},
	{.key = "missing_for",
		.type = OPTION_DURATION,
		.fallback = "10m",
		.min = 100,
		.max = DAY_MS,
		.help = "How long a telegram that is listed and not there (404), or is cut short, "
			"is "
			"asked for again."},
	{.key = "retry_first",
		.type = OPTION_DURATION,
		.fallback = "5s",
		.min = 10,
		.max = HOUR_MS,
		.help = "Wait before a telegram is asked for again; it doubles up to 1m."},
	{.key = "connect_timeout",
		.type = OPTION_DURATION,
		.fallback = "10s",
		.min = 100,
		.max = 5 * MINUTE_MS,
		.help = "Time for a connection."},
	{.key = "timeout",
		.type = OPTION_DURATION,
		.fallback = "30s",
		.min = 100,
		.max = 10 * MINUTE_MS,
		.help = "Time for a whole answer."},
	{.key = "max_feed",
		.type = OPTION_SIZE,
		.fallback = "16MiB",
		.min = 1024,
		.max = 32 * 1024 * 1024,
		.help = "Size of a feed document."},
	{.key = "max_telegram",
		.type = OPTION_SIZE,
		.fallback = "8MiB",
		.min = 1024,
		.max = 8 * 1024 * 1024,
		.help = "Size of a telegram."},
	{.key = "requests_per_hour",
		.type = OPTION_INT,
		.fallback = "3000",
		.min = 10,
		.max = 1000000,
		.help = "No more requests go out in an hour; telegrams of the long document may "
			"use "
			"60 per cent."},
	{.key = "bytes_per_hour",
		.type = OPTION_SIZE,
		.fallback = "200MiB",
		.min = 1024,
		.max = 100LL * 1024 * 1024 * 1024,
		.help = "The same for what is received."},
	{.key = "remember",
		.type = OPTION_DURATION,
		.fallback = "14d",
		.min = 1000,
		.max = 365 * DAY_MS,
		.help = "A telegram that is no longer listed is forgotten after this time."},
	{.key = "ca_file",
		.type = OPTION_FILE,
		.help = "Authorities that may vouch for the servers; default: the system's."},
	{.key = "proxy",
		.type = OPTION_TEXT,
		.help = "Web proxy, \"http://proxy.example:8080\"; never taken from the "
			"environment."},
	{.key = "plain_http",
		.type = OPTION_FLAG,
		.fallback = "false",
		.help = "Whether http:// is allowed: anybody on the way can then change "
			"telegrams."},
	{.key = "private_addresses",
		.type = OPTION_FLAG,
		.fallback = "false",
		.help = "Whether servers may have private addresses."},
	{0},
};

/* Host of an http or https URL without its port; false when it is none or carries a password. */
static bool take_host(const char *url, bool *is_plain, char *host, size_t capacity)
{
	size_t scheme = strncmp(url, "https://", 8) == 0  ? 8
			: strncmp(url, "http://", 7) == 0 ? 7
							  : 0;
	const char *at = url + scheme;
	size_t size = strcspn(at, "/?#");
	if (scheme == 0 || memchr(at, '@', size) || strpbrk(url, " \t\r\n\"<>\\")) {
		return false;
	}
	size = at[0] == '[' ? strcspn(at, "]") + 1 : strcspn(at, ":/?#");
	if (size == 0 || size >= capacity) {
		return false;
	}
	memcpy(host, at, size);
	host[size] = '\0';
	*is_plain = scheme == 7;
	return true;
}

static int check_url(const json_t *options, const char *url, struct err *e)
{
	char host[256];
	bool is_plain;
	if (!take_host(url, &is_plain, host, sizeof(host))) {
		return err_set(
			e, -EINVAL, "\"%.200s\" is no http or https URL without a password", url);
	}
	bool here = loopback_is_host(host);
	if (is_plain && !here && !json_flag(options, "plain_http", false)) {
		return err_set(e, -EINVAL,
			"\"%.200s\" is not https: anybody on the way could change telegrams; "
			"plain_http: true allows it",
			url);
	}
	if (here && !json_flag(options, "private_addresses", false)) {
		return err_set(e, -EINVAL,
			"\"%.200s\" is this machine: private_addresses: true allows it", url);
	}
	if (!here && json_int(options, "interval", POLITE_MS) < POLITE_MS) {
		return err_set(e, -EINVAL,
			"an interval below 10s is only for this machine, not for %.200s", host);
	}
	return 0;
}

static int check(const json_t *options, const char **key, struct err *e)
{
	static char path[64];
	const json_t *feeds = json_object_get(options, "feeds");
	*key = "feeds";
	if (json_array_size(feeds) == 0) {
		return err_set(e, -EINVAL, "nothing is polled: name at least one feed");
	}
	for (size_t i = 0; i < json_array_size(feeds); i++) {
		const json_t *feed = json_array_get(feeds, i);
		(void)snprintf(path, sizeof(path), "feeds[%zu]", i);
		*key = path;
		const char *longer = json_text(feed, "long", "");
		int rc = check_url(options, json_text(feed, "url", ""), e);
		rc = rc == 0 && longer[0] ? check_url(options, longer, e) : rc;
		if (rc) {
			return rc;
		}
	}
	return 0;
}

const struct fetch_declaration fetch_atom = {
	.name = "atom",
	.summary = "polls Atom and RSS feeds: JMA PULL, CAP",
	.options = rows,
	.check = check,
};
