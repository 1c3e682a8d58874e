/* SPDX-License-Identifier: Apache-2.0
 *
 * Telegram bytes in, alert out, or a refusal that says why. Pure: no clock, no network, no disk.
 * Used by the ingest process and by `hansho check`/`explain`.
 */
#pragma once

#include "config/config.h"
#include "schemas/alert.h"

#include <libxml/tree.h>
#include <stddef.h>

struct mail_rules;

struct decode_policy {
	/* allowed: "jmx", "cap", "jalert-mail", "json"; NULL or empty: all */
	const struct text_list *formats;
	const struct text_list *senders;     /* CAP or mail senders allowed; NULL or empty: any */
	const struct mail_rules *mail_rules; /* ingest/mail/match.h; NULL: no mail has a meaning */
	size_t limit;			     /* bytes; 0: XML_SIZE_LIMIT */
};

/* code is stable and part of the feed contract: "too-large", "not-xml", "doctype", "not-handled",
 * "no-identity", "unknown-status", "unknown-action", "draft", "format-not-allowed",
 * "sender-not-allowed", "empty", "not-alert" (JSON that breaks the alert contract). */
struct decode_refusal {
	const char *code;
	char reason[256];
	int line; /* of the document; 0 unknown */
};

/* 0 and *out (alert_free()), or -EBADMSG and *refusal. */
int decode_telegram(const void *bytes, size_t size, const struct decode_policy *policy,
	struct alert **out, struct decode_refusal *refusal);

/* Returns -EBADMSG, so that `return decode_refuse(...)` reads well. */
int decode_refuse(struct decode_refusal *refusal, const char *code, int line, const char *format,
	...) __attribute__((format(printf, 4, 5)));

/* One XML vocabulary. decode() fills a, which has its digest already. */
struct decoder {
	const char *format;    /* "jmx", "cap" */
	const char *root_name; /* local name of the root element */
	int (*decode)(const xmlNode *root, struct alert *a, struct decode_refusal *refusal);
	const char *const *namespaces; /* of the root; ends with NULL */
};

extern const struct decoder decoder_jmx; /* ingest/jmx/ */
extern const struct decoder decoder_cap; /* ingest/cap/ */
