/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/agent.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/crash_point.h"
#include "base/json.h"
#include "base/jsonl.h"
#include "base/log.h"
#include "base/mem.h"
#include "dispatcher/hub.h"
#include "dispatcher/metrics.h"
#include "dispatcher/supervise.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	DEADLINE_SLACK_MS =
		500, /* a driver that keeps its deadline is not killed for a slow pipe */
	DEADLINE_GRACE_MS = 2000,
	OPEN_LIMIT_MS = 20000,
	GIVES_WAY_BYTES = 8192,	 /* some sixty marks or outcomes, a quarter of a millisecond */
	GIVES_WAY_NICENESS = 10, /* about a tenth of the processor when others want it too */
};

struct agent_link {
	struct hub *hub;
	const struct channel_config *config;
	char *name;
	bool gives_way;
	struct agent_handler handler;
	struct child *child;
	struct jsonl_link *link;
	enum agent_state state;
	bool process_ended; /* seen its exit, the rest of its frames may still be unread */
	bool crashed;
	bool ending;	     /* told to end: it gets no more work */
	struct event *timer; /* batch deadline, or opening limit */
	struct batch batch;  /* assigned, sent, or waiting to be recorded */
	bool sent;
	struct mono_time sent_at;
};

static void set_timer(struct agent_link *a, int64_t ms)
{
	struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000 * 1000)};
	(void)event_add(a->timer, &tv);
}

static void breach(struct agent_link *a, const char *what, const char *detail)
{
	char labels[160];
	(void)snprintf(labels, sizeof(labels), "channel=\"%s\"", a->config->name);
	metrics_count(a->hub->metrics, "hansho_driver_faults_total", labels, 1);
	log_error("driver broke the protocol", "agent=%s what=\"%s\" detail=%s", a->name, what,
		LOG_TEXT(detail));
}

/* ---- outcomes ---- */

static bool is_current(struct agent_link *a, const json_t *message, const char *what)
{
	const char *delivery = json_text(message, "delivery", "");
	if (a->batch.held && a->sent && strcmp(delivery, a->batch.claim.delivery) == 0) {
		return true;
	}
	breach(a, what, delivery);
	return false;
}

/* The target a message is about, BATCH_REST for all the rest. */
static bool read_target(
	struct agent_link *a, const json_t *message, const char *what, size_t *index)
{
	const char *target = json_text(message, "target", "");
	*index = BATCH_REST;
	if (strcmp(target, "rest") == 0) {
		return true;
	}
	*index = batch_find(&a->batch, target);
	if (*index == BATCH_REST) {
		breach(a, what, target);
		return false;
	}
	return true;
}

static void take_at_risk(struct agent_link *a, json_t *message)
{
	if (!is_current(a, message, "at_risk for a batch it does not have")) {
		return;
	}
	size_t index;
	if (read_target(a, message, "at_risk for a target it does not have", &index)) {
		batch_mark(&a->batch, index);
	}
}

static void take_outcome(struct agent_link *a, json_t *message)
{
	struct err e = {0};
	struct outcome o;
	if (!is_current(a, message, "outcome for a batch it does not have")) {
		return;
	}
	if (outcome_from_json(message, &o, &e)) {
		breach(a, "outcome", e.text);
		return;
	}
	size_t index;
	if (!read_target(a, message, "outcome for a target it does not have", &index)) {
		return;
	}
	if (batch_report(&a->batch, index, &o)) {
		breach(a, "second outcome for one target", json_text(message, "target", ""));
		return;
	}
	a->handler.reported(a->handler.data, a);
}

static void conclude_by_marks(struct agent_link *a)
{
	if (batch_conclude_by_marks(&a->batch)) {
		a->handler.reported(a->handler.data, a);
	}
}

/* ---- messages ---- */

static void take_ready(struct agent_link *a, json_t *message)
{
	(void)message;
	if (a->state == AGENT_OPENING && !a->ending) {
		(void)event_del(a->timer);
		a->state = AGENT_IDLE;
		a->handler.idle(a->handler.data, a);
	}
}

static void take_fault(struct agent_link *a, json_t *message)
{
	struct err e = {0};
	(void)err_set(&e, -EINVAL, "option %.60s: %.600s", json_text(message, "option", "?"),
		json_text(message, "text", ""));
	char text[400]; /* cut between characters */
	(void)snprintf(
		text, sizeof(text), "%.*s", (int)utf8_cut(e.text, strlen(e.text), 399), e.text);
	log_error("channel cannot open", "agent=%s reason=%s", a->name, LOG_TEXT(text));
	a->handler.fault(a->handler.data, text);
}

