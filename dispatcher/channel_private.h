/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of a channel, shared by its three files: channel.c (its agents and its life),
 * channel_queue.c (inside the transaction: deliveries, records, claims) and channel_result.c
 * (after it: batches handed out, outcomes told, the breaker).
 */
#pragma once

#include "base/clock.h"
#include "channels/registry.h"
#include "dispatcher/agent.h"
#include "dispatcher/breaker.h"
#include "dispatcher/channel.h"

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>

enum { CHANNEL_HOUR_MS = 3600 * 1000 };

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
	struct event *timer;	/* when the queue or the breaker is due */
	bool wanted;		/* the queue may have something: ask it in the next turn */
	bool empty;		/* it was asked: nothing is due before the timer */
	char fault[400];	/* the configuration cannot work; "" while well */
	struct mono_time *sent; /* ring of the last cap_per_hour broadcasts, NULL without a cap */
	size_t sent_count;
	size_t sent_committed; /* of sent_count, those on disk */
};
