/* SPDX-License-Identifier: Apache-2.0
 *
 *   HEAD ── empty line ──► BODY ───────────────────────── Content-Length bytes ──► (message) ─►
 * HEAD └───► SIZE ─► CHUNK ─► CHUNK_END ─► SIZE … 0 ─► TRAILER ────► (message) ─► HEAD
 *
 * Anything wrong leads to OVER: what follows on the connection means nothing any more.
 */
#include "ingest/http_request.h"

#include "base/buf.h"
#include "base/mem.h"
#include "ingest/http_head.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	SIZE_DIGITS = 8,
	LINE_LIMIT = 256, /* of a chunk's size with its extensions */
	TRAILER_LIMIT = 2048,
	KEEP_CAPACITY = 16 * 1024,
};

enum state {
	STATE_HEAD,
	STATE_BODY,
	STATE_SIZE,
	STATE_CHUNK,
	STATE_CHUNK_END,
	STATE_TRAILER,
	STATE_OVER,
};

struct http_request {
	enum state state;
	size_t limit;
	const char *token_digest;
	struct buf head; /* or a line of the chunked body */
	struct buf body;
	size_t left; /* of the body or the chunk */
	size_t trailer;
	bool complete; /* the body holds a message that has been reported */
	bool is_last;
	bool known;
	struct http_fault fault;
};

struct http_request *http_request_new(size_t limit, const char *token_digest)
{
	struct http_request *r = mem_new(sizeof(*r));
	r->limit = limit;
	r->token_digest = token_digest;
	r->fault = (struct http_fault){"", ""};
	buf_init(&r->head, HTTP_HEAD_LIMIT);
	buf_init(&r->body, limit);
	return r;
}

void http_request_free(struct http_request *r)
{
	if (r) {
		buf_clear(&r->head);
		buf_clear(&r->body);
		free(r);
	}
}

void http_request_drop(struct http_request *r)
{
	if (!r->complete) {
		return;
	}
	r->complete = false;
	if (r->body.capacity > KEEP_CAPACITY) {
		buf_clear(&r->body);
	} else {
		buf_reset(&r->body);
	}
}

static enum framing_verdict fail(struct http_request *r, const char *code, const char *text)
{
	r->state = STATE_OVER;
	r->is_last = true;
	r->fault = (struct http_fault){code, text};
	buf_clear(&r->head);
	buf_clear(&r->body);
	return strcmp(code, "too-large") == 0 ? FRAMING_TOO_LARGE : FRAMING_REFUSED;
}

static enum framing_verdict complete(struct http_request *r)
{
	if (r->body.size == 0) {
		return fail(r, "bad-request", "the body is empty");
	}
	r->complete = true;
	r->state = r->is_last ? STATE_OVER : STATE_HEAD;
	return FRAMING_MESSAGE;
}

/* ---- head ---- */

static enum framing_verdict judge_head(struct http_request *r)
{
	struct http_head head;
	struct http_fault fault;
	bool good = http_head_read(r->head.data, r->head.size - 2, r->token_digest, &head, &fault);
	if (!good) {
		return fail(r, fault.code, fault.text);
	}
	buf_reset(&r->head);
	r->known = true;
	r->is_last = head.is_last;
	if (head.health) {
		r->state = r->is_last ? STATE_OVER : STATE_HEAD;
		return FRAMING_HEALTH;
	}
	if (head.has_length && head.length > r->limit) {
		return fail(r, "too-large", "the body is above the limit of this feed");
	}
	r->left = (size_t)head.length;
	r->trailer = 0;
	r->state = head.chunked ? STATE_SIZE : STATE_BODY;
	return head.expects ? FRAMING_CONTINUE : FRAMING_MORE;
}

static enum framing_verdict take_head(struct http_request *r, char c)
{
	if (r->head.size == 0 && (c == '\r' || c == '\n')) {
		return FRAMING_MORE; /* an empty line before a request is passed over */
	}
	if (buf_add(&r->head, &c, 1)) {
		return fail(r, "header-too-large", "the head is above 8 KiB");
	}
	bool ends =
		r->head.size >= 4 && memcmp(r->head.data + r->head.size - 4, "\r\n\r\n", 4) == 0;
	return ends ? judge_head(r) : FRAMING_MORE;
}

/* ---- body ---- */

