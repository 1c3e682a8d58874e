/* SPDX-License-Identifier: Apache-2.0
 *
 * The non-blocking half of JSON Lines, on libevent's buffered sockets.
 */
#include "base/jsonl.h"

#include "base/json.h"
#include "base/mem.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/util.h>
#include <stdlib.h>
#include <string.h>

struct jsonl_link {
	struct bufferevent *stream;
	struct jsonl_handler handler;
	size_t line_limit;
	size_t scanned;	 /* bytes of the input known to hold no newline */
	json_t *waiting; /* its attachment has not come yet */
	size_t attached; /* the size of that */
	bool paused;
	bool busy; /* inside a callback: freeing is put off to its end */
	bool freed;
	bool over;
};

static void destroy(struct jsonl_link *link)
{
	bufferevent_free(link->stream);
	json_decref(link->waiting);
	free(link);
}

static void finish(struct jsonl_link *link, int code, const char *text)
{
	if (link->over || link->freed) {
		return;
	}
	link->over = true;
	bufferevent_disable(link->stream, EV_READ | EV_WRITE);
	struct err e = {0};
	if (code != 0) {
		(void)err_set(&e, code, "%s", text);
	}
	link->handler.closed(link, &e, link->handler.data);
}

static void expect_attached(struct jsonl_link *link, json_t *message)
{
	int64_t size = json_int(message, "attached", -1);
	if (size < 0 || (uint64_t)size > link->line_limit) {
		json_decref(message);
		finish(link, -EPROTO, "an attachment is longer than the limit");
		return;
	}
	link->waiting = message;
	link->attached = (size_t)size;
}

static void take_line(struct jsonl_link *link, struct evbuffer *input, size_t size)
{
	struct err e = {0};
	const char *line = (const char *)evbuffer_pullup(input, (ev_ssize_t)size + 1);
	json_t *message = json_read(line, size, &e);
	evbuffer_drain(input, size + 1);
	if (!json_is_object(message)) {
		json_decref(message);
		finish(link, -EPROTO, message ? "a line is not a JSON object" : e.text);
		return;
	}
	if (link->handler.attached && json_object_get(message, "attached")) {
		expect_attached(link, message);
		return;
	}
	link->handler.message(link, message, size, link->handler.data);
	json_decref(message);
}

/* False: it is not all there yet. */
static bool take_attached(struct jsonl_link *link, struct evbuffer *input)
{
	size_t whole = link->attached + 1;
	if (evbuffer_get_length(input) < whole) {
		return false;
	}
	const char *bytes = (const char *)evbuffer_pullup(input, (ev_ssize_t)whole);
	json_t *message = link->waiting;
	link->waiting = NULL;
	if (bytes[link->attached] == '\n') {
		link->handler.attached(link, message, bytes, link->attached, link->handler.data);
		evbuffer_drain(input, whole); /* a freed link lives until the callback is over */
	} else {
		finish(link, -EPROTO, "an attachment does not end where it should");
	}
	json_decref(message);
	return true;
}

static void read_lines(struct jsonl_link *link)
{
	struct evbuffer *input = bufferevent_get_input(link->stream);
	while (!link->paused && !link->freed && !link->over) {
		if (link->waiting) {
			if (!take_attached(link, input)) {
				return;
			}
			continue;
		}
		struct evbuffer_ptr from;
		if (evbuffer_ptr_set(input, &from, link->scanned, EVBUFFER_PTR_SET) != 0) {
			link->scanned = 0;
			return;
		}
		struct evbuffer_ptr newline = evbuffer_search(input, "\n", 1, &from);
		if (newline.pos < 0) {
			link->scanned = evbuffer_get_length(input);
			if (link->scanned > link->line_limit) {
				finish(link, -EPROTO, "a line is longer than the limit");
			}
			return;
		}
		link->scanned = 0;
		if ((size_t)newline.pos > link->line_limit) {
			finish(link, -EPROTO, "a line is longer than the limit");
			return;
		}
		take_line(link, input, (size_t)newline.pos);
	}
}

static void on_read(struct bufferevent *stream, void *data)
{
	(void)stream;
	struct jsonl_link *link = data;
	link->busy = true;
	read_lines(link);
	link->busy = false;
	if (link->freed) {
		destroy(link);
	}
}

