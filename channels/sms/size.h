/* SPDX-License-Identifier: Apache-2.0
 *
 * What a text costs as short messages (3GPP TS 23.038 and 23.040): 160 septets alone or 153 a part
 * in the GSM alphabet, 70 UTF-16 units alone or 67 a part in UCS-2.
 */
#pragma once

#include "schemas/broadcast.h"

#include <stdbool.h>
#include <stddef.h>

/* Gateways of the Japanese networks take up to ten parts: 660 units (Rakuten: 66 a part). */
enum { SMS_PARTS_MAX = 10 };

struct sms_size {
	bool gsm;     /* fits the GSM alphabet; UCS-2 otherwise */
	size_t units; /* septets or UTF-16 units of the whole text */
	size_t parts; /* as a phone counts them; no part splits a character's units */
};

/* A text of no characters has one part. */
struct sms_size sms_size_of(const char *text);

/* The text for one recipient: the short form, or with long_form the body, in at most max_parts (1
 * to SMS_PARTS_MAX) parts; what does not fit gives way to the next shorter form, the shortest is
 * cut with "…". The drill mark stands first. Never empty: without any text the name of the kind.
 * The caller frees. */
char *sms_text(const struct broadcast *b, const char *lang, bool long_form, size_t max_parts);
