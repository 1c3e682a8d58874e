/* SPDX-License-Identifier: Apache-2.0
 *
 * A message is decoded here, told to the hub, and answered to its feed only when the hub has
 * answered: it waits in a queue under a number (`ref`) that the hub gives back. When the hub goes,
 * every waiting client is told to try again; nothing is kept.
 */
#include "ingest/ingest.h"

#include "base/crash_point.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "ingest/connection.h"
#include "ingest/feed.h"
#include "ingest/link.h"
#include "ingest/listener.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	WAITING_LIMIT = 1024, /* alerts told to the hub and not answered, over all feeds */
	STOP_MS = 2000,
	FLUSH_MS = 300,
	REPORT_MS = 1000,
	SPARE_FILES = 64,
};

/* Room for the largest telegram as a tree, several times over. A sanitizer reserves terabytes. */
#ifdef __SANITIZE_ADDRESS__
static const size_t memory_limit = 0;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
static const size_t memory_limit = 0;
#else
static const size_t memory_limit = (size_t)2 * 1024 * 1024 * 1024;
#endif
#else
static const size_t memory_limit = (size_t)2 * 1024 * 1024 * 1024;
#endif

struct waiting {
	TAILQ_ENTRY(waiting) next;
	uint64_t ref;
	struct connection *connection; /* NULL: gone */
	uint64_t ticket;
};

struct client {
	TAILQ_ENTRY(client) next;
	struct connection *connection;
};

struct ingest {
	struct event_base *base;
	struct hub_link *link;
	json_t *hello; /* owns the texts of the feeds */
	struct feed *feeds;
	size_t feed_count;
	struct listener **listeners;
	size_t listener_count;
	struct connection_handler connections;
	TAILQ_HEAD(, client) clients;
	TAILQ_HEAD(, waiting) waiting;
	size_t waiting_count;
	uint64_t last_ref;
	struct event *report;
	struct event *patience; /* ends the stop */
	struct event *check;	/* are we done? asked from the loop, not from inside a callback */
	char hub_reason[64];	/* why the hub takes nothing; "" while it does */
	bool blocked;		/* connections have been held back */
	bool stopping;
	bool flushing;
	int status;
};

/* ---- answers ---- */

static void put_json(struct connection *c, uint64_t ticket, const json_t *answer)
{
	char *text = json_dumps(answer, JSON_COMPACT);
	connection_put(c, ticket, text ? text : "{\"retry\":\"hub answered nonsense\"}");
	free(text);
}

static void put_retry(struct connection *c, uint64_t ticket, const char *reason)
{
	json_t *answer = json_object();
	json_put_text(answer, "retry", reason);
	put_json(c, ticket, answer);
	json_decref(answer);
}

static void put_refusal(struct connection *c, uint64_t ticket, const struct decode_refusal *refusal)
{
	json_t *answer = json_object();
	json_put_text(answer, "refused", refusal->code);
	json_put_text(answer, "reason", refusal->reason);
	if (refusal->line > 0) {
		json_put_int(answer, "line", refusal->line);
	}
	put_json(c, ticket, answer);
	json_decref(answer);
}

/* ---- counts ---- */

static void changed(struct ingest *in, struct feed *feed)
{
	feed->changed = true;
	if (in->report && !event_pending(in->report, EV_TIMEOUT, NULL)) {
		const struct timeval soon = {.tv_sec = REPORT_MS / 1000};
		(void)event_add(in->report, &soon);
	}
}

static void on_report(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	struct ingest *in = data;
	for (size_t i = 0; i < in->feed_count; i++) {
		if (in->feeds[i].changed) {
			in->feeds[i].changed = false;
			hub_link_feed(in->link, &in->feeds[i]);
		}
	}
}

/* ---- the end ---- */

static void end_if_done(struct ingest *in)
{
	if (in->stopping && TAILQ_EMPTY(&in->clients) &&
		(in->status != 0 || hub_link_idle(in->link))) {
		(void)event_base_loopbreak(in->base);
	}
}

/* Every entry into this file that may have changed a connection ends here. */
static void settle_all(struct ingest *in)
{
	struct client *client;
	struct client *next;
	for (client = TAILQ_FIRST(&in->clients); client; client = next) {
		next = TAILQ_NEXT(client, next);
		connection_settle(client->connection);
	}
}

static void give_up_waiting(struct ingest *in, const char *reason)
{
	struct waiting *w;
	while ((w = TAILQ_FIRST(&in->waiting))) {
		TAILQ_REMOVE(&in->waiting, w, next);
		if (w->connection) {
			put_retry(w->connection, w->ticket, reason);
		}
		free(w);
	}
	in->waiting_count = 0;
	settle_all(in);
}

