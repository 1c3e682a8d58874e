/* SPDX-License-Identifier: Apache-2.0
 *
 * One transaction for everything one loop turn brought: alerts to accept, outcomes and receipts to
 * record, batches to claim. Inputs wait in memory; turn_want() makes the loop run the turn after
 * all reading of this round is done, so that many alerts share one synced commit and the first
 * claims of a new alert are written in the commit that accepts it.
 *
 *   inputs ──► begin ──► accept, record, claim ──► commit ──► send batches, answer feeds, tell
 *                             │ store fault            │ store fault
 *                             └────────► rollback ◄────┘  alerts: "try later"; outcomes and
 *                                        receipts stay and are tried again after a moment
 */
#pragma once

#include "base/clock.h"
#include "base/err.h"
#include "schemas/outcome.h"

#include <jansson.h>
#include <stdbool.h>

struct hub;
struct incoming_alert;
struct turn;

struct turn *turn_new(struct hub *hub);
void turn_free(struct turn *t);

/* Something waits: run the turn when this round of the loop has read what there is. */
void turn_want(struct turn *t);
/* The same, a few milliseconds later unless there is a turn before: for outcomes and receipts that
 * nobody waits for, so that several share one commit. */
void turn_want_soon(struct turn *t);

/* An alert from the ingest process; taken over. Its feed is answered after the commit, or with
 * {"retry":…}. */
void turn_add_alert(struct turn *t, struct incoming_alert *alert);

void turn_add_refusal(struct turn *t, json_t *message);

/* A receipt, kept until it is committed. All texts are copied. */
void turn_add_receipt(struct turn *t, const char *channel, json_t *message);

/* A device's state: only the newest per device is kept, written every few seconds. */
void turn_add_device(struct turn *t, const char *channel, json_t *message);

/* Runs fn inside a transaction of its own at once (staff verbs). 0 or what fn or the store said. */
int turn_run(struct turn *t, int (*fn)(struct hub *hub, void *data, struct err *e), void *data,
	struct err *e);

/* The store's last fault: NULL while it is well. */
const char *turn_store_fault(const struct turn *t);
/* Alerts that wait for the transaction: the brake for reading from ingest. */
size_t turn_backlog(const struct turn *t);
