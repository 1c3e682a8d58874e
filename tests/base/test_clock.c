/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "tests/cmocka_all.h"

#include <errno.h>
#include <string.h>

static void test_parse_rows(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *text;
		int rc;
		int64_t ms;
		int offset;
	} rows[] = {
		{"epoch", "1970-01-01T00:00:00Z", 0, 0, 0},
		{"japan", "2026-11-20T14:30:00+09:00", 0, 1795152600000, 540},
		{"same instant, other offset", "2026-11-20T05:30:00-00:00", 0, 1795152600000, 0},
		{"fraction", "1970-01-01T00:00:01.25Z", 0, 1250, 0},
		{"surrounding white space", "\n 1970-01-01T00:00:00Z\t", 0, 0, 0},
		{"24:00 is the next day", "1970-01-01T24:00:00Z", 0, 86400000, 0},
		{"leap day", "2024-02-29T00:00:00Z", 0, 1709164800000, 0},
		{"no leap day", "2026-02-29T00:00:00Z", -EINVAL, 0, 0},
		{"leap second", "2016-12-31T23:59:60Z", 0, 1483228800000, 0},
		{"second 61", "2016-12-31T23:59:61Z", -EINVAL, 0, 0},
		{"odd offset", "1970-01-01T00:00:00-06:50", 0, 24600000, -410},
		{"offset out of range", "1970-01-01T00:00:00+14:01", -EINVAL, 0, 0},
		{"no offset", "2026-11-20T14:30:00", -EINVAL, 0, 0},
		{"month 13", "2026-13-01T00:00:00Z", -EINVAL, 0, 0},
		{"24:00:01", "2026-01-01T24:00:01Z", -EINVAL, 0, 0},
		{"trailing text", "2026-01-01T00:00:00Z!", -EINVAL, 0, 0},
		{"dot without digits", "2026-01-01T00:00:00.Z", -EINVAL, 0, 0},
		{"empty", "", -EINVAL, 0, 0},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct wall_time t = WALL_TIME_NONE;
		int offset = 9999;
		print_message("%s\n", rows[i].name);
		assert_int_equal(wall_time_parse(rows[i].text, strlen(rows[i].text), &t, &offset),
			rows[i].rc);
		if (rows[i].rc == 0) {
			assert_int_equal(t.ms, rows[i].ms);
			assert_int_equal(offset, rows[i].offset);
		} else {
			assert_true(wall_time_is_none(t));
		}
	}
}

static void test_format_and_parse_agree(void **state)
{
	(void)state;
	for (int64_t day = -800000; day < 2900000; day += 997) {
		struct wall_time t = {.ms = day * 86400000 + 12345678 % 86400000};
		if (t.ms < -62135596800000) {
			continue;
		}
		char text[WALL_TIME_TEXT_SIZE];
		struct wall_time back = WALL_TIME_NONE;
		(void)wall_time_format(t, CLOCK_JST_OFFSET_MINUTES, text);
		assert_int_equal(wall_time_parse(text, strlen(text), &back, NULL), 0);
		assert_int_equal(back.ms, t.ms);
	}
}

static void test_format_unknown_is_empty(void **state)
{
	(void)state;
	char text[WALL_TIME_TEXT_SIZE] = "x";
	assert_string_equal(wall_time_format(WALL_TIME_NONE, 0, text), "");
}

static int64_t fixed(void *data)
{
	return *(int64_t *)data;
}

static void test_source_is_replaced(void **state)
{
	(void)state;
	int64_t now = 1000;
	struct clock_source source = {.wall_ms = fixed, .mono_ms = fixed, .data = &now};
	clock_set_source(&source);
	struct mono_time end = mono_time_add(clock_mono_now(), 500);
	assert_int_equal(mono_time_left_ms(end), 500);
	now = 1600;
	assert_int_equal(mono_time_left_ms(end), -100);
	assert_int_equal(mono_time_add(end, INT64_MAX).ms, INT64_MAX);
	clock_set_source(NULL);
	assert_true(clock_wall_now().ms > 1700000000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse_rows),
		cmocka_unit_test(test_format_and_parse_agree),
		cmocka_unit_test(test_format_unknown_is_empty),
		cmocka_unit_test(test_source_is_replaced),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
