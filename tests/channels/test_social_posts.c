/* SPDX-License-Identifier: Apache-2.0
 *
 * What each dialect writes and how it reads the answer.
 */
#include "base/digest.h"
#include "base/json.h"
#include "base/mem.h"
#include "channels/social/dialect.h"
#include "channels/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define ISSUED	   ((struct wall_time){.ms = 1795152600000}) /* 2026-11-20T14:30:00+09:00 */
#define TAIL	   "\n（第1報 11月20日14:30）"
#define KANJI_10   "津波警報発表避難命令"
#define KANJI_50   KANJI_10 KANJI_10 KANJI_10 KANJI_10 KANJI_10
#define ZERO_WIDTH "\u200B"
#define MARK	   "【訓練】"
#define X_LIMIT	   280

static struct broadcast *make(const char *title, const char *brief, const char *body)
{
	struct broadcast *b = broadcast_new();
	b->id = "0011.1";
	b->alert = "0011";
	b->thread = "t";
	b->status = ALERT_STATUS_ACTUAL;
	b->kind = kind_find("tsunami.warning");
	b->update = 1;
	b->issued = ISSUED;
	b->expires = (struct wall_time){.ms = ISSUED.ms + 3600000};
	b->texts = pool_take(b->pool, sizeof(*b->texts));
	b->texts[0] = (struct broadcast_text){
		.lang = "ja", .title = title, .brief = brief, .body = body, .speech = ""};
	b->text_count = 1;
	return b;
}

static const struct channel_target target = {
	.id = "post", .key = "00112233445566778899aabbccddeeff"};

static struct account account(void)
{
	static char token[] = "token";
	static char secret[] = "0123456789abcdef01234567";
	static char key[] = "a";
	return (struct account){.url = "https://s.example.jp",
		.language = "ja",
		.visibility = "unlisted",
		.limit = 500,
		.token = token,
		.secret = secret,
		.secret_size = 24,
		.consumer_key = key,
		.consumer_secret = key,
		.access_token = key,
		.access_secret = key};
}

static const struct text_case {
	const char *name;
	const char *title;
	const char *brief;
	const char *body;
	enum alert_status status;
	int measure;
	size_t limit;
	const char *expected;
} texts[] = {
	{"body, update and time", "津波警報", "短い。", "高台へ。", ALERT_STATUS_ACTUAL,
		TEXT_X_WEIGHT, X_LIMIT, "高台へ。" TAIL},
	{"drill", "津波警報", "短い。", "高台へ。", ALERT_STATUS_EXERCISE, TEXT_X_WEIGHT, X_LIMIT,
		MARK "高台へ。" TAIL},
	{"too heavy: the shorter form", "津波警報", "短い。", KANJI_50 KANJI_50 KANJI_50,
		ALERT_STATUS_ACTUAL, TEXT_X_WEIGHT, X_LIMIT, "短い。" TAIL},
	{"the same length is fine for Mastodon", "津波警報", "短い。", KANJI_50 KANJI_50 KANJI_50,
		ALERT_STATUS_ACTUAL, TEXT_CHARACTERS, 500, KANJI_50 KANJI_50 KANJI_50 TAIL},
	{"a call becomes plain text", "t", "s", "@mayor へ", ALERT_STATUS_ACTUAL, TEXT_CHARACTERS,
		500, "@" ZERO_WIDTH "mayor へ" TAIL},
	{"a call after kanji", "t", "s", "市長@mayor", ALERT_STATUS_ACTUAL, TEXT_CHARACTERS, 500,
		"市長@" ZERO_WIDTH "mayor" TAIL},
	{"a call with the wide sign", "t", "s", "＠mayor", ALERT_STATUS_ACTUAL, TEXT_CHARACTERS,
		500, "＠" ZERO_WIDTH "mayor" TAIL},
	{"a mail address calls nobody", "t", "s", "a@example.jp", ALERT_STATUS_ACTUAL,
		TEXT_CHARACTERS, 500, "a@example.jp" TAIL},
	{"a sign alone", "t", "s", "@ 10時", ALERT_STATUS_ACTUAL, TEXT_CHARACTERS, 500,
		"@ 10時" TAIL},
	{"markdown and HTML are only letters", "t", "s", "*a* _b_ `c` <d> & [e](f)",
		ALERT_STATUS_ACTUAL, TEXT_CHARACTERS, 500, "*a* _b_ `c` <d> & [e](f)" TAIL},
};

static void test_texts(void **state)
{
	(void)state;
	struct account a = account();
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct broadcast *b = make(texts[i].title, texts[i].brief, texts[i].body);
		b->status = texts[i].status;
		char *text = post_text(&a, b, texts[i].measure, texts[i].limit);
		if (strcmp(text, texts[i].expected) != 0) {
			fail_msg("%s: %s", texts[i].name, text);
		}
		free(text);
		broadcast_free(b);
	}
}

