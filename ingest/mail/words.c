/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/mail/words.h"

#include "base/buf.h"
#include "ingest/mail/charset.h"

#include <ctype.h>
#include <glib.h>
#include <string.h>
#include <strings.h>

enum { HEADER_MAX = 8 * 1024, CHARSET_MAX = 40 };

struct word {
	const char *charset;
	size_t charset_size;
	char encoding; /* 'b' or 'q' */
	const char *text;
	size_t text_size;
};

struct decoding {
	struct pool *pool;
	bool *damaged;
	struct buf out;
	struct buf bytes;	   /* of the words joined so far */
	char charset[CHARSET_MAX]; /* theirs; "" none is open */
};

/* =?charset?B?text?= at raw: its whole length, 0: none. */
static size_t word_at(const char *raw, struct word *w)
{
	if (raw[0] != '=' || raw[1] != '?') {
		return 0;
	}
	w->charset = raw + 2;
	w->charset_size = strcspn(w->charset, "? \t\r\n");
	const char *c = w->charset + w->charset_size;
	if (c[0] != '?' || c[1] == '\0' || c[2] != '?' || w->charset_size >= CHARSET_MAX ||
		w->charset_size == 0) {
		return 0;
	}
	w->encoding = (char)tolower((unsigned char)c[1]);
	w->text = c + 3;
	/* Blanks inside are against the standard, but they are sent. */
	const char *end = strstr(w->text, "?=");
	if (!end || (w->encoding != 'b' && w->encoding != 'q')) {
		return 0;
	}
	w->text_size = (size_t)(end - w->text);
	return (size_t)(end + 2 - raw);
}

static void add_base64(struct buf *out, const char *text, size_t size)
{
	gint state = 0;
	guint save = 0;
	unsigned char *bytes = g_malloc(size * 3 / 4 + 16);
	size_t count = g_base64_decode_step(text, size, bytes, &state, &save);
	/* What lacks its padding counts too. */
	for (int i = 0; i < 3 && save != 0; i++) {
		count += g_base64_decode_step("=", 1, bytes + count, &state, &save);
	}
	(void)buf_add(out, bytes, count);
	g_free(bytes);
}

static void add_quoted(struct buf *out, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		char c = text[i] == '_' ? ' ' : text[i];
		int high = c == '=' && i + 2 < size ? g_ascii_xdigit_value(text[i + 1]) : -1;
		int low = high >= 0 ? g_ascii_xdigit_value(text[i + 2]) : -1;
		if (high >= 0 && low >= 0) {
			c = (char)(high * 16 + low);
			i += 2;
		}
		(void)buf_add(out, &c, 1);
	}
}

static void close_words(struct decoding *d)
{
	if (d->charset[0]) {
		(void)buf_add_text(
			&d->out, charset_to_utf8(d->pool, d->charset, buf_text(&d->bytes),
					 d->bytes.size, d->damaged));
	}
	d->charset[0] = '\0';
	buf_reset(&d->bytes);
}

static void add_word(struct decoding *d, const struct word *w)
{
	/* RFC 2231: the language after '*' says nothing here. */
	size_t size = strcspn(w->charset, "*?");
	if (d->charset[0] == '\0' || strlen(d->charset) != size ||
		strncasecmp(d->charset, w->charset, size) != 0) {
		close_words(d);
		memcpy(d->charset, w->charset, size);
		d->charset[size] = '\0';
	}
	if (w->encoding == 'b') {
		add_base64(&d->bytes, w->text, w->text_size);
	} else {
		add_quoted(&d->bytes, w->text, w->text_size);
	}
}

static void add_plain(struct decoding *d, const char *text, size_t size)
{
	close_words(d);
	(void)buf_add_text(&d->out, charset_to_utf8(d->pool, "", text, size, d->damaged));
}

/* Bytes up to the next encoded word. */
static size_t plain_size(const char *raw)
{
	struct word w;
	size_t size = 0;
	while (raw[size] && word_at(raw + size, &w) == 0) {
		size++;
	}
	return size;
}

static char *one_line(struct pool *pool, const char *text)
{
	char *line = pool_copy_text(pool, text);
	char *to = line;
	for (const char *c = line; *c; c++) {
		bool blank = *c == '\r' || *c == '\n' || *c == '\t' || *c == ' ';
		if (!blank) {
			*to++ = *c;
		} else if (to > line && to[-1] != ' ') {
			*to++ = ' ';
		}
	}
	while (to > line && to[-1] == ' ') {
		to--;
	}
	*to = '\0';
	return line;
}

char *words_decode(struct pool *pool, const char *raw, bool *damaged)
{
	struct decoding d = {.pool = pool, .damaged = damaged};
	buf_init(&d.out, 4 * HEADER_MAX);
	buf_init(&d.bytes, HEADER_MAX);
	const char *whole = raw;
	raw = pool_copy(pool, raw, strnlen(whole, HEADER_MAX));
	while (*raw) {
		struct word w;
		size_t size = word_at(raw, &w);
		if (size > 0) {
			add_word(&d, &w);
			raw += size;
			size_t blank = strspn(raw, " \t\r\n");
			if (word_at(raw + blank, &w) > 0) {
				raw += blank; /* between words it is not text */
			}
			continue;
		}
		size = plain_size(raw);
		add_plain(&d, raw, size);
		raw += size;
	}
	close_words(&d);
	char *line = one_line(pool, buf_text(&d.out));
	buf_clear(&d.out);
	buf_clear(&d.bytes);
	return line;
}
