/* SPDX-License-Identifier: Apache-2.0
 *
 * The hub's parts that need no process: breaker, retry times, metrics, roles.
 */
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/rand_id.h"
#include "dispatcher/breaker.h"
#include "dispatcher/metrics.h"
#include "dispatcher/retry.h"
#include "dispatcher/rights.h"
#include "dispatcher/texts.h"
#include "dispatcher/verbs.h"
#include "tests/cmocka_all.h"

#include <string.h>
#include <unistd.h>

static int64_t now_ms;

static int64_t read_now(void *data)
{
	(void)data;
	return now_ms;
}

static int fix_time(void **state)
{
	(void)state;
	static const struct clock_source source = {.wall_ms = read_now, .mono_ms = read_now};
	now_ms = 1000;
	clock_set_source(&source);
	return 0;
}

static int free_time(void **state)
{
	(void)state;
	clock_set_source(NULL);
	return 0;
}

static void test_breaker_opens_after_faults_in_a_row(void **state)
{
	(void)state;
	struct breaker b;
	breaker_init(&b, 3, 1000);
	assert_false(breaker_fault(&b, "relay away"));
	assert_false(breaker_fault(&b, "relay away"));
	assert_false(breaker_success(&b)); /* was not open */
	assert_false(breaker_fault(&b, "relay away"));
	assert_false(breaker_fault(&b, "relay away"));
	assert_true(breaker_fault(&b, "relay away"));
	assert_int_equal(breaker_wait_ms(&b), 1000);
	assert_string_equal(breaker_reason(&b), "relay away");
}

static void test_breaker_reopens_slowly(void **state)
{
	(void)state;
	struct breaker b;
	breaker_init(&b, 1, 1000);
	assert_true(breaker_fault(&b, "x"));
	assert_false(breaker_fault(&b, "a batch that was still out"));
	assert_int_equal(breaker_wait_ms(&b), 1000);
	now_ms += 1000;
	assert_true(breaker_is_probing(&b));
	assert_true(breaker_may_probe(&b));
	breaker_started(&b);
	assert_false(breaker_may_probe(&b));
	assert_true(breaker_fault(&b, "x"));
	breaker_ended(&b);
	assert_int_equal(breaker_wait_ms(&b), 2000);
	for (int i = 0; i < 20; i++) {
		now_ms += breaker_wait_ms(&b);
		assert_true(breaker_fault(&b, "x"));
	}
	assert_int_equal(breaker_wait_ms(&b), BREAKER_MAX_MS);
	now_ms += BREAKER_MAX_MS;
	assert_true(breaker_success(&b));
	assert_int_equal(breaker_wait_ms(&b), 0);
	assert_false(breaker_is_probing(&b));
}

static void test_breaker_forced_by_crashes(void **state)
{
	(void)state;
	struct breaker b;
	breaker_init(&b, 5, 1000);
	assert_true(breaker_force_open(&b, "the driver keeps dying"));
	assert_false(breaker_force_open(&b, "the driver keeps dying"));
	assert_int_equal(breaker_wait_ms(&b), 1000);
}

static void test_retry_grows_with_jitter(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int attempt;
		int64_t retry_after_s;
		int64_t least;
		int64_t most;
	} rows[] = {
		{"first", 1, 0, 1500, 2500},
		{"second", 2, 0, 3000, 5000},
		{"fifth", 5, 0, 24000, 40000},
		{"bounded", 30, 0, 45000, 75000},
		{"as the remote asked", 1, 10, 10000, 10000},
		{"the remote may not silence us", 1, 1000000, 3600000, 3600000},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bool differs = false;
		int64_t first = retry_delay_ms(rows[i].attempt, 2000, 60000, rows[i].retry_after_s);
		for (int k = 0; k < 200; k++) {
			int64_t delay =
				retry_delay_ms(rows[i].attempt, 2000, 60000, rows[i].retry_after_s);
			assert_in_range(delay, rows[i].least, rows[i].most);
			differs |= delay != first;
		}
		print_message("%s\n", rows[i].name);
		assert_int_equal(differs, rows[i].retry_after_s == 0);
	}
}

