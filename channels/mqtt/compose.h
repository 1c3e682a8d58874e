/* SPDX-License-Identifier: Apache-2.0
 *
 * From a broadcast to siren orders. Pure: the same broadcast, time and sequence number give the
 * same order, so that a retry carries the same id and no device sounds twice.
 */
#pragma once

#include "channels/mqtt/pattern.h"
#include "channels/mqtt/siren_order.h"
#include "schemas/broadcast.h"

struct siren_plan {
	const char *channel; /* configured name of the channel */
	const struct siren_patterns *patterns;
	const char *const *langs; /* languages spoken and shown, in this order */
	size_t lang_count;
	int64_t ttl_ms;
	int64_t stagger_ms;
	bool release_sirens;
};

/* What all orders of one delivery have in common: everything but id, seq, areas, targets, stop.
 * NULL with *e: -ETIME when the broadcast has expired, -ENODATA when there are no words. The caller
 * frees with siren_order_free(). */
struct siren_order *siren_compose(const struct siren_plan *plan, const struct broadcast *b,
	struct wall_time now, struct err *e);

/* The order that ends what was ordered under a delivery; addressed like any other. */
struct siren_order *siren_compose_withdrawal(
	const struct siren_plan *plan, const struct broadcast *b, struct wall_time now);

/* Writes order for one area or one device, from a composed common part: fills id, seq, areas or
 * targets, and the ids to stop. delivery is "<broadcast id>/<channel>"; name is the area code or
 * the device id and, like every text, stays borrowed or in common's pool. */
void siren_compose_address(const struct siren_plan *plan, const struct siren_order *common,
	const struct broadcast *b, const char *delivery, bool is_area, const char *name,
	int64_t seq, struct siren_order *order);
/* The same for a withdrawal: its id is "<delivery>/<name>#stop", it stops "<delivery>/<name>". */
void siren_compose_withdrawal_address(const struct siren_order *common, const char *delivery,
	bool is_area, const char *name, int64_t seq, struct siren_order *order);
