/* SPDX-License-Identifier: Apache-2.0
 *
 * Every framing case is fed whole, byte by byte, and split at every position: the messages and the
 * verdict must be the same.
 */
#include "ingest/framing.h"
#include "ingest/source.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LIMIT = 20, RESULT_SIZE = 512 };

struct row {
	const char *name;
	const char *input;
	const char *result; /* [message]...verdict at the end */
};

static const struct row rows[] = {
	{"nothing", "", "END"},
	{"one counted", "3 abc", "[abc]END"},
	{"two counted", "3 abc2 de", "[abc][de]END"},
	{"line ends between", "3 abc\r\n\n2 de\n", "[abc][de]END"},
	{"blank between", "3 abc 2 de", "[abc]BAD"},
	{"letter between", "3 abcd", "[abc]BAD"},
	{"digits inside", "5 12 34", "[12 34]END"},
	{"line end inside", "3 a\nb", "[a\nb]END"},
	{"leading zero", "03 abc", "[abc]END"},
	{"at the limit", "20 abcdefghijklmnopqrst", "[abcdefghijklmnopqrst]END"},
	{"above the limit", "21 abcdefghijklmnopqrstu", "LARGE"},
	{"far above the limit", "99999999 x", "LARGE"},
	{"too many digits", "000000001 x", "LARGE"},
	{"endless digits", "11111111111111111111111111111", "LARGE"},
	{"zero", "0 x", "BAD"},
	{"no blank", "3abc", "BAD"},
	{"tab for a blank", "3\tabc", "BAD"},
	{"length cut short", "3", "BAD"},
	{"body cut short", "3 ab", "BAD"},
	{"second cut short", "3 abc4 d", "[abc]BAD"},
	{"bare", "<a/>", "[<a/>]END"},
	{"bare with blanks", " \n<a/>\n", "[ \n<a/>\n]END"},
	{"bare at the limit", "abcdefghijklmnopqrst", "[abcdefghijklmnopqrst]END"},
	{"bare above the limit", "abcdefghijklmnopqrstu", "LARGE"},
	{"bare with digits", "<3 abc", "[<3 abc]END"},
	{"minus", "-3 abc", "[-3 abc]END"},
};

static void note_message(const struct framing *f, char *out)
{
	size_t size;
	const char *message = framing_message(f, &size);
	size_t at = strlen(out);
	(void)snprintf(out + at, RESULT_SIZE - at, "[%.*s]", (int)size, message);
}

/* False when the connection is over. */
static bool feed(struct framing *f, const char *data, size_t size, char *out)
{
	while (size > 0) {
		size_t used;
		enum framing_verdict verdict = framing_take(f, data, size, &used);
		assert_true(used <= size);
		data += used;
		size -= used;
		if (verdict == FRAMING_MESSAGE) {
			note_message(f, out);
		} else if (verdict == FRAMING_MORE) {
			assert_int_equal(size, 0);
		} else {
			assert_true(framing_fault(f)[0] != '\0');
			(void)strncat(out, verdict == FRAMING_BAD ? "BAD" : "LARGE", 8);
			return false;
		}
	}
	return true;
}

static void end(struct framing *f, char *out)
{
	enum framing_verdict verdict = framing_end(f);
	if (verdict == FRAMING_MESSAGE) {
		note_message(f, out);
		verdict = framing_end(f);
	}
	(void)strncat(out, verdict == FRAMING_END ? "END" : "BAD", 8);
}

static void check_split(const struct row *row, size_t first, size_t step)
{
	char out[RESULT_SIZE] = "";
	struct framing *f = framing_new(LIMIT);
	size_t size = strlen(row->input);
	bool open = feed(f, row->input, first, out);
	for (size_t at = first; open && at < size; at += step) {
		open = feed(f, row->input + at, size - at < step ? size - at : step, out);
	}
	if (open) {
		end(f, out);
	}
	framing_free(f);
	if (strcmp(out, row->result) != 0) {
		fail_msg("split at %zu: \"%s\", not \"%s\"", first, out, row->result);
	}
}

