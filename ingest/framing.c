/* SPDX-License-Identifier: Apache-2.0
 *
 *              digit            blank               LENGTH bytes
 *   START ─────────────► LENGTH ───────► COUNTED ─────────────────► (message) ──► BETWEEN
 *     │                    ▲                                                        │
 *     │ anything else      └────────────────────────── digit ───────────────────────┘
 *     └──────────────► BARE ──── end of file ────► (message)
 */
#include "ingest/framing.h"

#include "base/buf.h"
#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A LENGTH never needs more digits than 99,999,999 bytes. */
enum { LENGTH_DIGITS = 8, KEEP_CAPACITY = 16 * 1024 };

enum state { STATE_START, STATE_LENGTH, STATE_COUNTED, STATE_BETWEEN, STATE_BARE, STATE_OVER };

struct framing {
	enum state state;
	size_t limit;
	size_t length; /* of the message under way, when counted */
	int digits;
	bool complete; /* the buffer holds a message that has been reported */
	struct buf body;
	const char *fault;
};

struct framing *framing_new(size_t limit)
{
	struct framing *f = mem_new(sizeof(*f));
	f->limit = limit;
	f->fault = "";
	buf_init(&f->body, limit);
	return f;
}

void framing_free(struct framing *f)
{
	if (f) {
		buf_clear(&f->body);
		free(f);
	}
}

/* A big telegram's memory goes back at once; a small one's is kept for the next. */
void framing_drop(struct framing *f)
{
	if (!f->complete) {
		return;
	}
	f->complete = false;
	if (f->body.capacity > KEEP_CAPACITY) {
		buf_clear(&f->body);
	} else {
		buf_reset(&f->body);
	}
}

static enum framing_verdict fail(struct framing *f, enum framing_verdict verdict, const char *fault)
{
	f->state = STATE_OVER;
	f->fault = fault;
	buf_clear(&f->body);
	return verdict;
}

static enum framing_verdict complete(struct framing *f, enum state next)
{
	f->complete = true;
	f->state = next;
	return FRAMING_MESSAGE;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void start_length(struct framing *f)
{
	f->state = STATE_LENGTH;
	f->length = 0;
	f->digits = 0;
}

static enum framing_verdict take_length(struct framing *f, char c)
{
	if (is_digit(c)) {
		if (++f->digits > LENGTH_DIGITS) {
			return fail(f, FRAMING_TOO_LARGE, "LENGTH is above the limit of this feed");
		}
		f->length = f->length * 10 + (size_t)(c - '0');
		return FRAMING_MORE;
	}
	if (c != ' ' || f->digits == 0) {
		return fail(f, FRAMING_BAD, "LENGTH must be digits and one blank");
	}
	if (f->length == 0) {
		return fail(f, FRAMING_BAD, "LENGTH is zero");
	}
	if (f->length > f->limit) {
		return fail(f, FRAMING_TOO_LARGE, "LENGTH is above the limit of this feed");
	}
	f->state = STATE_COUNTED;
	return FRAMING_MORE;
}

static enum framing_verdict take_body(
	struct framing *f, const char *data, size_t size, size_t *used)
{
	size_t want = f->state == STATE_COUNTED ? f->length - f->body.size : size;
	size_t take = size < want ? size : want;
	*used += take;
	if (buf_add(&f->body, data, take) != 0) {
		return fail(f, FRAMING_TOO_LARGE, "the document is above the limit of this feed");
	}
	if (f->state == STATE_COUNTED && f->body.size == f->length) {
		return complete(f, STATE_BETWEEN);
	}
	return FRAMING_MORE;
}

static enum framing_verdict take_between(struct framing *f, char c, size_t *used)
{
	if (is_digit(c)) {
		start_length(f);
		return FRAMING_MORE;
	}
	if (c != '\n' && c != '\r') {
		return fail(f, FRAMING_BAD, "LENGTH expected after a counted message");
	}
	*used += 1;
	return FRAMING_MORE;
}

enum framing_verdict framing_take(struct framing *f, const char *data, size_t size, size_t *used)
{
	*used = 0;
	framing_drop(f);
	while (*used < size) {
		const char *at = data + *used;
		enum framing_verdict verdict = FRAMING_MORE;
		switch (f->state) {
		case STATE_START:
			if (is_digit(*at)) {
				start_length(f);
			} else {
				f->state = STATE_BARE;
			}
			break;
		case STATE_LENGTH:
			*used += 1;
			verdict = take_length(f, *at);
			break;
		case STATE_BETWEEN:
			verdict = take_between(f, *at, used);
			break;
		case STATE_COUNTED:
		case STATE_BARE:
			verdict = take_body(f, at, size - *used, used);
			break;
		case STATE_OVER:
			*used = size;
			return FRAMING_END;
		}
		if (verdict != FRAMING_MORE) {
			return verdict;
		}
	}
	return FRAMING_MORE;
}

enum framing_verdict framing_end(struct framing *f)
{
	framing_drop(f);
	switch (f->state) {
	case STATE_START:
	case STATE_BETWEEN:
	case STATE_OVER:
		f->state = STATE_OVER;
		return FRAMING_END;
	case STATE_BARE:
		return complete(f, STATE_OVER);
	case STATE_LENGTH:
	case STATE_COUNTED:
		break;
	}
	return fail(f, FRAMING_BAD, "the connection ended inside a counted message");
}

const char *framing_message(const struct framing *f, size_t *size)
{
	assert(f->complete);
	*size = f->body.size;
	return buf_text(&f->body);
}

bool framing_inside(const struct framing *f)
{
	return f->state == STATE_LENGTH || f->state == STATE_COUNTED || f->state == STATE_BARE;
}

size_t framing_held(const struct framing *f)
{
	return f->body.capacity;
}

const char *framing_fault(const struct framing *f)
{
	return f->fault;
}
