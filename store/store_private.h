/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the store share: the open database, its statements (each prepared once, at
 * first use), reading and binding rows, the mapping of errors.
 *
 *   open.c migrate.c       the file: lock, settings, migrations, transactions
 *   rows.c statements.c    SQL and its parameters
 *   accept.c state.c       alerts; what is in force
 *   broadcast.c delivery.c broadcasts; a delivery's state and counters
 *   audience.c claim.c     the cursor over the audience; the next batch
 *   batch.c conclude.c     a batch that is out; what became of its targets
 *   recover.c staff.c      after a crash, at the deadline; what staff decide
 *   report.c show.c        JSON for people
 *   log.c values.c receipt.c recipients.c
 */
#pragma once

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "schemas/outcome.h"
#include "store/statements.h"
#include "store/store.h"

#include <sqlite3.h>

struct store {
	sqlite3 *db;
	int lock_fd;
	bool unsynced;	      /* the commits do not wait for the disk at the moment */
	int journal_pages;    /* in the journal since it was last moved into the database */
	struct wall_time now; /* of the last claim: what is past its expiry is never due again */
	sqlite3_stmt *statements[SQL_COUNT];
	struct state_cache *states;
	int64_t set_aside; /* targets quarantined since it was opened */
};

/* ---- open.c, migrate.c ---- */

int store_migrate(struct store *s, struct err *e);
/* Runs plain SQL text (settings, migrations). */
int store_exec(struct store *s, const char *sql, struct err *e);

/* ---- rows.c ---- */

/* The error number of what the database last said, with its words in *e. */
int store_fail(struct store *s, struct err *e);

/* Binds by types, one letter per parameter: t const char *, i int64_t, d int, w struct wall_time
 * (unknown: NULL), b const void * and size_t. Pointers are borrowed until the statement is reset.
 * NULL and *e on error. */
sqlite3_stmt *store_query(
	struct store *s, enum store_sql sql, struct err *e, const char *types, ...);
/* 1: a row; 0: no more (the statement is reset); negative: an error (likewise reset). */
int store_step(struct store *s, sqlite3_stmt *q, struct err *e);
/* Ends a statement before its last row. */
void store_done(sqlite3_stmt *q);
/* A statement without rows. Returns the number of rows it changed. */
int store_run(struct store *s, enum store_sql sql, struct err *e, const char *types, ...);
/* The first column of the first row: 1 and *out, or 0. */
int store_read_int(
	struct store *s, enum store_sql sql, int64_t *out, struct err *e, const char *types, ...);

const char *store_text(sqlite3_stmt *q, int column); /* "" for NULL; until the next step */
struct wall_time store_time(sqlite3_stmt *q, int column);

/* A row as an object, members named by the columns; the last character of a name tells more:
 * "@" a time, "?" a flag, "{" JSON text, "*" an address to be masked, "%" an id, masked if it is a
 * mail address. */
json_t *store_row_json(sqlite3_stmt *q);
/* All rows as an array; NULL and *e on error. Takes a NULL q for an error already told. */
json_t *store_rows_json(struct store *s, sqlite3_stmt *q, struct err *e);

/* ---- delivery.c ---- */

enum delivery_state {
	DELIVERY_HELD,
	DELIVERY_READY,
	DELIVERY_DONE,
	DELIVERY_EXPIRED,
	DELIVERY_CANCELLED,
};

struct delivery {
	struct pool *pool; /* owns the texts */
	int64_t seq;
	const char *id;
	const char *broadcast;
	enum delivery_state state;
	int priority;
	struct wall_time expires;
	bool resend_unknown;
	int64_t position;
	bool exhausted;
	int64_t waiting;
	int64_t expired;
	int64_t open_batches;
	struct wall_time next_retry;
	const char *audience_list;
	const char *category;
	const char *areas;   /* JSON */
	const char *targets; /* JSON */
};

/* Reads the row the statement stands on (DELIVERY_COLUMNS). delivery_clear() afterwards. */
void delivery_read(sqlite3_stmt *q, struct delivery *d);
int delivery_load(struct store *s, int64_t seq, struct delivery *d, struct err *e);
void delivery_clear(struct delivery *d);

