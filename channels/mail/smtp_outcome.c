/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mail/smtp_outcome.h"

#include <stdio.h>
#include <string.h>

enum stage { STAGE_MAIL, STAGE_RCPT, STAGE_FINAL };

/* Reasons and scopes finer than "refused"; -1 fits any. The first row that fits is taken. */
static const struct {
	int stage;
	int code;
	int subject;
	int detail;
	enum outcome_reason reason;
	enum outcome_scope scope;
} refusals[] = {
	{-1, 421, -1, -1, OUTCOME_REASON_UNREACHABLE, OUTCOME_SCOPE_CHANNEL},
	{-1, 454, -1, -1, OUTCOME_REASON_AUTH, OUTCOME_SCOPE_CHANNEL},
	{-1, 530, -1, -1, OUTCOME_REASON_AUTH, OUTCOME_SCOPE_CHANNEL},
	{-1, 535, -1, -1, OUTCOME_REASON_AUTH, OUTCOME_SCOPE_CHANNEL},
	{-1, 538, -1, -1, OUTCOME_REASON_AUTH, OUTCOME_SCOPE_CHANNEL},
	{-1, 552, -1, -1, OUTCOME_REASON_CONTENT, OUTCOME_SCOPE_TARGET},
	{STAGE_MAIL, -1, 3, 4, OUTCOME_REASON_CONTENT, OUTCOME_SCOPE_TARGET},
	{-1, -1, 5, 3, OUTCOME_REASON_RATE, OUTCOME_SCOPE_TARGET},
	{-1, -1, 3, 1, OUTCOME_REASON_REFUSED, OUTCOME_SCOPE_CHANNEL}, /* relay's disk is full */
	{STAGE_MAIL, -1, 7, -1, OUTCOME_REASON_AUTH, OUTCOME_SCOPE_CHANNEL},
	{STAGE_MAIL, -1, -1, -1, OUTCOME_REASON_REFUSED, OUTCOME_SCOPE_CHANNEL},
	{STAGE_RCPT, 450, 7, -1, OUTCOME_REASON_RATE, OUTCOME_SCOPE_DESTINATION},
	{STAGE_RCPT, 451, 7, -1, OUTCOME_REASON_RATE, OUTCOME_SCOPE_DESTINATION},
	{STAGE_RCPT, -1, 7, -1, OUTCOME_REASON_REFUSED, OUTCOME_SCOPE_TARGET},
	{STAGE_RCPT, 452, -1, -1, OUTCOME_REASON_RATE, OUTCOME_SCOPE_TARGET},
	{STAGE_RCPT, -1, -1, -1, OUTCOME_REASON_TARGET, OUTCOME_SCOPE_TARGET},
	{STAGE_FINAL, 451, -1, -1, OUTCOME_REASON_REFUSED, OUTCOME_SCOPE_TARGET},
	{STAGE_FINAL, 452, -1, -1, OUTCOME_REASON_REFUSED, OUTCOME_SCOPE_CHANNEL},
	{STAGE_FINAL, -1, -1, -1, OUTCOME_REASON_CONTENT, OUTCOME_SCOPE_TARGET},
};

static const struct {
	enum outcome_reason reason;
	const char *text;
} faults[] = {
	[SMTP_FAULT_NONE] = {OUTCOME_REASON_PROTOCOL, "the session ended without a reply"},
	[SMTP_FAULT_CONNECT] = {OUTCOME_REASON_UNREACHABLE, "no connection to the relay"},
	[SMTP_FAULT_TIMEOUT] = {OUTCOME_REASON_TIMEOUT, "no connection to the relay in time"},
	[SMTP_FAULT_STARTTLS] = {OUTCOME_REASON_AUTH, "the relay does not offer STARTTLS"},
	[SMTP_FAULT_TLS] = {OUTCOME_REASON_AUTH, "no trusted TLS connection"},
	[SMTP_FAULT_GLUED] = {OUTCOME_REASON_PROTOCOL,
		"bytes followed the STARTTLS reply in clear text: the connection is not trusted"},
	[SMTP_FAULT_AUTH] = {OUTCOME_REASON_AUTH, "the relay does not let us log in"},
	[SMTP_FAULT_NONSENSE] = {OUTCOME_REASON_PROTOCOL, "the relay's reply makes no sense"},
	[SMTP_FAULT_SILENT] = {OUTCOME_REASON_TIMEOUT, "the relay did not answer in time"},
	[SMTP_FAULT_DROPPED] = {OUTCOME_REASON_UNREACHABLE, "the connection was lost"},
	[SMTP_FAULT_DEADLINE] = {OUTCOME_REASON_TIMEOUT, "the batch's time was over"},
};

