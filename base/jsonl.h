/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON Lines: one JSON object per line, line length capped; bytes that are no JSON may be attached
 * to a line. Two users: the hub and the ingest process, which must never block (struct jsonl_link,
 * on libevent), and the agents, which do one thing at a time (struct jsonl_stream, plain
 * descriptors).
 */
#pragma once

#include "base/err.h"

#include <event2/event.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* A batch of 1,000 recipients with texts is about 200 KB; an 8 MB telegram in base64 is 11 MB. */
enum { JSONL_LINE_LIMIT = 16 * 1024 * 1024 };

/* ---- without blocking: hub, ingest, CLI watch ---- */

struct jsonl_link;

struct jsonl_handler {
	/* One object arrived; message is borrowed for the call. size is its line's length. */
	void (*message)(struct jsonl_link *link, json_t *message, size_t size, void *data);
	/* Optional: for an object whose member "attached" is a number, so many bytes of any kind
	 * and a newline follow its line; both come together, borrowed for the call. */
	void (*attached)(struct jsonl_link *link, json_t *message, const char *bytes, size_t size,
		void *data);
	/* The link is over: e->code is 0 at a clean end, -EPROTO for a line that is no JSON object
	 * or too long (an attachment alike), another negative errno for a broken link. Called once;
	 * the handler may free.
	 */
	void (*closed)(struct jsonl_link *link, const struct err *e, void *data);
	/* Optional: all that was queued has been written. */
	void (*drained)(struct jsonl_link *link, void *data);
	void *data; /* borrowed */
};

/* Takes ownership of fd (made non-blocking). handler is copied. */
struct jsonl_link *jsonl_link_new(
	struct event_base *base, int fd, size_t line_limit, const struct jsonl_handler *handler);
void jsonl_link_free(struct jsonl_link *link); /* closes; NULL is fine; safe inside callbacks */

/* Queues one object; message is borrowed. */
void jsonl_link_send(struct jsonl_link *link, const json_t *message);
/* Queues bytes that are already one whole line, or what is attached to it, without the newline. */
void jsonl_link_send_text(struct jsonl_link *link, const char *line, size_t size);
/* Writes what the peer takes now, instead of when the loop comes round. For links without
 * a drained handler: it calls nobody back. */
void jsonl_link_flush(struct jsonl_link *link);
/* Bytes queued but not yet written: the caller's brake. */
size_t jsonl_link_queued(const struct jsonl_link *link);
/* Reads at most so many bytes at a time: the other links of the loop have their turn in between. */
void jsonl_link_read_little(struct jsonl_link *link, size_t bytes);
/* Stops or resumes reading: back pressure towards the peer. */
void jsonl_link_pause(struct jsonl_link *link, bool paused);
int jsonl_link_fd(const struct jsonl_link *link);

/* ---- blocking: agents, CLI ---- */

struct jsonl_stream;

/* Borrows the descriptors. */
struct jsonl_stream *jsonl_stream_new(int read_fd, int write_fd, size_t line_limit);
void jsonl_stream_free(struct jsonl_stream *s);

/* Waits up to timeout_ms (-1: for ever) for the next object. Returns 1 and *message (caller
 * json_decref()s), 0 at end of file, -EAGAIN when the time is over, -EPROTO for a bad line (the
 * error says which), or another negative errno. */
int jsonl_stream_read(struct jsonl_stream *s, int timeout_ms, json_t **message, struct err *e);
/* 0 or a negative errno (-EPIPE: the peer is gone). message is borrowed. */
int jsonl_stream_write(struct jsonl_stream *s, const json_t *message);
/* True when a whole line is already buffered, so that poll() on the descriptor would wait in vain.
 */
bool jsonl_stream_ready(const struct jsonl_stream *s);
