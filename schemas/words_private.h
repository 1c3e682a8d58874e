/* SPDX-License-Identifier: Apache-2.0
 *
 * Closed word lists: a table indexed by the enum, and the two look-ups every list has.
 */
#pragma once

#include <stddef.h>

/* The word of value, "unknown" when the table does not have it. */
const char *word_table_name(const char *const *words, size_t count, size_t value);
/* 0 and *value, or -EINVAL when text is none of the words. */
int word_table_find(const char *const *words, size_t count, const char *text, size_t *value);

/* Defines NAME_name() and NAME_parse() over the array WORDS. NAME is an enum's tag and cannot stand
 * in parentheses. */
/* NOLINTBEGIN(bugprone-macro-parentheses) */
#define DEFINE_WORDS(NAME, WORDS)                                                                  \
	const char *NAME##_name(enum NAME value)                                                   \
	{                                                                                          \
		return word_table_name(WORDS, sizeof(WORDS) / sizeof((WORDS)[0]), (size_t)value);  \
	}                                                                                          \
	int NAME##_parse(const char *text, enum NAME *out)                                         \
	{                                                                                          \
		size_t value = 0;                                                                  \
		int rc = word_table_find(WORDS, sizeof(WORDS) / sizeof((WORDS)[0]), text, &value); \
		if (rc == 0) {                                                                     \
			*out = (enum NAME)value;                                                   \
		}                                                                                  \
		return rc;                                                                         \
	}
/* NOLINTEND(bugprone-macro-parentheses) */
