/* SPDX-License-Identifier: Apache-2.0
 *
 * The queue as store.h promises it. Knows nothing of the backend.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/store/fixture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALERT "a000000000000001"
#define B1    ALERT ".1"
#define D1    B1 "/mail"

static const char *const abc[] = {"a", "b", "c"};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	fixture_open(f);
	fixture_begin(f);
	fixture_add_broadcast(f, 1);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	store_rollback(f->store);
	fixture_close(f);
	free(f);
	return 0;
}

/* Delivery D1 with the fixed targets a, b, c. */
static void add_abc(struct fixture *f, bool resend)
{
	struct store_delivery d = fixture_delivery(B1);
	d.targets = abc;
	d.target_count = 3;
	d.resend_unknown = resend;
	fixture_add_delivery(f, &d);
}

static void expect_counts(struct fixture *f, const char *delivery, const char *expected)
{
	static const char *const names[] = {"delivered", "waiting", "claimed", "unknown", "failed",
		"quarantined", "expired", "cancelled"};
	char text[256] = "";
	size_t used = 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int64_t n = fixture_count(f, delivery, names[i]);
		if (n != 0) {
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s=%lld",
				used ? " " : "", names[i], (long long)n);
		}
	}
	assert_string_equal(text, expected);
}

/* ---- what one outcome leads to ---- */

struct row {
	const char *name;
	enum outcome_class class;
	bool resend;
	bool crashed;
	int64_t now_ms;
	const char *counts;
	const char *state;
};

static const struct row rows[] = {
	{"delivered ends it", OUTCOME_DELIVERED, false, false, 0, "delivered=3", "done"},
	{"transient waits", OUTCOME_TRANSIENT, false, false, 0, "waiting=3", "ready"},
	{"transient near the deadline expires", OUTCOME_TRANSIENT, false, false, 3595000,
		"expired=3", "expired"},
	{"permanent fails", OUTCOME_PERMANENT, true, false, 0, "failed=3", "done"},
	{"unknown is held for staff", OUTCOME_UNKNOWN, false, false, 0, "unknown=3", "done"},
	{"unknown is resent", OUTCOME_UNKNOWN, true, false, 0, "waiting=3", "ready"},
	{"unknown near the deadline stays unknown", OUTCOME_UNKNOWN, true, false, 3595000,
		"unknown=3", "done"},
	{"crashed transient waits", OUTCOME_TRANSIENT, false, true, 0, "waiting=3", "ready"},
};

static void outcomes_lead_on(void **state)
{
	struct fixture *f = *state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char broadcast[32];
		char delivery[40];
		(void)snprintf(broadcast, sizeof(broadcast), ALERT ".%zu", i + 2);
		(void)snprintf(delivery, sizeof(delivery), "%s/mail", broadcast);
		fixture_add_broadcast(f, (int)i + 2);
		struct store_delivery d = fixture_delivery(broadcast);
		d.targets = abc;
		d.target_count = 3;
		d.resend_unknown = rows[i].resend;
		d.priority = 0;
		fixture_add_delivery(f, &d);
		struct store_batch b = fixture_claim(f, 10, rows[i].now_ms);
		assert_string_equal(b.delivery, delivery);
		fixture_conclude_rest(f, &b, rows[i].class, rows[i].crashed, rows[i].now_ms);
		store_batch_clear(&b);
		print_message("%s\n", rows[i].name);
		expect_counts(f, delivery, rows[i].counts);
		assert_string_equal(fixture_state(f, delivery), rows[i].state);
		fixture_must(f, store_hold(f->store, delivery, "out of the way", at_ms(0), &f->e),
			"hold");
	}
}

