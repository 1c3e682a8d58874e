/* SPDX-License-Identifier: Apache-2.0
 *
 * What carriers refuse in a text is taken out or spelt otherwise. One pass over the characters: at
 * each place the finders are asked in turn, the first that knows the place says how far it reaches.
 */
#include "channels/areamail/content.h"

#include "base/buf.h"
#include "base/mem.h"

#include <ctype.h>
#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <uninorm.h>
#include <unistr.h>

enum { CLEAN_LIMIT = 64 * 1024, TELEPHONE_DIGITS = 9, CHARACTER_MAX = 4 };

static size_t character_size(const char *at)
{
	int size = u8_mblen((const uint8_t *)at, strnlen(at, CHARACTER_MAX));
	return size > 0 ? (size_t)size : 1;
}

/* ---- addresses of the net ---- */

static bool is_address(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("._%+-~:/?#[]@!$&'()*,;=", c));
}

static bool is_host(char c)
{
	return isalnum((unsigned char)c) || c == '.' || c == '-';
}

/* Without what closes the sentence or the bracket around it. */
static size_t address_size(const char *at)
{
	size_t size = 0;
	while (is_address(at[size])) {
		size++;
	}
	while (size > 0 && strchr(").,;:!?'", at[size - 1])) {
		size--;
	}
	return size;
}

static size_t url_at(const char *at, char before)
{
	static const char *const starts[] = {
		"http://", "https://", "ftp://", "www.", "mailto:", "tel:"};
	if (isalnum((unsigned char)before)) {
		return 0;
	}
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		size_t size = strlen(starts[i]);
		if (strncasecmp(at, starts[i], size) == 0 && isalnum((unsigned char)at[size])) {
			return address_size(at);
		}
	}
	return 0;
}

static bool is_local_part(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("._%+-", c));
}

static size_t mail_at(const char *at, char before)
{
	size_t local = 0;
	if (is_local_part(before)) {
		return 0;
	}
	while (is_local_part(at[local])) {
		local++;
	}
	static const char *const signs[] = {"@", "＠"};
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		size_t sign = strlen(signs[i]);
		if (local > 0 && strncmp(at + local, signs[i], sign) == 0 &&
			isalnum((unsigned char)at[local + sign])) {
			size_t size = local + sign;
			while (is_host(at[size])) {
				size++;
			}
			return size;
		}
	}
	return 0;
}

/* "city.example.jp/bosai" without a scheme. Only endings a town's text may hold: "5.5" and "1.2m"
 * are no addresses. */
static size_t host_at(const char *at, char before)
{
	static const char *const endings[] = {
		".jp", ".com", ".net", ".org", ".info", ".tv", ".me", ".app", ".gov"};
	size_t size = 0;
	if (is_host(before) || before == '/') {
		return 0;
	}
	while (is_host(at[size])) {
		size++;
	}
	while (size > 0 && !isalnum((unsigned char)at[size - 1])) {
		size--;
	}
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t end = strlen(endings[i]);
		if (size > end && strncasecmp(at + size - end, endings[i], end) == 0) {
			return strchr("/:?#", at[size]) && at[size] ? address_size(at) : size;
		}
	}
	return 0;
}

/* ---- telephone numbers ---- */

static const struct sign {
	const char *text;
	char as;
} signs_of_numbers[] = {
	{"０", '0'},
	{"１", '1'},
	{"２", '2'},
	{"３", '3'},
	{"４", '4'},
	{"５", '5'},
	{"６", '6'},
	{"７", '7'},
	{"８", '8'},
	{"９", '9'},
	{"－", '-'},
	{"‐", '-'},
	{"−", '-'},
	{"―", '-'},
	{"ー", '-'},
	{"（", '('},
	{"）", ')'},
	{"＋", '+'},
	{"＊", '*'},
	{"＃", '#'},
};

/* The sign of a number at `at` as one ASCII letter, 0 when it is none; *size its bytes. */
static char number_sign(const char *at, size_t *size)
{
	*size = 1;
	if (*at && (isdigit((unsigned char)*at) || strchr("-()+*#", *at))) {
		return *at;
	}
	for (size_t i = 0; i < sizeof(signs_of_numbers) / sizeof(signs_of_numbers[0]); i++) {
		size_t length = strlen(signs_of_numbers[i].text);
		if (strncmp(at, signs_of_numbers[i].text, length) == 0) {
			*size = length;
			return signs_of_numbers[i].as;
		}
	}
	return 0;
}

/* Length of a telephone number: begins with 0 or + (after a bracket), nine digits or more; or
 * digits with * or #, which phones dial as services. "2026-11-20" and "1,000-2,000" stay. */
static size_t telephone_at(const char *at)
{
	size_t size = 0;
	size_t end = 0; /* after the last digit, * or # */
	int digits = 0;
	bool special = false;
	char first = 0;
	size_t step;
	for (char c; (c = number_sign(at + size, &step)); size += step) {
		bool digit = isdigit((unsigned char)c) != 0;
		if (!first && (c == '-' || c == ')')) {
			return 0;
		}
		if (!first && c != '(') {
			first = c;
		}
		digits += digit;
		special |= c == '*' || c == '#';
		end = digit || c == '*' || c == '#' ? size + step : end;
	}
	bool dialled = (first == '0' || first == '+') && digits >= TELEPHONE_DIGITS;
	return dialled || (special && digits > 0) ? end : 0;
}

