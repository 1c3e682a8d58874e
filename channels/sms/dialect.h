/* SPDX-License-Identifier: Apache-2.0
 *
 * One gateway's way of taking a short message, as a row of functions. All pure: from message and
 * account to the request's bytes, and from the answer to the outcome.
 */
#pragma once

#include "base/buf.h"
#include "net/http_outcome.h"

#include <jansson.h>
#include <stdbool.h>

enum { SMS_HEADERS = 4, SMS_NUMBER_SIZE = 24 };

/* What a dialect works with; all borrowed, "" when not given. */
struct sms_account {
	const char *url;
	const char *secret;   /* kannel: the password; json: the token */
	const char *username; /* kannel, as the next four */
	const char *from;
	const char *smsc;
	const char *dlr_url;
	int dlr_mask;
	const char *method; /* json, as all below */
	const char *header;
	const char *scheme;
	const char *key_header;
	const json_t *body;
	const char *success_member;
	const char *success_value;
	const char *id_member;
};

struct sms_message {
	const char *to;
	const char *text;
	const char *key; /* stable over retries */
	bool gsm;
	int64_t validity_s; /* at least 1: what is left until the expiry */
};

struct sms_request {
	const char *method;
	struct buf url;
	struct buf body;
	char *headers[SMS_HEADERS + 1]; /* owned; ends with NULL */
	size_t header_count;
	bool failed; /* a piece did not fit: must not be sent */
};

struct sms_dialect {
	const char *name;
	void (*write)(
		const struct sms_account *a, const struct sms_message *m, struct sms_request *r);
	/* Looks at an answer the common table has judged already. */
	void (*judge)(const struct sms_account *a, int status, const char *body, struct outcome *o);
};

/* NULL when there is none of that name. */
const struct sms_dialect *sms_dialect_find(const char *name);

void sms_request_init(struct sms_request *r);
void sms_request_clear(struct sms_request *r); /* wipes: url and headers hold secrets */
/* "Name: scheme value", or without a scheme ("") "Name: value". CR or LF in the line, or no room,
 * makes the request failed. */
void sms_request_header(
	struct sms_request *r, const char *name, const char *scheme, const char *value);

/* The telephone number in address without blanks, hyphens and brackets: digits, "+" first or not.
 * False when it is none; nothing else may reach a gateway, where a blank can part two numbers. */
bool sms_number(const char *address, char out[SMS_NUMBER_SIZE]);

/* A text for a URL's query; the caller frees. */
char *sms_url_encode(const char *text);

/* 0 when every "{word}" in the texts of a json body is known and {to} and {text} occur; -EINVAL
 * with the reason. */
int sms_body_check(const json_t *body, struct err *e);

extern const struct sms_dialect sms_dialect_json;
extern const struct sms_dialect sms_dialect_kannel;
