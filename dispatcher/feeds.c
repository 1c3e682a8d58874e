/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/feeds.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/jsonl.h"
#include "base/log.h"
#include "base/mem.h"
#include "dispatcher/accept.h"
#include "dispatcher/alarms.h"
#include "dispatcher/feed_watch.h"
#include "dispatcher/fetch.h"
#include "dispatcher/hub.h"
#include "dispatcher/metrics.h"
#include "dispatcher/supervise.h"
#include "dispatcher/turn.h"
#include "schemas/alert.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BACKLOG_HIGH = 256, /* alerts waiting for the store: stop reading the link */
	STOP_GRACE_MS = 3000,
	ABSENT_MS = 15000,
	PING_TICKS = 10,       /* seconds between two pings */
	PONG_LIMIT_MS = 45000, /* decoding the largest telegram takes a fraction of that */
};

struct feed_state {
	const struct feed_config *config;
	struct fetch_link *fetch; /* NULL: others bring the telegrams */
	json_t *listeners;	  /* as reported: real ports */
	int64_t connections;
	uint64_t messages;
	uint64_t refusals;
	json_t *defects; /* owned: code of a warning -> how often since the start */
	struct feed_watch watch;
};

struct feeds {
	struct hub *hub;
	struct child *child;
	struct jsonl_link *link; /* NULL while the process is away */
	bool ready;
	bool paused;
	int64_t generation; /* of the process: a late answer must not reach its successor's clients
			     */
	char fault[256];
	char renewal[256];     /* why certificates could not be read again; "" */
	struct mono_time pong; /* last sign of life */
	struct mono_time here; /* when the process last was */
	bool absent;
	int64_t ticks;
	struct feed_state *list;
	size_t count;
};

static struct feed_state *find(struct feeds *f, const char *name)
{
	for (size_t i = 0; i < f->count; i++) {
		if (strcmp(f->list[i].config->name, name) == 0) {
			return &f->list[i];
		}
	}
	return NULL;
}

static json_t *texts_to_json(const struct text_list *list)
{
	json_t *array = json_array();
	for (size_t i = 0; i < list->count; i++) {
		(void)json_array_append_new(array, json_string(list->list[i]));
	}
	return array;
}

static void put_door(json_t *feed, const char *key, const struct feed_door_config *c)
{
	if (c->host[0] == '\0') {
		return;
	}
	json_t *door = json_object();
	json_put_text(door, "host", c->host);
	json_put_int(door, "port", c->port);
	json_put_text(door, "certificate", c->certificate);
	json_put_text(door, "key", c->key);
	json_put_text(door, "client_ca", c->client_ca);
	json_put(door, "names", texts_to_json(&c->names));
	json_put_text(door, "token_file", c->token_file);
	json_put(feed, key, door);
}

static json_t *feed_to_json(const struct feed_config *c)
{
	json_t *feed = json_object();
	json_put_text(feed, "name", c->name);
	json_put_text(feed, "unix", c->unix_path);
	json_put_text(feed, "tcp_host", c->tcp_host);
	json_put_int(feed, "tcp_port", c->tcp_port);
	put_door(feed, "tls", &c->tls);
	put_door(feed, "http", &c->http);
	json_put(feed, "formats", texts_to_json(&c->formats));
	json_put(feed, "sources", texts_to_json(&c->sources));
	json_put(feed, "senders", texts_to_json(&c->senders));
	json_put_text(feed, "signature", signature_policy_name(c->signature));
	json_put(feed, "trusted_certs", texts_to_json(&c->trusted_certs));
	json_put_flag(feed, "signature_sha1", c->signature_sha1);
	if (c->mail_rules) {
		json_put(feed, "mail_rules", json_incref(c->mail_rules));
	}
	json_put_int(feed, "max_bytes", c->max_bytes);
	json_put_int(feed, "max_connections", c->max_connections);
	json_put_int(feed, "rate_per_minute", c->rate_per_minute);
	json_put_int(feed, "idle_timeout_ms", c->idle_timeout_ms);
	return feed;
}