static void check_row(void **state)
{
	const struct row *row = *state;
	size_t size = strlen(row->input);
	for (size_t first = 0; first <= size; first++) {
		check_split(row, first, size + 1);
	}
	check_split(row, 0, 1);
}

static void test_length_alone_takes_no_memory(void **state)
{
	(void)state;
	struct framing *f = framing_new(8 * 1024 * 1024);
	size_t used;
	assert_int_equal(framing_take(f, "8000000 ", 8, &used), FRAMING_MORE);
	assert_true(framing_inside(f));
	assert_int_equal(framing_held(f), 0);
	framing_free(f);
}

static void test_big_message_gives_its_memory_back(void **state)
{
	(void)state;
	enum { BIG = 100000 };
	char *data = calloc(1, BIG);
	assert_non_null(data);
	memset(data, 'x', BIG);
	struct framing *f = framing_new(BIG);
	size_t used;
	assert_int_equal(framing_take(f, "100000 ", 7, &used), FRAMING_MORE);
	assert_int_equal(framing_take(f, data, BIG, &used), FRAMING_MESSAGE);
	assert_true(framing_held(f) >= BIG);
	framing_drop(f);
	assert_int_equal(framing_held(f), 0);
	assert_false(framing_inside(f));
	framing_free(f);
	free(data);
}

static void test_sources(void **state)
{
	(void)state;
	static const struct {
		const char *range;
		const char *peer;
		int allowed; /* -1: the range is refused */
	} cases[] = {
		{"192.0.2.0/24", "192.0.2.255", 1},
		{"192.0.2.0/24", "192.0.3.0", 0},
		{"192.0.2.0/25", "192.0.2.128", 0},
		{"192.0.2.7", "192.0.2.7", 1},
		{"192.0.2.7", "192.0.2.8", 0},
		{"0.0.0.0/0", "203.0.113.9", 1},
		{"0.0.0.0/0", "2001:db8::1", 0},
		{"::/0", "203.0.113.9", 1},
		{"2001:db8::/33", "2001:db8:7fff::1", 1},
		{"2001:db8::/33", "2001:db8:8000::1", 0},
		{"192.0.2.0/24", "::ffff:192.0.2.1", 1},
		{"192.0.2.0/33", "", -1},
		{"192.0.2.0/-1", "", -1},
		{"192.0.2.0/", "", -1},
		{"192.0.2.0/8x", "", -1},
		{"town.example", "", -1},
		{"", "", -1},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct source_range range;
		struct err e;
		int rc = source_parse(cases[i].range, &range, &e);
		if ((rc != 0) != (cases[i].allowed < 0)) {
			fail_msg("range \"%s\"", cases[i].range);
		}
		if (rc != 0) {
			continue;
		}
		struct sockaddr_in v4 = {.sin_family = AF_INET};
		struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
		bool is_v4 = inet_pton(AF_INET, cases[i].peer, &v4.sin_addr) == 1;
		assert_true(is_v4 || inet_pton(AF_INET6, cases[i].peer, &v6.sin6_addr) == 1);
		const struct sockaddr *peer = is_v4 ? (const void *)&v4 : (const void *)&v6;
		if (source_allowed(&range, 1, peer) != (cases[i].allowed == 1)) {
			fail_msg("%s in %s", cases[i].peer, cases[i].range);
		}
	}
}

int main(void)
{
	enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_length_alone_takes_no_memory),
		cmocka_unit_test(test_big_message_gives_its_memory_back),
		cmocka_unit_test(test_sources),
	};
	static struct CMUnitTest table[ROWS];
	for (size_t i = 0; i < ROWS; i++) {
		table[i] = (struct CMUnitTest){.name = rows[i].name,
			.test_func = check_row,
			.initial_state = (void *)(uintptr_t)&rows[i]};
	}
	int failed = cmocka_run_group_tests_name("framing", table, NULL, NULL);
	return failed + cmocka_run_group_tests_name("others", others, NULL, NULL);
}
