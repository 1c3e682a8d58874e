/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mail/session_private.h"

#include <stdio.h>
#include <string.h>

enum { TIMEOUT_SLACK_MS = 100 };

struct smtp_reply session_reply(const smtp_status_t *status)
{
	struct smtp_reply reply = {0};
	if (status) {
		reply = (struct smtp_reply){.code = status->code,
			.class = status->enh_class,
			.subject = status->enh_subject,
			.detail = status->enh_detail,
			.text = status->text};
	}
	return reply;
}

static void find_fault(struct session *s, bool started)
{
	char text[128] = "";
	if (s->fault != SMTP_FAULT_NONE) {
		return;
	}
	const char *said = s->mail_begun ? "" : s->watch.last_text;
	if (!started) {
		s->fault = s->guard.timed_out ? SMTP_FAULT_TIMEOUT : SMTP_FAULT_CONNECT;
		if (said[0] == '\0' && !s->guard.timed_out) {
			said = smtp_strerror(smtp_errno(), text, sizeof(text));
		}
	} else if (s->watch.tls && !s->tls_standing) {
		s->fault = SMTP_FAULT_TLS;
		said = s->relay->note.text;
	} else if (-mono_time_left_ms(s->last_sign) >= s->wait_ms - TIMEOUT_SLACK_MS) {
		s->fault = SMTP_FAULT_SILENT;
		said = "";
	} else {
		s->fault = SMTP_FAULT_DROPPED;
	}
	(void)snprintf(s->fault_text, sizeof(s->fault_text), "%s", said ? said : "");
}

static bool is_before_mail(const struct session *s, bool started)
{
	static const bool early[] = {
		[SMTP_FAULT_STARTTLS] = true,
		[SMTP_FAULT_TLS] = true,
		[SMTP_FAULT_GLUED] = true,
		[SMTP_FAULT_AUTH] = true,
		[SMTP_FAULT_DEADLINE] = false,
	};
	return !started || (!s->mail_begun && early[s->fault]);
}

static struct smtp_facts facts_of(
	const struct session *s, const struct job_state *state, size_t recipient, bool started)
{
	smtp_recipient_t to = state->recipients[recipient];
	return (struct smtp_facts){
		.session_failed = is_before_mail(s, started),
		.fault = s->fault,
		.fault_text = s->fault_text,
		.mail_begun = s->mail_begun,
		.mail = session_reply(smtp_reverse_path_status(state->message)),
		.recipient = session_reply(smtp_recipient_status(to)),
		.final = session_reply(smtp_message_transfer_status(state->message)),
		.complete = smtp_recipient_check_complete(to) != 0,
		.final_event = state->final_event,
		.source_ended = state->source_ended,
	};
}

/* Put off for fullness, as against refused: its own reply says so, or the session ended so. */
static bool is_put_off(const struct session *s, const struct smtp_facts *facts)
{
	return smtp_reply_is_too_many(&facts->mail) || smtp_reply_is_too_many(&facts->recipient) ||
	       (s->too_many && facts->mail.code == 0);
}

void session_judge(struct session *s, bool started, int64_t duration_ms)
{
	bool progress = false;
	find_fault(s, started);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < s->count; i++) {
			struct job_state *state = &s->jobs[i];
			for (size_t r = 0; r < state->job->recipient_count; r++) {
				struct outcome o;
				struct smtp_facts facts = facts_of(s, state, r, started);
				smtp_outcome(&facts, &o);
				if (round == 0) {
					progress = progress || o.class == OUTCOME_DELIVERED;
					continue;
				}
				o.duration_ms = duration_ms;
				s->hooks->report(s->hooks->data, i, r, &o,
					progress && is_put_off(s, &facts));
			}
		}
	}
}
