/* SPDX-License-Identifier: Apache-2.0
 *
 * The signed order: what is signed comes out again, whatever is changed does not.
 */
#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "channels/mqtt/siren_order.h"
#include "channels/mqtt/topic.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct siren_key *live, *drill, *stranger;

static int make_keys(void **state)
{
	(void)state;
	live = siren_key_generate("live-1");
	drill = siren_key_generate("drill-1");
	stranger = siren_key_generate("live-1"); /* claims the live key's name */
	return 0;
}

static int free_keys(void **state)
{
	(void)state;
	siren_key_free(live);
	siren_key_free(drill);
	siren_key_free(stranger);
	return 0;
}

static const char *const areas[] = {"99201"};
static const struct siren_step steps[] = {{.on_ms = 3000, .off_ms = 2000}};
static const struct siren_text words[] = {{.lang = "ja", .text = "大津波警報", .phrase = ""}};

static struct siren_order sample(void)
{
	return (struct siren_order){
		.id = "b.1/sirens/99201",
		.seq = 1763596800123,
		.iat = {.ms = 1763596800000},
		.exp = {.ms = 1763597100000},
		.areas = areas,
		.area_count = 1,
		.siren = "tsunami.major_warning",
		.pattern = steps,
		.step_count = 1,
		.repeat = 3,
		.speak = words,
		.speak_count = 1,
		.priority = 0,
	};
}

static enum siren_refusal open_text(
	const char *jws, size_t size, struct siren_order **out, char id[SIREN_ID_SIZE])
{
	const struct siren_trusted trust[] = {
		{.key = live, .drill = false}, {.key = drill, .drill = true}};
	return siren_order_open(jws, size, trust, 2, out, id);
}

static void test_round_trip(void **state)
{
	(void)state;
	struct siren_order order = sample();
	struct siren_order *back = NULL;
	char id[SIREN_ID_SIZE];
	struct buf jws;
	buf_init(&jws, SIREN_ORDER_BYTES);
	assert_int_equal(siren_order_sign(&order, live, &jws), 0);
	assert_int_equal(open_text(jws.data, jws.size, &back, id), SIREN_ACCEPTED);
	assert_string_equal(back->id, order.id);
	assert_string_equal(id, order.id);
	assert_string_equal(back->kid, "live-1");
	assert_true(back->seq == order.seq && back->iat.ms == order.iat.ms);
	assert_true(back->exp.ms == order.exp.ms);
	assert_int_equal(back->area_count, 1);
	assert_string_equal(back->areas[0], "99201");
	assert_string_equal(back->siren, "tsunami.major_warning");
	assert_int_equal(back->pattern[0].off_ms, 2000);
	assert_int_equal(siren_order_sound_ms(back), 13000);
	assert_string_equal(back->speak[0].text, "大津波警報");
	assert_false(back->drill);
	siren_order_free(back);
	buf_clear(&jws);
}

/* Every single byte of the message, changed, must be refused or change nothing that is signed. */
static void test_tamper_every_byte(void **state)
{
	(void)state;
	struct siren_order order = sample();
	struct buf jws;
	buf_init(&jws, SIREN_ORDER_BYTES);
	assert_int_equal(siren_order_sign(&order, live, &jws), 0);
	size_t accepted = 0;
	for (size_t i = 0; i < jws.size; i++) {
		char was = jws.data[i];
		struct siren_order *back = NULL;
		char id[SIREN_ID_SIZE];
		jws.data[i] = was == 'A' ? 'B' : 'A';
		if (open_text(jws.data, jws.size, &back, id) == SIREN_ACCEPTED) {
			assert_string_equal(back->id, order.id);
			assert_true(back->seq == order.seq);
			accepted++;
		}
		siren_order_free(back);
		jws.data[i] = was;
	}
	/* The last character of a base64url text has bits that carry nothing. */
	assert_true(accepted <= 1);
	buf_clear(&jws);
}

