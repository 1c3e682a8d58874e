/* SPDX-License-Identifier: Apache-2.0
 *
 * The driver that delivers nowhere. It fails, hangs, dies and lies when its script says so, which
 * no real server does politely; and it records what it "delivered", so that a test can count what
 * was lost and what came twice.
 */
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "channels/channel.h"
#include "channels/fake/script.h"
#include "channels/registry.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SCRIPT_LIMIT = 1024 * 1024 };

struct fake {
	struct agent *agent;
	struct fake_script *script;
	json_t *rules;	   /* NULL when none */
	char *script_path; /* "" when none */
	int record_fd;	   /* -1 when none */
	bool mark;
	int64_t delay_ms;
	char *health;
};

/* ---- open and close ---- */

static int load_script(struct fake *f, struct err *e)
{
	char *text = NULL;
	size_t size = 0;
	if (f->script_path[0] != '\0') {
		int rc = file_read(f->script_path, SCRIPT_LIMIT, &text, &size, e);
		if (rc) {
			return rc;
		}
	}
	struct fake_script *fresh = fake_script_new(f->rules, text, e);
	free(text);
	if (!fresh) {
		return err_prefix(e, "script");
	}
	fake_script_free(f->script);
	f->script = fresh;
	return 0;
}

static void fake_close(void *instance)
{
	struct fake *f = instance;
	fake_script_free(f->script);
	json_decref(f->rules);
	if (f->record_fd >= 0) {
		(void)close(f->record_fd);
	}
	free(f->script_path);
	free(f->health);
	free(f);
}

static int open_record(struct fake *f, const char *path, struct err *e)
{
	if (path[0] == '\0') {
		return 0;
	}
	f->record_fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (f->record_fd < 0) {
		int code = errno;
		return err_set(e, -code, "record: %s: %s", path, strerror(code));
	}
	return 0;
}

static int fake_open(const json_t *options, const char *channel, const char *site,
	struct agent *agent, void **instance, struct err *e)
{
	(void)channel;
	(void)site;
	struct fake *f = mem_new(sizeof(*f));
	f->agent = agent;
	f->record_fd = -1;
	f->rules = json_incref(json_object_get(options, "rules"));
	f->script_path = mem_copy_text(json_text(options, "script", ""));
	f->mark = json_flag(options, "mark", true);
	f->delay_ms = json_int(options, "delay", 0);
	f->health = mem_copy_text(json_text(options, "health", "ok"));
	int rc = load_script(f, e);
	rc = rc ? rc : open_record(f, json_text(options, "record", ""), e);
	if (rc) {
		fake_close(f);
		return rc;
	}
	*instance = f;
	return 0;
}

/* ---- acting ---- */

static void wait_ms(int64_t ms)
{
	struct mono_time end = mono_time_add(clock_mono_now(), ms);
	for (int64_t left = ms; left > 0; left = mono_time_left_ms(end)) {
		(void)poll(NULL, 0, (int)left);
	}
}

static _Noreturn void die(void)
{
	(void)raise(SIGKILL);
	_exit(EXIT_FAILURE);
}

/* SIGTERM is blocked by the agent while a batch is in hand: only SIGKILL ends this. */
static _Noreturn void hang(void)
{
	for (;;) {
		(void)pause();
	}
}

/* One line in one write: several processes may append to one file. Steals object. */
static void write_line(int fd, json_t *object)
{
	char *line = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	size_t size = strlen(line);
	line[size] = '\n'; /* in the place of the zero */
	if (write(fd, line, size + 1) != (ssize_t)(size + 1)) {
		log_error("line not written", "error=%s", LOG_TEXT(strerror(errno)));
	}
	free(line);
}

static void record(struct fake *f, const char *op, const struct channel_batch *batch, size_t index)
{
	if (f->record_fd < 0) {
		return;
	}
	json_t *object = json_object();
	json_put_text(object, "op", op);
	json_put_text(object, "key", batch->targets[index].key);
	json_put_text(object, "delivery", batch->delivery);
	json_put_text(object, "broadcast", batch->broadcast->id);
	json_put_text(object, "target", batch->targets[index].id);
	json_put_int(object, "attempt", batch->attempt);
	json_put_int(object, "pid", getpid());
	write_line(f->record_fd, object);
	if (fsync(f->record_fd) != 0) {
		log_error("record not synced", "error=%s", LOG_TEXT(strerror(errno)));
	}
}

/* Past the agent's guard, as a broken driver would write. */
static void lie(const struct channel_batch *batch, const char *target)
{
	json_t *frame = json_object();
	json_put_text(frame, "op", "outcome");
	json_put_text(frame, "delivery", batch->delivery);
	json_put_text(frame, "target", target);
	json_put_text(frame, "class", "delivered");
	json_put_text(frame, "scope", "target");
	json_put_text(frame, "reason", "none");
	write_line(STDOUT_FILENO, frame);
}

