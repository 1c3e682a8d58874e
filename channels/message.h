/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads the protocol's `deliver` and `withdraw` messages into a batch. Runs in the driver, on bytes
 * that come from the hub; still nothing in them is trusted to have the right type.
 */
#pragma once

#include "base/err.h"
#include "channels/channel.h"

#include <jansson.h>

struct channel_message {
	struct channel_batch batch;
	struct broadcast *broadcast;	/* owned */
	struct channel_target *targets; /* owned array; its texts are borrowed from the JSON */
};

/* deadline_ms counts from now. The message must outlive *out. On failure *e names the member and
 * nothing is held; 0 otherwise, and the caller calls channel_message_clear(). */
int channel_message_read(const json_t *message, struct channel_message *out, struct err *e);
void channel_message_clear(struct channel_message *m);
