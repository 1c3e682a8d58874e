/* SPDX-License-Identifier: Apache-2.0
 *
 * Vectors: FIPS 180-4 (SHA-256), RFC 4231 (HMAC), RFC 4648 section 10 (base64).
 */
#include "base/digest.h"
#include "base/rand_id.h"
#include "tests/cmocka_all.h"

#include <errno.h>
#include <string.h>

static void test_sha256(void **state)
{
	(void)state;
	char hex[DIGEST_HEX_SIZE];
	digest_of("abc", 3, hex);
	assert_string_equal(
		hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	digest_of("", 0, hex);
	assert_string_equal(
		hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void test_fields_are_kept_apart(void **state)
{
	(void)state;
	char one[DIGEST_HEX_SIZE];
	char two[DIGEST_HEX_SIZE];
	digest_of_fields(one, "a", "bc", NULL);
	digest_of_fields(two, "ab", "c", NULL);
	assert_string_not_equal(one, two);
}

static void test_hmac(void **state)
{
	(void)state;
	unsigned char out[DIGEST_BYTES];
	static const unsigned char start[] = {0x5b, 0xdc, 0xc1, 0x46};
	digest_hmac("Jefe", 4, "what do ya want for nothing?", 28, out);
	assert_memory_equal(out, start, sizeof(start));
}

static void test_base64_rows(void **state)
{
	(void)state;
	static const struct {
		const char *plain;
		const char *standard;
		const char *url;
	} rows[] = {
		{"", "", ""},
		{"f", "Zg==", "Zg"},
		{"fo", "Zm8=", "Zm8"},
		{"foo", "Zm9v", "Zm9v"},
		{"foobar", "Zm9vYmFy", "Zm9vYmFy"},
		{"\xfb\xff\xfe", "+//+", "-__-"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char text[32];
		unsigned char back[32];
		size_t size = strlen(rows[i].plain);
		size_t got;
		size_t written = base64_encode(rows[i].plain, size, text);
		assert_int_equal(written, strlen(text));
		assert_string_equal(text, rows[i].standard);
		assert_true(strlen(text) < base64_size(size));
		assert_int_equal(base64_decode(text, strlen(text), back, &got), 0);
		assert_int_equal(got, size);
		assert_memory_equal(back, rows[i].plain, size);
		(void)base64url_encode(rows[i].plain, size, text);
		assert_string_equal(text, rows[i].url);
		assert_int_equal(base64url_decode(text, strlen(text), back, &got), 0);
		assert_int_equal(got, size);
	}
}

static void test_base64_refuses_second_spellings(void **state)
{
	(void)state;
	static const char *const bad[] = {"Zg", "Zh==", "Zm9v!A==", "Z===", "=Zg="};
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		unsigned char out[32];
		size_t got;
		assert_int_equal(base64_decode(bad[i], strlen(bad[i]), out, &got), -EINVAL);
	}
	unsigned char out[32];
	size_t got;
	assert_int_equal(base64url_decode("Zh", 2, out, &got), -EINVAL);
	assert_int_equal(base64url_decode("Z", 1, out, &got), -EINVAL);
}

static void test_ids_are_sortable_and_seeded(void **state)
{
	(void)state;
	char one[RAND_ID_SIZE];
	char two[RAND_ID_SIZE];
	rand_id(one);
	rand_id(two);
	assert_string_not_equal(one, two);
	assert_memory_equal(one, two, 6); /* the top 30 bits of the time: half an hour and more */
	rand_seed(7);
	uint64_t a = rand_below(1000000);
	rand_seed(7);
	assert_int_equal(rand_below(1000000), a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha256),
		cmocka_unit_test(test_fields_are_kept_apart),
		cmocka_unit_test(test_hmac),
		cmocka_unit_test(test_base64_rows),
		cmocka_unit_test(test_base64_refuses_second_spellings),
		cmocka_unit_test(test_ids_are_sortable_and_seeded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
