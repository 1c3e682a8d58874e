/* SPDX-License-Identifier: Apache-2.0
 *
 * The batch in hand: marks and reports in every order a driver may send them. What reaches the
 * store is proved on the running hub (tests/crash, tests/system).
 */
#include "base/json.h"
#include "dispatcher/batch.h"
#include "dispatcher/texts.h"
#include "tests/cmocka_all.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { TARGETS = 4 };

static void take(struct batch *b)
{
	struct store_batch claim = {.pool = pool_new(), .count = TARGETS, .attempt = 2};
	claim.delivery = "0123456789abcdef.1/mail";
	claim.broadcast = "0123456789abcdef.1";
	claim.targets = pool_take(claim.pool, TARGETS * sizeof(*claim.targets));
	for (size_t i = 0; i < TARGETS; i++) {
		claim.targets[i] = (struct store_target){
			.id = pool_printf(claim.pool, "t%zu", i),
			.address = "a@example.jp",
			.lang = i == 0 ? "en" : "",
			.area = "",
		};
	}
	*b = (struct batch){.held = false};
	batch_take(b, &claim);
	assert_int_equal(claim.count, 0); /* taken over */
}

static void test_targets_are_found_in_any_order(void **state)
{
	(void)state;
	static const size_t order[] = {0, 1, 2, 3, 2, 0, 3, 3, 1};
	struct batch b;
	take(&b);
	for (size_t i = 0; i < COUNT_OF(order); i++) {
		char id[16];
		(void)snprintf(id, sizeof(id), "t%zu", order[i]);
		assert_int_equal(batch_find(&b, id), order[i]);
	}
	assert_int_equal(batch_find(&b, "stranger"), BATCH_REST);
	batch_free(&b);
}

static void test_a_target_has_one_outcome(void **state)
{
	(void)state;
	const struct outcome delivered = {.class = OUTCOME_DELIVERED};
	struct batch b;
	take(&b);
	assert_int_equal(batch_report(&b, 1, &delivered), 0);
	assert_int_equal(batch_report(&b, 1, &delivered), -EALREADY);
	assert_false(batch_is_over(&b));
	assert_int_equal(batch_report(&b, BATCH_REST, &delivered), 0);
	assert_true(batch_is_over(&b));
	assert_int_equal(batch_report(&b, 2, &delivered), -EALREADY);
	assert_int_equal(batch_report(&b, BATCH_REST, &delivered), 0); /* nothing left to say */
	assert_int_equal(b.report_count, 2);
	assert_false(batch_conclude_by_marks(&b));
	batch_free(&b);
}

static void test_marks_decide_when_the_driver_dies(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		size_t marks[TARGETS];
		size_t mark_count;
		size_t reports; /* one per marked target, one for the rest */
	} rows[] = {
		{"nothing marked", {0}, 0, 1},
		{"some marked", {0, 2}, 2, 3},
		{"all marked", {0, 1, 2, 3}, 4, 1},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct batch b;
		take(&b);
		for (size_t k = 0; k < rows[i].mark_count; k++) {
			batch_mark(&b, rows[i].marks[k]);
		}
		print_message("%s\n", rows[i].name);
		assert_true(batch_conclude_by_marks(&b));
		assert_int_equal(b.report_count, rows[i].reports);
		assert_true(batch_is_over(&b));
		batch_free(&b);
	}
}

static void test_a_rolled_back_report_is_written_again(void **state)
{
	(void)state;
	const struct outcome delivered = {.class = OUTCOME_DELIVERED};
	struct batch b;
	take(&b);
	assert_int_equal(batch_report(&b, BATCH_REST, &delivered), 0);
	b.recording = b.report_count; /* as batch_record() leaves it */
	assert_false(batch_recorded(&b, false));
	assert_int_equal(b.recorded, 0);
	b.recording = b.report_count;
	assert_true(batch_recorded(&b, true));
	batch_drop(&b);
	assert_false(b.held);
	batch_free(&b);
}

static void test_message_is_what_the_protocol_says(void **state)
{
	(void)state;
	const char *languages[] = {"ja"};
	struct channel_config config = {
		.name = "mail", .languages = {.list = languages, .count = 1}};
	struct err e = {0};
	struct batch b;
	struct buf line;
	take(&b);
	buf_init(&line, 1 << 20);
	char json[] = "{\"id\":\"x\"}";
	const struct outgoing_text broadcast = {.json = json, .size = strlen(json)};
	batch_write(&b, &config, &broadcast, 1234, &line);
	json_t *message = json_read(line.data, line.size, &e);
	assert_non_null(message);
	assert_string_equal(json_text(message, "op", ""), "deliver");
	assert_string_equal(json_text(json_object_get(message, "broadcast"), "id", ""), "x");
	assert_int_equal(json_int(message, "deadline_ms", 0), 1234);
	assert_int_equal(json_int(message, "attempt", 0), 2);
	const json_t *targets = json_object_get(message, "targets");
	assert_int_equal(json_array_size(targets), TARGETS);
	assert_string_equal(json_text(json_array_get(targets, 0), "lang", ""), "en");
	assert_string_equal(json_text(json_array_get(targets, 3), "lang", ""), "ja");
	assert_int_equal(strlen(json_text(json_array_get(targets, 3), "key", "")), 32);
	json_decref(message);
	buf_reset(&line);
	batch_write(&b, &config, NULL, 1234, &line);
	message = json_read(line.data, line.size, &e);
	assert_true(json_is_null(json_object_get(message, "broadcast")));
	json_decref(message);
	buf_clear(&line);
	batch_free(&b);
}

static void test_texts_are_written_as_json(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"", "plain", "a\"b\\c", "\x01\n\x7F", "\u3042\U0001F6A8"};
	struct err e = {0};
	struct buf out;
	buf_init(&out, 1000);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		buf_reset(&out);
		(void)buf_add_text(&out, "[");
		json_write_text(&out, texts[i]);
		(void)buf_add_text(&out, "]");
		json_t *array = json_read(out.data, out.size, &e);
		assert_string_equal(json_string_value(json_array_get(array, 0)), texts[i]);
		json_decref(array);
	}
	buf_reset(&out);
	json_write_text(&out, "a\xFFz");
	assert_string_equal(buf_text(&out), "\"a\xEF\xBF\xBDz\"");
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_targets_are_found_in_any_order),
		cmocka_unit_test(test_a_target_has_one_outcome),
		cmocka_unit_test(test_marks_decide_when_the_driver_dies),
		cmocka_unit_test(test_a_rolled_back_report_is_written_again),
		cmocka_unit_test(test_message_is_what_the_protocol_says),
		cmocka_unit_test(test_texts_are_written_as_json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
