/* SPDX-License-Identifier: Apache-2.0
 *
 * The records in C against their contracts: there and back, and what is refused.
 */
#include "base/file.h"
#include "base/json.h"
#include "schemas/alert.h"
#include "schemas/broadcast.h"
#include "schemas/outcome.h"
#include "tests/cmocka_all.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *read_sample(const char *folder, const char *name)
{
	char path[512];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	struct err e = {0};
	char *text;
	size_t size;
	assert_int_equal(file_read(path, 1 << 20, &text, &size, &e), 0);
	json_t *value = json_read(text, size, &e);
	free(text);
	assert_non_null(value);
	return value;
}

static int each_sample(const char *folder, void (*check)(const char *name, const json_t *value))
{
	int count = 0;
	DIR *dir = opendir(folder);
	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir));) {
		if (entry->d_name[0] == '.') {
			continue;
		}
		json_t *value = read_sample(folder, entry->d_name);
		check(entry->d_name, value);
		json_decref(value);
		count++;
	}
	(void)closedir(dir);
	return count;
}

static void there_and_back(const char *name, const json_t *value)
{
	struct err e = {0};
	struct alert *a = alert_from_json(value, &e);
	if (!a) {
		fail_msg("%s: %s", name, e.text);
	}
	json_t *first = alert_to_json(a);
	struct alert *b = alert_from_json(first, &e);
	json_t *second = alert_to_json(b);
	assert_true(json_equal(first, second));
	json_decref(first);
	json_decref(second);
	alert_free(a);
	alert_free(b);
}

static void is_refused(const char *name, const json_t *value)
{
	struct err e = {0};
	struct alert *a = alert_from_json(value, &e);
	if (a) {
		fail_msg("%s was taken", name);
	}
	assert_true(e.text[0] != '\0');
}

static void test_alert_samples(void **state)
{
	(void)state;
	assert_true(each_sample(SOURCE_DIR "/schemas/samples/alert/good", there_and_back) > 0);
	assert_true(each_sample(SOURCE_DIR "/schemas/samples/alert/bad", is_refused) > 0);
}

static void test_alert_text_choice(void **state)
{
	(void)state;
	struct alert *a = alert_new();
	alert_add_text(a, &a->headline, "en-US", "english");
	alert_add_text(a, &a->headline, "ja", "日本語");
	assert_string_equal(alert_text_in(&a->headline, "ja"), "日本語");
	assert_string_equal(alert_text_in(&a->headline, "en"), "english");
	assert_string_equal(alert_text_in(&a->headline, "EN-us"), "english");
	assert_string_equal(alert_text_in(&a->headline, "ko"), "english");
	assert_string_equal(alert_text_in(&a->description, "ko"), "");
	alert_free(a);
}

static void test_kind_table(void **state)
{
	(void)state;
	size_t count;
	const struct kind *kinds = kind_table(&count);
	assert_true(count >= 50);
	for (size_t i = 0; i < count; i++) {
		assert_ptr_equal(kind_find(kinds[i].name), &kinds[i]); /* no name twice */
		assert_true(kinds[i].fresh_ms > 0);
		assert_true(kinds[i].ja[0] && kinds[i].en[0] && kinds[i].category[0]);
	}
	assert_null(kind_find("tsunami"));
	assert_true(kind_matches("tsunami.*", "tsunami.warning"));
	assert_true(kind_matches("*", "city.notice"));
	assert_false(kind_matches("tsunami.*", "weather.rain"));
	assert_false(kind_matches("tsunami.warning", "tsunami.warning_x"));
}

static void test_zero_values_are_the_safe_ones(void **state)
{
	(void)state;
	struct outcome o = {0};
	assert_int_equal(o.class, OUTCOME_UNKNOWN);
	assert_string_equal(alert_status_name((enum alert_status)0), "test");
	enum alert_status status = ALERT_STATUS_TEST;
	assert_int_equal(alert_status_parse("Actual", &status), -EINVAL);
	assert_int_equal(status, ALERT_STATUS_TEST);
}

static void test_outcome_there_and_back(void **state)
{
	(void)state;
	struct err e = {0};
	struct outcome o = {.class = OUTCOME_TRANSIENT,
		.scope = OUTCOME_SCOPE_CHANNEL,
		.reason = OUTCOME_REASON_RATE,
		.code = 429,
		.retry_after_s = 30,
		.duration_ms = 12};
	outcome_set_text(&o, "slow\r\ndown");
	json_t *object = json_object();
	outcome_to_json(&o, object);
	struct outcome back;
	assert_int_equal(outcome_from_json(object, &back, &e), 0);
	assert_int_equal(back.class, OUTCOME_TRANSIENT);
	assert_int_equal(back.scope, OUTCOME_SCOPE_CHANNEL);
	assert_int_equal(back.reason, OUTCOME_REASON_RATE);
	assert_int_equal(back.retry_after_s, 30);
	assert_string_equal(back.text, "slow  down");
	json_object_del(object, "class");
	assert_int_equal(outcome_from_json(object, &back, &e), -EINVAL);
	assert_int_equal(back.class, OUTCOME_UNKNOWN);
	json_decref(object);
}

static void test_delivery_keys_are_stable(void **state)
{
	(void)state;
	char one[DELIVERY_KEY_SIZE];
	char two[DELIVERY_KEY_SIZE];
	delivery_key("0123456789abcdef.1", "mail", "a@example.jp", one);
	delivery_key("0123456789abcdef.1", "mail", "a@example.jp", two);
	assert_string_equal(one, two);
	delivery_key("0123456789abcdef.1", "mail", "b@example.jp", two);
	assert_string_not_equal(one, two);
	assert_int_equal(strlen(one), 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alert_samples),
		cmocka_unit_test(test_alert_text_choice),
		cmocka_unit_test(test_kind_table),
		cmocka_unit_test(test_zero_values_are_the_safe_ones),
		cmocka_unit_test(test_outcome_there_and_back),
		cmocka_unit_test(test_delivery_keys_are_stable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
