/* SPDX-License-Identifier: Apache-2.0
 *
 * How brokers are named in the configuration, for every program that speaks MQTT: rows of options
 * (constant data), and the addresses made of them.
 */
#pragma once

#include "base/err.h"
#include "base/mem.h"
#include "config/option.h"
#include "net/broker.h"

#include <jansson.h>
#include <stddef.h>

extern const struct option_row broker_option_rows[];

/* What the rows cannot say: at least one broker, what goes together. 0, or -EINVAL. */
int broker_options_check(const json_t *brokers, struct err *e);

struct broker_addresses {
	struct broker_address *list; /* in the pool; passwords too */
	size_t count;
};

/* Reads the passwords as well. 0, or a negative errno with an error naming the broker. Clear in
 * both cases, before the pool goes. */
int broker_addresses_read(
	struct broker_addresses *a, struct pool *pool, const json_t *brokers, struct err *e);
/* Wipes the passwords. */
void broker_addresses_clear(struct broker_addresses *a);
