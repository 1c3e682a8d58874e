/* SPDX-License-Identifier: Apache-2.0
 *
 * HTTPS requests and WebSockets over libwebsockets, without threads, on the program's own event
 * loop. (The library of Debian 12 has no plugin for libevent; it runs on a libuv loop whose
 * descriptor and timeout are watched by ours, as libuv means it: uv_backend_fd(3).)
 * Nothing calls back before the function that started it has returned.
 */
#pragma once

#include "base/err.h"

#include <event2/event.h>
#include <stddef.h>
#include <stdint.h>

struct transport;

struct transport_settings {
	const char *authorization; /* value of the header for requests: a secret */
	const char *ca_file;	   /* "": the system's authorities */
	int64_t timeout_ms;	   /* of one whole request, of one WebSocket's opening */
	int quiet_s; /* a WebSocket that has been silent so long is pinged, and closed at twice */
};

/* Texts are copied. NULL and *e when the library cannot start. */
struct transport *transport_new(
	struct event_base *base, const struct transport_settings *settings, struct err *e);
/* Ends everything that is open, with a goodbye where there is time; no callback comes after it. */
void transport_free(struct transport *t);

/* ---- requests ---- */

struct rest_answer {
	int status;	  /* 0: there was none, and fault says why */
	const char *body; /* with a zero behind it */
	size_t size;
	const char *fault; /* "" when the whole answer was read */
};

struct rest_call;

/* body NULL: none; otherwise JSON. Answers above limit bytes are a fault. done is called once, and
 * the call is gone after it. NULL when url is none of http and https. */
struct rest_call *transport_request(struct transport *t, const char *method, const char *url,
	const char *body, size_t limit, void (*done)(void *data, const struct rest_answer *answer),
	void *data);
/* done will not be called any more. */
void rest_call_cancel(struct rest_call *call);

/* ---- WebSockets ---- */

struct web_socket;

struct web_socket_handler {
	void (*opened)(void *data);
	/* A whole message; larger ones than the limit end the connection. */
	void (*message)(void *data, const char *text, size_t size);
	/* Once, whatever happened before; the socket is gone after it. */
	void (*closed)(void *data, const char *why);
};

/* NULL when url is none of ws and wss. */
struct web_socket *transport_connect(struct transport *t, const char *url, const char *protocol,
	size_t limit, const struct web_socket_handler *handler, void *data);
/* Queues a text message (copied). */
void web_socket_send(struct web_socket *s, const char *text);
/* Says goodbye and closes; no callback comes any more. */
void web_socket_close(struct web_socket *s);