static void claims_follow_urgency(void **state)
{
	static const struct {
		int priority;
		int64_t expires_ms;
	} deliveries[] = {{5, 100000}, {5, 90000}, {2, 200000}, {2, 200000}, {9, 50}};
	static const int order[] = {4, 5, 3, 2}; /* number 6 is past its expiry */
	struct fixture *f = *state;
	for (int i = 0; i < 5; i++) {
		char id[32];
		(void)snprintf(id, sizeof(id), ALERT ".%d", i + 2);
		fixture_add_broadcast(f, i + 2);
		struct store_delivery d = fixture_delivery(id);
		d.priority = deliveries[i].priority;
		d.expires = at_ms(deliveries[i].expires_ms);
		d.targets = abc;
		d.target_count = 1;
		fixture_add_delivery(f, &d);
	}
	for (size_t i = 0; i < 4; i++) {
		struct store_batch b = fixture_claim(f, 10, 60);
		char id[32];
		(void)snprintf(id, sizeof(id), ALERT ".%d", order[i]);
		assert_string_equal(b.broadcast, id);
		store_batch_clear(&b);
	}
	struct store_batch none = fixture_claim(f, 10, 60);
	assert_int_equal(none.count, 0);
	struct wall_time due;
	fixture_must(f, store_next_due(f->store, "mail", &due, &f->e), "due");
	assert_true(wall_time_is_none(due));
	assert_int_equal(store_expire(f->store, at_ms(60), &f->e), 1);
	assert_string_equal(fixture_state(f, ALERT ".6/mail"), "expired");
}

static void retries_come_first_and_keep_one_attempt(void **state)
{
	struct fixture *f = *state;
	fixture_add_people(f, "all", 6);
	struct store_delivery d = fixture_delivery(B1);
	d.audience_list = "all";
	fixture_add_delivery(f, &d);
	struct store_batch b = fixture_claim(f, 3, 0);
	fixture_conclude_rest(f, &b, OUTCOME_TRANSIENT, false, 0);
	store_batch_clear(&b);
	b = fixture_claim(f, 1, 5000); /* not yet due: a new one */
	assert_int_equal(b.attempt, 1);
	assert_string_equal(b.targets[0].id, "p000003");
	fixture_conclude_rest(f, &b, OUTCOME_TRANSIENT, false, 5000);
	store_batch_clear(&b);
	b = fixture_claim(f, 2, 10000);
	assert_int_equal(b.attempt, 2);
	assert_int_equal(b.count, 2);
	fixture_conclude_rest(f, &b, OUTCOME_TRANSIENT, false, 10000);
	store_batch_clear(&b);
	b = fixture_claim(f, 10, 30000); /* two at attempt 1, two at attempt 2 are due */
	assert_int_equal(b.count, 2);
	int first = b.attempt;
	fixture_conclude_rest(f, &b, OUTCOME_DELIVERED, false, 30000);
	store_batch_clear(&b);
	b = fixture_claim(f, 10, 30000);
	assert_int_equal(b.count, 2);
	assert_int_equal(first + b.attempt, 5);
	fixture_conclude_rest(f, &b, OUTCOME_DELIVERED, false, 30000);
	store_batch_clear(&b);
	b = fixture_claim(f, 10, 30000);
	assert_int_equal(b.count, 2);
	assert_int_equal(b.attempt, 1);
	fixture_conclude_rest(f, &b, OUTCOME_DELIVERED, false, 31000);
	store_batch_clear(&b);
	expect_counts(f, D1, "delivered=6");
	assert_string_equal(fixture_state(f, D1), "done");
	assert_int_equal(fixture_count(f, D1, "first_ms"), 30000);
	assert_int_equal(fixture_count(f, D1, "last_ms"), 31000);
	assert_int_equal(fixture_count(f, D1, "target_count"), 6);
}

