/* SPDX-License-Identifier: Apache-2.0
 *
 * One address served over TLS or HTTP, for one feed or several. It takes connections, does the
 * handshake, and finds out which feed it is before a byte of it is read.
 */
#pragma once

#include "base/err.h"
#include "ingest/connection.h"
#include "ingest/feed.h"

#include <event2/event.h>
#include <jansson.h>
#include <stdbool.h>
#include <sys/socket.h>

struct door;

struct door_handler {
	/* Somebody is feed: the handler owns stream. peer is for logs. */
	void (*arrived)(struct feed *feed, struct bufferevent *stream,
		const struct connection_way *way, const char *peer, void *data);
	void *data; /* borrowed */
};

/* Opens the address of feed->http or feed->tls. handler is copied, feed borrowed. 0 or a negative
 * errno with an error that names the address or the file. */
int door_open(struct event_base *base, struct feed *feed, bool http,
	const struct door_handler *handler, struct door **out, struct err *e);
/* True when the feed's address is this one's: it is served here too from now on. */
bool door_share(struct door *d, struct feed *feed, bool http);
/* Ends handshakes under way. NULL is fine. */
void door_free(struct door *d);

/* Reads certificates and keys again for connections to come. On a fault the old ones stay. */
int door_renew(struct door *d, struct err *e);

/* Adds {feed, kind, address, port} of each feed to list. */
void door_describe(const struct door *d, json_t *list);
/* Descriptors it may need beside those of its feeds' connections. */
size_t door_files(const struct door *d);
