/* SPDX-License-Identifier: Apache-2.0
 *
 * Invariants: a message is in one of the two queues until its answer; both keep the order of
 * submission, so that what waited goes first again. A message that was in hand when the connection
 * broke several times may be what breaks it: it then travels alone, and waits longer each time,
 * while the others pass it.
 */
#include "ingest/fetch/submit.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/rand_id.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	WINDOW = 16, /* messages sent and not answered */
	WINDOW_BYTES = 8 * 1024 * 1024,
	ROOM = 64, /* messages before the program is asked to wait */
	ROOM_BYTES = 32 * 1024 * 1024,
	ANSWER_LIMIT = 64 * 1024,
	DELAY_FIRST_MS = 250,
	DELAY_LAST_MS = 30000,
	SUSPECT_LOSSES = 3,
	SILENCE_MS = 10000, /* without an answer */
	FAULT_SIZE = 160,
};

struct message {
	TAILQ_ENTRY(message) next;
	uint64_t number; /* order of submission */
	char *bytes;
	size_t size;
	void (*done)(void *data, const struct fetch_answer *answer);
	void *data;
	struct mono_time born;
	int64_t delay_ms;
	struct mono_time due;
	int losses; /* connections that broke with this one first in line */
};

TAILQ_HEAD(messages, message);

struct submitter {
	struct event_base *base;
	const char *path;
	struct bufferevent *connection; /* NULL: none */
	struct messages waiting;
	struct messages flight;
	size_t count;
	size_t bytes;
	size_t flight_count;
	size_t flight_bytes;
	uint64_t last_number;
	struct event *timer;
	int64_t connect_delay_ms;
	struct mono_time connect_due;
	char fault[FAULT_SIZE];
	struct mono_time fault_since;
};

static void pump(struct submitter *s);

static int64_t grow(int64_t delay_ms)
{
	int64_t next = delay_ms == 0 ? DELAY_FIRST_MS : delay_ms * 2;
	return next < DELAY_LAST_MS ? next : DELAY_LAST_MS;
}

static struct mono_time after(int64_t delay_ms)
{
	int64_t jitter = (int64_t)rand_below((uint64_t)delay_ms / 4 + 1);
	return mono_time_add(clock_mono_now(), delay_ms + jitter);
}

static void set_fault(struct submitter *s, const char *what, const char *why)
{
	if (!s->fault[0]) {
		s->fault_since = clock_mono_now();
	}
	(void)snprintf(s->fault, sizeof(s->fault), "%s: %.100s", what, why);
}

/* ---- queues ---- */

/* Where it stood before: what was submitted first goes first. */
static void put_back(struct submitter *s, struct message *m)
{
	struct message *later;
	TAILQ_FOREACH(later, &s->waiting, next)
	{
		if (later->number > m->number) {
			TAILQ_INSERT_BEFORE(later, m, next);
			return;
		}
	}
	TAILQ_INSERT_TAIL(&s->waiting, m, next);
}

static void leave_flight(struct submitter *s, struct message *m)
{
	TAILQ_REMOVE(&s->flight, m, next);
	s->flight_count--;
	s->flight_bytes -= m->size;
}

static void release(struct submitter *s, struct message *m)
{
	s->count--;
	s->bytes -= m->size;
	free(m->bytes);
	free(m);
}

static void postpone(struct submitter *s, struct message *m)
{
	leave_flight(s, m);
	m->delay_ms = grow(m->delay_ms);
	m->due = after(m->delay_ms);
	put_back(s, m);
}

/* ---- answers ---- */

static bool read_answer(const json_t *line, struct fetch_answer *out)
{
	*out = (struct fetch_answer){.code = "", .reason = ""};
	if (json_text(line, "accepted", NULL)) {
		out->verdict = FETCH_ACCEPTED;
	} else if (json_text(line, "duplicate", NULL)) {
		out->verdict = FETCH_DUPLICATE;
	} else if (json_text(line, "refused", NULL)) {
		out->verdict = FETCH_REFUSED;
		out->code = json_text(line, "refused", "");
		out->reason = json_text(line, "reason", "");
	} else {
		return false;
	}
	return true;
}

