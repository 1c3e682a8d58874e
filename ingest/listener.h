/* SPDX-License-Identifier: Apache-2.0
 *
 * Listening sockets: a Unix socket (mode 0660), a TCP address.
 */
#pragma once

#include "base/err.h"
#include "ingest/feed.h"

#include <event2/event.h>
#include <jansson.h>
#include <sys/socket.h>

struct listener;

struct listener_handler {
	/* The handler owns fd, which is non-blocking and close-on-exec. */
	void (*accepted)(struct feed *feed, int fd, const struct sockaddr *peer, void *data);
	void *data; /* borrowed */
};

/* A stale socket file is replaced; one that somebody serves is an error (-EADDRINUSE). handler is
 * copied, feed borrowed. 0 and *out, or a negative errno with an error naming the address. */
int listener_open_unix(struct event_base *base, struct feed *feed,
	const struct listener_handler *handler, struct listener **out, struct err *e);
/* The first address the host's name gives. Port 0: any free one, see listener_describe(). */
int listener_open_tcp(struct event_base *base, struct feed *feed, const char *host, int port,
	const struct listener_handler *handler, struct listener **out, struct err *e);

/* Closes, and removes the socket file. NULL is fine. */
void listener_free(struct listener *l);

/* {feed, kind, address, port}. The caller releases it. */
json_t *listener_describe(const struct listener *l, const char *feed, const char *kind);
/* The same for its own feed: a Unix socket or clear TCP. */
json_t *listener_describe_own(const struct listener *l);
