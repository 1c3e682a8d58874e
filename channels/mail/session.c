/* SPDX-License-Identifier: Apache-2.0
 *
 * How a session can end early, and who ends it:
 *
 *   connect -> greeting -> EHLO -> [STARTTLS -> handshake -> EHLO] -> [AUTH] -> MAIL ... -> QUIT
 *      |          |         |          |           |                    |        |
 *    guard      library   library    watch       OpenSSL              watch    deadline,
 *    (limit)                        (glued)    (name, chain)        (refused)  too many
 *
 * We end it by shutting the socket down, which the library cannot overlook; before MAIL that means
 * nothing was sent. A message is at risk from the moment the library is told where it ends.
 */
#include "channels/mail/session_private.h"

#include "base/log.h"
#include "base/mem.h"
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- ending early ---- */

static void end_early(struct session *s, enum smtp_fault fault, const char *text)
{
	if (s->fault == SMTP_FAULT_NONE) {
		s->fault = fault;
		(void)snprintf(s->fault_text, sizeof(s->fault_text), "%s", text);
	}
	connect_guard_break(&s->guard);
}

static bool is_over(struct session *s)
{
	if (mono_time_left_ms(s->deadline) <= 0) {
		end_early(s, SMTP_FAULT_DEADLINE, "");
	}
	return s->fault != SMTP_FAULT_NONE || s->too_many;
}

/* No reply may be awaited past the deadline. */
static void fit_timeouts(struct session *s)
{
	static const int kinds[] = {
		Timeout_GREETING, Timeout_ENVELOPE, Timeout_DATA, Timeout_TRANSFER, Timeout_DATA2};
	int64_t left = mono_time_left_ms(s->deadline);
	int64_t limit = s->relay->settings->timeout_ms;
	int64_t wait = left < limit ? left : limit;
	s->wait_ms = wait > 1000 ? wait : 1000; /* the library takes no less */
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		(void)smtp_set_timeout(
			s->library, kinds[i] | Timeout_OVERRIDE_RFC2822_MINIMUM, (long)s->wait_ms);
	}
}

static void on_sign(struct session *s)
{
	s->last_sign = clock_mono_now();
}

/* ---- what the library tells ---- */

/* Mechanisms the relay does not know may be followed by one it does; anything else is final, and
 * trying the same password with each mechanism would only lock the account. */
static bool is_login_over(int code)
{
	return code != 0 && code != 500 && code != 501 && code != 502 && code != 504;
}

/* After a reply it cannot read the library takes the next one for the answer to QUIT, and the one
 * after that crashes it. So what is left in its buffer (which it shows us as const, but owns as
 * plain memory), and what the socket still holds, becomes one reply that goes on until the stream
 * ends. Long lines of blanks: it keeps none of them, and its cap on texts is not reached. */
static void drown(struct session *s, char *data, size_t size)
{
	enum { LINE = 200 };
	for (size_t i = 0; i < size; i++) {
		size_t at = s->drowned++ % LINE;
		data[i] = at < 3	  ? '0'
			  : at == 3	  ? '-'
			  : at < LINE - 2 ? ' '
					  : "\r\n"[at - (LINE - 2)];
	}
}

static void on_read(struct session *s, const char *data, size_t size)
{
	char *own = (char *)(uintptr_t)data;
	bool in_line = s->watch.line_length > 0;
	on_sign(s);
	if (s->fault == SMTP_FAULT_NONSENSE) {
		drown(s, own, size);
		return;
	}
	size_t sensible = smtp_watch_read(&s->watch, data, size);
	if (sensible < size) {
		if (in_line && sensible == 0) {
			own[sensible++] = '\n'; /* the line it has the beginning of */
		}
		drown(s, own + sensible, size - sensible);
		end_early(s, SMTP_FAULT_NONSENSE, "");
	}
}

static void on_bytes(const char *data, int size, int writing, void *arg)
{
	struct session *s = arg;
	if (size <= 0 || writing == SMTP_CB_HEADERS) {
		return;
	}
	if (writing) {
		smtp_watch_written(&s->watch, data, (size_t)size);
	} else {
		on_read(s, data, (size_t)size);
	}
	if (s->watch.glued) {
		end_early(s, SMTP_FAULT_GLUED, "");
	} else if (is_login_over(s->watch.auth_refused)) {
		end_early(s, SMTP_FAULT_AUTH, s->watch.auth_text);
	} else if (s->watch.mail && s->relay->tls && !s->tls_standing) {
		end_early(s, SMTP_FAULT_STARTTLS, "");
	} else if (s->watch.mail && s->auth && !s->watch.authenticated) {
		end_early(s, SMTP_FAULT_AUTH,
			s->watch.auth_refused ? s->watch.auth_text : "no login we know is offered");
	}
	(void)is_over(s);
}

