/* SPDX-License-Identifier: Apache-2.0
 *
 * What an attempt came to, per target. The zero value is UNKNOWN, so a forgotten field fails safe.
 */
#pragma once

#include "base/err.h"

#include <jansson.h>
#include <stdint.h>

enum outcome_class {
	OUTCOME_UNKNOWN,   /* may have been taken */
	OUTCOME_DELIVERED, /* the next hop took responsibility; not "a citizen read it" */
	OUTCOME_TRANSIENT, /* surely not taken, may work later */
	OUTCOME_PERMANENT, /* surely not taken, will not work unchanged */
};

enum outcome_scope {
	OUTCOME_SCOPE_TARGET,	   /* this target only */
	OUTCOME_SCOPE_DESTINATION, /* this destination host: others there will fare the same */
	OUTCOME_SCOPE_CHANNEL,	   /* the channel itself: login refused, relay away */
};

/* Closed list, for metrics. */
enum outcome_reason {
	OUTCOME_REASON_NONE,
	OUTCOME_REASON_REFUSED,	    /* the remote said no */
	OUTCOME_REASON_UNREACHABLE, /* no connection, no name */
	OUTCOME_REASON_TIMEOUT,
	OUTCOME_REASON_AUTH,	  /* login, certificate, permission */
	OUTCOME_REASON_RATE,	  /* too many, too fast */
	OUTCOME_REASON_TARGET,	  /* this address is wrong */
	OUTCOME_REASON_CONTENT,	  /* the text is not allowed or does not fit */
	OUTCOME_REASON_PROTOCOL,  /* the remote spoke nonsense */
	OUTCOME_REASON_CRASH,	  /* the driver died or passed its deadline */
	OUTCOME_REASON_CONFIG,	  /* our configuration */
	OUTCOME_REASON_DUPLICATE, /* delivered earlier, the remote says */
	OUTCOME_REASON_EXPIRED,
	OUTCOME_REASON_UNHEARD, /* broker took it, nobody was subscribed */
};

enum { OUTCOME_TEXT_SIZE = 256, OUTCOME_REMOTE_ID_SIZE = 128 };

struct outcome {
	enum outcome_class class;
	enum outcome_scope scope;
	enum outcome_reason reason;
	int code; /* remote's number: SMTP reply, HTTP status, MQTT reason; 0 none */
	char text[OUTCOME_TEXT_SIZE]; /* remote's words, cleaned and cut; no addresses, no secrets
				       */
	char remote_id[OUTCOME_REMOTE_ID_SIZE];
	int64_t retry_after_s; /* not before; 0: as the queue sees fit */
	int64_t duration_ms;
};

/* What comes back later about one target, in rising order; a receipt only moves forward. */
enum receipt_state {
	RECEIPT_NONE,
	RECEIPT_ACCEPTED,  /* by the carrier */
	RECEIPT_DELIVERED, /* on the handset, device received */
	RECEIPT_CONFIRMED, /* siren sounded, person answered */
	RECEIPT_REFUSED,   /* device refused it: detail says why */
	RECEIPT_FAILED,	   /* bounced, device failed */
};

const char *outcome_class_name(enum outcome_class value);
int outcome_class_parse(const char *text, enum outcome_class *out);
const char *outcome_scope_name(enum outcome_scope value);
int outcome_scope_parse(const char *text, enum outcome_scope *out);
const char *outcome_reason_name(enum outcome_reason value);
int outcome_reason_parse(const char *text, enum outcome_reason *out);
const char *receipt_state_name(enum receipt_state value);
int receipt_state_parse(const char *text, enum receipt_state *out);

/* Copies text into o->text: controls become blanks, cut at a character. */
void outcome_set_text(struct outcome *o, const char *text);

/* Members of the `outcome` message (channel protocol v1), without op, delivery and target. */
void outcome_to_json(const struct outcome *o, json_t *object);
/* -EINVAL with *e when class is missing or a word is unknown. */
int outcome_from_json(const json_t *object, struct outcome *o, struct err *e);
