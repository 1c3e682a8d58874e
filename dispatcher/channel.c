/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/channel_private.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "dispatcher/alarms.h"
#include "dispatcher/hub.h"
#include "dispatcher/metrics.h"
#include "dispatcher/turn.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CRASHES_OPEN_BREAKER = 3, STOP_GRACE_MS = 5000, MAX_AGENTS = 64 };

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
	if (c->fault[0]) {
		alarm_end(c->hub->alarms, ALARM_CHANNEL_FAULT, c->config->name);
	}
	c->fault[0] = '\0';
	if (!c->empty) {
		want(c);
	}
}

static bool is_anybody_working(const struct hub *hub)
{
	for (size_t i = 0; i < hub->channel_count; i++) {
		const struct channel *c = hub->channels[i];
		for (size_t k = 0; k < c->agent_count; k++) {
			if (agent_link_is_working(c->agents[k])) {
				return true;
			}
		}
	}
	return false;
}

/* An outcome for which no work waits can share its commit with what comes in the next moment. When
 * it is the last, nothing more comes: written now, it is not in the way of the next alert. */
static void on_reported(void *data, struct agent_link *a)
{
	(void)a;
	struct channel *c = data;
	if (c->empty && is_anybody_working(c->hub)) {
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
		alarm_raise(c->hub->alarms, ALARM_CHANNEL_PAUSED, c->config->name,
			"the driver keeps dying");
	}
	want(c);
}

static void on_fault(void *data, const char *text)
{
	struct channel *c = data;
	(void)snprintf(c->fault, sizeof(c->fault), "%s", text);
	alarm_raise(c->hub->alarms, ALARM_CHANNEL_FAULT, c->config->name, text);
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
		c->agents[i] =
			agent_link_new(hub, config, argv, name, channel_gives_way(c), &handler);
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