static void set_patience(struct ingest *in, int ms)
{
	const struct timeval limit = {.tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000};
	(void)event_add(in->patience, &limit);
}

static void on_patience(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	struct ingest *in = data;
	if (in->flushing) {
		(void)event_base_loopbreak(in->base);
		return;
	}
	in->flushing = true;
	set_patience(in, FLUSH_MS);
	give_up_waiting(in, "hub away");
	end_if_done(in);
}

static void on_check(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	end_if_done(data);
}

static void close_listeners(struct ingest *in)
{
	for (size_t i = 0; i < in->listener_count; i++) {
		listener_free(in->listeners[i]);
	}
	free(in->listeners);
	in->listeners = NULL;
	in->listener_count = 0;
}

static void wind_down(struct ingest *in, const char *reason)
{
	in->stopping = true;
	close_listeners(in);
	struct client *client;
	struct client *next;
	for (client = TAILQ_FIRST(&in->clients); client; client = next) {
		next = TAILQ_NEXT(client, next);
		connection_stop(client->connection, reason);
	}
}

void ingest_stop(struct ingest *in)
{
	if (in->stopping) {
		return;
	}
	log_info("stopping", "waiting=%zu", in->waiting_count);
	wind_down(in, "stopping");
	set_patience(in, STOP_MS);
	end_if_done(in);
}

static void on_lost(const struct err *e, void *data)
{
	struct ingest *in = data;
	if (e->code != 0 || !in->stopping) {
		log_error("hub is away", "error=%s waiting=%zu",
			LOG_TEXT(e->code ? e->text : "link closed"), in->waiting_count);
		in->status = EXIT_FAILURE;
	}
	wind_down(in, "hub away");
	in->flushing = true;
	set_patience(in, FLUSH_MS);
	give_up_waiting(in, "hub away");
	in->status = in->status ? in->status : EXIT_FAILURE;
	end_if_done(in);
}

int ingest_status(const struct ingest *in)
{
	return in->status;
}

/* ---- messages ---- */

static bool may_take(void *data)
{
	struct ingest *in = data;
	bool free_to_take = in->waiting_count < WAITING_LIMIT && !hub_link_busy(in->link);
	if (!free_to_take) {
		in->blocked = true;
	}
	return free_to_take;
}

static void unblock(struct ingest *in)
{
	if (in->blocked && in->waiting_count < WAITING_LIMIT && !hub_link_busy(in->link)) {
		in->blocked = false;
		settle_all(in);
	}
}

struct incoming {
	struct connection *connection;
	uint64_t ticket;
	const char *bytes;
	size_t size;
	struct wall_time received;
};

static void refuse(struct ingest *in, const struct incoming *m, const struct decode_refusal *why)
{
	struct feed *feed = connection_feed(m->connection);
	feed->refusals++;
	hub_link_refused(in->link, feed->name, why, m->received, m->bytes, m->size);
	put_refusal(m->connection, m->ticket, why);
}

static void tell_hub(struct ingest *in, const struct incoming *m, const struct alert *alert)
{
	const struct hub_alert message = {
		.ref = in->last_ref + 1,
		.feed = connection_feed(m->connection)->name,
		.received = m->received,
		.alert = alert,
		.raw = m->bytes,
		.raw_size = m->size,
	};
	if (hub_link_alert(in->link, &message) != 0) {
		struct decode_refusal why;
		(void)decode_refuse(&why, "too-large", 0, "the decoded alert is too large");
		refuse(in, m, &why);
		return;
	}
	in->last_ref++;
	struct waiting *w = mem_new(sizeof(*w));
	w->ref = message.ref;
	w->connection = m->connection;
	w->ticket = m->ticket;
	TAILQ_INSERT_TAIL(&in->waiting, w, next);
	in->waiting_count++;
}

/* No rate limit may hold back what is extreme (design: model, rule 10). */
static bool never_waits(const struct alert *alert)
{
	return alert->status == ALERT_STATUS_ACTUAL && alert_severity(alert) == SEVERITY_EXTREME;
}

static void judge(struct ingest *in, const struct incoming *m)
{
	struct feed *feed = connection_feed(m->connection);
	enum feed_rate rate = feed_rate_take(feed);
	if (in->hub_reason[0] || rate == FEED_RATE_FLOOD) {
		put_retry(m->connection, m->ticket,
			in->hub_reason[0] ? in->hub_reason : "rate limit");
		return;
	}
	struct alert *alert = NULL;
	struct decode_refusal refusal;
	int rc = decode_telegram(m->bytes, m->size, &feed->policy, &alert, &refusal);
	if (rate == FEED_RATE_ABOVE && (rc || !never_waits(alert))) {
		put_retry(m->connection, m->ticket, "rate limit");
	} else if (rc) {
		refuse(in, m, &refusal);
	} else {
		tell_hub(in, m, alert);
	}
	alert_free(alert);
}

