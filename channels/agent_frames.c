/* SPDX-License-Identifier: Apache-2.0
 *
 * What the driver says to the hub. Every frame is one write(), so that what was written survives
 * SIGKILL; exactly one outcome per target leaves this process, whatever the driver does.
 */
#include "base/crash_point.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "channels/agent_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void agent_send(struct agent *agent, json_t *frame)
{
	if (!agent->link_lost) {
		int rc = jsonl_stream_write(agent->stream, frame);
		if (rc) {
			agent->link_lost = true;
			log_warning("the hub is gone", "error=%s", LOG_TEXT(strerror(-rc)));
		}
	}
	json_decref(frame);
}

static json_t *new_frame(const char *op, const char *delivery, const char *target)
{
	json_t *frame = json_object();
	json_put_text(frame, "op", op);
	json_put_text(frame, "delivery", delivery);
	json_put_text(frame, "target", target);
	return frame;
}

/* The hub has closed its books on every other batch. */
static bool in_hand(const struct agent *agent, const struct channel_batch *batch, const char *what)
{
	if (agent->batch == batch) {
		return true;
	}
	log_error("driver bug: frame about a batch that is over, dropped", "op=%s", what);
	return false;
}

void agent_at_risk(struct agent *agent, const struct channel_batch *batch, size_t index)
{
	if (!in_hand(agent, batch, "at_risk") || agent->states[index].marked ||
		agent->states[index].concluded) {
		return;
	}
	agent->states[index].marked = true;
	agent_send(agent, new_frame("at_risk", batch->delivery, batch->targets[index].id));
	CRASH_POINT("agent.at_risk");
}

void agent_at_risk_rest(struct agent *agent, const struct channel_batch *batch)
{
	bool any = false;
	if (!in_hand(agent, batch, "at_risk")) {
		return;
	}
	for (size_t i = 0; i < batch->count; i++) {
		if (!agent->states[i].concluded && !agent->states[i].marked) {
			agent->states[i].marked = true;
			any = true;
		}
	}
	if (any) {
		agent_send(agent, new_frame("at_risk", batch->delivery, "rest"));
		CRASH_POINT("agent.at_risk");
	}
}

void agent_send_outcome(struct agent *agent, const char *delivery, const char *target,
	const struct outcome *outcome)
{
	json_t *frame = new_frame("outcome", delivery, target);
	outcome_to_json(outcome, frame);
	agent_send(agent, frame);
}

static void conclude(struct agent *agent, const struct channel_batch *batch, const char *target,
	const struct outcome *outcome)
{
	if (agent->concluded == 0) {
		CRASH_POINT("agent.delivered");
	}
	agent_send_outcome(agent, batch->delivery, target, outcome);
}

void agent_outcome(struct agent *agent, const struct channel_batch *batch, size_t index,
	const struct outcome *outcome)
{
	if (!in_hand(agent, batch, "outcome")) {
		return;
	}
	assert(index < batch->count);
	if (agent->states[index].concluded) {
		log_error("driver bug: second outcome for one target, dropped",
			"delivery=%s target=%s class=%s", LOG_TEXT(batch->delivery),
			LOG_TEXT(batch->targets[index].id), outcome_class_name(outcome->class));
		return;
	}
	conclude(agent, batch, batch->targets[index].id, outcome);
	agent->states[index].concluded = true;
	agent->concluded++;
}

void agent_outcome_rest(
	struct agent *agent, const struct channel_batch *batch, const struct outcome *outcome)
{
	if (!in_hand(agent, batch, "outcome") || agent->concluded == batch->count) {
		return;
	}
	conclude(agent, batch, "rest", outcome);
	for (size_t i = 0; i < batch->count; i++) {
		agent->states[i].concluded = true;
	}
	agent->concluded = batch->count;
}

bool agent_has_outcome(const struct agent *agent, size_t index)
{
	assert(agent->batch && index < agent->batch->count);
	return agent->states[index].concluded;
}

void agent_receipt(struct agent *agent, const char *delivery, const char *target,
	enum receipt_state state, struct wall_time at, const char *detail)
{
	json_t *frame = new_frame("receipt", delivery, target);
	json_put_text(frame, "state", receipt_state_name(state));
	char text[WALL_TIME_TEXT_SIZE];
	json_put_text(frame, "at",
		wall_time_format(wall_time_is_none(at) ? clock_wall_now() : at,
			CLOCK_JST_OFFSET_MINUTES, text));
	json_put_text(frame, "detail", detail);
	agent_send(agent, frame);
}

void agent_device(struct agent *agent, const char *device, const json_t *state)
{
	json_t *frame = json_object();
	json_put_text(frame, "op", "device");
	json_put_text(frame, "device", device);
	json_put(frame, "state", json_deep_copy(state));
	agent_send(agent, frame);
}

void agent_batch_begin(struct agent *agent, const struct channel_batch *batch)
{
	if (batch->count > agent->states_capacity) {
		free(agent->states);
		agent->states = mem_new_array(batch->count, sizeof(*agent->states));
		agent->states_capacity = batch->count;
	}
	memset(agent->states, 0, batch->count * sizeof(*agent->states));
	agent->batch = batch;
	agent->concluded = 0;
}

/* What a driver forgot to say is said for it, on the safe side. */
static void supply_missing(struct agent *agent, const struct channel_batch *batch)
{
	size_t missing = batch->count - agent->concluded;
	if (missing == 0) {
		return;
	}
	agent->supplied += missing;
	log_error("driver bug: outcomes missing, supplied", "delivery=%s missing=%zu of=%zu",
		LOG_TEXT(batch->delivery), missing, batch->count);
	for (size_t i = 0; i < batch->count; i++) {
		if (agent->states[i].concluded) {
			continue;
		}
		struct outcome o = {
			.class = agent->states[i].marked ? OUTCOME_UNKNOWN : OUTCOME_TRANSIENT,
			.reason = OUTCOME_REASON_CRASH,
		};
		outcome_set_text(&o, "the driver reported no outcome");
		agent_outcome(agent, batch, i, &o);
	}
}

void agent_batch_end(struct agent *agent)
{
	supply_missing(agent, agent->batch);
	agent->batch = NULL;
}
