/* SPDX-License-Identifier: Apache-2.0
 *
 * The seam to jansson: what is read, what is refused with which words, what is written.
 */
#include "base/json.h"
#include "tests/cmocka_all.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct row {
	const char *text;
	bool reads;
};

static const struct row rows[] = {
	{"{}", true},
	{" [ ]\r\n\t", true},
	{"{\"a\":{\"b\":[{},[],\"\",0,-0,-12,true,false,null]}}", true},
	{"[999999999999999999]", true},
	{"[-999999999999999999]", true},
	{"[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", true},
	{"[\"津波\"]", true},
	{"[\"\x7f\"]", true},
	{"[1.5]", true},
	{"[1e3]", true},
	{"[9223372036854775807]", true},
	{"[\"\\u0041\\ud83d\\udea8\"]", true},
	{"[\"\\u0000\"]", true},
	{"{\"\\n\":1}", true},
	{"{\"津\":1}", true},
	/* wrong */
	{"", false},
	{"\"alone\"", false},
	{"1", false},
	{"[", false},
	{"[1", false},
	{"[1,]", false},
	{"[1 2]", false},
	{"[01]", false},
	{"[-]", false},
	{"[+1]", false},
	{"[1x]", false},
	{"[9223372036854775808]", false},
	{"[tru]", false},
	{"[nulL]", false},
	{"[\"a]", false},
	{"[\"a\\", false},
	{"[\"\\x\"]", false},
	{"[\"\\ud800\"]", false},
	{"[\"\n\"]", false},
	{"[\"\xff\"]", false},
	{"[\"\xc0\x80\"]", false},
	{"[\"\xed\xa0\x80\"]", false},
	{"{\"a\"}", false},
	{"{\"a\":}", false},
	{"{a:1}", false},
	{"{\"a\":1,}", false},
	{"{\"a\":1,\"a\":1}", false},
	{"{\"\\u0000\":1}", false},
	{"{} {}", false},
};

static void test_reads_and_refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct err e = {0};
		json_t *read = json_read(row->text, strlen(row->text), &e);
		assert_int_equal(read != NULL, row->reads);
		assert_true(read || strstr(e.text, "not JSON: line"));
		json_decref(read);
	}
}

static void test_writes_compactly(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"[]",
		"{}",
		"[[],{},{\"a\":{}}]",
		"{\"b\":1,\"a\":[true,false,null,-1,1.5,1e300]}",
		"[\"\\u0000\\u0001\\b\\t\\n\\f\\r\\u001f\\\"\\\\/\\u007f\"]",
		"{\"\\n\\\"\":\"津波\"}",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct err e = {0};
		json_t *value = json_read(texts[i], strlen(texts[i]), &e);
		assert_non_null(value);
		char *expected = json_dumps(value, JSON_COMPACT);
		char *written = json_to_text(value);
		assert_string_equal(written, expected);
		free(written);
		free(expected);
		json_decref(value);
	}
}

static void test_writer_keeps_to_the_limit(void **state)
{
	(void)state;
	json_t *value = json_pack("[s]", "0123456789");
	struct buf out;
	buf_init(&out, 13);
	json_write(&out, value);
	assert_int_equal(out.failed, -EMSGSIZE);
	buf_clear(&out);
	buf_init(&out, 14);
	json_write(&out, value);
	assert_int_equal(out.failed, 0);
	assert_string_equal(buf_text(&out), "[\"0123456789\"]");
	buf_clear(&out);
	json_decref(value);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_and_refuses),
		cmocka_unit_test(test_writes_compactly),
		cmocka_unit_test(test_writer_keeps_to_the_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
