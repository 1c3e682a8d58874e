/* SPDX-License-Identifier: Apache-2.0
 *
 *   READING ── end of file ─────────────► FINISHING ── all answers written ──► (freed)
 *      │                                      ▲  │
 *      └─ bad frame, too large, timeout ──────┘  └── the client has not closed ──► LINGERING
 *
 * LINGERING: our side is shut and what the client still sends is thrown away for a short time;
 * closing at once would make the kernel reset the connection and lose the answer.
 */
#include "ingest/connection.h"

#include "base/crash_point.h"
#include "base/mem.h"
#include "ingest/tls.h"

#include <assert.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
	SLOTS = 33,		  /* messages without an answer, and a last word */
	OUTPUT_LIMIT = 64 * 1024, /* answers the client does not read */
	INPUT_STEP = 64 * 1024,
	TURN_MESSAGES = 8, /* then the other connections get a turn */
	LINGER_MS = 2000,
	STRANGER_MS = 10000, /* for a client that has shown nothing yet */
};

enum state { STATE_READING, STATE_FINISHING, STATE_LINGERING };

struct connection {
	struct feed *feed;
	const struct connection_handler *handler;
	struct bufferevent *stream;
	const struct dialect *dialect;
	bool tls;
	struct cutter *cutter;	/* NULL once FINISHING */
	struct event *deadline; /* of the message under way, or of LINGERING */
	struct event *again;	/* goes on with input that waits */
	size_t held;		/* bytes counted against the feed */
	enum state state;
	bool reading;
	bool ended;    /* end of file seen */
	bool timed;    /* deadline is set for a message */
	bool stranger; /* deadline is set for its first good head */
	bool stopping;
	uint64_t first; /* ticket of answers[first % SLOTS] */
	size_t count;
	char *answers[SLOTS]; /* owned; NULL: not known yet */
};

static struct timeval ms_to_timeval(int64_t ms)
{
	return (struct timeval){.tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000};
}

struct feed *connection_feed(const struct connection *c)
{
	return c->feed;
}

static uint64_t take_ticket(struct connection *c)
{
	assert(c->count < SLOTS);
	return c->first + c->count++;
}

void connection_put(struct connection *c, uint64_t ticket, const char *answer)
{
	assert(ticket >= c->first && ticket < c->first + c->count);
	char **slot = &c->answers[ticket % SLOTS];
	if (!*slot) {
		*slot = mem_copy_text(answer);
	}
}

static bool write_answers(struct connection *c)
{
	struct evbuffer *output = bufferevent_get_output(c->stream);
	while (c->count > 0 && c->answers[c->first % SLOTS]) {
		char **slot = &c->answers[c->first % SLOTS];
		bool closing = c->state != STATE_READING && c->count == 1;
		c->dialect->answer(output, *slot, closing);
		free(*slot);
		*slot = NULL;
		c->first++;
		c->count--;
		CRASH_POINT("ingest.answered");
	}
	return evbuffer_get_length(output) == 0;
}

/* ---- memory and time of the message under way ---- */

static bool count_held(struct connection *c, size_t now)
{
	size_t before = c->held;
	c->held = now;
	return feed_hold(c->feed, before, now);
}

static void set_deadline(struct connection *c, bool inside)
{
	if (c->stranger) {
		if (c->cutter && !c->dialect->known(c->cutter)) {
			return; /* however it trickles, its time goes on */
		}
		c->stranger = false;
		(void)event_del(c->deadline);
	}
	if (inside && !c->timed) {
		const struct timeval limit = ms_to_timeval(c->feed->message_timeout_ms);
		(void)event_add(c->deadline, &limit);
	} else if (!inside && c->timed) {
		(void)event_del(c->deadline);
	}
	c->timed = inside;
}

/* The only way out of READING. */
static void finish(struct connection *c)
{
	assert(c->state == STATE_READING);
	c->state = STATE_FINISHING;
	c->timed = c->stranger = false;
	(void)event_del(c->deadline);
	c->dialect->destroy(c->cutter);
	c->cutter = NULL;
	(void)count_held(c, 0);
}

static void finish_with(struct connection *c, const char *answer)
{
	connection_put(c, take_ticket(c), answer);
	finish(c);
}

static void refuse(struct connection *c, const char *code, const char *reason)
{
	char answer[256];
	(void)evutil_snprintf(
		answer, sizeof(answer), "{\"refused\":\"%s\",\"reason\":\"%s\"}", code, reason);
	c->handler->fault(c, code, reason, c->handler->data);
	finish_with(c, answer);
}

/* ---- input ---- */

