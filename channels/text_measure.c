/* SPDX-License-Identifier: Apache-2.0
 *
 * X counts as twitter-text's configuration version 3 says: some ranges weigh 1, the rest 2, an
 * emoji sequence 2, an address 23. When in doubt the greater weight is taken: a text that is a bit
 * short is better than one that is refused.
 */
#include "channels/text_measure.h"

#include "base/mem.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unigbrk.h>
#include <uninorm.h>
#include <unistr.h>

enum { X_URL_WEIGHT = 23 };

char *text_nfc(const char *text)
{
	size_t size = strlen(text);
	size_t out_size = 0;
	uint8_t *out = u8_normalize(UNINORM_NFC, (const uint8_t *)text, size, NULL, &out_size);
	if (!out) { /* not UTF-8: left as it is */
		return mem_copy_text(text);
	}
	out = mem_resize(out, out_size + 1);
	out[out_size] = '\0';
	return (char *)out;
}

void text_units_init(struct text_units *u, const char *text, enum text_measure measure)
{
	*u = (struct text_units){.text = text, .size = strlen(text), .measure = measure};
	u->breaks = mem_new(u->size + 1);
	u8_grapheme_breaks((const uint8_t *)text, u->size, u->breaks);
}

void text_units_clear(struct text_units *u)
{
	free(u->breaks);
	u->breaks = NULL;
}

/* Code point at text; returns its bytes. Bytes that are no UTF-8 count as U+FFFD. */
static size_t read_character(const char *text, size_t size, ucs4_t *out)
{
	int used = u8_mbtouc(out, (const uint8_t *)text, size);
	return used > 0 ? (size_t)used : 1;
}

static size_t x_weight_of(ucs4_t c)
{
	static const struct {
		ucs4_t first;
		ucs4_t last;
	} light[] = {{0x0000, 0x10FF}, {0x2000, 0x200D}, {0x2010, 0x201F}, {0x2032, 0x2037}};
	for (size_t i = 0; i < sizeof(light) / sizeof(light[0]); i++) {
		if (c >= light[i].first && c <= light[i].last) {
			return 1;
		}
	}
	return 2;
}

static size_t cost_of(ucs4_t c, size_t bytes, enum text_measure measure)
{
	switch (measure) {
	case TEXT_UTF16:
		return c >= 0x10000 ? 2 : 1;
	case TEXT_NEWLINE_TWO:
		return c == '\n' ? 2 : 1;
	case TEXT_X_WEIGHT:
		return x_weight_of(c);
	case TEXT_BYTES:
		return bytes;
	case TEXT_CHARACTERS:
		break;
	}
	return 1;
}

/* ---- addresses in a text for X ---- */

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word(char c)
{
	return is_alpha(c) || (c >= '0' && c <= '9');
}

/* Length of a host with a dot and a last label of two letters or more; 0: none. */
static size_t host_at(const char *text, size_t size)
{
	size_t end = 0;
	while (end < size && (is_word(text[end]) || text[end] == '-' || text[end] == '.')) {
		end++;
	}
	while (end > 0 && !is_word(text[end - 1])) {
		end--;
	}
	size_t label = end;
	while (label > 0 && is_alpha(text[label - 1])) {
		label--;
	}
	bool named = end - label >= 2 && label >= 2 && text[label - 1] == '.' && is_word(text[0]);
	return named ? end : 0;
}

static size_t path_at(const char *text, size_t size)
{
	static const char allowed[] = "!*';:=+,.$/%#[]-_~@&|()?";
	size_t end = 0;
	if (size == 0 || !strchr("/:?#", text[0])) {
		return 0;
	}
	while (end < size && (is_word(text[end]) || (text[end] && strchr(allowed, text[end])))) {
		end++;
	}
	while (end > 0 && !is_word(text[end - 1]) && !strchr("=_#/+-", text[end - 1])) {
		end--;
	}
	return end;
}

/* Length in bytes of the address that begins here; 0: none. *cost is X's weight of it. */
static size_t address_at(const char *text, size_t size, size_t *cost)
{
	size_t scheme = 0;
	if (size > 8 && strncasecmp(text, "https://", 8) == 0) {
		scheme = 8;
	} else if (size > 7 && strncasecmp(text, "http://", 7) == 0) {
		scheme = 7;
	}
	size_t host = host_at(text + scheme, size - scheme);
	if (host == 0) {
		return 0;
	}
	size_t whole = scheme + host;
	whole += path_at(text + whole, size - whole);
	/* A bare name is an address only when its ending is registered: take the worse case. */
	*cost = scheme == 0 && whole > X_URL_WEIGHT ? whole : X_URL_WEIGHT;
	return whole;
}

/* ---- units ---- */

/* An emoji sequence, however many code points it is joined from, weighs 2. */
static bool is_emoji_start(ucs4_t c)
{
	return c >= 0x1F000 && c <= 0x1FAFF;
}

static void read_cluster(const struct text_units *u, struct text_unit *out)
{
	size_t end = u->at;
	size_t cost = 0;
	ucs4_t first = 0;
	do {
		ucs4_t c = 0;
		size_t used = read_character(u->text + end, u->size - end, &c);
		first = end == u->at ? c : first;
		cost += cost_of(c, used, u->measure);
		end += used;
	} while (end < u->size && !u->breaks[end]);
	out->size = end - u->at;
	out->cost = u->measure == TEXT_X_WEIGHT && is_emoji_start(first) ? 2 : cost;
}

int text_units_next(struct text_units *u, struct text_unit *out)
{
	if (u->at >= u->size) {
		return 0;
	}
	*out = (struct text_unit){.start = u->text + u->at};
	bool inside_word = u->at > 0 && is_word(u->text[u->at - 1]);
	if (u->measure == TEXT_X_WEIGHT && !inside_word) {
		out->size = address_at(out->start, u->size - u->at, &out->cost);
	}
	if (out->size == 0) {
		read_cluster(u, out);
	}
	u->at += out->size;
	return 1;
}

static size_t sum_costs(const char *text, enum text_measure measure)
{
	struct text_units units;
	struct text_unit unit;
	size_t sum = 0;
	text_units_init(&units, text, measure);
	while (text_units_next(&units, &unit)) {
		sum += unit.cost;
	}
	text_units_clear(&units);
	return sum;
}

size_t text_length(const char *text, enum text_measure measure)
{
	if (measure != TEXT_X_WEIGHT) {
		return sum_costs(text, measure);
	}
	char *normal = text_nfc(text);
	size_t length = sum_costs(normal, measure);
	free(normal);
	return length;
}
