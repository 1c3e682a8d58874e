/* SPDX-License-Identifier: Apache-2.0
 *
 * How the bytes of a connection become messages, and answers become bytes. A connection does not
 * know which one it speaks. Pure: no socket, no clock.
 */
#pragma once

#include "ingest/feed.h"
#include "ingest/framing.h"

#include <event2/buffer.h>
#include <stdbool.h>
#include <stddef.h>

struct cutter; /* each dialect's own */

struct dialect {
	struct cutter *(*create)(const struct feed *feed);
	void (*destroy)(struct cutter *c);
	/* As framing_take(), framing_end() and so on. */
	enum framing_verdict (*take)(struct cutter *c, const char *data, size_t size, size_t *used);
	enum framing_verdict (*end)(struct cutter *c);
	const char *(*message)(const struct cutter *c, size_t *size);
	void (*drop)(struct cutter *c);
	bool (*inside)(const struct cutter *c);
	size_t (*held)(const struct cutter *c);
	const char *(*fault)(const struct cutter *c);
	/* The contract word for FRAMING_REFUSED. */
	const char *(*code)(const struct cutter *c);
	/* True when no message can follow the last one. */
	bool (*over)(const struct cutter *c);
	/* Whether the client has shown that it may speak at all. */
	bool (*known)(const struct cutter *c);
	/* The text that lets the client go on (FRAMING_CONTINUE). */
	void (*go_on)(struct evbuffer *out);
	/* An answer: a JSON object as text. closing: it is the connection's last. */
	void (*answer)(struct evbuffer *out, const char *answer, bool closing);
	size_t pipeline; /* messages without an answer */
};

/* LENGTH SP BYTES, or one bare document; one JSON line an answer. */
extern const struct dialect dialect_lines;
/* HTTP/1.1: POST /v1/alerts, GET /v1/health. */
extern const struct dialect dialect_http;