static void speak_garbage(void)
{
	static const char line[] = "{\"op\":\"outcome\" this is no JSON\n";
	if (write(STDOUT_FILENO, line, sizeof(line) - 1) < 0) {
		log_error("cannot write", "error=%s", LOG_TEXT(strerror(errno)));
	}
}

static void send_receipts(
	struct fake *f, const struct channel_batch *batch, size_t index, const struct fake_row *row)
{
	enum receipt_state state = RECEIPT_CONFIRMED;
	(void)receipt_state_parse(row->state, &state);
	for (int64_t i = 0; i < row->count; i++) {
		agent_receipt(f->agent, batch->delivery, batch->targets[index].id, state,
			clock_wall_now(), row->text);
	}
}

/* What each act makes of a target: the class that is reported, and whether it is recorded. */
static const struct {
	enum outcome_class class;
	bool recorded;
} results[] = {
	[FAKE_DELIVERED] = {OUTCOME_DELIVERED, true},
	[FAKE_TRANSIENT] = {OUTCOME_TRANSIENT, false},
	[FAKE_PERMANENT] = {OUTCOME_PERMANENT, false},
	[FAKE_UNKNOWN] = {OUTCOME_UNKNOWN, false},
	[FAKE_FORGET] = {OUTCOME_UNKNOWN, false},
	[FAKE_CRASH] = {OUTCOME_UNKNOWN, false},
	[FAKE_CRASH_MARKED] = {OUTCOME_UNKNOWN, false},
	[FAKE_CRASH_DELIVERED] = {OUTCOME_DELIVERED, true},
	[FAKE_HANG] = {OUTCOME_UNKNOWN, false},
	[FAKE_LIE_TWICE] = {OUTCOME_DELIVERED, true},
	[FAKE_LIE_STRANGER] = {OUTCOME_DELIVERED, true},
	[FAKE_GARBAGE] = {OUTCOME_DELIVERED, true},
	[FAKE_RECEIPTS] = {OUTCOME_DELIVERED, true},
};

static struct outcome make_outcome(const struct fake_row *row)
{
	struct outcome o = {
		.class = results[row->act].class,
		.code = (int)row->code,
		.retry_after_s = row->retry_after_s,
	};
	(void)outcome_scope_parse(row->scope, &o.scope);
	if (o.class != OUTCOME_DELIVERED) {
		(void)outcome_reason_parse(row->reason, &o.reason);
	}
	outcome_set_text(&o, row->text);
	return o;
}

static void act_on(struct fake *f, const char *op, const struct channel_batch *batch, size_t index,
	const struct fake_row *row)
{
	struct mono_time start = clock_mono_now();
	wait_ms(row->ms);
	if (row->act == FAKE_CRASH) {
		die();
	}
	if (f->mark) {
		agent_at_risk(f->agent, batch, index);
	}
	if (row->act == FAKE_CRASH_MARKED) {
		die();
	}
	if (row->act == FAKE_HANG) {
		hang();
	}
	if (results[row->act].recorded) {
		record(f, op, batch, index);
	}
	if (row->act == FAKE_CRASH_DELIVERED) {
		die();
	}
	if (row->act == FAKE_FORGET) {
		return;
	}
	if (row->act == FAKE_LIE_STRANGER) {
		lie(batch, "stranger");
	} else if (row->act == FAKE_GARBAGE) {
		speak_garbage();
	}
	struct outcome o = make_outcome(row);
	o.duration_ms = -mono_time_left_ms(start);
	agent_outcome(f->agent, batch, index, &o);
	if (row->act == FAKE_LIE_TWICE) {
		lie(batch, batch->targets[index].id);
	} else if (row->act == FAKE_RECEIPTS) {
		send_receipts(f, batch, index, row);
	}
}

static void run(struct fake *f, const char *op, const struct channel_batch *batch)
{
	struct err e = {0};
	if (load_script(f, &e)) { /* a test may rewrite it between batches */
		log_error(
			"script not read again, the old one is used", "error=%s", LOG_TEXT(e.text));
	}
	wait_ms(f->delay_ms);
	for (size_t i = 0; i < batch->count; i++) {
		act_on(f, op, batch, i,
			fake_script_find(f->script, op, batch->targets[i].id, batch->broadcast->id,
				batch->attempt));
	}
}

static void fake_deliver(void *instance, const struct channel_batch *batch)
{
	run(instance, "deliver", batch);
}

static void fake_withdraw(void *instance, const struct channel_batch *batch)
{
	run(instance, "withdraw", batch);
}

static const char *fake_probe(void *instance, int timeout_ms, char *text, size_t capacity)
{
	struct fake *f = instance;
	(void)timeout_ms;
	(void)snprintf(text, capacity, "as the configuration says");
	return f->health;
}

int main(int argc, char **argv)
{
	static const struct channel_driver driver = {
		.declaration = &channel_fake,
		.open = fake_open,
		.deliver = fake_deliver,
		.withdraw = fake_withdraw,
		.probe = fake_probe,
		.close = fake_close,
	};
	return agent_main(argc, argv, &driver);
}
