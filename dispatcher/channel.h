/* SPDX-License-Identifier: Apache-2.0
 *
 * One configured channel in the hub: its agents, its breaker, when its queue is due. The queue
 * itself is in the store. Called by the turn in this order: channel_record(), channel_claim(),
 * then channel_committed() or channel_rolled_back().
 */
#pragma once

#include "base/err.h"
#include "config/config.h"
#include "schemas/broadcast.h"

#include <jansson.h>
#include <stdbool.h>

struct channel;
struct hub;

int channel_new(
	struct hub *hub, const struct channel_config *config, struct channel **out, struct err *e);
void channel_free(struct channel *c);
void channel_start(struct channel *c);
/* Ends the agents: those at work may finish. */
void channel_stop(struct channel *c);
bool channel_stopped(const struct channel *c);

const struct channel_config *channel_config_of(const struct channel *c);

/* Writes the delivery of b on this channel into the queue. */
int channel_add_delivery(struct channel *c, const struct broadcast *b, bool hold,
	struct wall_time now, struct err *e);

/* The next channel_claim() may take targets that must not get a second copy after a power loss. */
bool channel_claims_once(const struct channel *c);

/* Inside the turn's transaction: concludes what agents have reported. */
int channel_record(struct channel *c, struct err *e);
/* Inside the turn's transaction: claims a batch for each agent that is idle, or is so once the
 * transaction is on disk. Not synced: only what may go twice. Beside alerts a channel that gives
 * way takes little. */
int channel_claim(struct channel *c, bool synced, bool beside_alerts, struct err *e);
/* What the driver declares: others are served first. */
bool channel_gives_way(const struct channel *c);
/* The transaction is on disk: hand the claimed batches to the agents. */
void channel_committed(struct channel *c);
/* It is not: forget the claims; what was reported is recorded in the next turn. */
void channel_rolled_back(struct channel *c);

/* New work may be due (retry by staff, release, a new delivery). */
void channel_wake(struct channel *c);

/* {name, driver, state, agents, busy, breaker, health, text} */
json_t *channel_status(const struct channel *c);
/* NULL while well, else why not (owned by c). */
const char *channel_fault(const struct channel *c);
