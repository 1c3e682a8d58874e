/* SPDX-License-Identifier: Apache-2.0
 *
 * Option rows of the driver `mail`. Constant data: linked into the hub and the CLI.
 */
#include "base/json.h"
#include "base/loopback.h"
#include "channels/mail/settings.h"
#include "channels/registry.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

static const struct option_row rows[] = {
	{.key = "host",
		.type = OPTION_TEXT,
		.required = true,
		.help = "Name or IPv4 address of the SMTP relay; best one on this machine."},
	{.key = "port",
		.type = OPTION_INT,
		.fallback = "25",
		.min = 1,
		.max = 65535,
		.help = "TCP port: 25, or 587 for submission. Implicit TLS (465) is not spoken."},
	{.key = "tls",
		.type = OPTION_CHOICE,
		.choices = "required loopback-only off",
		.fallback = "loopback-only",
		.help = "required: STARTTLS or nothing is sent; loopback-only: the same, but clear "
			"text to a relay on this machine; off: clear text, refused for other "
			"hosts."},
	{.key = "tls_name",
		.type = OPTION_TEXT,
		.help = "Name the relay's certificate must carry; default: host."},
	{.key = "ca_file",
		.type = OPTION_FILE,
		.help = "Certificate authorities, PEM; default: the system's."},
	{.key = "username", .type = OPTION_TEXT, .help = "User name at the relay."},
	{.key = "password_file", .type = OPTION_SECRET, .help = "File with the password."},
	{.key = "from",
		.type = OPTION_TEXT,
		.required = true,
		.help = "Address in From:, of a domain with SPF and DKIM."},
	{.key = "from_name", .type = OPTION_TEXT, .help = "Name shown beside it."},
	{.key = "envelope_from",
		.type = OPTION_TEXT,
		.help = "Address bounces go to; default: from."},
	{.key = "subject_prefix",
		.type = OPTION_TEXT,
		.help = "Put in front of every subject, before the drill mark."},
	{.key = "footer",
		.type = OPTION_TEXT,
		.help = "Last paragraph of every mail: who sends, how to leave."},
	{.key = "list_id",
		.type = OPTION_TEXT,
		.help = "List-Id, such as \"alerts.city.example.jp\"."},
	{.key = "unsubscribe_mailto",
		.type = OPTION_TEXT,
		.help = "Address of List-Unsubscribe by mail."},
	{.key = "unsubscribe_url",
		.type = OPTION_TEXT,
		.help = "https address of one-click unsubscription; {token} becomes the "
			"recipient's own token."},
	{.key = "unsubscribe_secret",
		.type = OPTION_SECRET,
		.help = "Key of the tokens: base64url(id) \".\" base64url(first 16 bytes of "
			"HMAC-SHA-256(key, id))."},
	{.key = "grouping",
		.type = OPTION_CHOICE,
		.choices = "auto personal grouped",
		.fallback = "auto",
		.help = "grouped: many recipients a message, faster; personal: one message each; "
			"auto: personal only when unsubscribe_url has {token}."},
	{.key = "group_max",
		.type = OPTION_INT,
		.fallback = "50",
		.min = 1,
		.max = MAIL_GROUP_MAX,
		.help = "Recipients of one grouped message; Postfix stalls above 50."},
	{.key = "session_max",
		.type = OPTION_INT,
		.fallback = "200",
		.min = 1,
		.max = 1000,
		.help = "Messages of one SMTP session."},
	{.key = "connect_timeout",
		.type = OPTION_DURATION,
		.fallback = "10s",
		.min = 100,
		.max = 120000,
		.help = "How long one address of the relay may take to accept the connection."},
	{.key = "timeout",
		.type = OPTION_DURATION,
		.fallback = "60s",
		.min = 1000,
		.max = 600000,
		.help = "How long the relay may take for one reply."},
	{.key = "helo", .type = OPTION_TEXT, .help = "Name we greet with; default: the machine's."},
	{.key = "charset",
		.type = OPTION_CHOICE,
		.choices = "utf-8",
		.fallback = "utf-8",
		.help = "Character set of the mails."},
	{0},
};