static void test_updates_never_have_the_same_words(void **state)
{
	(void)state;
	struct account a = account();
	struct broadcast *b = make("t", "s", "高台へ。");
	b->update = 12;
	b->issued.ms += 86400000LL * 45; /* 4 January */
	char *text = post_text(&a, b, TEXT_X_WEIGHT, X_LIMIT);
	assert_string_equal(text, "高台へ。\n（第12報 1月4日14:30）");
	free(text);
	a.language = "en";
	text = post_text(&a, b, TEXT_X_WEIGHT, X_LIMIT);
	assert_string_equal(text, "高台へ。\n(No. 12, 2027-01-04 14:30 JST)");
	free(text);
	broadcast_free(b);
}

/* All forms too long: cut, marked, and still within the limit with update and time. */
static void test_the_limit_always_holds(void **state)
{
	(void)state;
	struct account a = account();
	struct broadcast *b = make(KANJI_50 KANJI_50 KANJI_50, KANJI_50 KANJI_50 KANJI_50 KANJI_10,
		KANJI_50 KANJI_50 KANJI_50 KANJI_50);
	b->status = ALERT_STATUS_EXERCISE;
	for (size_t limit = 50; limit <= X_LIMIT; limit++) {
		char *text = post_text(&a, b, TEXT_X_WEIGHT, limit);
		assert_true(text_length(text, TEXT_X_WEIGHT) <= limit);
		assert_memory_equal(text, MARK, strlen(MARK));
		assert_non_null(strstr(text, TAIL));
		free(text);
	}
	broadcast_free(b);
}

static const char *header_of(const struct post *p, const char *name)
{
	size_t size = strlen(name);
	for (size_t i = 0; i < p->header_count; i++) {
		if (strncmp(p->headers[i], name, size) == 0 &&
			strncmp(p->headers[i] + size, ": ", 2) == 0) {
			return p->headers[i] + size + 2;
		}
	}
	fail_msg("no header %s", name);
	return "";
}

static struct post write_post(const struct account *a, const char *dialect, struct broadcast *b)
{
	struct post p;
	post_init(&p);
	dialect_find(dialect)->write(a, b, &target, (struct wall_time){.ms = 1614265330999}, &p);
	return p;
}

static json_t *body_of(const struct post *p)
{
	struct err e = {0};
	json_t *object = json_read(buf_text(&p->body), p->body.size, &e);
	assert_non_null(object);
	return object;
}

static void test_mastodon_request(void **state)
{
	(void)state;
	struct account a = account();
	struct broadcast *b = make("t", "s", "\"高台\"へ\\。");
	struct post p = write_post(&a, "mastodon", b);
	assert_string_equal(p.url, "https://s.example.jp/api/v1/statuses");
	assert_string_equal(header_of(&p, "Authorization"), "Bearer token");
	assert_string_equal(header_of(&p, "Idempotency-Key"), target.key);
	json_t *body = body_of(&p);
	assert_string_equal(json_text(body, "status", ""), "\"高台\"へ\\。" TAIL);
	assert_string_equal(json_text(body, "visibility", ""), "unlisted");
	assert_string_equal(json_text(body, "language", ""), "ja");
	json_decref(body);
	post_clear(&p);
	broadcast_free(b);
}

static void test_x_request(void **state)
{
	(void)state;
	struct account a = account();
	struct broadcast *b = make("t", "s", "か\u3099 高台へ。");
	struct post p = write_post(&a, "x", b);
	struct post again = write_post(&a, "x", b);
	assert_string_equal(p.url, "https://s.example.jp/2/tweets");
	assert_memory_equal(header_of(&p, "Authorization"), "OAuth oauth_consumer_key=\"a\"", 28);
	assert_string_not_equal(header_of(&p, "Authorization"), header_of(&again, "Authorization"));
	json_t *body = body_of(&p);
	assert_true(text_length(json_text(body, "text", ""), TEXT_X_WEIGHT) <= X_LIMIT);
	json_decref(body);
	post_clear(&p);
	post_clear(&again);
	broadcast_free(b);
}

static void test_webhook_request(void **state)
{
	(void)state;
	struct account a = account();
	a.url = "https://s.example.jp/hook/";
	struct broadcast *b = make("t", "s", "高台へ。");
	struct post p = write_post(&a, "webhook", b);
	char expected[8 + WEBHOOK_SIGNATURE_SIZE] = "v1,";
	webhook_signature(a.secret, a.secret_size, target.key, "1614265330", &p.body, expected + 3);
	assert_string_equal(p.url, a.url);
	assert_string_equal(header_of(&p, "webhook-id"), target.key);
	assert_string_equal(header_of(&p, "webhook-timestamp"), "1614265330");
	assert_string_equal(header_of(&p, "webhook-signature"), expected);
	json_t *body = body_of(&p);
	assert_string_equal(json_text(body, "type", ""), "hansho.broadcast");
	assert_string_equal(json_text(body, "timestamp", ""), "2026-11-20T14:30:00+09:00");
	assert_string_equal(json_text(json_object_get(body, "data"), "id", ""), "0011.1");
	json_decref(body);
	post_clear(&p);
	broadcast_free(b);
}

