/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/fetch.h"

#include "base/file.h"
#include "base/json.h"
#include "base/jsonl.h"
#include "base/log.h"
#include "base/mem.h"
#include "dispatcher/hub.h"
#include "dispatcher/supervise.h"
#include "ingest/fetch/registry.h"

#include <event2/event.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	OPEN_LIMIT_MS = 20000,
	QUIET_LIMIT_MS = 60000, /* a program says how it is every ten seconds */
	STOP_GRACE_MS = 3000,
	LINE_LIMIT = 256 * 1024,
	TEXT_SIZE = 256,
	PROGRAM_SIZE = 64,
};

struct fetch_link {
	struct hub *hub;
	const struct feed_config *feed;
	struct child *child;
	struct jsonl_link *link; /* NULL while the process is away */
	struct event *patience;	 /* for the next line */
	const char *state;
	char text[TEXT_SIZE];
	struct wall_time last_ok;
};

static void expect_line(struct fetch_link *f, int64_t ms)
{
	const struct timeval limit = {.tv_sec = ms / 1000};
	(void)event_add(f->patience, &limit);
}

/* Told once per change: of state always, of words only in the log. */
static void set_health(struct fetch_link *f, const char *state, const char *text)
{
	bool changed = strcmp(f->state, state) != 0;
	char cut[TEXT_SIZE];
	(void)snprintf(
		cut, sizeof(cut), "%.*s", (int)utf8_cut(text, strlen(text), TEXT_SIZE - 1), text);
	if (!changed && strcmp(f->text, cut) == 0) {
		return;
	}
	f->state = state;
	memcpy(f->text, cut, sizeof(cut));
	if (strcmp(state, "ok") == 0) {
		log_info("source is well", "feed=%s", f->feed->name);
	} else {
		log_warning("source is not well", "feed=%s state=%s reason=%s", f->feed->name,
			state, LOG_TEXT(f->text));
	}
	if (changed) {
		hub_tell(f->hub, json_pack("{s:s,s:s,s:s,s:s}", "event", "fetch_health", "feed",
					 f->feed->name, "state", state, "text", f->text));
	}
}

static void breach(struct fetch_link *f, const char *what, const char *detail)
{
	log_error("fetch program broke the protocol", "feed=%s what=\"%s\" detail=%s",
		f->feed->name, what, LOG_TEXT(detail));
}

/* ---- messages ---- */

static void take_ready(struct fetch_link *f, const json_t *message)
{
	log_info("fetching", "feed=%s program=%s version=%s", f->feed->name, f->feed->fetch.program,
		LOG_TEXT(json_text(message, "version", "")));
	expect_line(f, QUIET_LIMIT_MS);
}

static const char *known_state(const char *text)
{
	static const char *const states[] = {"ok", "degraded", "down"};
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (strcmp(states[i], text) == 0) {
			return states[i];
		}
	}
	return NULL;
}

static void take_health(struct fetch_link *f, const json_t *message)
{
	const char *state = known_state(json_text(message, "state", ""));
	const char *last_ok = json_text(message, "last_ok", "");
	if (!state) {
		breach(f, "health without a known state", json_text(message, "state", ""));
		return;
	}
	if (last_ok[0] && wall_time_parse(last_ok, strlen(last_ok), &f->last_ok, NULL)) {
		breach(f, "last_ok is no time", last_ok);
	}
	expect_line(f, QUIET_LIMIT_MS);
	set_health(f, state, json_text(message, "text", ""));
}

static void take_fault(struct fetch_link *f, const json_t *message)
{
	char text[TEXT_SIZE];
	(void)snprintf(text, sizeof(text), "option %.60s: %.180s",
		json_text(message, "option", "?"), json_text(message, "text", ""));
	set_health(f, "down", text);
}

static const struct {
	const char *op;
	void (*take)(struct fetch_link *f, const json_t *message);
} verbs[] = {
	{"health", take_health},
	{"ready", take_ready},
	{"fault", take_fault},
};

static void on_message(struct jsonl_link *link, json_t *message, size_t size, void *data)
{
	(void)link;
	(void)size;
	struct fetch_link *f = data;
	const char *op = json_text(message, "op", "");
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(op, verbs[i].op) == 0) {
			verbs[i].take(f, message);
			return;
		}
	}
	breach(f, "unknown message", op);
}

/* ---- life ---- */

static void drop_link(struct fetch_link *f)
{
	jsonl_link_free(f->link);
	f->link = NULL;
}

static void on_closed(struct jsonl_link *link, const struct err *e, void *data)
{
	(void)link;
	struct fetch_link *f = data;
	if (e->code) {
		breach(f, "the link broke", e->text);
	}
	drop_link(f);
	child_fail(f->child, STOP_GRACE_MS); /* unless it has ended, or was told to */
}

