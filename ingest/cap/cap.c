/* SPDX-License-Identifier: Apache-2.0
 *
 * The CAP decoder: 1.2, 1.1, and 1.0 as far as it goes, as authorities really send it. Runs in the
 * ingest process and in `hansho check`. Refuses only what has no identity or no safe road (unknown
 * status or message type); everything else is taken with warnings. Order of elements never matters.
 */
#include "base/digest.h"
#include "ingest/cap/cap_private.h"
#include "ingest/cap/time.h"
#include "ingest/decode.h"
#include "ingest/xml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char signature_ns[] = "http://www.w3.org/2000/09/xmldsig#";

const char *cap_node_text(struct cap *c, const xmlNode *node)
{
	const char *text = xml_text(c->alert->pool, node);
	if (strlen(text) > CAP_TEXT_LIMIT) {
		(void)decode_refuse(c->refusal, "too-large", (int)xmlGetLineNo(node),
			"%s is longer than %d bytes", (const char *)node->name, CAP_TEXT_LIMIT);
		return NULL;
	}
	return text;
}

int cap_text(struct cap *c, const xmlNode *parent, const char *name, const char **out)
{
	const xmlNode *node = xml_child(parent, c->ns, name);
	*out = node ? cap_node_text(c, node) : "";
	return *out ? 0 : -EBADMSG;
}

void cap_warn(struct cap *c, const char *code, const char *format, ...)
{
	if (c->alert->warning_count >= CAP_WARNING_LIMIT) {
		return;
	}
	char text[400];
	va_list args;
	va_start(args, format);
	utf8_vprint(text, sizeof(text), format, args);
	va_end(args);
	alert_add_warning(c->alert, code, "%s", text);
}

void cap_warn_time(struct cap *c, const char *name, const char *text, struct wall_time *out,
	int *offset_minutes)
{
	switch (cap_time_read(text, out, offset_minutes)) {
	case CAP_TIME_OK:
	case CAP_TIME_ABSENT:
		break;
	case CAP_TIME_ZULU:
		cap_warn(c, "time-zulu", "%s ends in Z", name);
		break;
	case CAP_TIME_NO_OFFSET:
		cap_warn(c, "time-without-offset", "%s has no offset, read as UTC", name);
		break;
	case CAP_TIME_UNREADABLE:
		cap_warn(c, "bad-time", "%s \"%.60s\" is no time", name, text);
		break;
	}
}

static const struct {
	const char *word;
	enum alert_status status;
} statuses[] = {
	{.word = "Actual", .status = ALERT_STATUS_ACTUAL},
	{.word = "Exercise", .status = ALERT_STATUS_EXERCISE},
	{.word = "System", .status = ALERT_STATUS_TEST},
	{.word = "Test", .status = ALERT_STATUS_TEST},
};

static const struct {
	const char *word;
	enum alert_action action;
} types[] = {
	{.word = "Alert", .action = ALERT_ACTION_ISSUE},
	{.word = "Update", .action = ALERT_ACTION_UPDATE},
	{.word = "Cancel", .action = ALERT_ACTION_CANCEL},
	{.word = "Ack", .action = ALERT_ACTION_INFO},
	{.word = "Error", .action = ALERT_ACTION_INFO},
};

static int read_identity(struct cap *c, const xmlNode *root)
{
	struct alert *a = c->alert;
	const char *identifier;
	const char *sent;
	int rc = cap_text(c, root, "sender", &a->sender);
	rc = rc ? rc : cap_text(c, root, "identifier", &identifier);
	rc = rc ? rc : cap_text(c, root, "sent", &sent);
	if (rc) {
		return rc;
	}
	cap_warn_time(c, "sent", sent, &a->sent, &a->offset_minutes);
	int line = (int)xmlGetLineNo(root);
	if (a->sender[0] == '\0' || identifier[0] == '\0') {
		return decode_refuse(c->refusal, "no-identity", line, "no %s",
			a->sender[0] ? "identifier" : "sender");
	}
	if (wall_time_is_none(a->sent)) {
		return decode_refuse(
			c->refusal, "no-identity", line, "sent \"%.60s\" is no time", sent);
	}
	if (strpbrk(identifier, " ,<&") || strpbrk(a->sender, " ,<&")) {
		cap_warn(c, "odd-identity", "sender or identifier with blank, comma, < or &");
	}
	a->issued = a->sent;
	a->series = pool_printf(a->pool, "%s,%s", a->sender, identifier);
	a->revision = cap_time_revision(a->pool, a->sent);
	return 0;
}

static int read_status(struct cap *c, const xmlNode *root)
{
	const char *text;
	int rc = cap_text(c, root, "status", &text);
	if (rc) {
		return rc;
	}
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (strcasecmp(text, statuses[i].word) == 0) {
			c->alert->status = statuses[i].status;
			return 0;
		}
	}
	int line = (int)xmlGetLineNo(root);
	if (strcasecmp(text, "Draft") == 0) {
		return decode_refuse(c->refusal, "draft", line, "a draft is for nobody");
	}
	return decode_refuse(c->refusal, "unknown-status", line, "status \"%.60s\"", text);
}