/* The example of the Standard Webhooks specification's own libraries. */
static void test_webhook_signature_vector(void **state)
{
	(void)state;
	static const char secret[] = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
	unsigned char raw[sizeof(secret)];
	size_t size;
	char out[WEBHOOK_SIGNATURE_SIZE];
	struct buf body;
	assert_int_equal(base64_decode(secret, strlen(secret), raw, &size), 0);
	buf_init(&body, 100);
	(void)buf_add_text(&body, "{\"test\": 2432232314}");
	webhook_signature(raw, size, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", &body, out);
	assert_string_equal(out, "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
	buf_clear(&body);
}

static const struct answer_case {
	const char *name;
	const char *dialect;
	int status;
	const char *body;
	enum outcome_class class;
	enum outcome_scope scope;
	enum outcome_reason reason;
	const char *remote_id;
} answers[] = {
	{"mastodon: the id", "mastodon", 200, "{\"id\":\"7\"}", OUTCOME_DELIVERED,
		OUTCOME_SCOPE_TARGET, OUTCOME_REASON_NONE, "7"},
	{"mastodon: taken, answer unreadable", "mastodon", 200, "<html>", OUTCOME_DELIVERED,
		OUTCOME_SCOPE_TARGET, OUTCOME_REASON_NONE, ""},
	{"mastodon: 403 is no duplicate", "mastodon", 403, "duplicate content", OUTCOME_PERMANENT,
		OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_AUTH, ""},
	{"x: the id", "x", 201, "{\"data\":{\"id\":\"14\"}}", OUTCOME_DELIVERED,
		OUTCOME_SCOPE_TARGET, OUTCOME_REASON_NONE, "14"},
	{"x: duplicate", "x", 403, "{\"detail\":\"... Duplicate Content.\"}", OUTCOME_DELIVERED,
		OUTCOME_SCOPE_TARGET, OUTCOME_REASON_DUPLICATE, ""},
	{"x: forbidden", "x", 403, "{\"detail\":\"suspended\"}", OUTCOME_PERMANENT,
		OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_AUTH, ""},
	{"x: the word in another answer", "x", 400, "duplicate content", OUTCOME_PERMANENT,
		OUTCOME_SCOPE_TARGET, OUTCOME_REASON_REFUSED, ""},
	{"webhook: gone", "webhook", 410, "", OUTCOME_PERMANENT, OUTCOME_SCOPE_CHANNEL,
		OUTCOME_REASON_REFUSED, ""},
	{"webhook: taken", "webhook", 204, "", OUTCOME_DELIVERED, OUTCOME_SCOPE_TARGET,
		OUTCOME_REASON_NONE, ""},
};

static void test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		const struct answer_case *c = &answers[i];
		const struct http_exchange x = {.end = HTTP_END_COMPLETE,
			.status = c->status,
			.request_bytes = 1,
			.text = c->body};
		struct outcome o;
		http_judge(&x, &o);
		dialect_find(c->dialect)->judge(c->status, c->body, &o);
		if (o.class != c->class || o.scope != c->scope || o.reason != c->reason ||
			strcmp(o.remote_id, c->remote_id) != 0) {
			fail_msg("%s: %s %s %s %s", c->name, outcome_class_name(o.class),
				outcome_scope_name(o.scope), outcome_reason_name(o.reason),
				o.remote_id);
		}
	}
}

static void test_what_does_not_fit_is_failed(void **state)
{
	(void)state;
	struct account a = account();
	char *body = mem_new(POST_LIMIT + 1);
	memset(body, 'a', POST_LIMIT);
	struct broadcast *b = make("t", "s", body);
	struct post p = write_post(&a, "webhook", b);
	assert_true(p.failed);
	post_clear(&p);
	char token[5000];
	memset(token, 't', sizeof(token) - 1);
	token[sizeof(token) - 1] = '\0';
	a.token = token;
	b->texts[0].body = "x";
	p = write_post(&a, "mastodon", b);
	assert_true(p.failed);
	post_clear(&p);
	broadcast_free(b);
	free(body);
}

static void test_headers_have_one_line(void **state)
{
	(void)state;
	struct post p;
	post_init(&p);
	post_header(&p, "A: %s", "b\r\nC: d");
	assert_string_equal(p.headers[0], "A: b  C: d");
	assert_null(dialect_find("myspace"));
	post_clear(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_updates_never_have_the_same_words),
		cmocka_unit_test(test_the_limit_always_holds),
		cmocka_unit_test(test_mastodon_request),
		cmocka_unit_test(test_x_request),
		cmocka_unit_test(test_webhook_request),
		cmocka_unit_test(test_webhook_signature_vector),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_what_does_not_fit_is_failed),
		cmocka_unit_test(test_headers_have_one_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
