/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/cap/words.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

struct word {
	const char *text;
	bool ascii;	 /* must stand alone: "latest" holds no test */
	bool title_only; /* too common in prose */
};

static const struct word words[] = {
	{.text = "訓練"},
	{.text = "テスト"},
	{.text = "試験"},
	{.text = "test", .ascii = true},
	{.text = "exercise", .ascii = true, .title_only = true},
	{.text = "drill", .ascii = true, .title_only = true},
	{.text = "essai", .ascii = true, .title_only = true},
	{.text = "prueba", .ascii = true, .title_only = true},
};

static const char *const japanese_denials[] = {"ではありません", "ではない", "でない", "じゃない"};
static const char *const english_denials[] = {"not a ", "no ", "not an ", "isn't a "};

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* "exercise caution": an order to the reader, not the name of an event. */
static bool is_verb(const char *word, const char *after)
{
	return strcmp(word, "exercise") == 0 && strncasecmp(after, " caution", 8) == 0;
}

static bool denied(const struct word *w, const char *text, const char *at)
{
	if (!w->ascii) {
		const char *after = at + strlen(w->text);
		for (size_t i = 0; i < sizeof(japanese_denials) / sizeof(japanese_denials[0]);
			i++) {
			if (strncmp(after, japanese_denials[i], strlen(japanese_denials[i])) == 0) {
				return true;
			}
		}
		return false;
	}
	for (size_t i = 0; i < sizeof(english_denials) / sizeof(english_denials[0]); i++) {
		size_t size = strlen(english_denials[i]);
		if ((size_t)(at - text) >= size &&
			strncasecmp(at - size, english_denials[i], size) == 0) {
			return true;
		}
	}
	return is_verb(w->text, at + strlen(w->text));
}

static bool holds(const struct word *w, const char *text)
{
	size_t size = strlen(w->text);
	for (const char *at = text; (at = strcasestr(at, w->text)); at += size) {
		bool alone =
			!w->ascii || ((at == text || !is_letter(at[-1])) && !is_letter(at[size]));
		if (alone && !denied(w, text, at)) {
			return true;
		}
	}
	return false;
}

static const char *find(const char *text, bool title)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if ((title || !words[i].title_only) && holds(&words[i], text)) {
			return words[i].text;
		}
	}
	return NULL;
}

const char *cap_test_word(const char *text)
{
	return find(text, false);
}

const char *cap_test_word_in_title(const char *text)
{
	return find(text, true);
}
