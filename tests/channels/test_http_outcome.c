/* SPDX-License-Identifier: Apache-2.0
 *
 * What an HTTP exchange means, a row per case; and which addresses may be called at all.
 */
#include "net/http_client.h"
#include "net/http_outcome.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER(N)                                                                                  \
	{                                                                                          \
		.end = HTTP_END_COMPLETE, .status = (N), .request_bytes = 900                      \
	}
#define NOTHING(END)                                                                               \
	{                                                                                          \
		.end = (END), .request_bytes = 0                                                   \
	}
#define SENT(END)                                                                                  \
	{                                                                                          \
		.end = (END), .request_bytes = 900                                                 \
	}
#define TARGET	    OUTCOME_SCOPE_TARGET
#define DESTINATION OUTCOME_SCOPE_DESTINATION
#define CHANNEL	    OUTCOME_SCOPE_CHANNEL

static const struct row {
	const char *name;
	struct http_exchange exchange;
	enum outcome_class class;
	enum outcome_scope scope;
	enum outcome_reason reason;
} rows[] = {
	{"200", ANSWER(200), OUTCOME_DELIVERED, TARGET, OUTCOME_REASON_NONE},
	{"201", ANSWER(201), OUTCOME_DELIVERED, TARGET, OUTCOME_REASON_NONE},
	{"202", ANSWER(202), OUTCOME_DELIVERED, TARGET, OUTCOME_REASON_NONE},
	{"204", ANSWER(204), OUTCOME_DELIVERED, TARGET, OUTCOME_REASON_NONE},
	{"299", ANSWER(299), OUTCOME_DELIVERED, TARGET, OUTCOME_REASON_NONE},
	{"300", ANSWER(300), OUTCOME_PERMANENT, TARGET, OUTCOME_REASON_REFUSED},
	{"301", ANSWER(301), OUTCOME_PERMANENT, TARGET, OUTCOME_REASON_REFUSED},
	{"302", ANSWER(302), OUTCOME_PERMANENT, TARGET, OUTCOME_REASON_REFUSED},
	{"304", ANSWER(304), OUTCOME_PERMANENT, TARGET, OUTCOME_REASON_REFUSED},
	{"307", ANSWER(307), OUTCOME_PERMANENT, TARGET, OUTCOME_REASON_REFUSED},
	{"308", ANSWER(308), OUTCOME_PERMANENT, TARGET, OUTCOME_REASON_REFUSED},
	{"400", ANSWER(400), OUTCOME_PERMANENT, TARGET, OUTCOME_REASON_REFUSED},
	{"401", ANSWER(401), OUTCOME_PERMANENT, CHANNEL, OUTCOME_REASON_AUTH},
	{"403", ANSWER(403), OUTCOME_PERMANENT, CHANNEL, OUTCOME_REASON_AUTH},
	{"404", ANSWER(404), OUTCOME_PERMANENT, TARGET, OUTCOME_REASON_REFUSED},
	{"405", ANSWER(405), OUTCOME_PERMANENT, TARGET, OUTCOME_REASON_REFUSED},
	{"408", ANSWER(408), OUTCOME_TRANSIENT, DESTINATION, OUTCOME_REASON_TIMEOUT},
	{"409", ANSWER(409), OUTCOME_PERMANENT, TARGET, OUTCOME_REASON_REFUSED},
	{"410", ANSWER(410), OUTCOME_PERMANENT, TARGET, OUTCOME_REASON_REFUSED},
	{"413", ANSWER(413), OUTCOME_PERMANENT, TARGET, OUTCOME_REASON_CONTENT},
	{"422", ANSWER(422), OUTCOME_PERMANENT, TARGET, OUTCOME_REASON_CONTENT},
	{"425", ANSWER(425), OUTCOME_TRANSIENT, DESTINATION, OUTCOME_REASON_RATE},
	{"429", ANSWER(429), OUTCOME_TRANSIENT, DESTINATION, OUTCOME_REASON_RATE},
	{"499", ANSWER(499), OUTCOME_PERMANENT, TARGET, OUTCOME_REASON_REFUSED},
	{"500", ANSWER(500), OUTCOME_UNKNOWN, TARGET, OUTCOME_REASON_REFUSED},
	{"501", ANSWER(501), OUTCOME_UNKNOWN, TARGET, OUTCOME_REASON_PROTOCOL},
	{"502", ANSWER(502), OUTCOME_UNKNOWN, TARGET, OUTCOME_REASON_REFUSED},
	{"503", ANSWER(503), OUTCOME_TRANSIENT, DESTINATION, OUTCOME_REASON_REFUSED},
	{"504", ANSWER(504), OUTCOME_UNKNOWN, TARGET, OUTCOME_REASON_TIMEOUT},
	{"599", ANSWER(599), OUTCOME_UNKNOWN, TARGET, OUTCOME_REASON_PROTOCOL},
	{"a status no standard knows", ANSWER(999), OUTCOME_UNKNOWN, TARGET,
		OUTCOME_REASON_PROTOCOL},
	{"200, then the body broke off",
		{.end = HTTP_END_BROKEN, .status = 200, .request_bytes = 900}, OUTCOME_DELIVERED,
		TARGET, OUTCOME_REASON_NONE},
	{"404, then time ran out", {.end = HTTP_END_TIMEOUT, .status = 404, .request_bytes = 900},
		OUTCOME_PERMANENT, TARGET, OUTCOME_REASON_REFUSED},
	{"100 and silence", {.end = HTTP_END_TIMEOUT, .status = 100, .request_bytes = 900},
		OUTCOME_UNKNOWN, TARGET, OUTCOME_REASON_TIMEOUT},
	{"102 and the end", {.end = HTTP_END_BROKEN, .status = 102, .request_bytes = 900},
		OUTCOME_UNKNOWN, TARGET, OUTCOME_REASON_PROTOCOL},
	{"no connection", NOTHING(HTTP_END_UNREACHABLE), OUTCOME_TRANSIENT, DESTINATION,
		OUTCOME_REASON_UNREACHABLE},
	{"no connection in time", NOTHING(HTTP_END_TIMEOUT), OUTCOME_TRANSIENT, DESTINATION,
		OUTCOME_REASON_TIMEOUT},
	{"not who it should be", NOTHING(HTTP_END_TLS), OUTCOME_TRANSIENT, DESTINATION,
		OUTCOME_REASON_AUTH},
	{"broken before a byte", NOTHING(HTTP_END_BROKEN), OUTCOME_TRANSIENT, DESTINATION,
		OUTCOME_REASON_PROTOCOL},
	{"sent, silence", SENT(HTTP_END_TIMEOUT), OUTCOME_UNKNOWN, TARGET, OUTCOME_REASON_TIMEOUT},
	{"sent, broken", SENT(HTTP_END_BROKEN), OUTCOME_UNKNOWN, TARGET, OUTCOME_REASON_PROTOCOL},
	{"sent, TLS fault", SENT(HTTP_END_TLS), OUTCOME_UNKNOWN, TARGET, OUTCOME_REASON_PROTOCOL},
	{"one byte sent is sent", {.end = HTTP_END_TIMEOUT, .request_bytes = 1}, OUTCOME_UNKNOWN,
		TARGET, OUTCOME_REASON_TIMEOUT},
	{"our own fault", NOTHING(HTTP_END_LOCAL), OUTCOME_PERMANENT, CHANNEL,
		OUTCOME_REASON_CONFIG},
	{"no fault of ours once something was sent", SENT(HTTP_END_LOCAL), OUTCOME_UNKNOWN, TARGET,
		OUTCOME_REASON_PROTOCOL},
	{"a forgotten exchange that sent something", {.request_bytes = 5}, OUTCOME_UNKNOWN, TARGET,
		OUTCOME_REASON_PROTOCOL},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct outcome o;
		http_judge(&rows[i].exchange, &o);
		if (o.class != rows[i].class || o.scope != rows[i].scope ||
			o.reason != rows[i].reason || o.code != rows[i].exchange.status) {
			fail_msg("%s: %s %s %s %d", rows[i].name, outcome_class_name(o.class),
				outcome_scope_name(o.scope), outcome_reason_name(o.reason), o.code);
		}
	}
}

