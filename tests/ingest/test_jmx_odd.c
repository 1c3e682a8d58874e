/* SPDX-License-Identifier: Apache-2.0
 *
 * Oddities that real telegrams have and ones that they may have some day: one small telegram,
 * bent in one place per row.
 */
#include "ingest/decode.h"
#include "ingest/xml.h"
#include "tests/cmocka_all.h"

#include <stdio.h>
#include <string.h>

/* The places a row can bend; NULL leaves the usual. */
struct bend {
	const char *before; /* in front of the root */
	const char *title;
	const char *status;
	const char *event; /* the whole element */
	const char *info_type;
	const char *serial; /* the whole element */
	const char *report_time;
	const char *code;
};

static const char * or (const char *text, const char *usual)
{
	return text ? text : usual;
}

static size_t write_telegram(const struct bend *b, char *out, size_t size)
{
	int n = snprintf(out, size,
		"%s<r:Report xmlns:r=\"http://xml.kishou.go.jp/jmaxml1/\"><r:Control><r:Title>%s"
		"</r:Title><r:DateTime>2026-11-20T05:33:08Z</r:DateTime><r:Status>%s</r:Status>"
		"<r:EditorialOffice>気象庁本庁</r:EditorialOffice></r:Control>"
		"<Head xmlns=\"http://xml.kishou.go.jp/jmaxml1/informationBasis1/\">"
		"<ReportDateTime>%s</ReportDateTime>%s<InfoType>%s</InfoType>%s</Head>"
		"<s:Body xmlns:s=\"http://xml.kishou.go.jp/jmaxml1/body/seismology1/\"><s:Tsunami>"
		"<s:Forecast><s:Item><s:Area><s:Name>福島県</s:Name><s:Code>250</s:Code></s:Area>"
		"<s:Category><s:Kind><s:Code>%s</s:Code></s:Kind></s:Category></s:Item>"
		"</s:Forecast></s:Tsunami></s:Body></r:Report>",
		or (b->before, ""), or (b->title, "津波警報・注意報・予報a"),
		or (b->status, "通常"), or (b->report_time, "2026-11-20T14:33:00+09:00"),
		or (b->event, "<EventID>20261120143000</EventID>"), or (b->info_type, "発表"),
		or (b->serial, "<Serial/>"), or (b->code, "51"));
	assert_true(n > 0 && (size_t)n < size);
	return (size_t)n;
}

static int decode(const struct bend *b, struct alert **a, struct decode_refusal *refusal)
{
	char text[4096];
	size_t size = write_telegram(b, text, sizeof(text));
	return decode_telegram(text, size, NULL, a, refusal);
}

