/* SPDX-License-Identifier: Apache-2.0
 *
 * The CAP decoder on our own samples (schemas/samples/cap), one row each, and on the shared set of
 * real messages where that is present.
 */
#include "base/file.h"
#include "ingest/cap/shape.h"
#include "ingest/decode.h"
#include "ingest/xml.h"
#include "schemas/areas.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { FILE_LIMIT = 16 * 1024 * 1024 };

struct row {
	const char *file;
	const char *refused;  /* NULL: accepted, and what follows holds */
	const char *summary;  /* status action scope references items */
	const char *item;     /* kind severity urgency certainty transition areas of the first */
	const char *warnings; /* their codes, in order */
};

#define HARBOUR	 "safety.other severe immediate likely none 1"
#define ACCEPTED "actual issue public 0 1"

static const struct row rows[] = {
	{"alert", NULL, ACCEPTED, HARBOUR, ""},
	{"update", NULL, "actual update public 1 1", HARBOUR, ""},
	{"update-other-offset", NULL, "actual update public 1 1", HARBOUR, ""},
	{"cancel-without-info", NULL, "actual cancel public 1 0", "", ""},
	{"cancel-with-old-text", NULL, "actual cancel public 1 1", HARBOUR, ""},
	{"all-clear", NULL, "actual release public 1 1",
		"safety.other minor past observed released 1", ""},
	{"all-clear-for-one-area", NULL, "actual update public 1 2",
		"safety.other severe immediate likely released 1", ""},
	{"exercise", NULL, "exercise issue public 0 1", HARBOUR, ""},
	{"test", NULL, "test issue public 0 1", HARBOUR, ""},
	{"system", NULL, "test issue public 0 0", "", "no-info"},
	{"draft", "draft", "", "", ""},
	{"status-unknown", "unknown-status", "", "", ""},
	{"status-missing", "unknown-status", "", "", ""},
	{"type-unknown", "unknown-action", "", "", ""},
	{"ack", NULL, "actual info private 1 0", "", ""},
	{"error", NULL, "actual info public 1 0", "", ""},
	{"no-sender", "no-identity", "", "", ""},
	{"sent-is-no-time", "no-identity", "", "", ""},
	{"sent-zulu", NULL, ACCEPTED, HARBOUR, "time-zulu"},
	{"sent-without-offset", NULL, ACCEPTED, HARBOUR, "time-without-offset"},
	{"sent-in-lines", NULL, ACCEPTED, HARBOUR, ""},
	{"self-reference", NULL, "actual update public 0 1", HARBOUR,
		"self-reference no-reference"},
	{"references-joined-by-comma", NULL, "actual cancel public 0 0", "",
		"malformed-reference no-reference"},
	{"references-two-one-broken", NULL, "actual update public 2 1", HARBOUR,
		"malformed-reference"},
	{"references-empty", NULL, "actual update public 0 1", HARBOUR, "no-reference"},
	{"empty-words", NULL, ACCEPTED, "safety.other unknown unknown unknown none 1",
		"unknown-word unknown-word unknown-word"},
	{"foreign-words", NULL, ACCEPTED, "safety.other unknown unknown likely none 1",
		"unknown-word unknown-word"},
	{"two-languages", NULL, ACCEPTED, "weather.storm_surge severe immediate likely none 1", ""},
	{"two-languages-other-area", NULL, "actual issue public 0 2",
		"weather.storm_surge severe immediate likely none 1", "areas-of-one-language"},
	{"two-infos", NULL, "actual issue public 0 2", HARBOUR, ""},
	{"circle", NULL, ACCEPTED, "safety.other severe immediate likely none 2", ""},
	{"polygon", NULL, ACCEPTED, HARBOUR, ""},
	{"polygon-open", NULL, ACCEPTED, HARBOUR, "open-polygon"},
	{"polygons-bad", NULL, ACCEPTED, HARBOUR, "bad-geometry swapped-coordinates bad-geometry"},
	{"area-by-name", NULL, ACCEPTED, HARBOUR, "area-by-name-only"},
	{"private", NULL, "actual issue private 0 1", HARBOUR, ""},
	{"restricted", NULL, "actual issue restricted 0 1", HARBOUR, ""},
	{"scope-missing", NULL, "actual issue restricted 0 1", HARBOUR, "missing-scope"},
	{"test-words", NULL, ACCEPTED, HARBOUR, "test-words"},
	{"not-a-drill", NULL, ACCEPTED, HARBOUR, ""},
	{"kind-by-name", NULL, ACCEPTED, "tsunami.major_warning severe immediate likely none 1",
		""},
	{"kind-by-same-code", NULL, ACCEPTED, "tsunami.warning severe immediate likely none 1", ""},
	{"kind-by-japanese-name", NULL, ACCEPTED, "evacuation.order severe immediate likely none 1",
		""},
	{"tsunami-in-words-only", NULL, ACCEPTED, HARBOUR, ""},
	{"geocodes", NULL, ACCEPTED, "safety.other severe immediate likely none 5",
		"bad-geocode empty-geocode exclusion-ignored"},
	{"missing-expires-and-headline", NULL, ACCEPTED, HARBOUR,
		"missing-headline missing-expires"},
	{"expires-before-sent", NULL, ACCEPTED, HARBOUR, "expires-before-sent"},
	{"version-1.1", NULL, ACCEPTED, HARBOUR, ""},
	{"version-1.0", NULL, "actual update public 1 1", HARBOUR, ""},
	{"wrong-namespace", "not-handled", "", "", ""},
	{"doctype", "doctype", "", "", ""},
	{"no-info", NULL, "actual issue public 0 0", "", "no-info"},
	{"order-mixed", NULL, ACCEPTED, HARBOUR, ""},
	{"signed", NULL, ACCEPTED, HARBOUR, "signature-unsupported"},
	{"prefixed", NULL, ACCEPTED, HARBOUR, ""},
	{"headline-turned", NULL, ACCEPTED, HARBOUR, ""},
};

