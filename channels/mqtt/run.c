/* SPDX-License-Identifier: Apache-2.0
 *
 *   waiting ──> published ── PUBACK ──────────────> done
 *      │            └─ session lost, deadline ───────^
 *      └─ no session, name refused ──────────────────^
 */
#include "channels/mqtt/run.h"

#include "channels/mqtt/topic.h"
#include "net/mqtt_outcome.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void conclude(struct run *r, struct run_order *order, const struct outcome *outcome)
{
	assert(order->stage != RUN_DONE);
	order->stage = RUN_DONE;
	order->outcome = *outcome;
	r->done++;
}

static struct run_order *find_area(struct run *r, const char *area)
{
	for (size_t i = 0; i < r->count; i++) {
		if (r->orders[i].is_area && strcmp(r->orders[i].name, area) == 0) {
			return &r->orders[i];
		}
	}
	return NULL;
}

static void add_target(struct run *r, size_t index, bool by_area)
{
	const struct channel_target *target = &r->batch->targets[index];
	bool is_area = by_area && target->area[0];
	struct run_order *order = is_area ? find_area(r, target->area) : NULL;
	if (order) {
		r->next[index] = order->first;
		order->first = index;
		return;
	}
	order = &r->orders[r->count++];
	*order = (struct run_order){
		.name = is_area ? target->area : target->id,
		.is_area = is_area,
		.first = index,
	};
	r->next[index] = RUN_END;
	if (!siren_name_valid(order->name)) {
		struct outcome bad = {
			.class = OUTCOME_PERMANENT,
			.reason = OUTCOME_REASON_TARGET,
		};
		outcome_set_text(&bad, "this name cannot be part of a topic");
		conclude(r, order, &bad);
	}
}

struct run *run_new(const struct channel_batch *batch, bool by_area, size_t inflight_limit)
{
	struct run *r = mem_new(sizeof(*r));
	r->batch = batch;
	r->inflight_limit = inflight_limit;
	r->orders = mem_new_array(batch->count + 1, sizeof(*r->orders));
	r->next = mem_new_array(batch->count + 1, sizeof(*r->next));
	r->inflight = mem_new_array(inflight_limit, sizeof(*r->inflight));
	for (size_t i = 0; i < batch->count; i++) {
		add_target(r, i, by_area);
	}
	return r;
}

void run_free(struct run *r)
{
	if (r) {
		free(r->orders);
		free(r->next);
		free(r->inflight);
		free(r);
	}
}

struct run_order *run_next(struct run *r)
{
	while (r->waiting < r->count && r->orders[r->waiting].stage != RUN_WAITING) {
		r->waiting++;
	}
	bool possible = r->waiting < r->count && r->inflight_count < r->inflight_limit;
	return possible ? &r->orders[r->waiting] : NULL;
}

void run_published(struct run *r, struct run_order *order, int mid)
{
	assert(order->stage == RUN_WAITING && r->inflight_count < r->inflight_limit);
	order->stage = RUN_PUBLISHED;
	order->mid = mid;
	r->inflight[r->inflight_count++] = (size_t)(order - r->orders);
}

void run_acknowledged(struct run *r, int mid, int reason)
{
	for (size_t i = 0; i < r->inflight_count; i++) {
		struct run_order *order = &r->orders[r->inflight[i]];
		if (order->mid == mid) {
			struct outcome outcome;
			mqtt_outcome_of_puback(reason, &outcome);
			conclude(r, order, &outcome);
			r->inflight[i] = r->inflight[--r->inflight_count];
			return;
		}
	}
}

void run_silence(struct run *r, const struct outcome *outcome)
{
	for (size_t i = 0; i < r->inflight_count; i++) {
		conclude(r, &r->orders[r->inflight[i]], outcome);
	}
	r->inflight_count = 0;
}

void run_give_up(struct run *r, const struct outcome *outcome)
{
	for (size_t i = r->waiting; i < r->count; i++) {
		if (r->orders[i].stage == RUN_WAITING) {
			conclude(r, &r->orders[i], outcome);
		}
	}
}

bool run_over(const struct run *r)
{
	return r->done == r->count;
}

static bool alike(const struct outcome *a, const struct outcome *b)
{
	return a->class == b->class && a->scope == b->scope && a->reason == b->reason &&
	       a->code == b->code && strcmp(a->text, b->text) == 0;
}

void run_report(const struct run *r, struct agent *agent)
{
	bool all = true;
	for (size_t i = 1; i < r->count && all; i++) {
		all = alike(&r->orders[0].outcome, &r->orders[i].outcome);
	}
	if (all && r->count > 0) {
		agent_outcome_rest(agent, r->batch, &r->orders[0].outcome);
		return;
	}
	for (size_t i = 0; i < r->count; i++) {
		for (size_t t = r->orders[i].first; t != RUN_END; t = r->next[t]) {
			agent_outcome(agent, r->batch, t, &r->orders[i].outcome);
		}
	}
}