static void test_what_the_remote_said_is_kept(void **state)
{
	(void)state;
	struct outcome o;
	const struct http_exchange x = {.end = HTTP_END_COMPLETE,
		.status = 503,
		.request_bytes = 1,
		.retry_after_s = 120,
		.duration_ms = 33,
		.text = "too\r\nbusy\x1b"};
	http_judge(&x, &o);
	assert_int_equal(o.retry_after_s, 120);
	assert_int_equal(o.duration_ms, 33);
	assert_string_equal(o.text, "too  busy");
}

static const struct {
	const char *name;
	const char *url;
	const char *fault; /* NULL: allowed */
} urls[] = {
	{"https", "https://api.example.jp/v1", NULL},
	{"this machine", "http://127.0.0.1:8080/", NULL},
	{"this machine, other address", "http://127.8.9.1/", NULL},
	{"this machine by name", "http://localhost:1/x", NULL},
	{"this machine, IPv6", "http://[::1]:1/x", NULL},
	{"clear text to the net", "http://api.example.jp/", "must be https"},
	{"a name that begins like this machine", "http://127.example.jp/", "must be https"},
	{"a name that begins like localhost", "http://localhost.example.jp/", "must be https"},
	{"file", "file:///etc/passwd", "is no URL"},
	{"ftp", "ftp://127.0.0.1/", "must be https"},
	{"a password inside", "https://a:b@api.example.jp/", "must not hold a user name"},
	{"nothing", "", "is no URL"},
};

static void test_urls(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct err e = {0};
		int rc = http_check_url(urls[i].url, &e);
		if ((rc == 0) != (urls[i].fault == NULL) ||
			(urls[i].fault && !strstr(e.text, urls[i].fault))) {
			fail_msg("%s: %d %s", urls[i].name, rc, e.text);
		}
	}
}

static void never(void *data, size_t index)
{
	(void)index;
	(*(int *)data)++;
}

static void test_a_deadline_that_has_passed_sends_nothing(void **state)
{
	(void)state;
	struct err e = {0};
	struct http_client *c = http_client_new(&e);
	struct http_settings s;
	json_t *options = json_object();
	http_settings_read(&s, options, options, false);
	struct http_request r = {.settings = &s,
		.method = "POST",
		.url = "http://127.0.0.1:9/",
		.body = "x",
		.body_size = 1};
	int marks = 0;
	http_client_run(c, &r, 1, mono_time_add(clock_mono_now(), -5), never, &marks);
	struct outcome o;
	http_judge(&r.exchange, &o);
	assert_int_equal(marks, 1);
	assert_int_equal(o.class, OUTCOME_TRANSIENT);
	assert_int_equal(o.reason, OUTCOME_REASON_TIMEOUT);
	buf_clear(&r.response);
	http_client_run(c, NULL, 0, clock_mono_now(), never, &marks);
	assert_int_equal(marks, 1);
	http_settings_clear(&s);
	json_decref(options);
	http_client_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_what_the_remote_said_is_kept),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_a_deadline_that_has_passed_sends_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
