/* SPDX-License-Identifier: Apache-2.0
 *
 * The record as store.h promises it: alerts, what is in force, pages for staff, the log's chain.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "tests/store/fixture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALERT "a000000000000001"
#define B1    ALERT ".1"
#define D1    B1 "/mail"

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	fixture_open(f);
	fixture_begin(f);
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

static void alerts_are_found_by_digest(void **state)
{
	struct fixture *f = *state;
	char id[ALERT_ID_SIZE];
	const char *digest = "a000000000000001000000000000000000000000000000000000000000000001";
	fixture_must(f, store_find_digest(f->store, digest, id, &f->e), "find");
	assert_string_equal(id, ALERT);
	fixture_must(f, store_find_digest(f->store, "none", id, &f->e), "find");
	assert_string_equal(id, "");
	fixture_must(f, store_add_sighting(f->store, ALERT, "dmdata", at_ms(9), &f->e), "sighting");
	fixture_must(f,
		store_add_refusal(
			f->store, "cap", "doctype", "has a DOCTYPE", 2, at_ms(9), "<!", 2, &f->e),
		"refusal");
	json_t *page = store_show(f->store, "a0000", &f->e);
	assert_non_null(page);
	json_t *alert = json_object_get(page, "alert");
	assert_string_equal(json_text(alert, "id", ""), ALERT);
	assert_string_equal(json_text(alert, "received", ""), "1970-01-12T22:46:40+09:00");
	assert_string_equal(json_text(json_object_get(alert, "alert"), "type", ""), "VTSE41");
	assert_int_equal(json_array_size(json_object_get(alert, "trace")), 1);
	json_t *seen = json_array_get(json_object_get(alert, "sightings"), 0);
	assert_string_equal(json_text(seen, "feed", ""), "dmdata");
	json_decref(page);
}

static void tombstones_cover_their_series(void **state)
{
	static const struct {
		enum alert_status status;
		const char *series;
		const char *revision;
		bool found;
	} rows[] = {
		{ALERT_STATUS_ACTUAL, "s1", "r1", true},
		{ALERT_STATUS_ACTUAL, "s1", "r2", false},
		{ALERT_STATUS_ACTUAL, "s1", "", true},
		{ALERT_STATUS_EXERCISE, "s1", "r1", false},
		{ALERT_STATUS_ACTUAL, "whole", "r9", true},
		{ALERT_STATUS_ACTUAL, "s3", "", false},
	};
	struct fixture *f = *state;
	for (int i = 0; i < 2; i++) { /* twice is no error */
		fixture_must(f,
			store_add_tombstone(
				f->store, ALERT_STATUS_ACTUAL, "s1", "r1", ALERT, at_ms(0), &f->e),
			"tombstone");
	}
	fixture_must(f,
		store_add_tombstone(
			f->store, ALERT_STATUS_ACTUAL, "whole", "", ALERT, at_ms(0), &f->e),
		"tombstone");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(store_has_tombstone(f->store, rows[i].status, rows[i].series,
					 rows[i].revision, &f->e),
			rows[i].found);
	}
}

static void count_row(void *to, const struct state_row *row)
{
	assert_string_equal(row->slot, "tsunami");
	assert_int_equal(row->severity, SEVERITY_EXTREME);
	assert_true(wall_time_is_none(row->expires));
	assert_int_equal(row->sent.ms, at_ms(2).ms);
	*(int *)to += row->in_force ? 1 : 100;
}

static void states_of_each_status_are_apart(void **state)
{
	struct fixture *f = *state;
	struct state_row row = {
		.status = ALERT_STATUS_ACTUAL,
		.municipality = "07204",
		.slot = "tsunami",
		.in_force = true,
		.kind = kind_find("tsunami.warning"),
		.severity = SEVERITY_EXTREME,
		.level = 0,
		.code = "51",
		.name = "津波警報",
		.value = "3m",
		.source = "VTSE41",
		.series = "x",
		.event = "e",
		.issued = at_ms(1),
		.sent = at_ms(2),
		.expires = WALL_TIME_NONE,
		.thread = "t",
		.alert = ALERT,
	};
	int count = 0;
	fixture_must(f, store_state_put(f->store, &row, &f->e), "put");
	fixture_must(f, store_state_put(f->store, &row, &f->e), "put");
	row.status = ALERT_STATUS_EXERCISE;
	row.in_force = false;
	fixture_must(f, store_state_put(f->store, &row, &f->e), "put");
	fixture_must(f,
		store_state_each(f->store, ALERT_STATUS_ACTUAL, "07204", count_row, &count, &f->e),
		"each");
	assert_int_equal(count, 1);
	fixture_must(f,
		store_state_each(
			f->store, ALERT_STATUS_EXERCISE, "07204", count_row, &count, &f->e),
		"each");
	assert_int_equal(count, 101);
	json_t *list = store_state_list(f->store, &f->e);
	assert_int_equal(json_array_size(list), 1);
	json_decref(list);
}

struct slots {
	char text[64];
};

