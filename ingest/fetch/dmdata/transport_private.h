/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by transport.c (library, loop), rest.c (requests) and web_socket.c, by nobody else.
 */
#pragma once

#include "base/buf.h"
#include "ingest/fetch/dmdata/transport.h"

#include <libwebsockets.h>
#include <stdbool.h>
#include <sys/queue.h>
#include <uv.h>

enum { TRANSPORT_TEXT_SIZE = 160, TRANSPORT_URL_SIZE = 2048 };

/* What requests and WebSockets have in common. The link is the first member of both. */
struct transport_link {
	TAILQ_ENTRY(transport_link) next;
	struct transport *transport;
	struct lws *wsi;	/* NULL: not connected, or gone already */
	struct event *conclude; /* calls finish from the loop, never from inside the library */
	struct event *timeout;
	void (*finish)(struct transport_link *link); /* tells the owner unless abandoned; frees */
	void (*leave)(struct transport_link *link);  /* begins to end it, politely */
	bool ended;				     /* the library is done with it */
	bool abandoned;				     /* the owner does not want to hear */
	char why[TRANSPORT_TEXT_SIZE];		     /* "": no fault */
};

struct transport {
	struct event_base *base;
	struct lws_context *context;
	uv_loop_t loop;
	struct event *readable; /* the descriptor of loop */
	struct event *due;	/* its timeout, and work queued from outside of it */
	char *authorization;
	int64_t timeout_ms;
	lws_retry_bo_t patience;
	TAILQ_HEAD(transport_link_list, transport_link) links;
};

struct transport_target {
	char text[TRANSPORT_URL_SIZE]; /* owns what the others point to */
	char path[TRANSPORT_URL_SIZE];
	const char *host;
	int port;
	bool tls;
};

/* The library has work that began outside of its loop. */
void transport_kick(struct transport *t);

/* scheme and scheme_tls: "ws", "wss". -EINVAL when url is something else. */
int transport_target_read(struct transport_target *target, const char *url, const char *scheme,
	const char *scheme_tls);

/* Starts the connection; a failure is concluded like every later one. */
void transport_link_open(struct transport *t, struct transport_link *link,
	const struct transport_target *target, const char *method, const char *protocol);
/* The library is done: the owner hears from the loop. The first reason stays. */
void transport_link_end(struct transport_link *link, const char *why);
/* Ends it from our side; the library's last callback concludes it. */
void transport_link_kill(struct transport_link *link, const char *why);
/* Takes it out of the list and releases what the two above use. */
void transport_link_clear(struct transport_link *link);

int rest_callback(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size);
int web_socket_callback(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size);
