/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts as channels carry them: measures, cuts, drill marks, forms, escapes.
 */
#include "base/mem.h"
#include "channels/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#define FAMILY	   "\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466" /* 7 code points */
#define FLAG_JP	   "\U0001F1EF\U0001F1F5"
#define GA_SPLIT   "か\u3099" /* が as two code points */
#define E_ACUTE	   "e\u0301"
#define KANJI_PLUS "\U00020BB7" /* 𠮷, outside the BMP */

static const struct length_case {
	const char *name;
	const char *text;
	enum text_measure measure;
	size_t length;
} lengths[] = {
	{"empty", "", TEXT_CHARACTERS, 0},
	{"kanji", "津波警報", TEXT_CHARACTERS, 4},
	{"newline is one character", "津波\n警報", TEXT_CHARACTERS, 5},
	{"newline counts two for area mail", "津波\n警報", TEXT_NEWLINE_TWO, 6},
	{"two newlines count four", "\n\n", TEXT_NEWLINE_TWO, 4},
	{"surrogate pair", KANJI_PLUS "野家", TEXT_UTF16, 4},
	{"surrogate pair is one character", KANJI_PLUS, TEXT_CHARACTERS, 1},
	{"bytes", "津a", TEXT_BYTES, 4},
	{"combining mark counts for SMS", E_ACUTE, TEXT_UTF16, 2},
	{"X: ASCII weighs 1", "tsunami", TEXT_X_WEIGHT, 7},
	{"X: last light letter", "\u10FF", TEXT_X_WEIGHT, 1},
	{"X: first heavy letter", "\u1100", TEXT_X_WEIGHT, 2},
	{"X: kanji weighs 2", "津波警報", TEXT_X_WEIGHT, 8},
	{"X: punctuation ranges", "\u2000\u200D\u2010\u201F\u2032\u2037", TEXT_X_WEIGHT, 6},
	{"X: beside the ranges", "\u200E\u2020\u2031\u2038", TEXT_X_WEIGHT, 8},
	{"X: NFC joins", GA_SPLIT, TEXT_X_WEIGHT, 2},
	{"X: NFC joins a letter", E_ACUTE, TEXT_X_WEIGHT, 1},
	{"X: emoji family", FAMILY, TEXT_X_WEIGHT, 2},
	{"X: flag", FLAG_JP, TEXT_X_WEIGHT, 2},
	{"X: short address", "https://a.jp", TEXT_X_WEIGHT, 23},
	{"X: long address", "https://www.city.example.lg.jp/bosai/hinan/2026/11/20.html?x=1",
		TEXT_X_WEIGHT, 23},
	{"X: address in Japanese", "詳細はhttps://city.example.jp/へ", TEXT_X_WEIGHT, 6 + 23 + 2},
	{"X: full stop after address", "https://city.example.jp/a.", TEXT_X_WEIGHT, 24},
	{"X: bare host", "city.example.jp", TEXT_X_WEIGHT, 23},
	{"X: no address without a dot", "https://localhost", TEXT_X_WEIGHT, 17},
	{"X: version number is no address", "1.25", TEXT_X_WEIGHT, 4},
};

static void test_lengths(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		size_t got = text_length(lengths[i].text, lengths[i].measure);
		if (got != lengths[i].length) {
			fail_msg("%s: %zu, expected %zu", lengths[i].name, got, lengths[i].length);
		}
	}
}

