/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/mem.h"
#include "tests/cmocka_all.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void test_buf_stops_at_its_limit(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 10);
	assert_string_equal(buf_text(&b), "");
	assert_int_equal(buf_add_text(&b, "12345678"), 0);
	assert_int_equal(buf_add_text(&b, "abc"), -EMSGSIZE);
	assert_int_equal(b.size, 8);
	/* The failure is sticky: a chain of appends is checked once. */
	assert_int_equal(buf_add_text(&b, "a"), -EMSGSIZE);
	assert_int_equal(b.failed, -EMSGSIZE);
	buf_reset(&b);
	assert_int_equal(buf_addf(&b, "%d-%s", 42, "x"), 0);
	assert_string_equal(buf_text(&b), "42-x");
	buf_drop(&b, 3);
	assert_string_equal(buf_text(&b), "x");
	char *stolen = buf_steal(&b);
	assert_string_equal(stolen, "x");
	assert_int_equal(b.size, 0);
	free(stolen);
	buf_clear(&b);
}

static void test_buf_limit_cannot_wrap(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 4);
	assert_int_equal(buf_add(&b, "x", 1), 0);
	assert_int_equal(buf_add(&b, "x", SIZE_MAX), -EMSGSIZE);
	buf_clear(&b);
}

static void test_pool_gives_aligned_zeroed_memory(void **state)
{
	(void)state;
	struct pool *p = pool_new();
	for (size_t size = 1; size < 30000; size = size * 3 + 1) {
		unsigned char *at = pool_take(p, size);
		assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++) {
			assert_int_equal(at[i], 0);
		}
		memset(at, 0xAA, size);
	}
	assert_string_equal(pool_printf(p, "%s-%d", "a", 7), "a-7");
	assert_string_equal(pool_copy(p, "abcdef", 3), "abc");
	pool_free(p);
	pool_free(NULL);
}

static void test_grow_keeps_what_is_there(void **state)
{
	(void)state;
	int *list = NULL;
	size_t capacity = 0;
	for (size_t count = 0; count < 1000; count++) {
		mem_grow((void **)&list, &capacity, count, sizeof(*list));
		list[count] = (int)count;
	}
	for (size_t i = 0; i < 1000; i++) {
		assert_int_equal(list[i], i);
	}
	free(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buf_stops_at_its_limit),
		cmocka_unit_test(test_buf_limit_cannot_wrap),
		cmocka_unit_test(test_pool_gives_aligned_zeroed_memory),
		cmocka_unit_test(test_grow_keeps_what_is_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
