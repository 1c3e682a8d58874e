/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "channels/registry.h"

#include <errno.h>
#include <string.h>

static const struct option_row options[] = {
	{
		.key = "dialect",
		.type = OPTION_CHOICE,
		.required = true,
		.choices = "mastodon x webhook",
		.help = "How the service is spoken to: mastodon, x (API v2) or webhook (Standard "
			"Webhooks, signed).",
	},
	{
		.key = "url",
		.type = OPTION_TEXT,
		.required = true,
		.help = "mastodon and x: address of the instance or API, without path; webhook: "
			"the whole "
			"address. https, except towards this machine.",
	},
	{
		.key = "token_file",
		.type = OPTION_SECRET,
		.help = "mastodon: file with the access token.",
	},
	{
		.key = "secret_file",
		.type = OPTION_SECRET,
		.help = "webhook: file with the signing secret (\"whsec_\" and base64, or plain "
			"text).",
	},
	{
		.key = "consumer_key_file",
		.type = OPTION_SECRET,
		.help = "x: file with the API key (OAuth 1.0a consumer key).",
	},
	{
		.key = "consumer_secret_file",
		.type = OPTION_SECRET,
		.help = "x: file with the API key secret.",
	},
	{
		.key = "access_token_file",
		.type = OPTION_SECRET,
		.help = "x: file with the access token of the account.",
	},
	{
		.key = "access_secret_file",
		.type = OPTION_SECRET,
		.help = "x: file with the access token secret.",
	},
	{
		.key = "language",
		.type = OPTION_TEXT,
		.fallback = "ja",
		.help = "Language of the posts.",
	},
	{
		.key = "limit",
		.type = OPTION_INT,
		.fallback = "500",
		.min = 50,
		.max = 5000,
		.help = "mastodon: characters a post may have.",
	},
	{
		.key = "visibility",
		.type = OPTION_CHOICE,
		.fallback = "public",
		.choices = "public unlisted private",
		.help = "mastodon: who sees the post.",
	},
	{
		.key = "ca_file",
		.type = OPTION_FILE,
		.help = "Certificates to trust instead of the system's.",
	},
	{
		.key = "connect_timeout",
		.type = OPTION_DURATION,
		.fallback = "5s",
		.min = 100,
		.max = 60000,
		.help = "How long connecting may take.",
	},
	{
		.key = "timeout",
		.type = OPTION_DURATION,
		.fallback = "15s",
		.min = 100,
		.max = 120000,
		.help = "How long one request may take.",
	},
	{0},
};

struct needed {
	const char *dialect;
	const char *key;
};

static int check(const json_t *given, const char **key, struct err *e)
{
	static const struct needed needs[] = {
		{"mastodon", "token_file"},
		{"webhook", "secret_file"},
		{"x", "consumer_key_file"},
		{"x", "consumer_secret_file"},
		{"x", "access_token_file"},
		{"x", "access_secret_file"},
	};
	const char *dialect = json_text(given, "dialect", "");
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
		if (strcmp(needs[i].dialect, dialect) == 0 &&
			json_text(given, needs[i].key, "")[0] == '\0') {
			*key = needs[i].key;
			return err_set(e, -EINVAL, "dialect %s needs %s", dialect, needs[i].key);
		}
	}
	return 0;
}

const struct channel_declaration channel_social = {
	.interface = CHANNEL_INTERFACE,
	.name = "social",
	.summary = "Posts to Mastodon, X or a signed webhook",
	.delivered = "the service answered that it has taken the post",
	.options = options,
	.check = check,
	.batch_max = 1,
	.audience = "single",
	.reports_each_target = true,
	.idempotent = true,
	.confirms = false,
	.withdraws = false,
};
