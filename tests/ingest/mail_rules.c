/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ingest/mail_rules.h"

#include "tests/cmocka_all.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct mail_rules *compile(const char *file, const char *text, size_t size)
{
	struct config_faults faults;
	config_faults_init(&faults);
	json_t *object = config_mail_rules_text(file, text, size, &faults);
	if (!object) {
		fail_msg("%s:%d:%d: %s: %s", file, faults.list[0].line, faults.list[0].column,
			faults.list[0].key, faults.list[0].text);
	}
	struct err e = {0};
	struct mail_rules *rules = mail_rules_new(object, &e);
	if (!rules) {
		fail_msg("%s", e.text);
	}
	json_decref(object);
	config_faults_clear(&faults);
	return rules;
}

struct mail_rules *example_rules(void)
{
	char *text;
	size_t size;
	struct err e = {0};
	const char *path = SOURCE_DIR "/config/mail_rules/jalert-mail.yaml";
	assert_int_equal(file_read(path, 1024 * 1024, &text, &size, &e), 0);
	struct mail_rules *rules = compile("jalert-mail.yaml", text, size);
	free(text);
	return rules;
}

struct mail_rules *rules_of(const char *yaml)
{
	return compile("rules.yaml", yaml, strlen(yaml));
}

struct alert *decode_mail(const struct mail_rules *rules, const char *mail, size_t size,
	struct decode_refusal *refusal)
{
	static const char *formats[] = {"jalert-mail"};
	static const char *senders[] = {"receiver@city.example.jp"};
	static const struct text_list format_list = {.list = formats, .count = 1};
	static const struct text_list sender_list = {.list = senders, .count = 1};
	const struct decode_policy policy = {
		.formats = &format_list, .senders = &sender_list, .mail_rules = rules};
	struct alert *a = NULL;
	(void)decode_telegram(mail, size, &policy, &a, refusal);
	return a;
}

char *write_mail(int seconds, const char *subject, const char *body)
{
	struct tm t = {
		.tm_year = 126, .tm_mon = 10, .tm_mday = 20, .tm_hour = 14, .tm_sec = seconds};
	char date[64];
	char *out = NULL;
	(void)timegm(&t); /* carries the seconds over */
	(void)strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S +0900", &t);
	if (asprintf(&out,
		    "Return-Path: <receiver@city.example.jp>\r\n"
		    "From: receiver@city.example.jp\r\nTo: hansho@localhost\r\n"
		    "Subject: %s\r\nDate: %s\r\nMessage-ID: <%d.1@receiver>\r\n"
		    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
		    "Content-Transfer-Encoding: 8bit\r\n\r\n%s\r\n",
		    subject, date, rand(), body) < 0) {
		abort();
	}
	return out;
}