static const struct cut_case {
	const char *name;
	const char *text;
	enum text_measure measure;
	size_t limit;
	const char *expected;
} cuts[] = {
	{"fits", "津波警報", TEXT_CHARACTERS, 4, "津波警報"},
	{"one too many", "津波警報", TEXT_CHARACTERS, 3, "津波…"},
	{"room for one", "津波警報", TEXT_CHARACTERS, 1, "津"},
	{"no room", "津波警報", TEXT_CHARACTERS, 0, ""},
	{"at a sentence", "逃げてください。海へ近づかない。", TEXT_CHARACTERS, 12,
		"逃げてください。…"},
	{"a sentence in the first half is no place",
		"海へ。"
		"山へ逃げてください早く",
		TEXT_CHARACTERS, 10, "海へ。山へ逃げてく…"},
	{"blank line is trimmed", "高台へ避難\n\nただちに避難してください", TEXT_CHARACTERS, 8,
		"高台へ避難…"},
	{"surrogate pair stays whole", "吉" KANJI_PLUS KANJI_PLUS, TEXT_UTF16, 4,
		"吉" KANJI_PLUS "…"},
	{"half a pair is not taken", KANJI_PLUS KANJI_PLUS, TEXT_UTF16, 3, KANJI_PLUS "…"},
	{"first character too big", KANJI_PLUS "野", TEXT_UTF16, 1, ""},
	{"combining mark stays", "abc" GA_SPLIT "def", TEXT_CHARACTERS, 5, "abc…"},
	{"combining mark stays, with room", "abc" GA_SPLIT "def", TEXT_CHARACTERS, 6,
		"abc" GA_SPLIT "…"},
	{"emoji family is one", "a" FAMILY "b", TEXT_CHARACTERS, 8, "a…"},
	{"flag is one", "a" FLAG_JP FLAG_JP, TEXT_CHARACTERS, 4, "a" FLAG_JP "…"},
	{"newline two", "あ\nいう", TEXT_NEWLINE_TWO, 4, "あ…"},
	{"bytes", "津波警報", TEXT_BYTES, 9, "津波…"},
	{"bytes, smaller than the dots", "津波警報", TEXT_BYTES, 2, ""},
	{"X: dots weigh 2", "津波警報", TEXT_X_WEIGHT, 6, "津波…"},
	{"X: address is not cut", "見て https://city.example.jp/abc", TEXT_X_WEIGHT, 20, "見て…"},
};

static void test_cuts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		char *got = text_shorten(cuts[i].text, cuts[i].measure, cuts[i].limit);
		if (strcmp(got, cuts[i].expected) != 0) {
			fail_msg(
				"%s: \"%s\", expected \"%s\"", cuts[i].name, got, cuts[i].expected);
		}
		free(got);
	}
}

/* Every limit, every measure: within the limit, valid, and a prefix that ends between clusters. */
static void test_every_limit(void **state)
{
	(void)state;
	static const char *const clusters[] = {"避", "難", "。", GA_SPLIT, FAMILY, "\n", KANJI_PLUS,
		"x", E_ACUTE, FLAG_JP, "高", "台", "へ", "。", "早", "く"};
	char text[256] = "";
	bool boundary[256] = {true};
	size_t size = 0;
	for (size_t i = 0; i < sizeof(clusters) / sizeof(clusters[0]); i++) {
		memcpy(text + size, clusters[i], strlen(clusters[i]) + 1);
		size += strlen(clusters[i]);
		boundary[size] = true;
	}
	static const enum text_measure measures[] = {
		TEXT_CHARACTERS, TEXT_UTF16, TEXT_NEWLINE_TWO, TEXT_BYTES};
	for (size_t m = 0; m < sizeof(measures) / sizeof(measures[0]); m++) {
		size_t whole = text_length(text, measures[m]);
		for (size_t limit = 0; limit <= whole; limit++) {
			char *got = text_shorten(text, measures[m], limit);
			assert_true(text_length(got, measures[m]) <= limit);
			size_t end = strlen(got);
			if (end >= 3 && strcmp(got + end - 3, "…") == 0) {
				end -= 3;
			}
			assert_memory_equal(got, text, end);
			assert_true(boundary[end]);
			free(got);
		}
	}
}

