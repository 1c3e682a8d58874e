/* SPDX-License-Identifier: Apache-2.0
 *
 * What devices answer. Acks come from outside and are not signed: the broker's ACL says who may
 * write under which device's name, everything else is checked here. Pure.
 */
#pragma once

#include "base/clock.h"
#include "schemas/outcome.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum { SIREN_ACK_BYTES = 4096, SIREN_DELIVERY_SIZE = 200, SIREN_DETAIL_SIZE = 128 };

struct siren_ack {
	char delivery[SIREN_DELIVERY_SIZE]; /* "<broadcast id>/<channel>" */
	enum receipt_state state;
	struct wall_time at;		/* the device's clock; now when it sent none */
	char detail[SIREN_DETAIL_SIZE]; /* "started", "refused: expired", ... */
	bool alarm;			/* the device got what may be a forgery: staff must look */
};

/* Reads an ack's payload. 0; -ENOENT for an order of another channel, of a withdrawal, for an ack
 * that names no order, and whatever it names, for the refusal of something nobody of ours may have
 * signed: a forger must not get "refused" into the record of an order (out->detail and out->alarm
 * are set then too); -EINVAL for nonsense. */
int siren_ack_read(const char *payload, size_t size, const char *channel, struct siren_ack *out);

/* A device's state message as an object the hub may keep; NULL when it is none or too large. The
 * caller releases. */
json_t *siren_state_read(const char *payload, size_t size);
