/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mail/smtp_watch.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool begins(const char *data, size_t size, const char *word)
{
	size_t length = strlen(word);
	return size >= length && strncasecmp(data, word, length) == 0;
}

void smtp_watch_written(struct smtp_watch *w, const char *data, size_t size)
{
	for (size_t at = 0; at < size;) {
		const char *line = data + at;
		size_t left = size - at;
		const char *end = memchr(line, '\n', left);
		if (begins(line, left, "MAIL FROM:")) {
			w->mail = true;
		}
		/* The answers to an AUTH challenge are no commands. */
		if (w->awaited != SMTP_AWAITED_AUTH) {
			if (begins(line, left, "STARTTLS")) {
				w->awaited = SMTP_AWAITED_STARTTLS;
			} else if (begins(line, left, "AUTH ")) {
				w->awaited = SMTP_AWAITED_AUTH;
			}
		}
		at = end ? (size_t)(end - data) + 1 : size;
	}
}

static int line_code(const struct smtp_watch *w)
{
	int code = 0;
	for (size_t i = 0; i < 3; i++) {
		if (i >= w->line_size || !isdigit((unsigned char)w->line[i])) {
			return 0;
		}
		code = code * 10 + (w->line[i] - '0');
	}
	return code;
}

static void keep_text(const struct smtp_watch *w, char out[128])
{
	size_t size = w->line_size;
	while (size > 0 && isspace((unsigned char)w->line[size - 1])) {
		size--;
	}
	size = size < 128 ? size : 127;
	memcpy(out, w->line, size);
	out[size] = '\0';
}

/* The last line of a reply is complete; left bytes follow it in the same read. */
static void on_reply(struct smtp_watch *w, size_t left)
{
	int code = line_code(w);
	enum smtp_awaited awaited = w->awaited;
	keep_text(w, w->last_text);
	if (w->greeting == 0) {
		w->greeting = code;
	}
	if (awaited == SMTP_AWAITED_AUTH && code / 100 == 3) {
		return; /* a challenge: the login goes on */
	}
	w->awaited = SMTP_AWAITED_OTHER;
	if (awaited == SMTP_AWAITED_STARTTLS && code / 100 == 2) {
		w->tls = true;
		w->glued = left > 0;
	} else if (awaited == SMTP_AWAITED_AUTH && code / 100 == 2) {
		w->authenticated = true;
	} else if (awaited == SMTP_AWAITED_AUTH) {
		w->auth_refused = code ? code : -1;
		keep_text(w, w->auth_text);
	}
}

/* The line in w->line has just ended. */
static bool is_sensible(const struct smtp_watch *w)
{
	int code = line_code(w);
	return code != 0 && w->line_size > 3 && (w->line[3] == ' ' || w->line[3] == '-') &&
	       (w->reply_code == 0 || w->reply_code == code);
}

size_t smtp_watch_read(struct smtp_watch *w, const char *data, size_t size)
{
	enum { LINE_MAX_LENGTH = 1000 };
	size_t line_at = 0;
	for (size_t i = 0; i < size; i++) {
		if (w->line_size < sizeof(w->line)) {
			w->line[w->line_size++] = data[i];
		}
		if (++w->line_length > LINE_MAX_LENGTH) {
			return line_at;
		}
		if (data[i] != '\n') {
			continue;
		}
		if (!is_sensible(w)) {
			return line_at;
		}
		bool more = w->line[3] == '-';
		w->reply_code = more ? line_code(w) : 0;
		if (!more) {
			on_reply(w, size - i - 1);
		}
		w->line_size = 0;
		w->line_length = 0;
		line_at = i + 1;
	}
	return size;
}
