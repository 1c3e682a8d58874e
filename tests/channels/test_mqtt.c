/* SPDX-License-Identifier: Apache-2.0
 *
 * The pure parts of the driver mqtt: patterns, outcomes, acks, orders from broadcasts.
 */
#include "base/json.h"
#include "channels/mqtt/ack.h"
#include "channels/mqtt/compose.h"
#include "channels/mqtt/inforce.h"
#include "channels/mqtt/run.h"
#include "net/mqtt_outcome.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_patterns(void **state)
{
	(void)state;
	const struct {
		const char *kind;
		enum event_type event;
		bool release_sirens;
		int on_s, off_s, repeat; /* repeat 0: no siren */
		const char *phrase;
	} cases[] = {
		{"tsunami.major_warning", EVENT_ISSUED, false, 3, 2, 3, ""},
		{"tsunami.warning", EVENT_RAISED, false, 5, 6, 2, ""},
		{"tsunami.advisory", EVENT_ADDED, false, 10, 2, 5, ""},
		{"tsunami.advisory", EVENT_LOWERED, false, 0, 0, 0, ""},
		{"tsunami.warning", EVENT_RELEASED, false, 0, 0, 0, ""},
		{"tsunami.warning", EVENT_RELEASED, true, 10, 3, 5, ""},
		{"tsunami.warning", EVENT_CANCELLED, true, 0, 0, 0, ""},
		{"tsunami.warning", EVENT_INFO, true, 0, 0, 0, ""},
		{"tsunami.warning", EVENT_CORRECTED, true, 0, 0, 0, ""},
		{"civil.missile", EVENT_ISSUED, false, 0, 0, 1, "civil_protection"},
		{"evacuation.order", EVENT_ISSUED, false, 60, 5, 2, ""},
		{"evacuation.elderly", EVENT_ISSUED, false, 0, 0, 0, ""},
		{"evacuation.shelter", EVENT_ISSUED, false, 0, 0, 0, ""},
		{"weather.rain", EVENT_ISSUED, false, 0, 0, 0, ""},
		{"weather.rain", EVENT_RELEASED, true, 0, 0, 0, ""},
	};
	struct err e = {0};
	struct siren_patterns *patterns = NULL;
	assert_int_equal(siren_patterns_new(NULL, &patterns, &e), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct siren_pattern *p = siren_patterns_for(patterns,
			kind_find(cases[i].kind), cases[i].event, cases[i].release_sirens);
		if ((p != NULL) != (cases[i].repeat > 0)) {
			print_error("%s %s\n", cases[i].kind, event_type_name(cases[i].event));
		}
		assert_int_equal(p != NULL, cases[i].repeat > 0);
		if (p) {
			assert_int_equal(p->on_s, cases[i].on_s);
			assert_int_equal(p->off_s, cases[i].off_s);
			assert_int_equal(p->repeat, cases[i].repeat);
			assert_string_equal(p->phrase, cases[i].phrase);
		}
	}
	siren_patterns_free(patterns);
}

static int set_patterns(const char *text, struct siren_patterns **patterns)
{
	struct err e = {0};
	json_t *map = json_read(text, strlen(text), &e);
	assert_non_null(map);
	int rc = siren_patterns_new(map, patterns, &e);
	json_decref(map);
	return rc;
}

static void test_own_patterns(void **state)
{
	(void)state;
	struct siren_patterns *p = NULL;
	assert_int_equal(set_patterns("{\"evacuation.*\":{\"on_s\":3,\"off_s\":2,\"repeat\":15},"
				      "\"evacuation.shelter\":{\"repeat\":0},"
				      "\"civil.*\":{\"repeat\":0},"
				      "\"eew.warning\":{\"phrase\":\"chime\"}}",
				 &p),
		0);
	assert_int_equal(siren_patterns_find(p, "evacuation.order")->repeat, 15);
	assert_null(siren_patterns_find(p, "evacuation.shelter"));
	assert_null(siren_patterns_find(p, "civil.missile"));
	assert_string_equal(siren_patterns_find(p, "eew.warning")->phrase, "chime");
	assert_int_equal(siren_patterns_find(p, "tsunami.warning")->on_s, 5);
	siren_patterns_free(p);
	const char *const bad[] = {
		"{\"a\":{\"on_s\":5,\"phrase\":\"x\"}}",
		"{\"a\":{}}",
		"{\"a\":{\"on_s\":600,\"repeat\":100}}",
		"{\"a\":{\"on_s\":-1}}",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(set_patterns(bad[i], &p), -EINVAL);
	}
}

