/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/channel_private.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "dispatcher/alarms.h"
#include "dispatcher/hub.h"
#include "dispatcher/metrics.h"
#include "dispatcher/texts.h"
#include "dispatcher/turn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Who knows what a program from outside does with them. */
static bool reads_shapes(const struct channel *c)
{
	return !c->declaration || c->declaration->reads_shapes;
}

static void hand_out(struct channel *c, struct agent_link *a)
{
	const struct store_batch *batch = agent_link_batch(a);
	struct err e = {0};
	const struct outgoing_text *text =
		texts_get(c->hub->texts, batch->broadcast, reads_shapes(c), &e);
	if (!text) {
		log_error("cannot read a broadcast", "broadcast=%s reason=%s", batch->broadcast,
			LOG_TEXT(e.text));
	}
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
	if (text && text->drill && !c->config->drill) {
		struct outcome o = {.class = OUTCOME_PERMANENT, .reason = OUTCOME_REASON_CONFIG};
		outcome_set_text(&o, "a drill, and this channel takes no drills any more");
		agent_link_refuse(a, &o);
		return;
	}
	/* Without its broadcast the driver cannot work; it says so and the targets wait. */
	agent_link_send(a, text, deadline);
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
		alarm_raise(c->hub->alarms, ALARM_EXPIRED, batch->delivery, tally->text);
	}
	if (tally->set_aside > 0) {
		log_error("targets set aside", "delivery=%s targets=%zu", batch->delivery,
			tally->set_aside);
		hub_tell(c->hub, json_pack("{s:s,s:s,s:I}", "event", "set_aside", "delivery",
					 batch->delivery, "targets", (json_int_t)tally->set_aside));
		alarm_raise(c->hub->alarms, ALARM_SET_ASIDE, batch->delivery,
			"it was there at three crashes of the driver");
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
			alarm_raise(
				c->hub->alarms, ALARM_CHANNEL_PAUSED, c->config->name, tally->text);
		}
		c->wanted = true;
	} else if (tally->any_delivered && breaker_success(&c->breaker)) {
		log_info("channel works again", "channel=%s", c->config->name);
		alarm_end(c->hub->alarms, ALARM_CHANNEL_PAUSED, c->config->name);
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
		c->sent[slot].ms = clock_mono_now().ms - CHANNEL_HOUR_MS;
	}
	c->wanted = true;
	c->empty = false;
}
