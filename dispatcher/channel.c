/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/channel.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "channels/registry.h"
#include "dispatcher/agent.h"
#include "dispatcher/breaker.h"
#include "dispatcher/hub.h"
#include "dispatcher/metrics.h"
#include "dispatcher/retry.h"
#include "dispatcher/turn.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	CRASHES_OPEN_BREAKER = 3,
	STOP_GRACE_MS = 5000,
	MAX_AGENTS = 64,
	HOUR_MS = 3600 * 1000,
};

struct channel {
	struct hub *hub;
	const struct channel_config *config;
	const struct channel_declaration *declaration; /* NULL for a driver outside the tree */
	struct agent_link **agents;
	struct agent_tally *tallies; /* of the turn under way, one per agent */
	/* Claimed in the transaction that closes the agent's batch; without a pool: none. */
	struct store_batch *nexts;
	size_t agent_count;
	struct breaker breaker;
	struct event *timer; /* when the queue or the breaker is due */
	bool wanted;	     /* the queue may have something: ask it in the next turn */
	bool empty;	     /* it was asked: nothing is due before the timer */
	char fault[400];     /* the configuration cannot work; "" while well */
	/* The broadcast handed out last, as JSON text: agents of one channel usually share it. */
	char *broadcast_id;
	char *broadcast_json;
	bool broadcast_is_drill;
	struct mono_time *sent; /* ring of the last cap_per_hour broadcasts, NULL without a cap */
	size_t sent_count;
	size_t sent_committed; /* of sent_count, those on disk */
};

/* ---- what agents tell ---- */

static void want(struct channel *c)
{
	c->wanted = true;
	c->empty = false;
	turn_want(c->hub->turn);
}

static void on_idle(void *data, struct agent_link *a)
{
	(void)a;
	struct channel *c = data;
	c->fault[0] = '\0';
	if (!c->empty) {
		want(c);
	}
}

/* An outcome for which no work waits can share its commit with what comes in the next moment. */
static void on_reported(void *data, struct agent_link *a)
{
	(void)a;
	struct channel *c = data;
	if (c->empty) {
		turn_want_soon(c->hub->turn);
	} else {
		turn_want(c->hub->turn);
	}
}

static void on_crashed(void *data, struct agent_link *a)
{
	struct channel *c = data;
	char labels[160];
	(void)snprintf(labels, sizeof(labels), "channel=\"%s\"", c->config->name);
	metrics_count(c->hub->metrics, "hansho_agent_crashes_total", labels, 1);
	hub_tell(c->hub, json_pack("{s:s,s:s,s:s}", "event", "agent_died", "channel",
				 c->config->name, "agent", agent_link_name(a)));
	int recent = 0;
	for (size_t i = 0; i < c->agent_count; i++) {
		recent += agent_link_crashes_recent(c->agents[i]);
	}
	if (recent >= CRASHES_OPEN_BREAKER &&
		breaker_force_open(&c->breaker, "the driver keeps dying")) {
		log_error("channel paused", "channel=%s reason=\"the driver keeps dying\"",
			c->config->name);
		hub_tell(c->hub, json_pack("{s:s,s:s,s:s}", "event", "breaker_open", "channel",
					 c->config->name, "text", "the driver keeps dying"));
	}
	want(c);
}

static void on_fault(void *data, const char *text)
{
	struct channel *c = data;
	(void)snprintf(c->fault, sizeof(c->fault), "%s", text);
	hub_tell(c->hub, json_pack("{s:s,s:s,s:s}", "event", "channel_fault", "channel",
				 c->config->name, "text", text));
}

static void on_receipt(void *data, json_t *message)
{
	struct channel *c = data;
	char labels[224];
	(void)snprintf(labels, sizeof(labels), "channel=\"%s\",state=\"%s\"", c->config->name,
		json_text(message, "state", ""));
	metrics_count(c->hub->metrics, "hansho_receipts_total", labels, 1);
	turn_add_receipt(c->hub->turn, c->config->name, message);
}

