/* SPDX-License-Identifier: Apache-2.0
 *
 * What may be sent by area mail and how it is worded: the closed list of kinds, what carriers
 * refuse in a text, the limits. Pure. Facts: channels reference, B1 (carriers' list of 2022; two
 * municipal products for the text rules).
 */
#pragma once

#include "schemas/broadcast.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether the carriers' agreement allows this kind at this severity and level. */
bool areamail_allows(const struct broadcast *b);

struct areamail_limits {
	size_t subject_max;
	size_t body_max;
};

struct areamail_text {
	char *subject; /* owned */
	char *body;    /* owned */
};

/* Never refuses: what a carrier forbids (addresses, telephone numbers, platform-dependent
 * characters) is taken out or replaced, what is too long gives way to the shorter form. */
void areamail_word(
	const struct broadcast *b, const struct areamail_limits *limits, struct areamail_text *out);
void areamail_text_clear(struct areamail_text *t);

/* A copy without URLs, mail addresses, telephone numbers (full-width too), and with
 * platform-dependent characters spelt otherwise ("①" -> "(1)", "㍍" -> "メートル", else "〓"); the
 * caller frees. */
char *areamail_clean(const char *text);
