/* SPDX-License-Identifier: Apache-2.0
 *
 * Batches as a driver reads them, and the registry of declarations.
 */
#include "base/json.h"
#include "channels/describe.h"
#include "channels/message.h"
#include "channels/registry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define BROADCAST                                                                                  \
	"{\"id\":\"b.1\",\"status\":\"actual\",\"kind\":\"tsunami.warning\",\"event\":\"issued\"," \
	"\"severity\":\"severe\",\"issued\":\"2026-11-20T14:30:00+09:00\","                        \
	"\"expires\":\"2026-11-20T15:30:00+09:00\",\"texts\":{\"ja\":{\"title\":\"津波\"}}}"

static json_t *make(const char *changes)
{
	json_t *message =
		json_loads("{\"op\":\"deliver\",\"delivery\":\"b.1/c\",\"attempt\":2,"
			   "\"deadline_ms\":5000,\"broadcast\":" BROADCAST
			   ",\"targets\":[{\"id\":\"one\",\"key\":\"k1\",\"area\":\"99201\"},"
			   "{\"id\":\"two\",\"key\":\"k2\",\"lang\":\"en\"}]}",
			0, NULL);
	json_t *change = json_loads(changes, 0, NULL);
	assert_non_null(message);
	assert_non_null(change);
	(void)json_object_update(message, change);
	json_decref(change);
	return message;
}

static int64_t frozen(void *data)
{
	(void)data;
	return 1000000;
}

static void test_reads_a_batch(void **state)
{
	(void)state;
	const struct clock_source source = {.wall_ms = frozen, .mono_ms = frozen};
	struct channel_message m;
	struct err e = {0};
	json_t *message = make("{}");
	clock_set_source(&source);
	assert_int_equal(channel_message_read(message, &m, &e), 0);
	clock_set_source(NULL);
	assert_string_equal(m.batch.delivery, "b.1/c");
	assert_int_equal(m.batch.attempt, 2);
	assert_int_equal(m.batch.deadline.ms, 1005000);
	assert_int_equal(m.batch.count, 2);
	assert_string_equal(m.batch.targets[0].area, "99201");
	assert_string_equal(m.batch.targets[0].lang, "");
	assert_string_equal(m.batch.targets[1].lang, "en");
	assert_string_equal(m.batch.broadcast->id, "b.1");
	channel_message_clear(&m);
	json_decref(message);
}

static const struct refusal {
	const char *name;
	const char *changes;
	const char *says;
} refusals[] = {
	{"no delivery", "{\"delivery\":null}", "delivery"},
	{"attempt 0", "{\"attempt\":0}", "attempt"},
	{"attempt beyond int", "{\"attempt\":3000000000}", "attempt"},
	{"deadline as text", "{\"deadline_ms\":\"5s\"}", "deadline_ms"},
	{"no targets", "{\"targets\":[]}", "targets"},
	{"targets no list", "{\"targets\":{}}", "targets"},
	{"second target without key", "{\"targets\":[{\"id\":\"a\",\"key\":\"k\"},{\"id\":\"b\"}]}",
		"targets[1]"},
	{"target named rest", "{\"targets\":[{\"id\":\"rest\",\"key\":\"k\"}]}", "rest"},
	{"address no text", "{\"targets\":[{\"id\":\"a\",\"key\":\"k\",\"address\":1}]}",
		"address"},
	{"no broadcast", "{\"broadcast\":null}", "broadcast"},
};

static void test_refuses_with_the_member_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct channel_message m;
		struct err e = {0};
		json_t *message = make(refusals[i].changes);
		if (channel_message_read(message, &m, &e) == 0 ||
			!strstr(e.text, refusals[i].says)) {
			fail_msg("%s: \"%s\"", refusals[i].name, e.text);
		}
		json_decref(message);
	}
}

static void test_registry(void **state)
{
	(void)state;
	assert_non_null(channel_registry[0]);
	for (size_t i = 0; channel_registry[i]; i++) {
		const struct channel_declaration *d = channel_registry[i];
		assert_int_equal(d->interface, CHANNEL_INTERFACE);
		assert_ptr_equal(channel_registry_find(d->name), d);
		assert_true(d->summary[0] && d->delivered[0] && d->batch_max > 0 && d->options);
		assert_true(strcmp(d->audience, "recipients") == 0 ||
			    strcmp(d->audience, "targets") == 0 ||
			    strcmp(d->audience, "single") == 0);
		const struct config_driver *known =
			channel_registry_drivers.find(d->name, channel_registry_drivers.data);
		assert_non_null(known);
		assert_ptr_equal(known->rows, d->options);
		assert_int_equal(known->batch_max, d->batch_max);
		json_t *object = channel_describe(d);
		assert_true(json_array_size(json_object_get(object, "options")) > 0);
		json_decref(object);
	}
	assert_null(channel_registry_find("pigeon"));
	assert_null(channel_registry_drivers.find("pigeon", NULL));
}

static const struct exec_case {
	const char *name;
	const char *options;
	int fails;
	const char *key;
} exec_cases[] = {
	{"absolute", "{\"command\":[\"/usr/bin/x\",\"-a\"]}", 0, ""},
	{"with settings", "{\"command\":[\"/x\"],\"settings\":{\"a\":1}}", 0, ""},
	{"relative", "{\"command\":[\"x\"]}", 1, "command"},
	{"empty", "{\"command\":[]}", 1, "command"},
	{"settings no table", "{\"command\":[\"/x\"],\"settings\":[1]}", 1, "settings"},
};

static void test_exec_options(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(exec_cases) / sizeof(exec_cases[0]); i++) {
		const struct exec_case *c = &exec_cases[i];
		struct err e = {0};
		const char *key = "";
		json_t *options = json_loads(c->options, 0, NULL);
		int rc = channel_exec.check(options, &key, &e);
		if ((rc != 0) != c->fails || (rc && strcmp(key, c->key) != 0)) {
			fail_msg("%s: %d %s", c->name, rc, key);
		}
		json_decref(options);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_a_batch),
		cmocka_unit_test(test_refuses_with_the_member_named),
		cmocka_unit_test(test_registry),
		cmocka_unit_test(test_exec_options),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
