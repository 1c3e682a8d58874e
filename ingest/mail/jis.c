/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/mail/jis.h"

#include <string.h>

enum jis_set {
	JIS_ASCII, /* and JIS X 0201 Roman */
	JIS_KANA,  /* JIS X 0201 Katakana */
	JIS_KANJI, /* JIS X 0208, 1978 or 1983 */
	JIS_EXTRA, /* JIS X 0212 */
};

enum {
	ESC = 0x1B,
	SHIFT_OUT = 0x0E,
	SHIFT_IN = 0x0F,
	SINGLE_SHIFT_2 = 0x8E,
	SINGLE_SHIFT_3 = 0x8F
};

static const struct {
	const char *sequence; /* after ESC */
	enum jis_set set;
} escapes[] = {
	{"(B", JIS_ASCII},
	{"(J", JIS_ASCII},
	{"(H", JIS_ASCII}, /* never registered, but sent */
	{"(I", JIS_KANA},
	{"$@", JIS_KANJI},
	{"$B", JIS_KANJI},
	{"$(B", JIS_KANJI},
	{"$(D", JIS_EXTRA},
};

/* Bytes of the escape sequence at text, 0: none. */
static size_t escape_at(const char *text, size_t size, enum jis_set *set)
{
	for (size_t i = 0; size > 1 && text[0] == ESC && i < sizeof(escapes) / sizeof(escapes[0]);
		i++) {
		size_t length = strlen(escapes[i].sequence);
		if (length < size && memcmp(text + 1, escapes[i].sequence, length) == 0) {
			*set = escapes[i].set;
			return length + 1;
		}
	}
	return 0;
}

bool jis_is_likely(const char *bytes, size_t size)
{
	enum jis_set set;
	const char *at = size > 0 ? memchr(bytes, ESC, size) : NULL;
	while (at) {
		if (escape_at(at, size - (size_t)(at - bytes), &set) > 0) {
			return true;
		}
		at++;
		at = memchr(at, ESC, size - (size_t)(at - bytes));
	}
	return false;
}

static void put(struct buf *out, unsigned char byte)
{
	(void)buf_add(out, &byte, 1);
}

static void put_kana(struct buf *out, unsigned char byte)
{
	put(out, SINGLE_SHIFT_2);
	put(out, byte | 0x80U);
}

/* One character at text; returns the bytes used. */
static size_t convert(
	enum jis_set set, bool shifted, const unsigned char *text, size_t size, struct buf *out)
{
	bool graphic = text[0] > 0x20 && text[0] < 0x7F;
	bool bare_kana = text[0] >= 0xA1 && text[0] <= 0xDF;
	if (bare_kana || ((set == JIS_KANA || shifted) && graphic)) {
		put_kana(out, text[0]);
		return 1;
	}
	if ((set == JIS_KANJI || set == JIS_EXTRA) && graphic && size > 1 && text[1] > 0x20 &&
		text[1] < 0x7F) {
		if (set == JIS_EXTRA) {
			put(out, SINGLE_SHIFT_3);
		}
		put(out, text[0] | 0x80U);
		put(out, text[1] | 0x80U);
		return 2;
	}
	put(out, text[0]);
	return 1;
}

void jis_to_euc(const char *bytes, size_t size, struct buf *out)
{
	enum jis_set set = JIS_ASCII;
	bool shifted = false;
	for (size_t at = 0; at < size;) {
		size_t escape = escape_at(bytes + at, size - at, &set);
		unsigned char byte = (unsigned char)bytes[at];
		if (escape > 0) {
			at += escape;
		} else if (byte == SHIFT_OUT || byte == SHIFT_IN) {
			shifted = byte == SHIFT_OUT;
			at++;
		} else {
			/* A line always begins in ASCII: a lost escape must not eat the rest. */
			if (byte == '\n') {
				set = JIS_ASCII;
				shifted = false;
			}
			at += convert(
				set, shifted, (const unsigned char *)bytes + at, size - at, out);
		}
	}
}