static void join_slot(void *to, const struct state_row *row)
{
	struct slots *s = to;
	size_t at = strlen(s->text);
	(void)snprintf(s->text + at, sizeof(s->text) - at, "%s=%s ", row->slot, row->code);
}

static void put_slot(struct fixture *f, const char *slot, const char *code)
{
	const struct state_row row = {.status = ALERT_STATUS_ACTUAL,
		.municipality = "07204",
		.slot = slot,
		.in_force = true,
		.kind = kind_find("tsunami.warning"),
		.code = code,
		.name = "",
		.value = "",
		.source = "",
		.series = "",
		.event = "",
		.thread = "",
		.alert = ALERT};
	fixture_must(f, store_state_put(f->store, &row, &f->e), "put");
}

static void assert_slots(struct fixture *f, const char *wanted)
{
	struct slots s = {""};
	fixture_must(f,
		store_state_each(f->store, ALERT_STATUS_ACTUAL, "07204", join_slot, &s, &f->e),
		"each");
	assert_string_equal(s.text, wanted);
}

/* What was read once is kept in memory: it must follow puts, their order, and what is undone. */
static void states_follow_puts_and_rollbacks(void **state)
{
	struct fixture *f = *state;
	put_slot(f, "b", "1");
	assert_slots(f, "b=1 ");
	put_slot(f, "c", "1");
	put_slot(f, "a", "1");
	assert_slots(f, "a=1 b=1 c=1 ");
	fixture_must(f, store_commit(f->store, &f->e), "commit");
	fixture_must(f, store_begin(f->store, &f->e), "begin");
	put_slot(f, "b", "2");
	put_slot(f, "d", "2");
	assert_slots(f, "a=1 b=2 c=1 d=2 ");
	store_rollback(f->store);
	assert_slots(f, "a=1 b=1 c=1 ");
}

static void see_thread(void *to, const char *broadcast, int update, enum event_type event,
	const json_t *channels, const json_t *areas, bool waits)
{
	int *count = to;
	assert_false(waits);
	assert_int_equal(json_array_size(areas), 1);
	assert_string_equal(json_string_value(json_array_get(areas, 0)), "07204");
	assert_int_equal(update, ++*count);
	assert_int_equal(event, EVENT_ISSUED);
	assert_int_equal(json_array_size(channels), update == 1 ? 2 : 0);
	assert_true(strncmp(broadcast, ALERT, strlen(ALERT)) == 0);
}

static void threads_tell_their_channels(void **state)
{
	struct fixture *f = *state;
	int count = 0;
	fixture_add_broadcast(f, 1);
	fixture_add_broadcast(f, 2);
	struct store_delivery d = fixture_delivery(B1);
	fixture_add_delivery(f, &d);
	d.channel = "sms";
	fixture_add_delivery(f, &d);
	fixture_must(f,
		store_thread_each(
			f->store, ALERT_STATUS_ACTUAL, "tsunami/1", see_thread, &count, &f->e),
		"thread");
	assert_int_equal(count, 2);
	fixture_must(f,
		store_thread_each(
			f->store, ALERT_STATUS_TEST, "tsunami/1", see_thread, &count, &f->e),
		"thread");
	assert_int_equal(count, 2);
	char *json = store_broadcast_json(f->store, B1, &f->e);
	assert_non_null(json);
	assert_non_null(strstr(json, "\"津波警報\""));
	free(json);
	assert_null(store_broadcast_json(f->store, "none", &f->e));
	assert_int_equal(f->e.code, -ENOENT);
	/* no targets at all: nothing to do */
	assert_string_equal(fixture_state(f, D1), "done");
}

static void keep_waits(void *to, const char *broadcast, int update, enum event_type event,
	const json_t *channels, const json_t *areas, bool waits)
{
	(void)broadcast;
	(void)update;
	(void)event;
	(void)channels;
	(void)areas;
	*(bool *)to = waits;
}

static bool thread_waits(struct fixture *f)
{
	bool waits = false;
	fixture_must(f,
		store_thread_each(
			f->store, ALERT_STATUS_ACTUAL, "tsunami/1", keep_waits, &waits, &f->e),
		"thread");
	return waits;
}

/* The rules ask whether anybody was told: a broadcast held from the beginning was told to nobody,
 * one that staff stopped after its first batch was. */
static void held_and_not_yet_out_waits(void **state)
{
	struct fixture *f = *state;
	static const char *const targets[] = {"one", "two"};
	fixture_add_broadcast(f, 1);
	struct store_delivery d = fixture_delivery(B1);
	d.targets = targets;
	d.target_count = 2;
	fixture_add_delivery(f, &d);
	assert_false(thread_waits(f));
	assert_int_equal(store_hold(f->store, B1, "wait", at_ms(0), &f->e), 1);
	assert_true(thread_waits(f));
	assert_int_equal(store_release(f->store, B1, at_ms(0), &f->e), 1);
	assert_false(thread_waits(f));
	struct store_batch batch = fixture_claim(f, 1, 0);
	assert_int_equal(batch.count, 1);
	store_batch_clear(&batch);
	assert_int_equal(store_hold(f->store, B1, "stop", at_ms(0), &f->e), 1);
	assert_false(thread_waits(f));
}

