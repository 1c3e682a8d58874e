/* SPDX-License-Identifier: Apache-2.0
 *
 * The seven rules row by row, and the watch over an SMTP session's bytes.
 */
#include "channels/mail/smtp_outcome.h"
#include "channels/mail/smtp_watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MAIL_OK	 .mail = {.code = 250}
#define RCPT_OK	 .recipient = {.code = 250}
#define FINAL_OK .final = {.code = 250}

static const struct {
	const char *name;
	struct smtp_facts facts;
	enum outcome_class class;
	enum outcome_scope scope;
	enum outcome_reason reason;
	int code;
} rows[] = {
	{"rule 1: no connection", {.session_failed = true, .fault = SMTP_FAULT_CONNECT},
		OUTCOME_TRANSIENT, OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_UNREACHABLE, 0},
	{"rule 1: no connection in time", {.session_failed = true, .fault = SMTP_FAULT_TIMEOUT},
		OUTCOME_TRANSIENT, OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_TIMEOUT, 0},
	{"rule 1: login refused", {.session_failed = true, .fault = SMTP_FAULT_AUTH},
		OUTCOME_TRANSIENT, OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_AUTH, 0},
	{"rule 1: glued bytes", {.session_failed = true, .fault = SMTP_FAULT_GLUED},
		OUTCOME_TRANSIENT, OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_PROTOCOL, 0},
	{"rule 2: MAIL 5xx", {.mail = {.code = 550}, .mail_begun = true}, OUTCOME_PERMANENT,
		OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_REFUSED, 550},
	{"rule 2: MAIL 4xx", {.mail = {.code = 451}, .mail_begun = true}, OUTCOME_TRANSIENT,
		OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_REFUSED, 451},
	{"rule 2: login required", {.mail = {.code = 530}, .mail_begun = true}, OUTCOME_PERMANENT,
		OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_AUTH, 530},
	{"rule 2: too large", {.mail = {.code = 552}, .mail_begun = true}, OUTCOME_PERMANENT,
		OUTCOME_SCOPE_TARGET, OUTCOME_REASON_CONTENT, 552},
	{"rule 3: RCPT 5xx beats a final 250",
		{MAIL_OK, .recipient = {.code = 550}, FINAL_OK, .complete = true,
			.final_event = true, .source_ended = true},
		OUTCOME_PERMANENT, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_TARGET, 550},
	{"rule 3: RCPT 4xx beats a final 250",
		{MAIL_OK, .recipient = {.code = 450}, FINAL_OK, .final_event = true,
			.source_ended = true},
		OUTCOME_TRANSIENT, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_TARGET, 450},
	{"rule 3: mailbox full", {MAIL_OK, .recipient = {.code = 452, 4, 2, 2}}, OUTCOME_TRANSIENT,
		OUTCOME_SCOPE_TARGET, OUTCOME_REASON_RATE, 452},
	{"rule 3: greylisted", {MAIL_OK, .recipient = {.code = 450, 4, 7, 1}}, OUTCOME_TRANSIENT,
		OUTCOME_SCOPE_DESTINATION, OUTCOME_REASON_RATE, 450},
	{"rule 3: closing", {MAIL_OK, .recipient = {.code = 421, 4, 3, 2}}, OUTCOME_TRANSIENT,
		OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_UNREACHABLE, 421},
	{"rule 4: taken",
		{MAIL_OK, RCPT_OK, FINAL_OK, .complete = true, .final_event = true,
			.source_ended = true},
		OUTCOME_DELIVERED, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_NONE, 250},
	{"rule 5: final 554 though RCPT is 250 and complete",
		{MAIL_OK, RCPT_OK, .final = {.code = 554}, .complete = true, .final_event = true,
			.source_ended = true},
		OUTCOME_PERMANENT, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_CONTENT, 554},
	{"rule 5: final 451, incomplete",
		{MAIL_OK, RCPT_OK, .final = {.code = 451}, .final_event = true,
			.source_ended = true},
		OUTCOME_TRANSIENT, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_REFUSED, 451},
	{"rule 5: DATA refused before the message",
		{MAIL_OK, RCPT_OK, .final = {.code = 554}, .final_event = true}, OUTCOME_PERMANENT,
		OUTCOME_SCOPE_TARGET, OUTCOME_REASON_CONTENT, 554},
	{"rule 5: relay's disk full",
		{MAIL_OK, RCPT_OK, .final = {.code = 452, 4, 3, 1}, .final_event = true,
			.source_ended = true},
		OUTCOME_TRANSIENT, OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_REFUSED, 452},
	{"rule 6: never greeted", {.fault = SMTP_FAULT_SILENT}, OUTCOME_TRANSIENT,
		OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_TIMEOUT, 0},
	{"rule 6: dropped before the end of the message",
		{MAIL_OK, RCPT_OK, .final = {.code = 354}, .fault = SMTP_FAULT_DROPPED},
		OUTCOME_TRANSIENT, OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_UNREACHABLE, 0},
	{"rule 6: our deadline says nothing about the relay", {.fault = SMTP_FAULT_DEADLINE},
		OUTCOME_TRANSIENT, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_TIMEOUT, 0},
	{"rule 6: a final refusal without its event is left over",
		{MAIL_OK, RCPT_OK, .final = {.code = 554}, .fault = SMTP_FAULT_DROPPED},
		OUTCOME_TRANSIENT, OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_UNREACHABLE, 0},
	{"rule 7: no final reply",
		{MAIL_OK, RCPT_OK, .final = {.code = 354}, .source_ended = true,
			.fault = SMTP_FAULT_SILENT},
		OUTCOME_UNKNOWN, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_TIMEOUT, 0},
	{"rule 7: 250 left over from an earlier chunk, not complete",
		{MAIL_OK, RCPT_OK, FINAL_OK, .source_ended = true, .fault = SMTP_FAULT_SILENT},
		OUTCOME_UNKNOWN, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_TIMEOUT, 0},
	{"rule 7: an event without a code",
		{MAIL_OK, RCPT_OK, .final_event = true, .source_ended = true,
			.fault = SMTP_FAULT_DROPPED},
		OUTCOME_UNKNOWN, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_UNREACHABLE, 0},
	{"rule 7: nothing known and nothing named", {.source_ended = true}, OUTCOME_UNKNOWN,
		OUTCOME_SCOPE_TARGET, OUTCOME_REASON_PROTOCOL, 0},
};

