/* SPDX-License-Identifier: Apache-2.0
 *
 *   accept ──► HANDSHAKE ── certificate of a feed ──► (a connection)
 *                 │    └─── unknown ──► TELLING ── written ──► (freed)
 *                 └─ failed, or too slow ──► (freed)
 */
#include "ingest/door.h"

#include "base/log.h"
#include "base/mem.h"
#include "ingest/dialect.h"
#include "ingest/http_answer.h"
#include "ingest/listener.h"
#include "ingest/source.h"
#include "ingest/tls.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>
#include <unistd.h>

enum {
	ARRIVALS_LIMIT = 64, /* handshakes under way */
	ARRIVAL_MS = 10000,  /* from accept to a known feed, however it trickles */
	TELL_MS = 2000,
	TEXT_SIZE = 256,
};

struct arrival {
	TAILQ_ENTRY(arrival) next;
	struct door *door;
	struct bufferevent *stream;
	struct event *patience;
	struct sockaddr_storage address;
	char peer[SOURCE_TEXT_SIZE];
	bool telling;
};

struct door {
	struct event_base *base;
	struct door_handler handler;
	struct listener *listener;
	struct tls_context *tls; /* NULL: clear text */
	struct tls_settings settings;
	const char *host;
	int port;
	bool http;
	struct feed **feeds;
	size_t feed_count;
	size_t feed_capacity;
	TAILQ_HEAD(arrival_list, arrival) arrivals;
	size_t arrival_count;
};

static const struct feed_door *place_of(const struct feed *feed, bool http)
{
	return http ? &feed->http : &feed->tls;
}

/* ---- the end of an arrival ---- */

static void leave(struct arrival *a)
{
	TAILQ_REMOVE(&a->door->arrivals, a, next);
	a->door->arrival_count--;
	event_free(a->patience);
	if (a->stream) {
		bufferevent_free(a->stream);
	}
	free(a);
}

static void on_patience(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	struct arrival *a = data;
	if (!a->telling) {
		log_warning("TLS handshake took too long", "peer=%s", a->peer);
	}
	leave(a);
}

static void on_event(struct bufferevent *stream, short what, void *data);

static void on_more(struct bufferevent *stream, void *data)
{
	(void)data;
	struct evbuffer *input = bufferevent_get_input(stream);
	(void)evbuffer_drain(input, evbuffer_get_length(input));
}

/* What it still sends is thrown away until it ends, or for a moment: closing at once would make the
 * kernel reset the connection and lose the word. */
static void on_told(struct bufferevent *stream, void *data)
{
	(void)data;
	tls_shut(stream);
	bufferevent_setcb(stream, on_more, NULL, on_event, data);
	(void)bufferevent_enable(stream, EV_READ);
	on_more(stream, data);
}

/* A last word, so that whoever set up the other side sees what is wrong. */
static void turn_away(struct arrival *a, const char *answer)
{
	const struct timeval limit = {.tv_sec = TELL_MS / 1000};
	a->telling = true;
	(void)event_add(a->patience, &limit);
	struct evbuffer *out = bufferevent_get_output(a->stream);
	bufferevent_setcb(a->stream, NULL, on_told, on_event, a);
	if (a->door->http) {
		http_answer_write(out, answer, true);
	} else {
		(void)evbuffer_add_printf(out, "%s\n", answer);
	}
}

/* ---- who is it? ---- */

static struct feed *feed_named(const struct door *d, const char *name)
{
	for (size_t i = 0; i < d->feed_count; i++) {
		const struct text_list *names = &place_of(d->feeds[i], d->http)->names;
		for (size_t k = 0; k < names->count; k++) {
			if (strcasecmp(names->list[k], name) == 0) {
				return d->feeds[i];
			}
		}
	}
	return NULL;
}

struct search {
	const struct door *door;
	struct feed *found;
};

static bool match_name(void *to, const char *name)
{
	struct search *s = to;
	s->found = feed_named(s->door, name);
	return s->found != NULL;
}

static struct feed *identify(const struct arrival *a)
{
	const struct door *d = a->door;
	if (d->settings.client_ca[0] == '\0') {
		return d->feeds[0];
	}
	struct search s = {.door = d};
	(void)tls_peer_has_name(a->stream, match_name, &s);
	return s.found;
}

static void hand_over(struct arrival *a, struct feed *feed)
{
	const struct connection_way way = {
		.dialect = a->door->http ? &dialect_http : &dialect_lines,
		.tls = a->door->tls != NULL,
	};
	struct door *d = a->door;
	struct bufferevent *stream = a->stream;
	char peer[SOURCE_TEXT_SIZE];
	memcpy(peer, a->peer, sizeof(peer));
	a->stream = NULL;
	bufferevent_setcb(stream, NULL, NULL, NULL, NULL);
	leave(a);
	d->handler.arrived(feed, stream, &way, peer, d->handler.data);
}

static void greet(struct arrival *a)
{
	struct feed *feed = identify(a);
	char text[TEXT_SIZE];
	if (!feed) {
		log_warning("certificate of no feed", "peer=%s names=%s", a->peer,
			LOG_TEXT(tls_peer_text(a->stream, text, sizeof(text))));
		turn_away(a, "{\"refused\":\"identity-unknown\","
			     "\"reason\":\"this certificate names no feed\"}");
	} else if (!source_allowed(feed->sources, feed->source_count, (void *)&a->address)) {
		log_warning("source not allowed", "feed=%s peer=%s", feed->name, a->peer);
		turn_away(a, "{\"refused\":\"source-not-allowed\","
			     "\"reason\":\"this address may not feed\"}");
	} else {
		hand_over(a, feed);
	}
}