static void test_pubacks(void **state)
{
	(void)state;
	const struct {
		int code;
		enum outcome_class class;
		enum outcome_scope scope;
		enum outcome_reason reason;
	} cases[] = {
		{0x00, OUTCOME_DELIVERED, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_NONE},
		{0x10, OUTCOME_DELIVERED, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_UNHEARD},
		{0x80, OUTCOME_TRANSIENT, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_REFUSED},
		{0x83, OUTCOME_TRANSIENT, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_REFUSED},
		{0x87, OUTCOME_PERMANENT, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_AUTH},
		{0x90, OUTCOME_PERMANENT, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_TARGET},
		{0x91, OUTCOME_UNKNOWN, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_PROTOCOL},
		{0x97, OUTCOME_TRANSIENT, OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_RATE},
		{0x99, OUTCOME_PERMANENT, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_CONTENT},
		{0x01, OUTCOME_UNKNOWN, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_PROTOCOL},
		{0xFF, OUTCOME_UNKNOWN, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_PROTOCOL},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct outcome o;
		mqtt_outcome_of_puback(cases[i].code, &o);
		assert_int_equal(o.class, cases[i].class);
		assert_int_equal(o.scope, cases[i].scope);
		assert_int_equal(o.reason, cases[i].reason);
		assert_int_equal(o.code, cases[i].code);
		assert_true(o.text[0] != '\0');
	}
}

static void test_connacks_are_transient(void **state)
{
	(void)state;
	for (int code = 0x80; code <= 0xFF; code++) {
		struct outcome o;
		mqtt_outcome_of_connack(code, &o);
		assert_int_equal(o.class, OUTCOME_TRANSIENT);
		assert_int_equal(o.scope, OUTCOME_SCOPE_CHANNEL);
	}
	struct outcome o;
	mqtt_outcome_of_connack(0x86, &o);
	assert_int_equal(o.reason, OUTCOME_REASON_AUTH);
}

