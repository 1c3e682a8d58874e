/* SPDX-License-Identifier: Apache-2.0
 *
 * One WebSocket, as a client.
 */
#include "base/mem.h"
#include "ingest/fetch/dmdata/transport_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct line {
	STAILQ_ENTRY(line) next;
	size_t size;
	unsigned char bytes[]; /* LWS_PRE, then the text */
};

struct web_socket {
	struct transport_link link;
	struct web_socket_handler handler;
	void *data;
	struct buf message; /* of the fragments so far */
	STAILQ_HEAD(line_list, line) lines;
	bool open;
};

static void finish(struct transport_link *link)
{
	struct web_socket *s = (struct web_socket *)link;
	struct line *line;
	transport_link_clear(link);
	if (!link->abandoned) {
		s->handler.closed(s->data, link->why[0] ? link->why : "closed");
	}
	while ((line = STAILQ_FIRST(&s->lines)) != NULL) {
		STAILQ_REMOVE_HEAD(&s->lines, next);
		free(line);
	}
	buf_clear(&s->message);
	free(s);
}

/* An open one sends its goodbye from a timer: the library sends no close frame when the callback
 * that may write asks for the end. One that is on its way is cut off. */
static void leave(struct transport_link *link)
{
	struct web_socket *s = (struct web_socket *)link;
	if (s->open && !link->ended) {
		lws_set_timer_usecs(link->wsi, 1);
		transport_kick(link->transport);
	} else {
		transport_link_kill(link, "closed by us");
	}
}

struct web_socket *transport_connect(struct transport *t, const char *url, const char *protocol,
	size_t limit, const struct web_socket_handler *handler, void *data)
{
	struct transport_target target;
	if (transport_target_read(&target, url, "ws", "wss") != 0) {
		return NULL;
	}
	struct web_socket *s = mem_new(sizeof(*s));
	s->link.finish = finish;
	s->link.leave = leave;
	s->handler = *handler;
	s->data = data;
	STAILQ_INIT(&s->lines);
	buf_init(&s->message, limit);
	transport_link_open(t, &s->link, &target, NULL, protocol);
	return s;
}

void web_socket_send(struct web_socket *s, const char *text)
{
	size_t size = strlen(text);
	struct line *line = mem_new(sizeof(*line) + LWS_PRE + size);
	line->size = size;
	memcpy(line->bytes + LWS_PRE, text, size);
	STAILQ_INSERT_TAIL(&s->lines, line, next);
	if (s->link.wsi) {
		lws_callback_on_writable(s->link.wsi);
		transport_kick(s->link.transport);
	}
}

void web_socket_close(struct web_socket *s)
{
	s->link.abandoned = true;
	leave(&s->link);
}

/* ---- what the library asks ---- */

static int write_next(struct web_socket *s, struct lws *wsi)
{
	struct line *line = STAILQ_FIRST(&s->lines);
	if (!line) {
		return 0;
	}
	STAILQ_REMOVE_HEAD(&s->lines, next);
	int written = lws_write(wsi, line->bytes + LWS_PRE, line->size, LWS_WRITE_TEXT);
	bool whole = written == (int)line->size;
	free(line);
	if (whole && !STAILQ_EMPTY(&s->lines)) {
		lws_callback_on_writable(wsi);
	}
	return whole ? 0 : -1;
}

static int take(struct web_socket *s, struct lws *wsi, const void *bytes, size_t size)
{
	if (lws_is_first_fragment(wsi)) {
		buf_reset(&s->message);
	}
	if (buf_add(&s->message, bytes, size) != 0) {
		(void)snprintf(s->link.why, sizeof(s->link.why), "a message larger than %zu bytes",
			s->message.limit);
		return -1;
	}
	if (lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0 &&
		!s->link.abandoned) {
		s->handler.message(s->data, buf_text(&s->message), s->message.size);
	}
	return 0;
}

static void note_reason(struct web_socket *s, const unsigned char *in, size_t size)
{
	if (size >= 2 && s->link.why[0] == '\0') {
		(void)snprintf(s->link.why, sizeof(s->link.why), "closed by the service (%d)",
			in[0] << 8 | in[1]);
	}
}

int web_socket_callback(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size)
{
	struct web_socket *s = user;
	if (!s) {
		return 0; /* of the library's own life */
	}
	switch ((int)reason) {
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		s->open = true;
		event_del(s->link.timeout);
		if (!s->link.abandoned) {
			s->handler.opened(s->data);
		}
		return 0;
	case LWS_CALLBACK_CLIENT_RECEIVE:
		return take(s, wsi, in, size);
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		return write_next(s, wsi);
	case LWS_CALLBACK_TIMER:
		lws_close_reason(wsi, LWS_CLOSE_STATUS_NORMAL, NULL, 0);
		return -1;
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
		note_reason(s, in, size);
		return 0;
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		transport_link_end(&s->link, in ? in : "no connection");
		return 0;
	case LWS_CALLBACK_CLIENT_CLOSED:
		transport_link_end(&s->link, "the connection broke");
		return 0;
	default:
		return 0;
	}
}
