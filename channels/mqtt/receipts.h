/* SPDX-License-Identifier: Apache-2.0
 *
 * Acks that wait a moment for the next of the same device: a siren that starts at once says
 * received, started and finished in one breath, and the hub needs only how far it came. What is
 * left out is what the hub's record would have passed over: a receipt moves forward only.
 */
#pragma once

#include "channels/channel.h"
#include "channels/mqtt/ack.h"

struct receipt_waiting;

struct receipts {
	struct receipt_waiting *waiting; /* owned, as is table */
	size_t count;
	size_t capacity;
	size_t *table; /* by device: index + 1 in waiting, 0 for none */
};

/* Takes an ack that names an order of ours (siren_ack_read() gave 0). Tells the hub what waits when
 * there is no room. Starts as {0}. */
void receipts_add(
	struct receipts *r, struct agent *agent, const char *device, const struct siren_ack *ack);
/* Tells the hub; call it whenever nothing more is there to be read. */
void receipts_flush(struct receipts *r, struct agent *agent);
void receipts_clear(struct receipts *r);