static void test_acks(void **state)
{
	(void)state;
	const struct {
		const char *text;
		int rc;
		enum receipt_state state;
		const char *detail;
		bool alarm;
	} cases[] = {
		{"{\"id\":\"b.1/sirens/99201\",\"state\":\"received\"}", 0, RECEIPT_DELIVERED,
			"received", false},
		{"{\"id\":\"b.1/sirens/99201\",\"state\":\"started\"}", 0, RECEIPT_CONFIRMED,
			"started", false},
		{"{\"id\":\"b.1/sirens/99201\",\"state\":\"finished\"}", 0, RECEIPT_CONFIRMED,
			"finished", false},
		{"{\"id\":\"b.1/sirens/99201\",\"state\":\"failed\",\"reason\":\"amp\"}", 0,
			RECEIPT_FAILED, "failed: amp", false},
		{"{\"id\":\"b.1/sirens/99201\",\"state\":\"refused\",\"reason\":\"expired\"}", 0,
			RECEIPT_REFUSED, "refused: expired", false},
		{"{\"id\":\"b.1/sirens/99201\",\"state\":\"refused\",\"reason\":\"signature\"}",
			-ENOENT, RECEIPT_REFUSED, "refused: signature", true},
		{"{\"id\":\"b.1/sirens/99201\",\"state\":\"refused\",\"reason\":\"malformed\"}",
			-ENOENT, RECEIPT_REFUSED, "refused: malformed", true},
		{"{\"id\":\"b.1/sirens/99201\",\"state\":\"refused\",\"reason\":\"unknown_key\"}",
			-ENOENT, RECEIPT_REFUSED, "refused: unknown_key", true},
		{"{\"id\":\"b.1/sirens/99201\",\"state\":\"refused\",\"reason\":\"drill_key\"}", 0,
			RECEIPT_REFUSED, "refused: drill_key", true},
		{"{\"id\":\"b.1/sirens/99201\",\"state\":\"finished\",\"reason\":\"seen\"}", 0,
			RECEIPT_CONFIRMED, "finished: seen", false},
		{"{\"id\":\"b.1/sirens/99201\",\"state\":\"refused\",\"reason\":\"seen\"}", 0,
			RECEIPT_DELIVERED, "refused: seen", false},
		{"{\"state\":\"refused\",\"reason\":\"signature\"}", -ENOENT, RECEIPT_REFUSED,
			"refused: signature", true},
		{"{\"id\":\"b.1/other/99201\",\"state\":\"started\"}", -ENOENT, RECEIPT_CONFIRMED,
			"started", false},
		{"{\"id\":\"b.1/sirens/99201#stop\",\"state\":\"finished\"}", -ENOENT,
			RECEIPT_CONFIRMED, "finished", false},
		{"{\"id\":\"a/b/sirens/x\",\"state\":\"started\"}", -ENOENT, RECEIPT_CONFIRMED,
			"started", false},
		{"{\"id\":\"b.1/sirens/99201\",\"state\":\"exploded\"}", -EINVAL, 0, NULL, false},
		{"{\"id\":\"b.1/sirens/99201\"}", -EINVAL, 0, NULL, false},
		{"[]", -EINVAL, 0, NULL, false},
		{"", -EINVAL, 0, NULL, false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct siren_ack ack;
		int rc = siren_ack_read(cases[i].text, strlen(cases[i].text), "sirens", &ack);
		if (rc != cases[i].rc) {
			print_error("%s\n", cases[i].text);
		}
		assert_int_equal(rc, cases[i].rc);
		if (rc == -EINVAL) {
			continue;
		}
		assert_int_equal(ack.state, cases[i].state);
		assert_string_equal(ack.detail, cases[i].detail);
		assert_int_equal(ack.alarm, cases[i].alarm);
		if (rc == 0) {
			assert_string_equal(ack.delivery, "b.1/sirens");
		}
	}
	char large[SIREN_ACK_BYTES + 2];
	memset(large, ' ', sizeof(large));
	memcpy(large, "{\"id\":\"b/sirens/x\",\"state\":\"started\"}", 37);
	struct siren_ack ack;
	assert_int_equal(siren_ack_read(large, sizeof(large), "sirens", &ack), -EINVAL);
	assert_null(siren_state_read("{\"state\":\"odd\"}", 15));
}

static struct broadcast_text texts[] = {
	{.lang = "ja",
		.title = "津波警報",
		.brief = "津波警報です。",
		.body = "高台へ。",
		.speech = "津波警報です。\n高台へ。"},
	{.lang = "en",
		.title = "Tsunami",
		.brief = "Tsunami warning.",
		.body = "Go up.",
		.speech = "Tsunami warning."},
};
static const char *earlier[] = {"a.1", "a.2"};
static const char *const langs[] = {"ja", "en"};

static struct broadcast sample(const char *kind, enum event_type event, enum alert_status status)
{
	return (struct broadcast){
		.id = "a.3",
		.status = status,
		.kind = kind_find(kind),
		.event = event,
		.priority = 1,
		.issued = {.ms = 1000000},
		.expires = {.ms = 2000000},
		.texts = texts,
		.text_count = 2,
		.replaces = earlier,
		.replace_count = 2,
		.source = "気象庁",
	};
}

static struct siren_plan plan_of(const struct siren_patterns *patterns)
{
	return (struct siren_plan){
		.channel = "sirens",
		.patterns = patterns,
		.langs = langs,
		.lang_count = 2,
		.ttl_ms = 300000,
	};
}

static void test_compose(void **state)
{
	(void)state;
	const struct {
		const char *name, *kind;
		enum event_type event;
		enum alert_status status;
		const char *siren;
		size_t speaks, stops;
		bool silent, drill;
	} cases[] = {
		{"issued", "tsunami.warning", EVENT_ISSUED, ALERT_STATUS_ACTUAL, "tsunami.warning",
			2, 0, false, false},
		{"exercise", "tsunami.warning", EVENT_ISSUED, ALERT_STATUS_EXERCISE,
			"tsunami.warning", 2, 0, false, true},
		{"released", "tsunami.warning", EVENT_RELEASED, ALERT_STATUS_ACTUAL, "", 2, 2,
			false, false},
		{"cancelled", "tsunami.warning", EVENT_CANCELLED, ALERT_STATUS_ACTUAL, "", 2, 2,
			false, false},
		{"stored sound", "civil.missile", EVENT_ISSUED, ALERT_STATUS_ACTUAL,
			"civil_protection", 2, 0, false, false},
		{"no pattern", "weather.rain", EVENT_ISSUED, ALERT_STATUS_ACTUAL, "", 2, 0, false,
			false},
		{"self test", "system.canary", EVENT_ISSUED, ALERT_STATUS_ACTUAL, "", 0, 0, true,
			false},
		{"status test is never heard", "tsunami.warning", EVENT_ISSUED, ALERT_STATUS_TEST,
			"", 0, 0, true, false},
	};
	struct err e = {0};
	struct siren_patterns *patterns = NULL;
	assert_int_equal(siren_patterns_new(NULL, &patterns, &e), 0);
	struct siren_plan plan = plan_of(patterns);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct broadcast b = sample(cases[i].kind, cases[i].event, cases[i].status);
		struct siren_order order;
		struct siren_order *common =
			siren_compose(&plan, &b, (struct wall_time){.ms = 1000000}, &e);
		assert_non_null(common);
		siren_compose_address(&plan, common, &b, "a.3/sirens", true, "99201", 7, &order);
		if (strcmp(order.siren, cases[i].siren) != 0) {
			print_error("%s\n", cases[i].name);
		}
		assert_string_equal(order.id, "a.3/sirens/99201");
		assert_string_equal(order.siren, cases[i].siren);
		assert_int_equal(order.speak_count, cases[i].speaks);
		assert_int_equal(order.stop_count, cases[i].stops);
		assert_int_equal(order.test_silent, cases[i].silent);
		assert_int_equal(order.drill, cases[i].drill);
		assert_true(order.exp.ms == 1300000);
		if (order.stop_count > 0) {
			assert_string_equal(order.stop[1], "a.2/sirens/99201");
		}
		siren_order_free(common);
	}
	struct broadcast late = sample("tsunami.warning", EVENT_ISSUED, ALERT_STATUS_ACTUAL);
	assert_null(siren_compose(&plan, &late, late.expires, &e));
	assert_int_equal(e.code, -ETIME);
	siren_patterns_free(patterns);
}

