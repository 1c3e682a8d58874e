/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/sms/size.h"

#include "base/mem.h"
#include "channels/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

enum {
	GSM_ALONE = 160,
	GSM_PART = 153,
	UCS2_ALONE = 70,
	UCS2_PART = 67,
	/* A part may lose a unit to a surrogate pair that does not fit. */
	UCS2_PART_SURE = 66,
};

/* TS 23.038, 6.2.1 without the escape itself; each is one septet. */
static const char gsm_basic[] = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
				"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/* 6.2.1.1: an escape and a septet. */
static const char gsm_extension[] = "^{}\\[~]|€";

/* Septets of a character; 0: not in the alphabet. */
static size_t septets(ucs4_t c)
{
	if (u8_strchr((const uint8_t *)gsm_basic, c)) {
		return 1;
	}
	return u8_strchr((const uint8_t *)gsm_extension, c) ? 2 : 0;
}

static size_t next_character(const char *text, size_t left, ucs4_t *c)
{
	int used = u8_mbtouc(c, (const uint8_t *)text, left);
	return used > 0 ? (size_t)used : 1;
}

static bool is_gsm(const char *text)
{
	size_t left = strlen(text);
	ucs4_t c = 0;
	for (size_t used; left > 0; text += used, left -= used) {
		used = next_character(text, left, &c);
		if (septets(c) == 0) {
			return false;
		}
	}
	return true;
}

struct sms_size sms_size_of(const char *text)
{
	struct sms_size size = {.gsm = is_gsm(text), .parts = 1};
	size_t alone = size.gsm ? GSM_ALONE : UCS2_ALONE;
	size_t part = size.gsm ? GSM_PART : UCS2_PART;
	size_t left = strlen(text);
	size_t filled = 0; /* of the last part */
	ucs4_t c = 0;
	for (size_t used; left > 0; text += used, left -= used) {
		used = next_character(text, left, &c);
		size_t cost = size.gsm ? septets(c) : c > 0xFFFF ? 2 : 1;
		size.units += cost;
		filled += cost;
		if (filled > part) {
			filled = cost;
			size.parts++;
		}
	}
	if (size.units <= alone) {
		size.parts = 1;
	}
	return size;
}

static bool fits(const char *text, size_t max_parts)
{
	struct sms_size size = sms_size_of(text);
	size_t sure = max_parts == 1 ? UCS2_ALONE : max_parts * UCS2_PART_SURE;
	return size.parts <= max_parts && (size.gsm || size.units <= sure);
}

static char *kind_name(const struct broadcast *b, const char *lang)
{
	struct broadcast_text words = {
		.lang = lang, .title = b->kind->ja, .brief = "", .body = "", .speech = ""};
	struct broadcast copy = *b;
	copy.texts = &words;
	copy.text_count = 1;
	return text_of(&copy, lang, TEXT_TITLE, TEXT_UTF16, UCS2_ALONE);
}

static bool has_words(const struct broadcast *b, const char *lang)
{
	const struct broadcast_text *t = broadcast_text_in(b, lang);
	return t->title[0] || t->brief[0] || t->body[0];
}

char *sms_text(const struct broadcast *b, const char *lang, bool long_form, size_t max_parts)
{
	static const enum text_form forms[] = {TEXT_BODY, TEXT_BRIEF, TEXT_TITLE};
	if (!has_words(b, lang)) {
		return kind_name(b, lang);
	}
	for (size_t i = long_form ? 0 : 1; i < sizeof(forms) / sizeof(forms[0]); i++) {
		char *text = text_of(b, lang, forms[i], TEXT_UTF16, 0);
		if (fits(text, max_parts)) {
			return text;
		}
		free(text);
	}
	/* "…" is not in the GSM alphabet: a text that is cut goes as UCS-2. */
	return text_of(b, lang, TEXT_BRIEF, TEXT_UTF16,
		max_parts == 1 ? UCS2_ALONE : max_parts * UCS2_PART_SURE);
}