static void on_mail_reply(struct session *s, smtp_message_t message)
{
	struct smtp_reply reply = session_reply(smtp_reverse_path_status(message));
	on_sign(s);
	s->mail_begun = true;
	if (smtp_reply_is_too_many(&reply)) {
		s->too_many = true;
		connect_guard_break(&s->guard);
	}
	fit_timeouts(s);
}

static void on_message_reply(struct session *s, smtp_message_t message)
{
	struct job_state *state = smtp_message_get_application_data(message);
	on_sign(s);
	if (state) {
		state->final_event = true;
	}
	fit_timeouts(s);
}

static void on_event(smtp_session_t library, int event, void *arg, ...)
{
	struct session *s = arg;
	va_list list;
	(void)library;
	va_start(list, arg);
	switch (event) {
	case SMTP_EV_MAILSTATUS:
		(void)va_arg(list, char *);
		on_mail_reply(s, va_arg(list, smtp_message_t));
		break;
	case SMTP_EV_RCPTSTATUS:
		on_sign(s);
		connect_guard_quick_ack(&s->guard);
		break;
	case SMTP_EV_MESSAGESENT:
		on_message_reply(s, va_arg(list, smtp_message_t));
		break;
	case SMTP_EV_STARTTLS_OK:
		s->tls_standing = true;
		break;
	case SMTP_EV_WRONG_PEER_CERTIFICATE:
		/* The library compares with the name the DNS gave; OpenSSL has already checked the
		 * one we pinned, or the handshake would have failed. */
		*va_arg(list, int *) = 1;
		break;
	case SMTP_EV_DISCONNECT:
		s->guard.fd = -1; /* closed: the number may soon be something else */
		break;
	case SMTP_EV_EXTNA_STARTTLS:
		end_early(s, SMTP_FAULT_STARTTLS, "");
		break;
	default: /* the rest is answered with the default: DSN is optional, all else refused */
		break;
	}
	va_end(list);
	if (event != SMTP_EV_DISCONNECT && event != SMTP_EV_MESSAGEDATA) {
		(void)is_over(s);
	}
}

/* The library takes a non-zero errno at the end for a read error and hangs up without ending the
 * message: that is how a message is broken off. */
static const char *break_off(int *size)
{
	*size = 0;
	errno = ECANCELED;
	return NULL;
}

static const char *end_of_source(struct job_state *state, int *size)
{
	struct session *s = state->session;
	/* The library forgets bytes it could not write in time; a message with a hole must not be
	 * ended. */
	if (-mono_time_left_ms(state->started) >= s->wait_ms) {
		end_early(s, SMTP_FAULT_SILENT, "the message could not be written in time");
		return break_off(size);
	}
	s->hooks->at_risk(s->hooks->data, state->index);
	state->source_ended = true;
	*size = 0;
	errno = 0;
	return NULL;
}

/* The library would free() a context we set; ours is in arg, and *context stays NULL. */
static const char *read_source(void **context, int *size, void *arg)
{
	struct job_state *state = arg;
	(void)context;
	if (!size) {
		state->part = 0;
		state->started = clock_mono_now();
		return NULL;
	}
	if (is_over(state->session)) {
		return break_off(size);
	}
	switch (state->part) {
	case 0:
		state->part = 1;
		*size = (int)state->job->head_size;
		return state->job->head;
	case 1:
		state->part = 2;
		*size = (int)state->job->rest_size;
		return state->job->rest;
	default:
		return end_of_source(state, size);
	}
}

static int on_login(auth_client_request_t request, char **result, int fields, void *arg)
{
	const struct mail_settings *settings = arg;
	static char none[] = "";
	for (int i = 0; i < fields; i++) {
		if (request[i].flags & AUTH_USER) {
			result[i] = (char *)(uintptr_t)settings->username;
		} else if (request[i].flags & AUTH_PASS) {
			result[i] = settings->password;
		} else {
			result[i] = none;
		}
	}
	return 1;
}

/* ---- building ---- */

static void need(bool done)
{
	if (!done) {
		log_error("out of memory", "in=libesmtp");
		abort();
	}
}

