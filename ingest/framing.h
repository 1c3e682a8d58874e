/* SPDX-License-Identifier: Apache-2.0
 *
 * Cuts the bytes of one connection into messages. The first byte decides: a digit means octet
 * counting (`LENGTH SP BYTES`, any number of messages, line ends between them allowed), anything
 * else is one bare document until end of file. Pure: no socket, no clock.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum framing_verdict {
	FRAMING_MORE,	   /* all bytes used, no message complete */
	FRAMING_MESSAGE,   /* one complete: framing_message() */
	FRAMING_TOO_LARGE, /* LENGTH or document above the limit; the connection is over */
	FRAMING_BAD,	   /* neither form; the connection is over */
	FRAMING_END,	   /* end of file between messages */
	/* Of dialects that have more to say (ingest/dialect.h): */
	FRAMING_REFUSED,  /* refused with a word of its own; the connection is over */
	FRAMING_CONTINUE, /* the client waits for leave to send the body */
	FRAMING_HEALTH,	  /* asked how we are: no message */
};

struct framing;

/* limit: bytes of one message. */
struct framing *framing_new(size_t limit);
void framing_free(struct framing *f);

/* Takes bytes up to the end of the next message; *used receives how many. Nothing is allocated
 * for a LENGTH above the limit; memory grows with the bytes that came, never above the limit.
 * After FRAMING_MESSAGE the message stays until framing_drop() or the next call of this. */
enum framing_verdict framing_take(struct framing *f, const char *data, size_t size, size_t *used);

/* End of file: FRAMING_MESSAGE (the bare document), FRAMING_END, or FRAMING_BAD (cut short). */
enum framing_verdict framing_end(struct framing *f);

/* Borrowed until framing_drop() or the next framing_take(). */
const char *framing_message(const struct framing *f, size_t *size);
/* The message has been dealt with: a big one's memory goes back. */
void framing_drop(struct framing *f);

/* True inside a message: end of file or silence now would cut it short. */
bool framing_inside(const struct framing *f);
/* Bytes held in memory. */
size_t framing_held(const struct framing *f);
/* Why the verdict was TOO_LARGE or BAD: one sentence. */
const char *framing_fault(const struct framing *f);
