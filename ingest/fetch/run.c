/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of a fetch program: hello, open, then its own events until the link ends.
 *
 *   start ──hello──► open ──ready──► running ──end of input, SIGTERM──► exit 0
 *                      │ fault          │ health at every change and every ten seconds
 *                   (exit 78)
 *
 * Never: a telegram on the link, anything on standard output but whole lines.
 */
#include "base/file.h"
#include "base/json.h"
#include "base/jsonl.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "ingest/fetch/fetch.h"
#include "ingest/fetch/submit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	EXIT_USAGE = 64,
	EXIT_PROTOCOL = 76,
	EXIT_CONFIG = 78,
	LINE_LIMIT = 1024 * 1024,
	TEXT_SIZE = 256,
	BEAT_MS = 1000,
	HEALTH_EVERY_MS = 10000,
	HUB_PATIENCE_MS = 5000, /* a hub that starts again is not worth a word */
	OPEN_FILES = 256,
};

static const size_t memory_limit = (size_t)1024 * 1024 * 1024;

struct health {
	enum fetch_state state;
	struct wall_time last_ok;
	char text[TEXT_SIZE];
};

struct fetch {
	const struct fetch_program *program;
	struct event_base *base;
	struct jsonl_stream *stream;
	json_t *hello; /* owns feed, site, state_dir, socket */
	struct submitter *submitter;
	void *instance;
	struct event *beat;
	struct health said_by_program;
	struct health told; /* to the hub */
	struct mono_time told_at;
	bool link_lost;
	int status;
};

struct event_base *fetch_base(const struct fetch *f)
{
	return f->base;
}

const char *fetch_feed(const struct fetch *f)
{
	return json_text(f->hello, "feed", "");
}

const char *fetch_site(const struct fetch *f)
{
	return json_text(f->hello, "site", "");
}

const char *fetch_state_dir(const struct fetch *f)
{
	return json_text(f->hello, "state_dir", "");
}

/* ---- what is said to the hub ---- */

static void stop(struct fetch *f)
{
	(void)event_base_loopbreak(f->base);
}

static void send_line(struct fetch *f, json_t *line)
{
	if (!f->link_lost) {
		int rc = jsonl_stream_write(f->stream, line);
		if (rc) {
			f->link_lost = true;
			log_warning("the hub is gone", "error=%s", LOG_TEXT(strerror(-rc)));
			stop(f);
		}
	}
	json_decref(line);
}

static void send_fault(struct fetch *f, const char *option, const char *text)
{
	json_t *line = json_object();
	json_put_text(line, "op", "fault");
	json_put(line, "option", json_string(option));
	json_put_text(line, "text", text);
	log_error("configuration cannot work", "option=%s error=%s", LOG_TEXT(option),
		LOG_TEXT(text));
	send_line(f, line);
}

static void send_ready(struct fetch *f)
{
	json_t *line = json_object();
	json_put_text(line, "op", "ready");
	json_put_text(line, "program", f->program->declaration->name);
	json_put_text(line, "version", HANSHO_VERSION);
	send_line(f, line);
}

/* What the program says of its source, and what we see of the way to the hub: the worse counts. */
static struct health health_now(const struct fetch *f)
{
	struct health h = f->said_by_program;
	struct mono_time since;
	const char *fault = submitter_fault(f->submitter, &since);
	if (fault[0] && h.state == FETCH_OK && mono_time_left_ms(since) < -HUB_PATIENCE_MS) {
		h.state = FETCH_DEGRADED;
		(void)snprintf(h.text, sizeof(h.text), "%zu telegrams wait: %.200s",
			submitter_waiting(f->submitter), fault);
	}
	return h;
}

static void tell_health(struct fetch *f)
{
	static const char *const states[] = {
		[FETCH_OK] = "ok", [FETCH_DEGRADED] = "degraded", [FETCH_DOWN] = "down"};
	f->told = health_now(f);
	f->told_at = clock_mono_now();
	char time[WALL_TIME_TEXT_SIZE];
	json_t *line = json_object();
	json_put_text(line, "op", "health");
	json_put_text(line, "state", states[f->told.state]);
	json_put_text(line, "text", f->told.text);
	json_put_text(
		line, "last_ok", wall_time_format(f->told.last_ok, CLOCK_JST_OFFSET_MINUTES, time));
	send_line(f, line);
}

static bool same_health(const struct health *a, const struct health *b)
{
	return a->state == b->state && strcmp(a->text, b->text) == 0;
}

void fetch_health(
	struct fetch *f, enum fetch_state state, struct wall_time last_ok, const char *text)
{
	struct health *h = &f->said_by_program;
	*h = (struct health){.state = state, .last_ok = last_ok};
	size_t size = utf8_cut(text, strlen(text), sizeof(h->text) - 1);
	memcpy(h->text, text, size);
	struct health now = health_now(f);
	if (!same_health(&now, &f->told)) {
		tell_health(f);
	}
}

static void on_beat(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	struct fetch *f = data;
	struct health now = health_now(f);
	if (!same_health(&now, &f->told) ||
		mono_time_left_ms(mono_time_add(f->told_at, HEALTH_EVERY_MS)) <= 0) {
		tell_health(f);
	}
}

/* ---- telegrams ---- */

void fetch_submit(struct fetch *f, const void *bytes, size_t size,
	void (*done)(void *data, const struct fetch_answer *answer), void *data)
{
	submitter_add(f->submitter, bytes, size, done, data);
}

bool fetch_may_submit(const struct fetch *f)
{
	return submitter_has_room(f->submitter);
}

size_t fetch_waiting(const struct fetch *f)
{
	return submitter_waiting(f->submitter);
}

/* ---- life ---- */

