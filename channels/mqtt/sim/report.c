/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mqtt/sim/report.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	WAITING_LIMIT = 64 * 1024 * 1024,
	PIECE = 4096, /* POLLOUT promises room for that much in a pipe */
	PATIENCE_MS = 2000,
};

struct sink {
	int fd; /* -1: none, or its reader has gone */
	struct buf waiting;
	size_t put; /* bytes of it that are out already */
	size_t lost;
};

struct report {
	struct sink json;
	struct sink text;
	json_t *sums; /* "started": n, "refused: expired": n */
};

/* What a person reads for a state. */
static const struct {
	const char *state;
	const char *verb;
} verbs[] = {
	{"received", "received"},
	{"started", "sounds"},
	{"finished", "is done with"},
	{"refused", "refuses"},
	{"failed", "fails at"},
};

/* ---- sinks ---- */

static void sink_open(struct sink *s, int fd)
{
	s->fd = fd;
	buf_init(&s->waiting, WAITING_LIMIT);
}

static bool sink_empty(const struct sink *s)
{
	return s->fd < 0 || s->put == s->waiting.size;
}

static void sink_add(struct sink *s, const char *line)
{
	size_t size = strlen(line);
	if (s->fd < 0) {
		return;
	}
	if (s->waiting.size + size + 2 > WAITING_LIMIT) {
		s->lost++;
		return;
	}
	(void)buf_add(&s->waiting, line, size);
	(void)buf_add_text(&s->waiting, "\n");
}

static void sink_abandon(struct sink *s)
{
	if (s->fd > STDERR_FILENO) {
		(void)close(s->fd);
	}
	s->fd = -1;
	buf_clear(&s->waiting);
	s->put = 0;
}

/* Writes while the reader has room, waiting for it up to timeout_ms each time. */
static void sink_flush(struct sink *s, int timeout_ms)
{
	struct pollfd p = {.fd = s->fd, .events = POLLOUT};
	while (!sink_empty(s) && poll(&p, 1, timeout_ms) > 0) {
		size_t left = s->waiting.size - s->put;
		ssize_t got =
			write(s->fd, buf_text(&s->waiting) + s->put, left < PIECE ? left : PIECE);
		if (got < 0 && errno != EINTR && errno != EAGAIN) {
			sink_abandon(s);
			return;
		}
		s->put += got > 0 ? (size_t)got : 0;
	}
	if (s->put > s->waiting.size / 2) {
		buf_drop(&s->waiting, s->put);
		s->put = 0;
	}
}

static void sink_close(struct sink *s, const char *name)
{
	sink_flush(s, PATIENCE_MS);
	if (s->lost > 0) {
		log_warning("lines nobody read were dropped", "sink=%s lines=%zu", name, s->lost);
	}
	sink_abandon(s);
}

/* ---- report ---- */

int report_open(const char *path, bool json, struct report **out, struct err *e)
{
	bool on_stdout = json || strcmp(path, "-") == 0;
	int fd = on_stdout ? STDOUT_FILENO : -1;
	if (!on_stdout && path[0]) {
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		if (fd < 0) {
			return err_set(e, -errno, "%s: %s", path, strerror(errno));
		}
	}
	struct report *r = mem_new(sizeof(*r));
	sink_open(&r->json, fd);
	sink_open(&r->text, on_stdout ? -1 : STDOUT_FILENO);
	r->sums = json_object();
	*out = r;
	return 0;
}

/* Takes line over. */
static void put_line(struct report *r, json_t *line)
{
	char at[WALL_TIME_TEXT_SIZE];
	json_put_text(line, "at", wall_time_format(clock_wall_now(), CLOCK_JST_OFFSET_MINUTES, at));
	char *text = json_to_text(line);
	json_decref(line);
	sink_add(&r->json, text);
	free(text);
}

static void say(struct report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct report *r, const char *format, ...)
{
	char text[1024];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	sink_add(&r->text, text);
}

static void count(struct report *r, const char *state, const char *reason)
{
	char key[128];
	(void)snprintf(key, sizeof(key), "%s%s%s", state, reason[0] ? ": " : "", reason);
	json_put_int(r->sums, key, json_int(r->sums, key, 0) + 1);
}

static const char *verb_of(const char *state)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].state, state) == 0) {
			return verbs[i].verb;
		}
	}
	return state;
}

void report_step(struct report *r, const char *device, const char *order, const char *state,
	const char *reason, const char *words)
{
	count(r, state, reason);
	if (r->json.fd >= 0) {
		json_t *line = json_object();
		json_put_text(line, "device", device);
		json_put_text(line, "id", order);
		json_put_text(line, "action", strcmp(state, "started") == 0 ? "heard" : state);
		json_put_text(line, "reason", reason);
		json_put_text(line, "words", words);
		put_line(r, line);
	}
	if (r->text.fd >= 0) {
		say(r, "%s %s %s%s%s%s", device, verb_of(state), words[0] ? words : LOG_TEXT(order),
			reason[0] ? " (" : "", reason, reason[0] ? ")" : "");
	}
}

void report_ready(struct report *r, size_t devices, const char *broker)
{
	json_t *line = json_object();
	json_put_text(line, "event", "ready");
	json_put_int(line, "devices", (int64_t)devices);
	json_put_text(line, "broker", broker);
	put_line(r, line);
	say(r, "%zu devices ready at %s", devices, broker);
}

void report_flush(struct report *r)
{
	sink_flush(&r->json, 0);
	sink_flush(&r->text, 0);
}

int report_fd(const struct report *r)
{
	if (!sink_empty(&r->json)) {
		return r->json.fd;
	}
	return sink_empty(&r->text) ? -1 : r->text.fd;
}

void report_close(struct report *r)
{
	if (!r) {
		return;
	}
	const char *key;
	json_t *value;
	json_t *line = json_object();
	json_put_text(line, "event", "summary");
	json_put(line, "steps", json_incref(r->sums));
	put_line(r, line);
	json_object_foreach(r->sums, key, value)
	{
		say(r, "%8lld %s", (long long)json_integer_value(value), key);
	}
	sink_close(&r->json, "json");
	sink_close(&r->text, "text");
	json_decref(r->sums);
	free(r);
}