static void on_device(void *data, json_t *message)
{
	struct channel *c = data;
	turn_add_device(c->hub->turn, c->config->name, message);
}

static void on_timer(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	want(data);
}

/* ---- life ---- */

/* The command line of the driver: a program found by its kind, or the configured command. */
static int driver_argv(struct channel *c, const char **argv, size_t capacity, char *path,
	size_t path_capacity, struct err *e)
{
	const json_t *command = json_object_get(c->config->options, "command");
	if (strcmp(c->config->driver, "exec") == 0) {
		size_t i;
		json_t *word;
		size_t count = 0;
		json_array_foreach(command, i, word)
		{
			if (count + 1 < capacity) {
				argv[count++] = json_string_value(word);
			}
		}
		argv[count] = NULL;
		return count > 0 ? 0 : err_set(e, -EINVAL, "option command is empty");
	}
	char program[128];
	(void)snprintf(program, sizeof(program), "hansho-channel-%s", c->config->driver);
	argv[0] = path;
	argv[1] = NULL;
	return hub_find_program(c->hub, program, path, path_capacity, e);
}

int channel_new(
	struct hub *hub, const struct channel_config *config, struct channel **out, struct err *e)
{
	struct channel *c = mem_new(sizeof(*c));
	c->hub = hub;
	c->config = config;
	c->declaration = channel_registry_find(config->driver);
	char path[PATH_MAX];
	const char *argv[32];
	int rc = driver_argv(c, argv, sizeof(argv) / sizeof(argv[0]), path, sizeof(path), e);
	if (rc) {
		free(c);
		return err_prefix(e, "channel %s: ", config->name);
	}
	if (config->cap_per_hour > 0) {
		c->sent = mem_new_array((size_t)config->cap_per_hour, sizeof(*c->sent));
	}
	breaker_init(&c->breaker, config->breaker_faults, config->breaker_ms);
	c->timer = evtimer_new(hub->base, on_timer, c);
	int wanted_agents = config->agents < 1 ? 1 : config->agents;
	c->agent_count = (size_t)(wanted_agents > MAX_AGENTS ? MAX_AGENTS : wanted_agents);
	c->agents = mem_new_array(c->agent_count, sizeof(struct agent_link *));
	c->tallies = mem_new_array(c->agent_count, sizeof(*c->tallies));
	c->nexts = mem_new_array(c->agent_count, sizeof(*c->nexts));
	struct agent_handler handler = {
		.idle = on_idle,
		.reported = on_reported,
		.crashed = on_crashed,
		.fault = on_fault,
		.receipt = on_receipt,
		.device = on_device,
		.data = c,
	};
	for (size_t i = 0; i < c->agent_count; i++) {
		char name[192];
		(void)snprintf(name, sizeof(name), "%s/%zu", config->name, i + 1);
		c->agents[i] = agent_link_new(hub, config, argv, name, &handler);
	}
	*out = c;
	return 0;
}

void channel_free(struct channel *c)
{
	if (!c) {
		return;
	}
	for (size_t i = 0; i < c->agent_count; i++) {
		agent_link_free(c->agents[i]);
		store_batch_clear(&c->nexts[i]);
	}
	free(c->agents);
	free(c->tallies);
	free(c->nexts);
	event_free(c->timer);
	free(c->broadcast_id);
	free(c->broadcast_json);
	free(c->sent);
	free(c);
}

void channel_start(struct channel *c)
{
	for (size_t i = 0; i < c->agent_count; i++) {
		agent_link_start(c->agents[i]);
	}
}

void channel_stop(struct channel *c)
{
	for (size_t i = 0; i < c->agent_count; i++) {
		agent_link_stop(c->agents[i], STOP_GRACE_MS);
	}
}

bool channel_stopped(const struct channel *c)
{
	for (size_t i = 0; i < c->agent_count; i++) {
		if (!agent_link_stopped(c->agents[i])) {
			return false;
		}
	}
	return true;
}

