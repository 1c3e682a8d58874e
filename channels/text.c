/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/text.h"

#include "base/mem.h"
#include "channels/text_measure.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#define ELLIPSIS "…"

const char *text_drill_mark(const char *lang)
{
	return strncasecmp(lang, "ja", 2) == 0 ? "【訓練】" : "[DRILL] ";
}

/* ---- shortening ---- */

static bool ends_sentence(const char *text, size_t size)
{
	static const char *const ends[] = {"。", "！", "？", "\n", "!", "?", ". "};
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t length = strlen(ends[i]);
		if (size >= length && memcmp(text + size - length, ends[i], length) == 0) {
			return true;
		}
	}
	return false;
}

struct cut {
	size_t whole;	 /* bytes of whole units that fit */
	size_t sentence; /* bytes up to the last sentence that ends in the second half of them */
};

static struct cut find_cut(const char *text, enum text_measure measure, size_t limit)
{
	struct cut cut = {0};
	struct text_units units;
	struct text_unit unit;
	size_t used = 0;
	text_units_init(&units, text, measure);
	while (text_units_next(&units, &unit) && used + unit.cost <= limit) {
		used += unit.cost;
		cut.whole = (size_t)(unit.start - text) + unit.size;
		if (used * 2 >= limit && ends_sentence(text, cut.whole)) {
			cut.sentence = cut.whole;
		}
	}
	text_units_clear(&units);
	return cut;
}

static char *join(const char *head, const char *text, size_t size, const char *tail)
{
	size_t head_size = strlen(head);
	size_t tail_size = strlen(tail);
	char *out = mem_new(head_size + size + tail_size + 1);
	memcpy(out, head, head_size);
	memcpy(out + head_size, text, size);
	memcpy(out + head_size + size, tail, tail_size);
	return out;
}

/* text is normal for the measure and too long. */
static char *cut_text(const char *text, enum text_measure measure, size_t limit)
{
	size_t mark = text_length(ELLIPSIS, measure);
	if (limit <= mark) { /* no room to say that something is missing */
		return join("", text, find_cut(text, measure, limit).whole, "");
	}
	struct cut cut = find_cut(text, measure, limit - mark);
	size_t size = cut.sentence ? cut.sentence : cut.whole;
	while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == ' ')) {
		size--;
	}
	return join("", text, size, ELLIPSIS);
}

char *text_shorten(const char *text, enum text_measure measure, size_t limit)
{
	if (measure != TEXT_X_WEIGHT) {
		return text_length(text, measure) <= limit ? mem_copy_text(text)
							   : cut_text(text, measure, limit);
	}
	char *normal = text_nfc(text);
	if (text_length(normal, measure) <= limit) {
		return normal;
	}
	char *out = cut_text(normal, measure, limit);
	free(normal);
	return out;
}

/* ---- forms ---- */

enum { FORMS = 4 };

static const char *form_of(const struct broadcast_text *t, enum text_form form)
{
	const char *const forms[FORMS] = {
		[TEXT_TITLE] = t->title,
		[TEXT_BRIEF] = t->brief,
		[TEXT_BODY] = t->body,
		[TEXT_SPEECH] = t->speech,
	};
	return forms[form] ? forms[form] : "";
}

/* The way down from each form; when all of that is empty, the way up: something is always said. */
static const enum text_form order[FORMS][FORMS] = {
	[TEXT_TITLE] = {TEXT_TITLE, TEXT_BRIEF, TEXT_BODY, TEXT_SPEECH},
	[TEXT_BRIEF] = {TEXT_BRIEF, TEXT_TITLE, TEXT_BODY, TEXT_SPEECH},
	[TEXT_BODY] = {TEXT_BODY, TEXT_BRIEF, TEXT_TITLE, TEXT_SPEECH},
	[TEXT_SPEECH] = {TEXT_SPEECH, TEXT_BRIEF, TEXT_TITLE, TEXT_BODY},
};

/* How many entries of the row above go down; the rest only stand in for empty ones. */
static const size_t ways_down[FORMS] = {
	[TEXT_TITLE] = 1,
	[TEXT_BRIEF] = 2,
	[TEXT_BODY] = 3,
	[TEXT_SPEECH] = 3,
};