static void pages_mask_addresses_and_leave_out(void **state)
{
	struct fixture *f = *state;
	fixture_add_broadcast(f, 1);
	fixture_add_people(f, "all", 250);
	const struct store_recipient made = {.id = "",
		.address = "taro@example.jp",
		.lang = "ja",
		.name = "",
		.categories = "",
		.areas = ""};
	fixture_must(f, store_put_recipient(f->store, "all", &made, &f->e), "put");
	struct store_delivery d = fixture_delivery(B1);
	d.audience_list = "all";
	fixture_add_delivery(f, &d);
	struct store_batch b = fixture_claim(f, 300, 0);
	assert_int_equal(b.count, 251);
	fixture_conclude_rest(f, &b, OUTCOME_PERMANENT, false, 0);
	store_batch_clear(&b);
	json_t *page = store_show(f->store, D1, &f->e);
	char *text = json_dumps(page, JSON_COMPACT);
	assert_null(strstr(text, "person000"));
	assert_null(strstr(text, "taro@"));
	assert_non_null(strstr(text, "\"pe***@example.jp\""));
	assert_non_null(strstr(text, "\"targets_left_out\":51"));
	assert_non_null(strstr(text, "\"error\":\"refused: try again\""));
	free(text);
	json_decref(page);
	json_t *totals = store_totals(f->store, &f->e);
	assert_int_equal(json_int(totals, "failed", -1), 251);
	assert_int_equal(json_int(totals, "alerts", -1), 1);
	assert_int_equal(json_int(totals, "unfinished", -1), 0);
	json_decref(totals);
	json_t *queue = store_queue_list(f->store, 10, &f->e);
	assert_int_equal(json_array_size(queue), 0);
	json_decref(queue);
	json_t *people = store_list_recipients(f->store, "all", "p000247", 10, &f->e);
	assert_int_equal(json_array_size(people), 3);
	json_decref(people);
}

static void pages_of_unknown_ids_do_not_exist(void **state)
{
	static const char *const ids[] = {"", "b", ALERT ".9", ALERT ".1/sms", "a'--", "/", "."};
	struct fixture *f = *state;
	fixture_add_broadcast(f, 1);
	fixture_add_alert(f, 2);
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		assert_null(store_show(f->store, ids[i], &f->e));
		assert_int_equal(f->e.code, -ENOENT);
	}
	assert_null(store_show(f->store, "a0000", &f->e)); /* two begin so */
	assert_int_equal(f->e.code, -ENOENT);
	bool settled;
	assert_int_equal(store_is_settled(f->store, "b", 0, &settled, &f->e), -ENOENT);
}

static void the_log_is_a_chain(void **state)
{
	struct fixture *f = *state;
	fixture_must(f, store_verify_log(f->store, &f->e), "empty");
	for (int i = 0; i < 5; i++) {
		fixture_must(
			f, store_log(f->store, at_ms(i), "sato", "release", B1, "", &f->e), "log");
	}
	fixture_must(f, store_verify_log(f->store, &f->e), "verify");
	json_t *list = store_log_list(f->store, B1, 2, &f->e);
	assert_int_equal(json_array_size(list), 2);
	assert_int_equal(json_int(json_array_get(list, 0), "seq", 0), 5);
	json_decref(list);
}

static void devices_and_values_are_kept(void **state)
{
	struct fixture *f = *state;
	char *value;
	fixture_must(f, store_get_value(f->store, "seq", &value, &f->e), "get");
	assert_string_equal(value, "");
	free(value);
	fixture_must(f, store_put_value(f->store, "seq", "1", &f->e), "put");
	fixture_must(f, store_put_value(f->store, "seq", "2", &f->e), "put");
	fixture_must(f,
		store_put_device(f->store, "siren", "s1", "{\"battery\":90}", at_ms(1), &f->e),
		"device");
	fixture_commit(f);
	fixture_reopen(f);
	fixture_must(f, store_get_value(f->store, "seq", &value, &f->e), "get");
	assert_string_equal(value, "2");
	free(value);
	json_t *list = store_list_devices(f->store, &f->e);
	json_t *device = json_array_get(list, 0);
	assert_int_equal(json_int(json_object_get(device, "state"), "battery", 0), 90);
	json_decref(list);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(alerts_are_found_by_digest),
		CASE(tombstones_cover_their_series),
		CASE(states_of_each_status_are_apart),
		CASE(states_follow_puts_and_rollbacks),
		CASE(threads_tell_their_channels),
		CASE(held_and_not_yet_out_waits),
		CASE(pages_mask_addresses_and_leave_out),
		CASE(pages_of_unknown_ids_do_not_exist),
		CASE(the_log_is_a_chain),
		CASE(devices_and_values_are_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
