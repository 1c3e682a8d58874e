/* SPDX-License-Identifier: Apache-2.0
 *
 * The shipped example of mail rules, and mails as the tests write them.
 */
#pragma once

#include "ingest/decode.h"
#include "ingest/mail/match.h"

/* Fails the test when the file has a fault. The caller frees with mail_rules_free(). */
struct mail_rules *example_rules(void);
/* Rules from a text of their own. */
struct mail_rules *rules_of(const char *yaml);

/* A mail by the rules; NULL: refused, the code in *refusal. */
struct alert *decode_mail(const struct mail_rules *rules, const char *mail, size_t size,
	struct decode_refusal *refusal);

/* A plain mail in UTF-8 from the receiver, sent `seconds` after 2026-11-20T14:00:00+09:00. The
 * caller frees. */
char *write_mail(int seconds, const char *subject, const char *body);