static void test_run_plans_orders(void **state)
{
	(void)state;
	const struct channel_target targets[] = {
		{.id = "s1", .area = "99201", .lang = "ja"},
		{.id = "s2", .area = "99202", .lang = "ja"},
		{.id = "s3", .area = "99201", .lang = "ja"},
		{.id = "s4", .area = "", .lang = "ja"},
		{.id = "bad/#", .area = "", .lang = "ja"},
	};
	const struct channel_batch batch = {.delivery = "d", .targets = targets, .count = 5};
	struct run *by_area = run_new(&batch, true, 20);
	assert_int_equal(by_area->count, 4); /* two areas, s4 by itself, the bad name */
	assert_int_equal(by_area->done, 1);
	run_free(by_area);
	struct run *r = run_new(&batch, false, 2);
	assert_int_equal(r->count, 5);
	struct run_order *one = run_next(r);
	run_published(r, one, 11);
	run_published(r, run_next(r), 12);
	assert_null(run_next(r)); /* the window is full */
	run_acknowledged(r, 99, 0);
	assert_null(run_next(r));
	run_acknowledged(r, 11, 0);
	assert_int_equal(one->outcome.class, OUTCOME_DELIVERED);
	assert_non_null(run_next(r));
	struct outcome o;
	mqtt_outcome_of_silence("x", &o);
	run_silence(r, &o);
	assert_int_equal(r->orders[1].outcome.class, OUTCOME_UNKNOWN);
	mqtt_outcome_of_no_connection("x", &o);
	run_give_up(r, &o);
	assert_int_equal(r->orders[2].outcome.class, OUTCOME_TRANSIENT);
	assert_int_equal(r->orders[4].outcome.class, OUTCOME_PERMANENT);
	assert_true(run_over(r));
	run_free(r);
}

static void test_inforce(void **state)
{
	(void)state;
	struct broadcast b = sample("tsunami.warning", EVENT_ISSUED, ALERT_STATUS_ACTUAL);
	assert_true(inforce_applies(&b));
	char *note = inforce_note(&b);
	assert_non_null(strstr(note, "tsunami.warning"));
	free(note);
	assert_int_equal(inforce_expiry_s(&b, b.issued), 1000);
	b.event = EVENT_RELEASED;
	note = inforce_note(&b);
	assert_string_equal(note, "");
	free(note);
	b.status = ALERT_STATUS_EXERCISE;
	assert_false(inforce_applies(&b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_own_patterns),
		cmocka_unit_test(test_pubacks),
		cmocka_unit_test(test_connacks_are_transient),
		cmocka_unit_test(test_acks),
		cmocka_unit_test(test_compose),
		cmocka_unit_test(test_run_plans_orders),
		cmocka_unit_test(test_inforce),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
