/* SPDX-License-Identifier: Apache-2.0
 *
 * One agent process as the hub sees it: its link, the one batch it has in hand, the at-risk marks
 * and the outcomes it has reported for it.
 *
 *   down ──started──► opening ──ready──► idle ──give──► busy ──all reported──► idle
 *     ▲                  │ fault            │              │ dies, or deadline + KILL
 *     └──────────────────┴──────────────────┴──────────────┘ what has no outcome: by its mark
 */
#pragma once

#include "base/err.h"
#include "config/config.h"
#include "dispatcher/batch.h"
#include "schemas/outcome.h"
#include "store/store.h"

#include <jansson.h>
#include <stdbool.h>

struct agent_link;
struct outgoing_text;
struct hub;

enum agent_state { AGENT_DOWN, AGENT_OPENING, AGENT_IDLE, AGENT_BUSY };

/* What an agent tells its channel. */
struct agent_handler {
	void (*idle)(void *data, struct agent_link *a); /* it can take a batch */
	/* New outcomes wait to be recorded. */
	void (*reported)(void *data, struct agent_link *a);
	void (*crashed)(void *data, struct agent_link *a);
	/* It cannot open: the configuration is wrong. */
	void (*fault)(void *data, const char *text);
	void (*receipt)(void *data, json_t *message);
	void (*device)(void *data, json_t *message);
	void *data;
};

/* gives_way: a process that leaves the processor to others, for many recipients. */
struct agent_link *agent_link_new(struct hub *hub, const struct channel_config *config,
	const char *const *argv, const char *name, bool gives_way,
	const struct agent_handler *handler);
void agent_link_free(struct agent_link *a);
void agent_link_start(struct agent_link *a);
void agent_link_stop(struct agent_link *a, int64_t grace_ms);
bool agent_link_stopped(const struct agent_link *a);

enum agent_state agent_link_state(const struct agent_link *a);
const char *agent_link_name(const struct agent_link *a);
int agent_link_crashes_recent(const struct agent_link *a);

/* A claim for this agent: held until agent_link_send() (committed) or agent_link_drop() (rolled
 * back). Takes over the contents of claim. */
void agent_link_assign(struct agent_link *a, struct store_batch *claim);
/* Hands the assigned batch to the process; broadcast is copied into the message. NULL: it cannot be
 * read; the driver says so and the targets wait. */
void agent_link_send(
	struct agent_link *a, const struct outgoing_text *broadcast, int64_t deadline_ms);
/* Instead of sending: o for all of it, without the process. */
void agent_link_refuse(struct agent_link *a, const struct outcome *o);
void agent_link_drop(struct agent_link *a);
bool agent_link_is_assigned(const struct agent_link *a);
/* It has a batch in hand of which outcomes are still to come. */
bool agent_link_is_working(const struct agent_link *a);
const struct store_batch *agent_link_batch(const struct agent_link *a); /* NULL: none */

/* Writes what was reported since the last commit; counts go to *tally. */
int agent_link_record(struct agent_link *a, batch_retry_at *retry_at, void *data,
	struct wall_time now, struct agent_tally *tally, struct err *e);
/* The transaction with the last agent_link_record() is on disk (true) or was rolled back. */
void agent_link_recorded(struct agent_link *a, bool committed);