static void spoil_nothing(struct siren_order *o)
{
	(void)o;
}
static void make_drill(struct siren_order *o)
{
	o->drill = true;
}
static void no_words(struct siren_order *o)
{
	o->speak_count = 0;
}
static void stop_only(struct siren_order *o)
{
	o->siren = "";
	o->step_count = 0;
	o->speak_count = 0;
	o->stop = areas;
	o->stop_count = 1;
}
static void endless_siren(struct siren_order *o)
{
	o->repeat = SIREN_REPEAT_MAX + 1;
}
static void no_seq(struct siren_order *o)
{
	o->seq = 0;
}
static void odd_priority(struct siren_order *o)
{
	o->priority = 10;
}

static void test_judgement(void **state)
{
	(void)state;
	const struct {
		const char *name;
		struct siren_key *key;
		void (*change)(struct siren_order *o);
		enum siren_refusal expected;
	} cases[] = {
		{"live order, live key", live, spoil_nothing, SIREN_ACCEPTED},
		{"drill, drill key", drill, make_drill, SIREN_ACCEPTED},
		{"drill signed by the live key", live, make_drill, SIREN_DRILL_KEY},
		{"live order signed by the drill key", drill, spoil_nothing, SIREN_DRILL_KEY},
		{"another key under the same name", stranger, spoil_nothing, SIREN_SIGNATURE},
		{"siren without words", live, no_words, SIREN_NO_TEXT},
		{"stop needs no words", live, stop_only, SIREN_ACCEPTED},
		{"too many repetitions", live, endless_siren, SIREN_MALFORMED},
		{"no sequence number", live, no_seq, SIREN_MALFORMED},
		{"priority out of range", live, odd_priority, SIREN_MALFORMED},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct siren_order order = sample();
		struct siren_order *back = NULL;
		char id[SIREN_ID_SIZE];
		struct buf jws;
		buf_init(&jws, SIREN_ORDER_BYTES);
		cases[i].change(&order);
		assert_int_equal(siren_order_sign(&order, cases[i].key, &jws), 0);
		enum siren_refusal got = open_text(jws.data, jws.size, &back, id);
		if (got != cases[i].expected) {
			print_error("%s: %s\n", cases[i].name, siren_refusal_name(got));
		}
		assert_int_equal(got, cases[i].expected);
		siren_order_free(back);
		buf_clear(&jws);
	}
}

/* Messages nobody signed. */
static void test_not_an_order(void **state)
{
	(void)state;
	const struct {
		const char *name;
		const char *header; /* NULL: text is the whole message */
		const char *text;
		enum siren_refusal expected;
	} cases[] = {
		{"empty", NULL, "", SIREN_MALFORMED},
		{"no JSON", NULL, "stop", SIREN_MALFORMED},
		{"array", NULL, "[1,2]", SIREN_MALFORMED},
		{"members of another type", NULL, "{\"payload\":1,\"protected\":2}",
			SIREN_MALFORMED},
		{"no base64url", NULL, "{\"payload\":\"*\",\"protected\":\"*\"}", SIREN_MALFORMED},
		{"alg none", "{\"alg\":\"none\",\"kid\":\"live-1\"}", "{\"id\":\"x\"}",
			SIREN_MALFORMED},
		{"alg HS256", "{\"alg\":\"HS256\",\"kid\":\"live-1\"}", "{\"id\":\"x\"}",
			SIREN_MALFORMED},
		{"critical extension", "{\"alg\":\"EdDSA\",\"kid\":\"live-1\",\"crit\":[\"b64\"]}",
			"{\"id\":\"x\"}", SIREN_MALFORMED},
		{"unknown kid", "{\"alg\":\"EdDSA\",\"kid\":\"other\"}", "{\"id\":\"x\"}",
			SIREN_UNKNOWN_KEY},
		{"no kid", "{\"alg\":\"EdDSA\"}", "{\"id\":\"x\"}", SIREN_UNKNOWN_KEY},
		{"no signature", "{\"alg\":\"EdDSA\",\"kid\":\"live-1\"}", "{\"id\":\"x\"}",
			SIREN_SIGNATURE},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char header[256];
		char body[256];
		char message[1024];
		if (cases[i].header) {
			(void)base64url_encode(cases[i].header, strlen(cases[i].header), header);
			(void)base64url_encode(cases[i].text, strlen(cases[i].text), body);
			(void)snprintf(message, sizeof(message),
				"{\"payload\":\"%s\",\"protected\":\"%s\",\"signature\":\"\"}",
				body, header);
		} else {
			(void)snprintf(message, sizeof(message), "%s", cases[i].text);
		}
		struct siren_order *back = NULL;
		char id[SIREN_ID_SIZE];
		enum siren_refusal got = open_text(message, strlen(message), &back, id);
		if (got != cases[i].expected) {
			print_error("%s: %s\n", cases[i].name, siren_refusal_name(got));
		}
		assert_int_equal(got, cases[i].expected);
		assert_null(back);
	}
}

