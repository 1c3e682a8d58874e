/* SPDX-License-Identifier: Apache-2.0
 *
 * The blocking half of JSON Lines, for agents and the command line.
 */
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/jsonl.h"
#include "base/mem.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct jsonl_stream {
	int read_fd;
	int write_fd;
	struct buf input;
	size_t scanned;
};

struct jsonl_stream *jsonl_stream_new(int read_fd, int write_fd, size_t line_limit)
{
	struct jsonl_stream *s = mem_new(sizeof(*s));
	s->read_fd = read_fd;
	s->write_fd = write_fd;
	buf_init(&s->input, line_limit);
	return s;
}

void jsonl_stream_free(struct jsonl_stream *s)
{
	if (s) {
		buf_clear(&s->input);
		free(s);
	}
}

static const char *find_newline(const struct jsonl_stream *s)
{
	if (s->input.size == s->scanned) {
		return NULL;
	}
	return memchr(s->input.data + s->scanned, '\n', s->input.size - s->scanned);
}

bool jsonl_stream_ready(const struct jsonl_stream *s)
{
	return find_newline(s) != NULL;
}

static int take_line(struct jsonl_stream *s, const char *newline, json_t **message, struct err *e)
{
	size_t size = (size_t)(newline - s->input.data);
	json_t *value = json_read(s->input.data, size, e);
	buf_drop(&s->input, size + 1);
	s->scanned = 0;
	if (!value) {
		e->code = -EPROTO;
		return -EPROTO;
	}
	if (!json_is_object(value)) {
		json_decref(value);
		return err_set(e, -EPROTO, "a line is not a JSON object");
	}
	*message = value;
	return 1;
}

static int fill(struct jsonl_stream *s, int timeout_ms)
{
	struct pollfd p = {.fd = s->read_fd, .events = POLLIN};
	int ready = poll(&p, 1, timeout_ms);
	if (ready < 0) {
		return errno == EINTR ? 1 : -errno;
	}
	if (ready == 0) {
		return -EAGAIN;
	}
	char chunk[65536];
	ssize_t got = read(s->read_fd, chunk, sizeof(chunk));
	if (got < 0) {
		return errno == EINTR || errno == EAGAIN ? 1 : -errno;
	}
	if (got == 0) {
		return 0;
	}
	return buf_add(&s->input, chunk, (size_t)got) ? -EPROTO : 1;
}

int jsonl_stream_read(struct jsonl_stream *s, int timeout_ms, json_t **message, struct err *e)
{
	struct mono_time end = mono_time_add(clock_mono_now(), timeout_ms);
	for (;;) {
		const char *newline = find_newline(s);
		if (newline) {
			return take_line(s, newline, message, e);
		}
		s->scanned = s->input.size;
		int64_t left = timeout_ms < 0 ? -1 : mono_time_left_ms(end);
		int rc = fill(s, timeout_ms < 0 ? -1 : (int)(left < 0 ? 0 : left));
		if (rc == -EPROTO) {
			return err_set(e, rc, "a line is longer than %zu bytes", s->input.limit);
		}
		if (rc < 0 && rc != -EAGAIN) {
			return err_set(e, rc, "reading the link: %s", strerror(-rc));
		}
		if (rc <= 0) {
			return rc;
		}
	}
}

int jsonl_stream_write(struct jsonl_stream *s, const json_t *message)
{
	char *line = json_to_text(message);
	size_t size = strlen(line);
	line[size] = '\n'; /* the zero's place: the text ends there and is ours */
	size_t at = 0;
	int rc = 0;
	while (at < size + 1) {
		ssize_t put = write(s->write_fd, line + at, size + 1 - at);
		if (put >= 0) {
			at += (size_t)put;
		} else if (errno == EAGAIN) {
			struct pollfd p = {.fd = s->write_fd, .events = POLLOUT};
			(void)poll(&p, 1, -1);
		} else if (errno != EINTR) {
			rc = -errno;
			break;
		}
	}
	free(line);
	return rc;
}
