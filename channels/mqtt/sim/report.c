/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mqtt/sim/report.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct report {
	FILE *file; /* JSON lines; NULL: none */
	bool on_stdout;
	bool text;
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

int report_open(const char *path, bool json, struct report **out, struct err *e)
{
	struct report *r = mem_new(sizeof(*r));
	r->on_stdout = json || strcmp(path, "-") == 0;
	r->text = !r->on_stdout;
	r->sums = json_object();
	if (r->on_stdout) {
		r->file = stdout;
	} else if (path[0]) {
		r->file = fopen(path, "we");
		if (!r->file) {
			int rc = err_set(e, -errno, "%s: %s", path, strerror(errno));
			json_decref(r->sums);
			free(r);
			return rc;
		}
	}
	*out = r;
	return 0;
}

static void put_line(struct report *r, json_t *line)
{
	if (r->file) {
		char at[WALL_TIME_TEXT_SIZE];
		json_put_text(line, "at",
			wall_time_format(clock_wall_now(), CLOCK_JST_OFFSET_MINUTES, at));
		(void)json_dumpf(line, r->file, JSON_COMPACT);
		(void)fputc('\n', r->file);
	}
	json_decref(line);
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
	json_t *line = json_object();
	json_put_text(line, "device", device);
	json_put_text(line, "id", order);
	json_put_text(line, "action", strcmp(state, "started") == 0 ? "heard" : state);
	json_put_text(line, "reason", reason);
	json_put_text(line, "words", words);
	put_line(r, line);
	if (r->text) {
		(void)printf("%s %s %s%s%s%s\n", device, verb_of(state),
			words[0] ? words : LOG_TEXT(order), reason[0] ? " (" : "", reason,
			reason[0] ? ")" : "");
	}
}

void report_ready(struct report *r, size_t devices, const char *broker)
{
	json_t *line = json_object();
	json_put_text(line, "event", "ready");
	json_put_int(line, "devices", (int64_t)devices);
	json_put_text(line, "broker", broker);
	put_line(r, line);
	if (r->text) {
		(void)printf("%zu devices ready at %s\n", devices, broker);
	}
}

void report_flush(struct report *r)
{
	(void)fflush(stdout);
	if (r->file) {
		(void)fflush(r->file);
	}
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
		if (r->text) {
			(void)printf("%8lld %s\n", (long long)json_integer_value(value), key);
		}
	}
	report_flush(r);
	if (r->file && !r->on_stdout) {
		(void)fclose(r->file);
	}
	json_decref(r->sums);
	free(r);
}
