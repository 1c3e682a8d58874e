/* SPDX-License-Identifier: Apache-2.0
 *
 * One alert, inside the turn's transaction: is it new, what do the rules say, what is written.
 */
#pragma once

#include "base/err.h"

#include <jansson.h>

struct hub;

/* message is {"op":"alert",…} of the ingest link. 0 with *answer (what the feed hears: accepted,
 * duplicate or refused) and *event (for those who watch; may stay NULL), both owned by the caller.
 * A negative errno is the store's: the transaction must be rolled back. */
int accept_alert(
	struct hub *hub, const json_t *message, json_t **answer, json_t **event, struct err *e);
int accept_refusal(struct hub *hub, const json_t *message, struct err *e);