/* What goes into a command or header must be one line without blanks. */
static bool is_plain(const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if (c <= ' ' || c >= 0x7f || c == '<' || c == '>') {
			return false;
		}
	}
	return true;
}

static bool is_one_line(const char *text)
{
	for (; *text; text++) {
		if (iscntrl((unsigned char)*text)) {
			return false;
		}
	}
	return true;
}

static int check_relay(const json_t *options, const char **key, struct err *e)
{
	const char *host = json_text(options, "host", "");
	*key = "host";
	if (strchr(host, ':')) {
		return err_set(e, -EINVAL,
			"\"%s\": IPv6 addresses and host:port are not understood by the SMTP "
			"library; give a name that resolves to it, and the port in `port`",
			host);
	}
	if (host[0] == '\0' || !is_plain(host)) {
		return err_set(e, -EINVAL, "a host name or IPv4 address is needed");
	}
	*key = "tls";
	if (strcmp(json_text(options, "tls", ""), "off") == 0 && !loopback_is_host(host)) {
		return err_set(e, -EINVAL,
			"alerts and addresses go in clear text only to a relay on this machine: "
			"use \"required\" for %s",
			host);
	}
	*key = "port";
	if (json_int(options, "port", 0) == 465) {
		return err_set(e, -EINVAL, "implicit TLS is not spoken; use 587 with STARTTLS");
	}
	*key = "password_file";
	bool user = json_text(options, "username", "")[0] != '\0';
	bool password = json_text(options, "password_file", "")[0] != '\0';
	if (user != password) {
		*key = user ? "password_file" : "username";
		return err_set(e, -EINVAL, "username and password_file go together");
	}
	return 0;
}

static int check_unsubscribe(const json_t *options, const char **key, struct err *e)
{
	const char *url = json_text(options, "unsubscribe_url", "");
	bool token = strstr(url, "{token}") != NULL;
	*key = "unsubscribe_url";
	if (url[0] != '\0' && strncmp(url, "https://", 8) != 0) {
		return err_set(e, -EINVAL, "one-click unsubscription needs https");
	}
	*key = "unsubscribe_secret";
	if (token && json_text(options, "unsubscribe_secret", "")[0] == '\0') {
		return err_set(
			e, -EINVAL, "{token} in unsubscribe_url needs the key of the tokens");
	}
	*key = "grouping";
	if (token && strcmp(json_text(options, "grouping", ""), "grouped") == 0) {
		return err_set(e, -EINVAL,
			"{token} in unsubscribe_url is each recipient's own: it needs "
			"\"personal\"");
	}
	return 0;
}

static int check(const json_t *options, const char **key, struct err *e)
{
	static const char *const addresses[] = {"from", "envelope_from", "unsubscribe_mailto"};
	static const char *const plain[] = {"list_id", "helo", "tls_name", "unsubscribe_url"};
	static const char *const lines[] = {"from_name", "subject_prefix", "username"};
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		const char *text = json_text(options, addresses[i], "");
		*key = addresses[i];
		if ((i == 0 || text[0] != '\0') && (!is_plain(text) || !strchr(text, '@'))) {
			return err_set(e, -EINVAL, "\"%s\" is not a mail address", text);
		}
	}
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		*key = plain[i];
		if (!is_plain(json_text(options, plain[i], ""))) {
			return err_set(e, -EINVAL, "printable ASCII without blanks is needed");
		}
	}
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		*key = lines[i];
		if (!is_one_line(json_text(options, lines[i], ""))) {
			return err_set(e, -EINVAL, "one line is needed");
		}
	}
	int rc = check_relay(options, key, e);
	return rc ? rc : check_unsubscribe(options, key, e);
}

const struct channel_declaration channel_mail = {
	.interface = CHANNEL_INTERFACE,
	.name = "mail",
	.summary = "Registered mail through an SMTP relay",
	.delivered = "the relay took the mail over; whether it reached a mailbox shows later",
	.options = rows,
	.check = check,
	.batch_max = 500,
	.audience = "recipients",
	.reports_each_target = true,
	.idempotent = false, /* the Message-ID stays the same, but a mailbox may show both */
	.confirms = false,
	.withdraws = false,
	.gives_way = true,
};
