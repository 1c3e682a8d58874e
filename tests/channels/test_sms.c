/* SPDX-License-Identifier: Apache-2.0
 *
 * What a text costs, what each dialect writes, how it reads the answer, and the pace.
 */
#include "base/json.h"
#include "base/mem.h"
#include "channels/sms/dialect.h"
#include "channels/sms/pace.h"
#include "channels/sms/size.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define JA_10	 "津波警報発表避難命令"
#define JA_60	 JA_10 JA_10 JA_10 JA_10 JA_10 JA_10
#define JA_70	 JA_60 JA_10
#define EN_10	 "Tsunami 3m"
#define EN_50	 EN_10 EN_10 EN_10 EN_10 EN_10
#define EN_160	 EN_50 EN_50 EN_50 EN_10
#define FACE	 "😀" /* a surrogate pair */
#define MARK	 "【訓練】"

static const struct size_case {
	const char *text;
	bool gsm;
	size_t units;
	size_t parts;
} sizes[] = {
	{"", true, 0, 1},
	{EN_160, true, 160, 1},
	{EN_160 "x", true, 161, 2},
	{EN_50 EN_50 EN_50 "123{", true, 155, 1},
	/* The escape of "{" as the 153rd septet goes to the next part with its letter. */
	{EN_50 EN_50 EN_50 "12{" EN_10, true, 164, 2},
	{EN_50 EN_50 EN_50 "12{" EN_50 EN_50 EN_50 "12", true, 306, 3},
	{"€[]", true, 6, 1},
	{"é\nÄ", true, 3, 1},
	{"ê", false, 1, 1},
	{JA_70, false, 70, 1},
	{JA_70 "。", false, 71, 2},
	{JA_70 JA_60 "1234", false, 134, 2},
	{JA_70 JA_60 "12345", false, 135, 3},
	{FACE, false, 2, 1},
	/* The pair does not fit as units 67 and 68: one part more than the sum says. */
	{JA_60 "123456" FACE JA_60 "123456", false, 134, 3},
};

static void test_sizes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		const struct size_case *c = &sizes[i];
		struct sms_size s = sms_size_of(c->text);
		if (s.gsm != c->gsm || s.units != c->units || s.parts != c->parts) {
			fail_msg("row %zu: gsm %d, %zu units, %zu parts", i, s.gsm, s.units,
				s.parts);
		}
	}
}

static struct broadcast *make(const char *title, const char *brief, const char *body)
{
	struct broadcast *b = broadcast_new();
	b->id = "0011.1";
	b->status = ALERT_STATUS_ACTUAL;
	b->kind = kind_find("tsunami.warning");
	b->texts = pool_take(b->pool, sizeof(*b->texts));
	b->texts[0] = (struct broadcast_text){
		.lang = "ja", .title = title, .brief = brief, .body = body, .speech = ""};
	b->text_count = 1;
	return b;
}

static const struct text_case {
	const char *name;
	const char *title;
	const char *brief;
	const char *body;
	bool drill;
	bool long_form;
	size_t max_parts;
	const char *expected;
} texts[] = {
	{"the short form", "題", "短い。", "長い。", false, false, 1, "短い。"},
	{"70 units alone", "題", JA_70, "長い。", false, false, 1, JA_70},
	{"71: the title", "題", JA_70 "。", "長い。", false, false, 1, "題"},
	{"71 in two parts", "題", JA_70 "。", "長い。", false, false, 2, JA_70 "。"},
	{"the body only when it is asked for", "題", "短い。", "長い。", false, false, 10,
		"短い。"},
	{"the long form", "題", "短い。", JA_70 JA_10, false, true, 2, JA_70 JA_10},
	{"the long form gives way", "題", "短い。", JA_70 JA_70, false, true, 2, "短い。"},
	{"the drill mark first", "題", "短い。", "長い。", true, false, 1, MARK "短い。"},
	{"the mark counts", "題", JA_60 "1234567", "長い。", true, false, 1, MARK "題"},
	{"160 septets alone", "T", EN_160, "", false, false, 1, EN_160},
	{"nothing to say: the kind", "", "", "", true, false, 1, NULL},
};

static void test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		const struct text_case *c = &texts[i];
		struct broadcast *b = make(c->title, c->brief, c->body);
		b->status = c->drill ? ALERT_STATUS_EXERCISE : ALERT_STATUS_ACTUAL;
		char *text = sms_text(b, "ja", c->long_form, c->max_parts);
		if (c->expected ? strcmp(text, c->expected) != 0
				: !strstr(text, b->kind->ja) || strncmp(text, MARK, strlen(MARK))) {
			fail_msg("%s: %s", c->name, text);
		}
		free(text);
		broadcast_free(b);
	}
}