static void test_every_limit_for_x(void **state)
{
	(void)state;
	static const char text[] = "避難。" GA_SPLIT FAMILY "\n" KANJI_PLUS "x" E_ACUTE FLAG_JP
				   "高台へ。https://city.example.jp/a へ";
	size_t whole = text_length(text, TEXT_X_WEIGHT);
	for (size_t limit = 0; limit <= whole; limit++) {
		char *got = text_shorten(text, TEXT_X_WEIGHT, limit);
		assert_true(text_length(got, TEXT_X_WEIGHT) <= limit);
		assert_null(u8_check((const uint8_t *)got, strlen(got)));
		assert_true(strstr(got, "http") == NULL || strstr(got, ".jp/a") != NULL);
		free(got);
	}
}

static struct broadcast *make(enum alert_status status)
{
	struct broadcast *b = broadcast_new();
	b->id = "0011.1";
	b->status = status;
	b->kind = kind_find("tsunami.warning");
	b->texts = pool_take(b->pool, 2 * sizeof(*b->texts));
	b->texts[0] = (struct broadcast_text){
		.lang = "ja",
		.title = "津波警報",
		.brief = "半鐘市に津波警報。高台へ避難。",
		.body = "半鐘市の沿岸に津波警報が発表されました。\nただちに高台へ避難してください"
			"。",
		.speech = "津波警報が発表されました。",
	};
	b->texts[1] = (struct broadcast_text){
		.lang = "en",
		.title = "Tsunami warning",
		.brief = "",
		.body = "Leave the coast now.",
		.speech = "",
	};
	b->text_count = 2;
	return b;
}

static const struct form_case {
	const char *name;
	enum alert_status status;
	const char *lang;
	enum text_form form;
	enum text_measure measure;
	size_t limit;
	const char *expected;
} forms[] = {
	{"as it is", ALERT_STATUS_ACTUAL, "ja", TEXT_TITLE, TEXT_CHARACTERS, 15, "津波警報"},
	{"no limit", ALERT_STATUS_ACTUAL, "ja", TEXT_SPEECH, TEXT_CHARACTERS, 0,
		"津波警報が発表されました。"},
	{"body falls to brief", ALERT_STATUS_ACTUAL, "ja", TEXT_BODY, TEXT_CHARACTERS, 30,
		"半鐘市に津波警報。高台へ避難。"},
	{"body falls to title", ALERT_STATUS_ACTUAL, "ja", TEXT_BODY, TEXT_CHARACTERS, 10,
		"津波警報"},
	{"title is cut", ALERT_STATUS_ACTUAL, "ja", TEXT_BODY, TEXT_CHARACTERS, 3, "津波…"},
	{"brief falls to title", ALERT_STATUS_ACTUAL, "ja", TEXT_BRIEF, TEXT_CHARACTERS, 14,
		"津波警報"},
	{"empty brief: title", ALERT_STATUS_ACTUAL, "en", TEXT_BRIEF, TEXT_CHARACTERS, 70,
		"Tsunami warning"},
	{"empty speech: title", ALERT_STATUS_ACTUAL, "en", TEXT_SPEECH, TEXT_CHARACTERS, 0,
		"Tsunami warning"},
	{"unknown language: the first", ALERT_STATUS_ACTUAL, "fr", TEXT_TITLE, TEXT_CHARACTERS, 0,
		"津波警報"},
	{"drill", ALERT_STATUS_EXERCISE, "ja", TEXT_TITLE, TEXT_CHARACTERS, 15, "【訓練】津波警報"},
	{"drill in English", ALERT_STATUS_EXERCISE, "en", TEXT_TITLE, TEXT_CHARACTERS, 0,
		"[DRILL] Tsunami warning"},
	{"the mark is in the language of the text", ALERT_STATUS_EXERCISE, "fr", TEXT_TITLE,
		TEXT_CHARACTERS, 0, "【訓練】津波警報"},
	{"the mark counts", ALERT_STATUS_EXERCISE, "ja", TEXT_TITLE, TEXT_CHARACTERS, 8,
		"【訓練】津波警報"},
	{"the mark counts, one less", ALERT_STATUS_EXERCISE, "ja", TEXT_TITLE, TEXT_CHARACTERS, 7,
		"【訓練】津波…"},
	{"the mark alone", ALERT_STATUS_EXERCISE, "ja", TEXT_TITLE, TEXT_CHARACTERS, 4, "【訓練】"},
	{"the mark is never cut", ALERT_STATUS_EXERCISE, "ja", TEXT_TITLE, TEXT_CHARACTERS, 2,
		"【訓練】"},
	{"X weight with mark", ALERT_STATUS_EXERCISE, "ja", TEXT_TITLE, TEXT_X_WEIGHT, 16,
		"【訓練】津波警報"},
	{"X weight with mark, one less", ALERT_STATUS_EXERCISE, "ja", TEXT_TITLE, TEXT_X_WEIGHT, 15,
		"【訓練】津波…"},
	{"a test is not marked as a drill", ALERT_STATUS_TEST, "ja", TEXT_TITLE, TEXT_CHARACTERS, 0,
		"津波警報"},
};

