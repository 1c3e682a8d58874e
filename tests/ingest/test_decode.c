/* SPDX-License-Identifier: Apache-2.0
 *
 * What is recognised, and what a feed's policy forbids.
 */
#include "ingest/decode.h"

#include "base/file.h"
#include "ingest/xml.h"
#include "tests/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

static const char *const only_json[] = {"json"};
static const struct text_list json_feed = {(const char **)only_json, 1};
static const char *const only_jmx[] = {"jmx"};
static const struct text_list jmx_feed = {(const char **)only_jmx, 1};

static void test_refused(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *text;
		struct decode_policy policy;
		const char *code;
	} rows[] = {
		{"nothing", "", {0}, "empty"},
		{"white space", "\xef\xbb\xbf \r\n", {0}, "empty"},
		{"text", "hello", {0}, "not-xml"},
		{"another vocabulary", "<feed xmlns='http://www.w3.org/2005/Atom'/>", {0},
			"not-handled"},
		{"a Report of another namespace", "<Report xmlns='urn:x'/>", {0}, "not-handled"},
		{"a Report without a Head",
			"<Report xmlns='http://xml.kishou.go.jp/jmaxml1/'><Control/></Report>", {0},
			"no-identity"},
		{"a format this feed does not take",
			"<Report xmlns='http://xml.kishou.go.jp/jmaxml1/'/>",
			{.formats = &json_feed}, "format-not-allowed"},
		{"JSON on a JMX feed", "{}", {.formats = &jmx_feed}, "format-not-allowed"},
		{"JSON that is no alert", "{}", {0}, "not-alert"},
		{"JSON that is none", "{oops", {0}, "not-alert"},
		{"over the feed's limit", "<Report/>", {.limit = 8}, "too-large"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct alert *a = NULL;
		struct decode_refusal refusal;
		print_message("%s\n", rows[i].name);
		assert_true(decode_telegram(rows[i].text, strlen(rows[i].text), &rows[i].policy, &a,
				    &refusal) < 0);
		assert_null(a);
		assert_string_equal(refusal.code, rows[i].code);
		assert_true(refusal.reason[0] != '\0');
	}
}

static void test_json_is_an_alert(void **state)
{
	(void)state;
	char *data = NULL;
	size_t size = 0;
	struct err e = {0};
	assert_int_equal(file_read(SOURCE_DIR "/schemas/samples/alert/good/tsunami.json", 1 << 20,
				 &data, &size, &e),
		0);
	struct alert *a = NULL;
	struct decode_refusal refusal;
	assert_int_equal(decode_telegram(data, size, NULL, &a, &refusal), 0);
	assert_string_equal(a->type, "VTSE41");
	alert_free(a);
	free(data);
}

static void test_reason_is_cut_at_a_character(void **state)
{
	(void)state;
	struct decode_refusal refusal;
	char text[400];
	for (size_t i = 0; i + 3 < sizeof(text); i += 3) {
		memcpy(text + i, "鐘", 4);
	}
	assert_true(decode_refuse(&refusal, "not-handled", 7, "%s", text) < 0);
	assert_int_equal(strlen(refusal.reason) % 3, 0);
	assert_int_equal(refusal.line, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_json_is_an_alert),
		cmocka_unit_test(test_reason_is_cut_at_a_character),
	};
	xml_setup();
	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
