/* SPDX-License-Identifier: Apache-2.0
 *
 * The signed order: flattened JWS (RFC 7515) with Ed25519 (RFC 8037). The driver builds and signs
 * it, a device opens it. Contract: schemas/siren-order.schema.json and docs/siren-device.md.
 * Nothing of an order may be used before siren_order_open() has accepted the signature.
 */
#pragma once

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "channels/mqtt/key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SIREN_ORDER_BYTES = 65536, /* of a whole JWS; larger ones are malformed */
	SIREN_ID_SIZE = 257,	   /* order id with its zero */
	SIREN_AREAS_MAX = 256,
	SIREN_TARGETS_MAX = 4096,
	SIREN_TEXTS_MAX = 16,
	SIREN_STOPS_MAX = 64,
	SIREN_STEPS_MAX = 64,
	SIREN_REPEAT_MAX = 100,
	SIREN_STEP_MS_MAX = 600000,
	SIREN_IAT_AHEAD_MS = 300000, /* a device's clock may be that slow */
};

/* Why a device does not obey. The names are part of the contract (acks carry them). */
enum siren_refusal {
	SIREN_ACCEPTED,
	SIREN_MALFORMED,
	SIREN_UNKNOWN_KEY,
	SIREN_SIGNATURE,
	SIREN_DRILL_KEY, /* a drill signed by the live key, or the reverse */
	SIREN_RETAINED,
	SIREN_AREA,
	SIREN_EXPIRED,
	SIREN_NOT_YET,
	SIREN_SEEN,
	SIREN_SEQUENCE,
	SIREN_NO_TEXT,
};

const char *siren_refusal_name(enum siren_refusal refusal);
/* True when the refusal means that nobody of ours may have sent it: such an answer is about no
 * order of ours. */
bool siren_refusal_unverified(enum siren_refusal refusal);

struct siren_text {
	const char *lang;
	const char *text;
	const char *phrase; /* id of a recording kept by the device, preferred over text; "" */
};

struct siren_step {
	int64_t on_ms;
	int64_t off_ms;
};

/* Texts are never NULL. A read order owns its memory by the pool; a built one borrows. */
struct siren_order {
	struct pool *pool;    /* NULL when built by the caller on the stack */
	const char *id;	      /* "<broadcast id>/<channel>/<area or device>" */
	const char *kid;      /* of the key that signed it (read orders) */
	int64_t seq;	      /* rising per key; the hub takes wall-clock milliseconds */
	struct wall_time iat; /* whole seconds on the wire */
	struct wall_time exp;
	const char *const *areas; /* a device obeys when its area is listed, or its id below */
	size_t area_count;
	const char *const *targets;
	size_t target_count;
	const char *siren;		  /* pattern or stored sound id; "": no siren */
	const struct siren_step *pattern; /* empty with a siren: the stored sound of that id */
	size_t step_count;
	int repeat;
	const struct siren_text *speak;
	size_t speak_count;
	const struct siren_text *show;
	size_t show_count;
	const char *const *stop; /* ids of orders to end, or to ignore should they come later */
	size_t stop_count;
	bool test_silent; /* verify, acknowledge, stay silent */
	int priority;	  /* 0 most urgent .. 9 */
	bool drill;
	int64_t stagger_ms; /* a device starts its slot times this later */
};

struct siren_trusted {
	const struct siren_key *key; /* borrowed */
	bool drill;		     /* signs drills only; otherwise live orders only */
};

/* Appends the JWS to out (its limit should be SIREN_ORDER_BYTES). 0 or -EMSGSIZE. */
int siren_order_sign(const struct siren_order *order, const struct siren_key *key, struct buf *out);

/* Opens a JWS: shape, key, signature, drill flag against the key's role, and that no siren comes
 * without words. SIREN_ACCEPTED and *out (siren_order_free()), otherwise the reason and *out NULL.
 * signed_id receives the id of an order whose signature is good, accepted or not, otherwise "":
 * what a forger claims must not get into any answer. */
enum siren_refusal siren_order_open(const char *jws, size_t size, const struct siren_trusted *trust,
	size_t trust_count, struct siren_order **out, char signed_id[SIREN_ID_SIZE]);
void siren_order_free(struct siren_order *order); /* NULL is fine */

/* Checks the times against a device's clock: SIREN_ACCEPTED, SIREN_EXPIRED or SIREN_NOT_YET. */
enum siren_refusal siren_order_check_time(const struct siren_order *order, struct wall_time now);

/* How long the siren sounds: all on and off times but the last off. 0 for a stored sound. */
int64_t siren_order_sound_ms(const struct siren_order *order);
