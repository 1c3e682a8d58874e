/* SPDX-License-Identifier: Apache-2.0
 *
 * Message bytes in, alerts out, or a refusal that says why. Most messages hold one alert; an
 * envelope (EDXL-DE) may hold several. Pure: no clock, no network, no disk. Used by the ingest
 * process and by `hansho check`/`explain`.
 */
#pragma once

#include "config/config.h"
#include "schemas/alert.h"

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

struct mail_rules;
struct trust;

struct decode_policy {
	/* allowed: "jmx", "cap", "jalert-mail", "json"; NULL or empty: all */
	const struct text_list *formats;
	const struct text_list *senders;     /* CAP or mail senders allowed; NULL or empty: any */
	const struct mail_rules *mail_rules; /* ingest/mail/match.h; NULL: no mail has a meaning */
	size_t limit;			     /* bytes; 0: XML_SIZE_LIMIT */
	enum signature_policy signature;
	const struct trust *trust; /* ingest/signature/signature.h; NULL: nobody is trusted */
	bool sha1;		   /* signatures by SHA-1 count */
	/* when the message came, for the validity of certificates; WALL_TIME_NONE: at any time */
	struct wall_time received;
};

/* code is stable and part of the feed contract: "too-large", "not-xml", "doctype", "not-handled",
 * "no-identity", "unknown-status", "unknown-action", "draft", "format-not-allowed",
 * "sender-not-allowed", "empty", "not-alert" (JSON that breaks the alert contract), "signature"
 * (not signed by somebody the feed trusts), "envelope-mismatch" (EDXL-DE that cancels what is no
 * end), "several" (decode_telegram() only). */
struct decode_refusal {
	const char *code;
	char reason[256];
	int line; /* of the document; 0 unknown */
};

/* One piece of a message: an alert, or why it is none. */
struct decode_part {
	struct alert *alert; /* NULL: refused */
	struct decode_refusal refusal;
};

enum {
	DECODE_PARTS_MAX = 32,
	/* Size times parts: the whole envelope is kept with each alert, for it says what the alert
	 * is. */
	DECODE_PARTS_BYTES = 32 * 1024 * 1024,
};

struct decoded {
	struct decode_part parts[DECODE_PARTS_MAX];
	size_t count;
};

/* 0 and at least one part (decoded_clear()), or -EBADMSG and *refusal: of a message with a single
 * piece, or of the message as a whole. So a single part is always an alert. */
int decode_message(const void *bytes, size_t size, const struct decode_policy *policy,
	struct decoded *out, struct decode_refusal *refusal);
void decoded_clear(struct decoded *d);

/* The same for who wants one alert: 0 and *out (alert_free()), or -EBADMSG and *refusal. */
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