static void take_answer(struct submitter *s, const json_t *line)
{
	struct message *m = TAILQ_FIRST(&s->flight);
	struct fetch_answer answer;
	if (!m) {
		/* A last word to somebody who is not served: "too many connections". */
		set_fault(s, "the feed's socket does not take telegrams",
			json_text(line, "retry", json_text(line, "reason", "")));
		return;
	}
	if (!read_answer(line, &answer)) {
		set_fault(s, "the hub takes nothing now", json_text(line, "retry", "no answer"));
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what was freed has left the list. */
		postpone(s, m);
		return;
	}
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what was freed has left the list. */
	leave_flight(s, m);
	s->fault[0] = '\0';
	s->connect_delay_ms = 0;
	m->done(m->data, &answer);
	release(s, m);
}

/* ---- the connection ---- */

static void hang_up(struct submitter *s, const char *why)
{
	bufferevent_free(s->connection);
	s->connection = NULL;
	struct message *m = TAILQ_FIRST(&s->flight);
	if (!m) {
		return; /* idle: the next message connects again */
	}
	set_fault(s, "the connection to hansho-ingest was lost", why);
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what was freed has left the list. */
	m->losses++;
	if (m->losses == SUSPECT_LOSSES) {
		log_warning("a telegram may be breaking the connection",
			"bytes=%zu losses=%d action=\"sent alone from now on\"", m->size,
			m->losses);
	}
	while ((m = TAILQ_FIRST(&s->flight))) {
		postpone(s, m);
	}
	s->connect_delay_ms = grow(s->connect_delay_ms);
	s->connect_due = after(s->connect_delay_ms);
}

static void take_lines(struct submitter *s)
{
	struct evbuffer *input = bufferevent_get_input(s->connection);
	size_t size;
	for (char *text; (text = evbuffer_readln(input, &size, EVBUFFER_EOL_LF));) {
		struct err e = {0};
		json_t *line = json_read(text, size, &e);
		free(text);
		take_answer(s, line);
		json_decref(line);
	}
}

static void on_read(struct bufferevent *connection, void *data)
{
	struct submitter *s = data;
	take_lines(s);
	if (evbuffer_get_length(bufferevent_get_input(connection)) > ANSWER_LIMIT) {
		hang_up(s, "an answer without end");
	}
	pump(s);
}

static void on_event(struct bufferevent *connection, short what, void *data)
{
	(void)connection;
	struct submitter *s = data;
	int code = errno;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) {
		take_lines(s); /* answers that came with the end */
		hang_up(s, what & BEV_EVENT_EOF ? "closed" : strerror(code));
		pump(s);
	}
}

static int open_socket(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t size = strlen(path);
	if (size >= sizeof(address.sun_path)) {
		return -ENAMETOOLONG;
	}
	memcpy(address.sun_path, path, size + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		return -errno;
	}
	if (connect(fd, (const void *)&address, sizeof(address)) != 0) {
		int code = errno;
		(void)close(fd);
		return -code;
	}
	return fd;
}

static bool connected(struct submitter *s)
{
	if (s->connection) {
		return true;
	}
	if (mono_time_left_ms(s->connect_due) > 0) {
		return false;
	}
	int fd = open_socket(s->path);
	if (fd < 0) {
		set_fault(s, "hansho-ingest cannot be reached", strerror(-fd));
		s->connect_delay_ms = grow(s->connect_delay_ms);
		s->connect_due = after(s->connect_delay_ms);
		return false;
	}
	s->connection = bufferevent_socket_new(s->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!s->connection) {
		abort();
	}
	bufferevent_setcb(s->connection, on_read, NULL, on_event, s);
	(void)bufferevent_enable(s->connection, EV_READ | EV_WRITE);
	return true;
}

/* ---- sending ---- */

static bool fits(const struct submitter *s, const struct message *m)
{
	const struct message *first = TAILQ_FIRST(&s->flight);
	if (!first) {
		return true;
	}
	bool alone = m->losses >= SUSPECT_LOSSES || first->losses >= SUSPECT_LOSSES;
	return !alone && s->flight_count < WINDOW && s->flight_bytes + m->size <= WINDOW_BYTES;
}

static struct message *next_due(const struct submitter *s)
{
	struct message *m;
	TAILQ_FOREACH(m, &s->waiting, next)
	{
		if (mono_time_left_ms(m->due) <= 0) {
			return m;
		}
	}
	return NULL;
}

