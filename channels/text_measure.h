/* SPDX-License-Identifier: Apache-2.0
 *
 * The measuring half of text.h: a text as a row of units that must not be cut apart (grapheme
 * clusters; for X also whole addresses), each with its cost.
 */
#pragma once

#include "channels/text.h"

#include <stddef.h>

struct text_units {
	const char *text; /* borrowed */
	size_t size;
	char *breaks; /* owned; 1 where a grapheme cluster begins */
	enum text_measure measure;
	size_t at; /* the next unit's first byte */
};

struct text_unit {
	const char *start; /* borrowed */
	size_t size;	   /* bytes */
	size_t cost;	   /* by the measure */
};

/* For TEXT_X_WEIGHT the text must be NFC (text_nfc()). */
void text_units_init(struct text_units *u, const char *text, enum text_measure measure);
void text_units_clear(struct text_units *u);
/* 1 and *out, or 0 at the end. */
int text_units_next(struct text_units *u, struct text_unit *out);

/* A copy in Normalization Form C; the caller frees. */
char *text_nfc(const char *text);