static void crashes_lead_to_quarantine(void **state)
{
	struct fixture *f = *state;
	add_abc(f, false);
	for (int round = 0; round < 2; round++) {
		struct store_batch b = fixture_claim(f, 10, round * 20000);
		assert_int_equal(b.count, 3);
		fixture_conclude_rest(f, &b, OUTCOME_TRANSIENT, true, round * 20000);
		store_batch_clear(&b);
	}
	struct store_batch b = fixture_claim(f, 10, 40000);
	assert_int_equal(b.count, 1); /* alone from now on */
	fixture_conclude_rest(f, &b, OUTCOME_TRANSIENT, true, 40000);
	store_batch_clear(&b);
	expect_counts(f, D1, "waiting=2 quarantined=1");
	for (int i = 0; i < 2; i++) {
		b = fixture_claim(f, 10, 40000);
		assert_int_equal(b.count, 1);
		fixture_conclude_rest(f, &b, OUTCOME_DELIVERED, false, 40000);
		store_batch_clear(&b);
	}
	expect_counts(f, D1, "delivered=2 quarantined=1");
	assert_string_equal(fixture_state(f, D1), "done");
	assert_int_equal(store_retry(f->store, B1, at_ms(50000), &f->e), 1);
	assert_string_equal(fixture_state(f, D1), "ready");
	b = fixture_claim(f, 10, 50000);
	assert_int_equal(b.count, 1);
	fixture_conclude_rest(f, &b, OUTCOME_DELIVERED, false, 50000);
	store_batch_clear(&b);
	expect_counts(f, D1, "delivered=3");
}

/* fixed, audience and retry batches, each partly concluded when the hub dies */
static void recovery_is_exact(void **state)
{
	struct fixture *f = *state;
	fixture_add_people(f, "all", 4);
	fixture_add_broadcast(f, 2);
	add_abc(f, false);
	struct store_delivery d = fixture_delivery(ALERT ".2");
	d.audience_list = "all";
	d.resend_unknown = true;
	d.priority = 6;
	fixture_add_delivery(f, &d);
	struct store_batch fixed = fixture_claim(f, 10, 0);
	struct store_batch people = fixture_claim(f, 3, 0);
	assert_int_equal(people.count, 3);
	fixture_conclude(f, &fixed, 1, OUTCOME_DELIVERED, 0);
	fixture_conclude(f, &fixed, 1, OUTCOME_PERMANENT, 0); /* the first word counts */
	fixture_conclude(f, &people, 0, OUTCOME_TRANSIENT, 0);
	assert_int_equal(store_close_batch(f->store, &fixed, at_ms(0), &f->e), -EINVAL);
	fixture_commit(f);
	fixture_reopen(f);
	fixture_begin(f);
	/* the list is loaded anew meanwhile: nobody who is out may be lost */
	assert_int_equal(store_clear_recipients(f->store, "all", &f->e), 4);
	assert_int_equal(store_count_recipients(f->store, "all", &f->e), 0);
	assert_int_equal(store_recover(f->store, at_ms(100), &f->e), 4);
	expect_counts(f, D1, "delivered=1 unknown=2");
	assert_string_equal(fixture_state(f, D1), "done");
	expect_counts(f, ALERT ".2/mail", "waiting=3");
	assert_int_equal(fixture_count(f, ALERT ".2/mail", "resent_unknown"), 2);
	fixture_add_people(f, "all", 4);
	store_batch_clear(&fixed);
	store_batch_clear(&people);
	struct store_batch again = fixture_claim(f, 10, 10000);
	assert_int_equal(again.count, 3);
	assert_int_equal(again.attempt, 2);
	assert_string_equal(again.targets[0].address, "person000001@example.jp");
	fixture_conclude(f, &again, 0, OUTCOME_DELIVERED, 10000);
	store_batch_clear(&again);
	fixture_commit(f);
	fixture_reopen(f);
	fixture_begin(f);
	assert_int_equal(store_recover(f->store, at_ms(20000), &f->e), 2);
	assert_int_equal(store_recover(f->store, at_ms(20000), &f->e), 0);
	expect_counts(f, ALERT ".2/mail", "delivered=1 waiting=2");
	again = fixture_claim(f, 10, 20000);
	fixture_conclude_rest(f, &again, OUTCOME_DELIVERED, false, 20000);
	store_batch_clear(&again);
	again = fixture_claim(f, 10, 20000); /* the fourth: neither skipped nor anybody twice */
	assert_int_equal(again.count, 1);
	assert_string_equal(again.targets[0].id, "p000003");
	fixture_conclude_rest(f, &again, OUTCOME_DELIVERED, false, 20000);
	store_batch_clear(&again);
	expect_counts(f, ALERT ".2/mail", "delivered=4");
	assert_string_equal(fixture_state(f, ALERT ".2/mail"), "done");
}