static void test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const struct form_case *c = &forms[i];
		struct broadcast *b = make(c->status);
		char *got = text_of(b, c->lang, c->form, c->measure, c->limit);
		if (strcmp(got, c->expected) != 0) {
			fail_msg("%s: \"%s\", expected \"%s\"", c->name, got, c->expected);
		}
		free(got);
		broadcast_free(b);
	}
}

static void test_a_marked_wording_is_not_marked_twice(void **state)
{
	(void)state;
	struct broadcast *b = make(ALERT_STATUS_EXERCISE);
	b->texts[0].title = "【訓練】津波警報";
	char *got = text_of(b, "ja", TEXT_TITLE, TEXT_CHARACTERS, 0);
	assert_string_equal(got, "【訓練】津波警報");
	free(got);
	broadcast_free(b);
}

static void test_only_a_body_is_still_a_title(void **state)
{
	(void)state;
	struct broadcast *b = make(ALERT_STATUS_ACTUAL);
	b->texts[1].title = "";
	char *got = text_of(b, "en", TEXT_TITLE, TEXT_CHARACTERS, 10);
	assert_string_equal(got, "Leave the…");
	free(got);
	broadcast_free(b);
}

static const struct escape_case {
	const char *name;
	const char *text;
	const char *html;
	const char *line;
} escapes[] = {
	{"plain", "津波", "津波", "津波"},
	{"markup", "<a href=\"x\">&'", "&lt;a href=&quot;x&quot;&gt;&amp;&#39;",
		"<a href=\"x\">&'"},
	{"new header", "a\r\nBcc: b", "a \nBcc: b", "a Bcc: b"},
	{"escape sequence", "a\x1B[2J", "a [2J", "a [2J"},
	{"C1 control",
		"a\xC2\x85"
		"b",
		"a\xC2\x85"
		"b",
		"a b"},
	{"bidi override", "a\u202Eb\u2066c", "a\u202Eb\u2066c", "a b c"},
	{"tab", "a\tb", "a\tb", "a b"},
	{"line separator", "a\u2028b", "a\u2028b", "a b"},
};

static void test_escapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
		struct buf b;
		buf_init(&b, 4096);
		assert_int_equal(text_add_html(&b, escapes[i].text), 0);
		char *line = text_one_line(escapes[i].text);
		if (strcmp(buf_text(&b), escapes[i].html) != 0 ||
			strcmp(line, escapes[i].line) != 0) {
			fail_msg("%s: \"%s\" / \"%s\"", escapes[i].name, buf_text(&b), line);
		}
		free(line);
		buf_clear(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_every_limit),
		cmocka_unit_test(test_every_limit_for_x),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_a_marked_wording_is_not_marked_twice),
		cmocka_unit_test(test_only_a_body_is_still_a_title),
		cmocka_unit_test(test_escapes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