/* Whatever is too long is cut to fit, marked, never inside a pair. */
static void test_cut_texts_always_fit(void **state)
{
	(void)state;
	char *faces = mem_new(4 * 500 + 1);
	for (size_t i = 0; i < 500; i++) {
		memcpy(faces + 4 * i, FACE, 4);
	}
	for (size_t parts = 1; parts <= SMS_PARTS_MAX; parts++) {
		struct broadcast *b = make(faces, faces, faces);
		b->status = ALERT_STATUS_EXERCISE;
		char *text = sms_text(b, "ja", true, parts);
		struct sms_size s = sms_size_of(text);
		assert_true(s.parts <= parts && s.units <= 660);
		assert_true(s.units + 4 > (parts == 1 ? 70 : parts * 66));
		assert_memory_equal(text, MARK FACE, strlen(MARK FACE));
		for (const char *at = text + strlen(MARK); strcmp(at, "…") != 0; at += 4) {
			assert_memory_equal(at, FACE, 4);
		}
		free(text);
		broadcast_free(b);
	}
	free(faces);
}

static const struct number_case {
	const char *address;
	const char *number; /* NULL: none */
} numbers[] = {
	{"09012345678", "09012345678"},
	{"+81 90-1234-5678", "+819012345678"},
	{"(090)12345678", "09012345678"},
	{"171", "171"},
	{"12345678901234567890", "12345678901234567890"},
	{"123456789012345678901", NULL},
	{"", NULL},
	{"+", NULL},
	{"12", NULL},
	{"090+1234", NULL},
	{"a@example.jp", NULL},
	{"090\n1234", NULL},
	{"０９０１２３４５６７８", NULL},
};

static void test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		char out[SMS_NUMBER_SIZE];
		bool ok = sms_number(numbers[i].address, out);
		if (ok != (numbers[i].number != NULL) || (ok && strcmp(out, numbers[i].number))) {
			fail_msg("%s: %s", numbers[i].address, ok ? out : "none");
		}
	}
}

static const struct sms_message message = {
	.to = "+819012345678",
	.text = "津波\"{to}\\&",
	.key = "00112233",
	.validity_s = 3599,
};

static void test_kannel_request(void **state)
{
	(void)state;
	struct sms_account a = {.url = "http://localhost:13013/cgi-bin/sendsms",
		.secret = "p&s=",
		.username = "u ser",
		.from = "",
		.smsc = "town",
		.dlr_url = "http://127.0.0.1/r?k={key}&s=%d",
		.dlr_mask = 19};
	struct sms_request r;
	sms_request_init(&r);
	sms_dialect_find("kannel")->write(&a, &message, &r);
	assert_false(r.failed);
	assert_string_equal(r.method, "GET");
	assert_string_equal(buf_text(&r.url),
		"http://localhost:13013/cgi-bin/sendsms?username=u%20ser&password=p%26s%3D"
		"&smsc=town&to=%2B819012345678&charset=UTF-8&coding=2&validity=59&dlr-mask=19"
		"&dlr-url=http%3A%2F%2F127.0.0.1%2Fr%3Fk%3D00112233%26s%3D%25d"
		"&text=%E6%B4%A5%E6%B3%A2%22%7Bto%7D%5C%26");
	sms_request_clear(&r);
	/* Less than a minute is a minute: 0 would be no limit at all. */
	struct sms_message last = message;
	last.validity_s = 5;
	last.gsm = true;
	a.dlr_url = "";
	sms_request_init(&r);
	sms_dialect_find("kannel")->write(&a, &last, &r);
	assert_non_null(strstr(buf_text(&r.url), "&coding=0&validity=1&text="));
	sms_request_clear(&r);
}

static json_t *parse(const char *text)
{
	struct err e = {0};
	json_t *value = json_read(text, strlen(text), &e);
	assert_non_null(value);
	return value;
}

static struct sms_account json_account(const json_t *body)
{
	return (struct sms_account){.url = "https://g.example.jp/v1",
		.secret = "tok",
		.method = "POST",
		.header = "X-Key",
		.scheme = "Key",
		.key_header = "Idempotency-Key",
		.body = body,
		.success_member = "status",
		.success_value = "0",
		.id_member = "id"};
}