/* Far into the table, with gaps: the claim must give back the very same people. */
static void recovery_finds_distant_recipients(void **state)
{
	static const int gaps[] = {0, 1, 126, 127, 128, 300, 17000};
	enum { COUNT = sizeof(gaps) / sizeof(gaps[0]) };
	struct fixture *f = *state;
	for (int i = 0; i < COUNT; i++) {
		char list[16];
		(void)snprintf(list, sizeof(list), "gap%d", i);
		fixture_add_people(f, list, gaps[i]);
		const struct store_recipient r = {.id = list,
			.address = list,
			.lang = "",
			.name = "",
			.categories = "",
			.areas = ""};
		fixture_must(f, store_put_recipient(f->store, "all", &r, &f->e), "put");
	}
	struct store_delivery d = fixture_delivery(B1);
	d.audience_list = "all";
	d.resend_unknown = true;
	fixture_add_delivery(f, &d);
	struct store_batch b = fixture_claim(f, COUNT, 0);
	assert_int_equal(b.count, COUNT);
	store_batch_clear(&b);
	assert_int_equal(store_recover(f->store, at_ms(1), &f->e), COUNT);
	b = fixture_claim(f, COUNT, 1);
	assert_int_equal(b.count, COUNT);
	for (int i = 0; i < COUNT; i++) {
		char list[16];
		(void)snprintf(list, sizeof(list), "gap%d", i);
		assert_string_equal(b.targets[i].id, list);
		assert_string_equal(b.targets[i].address, list);
	}
	store_batch_clear(&b);
}

/* An import replaces the list under a running delivery: nobody twice, nobody skipped. */
static void an_import_keeps_the_place(void **state)
{
	struct fixture *f = *state;
	fixture_add_people(f, "all", 4);
	struct store_delivery d = fixture_delivery(B1);
	d.audience_list = "all";
	fixture_add_delivery(f, &d);
	struct store_batch b = fixture_claim(f, 2, 0);
	fixture_conclude_rest(f, &b, OUTCOME_DELIVERED, false, 0);
	store_batch_clear(&b);
	fixture_add_people(f, "import", 3); /* the fourth is gone */
	const struct store_recipient extra = {.id = "new",
		.address = "new@example.jp",
		.lang = "",
		.name = "",
		.categories = "",
		.areas = ""};
	fixture_must(f, store_put_recipient(f->store, "import", &extra, &f->e), "put");
	assert_int_equal(store_adopt_recipients(f->store, "import", "all", true, &f->e), 4);
	assert_int_equal(store_count_recipients(f->store, "import", &f->e), 0);
	assert_int_equal(store_count_recipients(f->store, "all", &f->e), 4);
	b = fixture_claim(f, 10, 0);
	assert_int_equal(b.count, 2);
	assert_string_equal(b.targets[0].id, "p000002");
	assert_string_equal(b.targets[1].id, "new");
	fixture_conclude_rest(f, &b, OUTCOME_DELIVERED, false, 0);
	store_batch_clear(&b);
	expect_counts(f, D1, "delivered=4");
	fixture_add_people(f, "import", 1);
	assert_int_equal(store_adopt_recipients(f->store, "import", "all", false, &f->e), 1);
	assert_int_equal(store_count_recipients(f->store, "", &f->e), 4);
}

