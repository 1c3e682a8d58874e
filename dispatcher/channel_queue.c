/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/channel_private.h"

#include "base/log.h"
#include "base/mem.h"
#include "dispatcher/alarms.h"
#include "dispatcher/hub.h"
#include "dispatcher/retry.h"

#include <stdio.h>
#include <stdlib.h>

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
	if (c->sent_count >= cap && now.ms - slot->ms < CHANNEL_HOUR_MS) {
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
		alarm_raise(c->hub->alarms, ALARM_OVER_CAP, id, "over the channel's cap per hour");
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

/* One transaction claims about so many targets for a channel, then others have their turn: claiming
 * and writing out 500 takes a millisecond, for which a new alert would wait. */
enum { TARGETS_PER_TURN = 500, TARGETS_BESIDE_ALERTS = 50 };

bool channel_gives_way(const struct channel *c)
{
	return c->declaration && c->declaration->gives_way;
}

static size_t batch_limit(const struct channel *c, bool beside_alerts)
{
	size_t limit = c->config->batch_max > 0 ? (size_t)c->config->batch_max : 100;
	if (c->declaration && c->declaration->batch_max > 0 &&
		limit > (size_t)c->declaration->batch_max) {
		limit = (size_t)c->declaration->batch_max;
	}
	if (beside_alerts && channel_gives_way(c) && limit > TARGETS_BESIDE_ALERTS) {
		limit = TARGETS_BESIDE_ALERTS;
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

/* 1: claimed, *count targets more; 0: nothing is due. */
static int claim_for(struct channel *c, size_t i, size_t limit, struct wall_time now, size_t *count,
	struct err *e)
{
	struct agent_link *a = c->agents[i];
	struct store_batch batch;
	int rc = store_claim(
		c->hub->store, c->config->name, limit, agent_link_name(a), now, &batch, e);
	if (rc != 1) {
		return rc;
	}
	*count += batch.count;
	if (agent_link_batch(a)) {
		c->nexts[i] = batch;
	} else {
		agent_link_assign(a, &batch);
	}
	breaker_started(&c->breaker);
	return 1;
}

int channel_claim(struct channel *c, bool synced, bool beside_alerts, struct err *e)
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
	const size_t limit = batch_limit(c, beside_alerts);
	const size_t enough = beside_alerts ? limit : TARGETS_PER_TURN;
	size_t claimed = 0;
	for (size_t i = 0; i < c->agent_count; i++) {
		if (!may_take(c, i)) {
			continue;
		}
		if (claimed >= enough) {
			return 0; /* still wanted: the next turn goes on */
		}
		if (breaker_is_probing(&c->breaker) && !breaker_may_probe(&c->breaker)) {
			break;
		}
		int rc = claim_for(c, i, limit, now, &claimed, e);
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
