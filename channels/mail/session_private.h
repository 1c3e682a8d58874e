/* SPDX-License-Identifier: Apache-2.0
 *
 * What session.c (the run) and session_judge.c (what it came to) share.
 */
#pragma once

#include "channels/mail/connect.h"
#include "channels/mail/session.h"
#include "channels/mail/smtp_outcome.h"
#include "channels/mail/smtp_watch.h"
#include "channels/mail/tls.h"

#include <auth-client.h>
#include <libesmtp.h>

struct smtp_relay {
	const struct mail_settings *settings;
	SSL_CTX *tls; /* NULL: clear text */
	struct tls_note note;
};

struct session;

struct job_state {
	struct session *session;
	const struct smtp_job *job;
	size_t index;
	int part;		  /* of the source: 0 head, 1 rest, 2 end */
	struct mono_time started; /* reading of the source */
	bool source_ended;
	bool final_event;
	smtp_message_t message;	      /* the library's */
	smtp_recipient_t *recipients; /* the library's, in an array of ours */
};

struct session {
	struct smtp_relay *relay;
	const struct smtp_hooks *hooks;
	struct mono_time deadline;
	smtp_session_t library;
	auth_context_t auth;
	struct connect_guard guard;
	struct smtp_watch watch;
	struct job_state *jobs;
	size_t count;
	bool tls_standing;
	bool mail_begun;
	size_t drowned; /* bytes of a senseless relay kept from the library */
	bool too_many;	/* we ended it because the relay wants a new session */
	enum smtp_fault fault;
	char fault_text[OUTCOME_TEXT_SIZE];
	int64_t wait_ms;	    /* the library's timeout now */
	struct mono_time last_sign; /* of the relay */
};

/* The texts are the library's, until the session is destroyed. */
struct smtp_reply session_reply(const smtp_status_t *status);

/* Reports each recipient of each job once. started: what smtp_start_session() returned. */
void session_judge(struct session *s, bool started, int64_t duration_ms);