static bool may_take(const struct connection *c)
{
	return c->count < c->dialect->pipeline &&
	       evbuffer_get_length(bufferevent_get_output(c->stream)) < OUTPUT_LIMIT &&
	       c->handler->may_take(c->handler->data);
}

/* Asked in the middle of a stream of requests: answered in its place. */
static void tell_health(struct connection *c)
{
	const char *away = c->handler->away(c->handler->data);
	char answer[128];
	(void)evutil_snprintf(answer, sizeof(answer),
		away[0] ? "{\"retry\":\"%s\"}" : "{\"health\":\"ok\"}", "hub away");
	set_deadline(c, false);
	connection_put(c, take_ticket(c), answer);
}

static void pass_message(struct connection *c)
{
	size_t size;
	const char *bytes = c->dialect->message(c->cutter, &size);
	set_deadline(c, false);
	c->handler->message(c, take_ticket(c), bytes, size, c->handler->data);
	c->dialect->drop(c->cutter);
}

/* One contiguous piece of input through the framing. False when there is none. */
static bool take_piece(struct connection *c, int *messages)
{
	struct evbuffer *input = bufferevent_get_input(c->stream);
	struct evbuffer_iovec piece;
	if (evbuffer_peek(input, -1, NULL, &piece, 1) < 1 || piece.iov_len == 0) {
		return false;
	}
	size_t used;
	enum framing_verdict verdict =
		c->dialect->take(c->cutter, piece.iov_base, piece.iov_len, &used);
	const char *fault = c->dialect->fault(c->cutter);
	switch (verdict) {
	case FRAMING_MESSAGE:
		*messages += 1;
		pass_message(c);
		break;
	case FRAMING_TOO_LARGE:
		refuse(c, "too-large", fault);
		break;
	case FRAMING_BAD:
		refuse(c, "bad-frame", fault);
		break;
	case FRAMING_REFUSED:
		refuse(c, c->dialect->code(c->cutter), fault);
		break;
	case FRAMING_CONTINUE:
		c->dialect->go_on(bufferevent_get_output(c->stream));
		break;
	case FRAMING_HEALTH:
		*messages += 1;
		tell_health(c);
		break;
	case FRAMING_MORE:
	case FRAMING_END:
		break;
	}
	(void)evbuffer_drain(input, used);
	if (c->state == STATE_READING && c->dialect->over(c->cutter)) {
		finish(c);
	}
	if (c->state == STATE_READING && !count_held(c, c->dialect->held(c->cutter))) {
		finish_with(c, "{\"retry\":\"too much under way\"}");
	}
	return true;
}

/* True when input is left that may be taken: another turn is needed. */
static bool take_input(struct connection *c)
{
	int messages = 0;
	while (c->state == STATE_READING && may_take(c)) {
		if (messages >= TURN_MESSAGES) {
			return true;
		}
		if (!take_piece(c, &messages)) {
			break;
		}
	}
	if (c->state == STATE_READING) {
		set_deadline(c, c->dialect->inside(c->cutter));
	}
	return false;
}

static void drop_input(struct connection *c)
{
	struct evbuffer *input = bufferevent_get_input(c->stream);
	(void)evbuffer_drain(input, evbuffer_get_length(input));
}

/* ---- the state of the whole ---- */

static void read_more(struct connection *c, bool wanted)
{
	/* Only on a change: enabling anew would restart the idle timer. */
	if (wanted == c->reading) {
		return;
	}
	c->reading = wanted;
	if (wanted) {
		(void)bufferevent_enable(c->stream, EV_READ);
	} else {
		(void)bufferevent_disable(c->stream, EV_READ);
	}
}

/* Our side is done. */
static void shut(const struct connection *c)
{
	if (c->tls) {
		tls_shut(c->stream);
	} else {
		(void)shutdown(bufferevent_getfd(c->stream), SHUT_WR);
	}
}

static void linger(struct connection *c)
{
	c->state = STATE_LINGERING;
	shut(c);
	const struct timeval limit = ms_to_timeval(LINGER_MS);
	(void)event_add(c->deadline, &limit);
}

void connection_settle(struct connection *c)
{
	bool more = take_input(c);
	bool written = write_answers(c);
	if (c->state == STATE_FINISHING && c->count == 0 && written) {
		if (c->ended || c->stopping) {
			shut(c);
			connection_free(c);
			return;
		}
		linger(c);
	}
	if (c->state != STATE_READING) {
		drop_input(c);
		read_more(c, !c->ended);
		return;
	}
	read_more(c, !more && may_take(c));
	if (more) {
		event_active(c->again, EV_TIMEOUT, 0);
	}
}

static void on_again(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	connection_settle(data);
}

