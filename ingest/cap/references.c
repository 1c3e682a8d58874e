/* SPDX-License-Identifier: Apache-2.0
 *
 * What a message replaces or withdraws. A reference that cannot be read for sure is left out: a
 * cancellation must never hit by guess.
 */
#include "ingest/cap/cap_private.h"
#include "ingest/cap/time.h"
#include "ingest/xml.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static size_t count_of(const char *text, size_t size, char what)
{
	size_t count = 0;
	for (size_t i = 0; i < size; i++) {
		count += text[i] == what;
	}
	return count;
}

static void malformed(struct cap *c, const char *token, size_t size)
{
	cap_warn(c, "malformed-reference", "reference %.*s is no sender,identifier,sent triple",
		(int)(size < 100 ? utf8_cut(token, size, size) : utf8_cut(token, size, 100)),
		token);
}

static void add(struct cap *c, const char *series, const char *revision)
{
	struct alert *a = c->alert;
	if (strcmp(series, a->series) == 0 && strcmp(revision, a->revision) == 0) {
		cap_warn(c, "self-reference", "the message references itself");
		return;
	}
	alert_add_reference(a, series, revision);
}

/* CAP 1.0: identifier/sender, without a time. */
static bool take_slash_form(struct cap *c, const char *token, size_t size)
{
	const char *slash = memchr(token, '/', size);
	if (!slash || slash == token || slash + 1 == token + size || !strstr(c->ns, "cap/1.0")) {
		return false;
	}
	size_t identifier = (size_t)(slash - token);
	add(c,
		pool_printf(c->alert->pool, "%.*s,%.*s", (int)(size - identifier - 1), slash + 1,
			(int)identifier, token),
		"");
	return true;
}

static void take_token(struct cap *c, const char *token, size_t size)
{
	struct pool *pool = c->alert->pool;
	if (count_of(token, size, ',') != 2) {
		if (!take_slash_form(c, token, size)) {
			malformed(c, token, size);
		}
		return;
	}
	const char *first = memchr(token, ',', size);
	const char *last = memrchr(token, ',', size);
	const char *time = pool_copy(pool, last + 1, (size_t)(token + size - last - 1));
	struct wall_time sent;
	enum cap_time_verdict verdict = cap_time_read(time, &sent, NULL);
	if (first == token || last == first + 1 || wall_time_is_none(sent)) {
		malformed(c, token, size);
		return;
	}
	if (verdict == CAP_TIME_NO_OFFSET) {
		cap_warn(c, "time-without-offset", "a reference's time has no offset, read as UTC");
	}
	if (sent.ms > c->alert->sent.ms) {
		cap_warn(c, "later-reference", "a reference is later than the message");
	}
	add(c, pool_copy(pool, token, (size_t)(last - token)), cap_time_revision(pool, sent));
}

int cap_read_references(struct cap *c, const xmlNode *root)
{
	size_t count = 0;
	const xmlNode *node = xml_child(root, c->ns, "references");
	for (; node; node = xml_next(node)) {
		const char *at = cap_node_text(c, node);
		if (!at) {
			return -EBADMSG;
		}
		for (at += strspn(at, " \t\r\n"); *at; at += strspn(at, " \t\r\n")) {
			size_t size = strcspn(at, " \t\r\n");
			if (++count > CAP_REFERENCE_LIMIT) {
				return decode_refuse(c->refusal, "too-large",
					(int)xmlGetLineNo(node), "more than %d references",
					CAP_REFERENCE_LIMIT);
			}
			take_token(c, at, size);
			at += size;
		}
	}
	bool needed =
		c->alert->action == ALERT_ACTION_UPDATE || c->alert->action == ALERT_ACTION_CANCEL;
	if (needed && c->alert->reference_count == 0) {
		cap_warn(c, "no-reference", "an update or cancellation that names no message");
	}
	return 0;
}
