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
		.choices = "kannel json",
		.help = "How the gateway is spoken to: kannel (its sendsms interface) or json (one "
			"JSON document a message).",
	},
	{
		.key = "url",
		.type = OPTION_TEXT,
		.required = true,
		.help = "Where the gateway takes messages, without a query. https, except towards "
			"this machine.",
	},
	{
		.key = "max_parts",
		.type = OPTION_INT,
		.fallback = "1",
		.min = 1,
		.max = 10,
		.help = "Parts a text may have: 70 UTF-16 units alone, 66 a part joined; each part "
			"is paid for.",
	},
	{
		.key = "form",
		.type = OPTION_CHOICE,
		.fallback = "short",
		.choices = "short long",
		.help = "The short text, or the body where it fits into max_parts.",
	},
	{
		.key = "rate",
		.type = OPTION_INT,
		.fallback = "10",
		.min = 1,
		.max = 1000,
		.help = "Messages a second that each of the channel's agents sends at most.",
	},
	{
		.key = "username",
		.type = OPTION_TEXT,
		.help = "kannel: user of sendsms.",
	},
	{
		.key = "password_file",
		.type = OPTION_SECRET,
		.help = "kannel: file with that user's password.",
	},
	{
		.key = "from",
		.type = OPTION_TEXT,
		.help = "kannel: sender; without it the one Kannel is configured with.",
	},
	{
		.key = "smsc",
		.type = OPTION_TEXT,
		.help = "kannel: the connection to send by, when it has several.",
	},
	{
		.key = "dlr_url",
		.type = OPTION_TEXT,
		.help = "kannel: where Kannel is to report delivery; {key} becomes the message's "
			"key. Hansho itself does not receive reports.",
	},
	{
		.key = "dlr_mask",
		.type = OPTION_INT,
		.fallback = "19",
		.min = 1,
		.max = 31,
		.help = "kannel: which reports, with dlr_url; 19: the final ones, 31: all.",
	},
	{
		.key = "method",
		.type = OPTION_CHOICE,
		.fallback = "POST",
		.choices = "POST PUT",
		.help = "json: method of the request.",
	},
	{
		.key = "token_file",
		.type = OPTION_SECRET,
		.help = "json: file with the token or key of the account.",
	},
	{
		.key = "header",
		.type = OPTION_TEXT,
		.fallback = "Authorization",
		.help = "json: header that carries the token.",
	},
	{
		.key = "scheme",
		.type = OPTION_TEXT,
		.fallback = "Bearer",
		.help = "json: what stands before the token in it, a blank between; empty: "
			"nothing.",
	},
	{
		.key = "idempotency_header",
		.type = OPTION_TEXT,
		.fallback = "Idempotency-Key",
		.help = "json: header that carries the message's key, the same in every attempt; "
			"empty: none.",
	},
	{
		.key = "body",
		.type = OPTION_ANY,
		.help = "json: the document; {to}, {text}, {id} and {validity_s} in its texts are "
			"filled in, a text that is {validity_s} alone becomes a number.",
	},
	{
		.key = "success_member",
		.type = OPTION_TEXT,
		.help = "json: member of the answer that says whether the message was taken; "
			"without it the status decides.",
	},
	{
		.key = "success_value",
		.type = OPTION_TEXT,
		.help = "json: what that member says then.",
	},
	{
		.key = "id_member",
		.type = OPTION_TEXT,
		.help = "json: member of the answer with the gateway's own number of the message.",
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

static int need(const json_t *given, const char *dialect, const char *wanted, const char **key,
	struct err *e)
{
	*key = wanted;
	return json_text(given, wanted, "")[0]
		       ? 0
		       : err_set(e, -EINVAL, "dialect %s needs %s", dialect, wanted);
}

static int check_header(const json_t *given, const char *name, const char **key, struct err *e)
{
	static const char letters[] =
		"-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
	const char *value = json_text(given, name, "");
	*key = name;
	return value[strspn(value, letters)] == '\0' ? 0
						     : err_set(e, -EINVAL, "no name of a header");
}

static int check_json(const json_t *given, const char **key, struct err *e)
{
	const json_t *body = json_object_get(given, "body");
	*key = "body";
	if (!json_is_object(body) && !json_is_array(body)) {
		return err_set(e, -EINVAL, "dialect json needs body, a table");
	}
	int rc = check_header(given, "header", key, e);
	rc = rc ? rc : check_header(given, "idempotency_header", key, e);
	if (rc == 0 && json_text(given, "success_member", "")[0]) {
		rc = need(given, "json with success_member", "success_value", key, e);
	}
	return rc;
}

static int check(const json_t *given, const char **key, struct err *e)
{
	*key = "url";
	if (strpbrk(json_text(given, "url", ""), "?#")) {
		return err_set(e, -EINVAL, "must be without a query: secrets go into files");
	}
	if (strcmp(json_text(given, "dialect", ""), "json") == 0) {
		return check_json(given, key, e);
	}
	int rc = need(given, "kannel", "username", key, e);
	return rc ? rc : need(given, "kannel", "password_file", key, e);
}

const struct channel_declaration channel_sms = {
	.interface = CHANNEL_INTERFACE,
	.name = "sms",
	.summary = "Short messages through Kannel or a gateway that takes JSON",
	.delivered = "the gateway answered that it has taken the message; whether a telephone got "
		     "it is not known",
	.options = options,
	.check = check,
	.batch_max = 50,
	.audience = "recipients",
	.reports_each_target = true,
	.idempotent = false,
	.confirms = false,
	.withdraws = false,
	.gives_way = true,
};