static struct alert *decode_file(const char *path, struct decode_refusal *refusal)
{
	char *data;
	size_t size;
	struct err e;
	if (file_read(path, FILE_LIMIT, &data, &size, &e) != 0) {
		fail_msg("%s", e.text);
	}
	struct alert *a = NULL;
	int rc = decode_telegram(data, size, NULL, &a, refusal);
	free(data);
	assert_int_equal(rc == 0, a != NULL);
	return a;
}

static struct alert *sample(const char *name)
{
	char path[512];
	struct decode_refusal refusal;
	(void)snprintf(path, sizeof(path), SOURCE_DIR "/schemas/samples/cap/%s.xml", name);
	struct alert *a = decode_file(path, &refusal);
	if (!a) {
		fail_msg("%s: %s %s", name, refusal.code, refusal.reason);
	}
	return a;
}

static void summarise(const struct alert *a, char *summary, char *item, char *warnings, size_t room)
{
	(void)snprintf(summary, room, "%s %s %s %zu %zu", alert_status_name(a->status),
		alert_action_name(a->action), a->scope, a->reference_count, a->item_count);
	item[0] = '\0';
	if (a->item_count > 0) {
		const struct alert_item *i = &a->items[0];
		(void)snprintf(item, room, "%s %s %s %s %s %zu", i->kind->name,
			severity_name(i->severity), i->urgency, i->certainty,
			transition_name(i->transition), i->area_count);
	}
	warnings[0] = '\0';
	for (size_t i = 0; i < a->warning_count; i++) {
		size_t at = strlen(warnings);
		(void)snprintf(warnings + at, room - at, "%s%s", i ? " " : "", a->warnings[i].code);
	}
}

/* The contract's reader takes what the decoder made, and nothing is lost on the way. */
static void check_contract(const struct alert *a)
{
	struct err e = {0};
	json_t *object = alert_to_json(a);
	struct alert *back = alert_from_json(object, &e);
	if (!back) {
		fail_msg("%s", e.text);
	}
	json_t *again = alert_to_json(back);
	assert_true(json_equal(object, again));
	json_decref(object);
	json_decref(again);
	alert_free(back);
}

static void check_row(void **state)
{
	const struct row *row = *state;
	char path[512];
	struct decode_refusal refusal;
	(void)snprintf(path, sizeof(path), SOURCE_DIR "/schemas/samples/cap/%s.xml", row->file);
	struct alert *a = decode_file(path, &refusal);
	if (row->refused) {
		assert_null(a);
		assert_string_equal(refusal.code, row->refused);
		assert_true(refusal.reason[0] != '\0');
		return;
	}
	if (!a) {
		fail_msg("refused: %s %s", refusal.code, refusal.reason);
	}
	char summary[256];
	char item[256];
	char warnings[256];
	summarise(a, summary, item, warnings, sizeof(summary));
	assert_string_equal(summary, row->summary);
	assert_string_equal(item, row->item);
	assert_string_equal(warnings, row->warnings);
	check_contract(a);
	alert_free(a);
}

/* ---- what the rows do not show ---- */

