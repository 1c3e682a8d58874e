/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "channels/registry.h"

#include <errno.h>
#include <string.h>

enum { MINUTE_MS = 60 * 1000, NOTICE_MINUTES_MAX = 7 * 24 * 60 };

static const struct option_row options[] = {
	{
		.key = "folder",
		.type = OPTION_FILE,
		.required = true,
		.help = "Folder that the web server publishes; made when it is not there.",
	},
	{
		.key = "publisher",
		.type = OPTION_TEXT,
		.required = true,
		.help = "Name of the municipality, as the page and CAP senderName show it.",
	},
	{
		.key = "sender",
		.type = OPTION_TEXT,
		.required = true,
		.help = "CAP sender, e.g. bosai@city.example.lg.jp; without blanks and commas.",
	},
	{
		.key = "url",
		.type = OPTION_TEXT,
		.fallback = "",
		.help = "Public address of the folder, for the links in feed.atom and CAP.",
	},
	{
		.key = "home",
		.type = OPTION_TEXT,
		.fallback = "",
		.help = "Address of the municipality's own home page, linked at the foot of the "
			"page.",
	},
	{
		.key = "notice_minutes",
		.type = OPTION_INT,
		.fallback = "60",
		.min = 1,
		.max = NOTICE_MINUTES_MAX,
		.help = "How long a release or cancellation stays on the page.",
	},
	{
		.key = "refresh",
		.type = OPTION_DURATION,
		.fallback = "5m",
		.min = 10 * 1000,
		.max = 60 * MINUTE_MS,
		.help = "How often the pages are written again unchanged; readers call them stale "
			"after three times as long.",
	},
	{0},
};

static int check_address(const json_t *filled, const char **key, const char *name, struct err *e)
{
	const char *url = json_text(filled, name, "");
	*key = name;
	if (url[0] != '\0' && strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0) {
		return err_set(e, -EINVAL, "%s must begin with https:// or http://", name);
	}
	return 0;
}

static int check(const json_t *filled, const char **key, struct err *e)
{
	const char *sender = json_text(filled, "sender", "");
	*key = "sender";
	if (sender[0] == '\0' || strpbrk(sender, " \t\n,<&")) {
		return err_set(e, -EINVAL,
			"sender must not be empty nor hold a blank, a comma, < or & (CAP 1.2)");
	}
	int rc = check_address(filled, key, "url", e);
	return rc ? rc : check_address(filled, key, "home", e);
}

const struct channel_declaration channel_banner = {
	.interface = CHANNEL_INTERFACE,
	.name = "banner",
	.summary = "Public files for the home page: CAP, banner, light disaster page, feed",
	.delivered =
		"all files are on the disk of the folder; whether the web server shows them is "
		"not known",
	.options = options,
	.check = check,
	.batch_max = 1,
	.audience = "single",
	.reports_each_target = true,
	.idempotent = true,
	.confirms = false,
	.withdraws = true,
	.reads_shapes = true,
};
