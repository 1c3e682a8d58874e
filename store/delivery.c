/* SPDX-License-Identifier: Apache-2.0
 *
 * One delivery: its state, its counters, its end.
 *
 *   held <──► ready ──► done | expired      nothing left to try
 *     └─────────┴─────► cancelled
 *   done, expired ──► ready                 staff try exceptions again
 */
#include "store/store_private.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

static const char *const state_words[] = {
	[DELIVERY_HELD] = "held",
	[DELIVERY_READY] = "ready",
	[DELIVERY_DONE] = "done",
	[DELIVERY_EXPIRED] = "expired",
	[DELIVERY_CANCELLED] = "cancelled",
};
enum { STATES = sizeof(state_words) / sizeof(state_words[0]) };

static const bool may_go[STATES][STATES] = {
	[DELIVERY_HELD] = {[DELIVERY_READY] = true,
		[DELIVERY_DONE] = true,
		[DELIVERY_EXPIRED] = true,
		[DELIVERY_CANCELLED] = true},
	[DELIVERY_READY] = {[DELIVERY_HELD] = true,
		[DELIVERY_DONE] = true,
		[DELIVERY_EXPIRED] = true,
		[DELIVERY_CANCELLED] = true},
	[DELIVERY_DONE] = {[DELIVERY_READY] = true},
	[DELIVERY_EXPIRED] = {[DELIVERY_READY] = true},
};

static enum delivery_state parse_state(const char *word)
{
	enum delivery_state state = DELIVERY_HELD;
	while (state < DELIVERY_CANCELLED && strcmp(word, state_words[state]) != 0) {
		state++;
	}
	return state;
}

void delivery_read(sqlite3_stmt *q, struct delivery *d)
{
	struct pool *pool = pool_new();
	*d = (struct delivery){
		.pool = pool,
		.seq = sqlite3_column_int64(q, 0),
		.id = pool_copy_text(pool, store_text(q, 1)),
		.broadcast = pool_copy_text(pool, store_text(q, 2)),
		.state = parse_state(store_text(q, 3)),
		.priority = sqlite3_column_int(q, 4),
		.expires = store_time(q, 5),
		.resend_unknown = sqlite3_column_int(q, 6) != 0,
		.position = sqlite3_column_int64(q, 7),
		.exhausted = sqlite3_column_int(q, 8) != 0,
		.waiting = sqlite3_column_int64(q, 9),
		.expired = sqlite3_column_int64(q, 10),
		.open_batches = sqlite3_column_int64(q, 11),
		.next_retry = store_time(q, 12),
		.audience_list = pool_copy_text(pool, store_text(q, 13)),
		.category = pool_copy_text(pool, store_text(q, 14)),
		.areas = pool_copy_text(pool, store_text(q, 15)),
		.targets = pool_copy_text(pool, store_text(q, 16)),
	};
}

int delivery_load(struct store *s, int64_t seq, struct delivery *d, struct err *e)
{
	*d = (struct delivery){.seq = 0};
	sqlite3_stmt *q = store_query(s, SQL_DELIVERY_LOAD, e, "i", seq);
	int rc = q ? store_step(s, q, e) : e->code;
	if (rc == 1) {
		delivery_read(q, d);
		store_done(q);
		return 0;
	}
	return rc < 0 ? rc : err_set(e, -ENOENT, "no delivery %lld", (long long)seq);
}

void delivery_clear(struct delivery *d)
{
	pool_free(d->pool);
	d->pool = NULL;
}

int delivery_add(
	struct store *s, int64_t seq, const struct tally *t, struct wall_time at, struct err *e)
{
	s->set_aside += t->quarantined > 0 ? t->quarantined : 0; /* staff may take some back */
	int rc = store_run(s, SQL_DELIVERY_COUNT, e, "iiiiiiiiiiiiiiww", seq, t->taken,
		t->delivered, t->waiting, t->claimed, t->unknown, t->failed, t->quarantined,
		t->expired, t->cancelled, t->resent_unknown, t->open_batches, t->attempts,
		t->confirmed, t->retry, at);
	return rc < 0 ? rc : 0;
}

