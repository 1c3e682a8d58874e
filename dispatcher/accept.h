/* SPDX-License-Identifier: Apache-2.0
 *
 * One alert, inside the turn's transaction: is it new, what do the rules say, what is written.
 */
#pragma once

#include "base/clock.h"
#include "base/err.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct hub;

/* What ingest tells of a telegram; one block of memory. */
struct incoming_alert {
	int64_t ref;	    /* of ingest's, for the answer */
	int64_t generation; /* of the ingest process that waits for it */
	const char *feed;
	struct wall_time received;
	const char *json; /* by alert.schema.json; ends with a zero */
	size_t json_size;
	const char *raw; /* the telegram's bytes */
	size_t raw_size;
};

/* message is {"op":"alert",…} of the ingest link, attached what came with it: both are copied. NULL
 * when the sizes do not fit together. free(). */
struct incoming_alert *incoming_alert_new(
	const json_t *message, const char *attached, size_t size, int64_t generation);

/* 0 with *answer (what the feed hears: accepted, duplicate or refused) and *event (for those who
 * watch; may stay NULL), both owned by the caller. A negative errno is the store's: the transaction
 * must be rolled back. */
int accept_alert(struct hub *hub, const struct incoming_alert *in, json_t **answer, json_t **event,
	struct err *e);
int accept_refusal(struct hub *hub, const json_t *message, struct err *e);