static int read_action(struct cap *c, const xmlNode *root)
{
	const char *text;
	int rc = cap_text(c, root, "msgType", &text);
	if (rc) {
		return rc;
	}
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcasecmp(text, types[i].word) == 0) {
			c->alert->action = types[i].action;
			return 0;
		}
	}
	return decode_refuse(
		c->refusal, "unknown-action", (int)xmlGetLineNo(root), "msgType \"%.60s\"", text);
}

/* Words parted by white space; one with white space inside stands in double quotes (CAP 1.2, 3.2.1,
 * addresses and incidents). */
static void add_words(struct cap *c, const char *text, struct alert_words *words)
{
	struct pool *pool = c->alert->pool;
	for (text += strspn(text, " \t\r\n"); *text && words->count < CAP_WORD_LIMIT;
		text += strspn(text, " \t\r\n")) {
		bool quoted = *text == '"' && strchr(text + 1, '"');
		text += quoted;
		size_t size = strcspn(text, quoted ? "\"" : " \t\r\n");
		if (size > 0) {
			alert_add_word(c->alert, words, pool_copy(pool, text, size));
		}
		text += size + quoted;
	}
}

/* Every code element: profiles and handling flags. */
static int read_codes(struct cap *c, const xmlNode *root)
{
	const xmlNode *n = xml_child(root, c->ns, "code");
	for (; n && c->alert->codes.count < CAP_WORD_LIMIT; n = xml_next(n)) {
		const char *code = cap_node_text(c, n);
		if (!code) {
			return -EBADMSG;
		}
		if (code[0]) {
			alert_add_word(c->alert, &c->alert->codes, code);
		}
	}
	return 0;
}

static int read_groups(struct cap *c, const xmlNode *root)
{
	const char *incidents;
	int rc = cap_text(c, root, "incidents", &incidents);
	rc = rc ? rc : cap_text(c, root, "note", &c->alert->note);
	rc = rc ? rc : read_codes(c, root);
	if (rc == 0) {
		add_words(c, incidents, &c->alert->incidents);
	}
	return rc;
}

/* Without a readable scope nobody said that everybody may know. */
static int read_scope(struct cap *c, const xmlNode *root)
{
	static const char *const scopes[] = {"public", "restricted", "private"};
	const char *text;
	const char *addresses;
	int rc = cap_text(c, root, "scope", &text);
	rc = rc ? rc : cap_text(c, root, "addresses", &addresses);
	rc = rc ? rc : cap_text(c, root, "restriction", &c->alert->restriction);
	if (rc) {
		return rc;
	}
	add_words(c, addresses, &c->alert->addresses);
	c->alert->scope = "restricted";
	bool known = false;
	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
		if (strcasecmp(text, scopes[i]) == 0) {
			c->alert->scope = scopes[i];
			known = true;
		}
	}
	if (!known) {
		cap_warn(c, text[0] ? "unknown-scope" : "missing-scope",
			"scope \"%.60s\" read as restricted", text);
	}
	if (strcmp(c->alert->scope, "private") == 0 && addresses[0] == '\0') {
		cap_warn(c, "private-without-addresses", "scope private names nobody");
	}
	return 0;
}

/* A relay may sign what another sends unsigned: the signature is not the content. */
static void digest_without_signature(struct alert *a, const xmlNode *root)
{
	struct digest *d = digest_new();
	digest_add_field(d, "cap");
	for (const xmlNode *n = root->children; n; n = n->next) {
		if (n->type == XML_ELEMENT_NODE && !xml_is(n, signature_ns, "Signature")) {
			digest_add_field(d, (const char *)n->name);
			xml_digest(d, n);
		}
	}
	digest_end_hex(d, a->digest);
	digest_free(d);
}

static int decode(const xmlNode *root, struct alert *a, struct decode_refusal *refusal)
{
	struct cap c = {
		.alert = a,
		.ns = root->ns ? (const char *)root->ns->href : NULL,
		.refusal = refusal,
	};
	a->format = ALERT_FORMAT_CAP;
	a->type = "CAP";
	int rc = read_identity(&c, root);
	rc = rc ? rc : read_status(&c, root);
	rc = rc ? rc : read_action(&c, root);
	rc = rc ? rc : read_scope(&c, root);
	rc = rc ? rc : read_groups(&c, root);
	rc = rc ? rc : cap_read_references(&c, root);
	rc = rc ? rc : cap_read_infos(&c, root);
	if (rc == 0 && a->item_count == 0) {
		/* the only words an Error or a bare Cancel has */
		cap_add_piece(&c, &a->description, "und", a->note);
	}
	if (rc == 0) {
		digest_without_signature(a, root);
	}
	return rc;
}

static const char *const namespaces[] = {
	"urn:oasis:names:tc:emergency:cap:1.2",
	"urn:oasis:names:tc:emergency:cap:1.1",
	"http://www.incident.com/cap/1.0",
	NULL,
};

const struct decoder decoder_cap = {
	.format = "cap",
	.root_name = "alert",
	.decode = decode,
	.namespaces = namespaces,
};