static void send_hello(struct fetch_link *f)
{
	char state_dir[PATH_MAX];
	(void)snprintf(state_dir, sizeof(state_dir), "%s/fetch/%s", f->hub->config->state_dir,
		f->feed->name);
	json_t *hello = json_object();
	json_put_text(hello, "op", "hello");
	json_put_int(hello, "protocol", FETCH_PROTOCOL);
	json_put_text(hello, "feed", f->feed->name);
	json_put_text(hello, "site", f->hub->config->site);
	json_put_text(hello, "program", f->feed->fetch.program);
	json_put(hello, "options", json_incref(f->feed->fetch.options));
	json_put_text(hello, "state_dir", state_dir);
	json_put_text(hello, "socket", f->feed->unix_path);
	jsonl_link_send(f->link, hello);
	json_decref(hello);
}

static void on_started(void *data, int fd)
{
	struct fetch_link *f = data;
	drop_link(f);
	const struct jsonl_handler handler = {
		.message = on_message, .closed = on_closed, .data = f};
	f->link = jsonl_link_new(f->hub->base, fd, LINE_LIMIT, &handler);
	expect_line(f, OPEN_LIMIT_MS);
	send_hello(f);
}

static void on_ended(void *data, int status, bool crashed)
{
	(void)status;
	struct fetch_link *f = data;
	(void)event_del(f->patience);
	if (crashed && strcmp(f->state, "down") != 0) {
		set_health(f, "down", "the fetch program ended unasked and is started again");
	}
}

static void on_patience(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	struct fetch_link *f = data;
	set_health(f, "down", "the fetch program says nothing and is started again");
	child_fail(f->child, STOP_GRACE_MS);
}

static int start(struct fetch_link *f, struct err *e)
{
	char text[PATH_MAX];
	(void)snprintf(text, sizeof(text), "%s/fetch/%s", f->hub->config->state_dir, f->feed->name);
	int rc = dir_make(text, 0700, e);
	if (rc) {
		return rc;
	}
	char name[PROGRAM_SIZE];
	(void)snprintf(name, sizeof(name), "hansho-fetch-%.40s", f->feed->fetch.program);
	rc = hub_find_program(f->hub, name, text, sizeof(text), e);
	if (rc) {
		return rc;
	}
	(void)snprintf(name, sizeof(name), "fetch-%.50s", f->feed->name);
	const char *argv[] = {text, NULL};
	const struct child_spec spec = {
		.name = name,
		.argv = argv,
		.link_is_stdio = true,
		.restart_first_ms = 200,
		.restart_max_ms = 30000,
	};
	const struct child_handler handler = {.started = on_started, .ended = on_ended, .data = f};
	f->child = child_new(f->hub->base, &spec, &handler);
	child_start(f->child);
	return 0;
}

int fetch_link_new(
	struct hub *hub, const struct feed_config *feed, struct fetch_link **out, struct err *e)
{
	struct fetch_link *f = mem_new(sizeof(*f));
	f->hub = hub;
	f->feed = feed;
	f->last_ok = WALL_TIME_NONE;
	f->state = "down";
	(void)snprintf(f->text, sizeof(f->text), "the fetch program has not reported yet");
	f->patience = evtimer_new(hub->base, on_patience, f);
	int rc = start(f, e);
	if (rc) {
		fetch_link_free(f);
		return rc;
	}
	*out = f;
	return 0;
}

void fetch_link_free(struct fetch_link *f)
{
	if (!f) {
		return;
	}
	if (f->child) {
		child_free(f->child);
	}
	drop_link(f);
	event_free(f->patience);
	free(f);
}

void fetch_link_stop(struct fetch_link *f)
{
	(void)event_del(f->patience);
	child_stop(f->child, STOP_GRACE_MS, false);
}

bool fetch_link_stopped(const struct fetch_link *f)
{
	return child_is_stopped(f->child);
}

struct fetch_health fetch_link_health(const struct fetch_link *f)
{
	return (struct fetch_health){.state = f->state, .text = f->text, .last_ok = f->last_ok};
}

json_t *fetch_link_status(const struct fetch_link *f)
{
	char time[WALL_TIME_TEXT_SIZE];
	json_t *status = json_object();
	json_put_text(status, "program", f->feed->fetch.program);
	json_put_text(status, "state", f->state);
	json_put_text(status, "text", f->text);
	json_put_text(
		status, "last_ok", wall_time_format(f->last_ok, CLOCK_JST_OFFSET_MINUTES, time));
	json_put_int(status, "age_s",
		wall_time_is_none(f->last_ok) ? -1 : (clock_wall_now().ms - f->last_ok.ms) / 1000);
	return status;
}