/* The hub has nothing to say after hello: its end is the message. */
static void on_input(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	struct fetch *f = data;
	struct err e = {0};
	json_t *message = NULL;
	int rc = jsonl_stream_read(f->stream, 0, &message, &e);
	if (rc == 1) {
		log_warning(
			"unknown message ignored", "op=%s", LOG_TEXT(json_text(message, "op", "")));
		json_decref(message);
	} else if (rc != -EAGAIN) {
		/* A hub that died resets the link instead of ending it. */
		f->status = rc == -EPROTO ? EXIT_PROTOCOL : EXIT_SUCCESS;
		stop(f);
	}
}

static void on_signal(int number, short what, void *data)
{
	(void)number;
	(void)what;
	stop(data);
}

static int check_hello(struct fetch *f)
{
	const struct fetch_declaration *d = f->program->declaration;
	const json_t *options = json_object_get(f->hello, "options");
	if (strcmp(json_text(f->hello, "op", ""), "hello") != 0 || !json_is_object(options) ||
		!fetch_feed(f)[0] || fetch_state_dir(f)[0] != '/' ||
		json_text(f->hello, "socket", "")[0] != '/') {
		send_fault(f, "", "the first line must be a whole hello");
		return EXIT_CONFIG;
	}
	if (json_int(f->hello, "protocol", 0) != FETCH_PROTOCOL) {
		send_fault(f, "protocol", "this program speaks protocol 1");
		return EXIT_CONFIG;
	}
	struct err e = {0};
	const char *key = "";
	if (d->check && d->check(options, &key, &e)) {
		send_fault(f, key, e.text);
		return EXIT_CONFIG;
	}
	return 0;
}

static int open_program(struct fetch *f)
{
	int status = check_hello(f);
	if (status) {
		return status;
	}
	struct err e = {0};
	f->submitter = submitter_new(f->base, json_text(f->hello, "socket", ""));
	f->said_by_program = (struct health){.state = FETCH_DOWN, .last_ok = WALL_TIME_NONE};
	(void)snprintf(f->said_by_program.text, TEXT_SIZE, "the source has not been asked yet");
	if (dir_make(fetch_state_dir(f), 0700, &e) ||
		f->program->open(f, json_object_get(f->hello, "options"), &f->instance, &e)) {
		send_fault(f, "", e.text);
		return EXIT_CONFIG;
	}
	const struct sandbox_limits limits = {
		.memory_bytes = sandbox_memory(memory_limit), .open_files = OPEN_FILES};
	if (sandbox_enter(&limits, &e)) {
		log_warning("sandbox not entered", "error=%s", LOG_TEXT(e.text));
	}
	send_ready(f);
	tell_health(f);
	return 0;
}

static void run_loop(struct fetch *f)
{
	struct event *input = event_new(f->base, STDIN_FILENO, EV_READ | EV_PERSIST, on_input, f);
	struct event *term = evsignal_new(f->base, SIGTERM, on_signal, f);
	struct event *interrupt = evsignal_new(f->base, SIGINT, on_signal, f);
	f->beat = event_new(f->base, -1, EV_PERSIST, on_beat, f);
	const struct timeval every = {.tv_sec = BEAT_MS / 1000};
	if (!input || !term || !interrupt || !f->beat || event_add(input, NULL) ||
		event_add(term, NULL) || event_add(interrupt, NULL) || event_add(f->beat, &every)) {
		abort();
	}
	(void)event_base_dispatch(f->base);
	event_free(input);
	event_free(term);
	event_free(interrupt);
	event_free(f->beat);
}

static int serve(struct fetch *f)
{
	struct err e = {0};
	int rc = jsonl_stream_read(f->stream, -1, &f->hello, &e);
	if (rc == 0) {
		return EXIT_SUCCESS;
	}
	if (rc != 1) {
		log_error("no hello", "error=%s", LOG_TEXT(e.text));
		return EXIT_PROTOCOL;
	}
	int status = open_program(f);
	if (status == 0) {
		run_loop(f);
		status = f->status;
	}
	if (f->instance) {
		f->program->close(f->instance);
	}
	submitter_free(f->submitter);
	json_decref(f->hello);
	return status;
}

static int describe(const struct fetch_declaration *d)
{
	json_t *object = json_object();
	json_put_int(object, "protocol", FETCH_PROTOCOL);
	json_put_text(object, "name", d->name);
	json_put_text(object, "summary", d->summary);
	json_put(object, "options", option_rows_to_json(d->options));
	int rc = json_dumpf(object, stdout, JSON_COMPACT);
	json_decref(object);
	return rc == 0 && putchar('\n') != EOF && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int fetch_main(int argc, char **argv, const struct fetch_program *program)
{
	const struct fetch_declaration *d = program->declaration;
	if (argc == 2 && strcmp(argv[1], "--describe") == 0) {
		return describe(d);
	}
	if (argc != 1) {
		(void)fprintf(stderr, "usage: hansho-fetch-%s [--describe]\n", d->name);
		return EXIT_USAGE;
	}
	char name[64];
	(void)snprintf(name, sizeof(name), "fetch-%s", d->name);
	enum log_level level = LOG_LEVEL_INFO;
	const char *wanted = getenv("HANSHO_LOG_LEVEL");
	if (wanted) {
		(void)log_level_parse(wanted, &level);
	}
	log_open(name, level);
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct fetch f = {.program = program, .base = event_base_new()};
	if (!f.base || sigaction(SIGPIPE, &ignore, NULL) != 0) {
		log_error("cannot start", "error=%s", LOG_TEXT(strerror(errno)));
		return EXIT_FAILURE;
	}
	f.stream = jsonl_stream_new(STDIN_FILENO, STDOUT_FILENO, LINE_LIMIT);
	int status = serve(&f);
	jsonl_stream_free(f.stream);
	event_base_free(f.base);
	return status;
}
