/* SPDX-License-Identifier: Apache-2.0
 *
 * Kannel's sendsms interface (Kannel 1.4.5 User's Guide, "Using the HTTP interface to send SMS").
 * User name and password stand in the query: the address is never shown.
 */
#include "channels/sms/dialect.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECONDS_A_MINUTE = 60, MINUTES_MAX = 7 * 24 * 60 };

static void add(struct buf *url, const char *name, const char *value)
{
	char *encoded = sms_url_encode(value);
	(void)buf_addf(url, "%s%s=", strchr(buf_text(url), '?') ? "&" : "?", name);
	(void)buf_add_text(url, encoded);
	explicit_bzero(encoded, strlen(encoded));
	free(encoded);
}

static void add_given(struct buf *url, const char *name, const char *value)
{
	if (value[0]) {
		add(url, name, value);
	}
}

static void add_number(struct buf *url, const char *name, int64_t value)
{
	char text[24];
	(void)snprintf(text, sizeof(text), "%lld", (long long)value);
	add(url, name, text);
}

/* {key} in dlr-url becomes the target's key; Kannel fills in the rest (%d and others) itself. */
static void add_report(struct buf *url, const struct sms_account *a, const char *key)
{
	static const char mark[] = "{key}";
	const char *at = strstr(a->dlr_url, mark);
	if (a->dlr_url[0] == '\0') {
		return;
	}
	size_t size = strlen(a->dlr_url) + strlen(key) + 1;
	char *whole = mem_new(size);
	if (at) {
		(void)snprintf(whole, size, "%.*s%s%s", (int)(at - a->dlr_url), a->dlr_url, key,
			at + sizeof(mark) - 1);
	} else {
		(void)snprintf(whole, size, "%s", a->dlr_url);
	}
	add_number(url, "dlr-mask", a->dlr_mask);
	add(url, "dlr-url", whole);
	free(whole);
}

static void write_request(
	const struct sms_account *a, const struct sms_message *m, struct sms_request *r)
{
	/* Rounded down: a handset must not show it after the end. 0 would mean no limit. */
	int64_t minutes = m->validity_s / SECONDS_A_MINUTE;
	minutes = minutes < 1 ? 1 : minutes;
	r->method = "GET";
	(void)buf_add_text(&r->url, a->url);
	add(&r->url, "username", a->username);
	add(&r->url, "password", a->secret);
	add_given(&r->url, "from", a->from);
	add_given(&r->url, "smsc", a->smsc);
	add(&r->url, "to", m->to);
	add(&r->url, "charset", "UTF-8");
	add_number(&r->url, "coding", m->gsm ? 0 : 2);
	add_number(&r->url, "validity", minutes < MINUTES_MAX ? minutes : MINUTES_MAX);
	add_report(&r->url, a, m->key);
	add(&r->url, "text", m->text);
	r->failed |= r->url.failed != 0;
}

/* Two promises share 202. A number without a route (seen with 1.4.5) or on a black list shares 403
 * with a wrong password, and only the words tell them apart: taken for a wrong password, one such
 * number would stop the channel. */
static void judge(const struct sms_account *a, int status, const char *body, struct outcome *o)
{
	(void)a;
	if (status == 403 && strncmp(body, "Authorization failed", 20) != 0 && body[0]) {
		o->scope = OUTCOME_SCOPE_TARGET;
		o->reason = OUTCOME_REASON_TARGET;
	} else if (o->class == OUTCOME_DELIVERED &&
		   (status != 202 || (body[0] && strncmp(body, "0:", 2) != 0 &&
					     strncmp(body, "3:", 2) != 0))) {
		/* Something answers there, but not Kannel's sendsms. */
		o->class = OUTCOME_UNKNOWN;
		o->reason = OUTCOME_REASON_PROTOCOL;
	}
}

const struct sms_dialect sms_dialect_kannel = {
	.name = "kannel",
	.write = write_request,
	.judge = judge,
};
