/* SPDX-License-Identifier: Apache-2.0
 *
 * One batch on its way: which orders it needs, how far each has come, what each target is told.
 * An order serves one device or all targets of an area. No network here.
 */
#pragma once

#include "base/mem.h"
#include "channels/channel.h"

#include <stdbool.h>
#include <stddef.h>

enum run_stage { RUN_WAITING, RUN_PUBLISHED, RUN_DONE };

struct run_order {
	const char *name; /* area code or device id */
	bool is_area;
	enum run_stage stage;
	int mid;      /* while published */
	size_t first; /* target; the others follow in run->next */
	struct outcome outcome;
};

struct run {
	const struct channel_batch *batch;
	struct run_order *orders;
	size_t count;
	size_t waiting; /* orders not published yet start here */
	size_t done;
	size_t inflight_limit;
	size_t *inflight; /* indexes of published orders */
	size_t inflight_count;
	size_t *next; /* per target: the next of the same order, RUN_END at the end */
};

#define RUN_END ((size_t)-1)

/* Plans the orders of a batch; names that cannot be a topic are done at once (permanent). */
struct run *run_new(const struct channel_batch *batch, bool by_area, size_t inflight_limit);
void run_free(struct run *r);

/* The next order to publish, NULL when the window is full or none is left. */
struct run_order *run_next(struct run *r);
void run_published(struct run *r, struct run_order *order, int mid);
/* A PUBACK; mids of other messages are ignored. */
void run_acknowledged(struct run *r, int mid, int reason);
/* Concludes all orders that are published and not acknowledged. */
void run_silence(struct run *r, const struct outcome *outcome);
/* Concludes all orders that wait. */
void run_give_up(struct run *r, const struct outcome *outcome);
bool run_over(const struct run *r);

/* Tells the hub: one frame when all targets fared alike. */
void run_report(const struct run *r, struct agent *agent);