/* ---- characters ---- */

/* Better than what the general rule makes of them. */
static const struct spelling {
	const char *from;
	const char *to;
} spellings[] = {
	{"①", "(1)"},
	{"②", "(2)"},
	{"③", "(3)"},
	{"④", "(4)"},
	{"⑤", "(5)"},
	{"⑥", "(6)"},
	{"⑦", "(7)"},
	{"⑧", "(8)"},
	{"⑨", "(9)"},
	{"⑩", "(10)"},
	{"℡", "電話"},
	{"☎", "電話"},
	{"㎡", "平方m"},
	{"㍑", "リットル"},
	{"〜", "～"},
	{"−", "－"},
	{"‖", "∥"},
	{"—", "―"},
	{"•", "・"},
	{"髙", "高"},
	{"﨑", "崎"},
	{"德", "徳"},
	{"濵", "浜"},
	{"𠮷", "吉"},
	{"\t", " "},
	{"\u00A0", " "},
};

/* Read alike by every phone though ISO-2022-JP writes them otherwise. */
static const char *const readable[] = {"～", "－", "∥", "￠", "￡", "￢", "\n"};

static bool is_invisible(ucs4_t c)
{
	return (c < 0x20 && c != '\n') || (c >= 0x7F && c < 0xA0) || (c >= 0x200B && c <= 0x200F) ||
	       (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
	       (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF || (c >= 0xE0000 && c <= 0xE01EF);
}

/* On every phone means: in JIS X 0208, which ISO-2022-JP is made of. */
static bool is_everywhere(iconv_t jis, const char *text, size_t size)
{
	char bytes[64];
	char *in = (char *)(uintptr_t)text; /* iconv() reads only, its type is older than const */
	char *out = bytes;
	size_t in_left = size;
	size_t out_left = sizeof(bytes);
	for (size_t i = 0; i < sizeof(readable) / sizeof(readable[0]); i++) {
		if (strlen(readable[i]) == size && memcmp(text, readable[i], size) == 0) {
			return true;
		}
	}
	if (jis == (iconv_t)-1) {
		return true; /* rather a character that is unreadable somewhere than no message */
	}
	(void)iconv(jis, NULL, NULL, NULL, NULL);
	return iconv(jis, &in, &in_left, &out, &out_left) == 0;
}

static bool is_half_kana(const char *at)
{
	ucs4_t c = 0;
	(void)u8_mbtouc(&c, (const uint8_t *)at, character_size(at));
	return c >= 0xFF61 && c <= 0xFF9F;
}

/* How many bytes are spelt together: a run of half-width kana, because a voice mark is a character
 * of its own there; otherwise one character. */
static size_t unit_size(const char *at)
{
	size_t size = 0;
	while (at[size] && is_half_kana(at + size)) {
		size += 3;
	}
	return size ? size : character_size(at);
}

static void add_unit(struct buf *out, iconv_t jis, const char *at, size_t size)
{
	ucs4_t c = 0;
	(void)u8_mbtouc(&c, (const uint8_t *)at, size);
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		if (strlen(spellings[i].from) == size && memcmp(at, spellings[i].from, size) == 0) {
			(void)buf_add_text(out, spellings[i].to);
			return;
		}
	}
	if (is_invisible(c)) {
		return;
	}
	if (is_everywhere(jis, at, size)) {
		(void)buf_add(out, at, size);
		return;
	}
	size_t plain_size = 0;
	char *plain =
		(char *)u8_normalize(UNINORM_NFKC, (const uint8_t *)at, size, NULL, &plain_size);
	if (plain && is_everywhere(jis, plain, plain_size)) {
		(void)buf_add(out, plain, plain_size);
	} else {
		(void)buf_add_text(out, "〓"); /* the sign printers set for a missing type */
	}
	free(plain);
}

static char *clean_once(const char *text, iconv_t jis)
{
	struct buf out;
	buf_init(&out, CLEAN_LIMIT);
	char before = '\0';
	for (const char *at = text; *at;) {
		size_t skip = url_at(at, before);
		skip = skip ? skip : mail_at(at, before);
		skip = skip ? skip : host_at(at, before);
		skip = skip || isdigit((unsigned char)before) ? skip : telephone_at(at);
		if (skip == 0) {
			size_t size = unit_size(at);
			add_unit(&out, jis, at, size);
			skip = size;
		}
		at += skip;
		before = at[-1];
	}
	return buf_steal(&out);
}

/* What is taken out may leave its neighbours standing together as a new number or address. */
char *areamail_clean(const char *text)
{
	enum { PASSES = 8 };
	iconv_t jis = iconv_open("ISO-2022-JP", "UTF-8");
	char *clean = clean_once(text, jis);
	for (int i = 1; i < PASSES; i++) {
		char *again = clean_once(clean, jis);
		bool same = strcmp(again, clean) == 0;
		free(clean);
		clean = again;
		if (same) {
			break;
		}
	}
	if (jis != (iconv_t)-1) {
		(void)iconv_close(jis);
	}
	return clean;
}
