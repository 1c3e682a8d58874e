/* SPDX-License-Identifier: Apache-2.0
 *
 * Errors and log values: cut at characters, nothing from outside can forge a line.
 */
#include "base/err.h"
#include "base/log.h"
#include "base/loopback.h"
#include "tests/cmocka_all.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

static void test_err_is_cut_at_a_character(void **state)
{
	(void)state;
	char text[1024];
	for (size_t i = 0; i + 3 < sizeof(text); i += 3) {
		memcpy(text + i, "鐘", 3);
		text[i + 3] = '\0';
	}
	struct err e = {0};
	assert_int_equal(err_set(&e, -EINVAL, "%s", text), -EINVAL);
	size_t size = strlen(e.text);
	assert_true(size < sizeof(e.text));
	assert_int_equal(size % 3, 0);
	assert_string_equal(e.text + size - 3, "鐘");
}

static void test_err_prefix_goes_in_front(void **state)
{
	(void)state;
	struct err e = {0};
	(void)err_set(&e, -ENOENT, "no such channel");
	assert_int_equal(err_prefix(&e, "%s:%d: ", "hansho.yaml", 12), -ENOENT);
	assert_string_equal(e.text, "hansho.yaml:12: no such channel");
}

static void test_log_value_rows(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *in;
		const char *out;
	} rows[] = {
		{"plain", "いわき市", "\"いわき市\""},
		{"line break", "a\nlevel=error", "\"a\\nlevel=error\""},
		{"carriage return", "a\rb", "\"a\\x0db\""},
		{"terminal escape", "\x1b[31mred", "\"\\x1b[31mred\""},
		{"quote and backslash", "a\"b\\c", "\"a\\\"b\\\\c\""},
		{"bidi override",
			"a\xE2\x80\xAE"
			"b",
			"\"a\\ub\""},
		{"bidi isolate", "\xE2\x81\xA6x", "\"\\ux\""},
		{"a dash is no bidi mark",
			"a\xE2\x80\x94"
			"b",
			"\"a\xE2\x80\x94"
			"b\""},
		{"empty", "", "\"\""},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char out[128];
		print_message("%s\n", rows[i].name);
		assert_string_equal(
			log_value(out, sizeof(out), rows[i].in, (size_t)-1), rows[i].out);
	}
}

static void test_log_value_is_cut_whole(void **state)
{
	(void)state;
	for (size_t capacity = 4; capacity < 40; capacity++) {
		char out[64];
		(void)log_value(out, capacity, "半鐘を鳴らす人", (size_t)-1);
		size_t size = strlen(out);
		assert_true(size < capacity);
		assert_int_equal(out[0], '"');
		assert_int_equal(out[size - 1], '"');
		assert_int_equal((size - 2) % 3, 0);
	}
}

static void test_log_level_parse(void **state)
{
	(void)state;
	enum log_level level = LOG_LEVEL_INFO;
	assert_int_equal(log_level_parse("debug", &level), 0);
	assert_int_equal(level, LOG_LEVEL_DEBUG);
	assert_int_equal(log_level_parse("loud", &level), -EINVAL);
	assert_int_equal(level, LOG_LEVEL_DEBUG);
}

static void print(char *out, size_t capacity, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	utf8_vprint(out, capacity, format, args);
	va_end(args);
}

static void test_print_is_cut_at_a_character(void **state)
{
	(void)state;
	char out[64];
	print(out, sizeof(out), "%d %s", 7, "鐘");
	assert_string_equal(out, "7 鐘");
	for (size_t capacity = 8; capacity < 40; capacity++) {
		print(out, capacity, "%s", "半鐘を鳴らす人𠮷半鐘を鳴らす人");
		struct err e = {0};
		(void)err_set(&e, -EINVAL, "%s", out);
		assert_true(strlen(out) < capacity);
		assert_string_equal(e.text, out);
		assert_memory_equal("半鐘を鳴らす人𠮷半鐘を鳴らす人", out, strlen(out));
		size_t size = strlen(out);
		assert_int_equal(size <= 21 ? size % 3 : (size - 1) % 3, 0);
	}
}

static void test_loopback_rows(void **state)
{
	(void)state;
	static const struct {
		const char *host;
		bool is;
	} rows[] = {
		{"127.0.0.1", true},
		{"127.255.0.9", true},
		{"localhost", true},
		{"::1", true},
		{"[::1]", true},
		{"127.example.jp", false},
		{"127.0.0.1.example.jp", false},
		{"localhost.example.jp", false},
		{"126.0.0.1", false},
		{"0.0.0.0", false},
		{"::", false},
		{"", false},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		print_message("%s\n", rows[i].host);
		assert_int_equal(loopback_is_host(rows[i].host), rows[i].is);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_err_is_cut_at_a_character),
		cmocka_unit_test(test_err_prefix_goes_in_front),
		cmocka_unit_test(test_log_value_rows),
		cmocka_unit_test(test_log_value_is_cut_whole),
		cmocka_unit_test(test_log_level_parse),
		cmocka_unit_test(test_print_is_cut_at_a_character),
		cmocka_unit_test(test_loopback_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
