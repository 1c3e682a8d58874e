/* SPDX-License-Identifier: Apache-2.0
 *
 * What time and crashes do to the queue: batches that were out when the hub died, and deliveries
 * past their deadline.
 */
#include "store/store_private.h"

#include <errno.h>
#include <limits.h>

/* ---- recovery ---- */

static int claim_rows(struct store *s, struct open_batch *b, struct store_target *targets,
	struct pool *pool, struct err *e)
{
	sqlite3_stmt *q = store_query(s, SQL_TARGETS_CLAIMED, e, "i", b->seq);
	if (!q) {
		return e->code;
	}
	size_t count = 0;
	int rc;
	while ((rc = store_step(s, q, e)) == 1 && count < b->size) {
		targets[count++] = (struct store_target){
			.id = pool_copy_text(pool, store_text(q, 0)),
			.address = pool_copy_text(pool, store_text(q, 1)),
			.lang = pool_copy_text(pool, store_text(q, 2)),
			.area = pool_copy_text(pool, store_text(q, 3)),
		};
	}
	if (rc == 1) {
		store_done(q);
		return err_set(e, -EIO, "batch %lld is damaged", (long long)b->seq);
	}
	/* Only those without an outcome are still claimed; their order does not matter. */
	for (size_t i = 0; i < b->size; i++) {
		b->done[i] = i >= count;
	}
	b->done_count = b->size - count;
	return rc;
}

static int claim_positions(struct store *s, const struct open_batch *b,
	struct store_target *targets, struct pool *pool, struct err *e)
{
	int64_t *positions = pool_take(pool, (b->size + 1) * sizeof(*positions));
	sqlite3_stmt *q = store_query(s, SQL_BATCH_CLAIM, e, "i", b->seq);
	int rc = q ? store_step(s, q, e) : e->code;
	if (rc == 1) {
		const unsigned char *claim = sqlite3_column_blob(q, 0);
		size_t count = positions_decode(
			claim, (size_t)sqlite3_column_bytes(q, 0), positions, b->size);
		store_done(q);
		rc = count == b->size ? 0 : -EIO;
	} else if (rc == 0) {
		rc = -EIO;
	}
	if (rc != 0) {
		return err_set(e, rc, "batch %lld is damaged", (long long)b->seq);
	}
	struct delivery d;
	rc = delivery_load(s, b->delivery, &d, e);
	rc = rc ? rc : audience_at(s, &d, positions, b->size, pool, targets, e);
	delivery_clear(&d);
	return rc;
}

static int64_t recover_batch(struct store *s, int64_t seq, struct wall_time now, struct err *e)
{
	const struct outcome o = {
		.class = OUTCOME_UNKNOWN,
		.reason = OUTCOME_REASON_CRASH,
		.text = "the hub stopped while the batch was out",
	};
	const struct conclusion c = {.outcome = &o, .retry_at = now, .at = now};
	struct open_batch b;
	int rc = batch_load(s, seq, true, &b, e);
	struct pool *pool = pool_new();
	struct store_target *targets = pool_take(pool, (b.size + 1) * sizeof(*targets));
	if (rc == 0) {
		rc = b.retry ? claim_rows(s, &b, targets, pool, e)
			     : claim_positions(s, &b, targets, pool, e);
	}
	int64_t concluded = rc ? rc : conclude_open(s, &b, targets, &c, e);
	pool_free(pool);
	batch_clear(&b);
	return concluded;
}

int store_recover(struct store *s, struct wall_time now, struct err *e)
{
	int64_t all = 0;
	int64_t seq = 0;
	int rc;
	while ((rc = store_read_int(s, SQL_BATCH_OPEN_FIRST, &seq, e, "")) == 1) {
		int64_t concluded = recover_batch(s, seq, now, e);
		if (concluded < 0) {
			return (int)concluded;
		}
		all += concluded;
	}
	return rc < 0 ? rc : (int)(all > INT_MAX ? INT_MAX : all);
}

/* ---- the deadline ---- */

static int64_t expire_delivery(
	struct store *s, struct delivery *d, struct wall_time now, struct err *e)
{
	int64_t ended = 0;
	int rc = delivery_end_waiting(s, d, DELIVERY_EXPIRED, now, &ended, e);
	if (rc == 0 && ended + d->expired > 0) {
		rc = delivery_set_state(s, d, DELIVERY_EXPIRED, "its deadline passed", now, e);
	} else if (rc == 0) {
		rc = delivery_finish(s, d->seq, now, e);
	}
	return rc ? rc : ended;
}

int store_expire(struct store *s, struct wall_time now, struct err *e)
{
	s->now = now;
	int64_t all = 0;
	for (;;) {
		sqlite3_stmt *q = store_query(s, SQL_DELIVERY_OVERDUE, e, "w", now);
		int rc = q ? store_step(s, q, e) : e->code;
		if (rc != 1) {
			return rc < 0 ? rc : (int)(all > INT_MAX ? INT_MAX : all);
		}
		struct delivery d;
		delivery_read(q, &d);
		store_done(q);
		int64_t expired = expire_delivery(s, &d, now, e);
		delivery_clear(&d);
		if (expired < 0) {
			return (int)expired;
		}
		all += expired;
	}
}

int store_hasten_retries(struct store *s, struct wall_time now, struct err *e)
{
	int rc = store_run(s, SQL_TARGETS_HASTEN, e, "w", now);
	return rc < 0 ? rc : store_run(s, SQL_DELIVERIES_HASTEN, e, "w", now);
}
