/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules of a feed's file of mail rules, compiled: which rule a mail meets, of what status it
 * is, and what the rule takes out of it. A mail is compared in its normal form.
 */
#pragma once

#include "base/err.h"
#include "base/mem.h"
#include "config/config.h"
#include "ingest/mail/read.h"
#include "schemas/kinds.h"

#include <jansson.h>
#include <stddef.h>

/* In normal form (normalise.h). */
struct mail_texts {
	const char *from;
	const char *envelope;
	const char *subject;
	const char *body;
};

struct mail_outcome {
	const char *name;	 /* of the rule */
	const struct kind *kind; /* never NULL */
	const char *stage;	 /* "" for none */
	enum severity severity;
	int level;
	enum alert_status status;
	enum alert_action action;
	struct text_list areas; /* municipality codes; empty: all of ours */
	const char *time;	/* taken out of the mail, in the pool; "" when not found */
	const char *place;
	const char *value;
	const char *text;
};

struct mail_rules;

/* object: a checked file (config.h); NULL when it breaks the contract. */
struct mail_rules *mail_rules_new(const json_t *object, struct err *e);
void mail_rules_free(struct mail_rules *r);

/* True and *out, whose texts are the rules' or in pool, when a rule matches. */
bool mail_rules_match(const struct mail_rules *r, const struct mail_texts *mail, struct pool *pool,
	struct mail_outcome *out);

/* "name@domain" or "@domain" against an address, both in lower case. */
bool mail_address_matches(const char *pattern, const char *address);