static void on_event(struct bufferevent *stream, short what, void *data)
{
	struct arrival *a = data;
	char text[TEXT_SIZE];
	if (what & BEV_EVENT_CONNECTED) {
		greet(a);
		return;
	}
	if (!a->telling) {
		log_warning("TLS handshake failed", "peer=%s reason=%s", a->peer,
			LOG_TEXT(tls_fault_text(stream, text, sizeof(text))));
	}
	leave(a);
}

/* ---- accepting ---- */

static bool any_source_allowed(const struct door *d, const struct sockaddr *peer)
{
	for (size_t i = 0; i < d->feed_count; i++) {
		if (source_allowed(d->feeds[i]->sources, d->feeds[i]->source_count, peer)) {
			return true;
		}
	}
	return false;
}

static struct bufferevent *make_stream(struct door *d, int fd)
{
	return d->tls ? tls_accept(d->tls, d->base, fd)
		      : bufferevent_socket_new(d->base, fd, BEV_OPT_CLOSE_ON_FREE);
}

static void on_accepted(struct feed *feed, int fd, const struct sockaddr *peer, void *data)
{
	(void)feed;
	struct door *d = data;
	char text[SOURCE_TEXT_SIZE];
	const char *fault = !any_source_allowed(d, peer)	 ? "source not allowed"
			    : d->arrival_count >= ARRIVALS_LIMIT ? "too many handshakes"
								 : NULL;
	struct bufferevent *stream = fault ? NULL : make_stream(d, fd);
	if (!stream) {
		log_warning(fault ? fault : "no memory for a connection", "peer=%s port=%d",
			source_text(peer, text), d->port);
		(void)close(fd);
		return;
	}
	struct arrival *a = mem_new(sizeof(*a));
	a->door = d;
	a->stream = stream;
	a->patience = evtimer_new(d->base, on_patience, a);
	if (!a->patience) {
		abort();
	}
	memcpy(&a->address, peer,
		peer->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
					    : sizeof(struct sockaddr_in));
	(void)source_text(peer, a->peer);
	TAILQ_INSERT_TAIL(&d->arrivals, a, next);
	d->arrival_count++;
	const struct timeval limit = {.tv_sec = ARRIVAL_MS / 1000};
	(void)event_add(a->patience, &limit);
	if (!d->tls) {
		greet(a);
		return;
	}
	bufferevent_setcb(stream, NULL, NULL, on_event, a);
	(void)bufferevent_enable(stream, EV_WRITE);
}

/* ---- life ---- */

static void add_feed(struct door *d, struct feed *feed)
{
	mem_grow((void **)&d->feeds, &d->feed_capacity, d->feed_count, sizeof(struct feed *));
	d->feeds[d->feed_count++] = feed;
}

int door_open(struct event_base *base, struct feed *feed, bool http,
	const struct door_handler *handler, struct door **out, struct err *e)
{
	const struct feed_door *place = place_of(feed, http);
	struct door *d = mem_new(sizeof(*d));
	d->base = base;
	d->handler = *handler;
	d->host = place->host;
	d->port = place->port;
	d->http = http;
	d->settings = (struct tls_settings){
		.certificate = place->certificate,
		.key = place->key,
		.client_ca = place->client_ca,
	};
	TAILQ_INIT(&d->arrivals);
	add_feed(d, feed);
	const struct listener_handler accepted = {.accepted = on_accepted, .data = d};
	int rc = place->certificate[0] ? tls_context_new(&d->settings, &d->tls, e) : 0;
	rc = rc ? rc : listener_open_tcp(base, feed, d->host, d->port, &accepted, &d->listener, e);
	if (rc) {
		door_free(d);
		return rc;
	}
	*out = d;
	return 0;
}

bool door_share(struct door *d, struct feed *feed, bool http)
{
	const struct feed_door *place = place_of(feed, http);
	if (d->http != http || place->port == 0 || d->port != place->port ||
		strcmp(d->host, place->host) != 0) {
		return false;
	}
	add_feed(d, feed);
	return true;
}

void door_free(struct door *d)
{
	if (!d) {
		return;
	}
	while (!TAILQ_EMPTY(&d->arrivals)) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it leaves the list there. */
		leave(TAILQ_FIRST(&d->arrivals));
	}
	listener_free(d->listener);
	tls_context_free(d->tls);
	free(d->feeds);
	free(d);
}

int door_renew(struct door *d, struct err *e)
{
	struct tls_context *fresh = NULL;
	int rc = d->tls ? tls_context_new(&d->settings, &fresh, e) : 0;
	if (rc == 0 && d->tls) {
		tls_context_free(d->tls);
		d->tls = fresh;
	}
	return rc;
}

void door_describe(const struct door *d, json_t *list)
{
	const char *kind = !d->http ? "tls" : d->tls ? "https" : "http";
	for (size_t i = 0; i < d->feed_count; i++) {
		(void)json_array_append_new(
			list, listener_describe(d->listener, d->feeds[i]->name, kind));
	}
}

size_t door_files(const struct door *d)
{
	(void)d;
	return ARRIVALS_LIMIT + 1;
}
