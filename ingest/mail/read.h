/* SPDX-License-Identifier: Apache-2.0
 *
 * One mail (RFC 5322, MIME): what of it people read. Attachments are left alone. Pure: no clock, no
 * network, no disk.
 */
#pragma once

#include "base/clock.h"
#include "base/mem.h"

#include <stddef.h>

enum {
	MAIL_BYTES_MAX = 1024 * 1024, /* of one mail; an alert has a few thousand */
	MAIL_TEXT_MAX = 64 * 1024,    /* of its text; what is beyond is cut and told */
	MAIL_PART_MAX = 64,	      /* parts looked at */
	MAIL_DEPTH_MAX = 8,	      /* of parts within parts */
	MAIL_NOTE_MAX = 8,
};

struct mail_note {
	const char *code; /* of a warning of the alert: "mail-damaged", "mail-attachment", ... */
	const char *text;
};

/* All text is valid UTF-8 in the pool, "" where absent. */
struct mail {
	struct pool *pool;
	const char *subject;	   /* one line */
	const char *from;	   /* first address of From, lower case */
	const char *envelope;	   /* of the first Return-Path, as Postfix writes it; lower case */
	const char *body;	   /* lines end with "\n" */
	struct wall_time date;	   /* of the line Date; WALL_TIME_NONE where absent or unreadable */
	struct wall_time received; /* of the first Received: when our own server took it */
	int offset_minutes;	   /* of date, else of received */
	struct mail_note notes[MAIL_NOTE_MAX];
	size_t note_count;
};

/* Whether bytes begin as a mail does: a header line. */
int mail_is_likely(const char *bytes, size_t size);

/* Always gives something; damage is told in notes. pool outlives the mail. */
void mail_read(struct pool *pool, const char *bytes, size_t size, struct mail *out);