static void test_identity_is_an_instant(void **state)
{
	(void)state;
	struct alert *first = sample("alert");
	struct alert *update = sample("update-other-offset");
	assert_string_equal(first->series, "watch@nagisa.example,n-1");
	assert_string_equal(update->references[0].series, first->series);
	assert_string_equal(update->references[0].revision, first->revision);
	alert_free(first);
	alert_free(update);
}

static void test_signature_is_not_content(void **state)
{
	(void)state;
	struct alert *plain = sample("alert");
	struct alert *sealed = sample("signed");
	struct alert *other = sample("polygon");
	assert_string_equal(plain->digest, sealed->digest);
	assert_string_not_equal(plain->digest, other->digest);
	alert_free(plain);
	alert_free(sealed);
	alert_free(other);
}

static void test_languages(void **state)
{
	(void)state;
	struct alert *a = sample("two-languages");
	assert_int_equal(a->headline.count, 2);
	assert_string_equal(alert_text_in(&a->headline, "ja"), "港に浸水のおそれ");
	assert_string_equal(alert_text_in(&a->headline, "en-GB"), "Water in the harbour streets");
	struct wall_time late;
	assert_int_equal(wall_time_parse("2026-11-20T19:00:00+09:00", 25, &late, NULL), 0);
	assert_int_equal(a->expires.ms, late.ms);
	alert_free(a);
}

static void test_areas(void **state)
{
	(void)state;
	static const struct {
		const char *system;
		const char *code;
	} wanted[] = {
		{AREA_MUNICIPALITY, "99201"},
		{AREA_MUNICIPALITY, "99202"},
		{AREA_JMA_TSUNAMI, "990"},
		{"cap:JIS", "9920"},
		{"cap:EMMA_ID", "XX001"},
	};
	struct alert *a = sample("geocodes");
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		assert_string_equal(a->items[0].areas[i].system, wanted[i].system);
		assert_string_equal(a->items[0].areas[i].code, wanted[i].code);
		assert_string_equal(a->items[0].areas[i].name, "Lists");
	}
	alert_free(a);
	a = sample("polygon");
	assert_string_equal(a->items[0].areas[0].polygon,
		"35.0,139.0 35.0,140.0 36.0,140.0 36.0,139.0 35.0,139.0");
	alert_free(a);
}

static void test_texts(void **state)
{
	(void)state;
	struct alert *a = sample("headline-turned");
	assert_string_equal(alert_text_in(&a->headline, "en"), "Water in the streets");
	alert_free(a);
	a = sample("missing-expires-and-headline");
	assert_string_equal(alert_text_in(&a->headline, "en"), "Harbour flooding: Nagisa");
	assert_true(wall_time_is_none(a->expires));
	alert_free(a);
	a = sample("error");
	assert_string_equal(alert_text_in(&a->description, "en"), "Cannot be read.");
	alert_free(a);
}

static void test_polygons(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum shape_verdict verdict;
	} cases[] = {
		{"", SHAPE_EMPTY},
		{" \t\n", SHAPE_EMPTY},
		{"1,1 1,2 2,2 1,1", SHAPE_OK},
		{"1,1 1,2 2,2", SHAPE_CLOSED},
		{"+1,1 1,2 2,2 1.0,1", SHAPE_OK},
		{"1,1 1,2 1,1", SHAPE_DEGENERATE},
		{"1,1", SHAPE_DEGENERATE},
		{"-90,-180 90,180 0,0 -90,-180", SHAPE_OK},
		{"91,0 0,1 1,1 91,0", SHAPE_SWAPPED},
		{"0,181 0,1 1,1 0,181", SHAPE_RANGE},
		{"1 1 1 2", SHAPE_UNREADABLE},
		{"1,1,1,2,2,2,1,1", SHAPE_UNREADABLE},
		{"1,1 1,2 2,2 1,1 x", SHAPE_UNREADABLE},
		{"1,1 1,2 2,2 1,", SHAPE_UNREADABLE},
		{"nan,1 1,2 2,2 1,1", SHAPE_UNREADABLE},
		{"1e1,1 1,2 2,2 1,1", SHAPE_UNREADABLE},
		{"1.1.1,1 1,2 2,2 1,1", SHAPE_UNREADABLE},
		{"0x1,1 1,2 2,2 1,1", SHAPE_UNREADABLE},
	};
	struct pool *pool = pool_new();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *out;
		if (shape_polygon(pool, cases[i].text, NULL, &out) != cases[i].verdict) {
			fail_msg("polygon \"%s\"", cases[i].text);
		}
		bool sound = cases[i].verdict == SHAPE_OK || cases[i].verdict == SHAPE_CLOSED;
		assert_int_equal(out[0] != '\0', sound);
	}
	pool_free(pool);
}