static void cursor_filters_the_audience(void **state)
{
	static const struct store_recipient people[] = {
		{"all", "1@example.jp", "ja", "", "", ""},
		{"crime", "2@example.jp", "ja", "", "crime city", ""},
		{"both", "3@example.jp", "en", "", "crime disaster", "07204 07205"},
		{"elsewhere", "4@example.jp", "ja", "", "disaster", "13101"},
		{"disaster", "5@example.jp", "ja", "", "disaster", ""},
		{"disasters", "6@example.jp", "ja", "", "disasters", ""},
	};
	static const char *const areas[] = {"07205"};
	struct fixture *f = *state;
	for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
		fixture_must(f, store_put_recipient(f->store, "town", &people[i], &f->e), "put");
	}
	fixture_add_people(f, "other", 3);
	struct store_delivery d = fixture_delivery(B1);
	d.audience_list = "town";
	d.category = "disaster";
	d.areas = areas;
	d.area_count = 1;
	fixture_add_delivery(f, &d);
	assert_int_equal(fixture_count(f, D1, "target_count"), -1);
	static const char *const expected[] = {"all", "both", "disaster"};
	for (size_t i = 0; i < 3; i++) {
		struct store_batch b = fixture_claim(f, 1, 0);
		assert_int_equal(b.count, 1);
		assert_string_equal(b.targets[0].id, expected[i]);
		assert_string_equal(b.targets[0].area, i == 1 ? "07205" : "");
		assert_string_equal(b.targets[0].lang, i == 1 ? "en" : "ja");
		fixture_conclude_rest(f, &b, OUTCOME_DELIVERED, false, 0);
		store_batch_clear(&b);
	}
	struct store_batch none = fixture_claim(f, 1, 0);
	assert_int_equal(none.count, 0);
	assert_int_equal(fixture_count(f, D1, "target_count"), 3);
	assert_string_equal(fixture_state(f, D1), "done");
}

static void who_is_listed_under_the_town_hears_of_its_district(void **state)
{
	static const struct store_recipient people[] = {
		{"district", "1@example.jp", "ja", "", "", "07204-1"},
		{"town", "2@example.jp", "ja", "", "", "07204"},
		{"other", "3@example.jp", "ja", "", "", "07204-2"},
		{"neighbour", "4@example.jp", "ja", "", "", "07205"},
	};
	static const char *const areas[] = {"07204-1"};
	static const char *const expected[] = {"07204-1", "07204"};
	struct fixture *f = *state;
	for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
		fixture_must(f, store_put_recipient(f->store, "town", &people[i], &f->e), "put");
	}
	struct store_delivery d = fixture_delivery(B1);
	d.audience_list = "town";
	d.areas = areas;
	d.area_count = 1;
	fixture_add_delivery(f, &d);
	struct store_batch b = fixture_claim(f, 10, 0);
	assert_int_equal(b.count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(b.targets[i].area, expected[i]); /* the device's own */
	}
	fixture_conclude_rest(f, &b, OUTCOME_DELIVERED, false, 0);
	store_batch_clear(&b);
}

