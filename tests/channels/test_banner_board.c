/* SPDX-License-Identifier: Apache-2.0
 *
 * The board behind the home page: what is shown, what ends what, what survives a restart.
 */
#include "channels/banner/board.h"
#include "channels/banner/cap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { NOTICE_MS = 1000, HOUR_MS = 3600 * 1000 };

static const struct wall_time now = {.ms = INT64_C(1763616600000)};

static struct wall_time after(int64_t ms)
{
	return (struct wall_time){.ms = now.ms + ms};
}

static struct broadcast *make(const char *id, enum event_type event, const char *replaced)
{
	struct broadcast *b = broadcast_new();
	b->id = pool_copy_text(b->pool, id);
	b->thread = "t";
	b->status = ALERT_STATUS_ACTUAL;
	b->kind = kind_find("tsunami.warning");
	b->event = event;
	b->severity = SEVERITY_SEVERE;
	b->issued = now;
	b->expires = after(HOUR_MS);
	b->texts = pool_take(b->pool, sizeof(*b->texts));
	b->texts[0] = (struct broadcast_text){
		.lang = "ja", .title = "津波警報", .brief = "", .body = "", .speech = ""};
	b->text_count = 1;
	if (replaced) {
		b->replaces = pool_take(b->pool, sizeof(*b->replaces));
		b->replaces[0] = pool_copy_text(b->pool, replaced);
		b->replace_count = 1;
	}
	return b;
}

static enum entry_state state_of(const struct board *b, const char *id)
{
	const struct board_entry *entry = board_find(b, id);
	assert_non_null(entry);
	return entry->state;
}

static const struct life {
	const char *name;
	enum event_type event;
	const char *replaced;
	enum entry_state first;
	enum entry_state second;
} lives[] = {
	{"update", EVENT_RAISED, "a", ENTRY_PAST, ENTRY_IN_FORCE},
	{"something else", EVENT_ISSUED, NULL, ENTRY_IN_FORCE, ENTRY_IN_FORCE},
	{"unknown reference", EVENT_RAISED, "z", ENTRY_IN_FORCE, ENTRY_IN_FORCE},
	{"release", EVENT_RELEASED, "a", ENTRY_PAST, ENTRY_RELEASED},
	{"cancellation", EVENT_CANCELLED, "a", ENTRY_PAST, ENTRY_CANCELLED},
	{"release of the thread", EVENT_RELEASED, NULL, ENTRY_PAST, ENTRY_RELEASED},
	{"release of another", EVENT_RELEASED, "z", ENTRY_IN_FORCE, ENTRY_RELEASED},
};

static void test_lives(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lives) / sizeof(lives[0]); i++) {
		struct board b;
		board_init(&b);
		board_put(&b, make("a", EVENT_ISSUED, NULL), now, NOTICE_MS);
		board_put(&b, make("b", lives[i].event, lives[i].replaced), now, NOTICE_MS);
		if (state_of(&b, "a") != lives[i].first || state_of(&b, "b") != lives[i].second) {
			fail_msg("%s: %s, %s", lives[i].name, entry_state_name(state_of(&b, "a")),
				entry_state_name(state_of(&b, "b")));
		}
		board_clear(&b);
	}
}

static void test_ends_in_time(void **state)
{
	(void)state;
	struct board b;
	board_init(&b);
	board_put(&b, make("a", EVENT_ISSUED, NULL), now, NOTICE_MS);
	assert_false(board_expire(&b, after(HOUR_MS - 1)));
	assert_true(board_expire(&b, after(HOUR_MS)));
	assert_int_equal(state_of(&b, "a"), ENTRY_PAST);
	assert_false(board_expire(&b, after(HOUR_MS + 1)));
	assert_true(board_expire(&b, after(INT64_C(31) * 24 * HOUR_MS)));
	assert_int_equal(b.count, 0);
	board_clear(&b);
}

static void test_notice_ends(void **state)
{
	(void)state;
	struct board b;
	board_init(&b);
	board_put(&b, make("a", EVENT_ISSUED, NULL), now, NOTICE_MS);
	board_withdraw(&b, "a", now, NOTICE_MS);
	assert_int_equal(state_of(&b, "a"), ENTRY_WITHDRAWN);
	board_withdraw(&b, "stranger", now, NOTICE_MS);
	assert_false(board_expire(&b, after(NOTICE_MS - 1)));
	assert_true(board_expire(&b, after(NOTICE_MS)));
	assert_int_equal(state_of(&b, "a"), ENTRY_PAST);
	board_withdraw(&b, "a", now, NOTICE_MS);
	assert_int_equal(state_of(&b, "a"), ENTRY_PAST);
	board_clear(&b);
}

static void test_expired_on_arrival_is_not_shown(void **state)
{
	(void)state;
	struct board b;
	board_init(&b);
	board_put(&b, make("a", EVENT_ISSUED, NULL), after(HOUR_MS), NOTICE_MS);
	assert_int_equal(state_of(&b, "a"), ENTRY_PAST);
	board_clear(&b);
}

static void test_survives_a_restart(void **state)
{
	(void)state;
	struct board first;
	struct board second;
	struct err e = {0};
	board_init(&first);
	board_init(&second);
	board_put(&first, make("a", EVENT_ISSUED, NULL), now, NOTICE_MS);
	board_put(&first, make("b", EVENT_CANCELLED, "a"), now, NOTICE_MS);
	json_t *kept = board_to_json(&first);
	assert_int_equal(board_from_json(&second, kept, &e), 0);
	json_t *again = board_to_json(&second);
	assert_true(json_equal(kept, again));
	json_decref(kept);
	json_decref(again);
	board_clear(&first);
	board_clear(&second);
}

static void test_one_bad_entry_does_not_take_the_others(void **state)
{
	(void)state;
	struct board first;
	struct board second;
	struct err e = {0};
	board_init(&first);
	board_init(&second);
	board_put(&first, make("a", EVENT_ISSUED, NULL), now, NOTICE_MS);
	json_t *kept = board_to_json(&first);
	json_t *list = json_object_get(kept, "entries");
	(void)json_array_insert_new(list, 0, json_string("broken"));
	assert_int_not_equal(board_from_json(&second, kept, &e), 0);
	assert_non_null(strstr(e.text, "entries[0]"));
	assert_int_equal(state_of(&second, "a"), ENTRY_IN_FORCE);
	json_decref(kept);
	board_clear(&first);
	board_clear(&second);
}

static void test_file_names(void **state)
{
	(void)state;
	static const struct {
		const char *id;
		const char *name;
	} cases[] = {
		{"0011aabb.1", "0011aabb.1"},
		{"../x", "_._x"},
		{".hidden", "_hidden"},
		{"a/b c\xE6", "a_b_c_"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char name[CAP_NAME_SIZE];
		assert_string_equal(cap_name(cases[i].id, name), cases[i].name);
	}
	char id[1000];
	char name[CAP_NAME_SIZE];
	memset(id, 'a', sizeof(id) - 1);
	id[sizeof(id) - 1] = '\0';
	assert_int_equal(strlen(cap_name(id, name)), CAP_NAME_SIZE - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lives),
		cmocka_unit_test(test_ends_in_time),
		cmocka_unit_test(test_notice_ends),
		cmocka_unit_test(test_expired_on_arrival_is_not_shown),
		cmocka_unit_test(test_survives_a_restart),
		cmocka_unit_test(test_one_bad_entry_does_not_take_the_others),
		cmocka_unit_test(test_file_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