static void send_hello(struct feeds *f)
{
	json_t *hello = json_object();
	json_put_text(hello, "op", "hello");
	json_put_text(hello, "site", f->hub->config->site);
	json_t *list = json_array();
	for (size_t i = 0; i < f->count; i++) {
		(void)json_array_append_new(list, feed_to_json(f->list[i].config));
	}
	json_put(hello, "feeds", list);
	jsonl_link_send(f->link, hello);
	json_decref(hello);
}

static void heard(struct feeds *f, const json_t *message, bool refused)
{
	const char *name = json_text(message, "feed", "");
	struct feed_state *feed = find(f, name);
	if (!feed) {
		return;
	}
	feed_watch_heard(&feed->watch);
	feed->messages++;
	feed->refusals += refused;
}

void feeds_note_defects(struct feeds *f, const char *name, const struct alert *alert)
{
	struct feed_state *feed = find(f, name);
	for (size_t i = 0; feed && i < alert->warning_count; i++) {
		const char *code = alert->warnings[i].code;
		json_put_int(feed->defects, code, json_int(feed->defects, code, 0) + 1);
		char labels[160];
		(void)snprintf(labels, sizeof(labels), "feed=\"%.60s\",code=\"%.60s\"", name, code);
		metrics_count(f->hub->metrics, "hansho_defects_total", labels, 1);
	}
}

static void on_attached(
	struct jsonl_link *link, json_t *message, const char *bytes, size_t size, void *data)
{
	(void)link;
	struct feeds *f = data;
	struct incoming_alert *alert = incoming_alert_new(message, bytes, size, f->generation);
	if (!alert || strcmp(json_text(message, "op", ""), "alert") != 0) {
		log_error("ingest spoke nonsense", "op=%s", LOG_TEXT(json_text(message, "op", "")));
		free(alert);
		return;
	}
	heard(f, message, false);
	turn_add_alert(f->hub->turn, alert);
	if (!f->paused && turn_backlog(f->hub->turn) >= BACKLOG_HIGH) {
		f->paused = true;
		jsonl_link_pause(f->link, true);
	}
}

static void take_refusal(struct feeds *f, json_t *message)
{
	heard(f, message, true);
	const char *feed = json_text(message, "feed", "");
	const char *code = json_text(message, "code", "");
	log_warning("telegram refused", "feed=%s code=%s reason=%s line=%lld", LOG_TEXT(feed),
		LOG_TEXT(code), LOG_TEXT(json_text(message, "reason", "")),
		(long long)json_int(message, "line", 0));
	metrics_count(f->hub->metrics, "hansho_alerts_total", "answer=\"refused\"", 1);
	turn_add_refusal(f->hub->turn, message);
	/* Types that carry nothing for residents come every few minutes. */
	if (strcmp(code, "not-handled") != 0) {
		char subject[160];
		(void)snprintf(subject, sizeof(subject), "%.80s/%.60s", feed, code);
		alarm_raise(
			f->hub->alarms, ALARM_REFUSED, subject, json_text(message, "reason", ""));
	}
	hub_tell(f->hub, json_pack("{s:s,s:s,s:s,s:s}", "event", "refused", "feed", feed, "code",
				 code, "reason", json_text(message, "reason", "")));
}

static void take_ready(struct feeds *f, json_t *message)
{
	f->ready = true;
	f->fault[0] = '\0';
	size_t i;
	json_t *listener;
	for (size_t k = 0; k < f->count; k++) {
		(void)json_array_clear(f->list[k].listeners);
	}
	json_array_foreach(json_object_get(message, "listeners"), i, listener)
	{
		struct feed_state *feed = find(f, json_text(listener, "feed", ""));
		if (feed) {
			(void)json_array_append(feed->listeners, listener);
		}
		log_info("listening", "feed=%s kind=%s address=%s port=%lld",
			json_text(listener, "feed", ""), json_text(listener, "kind", ""),
			LOG_TEXT(json_text(listener, "address", "")),
			(long long)json_int(listener, "port", 0));
	}
	hub_tell(f->hub, json_pack("{s:s}", "event", "ingest_ready"));
}

