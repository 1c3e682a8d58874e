/* SPDX-License-Identifier: Apache-2.0
 *
 * The last few messages and what they turned out to be. One process here is many devices with the
 * same keys, and an order for an area comes once for each connection, byte for byte the same: it is
 * verified once. A device in the field has only itself and verifies every message.
 */
#pragma once

#include "channels/mqtt/siren_order.h"

#include <stddef.h>
#include <stdint.h>

enum { SIREN_OPENED_KEPT = 4 };

struct siren_opened {
	char *jws; /* owned, as is order; NULL: unused */
	size_t size;
	enum siren_refusal refusal;
	struct siren_order *order; /* NULL when refused */
	char id[SIREN_ID_SIZE];	   /* "" unless the signature is good */
	uint64_t hash;		   /* of id */
};

struct siren_opener {
	const struct siren_trusted *trust; /* borrowed; the same for all calls */
	size_t trust_count;
	struct siren_opened kept[SIREN_OPENED_KEPT];
	size_t next; /* the one to be replaced */
};

/* siren_order_open(), or what it said about the same bytes. Valid until the next call. */
const struct siren_opened *siren_opener_open(
	struct siren_opener *opener, const char *jws, size_t size);
void siren_opener_clear(struct siren_opener *opener);