int delivery_move(struct store *s, int64_t seq, int64_t position, bool exhausted, struct err *e)
{
	int rc = store_run(s, SQL_DELIVERY_MOVE, e, "iid", seq, position, exhausted ? 1 : 0);
	return rc < 0 ? rc : 0;
}

int delivery_set_state(struct store *s, struct delivery *d, enum delivery_state state,
	const char *reason, struct wall_time at, struct err *e)
{
	if (!may_go[d->state][state]) {
		return err_set(e, -EINVAL, "delivery %s is %s and cannot become %s", d->id,
			state_words[d->state], state_words[state]);
	}
	int rc =
		store_run(s, SQL_DELIVERY_STATE, e, "ittw", d->seq, state_words[state], reason, at);
	if (rc < 0) {
		return rc;
	}
	d->state = state;
	bool open = state == DELIVERY_READY || state == DELIVERY_HELD || d->open_batches > 0;
	return open || d->audience_list[0] == '\0' ? 0 : recipients_purge(s, d->audience_list, e);
}

int delivery_finish(struct store *s, int64_t seq, struct wall_time at, struct err *e)
{
	int rc = store_run(s, SQL_DELIVERY_FINISH, e, "iw", seq, at);
	if (rc < 0) {
		return rc;
	}
	struct delivery d;
	rc = delivery_load(s, seq, &d, e);
	bool over = rc == 0 && d.state != DELIVERY_READY && d.state != DELIVERY_HELD &&
		    d.open_batches == 0;
	if (over && d.audience_list[0] != '\0') {
		rc = recipients_purge(s, d.audience_list, e);
	}
	delivery_clear(&d);
	return rc;
}

int delivery_refresh_retry(struct store *s, int64_t seq, struct err *e)
{
	int rc = store_run(s, SQL_DELIVERY_REFRESH, e, "i", seq);
	return rc < 0 ? rc : 0;
}

int delivery_drop_rest(struct store *s, const struct delivery *d, int64_t *count, struct err *e)
{
	*count = 0;
	if (d->exhausted) {
		return 0;
	}
	struct audience_page page;
	int rc = audience_next(s, d, 0, NULL, &page, e);
	if (rc == 0) {
		*count = (int64_t)page.count;
		const struct tally t = {.taken = *count, .retry = WALL_TIME_NONE};
		rc = delivery_add(s, d->seq, &t, WALL_TIME_NONE, e);
	}
	return rc ? rc : delivery_move(s, d->seq, page.position, true, e);
}

int delivery_end_waiting(struct store *s, const struct delivery *d, enum delivery_state as,
	struct wall_time at, int64_t *ended, struct err *e)
{
	assert(as == DELIVERY_EXPIRED || as == DELIVERY_CANCELLED);
	int64_t rest = 0;
	int rc = delivery_drop_rest(s, d, &rest, e);
	int unknown = rc ? rc : store_run(s, SQL_TARGETS_END_UNKNOWN, e, "iw", d->seq, at);
	int waiting = unknown < 0
			      ? unknown
			      : store_run(s, SQL_TARGETS_TO, e, "itw", d->seq, state_words[as], at);
	if (waiting < 0) {
		return waiting;
	}
	*ended = waiting + rest;
	const struct tally t = {
		.waiting = -waiting - unknown,
		.unknown = unknown,
		.expired = as == DELIVERY_EXPIRED ? *ended : 0,
		.cancelled = as == DELIVERY_CANCELLED ? *ended : 0,
		.retry = WALL_TIME_NONE,
	};
	rc = delivery_add(s, d->seq, &t, at, e);
	return rc ? rc : delivery_refresh_retry(s, d->seq, e);
}