static void deadline_and_cancel_count_the_rest(void **state)
{
	struct fixture *f = *state;
	fixture_add_people(f, "all", 10);
	for (int i = 1; i <= 2; i++) {
		if (i > 1) {
			fixture_add_broadcast(f, i);
		}
		struct store_delivery d = fixture_delivery(i == 1 ? B1 : ALERT ".2");
		d.audience_list = "all";
		d.priority = i;
		fixture_add_delivery(f, &d);
		struct store_batch b = fixture_claim(f, 4, 0);
		fixture_conclude(f, &b, 0, OUTCOME_TRANSIENT, 0);
		fixture_conclude(f, &b, 1, OUTCOME_DELIVERED, 0);
		fixture_conclude(f, &b, 2, OUTCOME_PERMANENT, 0);
		fixture_conclude(f, &b, 3, OUTCOME_UNKNOWN, 0);
		fixture_must(f, store_close_batch(f->store, &b, at_ms(0), &f->e), "close");
		store_batch_clear(&b);
		fixture_must(f, store_hold(f->store, d.broadcast, "wait", at_ms(0), &f->e), "hold");
	}
	assert_int_equal(store_cancel_broadcast(f->store, B1, "replaced", at_ms(1), &f->e), 1);
	expect_counts(f, D1, "delivered=1 unknown=1 failed=1 cancelled=7");
	assert_string_equal(fixture_state(f, D1), "cancelled");
	assert_int_equal(store_retry(f->store, B1, at_ms(1), &f->e), 0);
	assert_int_equal(store_expire(f->store, at_ms(3600000), &f->e), 7);
	expect_counts(f, ALERT ".2/mail", "delivered=1 unknown=1 failed=1 expired=7");
	assert_int_equal(store_expire(f->store, at_ms(3600000), &f->e), 0);
	assert_int_equal(fixture_count(f, ALERT ".2/mail", "target_count"), 10);
	assert_int_equal(store_cancel_broadcast(f->store, "nothing", "", at_ms(1), &f->e), -ENOENT);
}

static void what_is_out_ends_as_the_delivery_did(void **state)
{
	struct fixture *f = *state;
	add_abc(f, true);
	struct store_batch b = fixture_claim(f, 10, 0);
	assert_int_equal(store_cancel_broadcast(f->store, B1, "replaced", at_ms(1), &f->e), 1);
	bool settled = true;
	fixture_must(f, store_is_settled(f->store, ALERT, 0, &settled, &f->e), "settled");
	assert_false(settled);
	fixture_conclude(f, &b, 0, OUTCOME_TRANSIENT, 2);
	fixture_conclude(f, &b, 1, OUTCOME_UNKNOWN, 2);
	fixture_conclude_rest(f, &b, OUTCOME_DELIVERED, false, 2);
	store_batch_clear(&b);
	expect_counts(f, D1, "delivered=1 unknown=1 cancelled=1");
	fixture_must(f, store_is_settled(f->store, ALERT, 0, &settled, &f->e), "settled");
	assert_true(settled);
	assert_string_equal(fixture_state(f, D1), "cancelled");
}

/* Cancelled means surely not sent: whoever waits for a resend, or has failed at one, may have it.
 */
static void cancel_leaves_maybe_sent_unknown(void **state)
{
	struct fixture *f = *state;
	add_abc(f, true);
	struct store_batch b = fixture_claim(f, 3, 0);
	fixture_conclude(f, &b, 0, OUTCOME_TRANSIENT, 0);
	fixture_conclude(f, &b, 1, OUTCOME_UNKNOWN, 0);
	fixture_conclude_rest(f, &b, OUTCOME_UNKNOWN, false, 0);
	store_batch_clear(&b);
	b = fixture_claim(f, 3, 60000);
	fixture_conclude(f, &b, 0, OUTCOME_TRANSIENT, 60000);
	fixture_conclude(f, &b, 1, OUTCOME_TRANSIENT, 60000);
	assert_int_equal(store_cancel_broadcast(f->store, B1, "replaced", at_ms(60001), &f->e), 1);
	fixture_conclude_rest(f, &b, OUTCOME_TRANSIENT, false, 60002);
	store_batch_clear(&b);
	expect_counts(f, D1, "unknown=2 cancelled=1");
}