static void take_fault(struct feeds *f, json_t *message)
{
	(void)snprintf(f->fault, sizeof(f->fault), "feed %s: %.200s",
		json_text(message, "feed", "?"), json_text(message, "text", ""));
	log_error("ingest cannot serve a feed", "reason=%s", LOG_TEXT(f->fault));
}

static void take_counts(struct feeds *f, json_t *message)
{
	struct feed_state *feed = find(f, json_text(message, "feed", ""));
	if (feed) {
		feed->connections = json_int(message, "connections", 0);
	}
}

static void take_pong(struct feeds *f, json_t *message)
{
	(void)message;
	f->pong = clock_mono_now();
}

static void take_renewed(struct feeds *f, json_t *message)
{
	(void)snprintf(f->renewal, sizeof(f->renewal), "certificates not renewed: %.200s",
		json_text(message, "text", ""));
	if (json_text(message, "text", "")[0] == '\0') {
		f->renewal[0] = '\0';
		alarm_end(f->hub->alarms, ALARM_CERTIFICATES, "listeners");
		log_info("certificates renewed", "feeds=%zu", f->count);
	} else {
		alarm_raise(f->hub->alarms, ALARM_CERTIFICATES, "listeners",
			json_text(message, "text", ""));
		log_error("certificates not renewed", "reason=%s",
			LOG_TEXT(json_text(message, "text", "")));
	}
	hub_tell(f->hub, json_pack("{s:s,s:s}", "event", "certificates", "text",
				 json_text(message, "text", "")));
}

static const struct {
	const char *op;
	void (*take)(struct feeds *f, json_t *message);
} verbs[] = {
	{"refused", take_refusal},
	{"feed", take_counts},
	{"ready", take_ready},
	{"fault", take_fault},
	{"pong", take_pong},
	{"renewed", take_renewed},
};

static void on_message(struct jsonl_link *link, json_t *message, size_t size, void *data)
{
	(void)link;
	(void)size;
	struct feeds *f = data;
	const char *op = json_text(message, "op", "");
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(op, verbs[i].op) == 0) {
			verbs[i].take(f, message);
			return;
		}
	}
	log_error("ingest spoke nonsense", "op=%s", LOG_TEXT(op));
}

static void drop_link(struct feeds *f)
{
	jsonl_link_free(f->link);
	f->link = NULL;
	f->ready = false;
	f->paused = false;
}

static void on_closed(struct jsonl_link *link, const struct err *e, void *data)
{
	(void)link;
	struct feeds *f = data;
	if (e->code) {
		log_error("link to ingest broke", "reason=%s", LOG_TEXT(e->text));
		child_fail(f->child, STOP_GRACE_MS);
	}
	drop_link(f);
}

static void on_started(void *data, int fd)
{
	struct feeds *f = data;
	drop_link(f);
	f->generation++;
	f->pong = clock_mono_now();
	struct jsonl_handler handler = {
		.message = on_message, .attached = on_attached, .closed = on_closed, .data = f};
	f->link = jsonl_link_new(f->hub->base, fd, JSONL_LINE_LIMIT, &handler);
	send_hello(f);
}

static void on_ended(void *data, int status, bool crashed)
{
	(void)status;
	struct feeds *f = data;
	if (f->link) {
		/* What it managed to send before it died is still an accepted duty: read it. */
		jsonl_link_pause(f->link, false);
	}
	f->ready = false;
	if (crashed) {
		hub_tell(f->hub, json_pack("{s:s}", "event", "ingest_died"));
	}
}

/* They find the sockets by themselves as soon as these are there. */
static int start_fetching(struct feeds *f, struct err *e)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct feed_config *config = f->list[i].config;
		int rc = config->fetch.program[0]
				 ? fetch_link_new(f->hub, config, &f->list[i].fetch, e)
				 : 0;
		if (rc) {
			return err_prefix(e, "feed %s", config->name);
		}
	}
	return 0;
}