static void on_ready(struct bufferevent *stream, void *data)
{
	(void)stream;
	connection_settle(data);
}

static void on_deadline(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	struct connection *c = data;
	if (c->state != STATE_READING) {
		connection_free(c);
		return;
	}
	c->timed = false;
	if (c->stranger) {
		finish_with(c, "{\"retry\":\"timeout\"}");
	} else if (c->reading && c->count < c->dialect->pipeline) {
		finish_with(c, "{\"retry\":\"timeout\"}");
	} /* else it was us who did not read: the time starts again */
	connection_settle(c);
}

static void take_end(struct connection *c)
{
	c->ended = true;
	if (c->state == STATE_READING) {
		switch (c->dialect->end(c->cutter)) {
		case FRAMING_MESSAGE:
			pass_message(c);
			finish(c);
			break;
		case FRAMING_BAD:
		case FRAMING_REFUSED:
			refuse(c, c->dialect->code(c->cutter), c->dialect->fault(c->cutter));
			break;
		default:
			finish(c);
			break;
		}
	}
	connection_settle(c);
}

static void take_silence(struct connection *c)
{
	if (c->state == STATE_READING && c->dialect->inside(c->cutter)) {
		finish_with(c, "{\"retry\":\"timeout\"}");
	} else if (c->count == 0) {
		connection_free(c);
		return;
	} /* else it waits for us, not we for it */
	connection_settle(c);
}

static void on_event(struct bufferevent *stream, short what, void *data)
{
	(void)stream;
	struct connection *c = data;
	c->reading = c->reading && !(what & BEV_EVENT_READING);
	if (what & BEV_EVENT_ERROR) {
		connection_free(c);
	} else if (what & BEV_EVENT_EOF) {
		if (c->state == STATE_LINGERING) {
			connection_free(c);
		} else {
			take_end(c);
		}
	} else if (what & BEV_EVENT_TIMEOUT) {
		if (what & BEV_EVENT_WRITING) {
			connection_free(c);
		} else {
			take_silence(c);
		}
	}
}

struct connection *connection_new(struct event_base *base, struct feed *feed,
	struct bufferevent *stream, const struct connection_way *way,
	const struct connection_handler *handler)
{
	assert(way->dialect->pipeline < SLOTS);
	struct connection *c = mem_new(sizeof(*c));
	c->feed = feed;
	c->handler = handler;
	c->dialect = way->dialect;
	c->tls = way->tls;
	c->stream = stream;
	c->cutter = way->dialect->create(feed);
	c->deadline = evtimer_new(base, on_deadline, c);
	c->again = event_new(base, -1, 0, on_again, c);
	if (!c->deadline || !c->again) {
		abort();
	}
	const struct timeval idle = ms_to_timeval(feed->idle_timeout_ms);
	bool more = evbuffer_get_length(bufferevent_get_input(c->stream)) > 0;
	bufferevent_setcb(c->stream, on_ready, on_ready, on_event, c);
	bufferevent_setwatermark(c->stream, EV_READ, 0, INPUT_STEP);
	(void)bufferevent_set_max_single_read(c->stream, INPUT_STEP);
	(void)bufferevent_set_timeouts(c->stream, &idle, &idle);
	(void)bufferevent_enable(c->stream, EV_WRITE);
	if (!c->dialect->known(c->cutter)) {
		const struct timeval limit = ms_to_timeval(STRANGER_MS);
		c->stranger = true;
		(void)event_add(c->deadline, &limit);
	}
	feed->connections++;
	feed->changed = true;
	read_more(c, c->handler->may_take(c->handler->data));
	if (more) { /* came with the end of the handshake */
		event_active(c->again, EV_TIMEOUT, 0);
	}
	return c;
}

void connection_stop(struct connection *c, const char *reason)
{
	c->stopping = true;
	if (c->state == STATE_READING) {
		bool waits = c->dialect->inside(c->cutter) ||
			     evbuffer_get_length(bufferevent_get_input(c->stream)) > 0;
		if (waits && c->count < SLOTS) {
			char answer[128];
			(void)evutil_snprintf(answer, sizeof(answer), "{\"retry\":\"%s\"}", reason);
			finish_with(c, answer);
		} else {
			finish(c);
		}
	}
	connection_settle(c);
}

void connection_free(struct connection *c)
{
	c->handler->gone(c, c->handler->data);
	if (c->cutter) {
		finish(c);
	}
	for (size_t i = 0; i < SLOTS; i++) {
		free(c->answers[i]);
	}
	event_free(c->deadline);
	event_free(c->again);
	bufferevent_free(c->stream);
	c->feed->connections--;
	c->feed->changed = true;
	free(c);
}