static void test_bent(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct bend bend;
		enum alert_status status;
		enum alert_action action;
		const char *series;
		const char *kind; /* of the only item; NULL: no item */
		const char *warning;
	} rows[] = {
		{"other prefixes, no declaration", {0}, ALERT_STATUS_ACTUAL, ALERT_ACTION_ISSUE,
			"VTSE41/20261120143000", "tsunami.warning", NULL},
		{"byte order mark and line breaks in front", {.before = "\xef\xbb\xbf\r\n"},
			ALERT_STATUS_ACTUAL, ALERT_ACTION_ISSUE, "VTSE41/20261120143000",
			"tsunami.warning", NULL},
		{"trailing blanks in a code", {.code = "53 \n"}, ALERT_STATUS_ACTUAL,
			ALERT_ACTION_ISSUE, "VTSE41/20261120143000", "tsunami.major_warning", NULL},
		{"ideographic space around a status", {.status = "　訓練　"}, ALERT_STATUS_EXERCISE,
			ALERT_ACTION_ISSUE, "VTSE41/20261120143000", "tsunami.warning", NULL},
		{"two events, the later first",
			{.event = "<EventID>20261120151747 20261120143000</EventID>"},
			ALERT_STATUS_ACTUAL, ALERT_ACTION_ISSUE, "VTSE41/20261120143000",
			"tsunami.warning", NULL},
		{"no event", {.event = "<EventID></EventID>"}, ALERT_STATUS_ACTUAL,
			ALERT_ACTION_ISSUE, "VTSE41/2026-11-20T05:33:00+00:00", "tsunami.warning",
			"missing-event"},
		{"empty serial with a blank", {.serial = "<Serial />"}, ALERT_STATUS_ACTUAL,
			ALERT_ACTION_ISSUE, "VTSE41/20261120143000", "tsunami.warning", NULL},
		{"serial 001", {.serial = "<Serial>001</Serial>"}, ALERT_STATUS_ACTUAL,
			ALERT_ACTION_ISSUE, "VTSE41/20261120143000", "tsunami.warning", NULL},
		{"serial 2", {.serial = "<Serial>2</Serial>"}, ALERT_STATUS_ACTUAL,
			ALERT_ACTION_UPDATE, "VTSE41/20261120143000", "tsunami.warning", NULL},
		{"unknown status never is actual", {.status = "通常？"}, ALERT_STATUS_TEST,
			ALERT_ACTION_ISSUE, "VTSE41/20261120143000", "tsunami.warning",
			"unknown-status"},
		{"missing status", {.status = ""}, ALERT_STATUS_TEST, ALERT_ACTION_ISSUE,
			"VTSE41/20261120143000", "tsunami.warning", "unknown-status"},
		{"unknown InfoType", {.info_type = "再送"}, ALERT_STATUS_ACTUAL, ALERT_ACTION_INFO,
			"VTSE41/20261120143000", "tsunami.warning", "unknown-action"},
		{"late", {.info_type = "遅延"}, ALERT_STATUS_ACTUAL, ALERT_ACTION_ISSUE,
			"VTSE41/20261120143000", "tsunami.warning", "late"},
		{"correction", {.info_type = "訂正"}, ALERT_STATUS_ACTUAL, ALERT_ACTION_CORRECT,
			"VTSE41/20261120143000", "tsunami.warning", NULL},
		{"a cancel with a whole body lists nothing", {.info_type = "取消"},
			ALERT_STATUS_ACTUAL, ALERT_ACTION_CANCEL, "VTSE41/20261120143000", NULL,
			NULL},
		{"release without the previous kind", {.code = "60"}, ALERT_STATUS_ACTUAL,
			ALERT_ACTION_RELEASE, "VTSE41/20261120143000", "tsunami.advisory", NULL},
		{"a code of a later year still alerts", {.code = "54"}, ALERT_STATUS_ACTUAL,
			ALERT_ACTION_ISSUE, "VTSE41/20261120143000", "tsunami.warning",
			"unknown-code"},
		{"time that is none", {.report_time = "soon"}, ALERT_STATUS_ACTUAL,
			ALERT_ACTION_ISSUE, "VTSE41/20261120143000", "tsunami.warning", "bad-time"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct alert *a = NULL;
		struct decode_refusal refusal;
		print_message("%s\n", rows[i].name);
		assert_int_equal(decode(&rows[i].bend, &a, &refusal), 0);
		assert_int_equal(a->status, rows[i].status);
		assert_int_equal(a->action, rows[i].action);
		assert_string_equal(a->series, rows[i].series);
		assert_int_equal(a->item_count, rows[i].kind ? 1 : 0);
		if (rows[i].kind) {
			assert_string_equal(a->items[0].kind->name, rows[i].kind);
			assert_string_equal(a->items[0].areas[0].code, "250");
		}
		assert_int_equal(a->warning_count > 0, rows[i].warning != NULL);
		if (rows[i].warning) {
			assert_string_equal(a->warnings[0].code, rows[i].warning);
		}
		alert_free(a);
	}
}

static void test_refused(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct bend bend;
		const char *code;
		const char *says;
	} rows[] = {
		{"known but not handled", {.title = "推定噴煙流向報"}, "not-handled", "VFVO60"},
		{"title nobody knows", {.title = "新しい情報"}, "not-handled", "新しい情報"},
		{"doctype", {.before = "<!DOCTYPE Report>"}, "doctype", "DOCTYPE"},
		{"text in front", {.before = "hello"}, "not-xml", "well-formed"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct alert *a = NULL;
		struct decode_refusal refusal;
		print_message("%s\n", rows[i].name);
		assert_true(decode(&rows[i].bend, &a, &refusal) < 0);
		assert_null(a);
		assert_string_equal(refusal.code, rows[i].code);
		assert_non_null(strstr(refusal.reason, rows[i].says));
	}
}

/* Two telegrams of one event and serial, years apart, are two. */
static void test_revision_tells_years_apart(void **state)
{
	(void)state;
	static const struct bend now = {.serial = "<Serial>2</Serial>"};
	static const struct bend later = {
		.serial = "<Serial>2</Serial>", .report_time = "2028-01-05T10:00:00+09:00"};
	static const struct bend cancel = {.serial = "<Serial>2</Serial>", .info_type = "取消"};
	struct alert *a = NULL;
	struct alert *b = NULL;
	struct alert *c = NULL;
	struct decode_refusal refusal;
	assert_int_equal(decode(&now, &a, &refusal), 0);
	assert_int_equal(decode(&later, &b, &refusal), 0);
	assert_int_equal(decode(&cancel, &c, &refusal), 0);
	assert_true(strcmp(a->revision, b->revision) < 0);
	assert_true(strcmp(a->revision, c->revision) < 0);
	assert_int_equal(c->reference_count, 1);
	assert_string_equal(c->references[0].series, a->series);
	alert_free(a);
	alert_free(b);
	alert_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bent),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_revision_tells_years_apart),
	};
	xml_setup();
	return cmocka_run_group_tests_name("jmx_odd", tests, NULL, NULL);
}
