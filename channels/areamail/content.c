/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/areamail/content.h"

#include "base/buf.h"
#include "base/mem.h"
#include "channels/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { CLEAN_LIMIT = 64 * 1024, TELEPHONE_DIGITS = 9 };

/* The closed list. level_min: only at this 警戒レベル相当 or above; 0 any. A kind that is not here
 * is refused: a bear or a lost person must not ring every phone of the town. Ends of what was sent
 * (release, cancellation) follow the kind they end. */
static const struct {
	const char *pattern;
	int level_min;
	enum severity severity_min;
} allowed[] = {
	{"civil.*", 0, SEVERITY_UNKNOWN},
	{"evacuation.elderly", 0, SEVERITY_UNKNOWN},
	{"evacuation.order", 0, SEVERITY_UNKNOWN},
	{"evacuation.emergency", 0, SEVERITY_UNKNOWN},
	{"tsunami.major_warning", 0, SEVERITY_UNKNOWN},
	{"tsunami.warning", 0, SEVERITY_UNKNOWN},
	{"tsunami.advisory", 0, SEVERITY_UNKNOWN},
	{"volcano.warning_residential", 0, SEVERITY_UNKNOWN},
	{"volcano.warning_crater", 0, SEVERITY_UNKNOWN},
	{"volcano.flash", 0, SEVERITY_UNKNOWN},
	{"weather.landslide", 4, SEVERITY_UNKNOWN},
	{"flood.river", 3, SEVERITY_UNKNOWN},
	/* 特別警報: since the end of 2022 the municipality sends these itself. */
	{"weather.*", 0, SEVERITY_EXTREME},
};

bool areamail_allows(const struct broadcast *b)
{
	bool ends = b->event == EVENT_RELEASED || b->event == EVENT_CANCELLED ||
		    b->event == EVENT_LOWERED || b->event == EVENT_CORRECTED;
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		if (!kind_matches(allowed[i].pattern, b->kind->name)) {
			continue;
		}
		if (ends || (b->level >= allowed[i].level_min &&
				    b->severity >= allowed[i].severity_min)) {
			return true;
		}
	}
	return false;
}

/* Characters that are not the same on every phone, and how they are spelt instead. */
static const struct {
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
	{"Ⅰ", "I"},
	{"Ⅱ", "II"},
	{"Ⅲ", "III"},
	{"Ⅳ", "IV"},
	{"Ⅴ", "V"},
	{"㈱", "(株)"},
	{"㈲", "(有)"},
	{"㎝", "cm"},
	{"㎞", "km"},
	{"㎡", "平方m"},
	{"℡", "電話"},
	{"№", "No."},
	{"㍉", "ミリ"},
	{"㌔", "キロ"},
	{"㍍", "メートル"},
	{"㍑", "リットル"},
	{"㏄", "cc"},
	{"㎎", "mg"},
	{"㎏", "kg"},
	{"〜", "～"},
	{"−", "－"},
	{"‖", "∥"},
};

static size_t spelling_at(const char *at, const char **to)
{
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		size_t size = strlen(spellings[i].from);
		if (strncmp(at, spellings[i].from, size) == 0) {
			*to = spellings[i].to;
			return size;
		}
	}
	return 0;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("._%+-~:/?#[]@!$&'()*,;=", c));
}

/* Length of an address of the net that begins at `at`: "https://…", "www.…", "name@host",
 * "mailto:…". */
static size_t address_at(const char *at)
{
	static const char *const starts[] = {"http://", "https://", "ftp://", "www.", "mailto:"};
	size_t size = 0;
	while (is_word(at[size])) {
		size++;
	}
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		if (strncasecmp(at, starts[i], strlen(starts[i])) == 0) {
			return size;
		}
	}
	const char *sign = memchr(at, '@', size);
	return sign && sign > at && sign < at + size - 1 ? size : 0;
}

/* Length of a telephone number that begins at `at`: at least nine digits, with hyphens or brackets
 * between them, or a digit sequence with * or #. */
static size_t telephone_at(const char *at)
{
	size_t size = 0;
	int digits = 0;
	bool special = false;
	while (at[size] && (isdigit((unsigned char)at[size]) || strchr("-()*#+", at[size]))) {
		digits += isdigit((unsigned char)at[size]) != 0;
		special |= at[size] == '*' || at[size] == '#';
		size++;
	}
	return digits >= TELEPHONE_DIGITS || (special && digits > 0) ? size : 0;
}

char *areamail_clean(const char *text)
{
	struct buf out;
	buf_init(&out, CLEAN_LIMIT);
	bool word_before = false;
	for (const char *at = text; *at;) {
		const char *to = NULL;
		size_t skip = word_before ? 0 : address_at(at);
		skip = skip || word_before ? skip : telephone_at(at);
		if (skip == 0) {
			skip = spelling_at(at, &to);
			if (to) {
				(void)buf_add_text(&out, to);
			}
		}
		if (skip > 0) {
			at += skip;
			word_before = false;
			continue;
		}
		(void)buf_add(&out, at, 1);
		word_before = is_word(*at);
		at++;
	}
	return buf_steal(&out);
}

/* A copy of the Japanese text of b with one form cleaned. */
static char *fit(
	const struct broadcast *b, enum text_form form, enum text_measure measure, size_t limit)
{
	const struct broadcast_text *from = broadcast_text_in(b, "ja");
	char *title = areamail_clean(from->title);
	char *brief = areamail_clean(from->brief);
	char *body = areamail_clean(from->body);
	struct broadcast_text clean = {
		.lang = from->lang, .title = title, .brief = brief, .body = body, .speech = ""};
	struct broadcast copy = *b;
	copy.texts = &clean;
	copy.text_count = 1;
	char *text = text_of(&copy, "ja", form, measure, limit);
	free(title);
	free(brief);
	free(body);
	return text;
}

void areamail_word(
	const struct broadcast *b, const struct areamail_limits *limits, struct areamail_text *out)
{
	out->subject = fit(b, TEXT_TITLE, TEXT_CHARACTERS, limits->subject_max);
	out->body = fit(b, TEXT_BODY, TEXT_NEWLINE_TWO, limits->body_max);
}

void areamail_text_clear(struct areamail_text *t)
{
	free(t->subject);
	free(t->body);
	*t = (struct areamail_text){0};
}
