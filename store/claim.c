/* SPDX-License-Identifier: Apache-2.0
 *
 * The next batch of a channel. The most urgent delivery that has something due is chosen; within
 * it retries come before new targets. The claim is written before anything leaves the hub.
 */
#include "store/store_private.h"

#include <assert.h>

/* A target that was in this many crashes goes alone from then on. */
enum { CRASHES_ALONE = 2 };

static struct wall_time batch_expiry(const struct delivery *d)
{
	return d->expires.ms == INT64_MAX ? WALL_TIME_NONE : d->expires;
}

static int write_batch(struct store *s, const struct delivery *d, const char *agent, bool retry,
	const void *claim, size_t claim_size, struct wall_time now, struct store_batch *out,
	struct err *e)
{
	int rc = store_run(s, SQL_BATCH_ADD, e, "itdwidb", d->seq, agent, out->attempt, now,
		(int64_t)out->count, retry ? 1 : 0, claim, claim_size);
	if (rc < 0) {
		return rc;
	}
	out->id = sqlite3_last_insert_rowid(s->db);
	out->delivery = pool_copy_text(out->pool, d->id);
	out->broadcast = pool_copy_text(out->pool, d->broadcast);
	out->priority = d->priority;
	out->expires = batch_expiry(d);
	out->resend_unknown = d->resend_unknown;
	return 0;
}

static int count_claim(struct store *s, const struct delivery *d, int64_t taken, int64_t retried,
	struct wall_time now, struct err *e)
{
	const struct tally t = {
		.taken = taken,
		.waiting = -retried,
		.claimed = taken + retried,
		.open_batches = 1,
		.attempts = 1,
		.retry = WALL_TIME_NONE,
	};
	return delivery_add(s, d->seq, &t, now, e);
}

/* 1: claimed; 0: nobody behind the cursor now (it moved). */
static int claim_fresh(struct store *s, const struct delivery *d, size_t max, const char *agent,
	struct wall_time now, struct store_batch *out, bool *exhausted, struct err *e)
{
	struct audience_page page;
	int rc = audience_next(s, d, max, out->pool, &page, e);
	if (rc != 0) {
		return rc;
	}
	*exhausted = page.exhausted;
	if (page.count > 0) {
		size_t size;
		const unsigned char *claim =
			positions_encode(out->pool, page.positions, page.count, &size);
		out->targets = page.targets;
		out->count = page.count;
		out->attempt = 1;
		rc = write_batch(s, d, agent, false, claim, size, now, out, e);
		rc = rc ? rc : count_claim(s, d, (int64_t)page.count, 0, now, e);
	}
	rc = rc ? rc : delivery_move(s, d->seq, page.position, page.exhausted, e);
	return rc ? rc : page.count > 0;
}

static int read_due(struct store *s, const struct delivery *d, size_t max, struct wall_time now,
	struct store_batch *out, struct err *e)
{
	sqlite3_stmt *q = store_query(s, SQL_TARGET_FIRST_DUE, e, "iw", d->seq, now);
	int rc = q ? store_step(s, q, e) : e->code;
	if (rc != 1) {
		return rc;
	}
	int64_t attempt = sqlite3_column_int64(q, 0);
	bool alone = sqlite3_column_int64(q, 1) >= CRASHES_ALONE;
	store_done(q);
	max = alone ? 1 : max;
	out->attempt = (int)attempt + 1;
	out->targets = pool_take(out->pool, max * sizeof(*out->targets));
	q = store_query(s, SQL_TARGET_DUE, e, "iwiddi", d->seq, now, attempt,
		alone ? CRASHES_ALONE : 0, alone ? INT32_MAX : CRASHES_ALONE - 1, (int64_t)max);
	if (!q) {
		return e->code;
	}
	while ((rc = store_step(s, q, e)) == 1) {
		out->targets[out->count++] = (struct store_target){
			.id = pool_copy_text(out->pool, store_text(q, 0)),
			.address = pool_copy_text(out->pool, store_text(q, 1)),
			.lang = pool_copy_text(out->pool, store_text(q, 2)),
			.area = pool_copy_text(out->pool, store_text(q, 3)),
		};
	}
	return rc < 0 ? rc : 1;
}

/* 1: claimed; 0: none was due after all. */
static int claim_due(struct store *s, const struct delivery *d, size_t max, const char *agent,
	struct wall_time now, struct store_batch *out, struct err *e)
{
	int rc = read_due(s, d, max, now, out, e);
	if (rc == 1 && out->count > 0) {
		rc = write_batch(s, d, agent, true, NULL, 0, now, out, e);
		rc = rc ? rc : count_claim(s, d, 0, (int64_t)out->count, now, e);
		for (size_t i = 0; rc >= 0 && i < out->count; i++) {
			rc = store_run(s, SQL_TARGET_CLAIM, e, "itiw", d->seq, out->targets[i].id,
				out->id, now);
		}
		rc = rc < 0 ? rc : 1;
	}
	if (rc < 0) {
		return rc;
	}
	int refreshed = delivery_refresh_retry(s, d->seq, e);
	return refreshed ? refreshed : rc;
}

static int candidate(struct store *s, const char *channel, struct wall_time now, struct delivery *d,
	struct err *e)
{
	sqlite3_stmt *q = store_query(s, SQL_CLAIM_CANDIDATE, e, "tw", channel, now);
	int rc = q ? store_step(s, q, e) : e->code;
	if (rc == 1) {
		delivery_read(q, d);
		store_done(q);
	}
	return rc;
}

/* 1: claimed; 0: look again; 2: nothing more in this call. */
static int claim_from(struct store *s, const struct delivery *d, size_t max, const char *agent,
	struct wall_time now, struct store_batch *out, struct err *e)
{
	if (!wall_time_is_none(d->next_retry) && d->next_retry.ms <= now.ms) {
		return claim_due(s, d, max, agent, now, out, e);
	}
	bool exhausted = false;
	int rc = claim_fresh(s, d, max, agent, now, out, &exhausted, e);
	if (rc != 0) {
		return rc;
	}
	if (!exhausted) {
		return 2; /* a long way without a match: goes on in the next turn */
	}
	return delivery_finish(s, d->seq, now, e);
}

int store_claim(struct store *s, const char *channel, size_t max, const char *agent,
	struct wall_time now, struct store_batch *out, struct err *e)
{
	assert(max > 0);
	s->now = now;
	*out = (struct store_batch){.pool = pool_new()};
	int rc = 0;
	while (rc == 0) {
		struct delivery d;
		rc = candidate(s, channel, now, &d, e);
		if (rc != 1) {
			break;
		}
		rc = claim_from(s, &d, max, agent, now, out, e);
		delivery_clear(&d);
	}
	if (rc == 1) {
		return 1;
	}
	store_batch_clear(out);
	return rc < 0 ? rc : 0;
}

void store_batch_clear(struct store_batch *b)
{
	pool_free(b->pool);
	*b = (struct store_batch){.pool = NULL};
}

int store_next_due(struct store *s, const char *channel, struct wall_time *out, struct err *e)
{
	*out = WALL_TIME_NONE;
	sqlite3_stmt *q = store_query(s, SQL_NEXT_DUE, e, "tw", channel, s->now);
	int rc = q ? store_step(s, q, e) : e->code;
	if (rc == 1) {
		*out = store_time(q, 0);
		store_done(q);
	}
	return rc < 0 ? rc : 0;
}

int store_has_due(struct store *s, const char *channel, struct wall_time now, struct err *e)
{
	int64_t one;
	return store_read_int(s, SQL_HAS_DUE, &one, e, "tw", channel, now);
}
