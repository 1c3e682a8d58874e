/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading JSON: the quick reader gives what jansson gives or leaves the text to it.
 */
#include "base/json.h"
#include "base/json_quick.h"
#include "tests/cmocka_all.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum who { NOBODY, JANSSON, QUICK };

struct row {
	const char *text;
	enum who reads;
};

static const struct row rows[] = {
	{"{}", QUICK},
	{" [ ]\r\n\t", QUICK},
	{"{\"a\":{\"b\":[{},[],\"\",0,-0,-12,true,false,null]}}", QUICK},
	{"[999999999999999999]", QUICK},
	{"[-999999999999999999]", QUICK},
	{"[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", QUICK},
	{"[\"津波\"]", QUICK},
	{"[\"\x7f\"]", QUICK},
	/* right, but not what our programs write */
	{"[1.5]", JANSSON},
	{"[1e3]", JANSSON},
	{"[9223372036854775807]", JANSSON},
	{"[\"\\u0041\\ud83d\\udea8\"]", JANSSON},
	{"[\"\\u0000\"]", JANSSON},
	{"{\"\\n\":1}", JANSSON},
	{"{\"津\":1}", JANSSON},
	/* wrong */
	{"", NOBODY},
	{"\"alone\"", NOBODY},
	{"1", NOBODY},
	{"[", NOBODY},
	{"[1", NOBODY},
	{"[1,]", NOBODY},
	{"[1 2]", NOBODY},
	{"[01]", NOBODY},
	{"[-]", NOBODY},
	{"[+1]", NOBODY},
	{"[1x]", NOBODY},
	{"[9223372036854775808]", NOBODY},
	{"[tru]", NOBODY},
	{"[nulL]", NOBODY},
	{"[\"a]", NOBODY},
	{"[\"a\\", NOBODY},
	{"[\"\\x\"]", NOBODY},
	{"[\"\\ud800\"]", NOBODY},
	{"[\"\n\"]", NOBODY},
	{"[\"\xff\"]", NOBODY},
	{"[\"\xc0\x80\"]", NOBODY},
	{"[\"\xed\xa0\x80\"]", NOBODY},
	{"{\"a\"}", NOBODY},
	{"{\"a\":}", NOBODY},
	{"{a:1}", NOBODY},
	{"{\"a\":1,}", NOBODY},
	{"{\"a\":1,\"a\":1}", NOBODY},
	{"{\"\\u0000\":1}", NOBODY},
	{"{} {}", NOBODY},
};

static void test_quick_reader_reads_as_jansson_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		size_t size = strlen(row->text);
		printf("%s\n", row->text);
		json_error_t error;
		json_t *known = json_loadb(
			row->text, size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
		json_t *quick = json_quick_read(row->text, size);
		assert_int_equal(known != NULL, row->reads != NOBODY);
		assert_int_equal(quick != NULL, row->reads == QUICK);
		assert_true(!quick || json_equal(quick, known));
		struct err e = {0};
		json_t *read = json_read(row->text, size, &e);
		assert_true(read ? json_equal(read, known) : row->reads == NOBODY);
		assert_true(read || strstr(e.text, "not JSON: line"));
		json_decref(read);
		json_decref(quick);
		json_decref(known);
	}
}

static void test_quick_writer_writes_as_jansson_does(void **state)
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

static void test_every_beginning_of_a_text_is_refused(void **state)
{
	(void)state;
	static const char text[] = "{\"a\":[1,\"b\\n\",{\"c\":null}]}";
	for (size_t size = 0; size < sizeof(text) - 1; size++) {
		/* a block of just that size: the sanitizer sees a byte too many */
		char *part = malloc(size + 1);
		assert_non_null(part);
		char *start = part + 1;
		memcpy(start, text, size);
		assert_null(json_quick_read(start, size));
		free(part);
	}
}

static void test_a_zero_byte_is_no_end(void **state)
{
	(void)state;
	assert_null(json_quick_read("[1\0]", 4));
	assert_null(json_quick_read("[\"a\0\"]", 6));
	assert_null(json_quick_read("[]\0", 3));
}

static void test_depth_is_bounded(void **state)
{
	(void)state;
	enum { DEPTH = 2000 };
	char text[2 * DEPTH];
	memset(text, '[', DEPTH);
	memset(text + DEPTH, ']', DEPTH);
	assert_null(json_quick_read(text, sizeof(text)));
	struct err e = {0};
	json_t *read = json_read(text, sizeof(text), &e);
	assert_non_null(read);
	json_decref(read);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quick_reader_reads_as_jansson_does),
		cmocka_unit_test(test_quick_writer_writes_as_jansson_does),
		cmocka_unit_test(test_writer_keeps_to_the_limit),
		cmocka_unit_test(test_every_beginning_of_a_text_is_refused),
		cmocka_unit_test(test_a_zero_byte_is_no_end),
		cmocka_unit_test(test_depth_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