bool smtp_reply_is_too_many(const struct smtp_reply *reply)
{
	return reply->code == 452 && reply->class == 4 && reply->subject == 5 && reply->detail == 3;
}

static bool is_class(const struct smtp_reply *reply, int class)
{
	return reply->code / 100 == class;
}

/* Words with an at sign are addresses; the log and the record are read by many. */
static void blot_addresses(char *text)
{
	char *out = text;
	for (const char *in = text; *in;) {
		size_t word = strcspn(in, " ");
		if (word > 3 && memchr(in, '@', word)) {
			memcpy(out, "<..>", 4);
			out += 4;
		} else {
			memmove(out, in, word);
			out += word;
		}
		in += word;
		while (*in == ' ') {
			*out++ = *in++;
		}
	}
	*out = '\0';
}

static void set_reply_text(struct outcome *o, const char *stage, const struct smtp_reply *reply)
{
	char text[OUTCOME_TEXT_SIZE * 2];
	char enhanced[40] = "";
	if (reply->class != 0) {
		(void)snprintf(enhanced, sizeof(enhanced), " %d.%d.%d", reply->class,
			reply->subject, reply->detail);
	}
	(void)snprintf(text, sizeof(text), "%s: %d%s %s", stage, reply->code, enhanced,
		reply->text ? reply->text : "");
	size_t size = strlen(text);
	while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == '\r')) {
		text[--size] = '\0';
	}
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '\n' || text[i] == '\r' || text[i] == '\t') {
			text[i] = ' ';
		}
	}
	blot_addresses(text);
	outcome_set_text(o, text);
}

static void refused(struct outcome *o, enum stage stage, const struct smtp_reply *reply)
{
	static const char *const names[] = {"MAIL", "RCPT", "DATA"};
	o->class = is_class(reply, 5) ? OUTCOME_PERMANENT : OUTCOME_TRANSIENT;
	o->code = reply->code;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		if ((refusals[i].stage == -1 || refusals[i].stage == (int)stage) &&
			(refusals[i].code == -1 || refusals[i].code == reply->code) &&
			(refusals[i].subject == -1 ||
				(reply->class != 0 && refusals[i].subject == reply->subject)) &&
			(refusals[i].detail == -1 || refusals[i].detail == reply->detail)) {
			o->reason = refusals[i].reason;
			o->scope = refusals[i].scope;
			break;
		}
	}
	set_reply_text(o, names[stage], reply);
}

static bool is_refusal(const struct smtp_reply *reply)
{
	return is_class(reply, 4) || is_class(reply, 5);
}

/* Without a reply of its own: what ended the session is all there is to say. */
static void unanswered(const struct smtp_facts *f, struct outcome *o, enum outcome_class class)
{
	o->class = class;
	o->reason = faults[f->fault].reason;
	o->scope = class == OUTCOME_TRANSIENT ? OUTCOME_SCOPE_CHANNEL : OUTCOME_SCOPE_TARGET;
	if (f->fault == SMTP_FAULT_DEADLINE) {
		o->scope = OUTCOME_SCOPE_TARGET; /* our own haste says nothing about the relay */
	}
	const char *what = faults[f->fault].text;
	if (f->fault_text && f->fault_text[0] != '\0') {
		char text[OUTCOME_TEXT_SIZE * 2];
		(void)snprintf(text, sizeof(text), "%s: %s", what, f->fault_text);
		blot_addresses(text);
		outcome_set_text(o, text);
	} else {
		outcome_set_text(o, what);
	}
}

void smtp_outcome(const struct smtp_facts *f, struct outcome *o)
{
	*o = (struct outcome){.class = OUTCOME_UNKNOWN};
	if (f->session_failed) {
		unanswered(f, o, OUTCOME_TRANSIENT);
	} else if (is_refusal(&f->mail)) {
		refused(o, STAGE_MAIL, &f->mail);
	} else if (is_refusal(&f->recipient)) {
		refused(o, STAGE_RCPT, &f->recipient);
	} else if (f->complete && is_class(&f->recipient, 2) && is_class(&f->final, 2)) {
		o->class = OUTCOME_DELIVERED;
		o->code = f->final.code;
		set_reply_text(o, "DATA", &f->final);
	} else if (f->final_event && is_refusal(&f->final)) {
		refused(o, STAGE_FINAL, &f->final);
	} else if (!f->source_ended) {
		unanswered(f, o, OUTCOME_TRANSIENT);
	} else {
		unanswered(f, o, OUTCOME_UNKNOWN);
	}
}