static void on_message(
	struct connection *c, uint64_t ticket, const char *bytes, size_t size, void *data)
{
	struct ingest *in = data;
	struct feed *feed = connection_feed(c);
	const struct incoming m = {
		.connection = c,
		.ticket = ticket,
		.bytes = bytes,
		.size = size,
		.received = clock_wall_now(),
	};
	feed->messages++;
	feed->last = m.received;
	CRASH_POINT("ingest.received");
	judge(in, &m);
	changed(in, feed);
}

static void on_fault(struct connection *c, const char *code, const char *reason, void *data)
{
	struct ingest *in = data;
	struct feed *feed = connection_feed(c);
	struct decode_refusal why;
	(void)decode_refuse(&why, code, 0, "%s", reason);
	feed->refusals++;
	changed(in, feed);
	if (feed_rate_take(feed) == FEED_RATE_WITHIN) {
		hub_link_refused(in->link, feed->name, &why, clock_wall_now(), "", 0);
	}
}

static void on_gone(struct connection *c, void *data)
{
	struct ingest *in = data;
	struct waiting *w;
	TAILQ_FOREACH(w, &in->waiting, next)
	{
		if (w->connection == c) {
			w->connection = NULL;
		}
	}
	struct client *client;
	TAILQ_FOREACH(client, &in->clients, next)
	{
		if (client->connection == c) {
			TAILQ_REMOVE(&in->clients, client, next);
			free(client);
			break;
		}
	}
	changed(in, connection_feed(c));
	if (in->stopping) {
		event_active(in->check, EV_TIMEOUT, 0);
	}
}

/* ---- new connections ---- */

/* A last word to somebody who is not served; too short to block. */
static void turn_away(int fd, const char *answer)
{
	(void)send(fd, answer, strlen(answer), MSG_DONTWAIT | MSG_NOSIGNAL);
	(void)shutdown(fd, SHUT_WR);
	(void)close(fd);
}

static void on_accepted(struct feed *feed, int fd, const struct sockaddr *peer, void *data)
{
	struct ingest *in = data;
	char name[SOURCE_TEXT_SIZE];
	if (!source_allowed(feed->sources, feed->source_count, peer)) {
		feed->refusals++;
		changed(in, feed);
		log_warning("source not allowed", "feed=%s peer=%s", feed->name,
			source_text(peer, name));
		turn_away(fd, "{\"refused\":\"source-not-allowed\","
			      "\"reason\":\"this address may not feed\"}\n");
		return;
	}
	if (feed->connections >= feed->max_connections) {
		log_warning("too many connections", "feed=%s peer=%s", feed->name,
			source_text(peer, name));
		turn_away(fd, "{\"retry\":\"too many connections\"}\n");
		return;
	}
	struct client *client = mem_new(sizeof(*client));
	TAILQ_INSERT_TAIL(&in->clients, client, next);
	client->connection = connection_new(in->base, feed, fd, &in->connections);
	changed(in, feed);
}

/* ---- what the hub says ---- */

static int open_listeners(struct ingest *in, const char **fault, struct err *e)
{
	const struct listener_handler handler = {.accepted = on_accepted, .data = in};
	in->listeners = mem_new_array(in->feed_count * 2 + 1, sizeof(struct listener *));
	for (size_t i = 0; i < in->feed_count; i++) {
		struct feed *f = &in->feeds[i];
		struct listener **out = &in->listeners[in->listener_count];
		*fault = f->name;
		if (f->unix_path[0]) {
			int rc = listener_open_unix(in->base, f, &handler, out, e);
			if (rc) {
				return rc;
			}
			out = &in->listeners[++in->listener_count];
		}
		if (f->tcp_host[0]) {
			int rc = listener_open_tcp(in->base, f, &handler, out, e);
			if (rc) {
				return rc;
			}
			in->listener_count++;
		}
	}
	return 0;
}

static void enter_sandbox(const struct ingest *in)
{
	size_t files = SPARE_FILES + in->listener_count;
	for (size_t i = 0; i < in->feed_count; i++) {
		files += in->feeds[i].max_connections;
	}
	struct rlimit now;
	if (getrlimit(RLIMIT_NOFILE, &now) == 0 && files > now.rlim_max) {
		log_warning("fewer open files than connections allowed", "wanted=%zu have=%llu",
			files, (unsigned long long)now.rlim_max);
		files = now.rlim_max;
	}
	const struct sandbox_limits limits = {
		.memory_bytes = memory_limit, .open_files = files, .may_fork = 0};
	struct err e = {0};
	if (sandbox_enter(&limits, &e)) {
		log_warning("sandbox not entered", "error=%s", LOG_TEXT(e.text));
	}
}