static void add_job(struct session *s, const struct smtp_job *job, size_t index)
{
	struct job_state *state = &s->jobs[index];
	*state = (struct job_state){.session = s, .job = job, .index = index};
	state->message = smtp_add_message(s->library);
	need(state->message != NULL);
	need(smtp_set_reverse_path(state->message, s->relay->settings->envelope_from));
	need(smtp_set_messagecb(state->message, read_source, state));
	need(smtp_dsn_set_envid(state->message, job->envelope_id));
	(void)smtp_dsn_set_ret(state->message, Ret_HDRS);
	smtp_message_set_application_data_release(state->message, state, NULL);
	state->recipients = mem_new_array(job->recipient_count, sizeof(smtp_recipient_t));
	for (size_t i = 0; i < job->recipient_count; i++) {
		state->recipients[i] = smtp_add_recipient(state->message, job->recipients[i]);
		need(state->recipients[i] != NULL);
		(void)smtp_dsn_set_notify(state->recipients[i], Notify_FAILURE);
	}
}

static void add_login(struct session *s)
{
	const struct mail_settings *settings = s->relay->settings;
	if (settings->username[0] == '\0') {
		return;
	}
	s->auth = auth_create_context();
	need(s->auth != NULL);
	(void)auth_set_mechanism_flags(s->auth, AUTH_PLUGIN_PLAIN, 0);
	(void)auth_set_interact_cb(s->auth, on_login, (void *)(uintptr_t)settings);
	(void)smtp_auth_set_context(s->library, s->auth);
}

static void begin(struct session *s, const struct smtp_job *jobs)
{
	const struct mail_settings *settings = s->relay->settings;
	char server[300];
	(void)snprintf(server, sizeof(server), "%.255s:%d", settings->host, settings->port);
	s->library = smtp_create_session();
	need(s->library != NULL);
	need(smtp_set_server(s->library, server));
	if (settings->helo[0] != '\0') {
		need(smtp_set_hostname(s->library, settings->helo));
	}
	(void)smtp_set_eventcb(s->library, on_event, s);
	(void)smtp_set_monitorcb(s->library, on_bytes, s, 0);
	if (s->relay->tls) {
		(void)smtp_starttls_set_ctx(s->library, s->relay->tls);
		(void)smtp_starttls_enable(s->library, Starttls_REQUIRED);
	} else {
		(void)smtp_starttls_enable(s->library, Starttls_DISABLED);
	}
	add_login(s);
	fit_timeouts(s);
	for (size_t i = 0; i < s->count; i++) {
		add_job(s, &jobs[i], i);
	}
}

/* ---- the run ---- */

void smtp_session_run(struct smtp_relay *relay, const struct smtp_job *jobs, size_t count,
	struct mono_time deadline, const struct smtp_hooks *hooks)
{
	struct mono_time begun = clock_mono_now();
	int64_t left = mono_time_left_ms(deadline);
	int64_t limit = relay->settings->connect_timeout_ms;
	struct session s = {
		.relay = relay,
		.hooks = hooks,
		.deadline = deadline,
		.count = count,
		.last_sign = begun,
		.guard = {.limit_ms = (int)(left < limit ? (left > 0 ? left : 1) : limit),
			.loopback_only = relay->tls == NULL},
	};
	s.jobs = mem_new_array(count, sizeof(*s.jobs));
	relay->note.text[0] = '\0';
	begin(&s, jobs);
	connect_guard_set(&s.guard);
	bool started = smtp_start_session(s.library) != 0;
	connect_guard_set(NULL);
	session_judge(&s, started, -mono_time_left_ms(begun));
	(void)smtp_auth_set_context(s.library, NULL);
	(void)smtp_destroy_session(s.library);
	if (s.auth) {
		(void)auth_destroy_context(s.auth);
	}
	for (size_t i = 0; i < count; i++) {
		free(s.jobs[i].recipients);
	}
	free(s.jobs);
}

/* ---- relay ---- */

int smtp_relay_new(const struct mail_settings *settings, struct smtp_relay **out, struct err *e)
{
	struct smtp_relay *relay = mem_new(sizeof(*relay));
	relay->settings = settings;
	/* The library looks for client certificates below HOME, and mishandles one it finds. */
	(void)setenv("HOME", "/nonexistent", 1);
	(void)setenv("XDG_CONFIG_DIR", "/nonexistent", 1);
	auth_client_init();
	int rc = settings->clear_text ? 0
				      : tls_context_new(settings->tls_name, settings->ca_file,
						&relay->note, &relay->tls, e);
	if (rc) {
		smtp_relay_free(relay);
		return rc;
	}
	*out = relay;
	return 0;
}

void smtp_relay_free(struct smtp_relay *relay)
{
	if (!relay) {
		return;
	}
	SSL_CTX_free(relay->tls);
	auth_client_exit();
	free(relay);
}
