/* SPDX-License-Identifier: Apache-2.0
 *
 * From what was seen of one recipient's transaction to its outcome: pure, seven rules, the first
 * that matches wins. Success is never inferred from the absence of an error: the library reports
 * "no error" for a relay that never greeted, and codes of an earlier chunk for one that stalled.
 */
#pragma once

#include "schemas/outcome.h"

#include <stdbool.h>

/* Why a session came to nothing as a whole. */
enum smtp_fault {
	SMTP_FAULT_NONE,
	SMTP_FAULT_CONNECT,  /* no name, no connection, or the greeting refused us */
	SMTP_FAULT_TIMEOUT,  /* no connection within the limit */
	SMTP_FAULT_STARTTLS, /* required and not offered */
	SMTP_FAULT_TLS,	     /* handshake failed, wrong certificate */
	SMTP_FAULT_GLUED,    /* bytes behind the STARTTLS reply: somebody is in between */
	SMTP_FAULT_AUTH,     /* login refused or not offered */
	SMTP_FAULT_NONSENSE, /* a reply that is none */
	SMTP_FAULT_SILENT,   /* a reply did not come in time */
	SMTP_FAULT_DROPPED,  /* the connection ended before the session did */
	SMTP_FAULT_DEADLINE, /* we stopped it: the batch's time is over */
};

struct smtp_reply {
	int code; /* 0: none seen */
	int class;
	int subject;
	int detail;
	const char *text; /* borrowed; may be NULL */
};

struct smtp_facts {
	bool session_failed;	/* smtp_start_session() failed, or we broke it off before MAIL */
	enum smtp_fault fault;	/* what ended the session early */
	const char *fault_text; /* borrowed; NULL: none */
	bool mail_begun;	/* some MAIL command of this session was answered */
	struct smtp_reply mail;
	struct smtp_reply recipient;
	struct smtp_reply final; /* to DATA, or to the end of the message; may be left over */
	bool complete;		 /* smtp_recipient_check_complete() */
	bool final_event;	 /* the final reply is this message's own */
	bool source_ended;	 /* the end of the message was handed to the library */
};

/* Fills *o but duration_ms and remote_id. Addresses in the remote's words are blotted out. */
void smtp_outcome(const struct smtp_facts *facts, struct outcome *o);

/* "Too many messages/recipients in one go" (452 4.5.3): the rest may go at once in a new session.
 */
bool smtp_reply_is_too_many(const struct smtp_reply *reply);