static void test_times(void **state)
{
	(void)state;
	struct siren_order order = sample();
	const struct {
		int64_t now;
		enum siren_refusal expected;
	} cases[] = {
		{order.iat.ms, SIREN_ACCEPTED},
		{order.exp.ms - 1, SIREN_ACCEPTED},
		{order.exp.ms, SIREN_EXPIRED},
		{order.iat.ms - SIREN_IAT_AHEAD_MS, SIREN_ACCEPTED},
		{order.iat.ms - SIREN_IAT_AHEAD_MS - 1, SIREN_NOT_YET},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
			siren_order_check_time(&order, (struct wall_time){.ms = cases[i].now}),
			cases[i].expected);
	}
}

static void test_key_files(void **state)
{
	(void)state;
	char folder[] = "/tmp/hansho-key-XXXXXX";
	assert_non_null(mkdtemp(folder));
	char private_path[64], public_path[64];
	(void)snprintf(private_path, sizeof(private_path), "%s/a.key", folder);
	(void)snprintf(public_path, sizeof(public_path), "%s/a.pem", folder);
	struct err e = {0};
	assert_int_equal(siren_key_make(private_path, public_path, &e), 0);
	assert_int_equal(siren_key_make(private_path, public_path, &e), -EEXIST);
	struct siren_key *a = NULL, *b = NULL, *none = NULL;
	assert_int_equal(siren_key_load_private(private_path, "", &a, &e), 0);
	assert_int_equal(siren_key_load_public(public_path, NULL, &b, &e), 0);
	assert_string_equal(siren_key_kid(a), siren_key_kid(b));
	assert_int_equal(strlen(siren_key_kid(a)), 16);
	unsigned char signature[SIREN_SIGNATURE_BYTES];
	siren_key_sign(a, "x", 1, signature);
	assert_true(siren_key_verify(b, "x", 1, signature, sizeof(signature)));
	assert_false(siren_key_verify(b, "y", 1, signature, sizeof(signature)));
	assert_int_equal(siren_key_load_private(public_path, "", &none, &e), -EACCES);
	assert_int_equal(siren_key_load_public(private_path, "", &none, &e), -EINVAL);
	siren_key_free(a);
	siren_key_free(b);
	(void)unlink(private_path);
	(void)unlink(public_path);
	(void)rmdir(folder);
}

static void test_topics(void **state)
{
	(void)state;
	char topic[SIREN_TOPIC_SIZE];
	assert_int_equal(siren_topic(topic, "hill", "order/area", "99201"), 0);
	assert_string_equal(topic, "hansho/hill/order/area/99201");
	assert_string_equal(siren_topic_name(topic, "hill", "order/area"), "99201");
	assert_null(siren_topic_name(topic, "hall", "order/area"));
	assert_null(siren_topic_name("hansho/hill/ack/a/b", "hill", "ack"));
	assert_null(siren_topic_name("hansho/hill/ack/", "hill", "ack"));
	const char *const bad[] = {"", "+", "#", "a/b", "a b", "サイレン"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(siren_name_valid(bad[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_tamper_every_byte),
		cmocka_unit_test(test_judgement),
		cmocka_unit_test(test_not_an_order),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_key_files),
		cmocka_unit_test(test_topics),
	};
	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