/* The shortest form that says something, marked, cut so that the mark always stays whole. */
static char *cut_marked(const char *mark, const char *text, enum text_measure measure, size_t limit)
{
	size_t mark_length = text_length(mark, measure);
	if (mark_length >= limit && mark[0] != '\0') {
		return mem_copy_text(mark);
	}
	char *shorter = text_shorten(text, measure, limit - mark_length);
	char *out = join(mark, shorter, strlen(shorter), "");
	free(shorter);
	return out;
}

char *text_of(const struct broadcast *b, const char *lang, enum text_form form,
	enum text_measure measure, size_t limit)
{
	const struct broadcast_text *t = broadcast_text_in(b, lang);
	const char *mark = b->status == ALERT_STATUS_EXERCISE ? text_drill_mark(t->lang) : "";
	const char *last = "";
	for (size_t i = 0; i < FORMS; i++) {
		const char *text = form_of(t, order[form][i]);
		if (text[0] == '\0' || (i >= ways_down[form] && last[0] != '\0')) {
			continue;
		}
		if (strncmp(text, mark, strlen(mark)) == 0) { /* the wording has marked it itself */
			text += strlen(mark);
		}
		last = text;
		char *whole = join(mark, text, strlen(text), "");
		if (limit == 0 || text_length(whole, measure) <= limit) {
			return whole;
		}
		free(whole);
	}
	return limit == 0 ? mem_copy_text(mark) : cut_marked(mark, last, measure, limit);
}

char *text_of_clean(const struct broadcast *b, const char *lang, enum text_form form,
	enum text_measure measure, size_t limit, char *(*clean)(const char *text))
{
	const struct broadcast_text *from = broadcast_text_in(b, lang);
	char *title = clean(from->title);
	char *brief = clean(from->brief);
	char *body = clean(from->body);
	struct broadcast_text cleaned = {
		.lang = from->lang, .title = title, .brief = brief, .body = body, .speech = ""};
	struct broadcast copy = *b;
	copy.texts = &cleaned;
	copy.text_count = 1;
	char *text = text_of(&copy, lang, form, measure, limit);
	free(title);
	free(brief);
	free(body);
	return text;
}

/* ---- escaping ---- */

static const char *html_escape(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		/* XML 1.0 has no way to write the other controls. */
		return (unsigned char)c < 0x20 && c != '\n' && c != '\t' ? " " : NULL;
	}
}

int text_add_html(struct buf *out, const char *text)
{
	const char *start = text;
	for (const char *at = text; *at; at++) {
		const char *escape = html_escape(*at);
		if (escape) {
			(void)buf_add(out, start, (size_t)(at - start));
			(void)buf_add_text(out, escape);
			start = at + 1;
		}
	}
	return buf_add_text(out, start);
}

/* Controls end or hide what follows them in a header; bidi marks reorder what a reader sees. */
static bool breaks_line(ucs4_t c)
{
	static const struct {
		ucs4_t first;
		ucs4_t last;
	} ranges[] = {
		{0x0000, 0x001F},
		{0x007F, 0x009F},
		{0x061C, 0x061C},
		{0x200E, 0x200F},
		{0x2028, 0x202E},
		{0x2066, 0x2069},
	};
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (c >= ranges[i].first && c <= ranges[i].last) {
			return true;
		}
	}
	return false;
}

char *text_one_line(const char *text)
{
	size_t size = strlen(text);
	char *out = mem_new(size + 1);
	size_t at = 0;
	bool blank = false;
	for (size_t i = 0; i < size;) {
		ucs4_t c = 0;
		int used = u8_mbtouc(&c, (const uint8_t *)text + i, size - i);
		size_t bytes = used > 0 ? (size_t)used : 1;
		if (!breaks_line(c)) {
			memcpy(out + at, text + i, bytes);
			at += bytes;
			blank = false;
		} else if (!blank) {
			out[at++] = ' ';
			blank = true;
		}
		i += bytes;
	}
	return out;
}