static void send_message(struct submitter *s, struct message *m)
{
	struct evbuffer *output = bufferevent_get_output(s->connection);
	TAILQ_REMOVE(&s->waiting, m, next);
	TAILQ_INSERT_TAIL(&s->flight, m, next);
	s->flight_count++;
	s->flight_bytes += m->size;
	(void)evbuffer_add_printf(output, "%zu ", m->size);
	(void)evbuffer_add(output, m->bytes, m->size);
}

/* The soonest moment at which something may be sent that may not be sent now. */
static void set_timer(struct submitter *s)
{
	int64_t soonest = INT64_MAX;
	struct message *m;
	TAILQ_FOREACH(m, &s->waiting, next)
	{
		int64_t left = mono_time_left_ms(m->due);
		soonest = left < soonest ? left : soonest;
	}
	if (soonest == INT64_MAX) {
		(void)event_del(s->timer);
		return;
	}
	int64_t connect = s->connection ? 0 : mono_time_left_ms(s->connect_due);
	soonest = connect > soonest ? connect : soonest;
	if (soonest <= 0 && s->connection) {
		return; /* the window is full: an answer goes on */
	}
	soonest = soonest > 0 ? soonest : 1;
	const struct timeval tv = {.tv_sec = soonest / 1000, .tv_usec = soonest % 1000 * 1000};
	(void)event_add(s->timer, &tv);
}

static void pump(struct submitter *s)
{
	struct message *m;
	while ((m = next_due(s)) && fits(s, m) && connected(s)) {
		send_message(s, m);
	}
	set_timer(s);
}

static void on_timer(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	pump(data);
}

/* ---- the whole ---- */

struct submitter *submitter_new(struct event_base *base, const char *path)
{
	struct submitter *s = mem_new(sizeof(*s));
	s->base = base;
	s->path = path;
	TAILQ_INIT(&s->waiting);
	TAILQ_INIT(&s->flight);
	s->timer = evtimer_new(base, on_timer, s);
	if (!s->timer) {
		abort();
	}
	return s;
}

static void forget_all(struct submitter *s, struct messages *queue)
{
	struct message *m;
	while ((m = TAILQ_FIRST(queue))) {
		TAILQ_REMOVE(queue, m, next);
		release(s, m);
	}
}

void submitter_free(struct submitter *s)
{
	if (!s) {
		return;
	}
	if (s->connection) {
		bufferevent_free(s->connection);
	}
	forget_all(s, &s->flight);
	forget_all(s, &s->waiting);
	event_free(s->timer);
	free(s);
}

void submitter_add(struct submitter *s, const void *bytes, size_t size,
	void (*done)(void *data, const struct fetch_answer *answer), void *data)
{
	struct message *m = mem_new(sizeof(*m));
	m->number = ++s->last_number;
	m->bytes = mem_copy(bytes, size);
	m->size = size;
	m->done = done;
	m->data = data;
	m->born = clock_mono_now();
	m->due = m->born;
	TAILQ_INSERT_TAIL(&s->waiting, m, next);
	s->count++;
	s->bytes += size;
	/* From the loop, not from inside the caller's call. */
	event_active(s->timer, EV_TIMEOUT, 0);
}

bool submitter_has_room(const struct submitter *s)
{
	return s->count < ROOM && s->bytes < ROOM_BYTES;
}

size_t submitter_waiting(const struct submitter *s)
{
	return s->count;
}

/* Both queues in the order of submission, but for what was postponed. */
static struct mono_time waiting_since(const struct submitter *s)
{
	const struct messages *const queues[] = {&s->flight, &s->waiting};
	struct mono_time since = clock_mono_now();
	for (size_t i = 0; i < sizeof(queues) / sizeof(queues[0]); i++) {
		const struct message *m;
		TAILQ_FOREACH(m, queues[i], next)
		{
			since = m->born.ms < since.ms ? m->born : since;
		}
	}
	return since;
}

const char *submitter_fault(const struct submitter *s, struct mono_time *since)
{
	/* One that is stuck while others pass: their answers end every other fault. */
	*since = waiting_since(s);
	if (mono_time_left_ms(*since) < -SILENCE_MS) {
		return s->fault[0] ? s->fault : "no answer from hansho-ingest";
	}
	*since = s->fault_since;
	return s->fault;
}