const struct channel_config *channel_config_of(const struct channel *c)
{
	return c->config;
}

/* ---- the queue ---- */

/* Whether one more broadcast is over the cap of this hour. Counted from the start of this process:
 * a restart forgets, which errs towards sending. */
static bool over_cap(struct channel *c, const struct broadcast *b)
{
	size_t cap = (size_t)c->config->cap_per_hour;
	if (cap == 0 || b->severity == SEVERITY_EXTREME) {
		return false;
	}
	struct mono_time now = clock_mono_now();
	struct mono_time *slot = &c->sent[c->sent_count % cap];
	if (c->sent_count >= cap && now.ms - slot->ms < HOUR_MS) {
		return true;
	}
	*slot = now;
	c->sent_count++;
	return false;
}

int channel_add_delivery(struct channel *c, const struct broadcast *b, bool hold,
	struct wall_time now, struct err *e)
{
	const struct channel_config *config = c->config;
	const char **areas = mem_new_array(b->area_count + 1, sizeof(*areas));
	size_t area_count = 0;
	for (size_t i = 0; i < b->area_count; i++) {
		if (b->areas[i].code[0] != '\0') {
			areas[area_count++] = b->areas[i].code;
		}
	}
	bool urgent = b->severity >= SEVERITY_SEVERE && !config->hold_always;
	bool recipients = config->audience_list[0] != '\0';
	bool single = !recipients && config->targets.count == 0;
	struct store_delivery d = {
		.broadcast = b->id,
		.channel = config->name,
		.held = hold,
		.priority = b->priority,
		.expires = b->expires,
		.resend_unknown = config->on_unknown == ON_UNKNOWN_RESEND || urgent,
		.audience_list = config->audience_list,
		.targets = single ? &config->name : config->targets.list,
		.target_count = single ? 1 : config->targets.count,
		.category = recipients ? b->kind->category : "",
		.areas = areas,
		.area_count = recipients ? area_count : 0,
	};
	int rc = store_add_delivery(c->hub->store, &d, now, e);
	free(areas);
	c->wanted = true;
	c->empty = false;
	if (rc == 0 && !hold && over_cap(c, b)) {
		char id[256];
		(void)snprintf(id, sizeof(id), "%s/%s", b->id, config->name);
		log_error("over the cap per hour", "delivery=%s cap=%d", id, config->cap_per_hour);
		rc = store_hold(c->hub->store, id, "over the channel's cap per hour", now, e);
	}
	return rc < 0 ? rc : 0;
}

static struct wall_time retry_at(void *data, int attempt, const struct outcome *o)
{
	const struct channel *c = data;
	int64_t delay = retry_delay_ms(
		attempt, c->config->retry_first_ms, c->config->retry_max_ms, o->retry_after_s);
	return (struct wall_time){.ms = clock_wall_now().ms + delay};
}

int channel_record(struct channel *c, struct err *e)
{
	struct wall_time now = clock_wall_now();
	for (size_t i = 0; i < c->agent_count; i++) {
		c->tallies[i] = (struct agent_tally){0};
		int rc = agent_link_record(c->agents[i], retry_at, c, now, &c->tallies[i], e);
		if (rc) {
			return rc;
		}
		if (c->tallies[i].finished) {
			c->wanted = true;
			c->empty = false;
		}
	}
	return 0;
}

static size_t batch_limit(const struct channel *c)
{
	size_t limit = c->config->batch_max > 0 ? (size_t)c->config->batch_max : 100;
	if (c->declaration && c->declaration->batch_max > 0 &&
		limit > (size_t)c->declaration->batch_max) {
		limit = (size_t)c->declaration->batch_max;
	}
	/* A channel that is being tried again after faults risks one target, not a batch. */
	return breaker_is_probing(&c->breaker) ? 1 : limit;
}

static void set_timer(struct channel *c, int64_t ms)
{
	if (ms < 0) {
		ms = 0;
	}
	if (ms > 3600000) {
		ms = 3600000;
	}
	struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000 * 1000)};
	(void)event_add(c->timer, &tv);
}