static void take_receipt(struct agent_link *a, json_t *message)
{
	enum receipt_state state;
	if (receipt_state_parse(json_text(message, "state", ""), &state)) {
		breach(a, "receipt without a known state", json_text(message, "state", ""));
		return;
	}
	const char *delivery = json_text(message, "delivery", "");
	const char *channel = strrchr(delivery, '/');
	if (!channel || strcmp(channel + 1, a->config->name) != 0) {
		breach(a, "receipt for a delivery of another channel", delivery);
		return;
	}
	a->handler.receipt(a->handler.data, message);
}

static void take_device(struct agent_link *a, json_t *message)
{
	if (json_text(message, "device", "")[0] == '\0') {
		breach(a, "device report without a device", "");
		return;
	}
	a->handler.device(a->handler.data, message);
}

static void take_health(struct agent_link *a, json_t *message)
{
	log_debug("probe", "agent=%s state=%s", a->name, json_text(message, "state", ""));
}

static const struct {
	const char *op;
	void (*take)(struct agent_link *a, json_t *message);
} verbs[] = {
	{"outcome", take_outcome},
	{"at_risk", take_at_risk},
	{"receipt", take_receipt},
	{"device", take_device},
	{"health", take_health},
	{"ready", take_ready},
	{"fault", take_fault},
};

static void on_message(struct jsonl_link *link, json_t *message, size_t size, void *data)
{
	(void)link;
	(void)size;
	struct agent_link *a = data;
	const char *op = json_text(message, "op", "");
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(op, verbs[i].op) == 0) {
			verbs[i].take(a, message);
			return;
		}
	}
	breach(a, "unknown message", op);
}

/* ---- life ---- */

static void finish_process(struct agent_link *a)
{
	if (a->link || !a->process_ended) {
		return; /* frames may still be unread, or it may still be acting */
	}
	a->process_ended = false;
	(void)event_del(a->timer);
	a->state = AGENT_DOWN;
	if (a->batch.held && a->sent) {
		conclude_by_marks(a);
	}
	if (a->crashed) {
		a->handler.crashed(a->handler.data, a);
	}
}

static void on_closed(struct jsonl_link *link, const struct err *e, void *data)
{
	(void)link;
	struct agent_link *a = data;
	if (e->code == -EPROTO) {
		breach(a, "garbage on the link", e->text);
	}
	jsonl_link_free(a->link);
	a->link = NULL;
	if (!a->process_ended) {
		a->ending = true;
		child_fail(a->child, DEADLINE_GRACE_MS);
	}
	finish_process(a);
}

/* A program outside the tree knows nothing of `command`: it gets what stands under `settings`. */
static json_t *options_for(const struct channel_config *config)
{
	json_t *settings = json_object_get(config->options, "settings");
	bool outside = strcmp(config->driver, "exec") == 0;
	return outside && settings ? settings : config->options;
}

static void on_started(void *data, int fd)
{
	struct agent_link *a = data;
	if (a->link) { /* its last frames were never read: treat them as never written */
		jsonl_link_free(a->link);
		a->link = NULL;
		a->process_ended = true;
		finish_process(a);
	}
	a->process_ended = false;
	struct jsonl_handler handler = {.message = on_message, .closed = on_closed, .data = a};
	a->link = jsonl_link_new(a->hub->base, fd, JSONL_LINE_LIMIT, &handler);
	if (a->gives_way) {
		jsonl_link_read_little(a->link, GIVES_WAY_BYTES);
	}
	a->state = AGENT_OPENING;
	a->ending = false;
	set_timer(a, OPEN_LIMIT_MS);
	json_t *hello = json_object();
	json_put_text(hello, "op", "hello");
	json_put_int(hello, "protocol", 1);
	json_put_text(hello, "channel", a->config->name);
	json_put_text(hello, "site", a->hub->config->site);
	json_put(hello, "options", json_incref(options_for(a->config)));
	jsonl_link_send(a->link, hello);
	json_decref(hello);
}

static void on_ended(void *data, int status, bool crashed)
{
	(void)status;
	struct agent_link *a = data;
	a->process_ended = true;
	a->crashed = crashed;
	finish_process(a);
}

static void on_timer(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	struct agent_link *a = data;
	log_error("driver passed its deadline", "agent=%s delivery=%s", a->name,
		a->batch.held ? a->batch.claim.delivery : "-");
	a->ending = true;
	child_fail(a->child, DEADLINE_GRACE_MS);
}