static void test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct outcome o;
		smtp_outcome(&rows[i].facts, &o);
		if (o.class != rows[i].class || o.scope != rows[i].scope ||
			o.reason != rows[i].reason || o.code != rows[i].code) {
			fail_msg("%s: got %s/%s/%s %d", rows[i].name, outcome_class_name(o.class),
				outcome_scope_name(o.scope), outcome_reason_name(o.reason), o.code);
		}
	}
}

static void test_text_has_no_addresses(void **state)
{
	static const struct {
		const char *said;
		const char *kept;
	} texts[] = {
		{"<a@example.jp>: no such user\r\n", "RCPT: 550 5.1.1 <..> no such user"},
		{"x\r\na@b.jp\r\n", "RCPT: 550 5.1.1 x  <..>"},
		{"", "RCPT: 550 5.1.1"},
		{"@ @@ a@b", "RCPT: 550 5.1.1 @ @@ a@b"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct outcome o;
		const struct smtp_facts facts = {
			.mail = {.code = 250}, .recipient = {550, 5, 1, 1, texts[i].said}};
		smtp_outcome(&facts, &o);
		assert_string_equal(o.text, texts[i].kept);
	}
}

static void feed(struct smtp_watch *w, const char *client, const char *server)
{
	smtp_watch_written(w, client, strlen(client));
	smtp_watch_read(w, server, strlen(server));
}

static void test_watch_starttls(void **state)
{
	static const struct {
		const char *name;
		const char *reply;
		bool tls;
		bool glued;
	} replies[] = {
		{"agreed", "220 go\r\n", true, false},
		{"agreed in two lines", "220-go\r\n220 on\r\n", true, false},
		{"glued line", "220 go\r\n250 hello\r\n", true, true},
		{"glued byte", "220 go\r\nX", true, true},
		{"refused", "454 no\r\n", false, false},
		{"nonsense", "go\r\n", false, false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
		struct smtp_watch w = {0};
		smtp_watch_read(&w, "220 mail\r\n", 10);
		feed(&w, "EHLO x\r\n", "250-mail\r\n250 STARTTLS\r\n");
		feed(&w, "STARTTLS\r\n", replies[i].reply);
		if (w.tls != replies[i].tls || w.glued != replies[i].glued || w.greeting != 220) {
			fail_msg("%s: tls %d glued %d", replies[i].name, w.tls, w.glued);
		}
	}
}

static void test_watch_split_reply(void **state)
{
	struct smtp_watch w = {0};
	(void)state;
	smtp_watch_read(&w, "220 mail\r\n", 10);
	feed(&w, "STARTTLS\r\n", "22");
	smtp_watch_read(&w, "0 go\r", 5);
	assert_false(w.tls);
	smtp_watch_read(&w, "\n", 1);
	assert_true(w.tls);
	assert_false(w.glued);
}

static void test_watch_nonsense(void **state)
{
	static const struct {
		const char *name;
		const char *bytes;
		size_t sensible;
	} reads[] = {
		{"good lines", "250-a\r\n250 b\r\n220 c\r\n", 21},
		{"part of a line", "250 a", 5},
		{"no text", "250 a\r\n250\r\n", 7},
		{"no code", "250 a\r\nhello\r\n", 7},
		{"two codes in one reply", "250-a\r\n550 b\r\n", 7},
		{"empty line", "\r\n", 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
		struct smtp_watch w = {0};
		size_t got = smtp_watch_read(&w, reads[i].bytes, strlen(reads[i].bytes));
		if (got != reads[i].sensible) {
			fail_msg("%s: %zu", reads[i].name, got);
		}
	}
}

static void test_watch_login(void **state)
{
	struct smtp_watch w = {0};
	(void)state;
	smtp_watch_read(&w, "220 mail\r\n", 10);
	feed(&w, "AUTH LOGIN\r\n", "334 VXNlcm5hbWU6\r\n");
	feed(&w, "STARTTLS\r\n", "334 UGFzc3dvcmQ6\r\n"); /* a password may look like a command */
	feed(&w, "c2VjcmV0\r\n", "535 5.7.8 no\r\n");
	assert_int_equal(w.auth_refused, 535);
	assert_string_equal(w.auth_text, "535 5.7.8 no");
	assert_false(w.authenticated);
	assert_false(w.tls);
	feed(&w, "AUTH PLAIN xyz\r\n", "235 yes\r\n");
	assert_true(w.authenticated);
	assert_false(w.mail);
	feed(&w, "RSET\r\nMAIL FROM:<a@b>\r\n", "");
	assert_true(w.mail);
	assert_null(memmem(&w, sizeof(w), "c2VjcmV0", 8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_text_has_no_addresses),
		cmocka_unit_test(test_watch_starttls),
		cmocka_unit_test(test_watch_split_reply),
		cmocka_unit_test(test_watch_nonsense),
		cmocka_unit_test(test_watch_login),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