/* What a step adds to a delivery's counters. */
struct tally {
	int64_t taken, delivered, waiting, claimed, unknown, failed, quarantined, expired,
		cancelled;
	int64_t resent_unknown, open_batches, attempts, confirmed;
	struct wall_time retry; /* the earliest new retry; WALL_TIME_NONE: none */
};
#define TALLY_NONE ((struct tally){.retry = WALL_TIME_NONE})

int delivery_add(
	struct store *s, int64_t seq, const struct tally *t, struct wall_time at, struct err *e);
/* The cursor: position, and whether that was all. */
int delivery_move(struct store *s, int64_t seq, int64_t position, bool exhausted, struct err *e);
/* Asserts that d may go there. */
int delivery_set_state(struct store *s, struct delivery *d, enum delivery_state state,
	const char *reason, struct wall_time at, struct err *e);
/* Ends it when nothing is left to try and nothing is out. */
int delivery_finish(struct store *s, int64_t seq, struct wall_time at, struct err *e);
/* The next retry anew from the waiting rows. */
int delivery_refresh_retry(struct store *s, int64_t seq, struct err *e);
/* Those not yet taken are not taken any more: into *count; moves the cursor to the end. */
int delivery_drop_rest(struct store *s, const struct delivery *d, int64_t *count, struct err *e);
/* Ends every target that is not out, as EXPIRED or CANCELLED; *ended counts them. Those that wait
 * for a resend may have been taken: they end unknown and are not in *ended. */
int delivery_end_waiting(struct store *s, const struct delivery *d, enum delivery_state as,
	struct wall_time at, int64_t *ended, struct err *e);

/* ---- audience.c ---- */

/* Recipients looked at in one claim: bounds the time a filter that fits few can take. */
enum { AUDIENCE_SCAN_MAX = 20000 };

struct audience_page {
	struct store_target *targets; /* in the given pool */
	int64_t *positions;	      /* likewise */
	size_t count;
	int64_t position; /* the cursor afterwards */
	bool exhausted;
};

/* The next max targets behind d->position. max 0: only counts all that are left (page->count). */
int audience_next(struct store *s, const struct delivery *d, size_t max, struct pool *pool,
	struct audience_page *page, struct err *e);
/* Targets by their positions, as they are now. */
int audience_at(struct store *s, const struct delivery *d, const int64_t *positions, size_t count,
	struct pool *pool, struct store_target *targets, struct err *e);

/* Rising positions as bytes; in the pool. */
const unsigned char *positions_encode(
	struct pool *pool, const int64_t *positions, size_t count, size_t *size);
/* Returns the number of positions read, at most max. */
size_t positions_decode(const unsigned char *bytes, size_t size, int64_t *positions, size_t max);

/* ---- batch.c, conclude.c ---- */

/* A batch that is out, as the store knows it. */
struct open_batch {
	int64_t seq;
	int64_t delivery;
	size_t size;
	int attempt;
	bool retry;
	enum delivery_state state;
	struct wall_time expires;
	bool resend_unknown;
	bool *done; /* owned, by item; NULL when not asked for */
	size_t done_count;
};

/* -EINVAL when it is closed, -ENOENT when there is no such batch. */
int batch_load(struct store *s, int64_t seq, bool with_done, struct open_batch *b, struct err *e);
void batch_clear(struct open_batch *b);
/* Closes it; every target must be concluded by now. last: what the delivery's counters do not have
 * yet. */
int batch_end(struct store *s, const struct open_batch *b, const struct tally *last,
	struct wall_time at, struct err *e);

struct conclusion {
	const struct outcome *outcome;
	struct wall_time retry_at;
	struct wall_time at;
	bool crashed;
};

/* Concludes all that b->done does not name, and closes the batch. Returns their number. */
int64_t conclude_open(struct store *s, const struct open_batch *b,
	const struct store_target *targets, const struct conclusion *c, struct err *e);

/* ---- recipients.c ---- */

/* Forgets recipients that were kept only for running deliveries, if none is left. */
int recipients_purge(struct store *s, const char *list, struct err *e);
