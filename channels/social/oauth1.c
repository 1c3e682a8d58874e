/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/social/oauth1.h"

#include "base/buf.h"
#include "base/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIGNED_LIMIT = 16384, SHA1_BYTES = 20 };

/* RFC 3986 unreserved characters stay, everything else becomes %XX. */
static void add_escaped(struct buf *out, const char *text)
{
	static const char unreserved[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
	for (const char *at = text; *at; at++) {
		if (strchr(unreserved, *at)) {
			(void)buf_add(out, at, 1);
		} else {
			(void)buf_addf(out, "%%%02X", (unsigned char)*at);
		}
	}
}

/* The parameters in the order RFC 5849 section 3.4.1.3.2 sorts them. */
struct parameter {
	const char *name;
	const char *value;
};

enum { PARAMETERS = 6 };

static void list_parameters(const struct oauth1 *o, struct parameter out[PARAMETERS])
{
	out[0] = (struct parameter){"oauth_consumer_key", o->consumer_key};
	out[1] = (struct parameter){"oauth_nonce", o->nonce};
	out[2] = (struct parameter){"oauth_signature_method", "HMAC-SHA1"};
	out[3] = (struct parameter){"oauth_timestamp", o->timestamp};
	out[4] = (struct parameter){"oauth_token", o->token};
	out[5] = (struct parameter){"oauth_version", "1.0"};
}

static void sign(const struct oauth1 *o, const char *method, const char *url, char out[32])
{
	struct parameter parameters[PARAMETERS];
	struct buf list;
	struct buf text;
	struct buf key;
	buf_init(&list, SIGNED_LIMIT);
	buf_init(&text, SIGNED_LIMIT);
	buf_init(&key, SIGNED_LIMIT);
	list_parameters(o, parameters);
	for (size_t i = 0; i < PARAMETERS; i++) {
		(void)buf_addf(&list, "%s%s=", i ? "&" : "", parameters[i].name);
		add_escaped(&list, parameters[i].value);
	}
	(void)buf_addf(&text, "%s&", method);
	add_escaped(&text, url);
	(void)buf_add_text(&text, "&");
	add_escaped(&text, buf_text(&list));
	add_escaped(&key, o->consumer_secret);
	(void)buf_add_text(&key, "&");
	add_escaped(&key, o->token_secret);
	unsigned char mac[SHA1_BYTES];
	unsigned int size = sizeof(mac);
	if (!HMAC(EVP_sha1(), key.data, (int)key.size, (const unsigned char *)text.data, text.size,
		    mac, &size)) {
		abort();
	}
	(void)base64_encode(mac, sizeof(mac), out);
	buf_clear(&list);
	buf_clear(&text);
	buf_clear(&key);
}

int oauth1_authorization(
	const struct oauth1 *o, const char *method, const char *url, char *out, size_t capacity)
{
	char signature[32];
	struct parameter parameters[PARAMETERS];
	struct buf line;
	sign(o, method, url, signature);
	list_parameters(o, parameters);
	buf_init(&line, SIGNED_LIMIT);
	(void)buf_add_text(&line, "OAuth ");
	for (size_t i = 0; i < PARAMETERS; i++) {
		(void)buf_addf(&line, "%s=\"", parameters[i].name);
		add_escaped(&line, parameters[i].value);
		(void)buf_add_text(&line, "\", ");
	}
	(void)buf_add_text(&line, "oauth_signature=\"");
	add_escaped(&line, signature);
	(void)buf_add_text(&line, "\"");
	int rc = line.failed || line.size >= capacity ? -EMSGSIZE : 0;
	if (rc == 0) {
		memcpy(out, line.data, line.size + 1);
	}
	buf_clear(&line);
	return rc;
}