/* Nothing is due now: sleep until the store says the next target is. */
static int sleep_until_due(struct channel *c, struct wall_time now, struct err *e)
{
	c->wanted = false;
	struct wall_time due = WALL_TIME_NONE;
	int rc = store_next_due(c->hub->store, c->config->name, &due, e);
	c->empty = rc == 0 && (wall_time_is_none(due) || due.ms > now.ms);
	if (rc == 0 && !wall_time_is_none(due)) {
		set_timer(c, due.ms - now.ms > 1 ? due.ms - now.ms : 1);
	}
	return rc;
}

static bool goes_once(const struct channel *c)
{
	return c->config->on_unknown == ON_UNKNOWN_HOLD;
}

bool channel_claims_once(const struct channel *c)
{
	return c->wanted && goes_once(c);
}

/* Claims nothing, but finds out whether there is something to claim. */
static int look_only(struct channel *c, struct wall_time now, struct err *e)
{
	int due = store_has_due(c->hub->store, c->config->name, now, e);
	return due ? (due < 0 ? due : 0) : sleep_until_due(c, now, e);
}

/* Its batch is closed by this transaction, without a fault that the breaker must judge first. */
static bool is_about_to_be_idle(const struct channel *c, size_t i)
{
	return c->tallies[i].finished && !c->tallies[i].channel_fault && !c->breaker.open &&
	       agent_link_state(c->agents[i]) == AGENT_BUSY;
}

static bool may_take(const struct channel *c, size_t i)
{
	const struct agent_link *a = c->agents[i];
	bool idle = agent_link_state(a) == AGENT_IDLE && !agent_link_batch(a);
	return idle || is_about_to_be_idle(c, i);
}

/* 1: claimed; 0: nothing is due. */
static int claim_for(struct channel *c, size_t i, struct wall_time now, struct err *e)
{
	struct agent_link *a = c->agents[i];
	struct store_batch batch;
	int rc = store_claim(
		c->hub->store, c->config->name, batch_limit(c), agent_link_name(a), now, &batch, e);
	if (rc != 1) {
		return rc;
	}
	if (agent_link_batch(a)) {
		c->nexts[i] = batch;
	} else {
		agent_link_assign(a, &batch);
	}
	breaker_started(&c->breaker);
	return 1;
}

int channel_claim(struct channel *c, bool synced, struct err *e)
{
	if (!c->wanted) {
		return 0;
	}
	if (c->fault[0] != '\0') { /* an agent that opens after all asks again */
		c->wanted = false;
		return 0;
	}
	int64_t closed_ms = breaker_wait_ms(&c->breaker);
	if (closed_ms > 0) {
		set_timer(c, closed_ms);
		c->wanted = false;
		return 0;
	}
	struct wall_time now = clock_wall_now();
	/* This transaction may be taken back: what must not go twice is left to one that may not.
	 */
	if (goes_once(c) && !synced) {
		return look_only(c, now, e);
	}
	for (size_t i = 0; i < c->agent_count; i++) {
		if (!may_take(c, i)) {
			continue;
		}
		if (breaker_is_probing(&c->breaker) && !breaker_may_probe(&c->breaker)) {
			break;
		}
		int rc = claim_for(c, i, now, e);
		if (rc < 0) {
			return rc;
		}
		if (rc == 0) {
			return sleep_until_due(c, now, e);
		}
	}
	/* All agents have work: each asks again when it is idle. */
	c->wanted = false;
	return look_only(c, now, e);
}