static void test_circles(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *out; /* NULL: no circle */
	} cases[] = {
		{"35.5,139.7 2.5", "35.5,139.7 2.5"},
		{" 35.5,139.7\n0 ", "35.5,139.7 0"},
		{"35.5,139.7", NULL},
		{"35.5,139.7 -1", NULL},
		{"35.5,139.7 99999", NULL},
		{"35.5,139.7 1 1", NULL},
		{"139.7,35.5 1", NULL},
		{"", NULL},
	};
	struct pool *pool = pool_new();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *out;
		(void)shape_circle(pool, cases[i].text, &out);
		assert_string_equal(out, cases[i].out ? cases[i].out : "");
	}
	pool_free(pool);
}

/* A message of many equal pieces, around a document that is sound without them. */
static void check_limit(
	const char *before, const char *piece, size_t count, const char *after, const char *code)
{
	static const char head[] =
		"<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>a</identifier>"
		"<sender>b</sender><sent>2026-11-20T14:30:00+09:00</sent><status>Actual</status>"
		"<msgType>Alert</msgType><scope>Public</scope>";
	size_t step = strlen(piece);
	size_t size = strlen(head) + strlen(before) + count * step + strlen(after);
	char *text = malloc(size + 1);
	assert_non_null(text);
	size_t at = (size_t)snprintf(text, size + 1, "%s%s", head, before);
	for (size_t i = 0; i < count; i++, at += step) {
		memcpy(text + at, piece, step);
	}
	memcpy(text + at, after, strlen(after));
	struct alert *a = NULL;
	struct decode_refusal refusal;
	int rc = decode_telegram(text, size, NULL, &a, &refusal);
	free(text);
	assert_int_equal(rc == 0, code[0] == '\0');
	assert_string_equal(refusal.code, code);
	alert_free(a);
}

static void test_limits(void **state)
{
	(void)state;
	static const char area_end[] = "</area></info></alert>";
	static const char code[] = "<geocode><valueName>x</valueName><value>1</value></geocode>";
	check_limit("", "<info><event>e</event></info>", 64, "</alert>", "");
	check_limit("", "<info><event>e</event></info>", 65, "</alert>", "too-large");
	check_limit("<references>", "b,c,2026-11-20T14:00:00+09:00 ", 1001, "</references></alert>",
		"too-large");
	check_limit("<info><area>", code, 20000, area_end, "");
	check_limit("<info><area>", code, 20001, area_end, "too-large");
	check_limit("<info><area>", "<polygon/>", 1025, area_end, "too-large");
	check_limit("<info>", "<area/>", 4097, "</info></alert>", "too-large");
	check_limit("<info><area><polygon>", "1,1 1,2 2,2 ", 33334,
		"</polygon></area></info></alert>", "too-large");
	check_limit("<info><description>", "x", 256 * 1024 + 1, "</description></info></alert>",
		"too-large");
	check_limit("<info>", "<instruction>x</instruction>", 17, "</info></alert>", "too-large");
}

/* ---- the shared set ---- */

