/* SPDX-License-Identifier: Apache-2.0
 *
 * The batch an agent has in hand, as the hub keeps it: which targets are at risk, what was
 * reported, how much of that is on disk. Knows nothing of processes and links.
 *
 *   empty ──take──► held ──marks, reports──► over (every target has a report) ──recorded──► empty
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "config/config.h"
#include "schemas/outcome.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>

/* The index of a report that concludes all targets without one. */
#define BATCH_REST ((size_t)-1)

struct outgoing_text;
struct report;

struct batch {
	bool held;
	struct store_batch claim; /* as the store gave it */
	unsigned char *flags;	  /* one per target: marked, reported */
	size_t open_count;	  /* targets without a report */
	size_t next_index;	  /* where the next outcome is expected: drivers report in order */
	struct report *reports;
	size_t report_count;
	size_t report_capacity;
	size_t recorded;  /* reports that are on disk */
	size_t recording; /* reports in the transaction under way */
};

/* What one transaction records of a batch. */
struct agent_tally {
	size_t by_class[4];
	size_t expired;	    /* transient ones whose next attempt would be too late */
	size_t set_aside;   /* killed their driver too often */
	bool channel_fault; /* an outcome of channel scope that was no success */
	bool any_delivered;
	bool finished; /* the batch is closed by this transaction */
	char text[OUTCOME_TEXT_SIZE];
};

/* When the next attempt of a target may be. */
typedef struct wall_time batch_retry_at(void *data, int attempt, const struct outcome *o);

/* Takes over the contents of claim; b must be empty. */
void batch_take(struct batch *b, struct store_batch *claim);
/* Makes it empty, keeping the memory of the reports; batch_free() gives that back too. */
void batch_drop(struct batch *b);
void batch_free(struct batch *b);

/* Index of a target by its id; BATCH_REST when the batch has no such target. */
size_t batch_find(struct batch *b, const char *id);
/* BATCH_REST marks all. */
void batch_mark(struct batch *b, size_t index);
/* 0; -EALREADY when the target has its outcome. BATCH_REST with nothing open is no fault. */
int batch_report(struct batch *b, size_t index, const struct outcome *o);
/* The process is gone: marked targets may have been taken, others were not. true when that
 * concluded anything. */
bool batch_conclude_by_marks(struct batch *b);
bool batch_is_over(const struct batch *b);

/* Inside a transaction: writes what was reported since the last one. */
int batch_record(struct batch *b, struct store *store, batch_retry_at *retry_at, void *data,
	struct wall_time now, struct agent_tally *tally, struct err *e);
/* The transaction is on disk (true) or was rolled back. Returns true when the batch is over and all
 * of it is on disk: the caller drops it. */
bool batch_recorded(struct batch *b, bool committed);

/* The `deliver` message (channel protocol v1), without its newline. broadcast NULL: null. */
void batch_write(const struct batch *b, const struct channel_config *config,
	const struct outgoing_text *broadcast, int64_t deadline_ms, struct buf *line);