/* The broadcast of a batch as JSON text; NULL when it cannot be read. */
static const char *broadcast_text(struct channel *c, const struct store_batch *batch)
{
	if (c->broadcast_id && strcmp(c->broadcast_id, batch->broadcast) == 0) {
		return c->broadcast_json;
	}
	struct err e = {0};
	char *json = store_broadcast_json(c->hub->store, batch->broadcast, &e);
	if (!json) {
		log_error("cannot read a broadcast", "broadcast=%s reason=%s", batch->broadcast,
			LOG_TEXT(e.text));
		return NULL;
	}
	free(c->broadcast_id);
	free(c->broadcast_json);
	c->broadcast_id = mem_copy_text(batch->broadcast);
	c->broadcast_json = json;
	json_t *object = json_read(json, strlen(json), &e);
	c->broadcast_is_drill = strcmp(json_text(object, "status", ""), "exercise") == 0;
	json_decref(object);
	return c->broadcast_json;
}

static void hand_out(struct channel *c, struct agent_link *a)
{
	const struct store_batch *batch = agent_link_batch(a);
	const char *json = broadcast_text(c, batch);
	int64_t deadline = c->config->deadline_ms;
	int64_t left = wall_time_is_none(batch->expires) ? deadline
							 : batch->expires.ms - clock_wall_now().ms;
	if (left < deadline) {
		deadline = left; /* nothing is sent after its expiry */
	}
	if (deadline <= 0) {
		struct outcome o = {.class = OUTCOME_TRANSIENT, .reason = OUTCOME_REASON_TIMEOUT};
		outcome_set_text(&o, "it expired while its claim was being written");
		agent_link_refuse(a, &o);
		return;
	}
	/* The rules saw to it when it came; the configuration may have changed since. */
	if (json && c->broadcast_is_drill && !c->config->drill) {
		struct outcome o = {.class = OUTCOME_PERMANENT, .reason = OUTCOME_REASON_CONFIG};
		outcome_set_text(&o, "a drill, and this channel takes no drills any more");
		agent_link_refuse(a, &o);
		return;
	}
	/* Without its broadcast the driver cannot work; it says so and the targets wait. */
	agent_link_send(a, json ? json : "null", deadline);
}

static void log_batch(const struct channel *c, size_t index)
{
	static const enum outcome_class classes[] = {
		OUTCOME_DELIVERED, OUTCOME_TRANSIENT, OUTCOME_PERMANENT, OUTCOME_UNKNOWN};
	const struct agent_tally *tally = &c->tallies[index];
	const struct store_batch *batch = agent_link_batch(c->agents[index]);
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		char labels[224];
		(void)snprintf(labels, sizeof(labels), "channel=\"%s\",class=\"%s\"",
			c->config->name, outcome_class_name(classes[i]));
		metrics_count(c->hub->metrics, "hansho_outcomes_total", labels,
			tally->by_class[classes[i]]);
	}
	if (tally->expired > 0) {
		log_error("expired undelivered", "delivery=%s targets=%zu", batch->delivery,
			tally->expired);
		hub_tell(c->hub, json_pack("{s:s,s:s,s:I}", "event", "expired", "delivery",
					 batch->delivery, "targets", (json_int_t)tally->expired));
	}
	if (!tally->finished) {
		return;
	}
	log_info("attempt",
		"delivery=%s attempt=%d delivered=%zu transient=%zu permanent=%zu "
		"unknown=%zu text=%s",
		batch->delivery, batch->attempt, tally->by_class[OUTCOME_DELIVERED],
		tally->by_class[OUTCOME_TRANSIENT], tally->by_class[OUTCOME_PERMANENT],
		tally->by_class[OUTCOME_UNKNOWN], LOG_TEXT(tally->text));
	json_t *event = json_object();
	json_put_text(event, "event", "attempt");
	json_put_text(event, "delivery", batch->delivery);
	json_put_int(event, "attempt", batch->attempt);
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		json_put_int(event, outcome_class_name(classes[i]),
			(int64_t)tally->by_class[classes[i]]);
	}
	hub_tell(c->hub, event);
}