static void test_json_request(void **state)
{
	(void)state;
	json_t *body = parse("{\"m\":[{\"to\":\"tel:{to}\",\"b\":\"{text}\",\"n\":1}],"
			     "\"ttl\":\"{validity_s}\",\"ref\":\"{id}/{validity_s}s\",\"t\":true}");
	struct sms_account a = json_account(body);
	struct sms_request r;
	sms_request_init(&r);
	sms_dialect_find("json")->write(&a, &message, &r);
	assert_false(r.failed);
	assert_string_equal(r.headers[0], "Content-Type: application/json");
	assert_string_equal(r.headers[1], "X-Key: Key tok");
	assert_string_equal(r.headers[2], "Idempotency-Key: 00112233");
	assert_null(r.headers[3]);
	json_t *sent = parse(buf_text(&r.body));
	json_t *wanted = parse("{\"m\":[{\"to\":\"tel:+819012345678\",\"b\":\"津波\\\"{to}\\\\&\","
			       "\"n\":1}],\"ttl\":3599,\"ref\":\"00112233/3599s\",\"t\":true}");
	assert_true(json_equal(sent, wanted));
	json_decref(sent);
	json_decref(wanted);
	sms_request_clear(&r);
	json_decref(body);
}

static void test_json_bodies(void **state)
{
	(void)state;
	static const struct {
		const char *body;
		const char *fault; /* NULL: fine */
	} rows[] = {
		{"{\"a\":\"{to} {text}\"}", NULL},
		{"[[\"{to}\"],{\"b\":\"{text} {} { to } {TO}\"}]", NULL},
		{"{\"a\":\"{to}\"}", "{to} and {text}"},
		{"{\"a\":\"{text}\"}", "{to} and {text}"},
		{"{\"a\":\"{to}{text}\",\"b\":[\"{number}\"]}", "{number}"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err e = {0};
		json_t *body = parse(rows[i].body);
		int rc = sms_body_check(body, &e);
		assert_int_equal(rc != 0, rows[i].fault != NULL);
		if (rows[i].fault && !strstr(e.text, rows[i].fault)) {
			fail_msg("%s: %s", rows[i].body, e.text);
		}
		json_decref(body);
	}
}

static const struct answer_case {
	const char *dialect;
	int status;
	const char *body;
	enum outcome_class class;
	enum outcome_scope scope;
	enum outcome_reason reason;
	const char *remote_id;
} answers[] = {
	{"kannel", 202, "0: Accepted for delivery", OUTCOME_DELIVERED, OUTCOME_SCOPE_TARGET,
		OUTCOME_REASON_NONE, ""},
	{"kannel", 202, "3: Queued for later delivery", OUTCOME_DELIVERED, OUTCOME_SCOPE_TARGET,
		OUTCOME_REASON_NONE, ""},
	{"kannel", 202, "", OUTCOME_DELIVERED, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_NONE, ""},
	{"kannel", 202, "<html>", OUTCOME_UNKNOWN, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_PROTOCOL,
		""},
	{"kannel", 200, "0: Accepted for delivery", OUTCOME_UNKNOWN, OUTCOME_SCOPE_TARGET,
		OUTCOME_REASON_PROTOCOL, ""},
	{"kannel", 400, "Empty receiver number not allowed, rejected", OUTCOME_PERMANENT,
		OUTCOME_SCOPE_TARGET, OUTCOME_REASON_REFUSED, ""},
	{"kannel", 403, "Not routable. Do not try again.", OUTCOME_PERMANENT, OUTCOME_SCOPE_TARGET,
		OUTCOME_REASON_TARGET, ""},
	{"kannel", 404, "Unknown request.", OUTCOME_PERMANENT, OUTCOME_SCOPE_TARGET,
		OUTCOME_REASON_REFUSED, ""},
	{"kannel", 403, "Authorization failed for sendsms", OUTCOME_PERMANENT,
		OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_AUTH, ""},
	{"kannel", 403, "", OUTCOME_PERMANENT, OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_AUTH, ""},
	{"kannel", 403, "Number(s) has/have been denied by white- and/or black-lists.",
		OUTCOME_PERMANENT, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_TARGET, ""},
	{"kannel", 503, "Temporal failure, try again later.", OUTCOME_TRANSIENT,
		OUTCOME_SCOPE_DESTINATION, OUTCOME_REASON_REFUSED, ""},
	{"kannel", 500, "Sending failed.", OUTCOME_UNKNOWN, OUTCOME_SCOPE_TARGET,
		OUTCOME_REASON_REFUSED, ""},
	{"json", 200, "{\"status\":0,\"id\":\"m1\"}", OUTCOME_DELIVERED, OUTCOME_SCOPE_TARGET,
		OUTCOME_REASON_NONE, "m1"},
	{"json", 201, "{\"status\":\"0\",\"id\":17}", OUTCOME_DELIVERED, OUTCOME_SCOPE_TARGET,
		OUTCOME_REASON_NONE, "17"},
	{"json", 200, "{\"status\":\"0\",\"id\":{}}", OUTCOME_DELIVERED, OUTCOME_SCOPE_TARGET,
		OUTCOME_REASON_NONE, ""},
	{"json", 200, "{\"status\":7,\"id\":\"m1\"}", OUTCOME_PERMANENT, OUTCOME_SCOPE_TARGET,
		OUTCOME_REASON_REFUSED, ""},
	{"json", 200, "{\"id\":\"m1\"}", OUTCOME_UNKNOWN, OUTCOME_SCOPE_TARGET,
		OUTCOME_REASON_PROTOCOL, ""},
	{"json", 200, "[0]", OUTCOME_UNKNOWN, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_PROTOCOL, ""},
	{"json", 200, "{\"status\":0", OUTCOME_UNKNOWN, OUTCOME_SCOPE_TARGET,
		OUTCOME_REASON_PROTOCOL, ""},
	{"json", 422, "{\"status\":0}", OUTCOME_PERMANENT, OUTCOME_SCOPE_TARGET,
		OUTCOME_REASON_CONTENT, ""},
	{"json", 429, "{}", OUTCOME_TRANSIENT, OUTCOME_SCOPE_DESTINATION, OUTCOME_REASON_RATE, ""},
};

static void test_answers(void **state)
{
	(void)state;
	struct sms_account a = json_account(NULL);
	for (size_t i = 0; i < COUNT(answers); i++) {
		const struct answer_case *c = &answers[i];
		const struct http_exchange x = {.end = HTTP_END_COMPLETE,
			.status = c->status,
			.request_bytes = 1,
			.text = c->body};
		struct outcome o;
		http_judge(&x, &o);
		sms_dialect_find(c->dialect)->judge(&a, c->status, c->body, &o);
		if (o.class != c->class || o.scope != c->scope || o.reason != c->reason ||
			strcmp(o.remote_id, c->remote_id) != 0) {
			fail_msg("%s %d %s: %s %s %s %s", c->dialect, c->status, c->body,
				outcome_class_name(o.class), outcome_scope_name(o.scope),
				outcome_reason_name(o.reason), o.remote_id);
		}
	}
}

/* Over any ten seconds no more than the burst and ten seconds' worth. */
static void test_pace(void **state)
{
	(void)state;
	struct pace p;
	struct mono_time now = {.ms = 1000};
	pace_init(&p, 30, 8, now);
	assert_int_equal(pace_take(&p, 100, now), 8);
	assert_int_equal(pace_take(&p, 100, now), 0);
	assert_int_equal(pace_wait_ms(&p), 34);
	now.ms += 34;
	assert_int_equal(pace_take(&p, 100, now), 1);
	size_t sum = 0;
	for (int i = 0; i < 10000; i++) {
		now.ms++;
		sum += pace_take(&p, 3, now);
	}
	assert_in_range(sum, 299, 300);
	now.ms += 1000000;
	assert_int_equal(pace_take(&p, 100, now), 8);
	pace_init(&p, 1, 8, now); /* slower than the burst: one at a time */
	assert_int_equal(pace_take(&p, 8, now), 1);
	assert_int_equal(pace_wait_ms(&p), 1000);
}

static void test_what_does_not_fit_is_failed(void **state)
{
	(void)state;
	json_t *body = parse("{\"a\":\"{to}{text}\"}");
	char *text = mem_new(40 * 1024);
	memset(text, 'a', 40 * 1024 - 1);
	struct sms_message m = message;
	struct sms_account a = json_account(body);
	struct sms_request r;
	m.text = text;
	sms_request_init(&r);
	sms_dialect_find("json")->write(&a, &m, &r);
	assert_true(r.failed);
	sms_request_clear(&r);
	sms_request_init(&r);
	sms_request_header(&r, "A", "", "b\r\nC: d");
	assert_true(r.failed);
	assert_int_equal(r.header_count, 0);
	sms_request_clear(&r);
	assert_null(sms_dialect_find("smpp"));
	free(text);
	json_decref(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_cut_texts_always_fit),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_kannel_request),
		cmocka_unit_test(test_json_request),
		cmocka_unit_test(test_json_bodies),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_pace),
		cmocka_unit_test(test_what_does_not_fit_is_failed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