static enum framing_verdict take_bytes(
	struct http_request *r, const char *data, size_t size, size_t *used)
{
	size_t take = size < r->left ? size : r->left;
	*used += take;
	r->left -= take;
	if (buf_add(&r->body, data, take)) {
		return fail(r, "too-large", "the body is above the limit of this feed");
	}
	if (r->left > 0) {
		return FRAMING_MORE;
	}
	if (r->state == STATE_BODY) {
		return complete(r);
	}
	r->state = STATE_CHUNK_END;
	return FRAMING_MORE;
}

static int hex_value(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* "1A2B" or "1A2B;extension", CR LF left out. */
static enum framing_verdict judge_size(struct http_request *r, const char *line, size_t size)
{
	size_t digits = 0;
	size_t value = 0;
	while (digits < size && hex_value(line[digits]) >= 0) {
		if (++digits > SIZE_DIGITS) {
			return fail(r, "too-large", "the body is above the limit of this feed");
		}
		value = value * 16 + (size_t)hex_value(line[digits - 1]);
	}
	if (digits == 0 || (digits < size && line[digits] != ';' && line[digits] != ' ')) {
		return fail(r, "bad-request", "a chunk's size is no number");
	}
	if (value > r->limit - r->body.size) {
		return fail(r, "too-large", "the body is above the limit of this feed");
	}
	r->left = value;
	r->state = value > 0 ? STATE_CHUNK : STATE_TRAILER;
	return FRAMING_MORE;
}

static enum framing_verdict judge_line(struct http_request *r)
{
	const char *line = r->head.data;
	size_t size = r->head.size - 2;
	enum framing_verdict verdict = FRAMING_MORE;
	if (line[size] != '\r') {
		return fail(r, "bad-request", "a line does not end with CR LF");
	}
	if (r->state == STATE_SIZE) {
		verdict = judge_size(r, line, size);
	} else if (r->state == STATE_CHUNK_END) {
		if (size > 0) {
			return fail(r, "bad-request", "a chunk is longer than it said");
		}
		r->state = STATE_SIZE;
	} else if (size == 0) {
		verdict = complete(r);
	}
	buf_reset(&r->head);
	return verdict;
}

static enum framing_verdict take_line(struct http_request *r, char c)
{
	size_t limit = r->state == STATE_TRAILER ? TRAILER_LIMIT : LINE_LIMIT;
	if (r->state == STATE_TRAILER) {
		r->trailer++;
	}
	if (r->head.size >= limit || r->trailer > TRAILER_LIMIT || buf_add(&r->head, &c, 1)) {
		return fail(r, "bad-request", "a line of the chunked body is too long");
	}
	if (c != '\n') {
		return FRAMING_MORE;
	}
	return r->head.size < 2 ? fail(r, "bad-request", "a line does not end with CR LF")
				: judge_line(r);
}

enum framing_verdict http_request_take(
	struct http_request *r, const char *data, size_t size, size_t *used)
{
	*used = 0;
	http_request_drop(r);
	while (*used < size) {
		enum framing_verdict verdict = FRAMING_MORE;
		const char *at = data + *used;
		switch (r->state) {
		case STATE_HEAD:
			*used += 1;
			verdict = take_head(r, *at);
			break;
		case STATE_BODY:
		case STATE_CHUNK:
			verdict = take_bytes(r, at, size - *used, used);
			break;
		case STATE_SIZE:
		case STATE_CHUNK_END:
		case STATE_TRAILER:
			*used += 1;
			verdict = take_line(r, *at);
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

enum framing_verdict http_request_end(struct http_request *r)
{
	http_request_drop(r);
	if (!http_request_inside(r)) {
		r->state = STATE_OVER;
		return FRAMING_END;
	}
	return fail(r, "bad-request", "the connection ended inside a request");
}

const char *http_request_message(const struct http_request *r, size_t *size)
{
	assert(r->complete);
	*size = r->body.size;
	return buf_text(&r->body);
}

bool http_request_inside(const struct http_request *r)
{
	return r->state != STATE_OVER && (r->state != STATE_HEAD || r->head.size > 0);
}

size_t http_request_held(const struct http_request *r)
{
	return r->body.capacity;
}

const char *http_request_fault(const struct http_request *r)
{
	return r->fault.text;
}

const char *http_request_code(const struct http_request *r)
{
	return r->fault.code;
}

bool http_request_is_known(const struct http_request *r)
{
	return r->known;
}

bool http_request_is_last(const struct http_request *r)
{
	return r->is_last && r->state == STATE_OVER;
}