int feeds_new(struct hub *hub, struct feeds **out, struct err *e)
{
	char path[PATH_MAX];
	int rc = hub_find_program(hub, "hansho-ingest", path, sizeof(path), e);
	if (rc) {
		return rc;
	}
	struct feeds *f = mem_new(sizeof(*f));
	f->hub = hub;
	f->count = hub->config->feed_count;
	f->list = mem_new_array(f->count, sizeof(*f->list));
	for (size_t i = 0; i < f->count; i++) {
		f->list[i] = (struct feed_state){
			.config = &hub->config->feeds[i],
			.listeners = json_array(),
			.defects = json_object(),
		};
		rc = rc ? rc : feed_watch_init(&f->list[i].watch, hub, f->list[i].config, e);
	}
	if (rc) {
		feeds_free(f);
		return rc;
	}
	const char *argv[] = {path, NULL};
	struct child_spec spec = {
		.name = "ingest", .argv = argv, .restart_first_ms = 100, .restart_max_ms = 10000};
	struct child_handler handler = {.started = on_started, .ended = on_ended, .data = f};
	f->child = child_new(hub->base, &spec, &handler);
	child_start(f->child);
	rc = start_fetching(f, e);
	if (rc) {
		feeds_free(f);
		return rc;
	}
	*out = f;
	return 0;
}

void feeds_free(struct feeds *f)
{
	if (!f) {
		return;
	}
	if (f->child) {
		child_free(f->child);
	}
	jsonl_link_free(f->link);
	for (size_t i = 0; i < f->count; i++) {
		fetch_link_free(f->list[i].fetch);
		json_decref(f->list[i].listeners);
		json_decref(f->list[i].defects);
	}
	free(f->list);
	free(f);
}

void feeds_answer(struct feeds *f, const struct incoming_alert *alert, json_t *answer)
{
	if (!f->link || alert->generation != f->generation) {
		return;
	}
	json_t *line = json_object();
	json_put_text(line, "op", "answer");
	json_put_int(line, "ref", alert->ref);
	json_put(line, "answer", json_incref(answer));
	jsonl_link_send(f->link, line);
	json_decref(line);
}

void feeds_unpause(struct feeds *f)
{
	if (f && f->paused && f->link && turn_backlog(f->hub->turn) < BACKLOG_HIGH / 2) {
		f->paused = false;
		jsonl_link_pause(f->link, false);
	}
}

void feeds_stop(struct feeds *f)
{
	child_stop(f->child, STOP_GRACE_MS, false);
	for (size_t i = 0; i < f->count; i++) {
		if (f->list[i].fetch) {
			fetch_link_stop(f->list[i].fetch);
		}
	}
}

bool feeds_stopped(const struct feeds *f)
{
	for (size_t i = 0; i < f->count; i++) {
		if (f->list[i].fetch && !fetch_link_stopped(f->list[i].fetch)) {
			return false;
		}
	}
	return child_is_stopped(f->child);
}

void feeds_renew(struct feeds *f)
{
	if (f->link && f->ready) {
		json_t *message = json_pack("{s:s}", "op", "renew");
		jsonl_link_send(f->link, message);
		json_decref(message);
	}
}

/* A process that hangs does not die by itself, and its feeds would only fall silent. While we do
 * not read the link, its answers wait there: that is no fault of its. */
static void watch_process(struct feeds *f)
{
	if (!f->link || !f->ready || f->paused || f->hub->stopping) {
		f->pong = clock_mono_now();
		return;
	}
	if (-mono_time_left_ms(f->pong) > PONG_LIMIT_MS) {
		log_error("ingest process hangs", "silent_ms=%lld",
			(long long)-mono_time_left_ms(f->pong));
		f->pong = clock_mono_now();
		child_fail(f->child, STOP_GRACE_MS);
	} else if (f->ticks++ % PING_TICKS == 0) {
		json_t *ping = json_pack("{s:s}", "op", "ping");
		jsonl_link_send(f->link, ping);
		json_decref(ping);
	}
}