struct agent_link *agent_link_new(struct hub *hub, const struct channel_config *config,
	const char *const *argv, const char *name, bool gives_way,
	const struct agent_handler *handler)
{
	struct agent_link *a = mem_new(sizeof(*a));
	a->hub = hub;
	a->config = config;
	a->name = mem_copy_text(name);
	a->gives_way = gives_way;
	a->handler = *handler;
	a->timer = evtimer_new(hub->base, on_timer, a);
	struct child_spec spec = {
		.name = a->name,
		.argv = argv,
		.link_is_stdio = true,
		.niceness = gives_way ? GIVES_WAY_NICENESS : 0,
		.restart_first_ms = 200,
		.restart_max_ms = 30000,
	};
	struct child_handler child_handler = {.started = on_started, .ended = on_ended, .data = a};
	a->child = child_new(hub->base, &spec, &child_handler);
	return a;
}

void agent_link_free(struct agent_link *a)
{
	if (!a) {
		return;
	}
	child_free(a->child);
	jsonl_link_free(a->link);
	batch_free(&a->batch);
	event_free(a->timer);
	free(a->name);
	free(a);
}

void agent_link_start(struct agent_link *a)
{
	child_start(a->child);
}

void agent_link_stop(struct agent_link *a, int64_t grace_ms)
{
	child_stop(a->child, grace_ms, false);
}

bool agent_link_stopped(const struct agent_link *a)
{
	return child_is_stopped(a->child) && !batch_is_over(&a->batch) && !a->link;
}

enum agent_state agent_link_state(const struct agent_link *a)
{
	return a->state;
}

const char *agent_link_name(const struct agent_link *a)
{
	return a->name;
}

int agent_link_crashes_recent(const struct agent_link *a)
{
	return child_crashes_recent(a->child);
}

/* ---- the batch ---- */

void agent_link_assign(struct agent_link *a, struct store_batch *claim)
{
	batch_take(&a->batch, claim);
	a->sent = false;
}

bool agent_link_is_assigned(const struct agent_link *a)
{
	return a->batch.held && !a->sent;
}

bool agent_link_is_working(const struct agent_link *a)
{
	return a->batch.held && a->sent && !batch_is_over(&a->batch);
}

const struct store_batch *agent_link_batch(const struct agent_link *a)
{
	return a->batch.held ? &a->batch.claim : NULL;
}

void agent_link_drop(struct agent_link *a)
{
	assert(agent_link_is_assigned(a));
	batch_drop(&a->batch);
}

void agent_link_send(
	struct agent_link *a, const struct outgoing_text *broadcast, int64_t deadline_ms)
{
	assert(agent_link_is_assigned(a));
	a->sent = true;
	a->sent_at = clock_mono_now();
	if (!a->link) { /* it died while the claim was being committed */
		conclude_by_marks(a);
		return;
	}
	a->state = AGENT_BUSY;
	struct buf line;
	buf_init(&line, JSONL_LINE_LIMIT);
	batch_write(&a->batch, a->config, broadcast, deadline_ms, &line);
	if (line.failed) {
		struct outcome o = {.class = OUTCOME_PERMANENT, .reason = OUTCOME_REASON_CONTENT};
		outcome_set_text(&o, "the batch is larger than a protocol line may be");
		(void)batch_report(&a->batch, BATCH_REST, &o);
		a->handler.reported(a->handler.data, a);
	} else {
		jsonl_link_send_text(a->link, line.data, line.size);
		jsonl_link_flush(a->link);
		set_timer(a, deadline_ms + DEADLINE_SLACK_MS);
		CRASH_POINT("hub.batch.sent");
	}
	buf_clear(&line);
}

void agent_link_refuse(struct agent_link *a, const struct outcome *o)
{
	assert(agent_link_is_assigned(a));
	a->sent = true;
	a->sent_at = clock_mono_now();
	(void)batch_report(&a->batch, BATCH_REST, o);
	a->handler.reported(a->handler.data, a);
}

int agent_link_record(struct agent_link *a, batch_retry_at *retry_at, void *data,
	struct wall_time now, struct agent_tally *tally, struct err *e)
{
	if (!a->batch.held || !a->sent) {
		return 0;
	}
	return batch_record(&a->batch, a->hub->store, retry_at, data, now, tally, e);
}

void agent_link_recorded(struct agent_link *a, bool committed)
{
	if (!a->sent || !batch_recorded(&a->batch, committed)) {
		return;
	}
	char labels[160];
	(void)snprintf(labels, sizeof(labels), "channel=\"%s\"", a->config->name);
	metrics_time(a->hub->metrics, "hansho_batch_seconds", labels,
		clock_mono_now().ms - a->sent_at.ms);
	batch_drop(&a->batch);
	a->sent = false;
	if (a->state == AGENT_BUSY) {
		(void)event_del(a->timer);
		a->state = a->ending ? AGENT_DOWN : AGENT_IDLE;
	}
	if (a->state == AGENT_IDLE) {
		a->handler.idle(a->handler.data, a);
	}
}
