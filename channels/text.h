/* SPDX-License-Identifier: Apache-2.0
 *
 * From a broadcast to the text one channel carries: pick the form, mark drills, measure as the
 * channel measures, shorten by rule, escape for the channel after substitution.
 * Never cuts inside a character or a surrogate pair, never refuses a text.
 */
#pragma once

#include "base/buf.h"
#include "schemas/broadcast.h"

#include <stddef.h>

enum text_form { TEXT_TITLE, TEXT_BRIEF, TEXT_BODY, TEXT_SPEECH };

enum text_measure {
	TEXT_CHARACTERS,  /* code points */
	TEXT_UTF16,	  /* UTF-16 units (SMS) */
	TEXT_NEWLINE_TWO, /* code points, a newline counts 2 (area mail) */
	TEXT_X_WEIGHT,	  /* twitter-text v3: NFC, CJK 2, URL 23 */
	TEXT_BYTES,
};

/* What stands in front of every form of an exercise: "【訓練】" in ja, "[DRILL] " in en. */
const char *text_drill_mark(const char *lang);

/* The form in lang, drill-marked when the status is exercise, at most limit long by measure
 * (0: no limit). When the form does not fit, the next shorter form is taken; the shortest is cut at
 * a sentence or character with "…". The mark counts inside the limit and is never cut: a limit
 * smaller than the mark gives the mark alone. The caller frees. */
char *text_of(const struct broadcast *b, const char *lang, enum text_form form,
	enum text_measure measure, size_t limit);

/* As text_of(), with title, brief and body each passed through clean before they are measured;
 * clean returns a copy, which is freed here. The speech form is empty then. */
char *text_of_clean(const struct broadcast *b, const char *lang, enum text_form form,
	enum text_measure measure, size_t limit, char *(*clean)(const char *text));

size_t text_length(const char *text, enum text_measure measure);
/* A copy of at most limit by measure (0: empty), in NFC for TEXT_X_WEIGHT; the caller frees. */
char *text_shorten(const char *text, enum text_measure measure, size_t limit);

/* Appends text escaped: HTML/XML content and attribute values. */
int text_add_html(struct buf *out, const char *text);
/* A copy fit for a header or a log: CR, LF, other controls and bidi marks become blanks. */
char *text_one_line(const char *text);
