/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/mail/charset.h"

#include "base/buf.h"
#include "ingest/mail/jis.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

/* What senders call them -> the converter that knows the vendors' characters too. NULL: UTF-8. */
static const struct {
	const char *declared;
	const char *converter;
} names[] = {
	{"utf-8", NULL},
	{"utf8", NULL},
	{"shift_jis", "CP932"},
	{"shift-jis", "CP932"},
	{"x-sjis", "CP932"},
	{"sjis", "CP932"},
	{"ms_kanji", "CP932"},
	{"windows-31j", "CP932"},
	{"cswindows31j", "CP932"},
	{"cp932", "CP932"},
	{"euc-jp", "EUC-JP-MS"},
	{"x-euc-jp", "EUC-JP-MS"},
	{"eucjp-ms", "EUC-JP-MS"},
	{"iso-8859-1", "ISO-8859-1"},
	{"windows-1252", "CP1252"},
	{"utf-16", "UTF-16"},
};

static bool is_jis(const char *charset)
{
	return strncasecmp(charset, "iso-2022-jp", strlen("iso-2022-jp")) == 0 ||
	       strcasecmp(charset, "csiso2022jp") == 0 || strcasecmp(charset, "jis") == 0 ||
	       strncasecmp(charset, "cp5022", strlen("cp5022")) == 0;
}

/* What comes out must be shown: no zero bytes. */
static void add(struct buf *out, const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		(void)buf_add(out, bytes[i] ? bytes + i : " ", 1);
	}
}

/* Bytes of the UTF-8 character at text; 0: none is. */
static size_t utf8_size(const unsigned char *c, size_t size)
{
	size_t length = c[0] < 0x80		      ? 1
			: c[0] >= 0xC2 && c[0] < 0xE0 ? 2
			: (c[0] & 0xF0U) == 0xE0      ? 3
			: c[0] >= 0xF0 && c[0] < 0xF5 ? 4
						      : 0;
	if (length == 0 || length > size) {
		return 0;
	}
	for (size_t i = 1; i < length; i++) {
		if ((c[i] & 0xC0U) != 0x80) {
			return 0;
		}
	}
	bool overlong = (c[0] == 0xE0 && c[1] < 0xA0) || (c[0] == 0xF0 && c[1] < 0x90);
	bool outside = (c[0] == 0xED && c[1] >= 0xA0) || (c[0] == 0xF4 && c[1] >= 0x90);
	return overlong || outside ? 0 : length;
}

static bool take_utf8(const char *bytes, size_t size, struct buf *out)
{
	bool whole = true;
	for (size_t at = 0; at < size;) {
		size_t length = utf8_size((const unsigned char *)bytes + at, size - at);
		if (length == 0) {
			(void)buf_add_text(out, replacement);
			whole = false;
			at++;
		} else {
			add(out, bytes + at, length);
			at += length;
		}
	}
	return whole;
}

/* Nobody writes these; the converter gives them for bytes of another charset. */
static bool has_control(const struct buf *out, size_t from)
{
	for (size_t i = from; i + 1 < out->size; i++) {
		unsigned char next = (unsigned char)out->data[i + 1];
		if ((unsigned char)out->data[i] == 0xC2 && next >= 0x80 && next < 0xA0) {
			return true;
		}
	}
	return false;
}

static bool take_by(const char *converter, const char *bytes, size_t size, struct buf *out)
{
	iconv_t cd = iconv_open("UTF-8", converter);
	bool whole = cd != (iconv_t)-1; // NOLINT(performance-no-int-to-ptr)
	if (!whole) {
		return false;
	}
	size_t start = out->size;
	char *from = (char *)(uintptr_t)bytes; /* iconv() takes it without const and leaves it */
	while (size > 0) {
		char chunk[1024];
		char *to = chunk;
		size_t room = sizeof(chunk);
		size_t rc = iconv(cd, &from, &size, &to, &room);
		add(out, chunk, sizeof(chunk) - room);
		if (rc == (size_t)-1 && errno != E2BIG) {
			(void)buf_add_text(out, replacement);
			whole = false;
			from += size > 0;
			size -= size > 0;
		}
	}
	(void)iconv_close(cd);
	return whole && !has_control(out, start);
}

static bool take_jis(const char *bytes, size_t size, struct buf *out)
{
	struct buf euc;
	buf_init(&euc, 3 * size + 16);
	jis_to_euc(bytes, size, &euc);
	bool whole = take_by("EUC-JP-MS", buf_text(&euc), euc.size, out);
	buf_clear(&euc);
	return whole;
}

static bool take_declared(const char *charset, const char *bytes, size_t size, struct buf *out)
{
	if (is_jis(charset)) {
		return take_jis(bytes, size, out);
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcasecmp(names[i].declared, charset) == 0) {
			return names[i].converter ? take_by(names[i].converter, bytes, size, out)
						  : take_utf8(bytes, size, out);
		}
	}
	return take_utf8(bytes, size, out); /* us-ascii, none, unknown */
}

static bool take_guess(int guess, const char *bytes, size_t size, struct buf *out)
{
	switch (guess) {
	case 0:
		return take_utf8(bytes, size, out);
	case 1:
		return take_by("CP932", bytes, size, out);
	default:
		return take_by("EUC-JP-MS", bytes, size, out);
	}
}

char *charset_to_utf8(
	struct pool *pool, const char *charset, const char *bytes, size_t size, bool *damaged)
{
	struct buf out;
	buf_init(&out, 4 * size + 16); /* one byte is at most U+FFFD */
	bool jis = jis_is_likely(bytes, size);
	/* The escape sequences are surer than what is declared: they occur in nothing else. */
	bool whole = jis ? take_jis(bytes, size, &out) : take_declared(charset, bytes, size, &out);
	for (int guess = 0; !whole && !jis && guess < 3; guess++) {
		struct buf other;
		buf_init(&other, 4 * size + 16);
		whole = take_guess(guess, bytes, size, &other);
		if (whole) {
			buf_clear(&out);
			out = other;
		} else {
			buf_clear(&other);
		}
	}
	*damaged = *damaged || !whole;
	char *text = pool_copy(pool, buf_text(&out), out.size);
	buf_clear(&out);
	return text;
}