static void staff_hold_release_and_resolve(void **state)
{
	struct fixture *f = *state;
	add_abc(f, false);
	assert_int_equal(store_hold(f->store, D1, "wrong map", at_ms(0), &f->e), 1);
	struct store_batch b = fixture_claim(f, 10, 0);
	assert_int_equal(b.count, 0);
	assert_int_equal(store_hold(f->store, D1, "again", at_ms(0), &f->e), 0);
	assert_int_equal(store_release(f->store, B1, at_ms(0), &f->e), 1);
	assert_int_equal(store_release(f->store, "nothing", at_ms(0), &f->e), -ENOENT);
	b = fixture_claim(f, 10, 0);
	assert_int_equal(b.count, 3);
	fixture_conclude_rest(f, &b, OUTCOME_UNKNOWN, false, 0);
	store_batch_clear(&b);
	expect_counts(f, D1, "unknown=3");
	assert_int_equal(store_resolve(f->store, D1, "a", true, at_ms(1), &f->e), 1);
	assert_int_equal(store_resolve(f->store, D1, "a", true, at_ms(1), &f->e), -ENOENT);
	assert_int_equal(store_resolve(f->store, D1, "b", false, at_ms(1), &f->e), 1);
	expect_counts(f, D1, "delivered=1 unknown=1 failed=1");
	assert_int_equal(store_resolve(f->store, D1, "", true, at_ms(1), &f->e), 1);
	expect_counts(f, D1, "delivered=2 failed=1");
	assert_int_equal(store_retry(f->store, D1, at_ms(2), &f->e), 1);
	b = fixture_claim(f, 10, 2);
	assert_int_equal(b.attempt, 2);
	assert_string_equal(b.targets[0].id, "b");
	store_batch_clear(&b);
}

static void receipts_move_forward(void **state)
{
	static const struct {
		const char *target;
		enum receipt_state state;
		int changed;
		int confirmed;
	} steps[] = {
		{"a", RECEIPT_DELIVERED, 1, 0},
		{"a", RECEIPT_ACCEPTED, 0, 0},
		{"a", RECEIPT_CONFIRMED, 1, 1},
		{"a", RECEIPT_CONFIRMED, 0, 1},
		{"stranger", RECEIPT_CONFIRMED, 1, 2},
		{"a", RECEIPT_FAILED, 1, 1},
	};
	struct fixture *f = *state;
	add_abc(f, false);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		assert_int_equal(store_add_receipt(f->store, D1, steps[i].target, steps[i].state,
					 at_ms(5), "siren 3", &f->e),
			steps[i].changed);
		assert_int_equal(fixture_count(f, D1, "confirmed"), steps[i].confirmed);
	}
	assert_int_equal(
		store_add_receipt(f->store, B1 "/none", "a", RECEIPT_FAILED, at_ms(5), "", &f->e),
		-ENOENT);
}

static void next_due_tells_when(void **state)
{
	struct fixture *f = *state;
	struct wall_time due;
	add_abc(f, false);
	fixture_must(f, store_next_due(f->store, "mail", &due, &f->e), "due");
	assert_true(due.ms <= at_ms(0).ms);
	struct store_batch b = fixture_claim(f, 10, 0);
	fixture_must(f, store_next_due(f->store, "mail", &due, &f->e), "due");
	assert_true(wall_time_is_none(due));
	fixture_conclude_rest(f, &b, OUTCOME_TRANSIENT, false, 100);
	store_batch_clear(&b);
	fixture_must(f, store_next_due(f->store, "mail", &due, &f->e), "due");
	assert_int_equal(due.ms, at_ms(10100).ms);
	fixture_must(f, store_next_due(f->store, "sms", &due, &f->e), "due");
	assert_true(wall_time_is_none(due));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(outcomes_lead_on),
		CASE(claims_follow_urgency),
		CASE(retries_come_first_and_keep_one_attempt),
		CASE(crashes_lead_to_quarantine),
		CASE(recovery_is_exact),
		CASE(recovery_finds_distant_recipients),
		CASE(an_import_keeps_the_place),
		CASE(cursor_filters_the_audience),
		CASE(who_is_listed_under_the_town_hears_of_its_district),
		CASE(deadline_and_cancel_count_the_rest),
		CASE(cancel_leaves_maybe_sent_unknown),
		CASE(what_is_out_ends_as_the_delivery_did),
		CASE(staff_hold_release_and_resolve),
		CASE(receipts_move_forward),
		CASE(next_due_tells_when),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
