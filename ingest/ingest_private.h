/* SPDX-License-Identifier: Apache-2.0
 *
 * The ingest process's state, shared by ingest.c (start, stop, connections) and intake.c (messages
 * and their answers), by nobody else.
 */
#pragma once

#include "base/clock.h"
#include "ingest/connection.h"
#include "ingest/door.h"
#include "ingest/feed.h"
#include "ingest/link.h"
#include "ingest/listener.h"

#include <event2/event.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct message; /* of a client; ingest/intake.c */

/* An alert told to the hub and not answered yet. */
struct waiting {
	TAILQ_ENTRY(waiting) next;
	uint64_t ref;
	struct message *message;
	size_t part; /* which of the message's alerts it is */
};

/* A connection in the list of all. */
struct client {
	TAILQ_ENTRY(client) next;
	struct connection *connection;
};

struct ingest {
	struct event_base *base;
	struct hub_link *link;
	json_t *hello; /* owns the texts of the feeds */
	struct feed *feeds;
	size_t feed_count;
	struct listener **listeners;
	size_t listener_count;
	struct door **doors;
	size_t door_count;
	struct connection_handler connections;
	TAILQ_HEAD(client_list, client) clients;
	TAILQ_HEAD(waiting_list, waiting) waiting;
	size_t waiting_count;
	uint64_t last_ref;
	struct event *report;
	struct event *patience; /* ends the stop */
	struct event *check;	/* are we done? asked from the loop, not from inside a callback */
	char hub_reason[64];	/* why the hub takes nothing; "" while it does */
	bool blocked;		/* connections have been held back */
	bool stopping;
	bool flushing;
	int status;
};

/* ---- ingest.c ---- */

/* The feed's counts have changed: they are reported within a second. */
void ingest_changed(struct ingest *in, struct feed *feed);
/* Every callback from the hub that may have changed connections ends with this. */
void ingest_settle_all(struct ingest *in);
/* Ends the loop when stopping and nothing is left to write. */
void ingest_end_if_done(struct ingest *in);

/* ---- intake.c ---- */

/* Handlers of connections; data is the struct ingest. */
void intake_message(
	struct connection *c, uint64_t ticket, const char *bytes, size_t size, void *data);
void intake_fault(struct connection *c, const char *code, const char *reason, void *data);
bool intake_may_take(void *data);
const char *intake_away(void *data);

/* Handlers of the link. */
void intake_answer(uint64_t ref, const json_t *answer, void *data);
void intake_paused(bool paused, const char *reason, void *data);

/* The hub may take more now: connections that were held back go on. */
void intake_unblock(struct ingest *in);
/* The connection is going: answers to it lead nowhere. */
void intake_forget(struct ingest *in, const struct connection *c);
/* Nobody is told any more; frees what waits. */
void intake_drop_all(struct ingest *in);
/* Everybody who waits is told to try again. */
void intake_give_up(struct ingest *in, const char *reason);
