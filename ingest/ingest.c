/* SPDX-License-Identifier: Apache-2.0
 *
 * Start and stop of the ingest process, its connections and its counts. When the hub goes, every
 * waiting client is told to try again; nothing is kept.
 */
#include "ingest/ingest.h"

#include "base/crash_point.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "ingest/dialect.h"
#include "ingest/ingest_private.h"

#include <errno.h>
#include <event2/bufferevent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	STOP_MS = 2000,
	FLUSH_MS = 300,
	REPORT_MS = 1000,
	SPARE_FILES = 64,
};

/* Room for the largest telegram as a tree, several times over. */
static const size_t memory_limit = (size_t)2 * 1024 * 1024 * 1024;

/* ---- counts ---- */

void ingest_changed(struct ingest *in, struct feed *feed)
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

void ingest_end_if_done(struct ingest *in)
{
	if (in->stopping && TAILQ_EMPTY(&in->clients) &&
		(in->status != 0 || hub_link_idle(in->link))) {
		(void)event_base_loopbreak(in->base);
	}
}

void ingest_settle_all(struct ingest *in)
{
	struct client *client;
	struct client *next;
	for (client = TAILQ_FIRST(&in->clients); client; client = next) {
		next = TAILQ_NEXT(client, next);
		connection_settle(client->connection);
	}
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
	intake_give_up(in, "hub away");
	ingest_end_if_done(in);
}

static void on_check(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	ingest_end_if_done(data);
}

static void close_listeners(struct ingest *in)
{
	for (size_t i = 0; i < in->listener_count; i++) {
		listener_free(in->listeners[i]);
	}
	free(in->listeners);
	in->listeners = NULL;
	in->listener_count = 0;
	for (size_t i = 0; i < in->door_count; i++) {
		door_free(in->doors[i]);
	}
	free(in->doors);
	in->doors = NULL;
	in->door_count = 0;
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
	ingest_end_if_done(in);
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
	intake_give_up(in, "hub away");
	in->status = in->status ? in->status : EXIT_FAILURE;
	ingest_end_if_done(in);
}

int ingest_status(const struct ingest *in)
{
	return in->status;
}

static void on_gone(struct connection *c, void *data)
{
	struct ingest *in = data;
	intake_forget(in, c);
	struct client *client;
	TAILQ_FOREACH(client, &in->clients, next)
	{
		if (client->connection == c) {
			TAILQ_REMOVE(&in->clients, client, next);
			free(client);
			break;
		}
	}
	ingest_changed(in, connection_feed(c));
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

static void take_client(struct ingest *in, struct feed *feed, struct bufferevent *stream,
	const struct connection_way *way)
{
	struct client *client = mem_new(sizeof(*client));
	TAILQ_INSERT_TAIL(&in->clients, client, next);
	client->connection = connection_new(in->base, feed, stream, way, &in->connections);
	ingest_changed(in, feed);
}

static void on_accepted(struct feed *feed, int fd, const struct sockaddr *peer, void *data)
{
	struct ingest *in = data;
	char name[SOURCE_TEXT_SIZE];
	if (!source_allowed(feed->sources, feed->source_count, peer)) {
		feed->refusals++;
		ingest_changed(in, feed);
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
	static const struct connection_way lines = {.dialect = &dialect_lines};
	struct bufferevent *stream = bufferevent_socket_new(in->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!stream) {
		abort();
	}
	take_client(in, feed, stream, &lines);
}

static void on_arrived(struct feed *feed, struct bufferevent *stream,
	const struct connection_way *way, const char *peer, void *data)
{
	struct ingest *in = data;
	if (feed->connections >= feed->max_connections) {
		log_warning("too many connections", "feed=%s peer=%s", feed->name, peer);
		bufferevent_free(stream);
		return;
	}
	take_client(in, feed, stream, way);
}

/* ---- what the hub says ---- */

static int open_door(struct ingest *in, struct feed *feed, bool http, struct err *e)
{
	const struct feed_door *place = http ? &feed->http : &feed->tls;
	if (place->host[0] == '\0') {
		return 0;
	}
	for (size_t i = 0; i < in->door_count; i++) {
		if (door_share(in->doors[i], feed, http)) {
			return 0;
		}
	}
	const struct door_handler handler = {.arrived = on_arrived, .data = in};
	int rc = door_open(in->base, feed, http, &handler, &in->doors[in->door_count], e);
	in->door_count += rc == 0;
	return rc;
}

static int open_doors(struct ingest *in, const char **fault, struct err *e)
{
	in->doors = mem_new_array(in->feed_count * 2 + 1, sizeof(struct door *));
	for (size_t i = 0; i < in->feed_count; i++) {
		*fault = in->feeds[i].name;
		int rc = open_door(in, &in->feeds[i], false, e);
		rc = rc ? rc : open_door(in, &in->feeds[i], true, e);
		if (rc) {
			return rc;
		}
	}
	return 0;
}

/* Certificates end and tokens change: what cannot be read stays as it was. */
static void on_renew(void *data)
{
	struct ingest *in = data;
	struct err e = {0};
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < in->door_count; i++) {
		rc = door_renew(in->doors[i], &e);
	}
	for (size_t i = 0; rc == 0 && i < in->feed_count; i++) {
		rc = feed_read_token(&in->feeds[i], &e);
	}
	if (rc) {
		log_error("certificates not renewed", "reason=%s", LOG_TEXT(e.text));
	} else {
		log_info("certificates and tokens read again", "doors=%zu", in->door_count);
	}
	hub_link_renewed(in->link, rc ? e.text : "");
}

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
			int rc = listener_open_tcp(
				in->base, f, f->tcp_host, f->tcp_port, &handler, out, e);
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
	for (size_t i = 0; i < in->door_count; i++) {
		files += door_files(in->doors[i]);
	}
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
		.memory_bytes = sandbox_memory(memory_limit), .open_files = files, .may_fork = 0};
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
	rc = rc ? rc : open_doors(in, &fault, &e);
	if (rc) {
		report_fault(in, fault, &e);
		return;
	}
	enter_sandbox(in);
	json_t *listeners = json_array();
	for (size_t i = 0; i < in->listener_count; i++) {
		(void)json_array_append_new(listeners, listener_describe_own(in->listeners[i]));
	}
	for (size_t i = 0; i < in->door_count; i++) {
		door_describe(in->doors[i], listeners);
	}
	hub_link_ready(in->link, listeners);
}

static void on_drained(void *data)
{
	struct ingest *in = data;
	if (in->waiting_count > 0) {
		CRASH_POINT("ingest.sent");
	}
	intake_unblock(in);
	ingest_end_if_done(in);
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
		.message = intake_message,
		.fault = intake_fault,
		.may_take = intake_may_take,
		.away = intake_away,
		.gone = on_gone,
		.data = in,
	};
	const struct hub_handler handler = {
		.hello = on_hello,
		.answer = intake_answer,
		.paused = intake_paused,
		.renew = on_renew,
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
	intake_drop_all(in);
	hub_link_free(in->link);
	event_free(in->report);
	event_free(in->patience);
	event_free(in->check);
	feeds_free(in->feeds, in->feed_count);
	json_decref(in->hello);
	free(in);
}