/* Not at every restart: only when its feeds cannot get in. */
static void watch_absence(struct feeds *f)
{
	if (f->ready || f->hub->stopping) {
		f->here = clock_mono_now();
		if (f->absent) {
			f->absent = false;
			alarm_end(f->hub->alarms, ALARM_INGEST_AWAY, "ingest");
		}
	} else if (!f->absent && -mono_time_left_ms(f->here) > ABSENT_MS) {
		f->absent = true;
		alarm_raise(f->hub->alarms, ALARM_INGEST_AWAY, "ingest", f->fault);
	}
}

void feeds_tick(struct feeds *f)
{
	watch_process(f);
	watch_absence(f);
	for (size_t i = 0; i < f->count; i++) {
		struct feed_state *feed = &f->list[i];
		if (feed->fetch) {
			feed_watch_source(&feed->watch,
				strcmp(fetch_link_health(feed->fetch).state, "ok") == 0);
		}
		feed_watch_tick(&feed->watch);
	}
}

int feeds_record(struct feeds *f, struct err *e)
{
	int rc = 0;
	for (size_t i = 0; f && rc == 0 && i < f->count; i++) {
		rc = feed_watch_record(&f->list[i].watch, e);
	}
	return rc;
}

void feeds_heard_eew(struct feeds *f, const char *name)
{
	struct feed_state *feed = find(f, name);
	if (feed) {
		feed_watch_heard_eew(&feed->watch);
	}
}

const struct feed_watch *feeds_watch(const struct feeds *f, size_t index)
{
	return &f->list[index].watch;
}

json_t *feeds_status(const struct feeds *f)
{
	json_t *array = json_array();
	for (size_t i = 0; i < f->count; i++) {
		const struct feed_state *feed = &f->list[i];
		json_t *one = json_object();
		json_put_text(one, "name", feed->config->name);
		json_put_flag(one, "listening", f->ready);
		json_put(one, "listeners", json_deep_copy(feed->listeners));
		json_put_int(one, "connections", feed->connections);
		json_put_int(one, "messages", (int64_t)feed->messages);
		json_put_int(one, "refusals", (int64_t)feed->refusals);
		json_put(one, "defects", json_deep_copy(feed->defects));
		json_put_int(one, "age_s", feed_watch_age_s(&feed->watch));
		json_put_flag(one, "silent", feed->watch.any.silent || feed->watch.eew.silent);
		json_put_text(one, "state", feed_life_name(feed_watch_life(&feed->watch, NULL)));
		json_put(one, "carries", texts_to_json(&feed->config->carries));
		if (feed->fetch) {
			json_put(one, "fetch", fetch_link_status(feed->fetch));
		}
		(void)json_array_append_new(array, one);
	}
	return array;
}

/* Not knowing what the source has to say must never look like calm. */
static const char *fetch_fault(const struct feed_state *feed)
{
	static char text[320];
	struct fetch_health health = fetch_link_health(feed->fetch);
	(void)snprintf(text, sizeof(text), "feed %s is %s: %s", feed->config->name, health.state,
		health.text);
	return text;
}

const char *feeds_fault(const struct feeds *f)
{
	if (f->fault[0]) {
		return f->fault;
	}
	if (!f->ready) {
		return "the ingest process is not running";
	}
	if (f->renewal[0]) {
		return f->renewal;
	}
	for (size_t i = 0; i < f->count; i++) {
		if (f->list[i].watch.any.silent || f->list[i].watch.eew.silent) {
			return "a feed has been silent for longer than its limit";
		}
		if (f->list[i].fetch &&
			strcmp(fetch_link_health(f->list[i].fetch).state, "ok") != 0) {
			return fetch_fault(&f->list[i]);
		}
	}
	return NULL;
}
