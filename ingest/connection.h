/* SPDX-License-Identifier: Apache-2.0
 *
 * One client: bytes in, messages to the intake, answer lines out in the order of the messages,
 * whatever order the answers come in. Bounded in bytes, messages under way and time.
 */
#pragma once

#include "ingest/dialect.h"
#include "ingest/feed.h"

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bufferevent;
struct connection;

struct connection_handler {
	/* A message came. The handler answers now or later through connection_put() with ticket.
	 * It must not free the connection. */
	void (*message)(
		struct connection *c, uint64_t ticket, const char *bytes, size_t size, void *data);
	/* The connection's own fault: counted and told to the hub. code is a contract word. */
	void (*fault)(struct connection *c, const char *code, const char *reason, void *data);
	/* May the connection take another message now? */
	bool (*may_take)(void *data);
	/* Why no message would be taken now; "" while they are. For those who ask for our health.
	 */
	const char *(*away)(void *data);
	/* The connection is about to be freed. */
	void (*gone)(struct connection *c, void *data);
	void *data; /* borrowed */
};

/* How a connection speaks. */
struct connection_way {
	const struct dialect *dialect;
	bool tls; /* the stream is libevent's OpenSSL one, its handshake done */
};

/* Takes ownership of stream, without callbacks and not enabled. handler and feed are borrowed. */
struct connection *connection_new(struct event_base *base, struct feed *feed,
	struct bufferevent *stream, const struct connection_way *way,
	const struct connection_handler *handler);

struct feed *connection_feed(const struct connection *c);

/* Puts down the answer to a message (a JSON object, without line end; copied). */
void connection_put(struct connection *c, uint64_t ticket, const char *answer);

/* Writes what can be written, goes on reading if it may. MAY FREE THE CONNECTION: call it last.
 * Not from inside a handler. */
void connection_settle(struct connection *c);

/* No further messages; a message under way, or one not read yet, is answered "retry" with reason.
 * What was put down before is still written. MAY FREE THE CONNECTION. */
void connection_stop(struct connection *c, const char *reason);

void connection_free(struct connection *c);
