/* SPDX-License-Identifier: Apache-2.0
 *
 * Watches the bytes of an SMTP session for what the library does not tell: bytes glued to the
 * STARTTLS reply, and whether the login succeeded. Pure: fed by the monitor callback.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum smtp_awaited { SMTP_AWAITED_OTHER, SMTP_AWAITED_STARTTLS, SMTP_AWAITED_AUTH };

struct smtp_watch {
	enum smtp_awaited awaited;
	bool tls;	     /* STARTTLS was agreed: what follows is encrypted */
	bool glued;	     /* the agreement came with more bytes behind it */
	bool authenticated;  /* 235 */
	int auth_refused;    /* last refusal of AUTH; 0 none */
	bool mail;	     /* a MAIL command is about to leave */
	int greeting;	     /* first reply; 0: none came */
	char line[128];	     /* start of the reply line being read */
	size_t line_size;    /* of the part kept */
	size_t line_length;  /* so far, whole */
	int reply_code;	     /* of the lines before in the same reply; 0: it is the first */
	char last_text[128]; /* the relay's last reply, its last line */
	char auth_text[128]; /* its words when it refused the login */
};

/* Bytes about to be written. They may hold the password: nothing of them is kept. */
void smtp_watch_written(struct smtp_watch *w, const char *data, size_t size);
/* Bytes just read. Returns how many of them make sense to the library: up to the first line that is
 * no "NNN text" or "NNN-text", disagrees with the lines before it, or is longer than its buffer. */
size_t smtp_watch_read(struct smtp_watch *w, const char *data, size_t size);