static const struct {
	const char *file;
	const char *refused;
} shared_rows[] = {
	{"valid/au-rfs-bushfire.xml", ""},
	{"valid/br-inmet-polygon-trailing-space.xml", ""},
	{"valid/ca-alertable-scope-private.xml", ""},
	{"valid/ca-alertable-update-no-expires.xml", ""},
	{"valid/ca-ec-update-multi-ref-bilingual.xml", ""},
	{"valid/ca-naads-dual-signed-sha1.xml", ""},
	{"valid/cap11-minimal-no-info.xml", ""},
	{"valid/cap11-private-no-timezone.xml", ""},
	{"valid/cap11-usgs-quake-circle.xml", ""},
	{"valid/cap12-iso8859-1.xml", ""},
	{"valid/de-dwd-8-languages-update.xml", ""},
	{"valid/de-dwd-update.xml", ""},
	{"valid/fr-meteoalarm-multi-area.xml", ""},
	{"valid/ie-meteireann-emma-only.xml", ""},
	{"valid/il-ims-empty-polygon.xml", ""},
	{"valid/ipaws-2025-signed-alert.xml", ""},
	{"valid/ipaws-2025-signed-cancel.xml", ""},
	{"valid/ipaws-2025-signed-ds-prefix.xml", ""},
	{"valid/ipaws-signed-cancel-no-info.xml", ""},
	{"valid/mo-smg-self-reference-tabs.xml", ""},
	{"valid/mv-tsunami-dhivehi.xml", ""},
	{"valid/mx-smn-cyclone-update.xml", ""},
	{"valid/oasis-ex1-hsas.xml", ""},
	{"valid/oasis-ex2-thunderstorm.xml", ""},
	{"valid/oasis-ex3-quake-update.xml", ""},
	{"valid/oasis-ex4-amber-bilingual.xml", ""},
	{"valid/ph-cyclone-signed-keyvalue.xml", ""},
	{"valid/ph-pagasa-status-test.xml", ""},
	{"valid/ph-tsunami-exercise.xml", ""},
	{"valid/test-all-elements-romanian.xml", ""},
	{"valid/tw-wra-bom-utf8.xml", ""},
	{"valid/uk-ea-cancel-minimal.xml", ""},
	{"valid/uk-ea-severe-flood-alert.xml", ""},
	{"valid/un-gdacs-antimeridian.xml", ""},
	{"valid/us-wcatwc-tsunami-update.xml", ""},
	{"invalid/ca-update-empty-references.xml", ""},
	{"invalid/cap10-very-likely.xml", ""},
	{"invalid/cap11-signature-before-info.xml", ""},
	{"invalid/ch-order-missing-certainty-test.xml", ""},
	{"invalid/dates-not-dates.xml", "no-identity"},
	{"invalid/derived-billion-laughs-in-cap.xml", "doctype"},
	{"invalid/derived-ipaws-signature-tampered.xml", ""},
	{"invalid/derived-lonlat-swapped.xml", ""},
	{"invalid/derived-same-triple-other-content.xml", ""},
	{"invalid/derived-z-timezone.xml", ""},
	{"invalid/expires-before-sent-exercise.xml", ""},
	{"invalid/missing-scope.xml", ""},
	{"invalid/restricted-update-no-reference.xml", ""},
	{"invalid/rs-rhmz-polygon-after-geocode.xml", ""},
	{"invalid/se-krisinformation-order.xml", ""},
	{"invalid/se-smhi-alerts-container.xml", "not-handled"},
	{"invalid/uk-cancel-two-alerts-comma-joined.xml", ""},
	{"invalid/unknown-element-reference.xml", ""},
	{"invalid/us-empty-enums-empty-references.xml", ""},
	{"invalid/value-before-valueName.xml", ""},
	{"invalid/whitespace-in-datetime.xml", ""},
	{"invalid/wrong-namespace.xml", "not-handled"},
	{"invalid/xml-billion-laughs.xml", "doctype"},
	{"invalid/xml-cyclic-entity.xml", "doctype"},
	{"invalid/xml-external-entity-file.xml", "doctype"},
	{"invalid/xml-quadratic-blowup.xml", "doctype"},
	{"invalid/xxe-remote-and-file.xml", "doctype"},
};

static void test_shared(void **state)
{
	(void)state;
	if (access(SOURCE_DIR "/../shared/data/cap/valid", R_OK) != 0) {
		print_message("skipped: shared data not present\n");
		skip();
	}
	for (size_t i = 0; i < sizeof(shared_rows) / sizeof(shared_rows[0]); i++) {
		char path[512];
		struct decode_refusal refusal;
		(void)snprintf(path, sizeof(path), SOURCE_DIR "/../shared/data/cap/%s",
			shared_rows[i].file);
		struct alert *a = decode_file(path, &refusal);
		const char *wanted = shared_rows[i].refused;
		if (strcmp(wanted, refusal.code) != 0) {
			fail_msg("%s: \"%s\" (%s), not \"%s\"", shared_rows[i].file, refusal.code,
				refusal.reason, wanted);
		}
		if (a) {
			check_contract(a);
		}
		alert_free(a);
	}
}

int main(void)
{
	enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_identity_is_an_instant),
		cmocka_unit_test(test_signature_is_not_content),
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_areas),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_polygons),
		cmocka_unit_test(test_circles),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_shared),
	};
	static struct CMUnitTest table[ROWS];
	xml_setup();
	for (size_t i = 0; i < ROWS; i++) {
		table[i] = (struct CMUnitTest){.name = rows[i].file,
			.test_func = check_row,
			.initial_state = (void *)(uintptr_t)&rows[i]};
	}
	int failed = cmocka_run_group_tests_name("samples", table, NULL, NULL);
	return failed + cmocka_run_group_tests_name("decoder", others, NULL, NULL);
}