static void judge_breaker(struct channel *c, const struct agent_tally *tally)
{
	if (tally->channel_fault) {
		if (breaker_fault(&c->breaker, tally->text)) {
			log_error("channel paused", "channel=%s reason=%s", c->config->name,
				LOG_TEXT(tally->text));
			hub_tell(c->hub, json_pack("{s:s,s:s,s:s}", "event", "breaker_open",
						 "channel", c->config->name, "text", tally->text));
		}
		c->wanted = true;
	} else if (tally->any_delivered && breaker_success(&c->breaker)) {
		log_info("channel works again", "channel=%s", c->config->name);
		hub_tell(c->hub, json_pack("{s:s,s:s}", "event", "breaker_closed", "channel",
					 c->config->name));
		c->wanted = true;
	}
}

static void tell_tally(struct channel *c, size_t i)
{
	const struct agent_tally *tally = &c->tallies[i];
	size_t sum = 0;
	for (size_t k = 0; k < 4; k++) {
		sum += tally->by_class[k];
	}
	if (sum > 0) {
		log_batch(c, i);
		judge_breaker(c, tally);
	}
	if (tally->finished) {
		breaker_ended(&c->breaker);
	}
	c->tallies[i] = (struct agent_tally){0};
}

void channel_committed(struct channel *c)
{
	for (size_t i = 0; i < c->agent_count; i++) {
		struct agent_link *a = c->agents[i];
		if (agent_link_is_assigned(a)) {
			hand_out(c, a);
			continue;
		}
		tell_tally(c, i);
		agent_link_recorded(a, true);
		if (c->nexts[i].pool) {
			agent_link_assign(a, &c->nexts[i]);
			hand_out(c, a);
		}
	}
	c->sent_committed = c->sent_count;
	if (c->wanted && !c->hub->stopping) {
		turn_want(c->hub->turn);
	}
}

void channel_rolled_back(struct channel *c)
{
	for (size_t i = 0; i < c->agent_count; i++) {
		if (agent_link_is_assigned(c->agents[i])) {
			agent_link_drop(c->agents[i]);
			breaker_ended(&c->breaker);
		} else {
			agent_link_recorded(c->agents[i], false);
		}
		if (c->nexts[i].pool) {
			store_batch_clear(&c->nexts[i]);
			breaker_ended(&c->breaker);
		}
	}
	/* What was not accepted does not count against the cap. */
	for (; c->sent_count > c->sent_committed; c->sent_count--) {
		size_t slot = (c->sent_count - 1) % (size_t)c->config->cap_per_hour;
		c->sent[slot].ms = clock_mono_now().ms - HOUR_MS;
	}
	c->wanted = true;
	c->empty = false;
}

void channel_wake(struct channel *c)
{
	want(c);
}

/* ---- for staff ---- */

const char *channel_fault(const struct channel *c)
{
	if (c->fault[0]) {
		return c->fault;
	}
	if (breaker_wait_ms(&c->breaker) > 0) {
		return breaker_reason(&c->breaker);
	}
	for (size_t i = 0; i < c->agent_count; i++) {
		if (agent_link_state(c->agents[i]) >= AGENT_IDLE) {
			return NULL;
		}
	}
	return "no agent is running";
}

json_t *channel_status(const struct channel *c)
{
	int64_t up = 0;
	int64_t busy = 0;
	for (size_t i = 0; i < c->agent_count; i++) {
		up += agent_link_state(c->agents[i]) >= AGENT_IDLE;
		busy += agent_link_state(c->agents[i]) == AGENT_BUSY;
	}
	const char *fault = channel_fault(c);
	json_t *object = json_object();
	json_put_text(object, "name", c->config->name);
	json_put_text(object, "driver", c->config->driver);
	json_put_flag(object, "enabled", c->config->enabled);
	json_put_flag(object, "drill", c->config->drill);
	json_put_text(object, "state", fault ? (up > 0 ? "degraded" : "down") : "ok");
	json_put_text(object, "text", fault);
	json_put_int(object, "agents", up);
	json_put_int(object, "agents_wanted", (int64_t)c->agent_count);
	json_put_int(object, "busy", busy);
	json_put_flag(object, "breaker_open", breaker_wait_ms(&c->breaker) > 0);
	return object;
}