/* The fault must reach the hub before the process ends. */
static void report_fault(struct ingest *in, const char *feed, const struct err *e)
{
	log_error("feed cannot be served", "feed=%s error=%s", LOG_TEXT(feed), LOG_TEXT(e->text));
	hub_link_fault(in->link, feed, e->text);
	in->status = EXIT_FAILURE;
	in->stopping = true;
	in->flushing = true;
	close_listeners(in);
	set_patience(in, FLUSH_MS);
}

static void on_hello(json_t *hello, void *data)
{
	struct ingest *in = data;
	if (in->hello) {
		log_error("hub said hello twice", "feeds=%zu", in->feed_count);
		return;
	}
	in->hello = json_incref(hello);
	const char *fault = "";
	struct err e = {0};
	int rc = feeds_read(hello, &in->feeds, &in->feed_count, &fault, &e);
	rc = rc ? rc : open_listeners(in, &fault, &e);
	if (rc) {
		report_fault(in, fault, &e);
		return;
	}
	enter_sandbox(in);
	json_t *listeners = json_array();
	for (size_t i = 0; i < in->listener_count; i++) {
		(void)json_array_append_new(listeners, listener_describe(in->listeners[i]));
	}
	hub_link_ready(in->link, listeners);
}

static void on_answer(uint64_t ref, const json_t *answer, void *data)
{
	struct ingest *in = data;
	struct waiting *w;
	TAILQ_FOREACH(w, &in->waiting, next)
	{
		if (w->ref == ref) {
			break;
		}
	}
	if (!w) {
		log_debug("answer to nobody", "ref=%llu", (unsigned long long)ref);
		return;
	}
	TAILQ_REMOVE(&in->waiting, w, next);
	in->waiting_count--;
	if (w->connection) {
		put_json(w->connection, w->ticket, answer);
		connection_settle(w->connection);
	}
	free(w);
	unblock(in);
	end_if_done(in);
}

static void on_paused(bool paused, const char *reason, void *data)
{
	struct ingest *in = data;
	(void)snprintf(in->hub_reason, sizeof(in->hub_reason), "%s",
		!paused	    ? ""
		: reason[0] ? reason
			    : "store full");
	in->hub_reason[utf8_cut(
		in->hub_reason, strlen(in->hub_reason), sizeof(in->hub_reason) - 5)] = '\0';
	log_info(paused ? "hub takes nothing" : "hub takes alerts again", "reason=%s",
		LOG_TEXT(in->hub_reason));
}

static void on_drained(void *data)
{
	struct ingest *in = data;
	if (in->waiting_count > 0) {
		CRASH_POINT("ingest.sent");
	}
	unblock(in);
	end_if_done(in);
}

/* ---- the whole ---- */

struct ingest *ingest_new(struct event_base *base, int link_fd)
{
	struct ingest *in = mem_new(sizeof(*in));
	in->base = base;
	TAILQ_INIT(&in->clients);
	TAILQ_INIT(&in->waiting);
	in->report = evtimer_new(base, on_report, in);
	in->patience = evtimer_new(base, on_patience, in);
	in->check = event_new(base, -1, 0, on_check, in);
	if (!in->report || !in->patience || !in->check) {
		abort();
	}
	in->connections = (struct connection_handler){
		.message = on_message,
		.fault = on_fault,
		.may_take = may_take,
		.gone = on_gone,
		.data = in,
	};
	const struct hub_handler handler = {
		.hello = on_hello,
		.answer = on_answer,
		.paused = on_paused,
		.drained = on_drained,
		.lost = on_lost,
		.data = in,
	};
	in->link = hub_link_new(base, link_fd, &handler);
	return in;
}

void ingest_free(struct ingest *in)
{
	if (!in) {
		return;
	}
	close_listeners(in);
	while (!TAILQ_EMPTY(&in->clients)) {
		connection_free(TAILQ_FIRST(&in->clients)->connection);
	}
	struct waiting *w;
	while ((w = TAILQ_FIRST(&in->waiting))) {
		TAILQ_REMOVE(&in->waiting, w, next);
		free(w);
	}
	hub_link_free(in->link);
	event_free(in->report);
	event_free(in->patience);
	event_free(in->check);
	feeds_free(in->feeds, in->feed_count);
	json_decref(in->hello);
	free(in);
}
