/* SPDX-License-Identifier: Apache-2.0
 *
 * The mail as bytes, CRLF, in two parts: a head of the few lines that differ from message to
 * message (written by hand, one per message) and the rest, which all mails of one broadcast and
 * language share (built by GMime, once). So a hundred thousand personal mails cost no MIME work.
 * Every line is at most 76 characters where it can be folded, 998 bytes always; no text can add a
 * header line.
 */
#pragma once

#include "base/buf.h"
#include "channels/channel.h"
#include "channels/mail/settings.h"

/* Once per process, before the first mail_rest(). */
void mail_message_init(void);

/* The shared part in lang: Date, From, Subject and so on, the empty line, the body. The caller
 * frees *out. */
int mail_rest(const struct mail_settings *s, const struct broadcast *b, const char *lang,
	char **out, size_t *size, struct err *e);

struct mail_head {
	const char *message_id; /* left of the @ */
	const char *to;		/* in address_form(); NULL: several, none of them shown */
	const char *recipient;	/* id of the only recipient, for the token; NULL: several */
};

/* Appends To, Message-ID and List-Unsubscribe. */
int mail_head_add(const struct mail_settings *s, const struct mail_head *head, struct buf *out);

enum { MAIL_ID_SIZE = 33 };
/* Message-ID of a grouped message: stable while the group is the same. */
void mail_group_id(const char *delivery, const struct channel_target *const *targets, size_t count,
	char out[MAIL_ID_SIZE]);