static void on_write(struct bufferevent *stream, void *data)
{
	(void)stream;
	struct jsonl_link *link = data;
	if (!link->handler.drained) {
		return;
	}
	link->busy = true;
	link->handler.drained(link, link->handler.data);
	link->busy = false;
	if (link->freed) {
		destroy(link);
	}
}

static void on_event(struct bufferevent *stream, short what, void *data)
{
	(void)stream;
	struct jsonl_link *link = data;
	int saved = EVUTIL_SOCKET_ERROR();
	link->busy = true;
	link->paused = false; /* what already arrived counts, even from a peer that is gone */
	read_lines(link);
	if (what & BEV_EVENT_EOF) {
		finish(link, 0, NULL);
	} else if (what & (BEV_EVENT_ERROR | BEV_EVENT_TIMEOUT)) {
		finish(link, saved ? -saved : -EIO, evutil_socket_error_to_string(saved));
	}
	link->busy = false;
	if (link->freed) {
		destroy(link);
	}
}

struct jsonl_link *jsonl_link_new(
	struct event_base *base, int fd, size_t line_limit, const struct jsonl_handler *handler)
{
	struct jsonl_link *link = mem_new(sizeof(*link));
	link->handler = *handler;
	link->line_limit = line_limit;
	(void)evutil_make_socket_nonblocking(fd);
	link->stream = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!link->stream) {
		abort();
	}
	bufferevent_setcb(link->stream, on_read, on_write, on_event, link);
	/* Whole lines are handled as they come; libevent itself must not read without bound. */
	bufferevent_setwatermark(link->stream, EV_READ, 0, line_limit + 65536);
	(void)bufferevent_set_max_single_read(link->stream, 262144);
	(void)bufferevent_set_max_single_write(link->stream, 262144);
	bufferevent_enable(link->stream, EV_READ | EV_WRITE);
	return link;
}

void jsonl_link_free(struct jsonl_link *link)
{
	if (!link) {
		return;
	}
	if (link->busy) {
		link->freed = true;
		return;
	}
	destroy(link);
}

void jsonl_link_send_text(struct jsonl_link *link, const char *line, size_t size)
{
	if (link->over || link->freed) {
		return;
	}
	struct evbuffer *output = bufferevent_get_output(link->stream);
	if (evbuffer_add(output, line, size) != 0 || evbuffer_add(output, "\n", 1) != 0) {
		abort();
	}
}

void jsonl_link_send(struct jsonl_link *link, const json_t *message)
{
	char *line = json_to_text(message);
	jsonl_link_send_text(link, line, strlen(line));
	free(line);
}

void jsonl_link_flush(struct jsonl_link *link)
{
	if (link->over || link->freed) {
		return;
	}
	/* The stream keeps the front of its output to itself (frozen) outside its own writing. What
	 * is left here, an error too, it finds itself in its next turn. */
	struct evbuffer *output = bufferevent_get_output(link->stream);
	(void)evbuffer_unfreeze(output, 1);
	(void)evbuffer_write(output, bufferevent_getfd(link->stream));
	(void)evbuffer_freeze(output, 1);
}

void jsonl_link_read_little(struct jsonl_link *link, size_t bytes)
{
	(void)bufferevent_set_max_single_read(link->stream, bytes);
}

size_t jsonl_link_queued(const struct jsonl_link *link)
{
	return evbuffer_get_length(bufferevent_get_output(link->stream));
}

void jsonl_link_pause(struct jsonl_link *link, bool paused)
{
	if (link->over || link->freed || link->paused == paused) {
		return;
	}
	link->paused = paused;
	if (paused) {
		bufferevent_disable(link->stream, EV_READ);
	} else {
		bufferevent_enable(link->stream, EV_READ);
		/* Lines may already wait in the buffer; run them from the loop, not from here. */
		bufferevent_trigger(link->stream, EV_READ,
			BEV_TRIG_DEFER_CALLBACKS | BEV_TRIG_IGNORE_WATERMARKS);
	}
}

int jsonl_link_fd(const struct jsonl_link *link)
{
	return bufferevent_getfd(link->stream);
}