static void test_metrics_text(void **state)
{
	(void)state;
	struct metrics *m = metrics_new();
	struct buf out;
	buf_init(&out, 1 << 20);
	metrics_count(m, "hansho_outcomes_total", "channel=\"mail\",class=\"delivered\"", 3);
	metrics_count(m, "hansho_outcomes_total", "channel=\"mail\",class=\"delivered\"", 2);
	metrics_gauge(m, "hansho_breaker_open", "channel=\"mail\"", 1);
	metrics_time(m, "hansho_accept_seconds", "", 7);
	metrics_time(m, "hansho_accept_seconds", "", 700000);
	metrics_write(m, &out);
	static const char *const lines[] = {
		"hansho_outcomes_total{channel=\"mail\",class=\"delivered\"} 5\n",
		"hansho_breaker_open{channel=\"mail\"} 1\n",
		"# TYPE hansho_accept_seconds histogram\n",
		"hansho_accept_seconds_bucket{le=\"0.005\"} 0\n",
		"hansho_accept_seconds_bucket{le=\"0.01\"} 1\n",
		"hansho_accept_seconds_bucket{le=\"+Inf\"} 2\n",
		"hansho_accept_seconds_count 2\n",
	};
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		if (!strstr(buf_text(&out), lines[i])) {
			fail_msg("missing: %s", lines[i]);
		}
	}
	buf_clear(&out);
	metrics_free(m);
}

static void test_roles(void **state)
{
	(void)state;
	const char *users[] = {"nobody"};
	struct role_config roles[] = {
		{.name = "viewer", .users = {.list = users, .count = 1}},
		{.name = "operator", .users = {.list = users, .count = 1}},
	};
	struct config config = {.roles = roles, .role_count = 2};
	struct person person;
	rights_identify(&config, geteuid(), getegid(), &person);
	assert_int_equal(person.role, ROLE_ADMIN);
	rights_identify(&config, 65534, 65534, &person); /* nobody on Debian */
	assert_int_equal(person.role, ROLE_OPERATOR);
	rights_identify(&config, 54321, 54321, &person);
	assert_int_equal(person.role, ROLE_NONE);
	assert_string_equal(person.name, "uid 54321");
}

static void test_verbs_are_found_once(void **state)
{
	(void)state;
	for (const struct verb *v = verb_table; v->op; v++) {
		assert_ptr_equal(verb_find(v->op), v);
		assert_true(v->role > ROLE_NONE);
	}
	assert_null(verb_find("launch"));
}

static void put_text(struct texts *texts, const char *id, const char *json)
{
	struct err e = {0};
	json_t *object = json_read(json, strlen(json), &e);
	assert_non_null(object);
	texts_put(texts, id, mem_copy_text(json), object);
	json_decref(object);
}

static void test_shapes_go_to_those_who_read_them(void **state)
{
	(void)state;
	static const char shaped[] =
		"{\"status\":\"exercise\",\"areas\":["
		"{\"code\":\"07204\"},{\"name\":\"Pier\",\"polygon\":\"1,2\"}]}";
	static const char plain[] = "{\"status\":\"actual\",\"areas\":[{\"code\":\"07204\"}]}";
	struct err e = {0};
	struct texts *texts = texts_new(NULL);
	put_text(texts, "a.1", shaped);
	put_text(texts, "b.1", plain);
	const struct outgoing_text *text = texts_get(texts, "a.1", true, &e);
	assert_string_equal(text->json, shaped);
	assert_true(text->drill);
	text = texts_get(texts, "a.1", false, &e);
	assert_string_equal(text->json, "{\"status\":\"exercise\",\"areas\":["
					"{\"code\":\"07204\"},{\"name\":\"Pier\"}]}");
	assert_int_equal(text->size, strlen(text->json));
	assert_true(text->drill);
	text = texts_get(texts, "b.1", false, &e);
	assert_string_equal(text->json, plain);
	assert_false(text->drill);
	texts_free(texts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_breaker_opens_after_faults_in_a_row, fix_time, free_time),
		cmocka_unit_test_setup_teardown(test_breaker_reopens_slowly, fix_time, free_time),
		cmocka_unit_test_setup_teardown(
			test_breaker_forced_by_crashes, fix_time, free_time),
		cmocka_unit_test(test_retry_grows_with_jitter),
		cmocka_unit_test(test_metrics_text),
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_verbs_are_found_once),
		cmocka_unit_test(test_shapes_go_to_those_who_read_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
