/* SPDX-License-Identifier: Apache-2.0
 *
 * One SMTP session over libesmtp: messages in, an outcome per recipient out. What the library gets
 * wrong is put right here (see smtp_outcome.h, smtp_watch.h, connect.h, tls.h); nothing outside
 * knows the library.
 */
#pragma once

#include "base/clock.h"
#include "channels/mail/settings.h"
#include "schemas/outcome.h"

#include <stdbool.h>
#include <stddef.h>

struct smtp_relay;

/* settings are borrowed. Loads certificates, touches no network. */
int smtp_relay_new(const struct mail_settings *settings, struct smtp_relay **out, struct err *e);
void smtp_relay_free(struct smtp_relay *relay); /* NULL is fine */

/* One message; everything is borrowed for the run. */
struct smtp_job {
	const char *head; /* whole header lines, CRLF */
	size_t head_size;
	const char *rest; /* further header lines, the empty line, the body */
	size_t rest_size;
	const char *envelope_id;       /* DSN; printable ASCII */
	const char *const *recipients; /* in address_form() */
	size_t recipient_count;
};

struct smtp_hooks {
	/* The end of this job's message is about to be given to the relay. */
	void (*at_risk)(void *data, size_t job);
	/* Called once for each recipient after the session. again: it was put off only because the
	 * session or the message was full, and others got through. */
	void (*report)(void *data, size_t job, size_t recipient, const struct outcome *outcome,
		bool again);
	void *data;
};

/* Blocks until all jobs are over or the deadline has come, at most (name lookup apart, which only
 * killing the process ends). */
void smtp_session_run(struct smtp_relay *relay, const struct smtp_job *jobs, size_t count,
	struct mono_time deadline, const struct smtp_hooks *hooks);
