/* SPDX-License-Identifier: Apache-2.0
 *
 * What became of the targets of a batch. A target delivered at the first attempt leaves no row;
 * every other one has its row in `targets`, and the delivery's counters move with it.
 */
#include "store/store_private.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>

/* At this many crashes a target is set aside for staff. */
enum { CRASHES_QUARANTINE = 3 };

enum target_end {
	TARGET_DELIVERED,
	TARGET_WAITING,
	TARGET_RESENT, /* waiting, although it may have been taken */
	TARGET_UNKNOWN,
	TARGET_FAILED,
	TARGET_QUARANTINED,
	TARGET_EXPIRED,
	TARGET_CANCELLED,
};

static const char *const end_words[] = {
	[TARGET_DELIVERED] = "",
	[TARGET_WAITING] = "waiting",
	[TARGET_RESENT] = "waiting",
	[TARGET_UNKNOWN] = "unknown",
	[TARGET_FAILED] = "failed",
	[TARGET_QUARANTINED] = "quarantined",
	[TARGET_EXPIRED] = "expired",
	[TARGET_CANCELLED] = "cancelled",
};

static struct wall_time retry_time(const struct conclusion *c)
{
	return wall_time_is_none(c->retry_at) ? c->at : c->retry_at;
}

/* What earlier attempts left behind. */
struct before {
	int64_t crashes;
	bool maybe_taken;
};

/* "Expired" and "cancelled" say surely not sent: what may have been taken stays unknown. */
static enum target_end judge(const struct open_batch *b, const struct conclusion *c,
	const struct before *before, int64_t crashes)
{
	bool in_time = b->state == DELIVERY_READY && retry_time(c).ms < b->expires.ms;
	enum outcome_class class = c->outcome->class;
	if (class == OUTCOME_DELIVERED) {
		return TARGET_DELIVERED;
	}
	if (class == OUTCOME_PERMANENT) {
		return TARGET_FAILED;
	}
	if (c->crashed && crashes >= CRASHES_QUARANTINE) {
		return TARGET_QUARANTINED;
	}
	if (class == OUTCOME_UNKNOWN) {
		return b->resend_unknown && in_time ? TARGET_RESENT : TARGET_UNKNOWN;
	}
	if (in_time) {
		return TARGET_WAITING;
	}
	if (before->maybe_taken) {
		return TARGET_UNKNOWN;
	}
	return b->state == DELIVERY_CANCELLED ? TARGET_CANCELLED : TARGET_EXPIRED;
}

static void count(struct tally *t, enum target_end end, int64_t n, struct wall_time retry)
{
	t->claimed -= n;
	switch (end) {
	case TARGET_DELIVERED:
		t->delivered += n;
		break;
	case TARGET_RESENT:
		t->resent_unknown += n;
		/* fall through */
	case TARGET_WAITING:
		t->waiting += n;
		t->retry = wall_time_is_none(t->retry) || retry.ms < t->retry.ms ? retry : t->retry;
		break;
	case TARGET_UNKNOWN:
		t->unknown += n;
		break;
	case TARGET_FAILED:
		t->failed += n;
		break;
	case TARGET_QUARANTINED:
		t->quarantined += n;
		break;
	case TARGET_EXPIRED:
		t->expired += n;
		break;
	case TARGET_CANCELLED:
		t->cancelled += n;
		break;
	}
}

static int put_target(struct store *s, const struct open_batch *b, const struct store_target *t,
	const struct conclusion *c, enum target_end end, int64_t crashes, struct err *e)
{
	const struct outcome *o = c->outcome;
	bool waits = end == TARGET_WAITING || end == TARGET_RESENT;
	return store_run(s, SQL_TARGET_PUT, e, "ittdiwiwttdttttt", b->delivery, t->id,
		end_words[end], b->attempt, crashes, waits ? retry_time(c) : WALL_TIME_NONE, b->seq,
		c->at, outcome_class_name(o->class), outcome_reason_name(o->reason), o->code,
		o->text, o->remote_id, t->address, t->lang, t->area);
}

static int read_before(struct store *s, const struct open_batch *b, const struct store_target *t,
	struct before *out, struct err *e)
{
	sqlite3_stmt *q = store_query(s, SQL_TARGET_BEFORE, e, "it", b->delivery, t->id);
	int rc = q ? store_step(s, q, e) : e->code;
	if (rc == 1) {
		out->crashes = sqlite3_column_int64(q, 0);
		out->maybe_taken = sqlite3_column_int(q, 1) != 0;
		store_done(q);
	}
	return rc < 0 ? rc : 0;
}

static int conclude_one(struct store *s, const struct open_batch *b, const struct store_target *t,
	const struct conclusion *c, struct tally *tally, struct err *e)
{
	struct before before = {.crashes = 0};
	int rc = b->retry ? read_before(s, b, t, &before, e) : 0;
	if (rc < 0) {
		return rc;
	}
	int64_t crashes = before.crashes + (c->crashed ? 1 : 0);
	enum target_end end = judge(b, c, &before, crashes);
	count(tally, end, 1, retry_time(c));
	if (end != TARGET_DELIVERED) {
		rc = put_target(s, b, t, c, end, crashes, e);
	} else if (b->retry) {
		rc = store_run(s, SQL_TARGET_DROP, e, "it", b->delivery, t->id);
	} else {
		rc = 0;
	}
	return rc < 0 ? rc : 0;
}

/* The history of the batch: counts by class, the first error in words. */
static int count_batch(struct store *s, const struct open_batch *b, const struct conclusion *c,
	int64_t n, struct err *e)
{
	const struct outcome *o = c->outcome;
	char error[OUTCOME_TEXT_SIZE + 32] = "";
	if (o->class != OUTCOME_DELIVERED) {
		(void)snprintf(error, sizeof(error), "%s%s%s", outcome_reason_name(o->reason),
			o->text[0] ? ": " : "", o->text);
	}
	int64_t of[4] = {0};
	assert((size_t)o->class < 4);
	of[o->class] = n;
	int rc = store_run(s, SQL_BATCH_COUNT, e, "iiiiidt", b->seq, of[OUTCOME_DELIVERED],
		of[OUTCOME_TRANSIENT], of[OUTCOME_PERMANENT], of[OUTCOME_UNKNOWN],
		c->crashed ? 1 : 0, error);
	return rc < 0 ? rc : 0;
}

int store_conclude(struct store *s, const struct store_batch *b, size_t index,
	const struct outcome *o, struct wall_time retry_at, bool crashed, struct wall_time at,
	struct err *e)
{
	assert(index < b->count);
	const struct conclusion c = {
		.outcome = o, .retry_at = retry_at, .at = at, .crashed = crashed};
	struct open_batch open;
	int rc = batch_load(s, b->id, false, &open, e);
	if (rc != 0) {
		return rc;
	}
	rc = store_run(s, SQL_BATCH_DONE_ADD, e, "ii", open.seq, (int64_t)index);
	if (rc <= 0) {
		return rc; /* 0: concluded before; the first word counts */
	}
	struct tally tally = TALLY_NONE;
	rc = conclude_one(s, &open, &b->targets[index], &c, &tally, e);
	rc = rc ? rc : delivery_add(s, open.delivery, &tally, at, e);
	return rc ? rc : count_batch(s, &open, &c, 1, e);
}

int64_t conclude_open(struct store *s, const struct open_batch *b,
	const struct store_target *targets, const struct conclusion *c, struct err *e)
{
	struct tally tally = TALLY_NONE;
	int64_t rest = (int64_t)(b->size - b->done_count);
	int rc = 0;
	if (c->outcome->class == OUTCOME_DELIVERED && !b->retry) {
		count(&tally, TARGET_DELIVERED, rest, c->at); /* no rows: the common way */
	} else {
		for (size_t i = 0; rc == 0 && i < b->size; i++) {
			if (!b->done[i]) {
				rc = conclude_one(s, b, &targets[i], c, &tally, e);
			}
		}
	}
	if (rc == 0 && rest > 0) {
		rc = count_batch(s, b, c, rest, e);
	}
	rc = rc ? rc : batch_end(s, b, &tally, c->at, e);
	return rc ? rc : rest;
}

int store_conclude_rest(struct store *s, const struct store_batch *b, const bool *skip,
	const struct outcome *o, struct wall_time retry_at, bool crashed, struct wall_time at,
	struct err *e)
{
	const struct conclusion c = {
		.outcome = o, .retry_at = retry_at, .at = at, .crashed = crashed};
	struct open_batch open;
	int rc = batch_load(s, b->id, true, &open, e);
	if (rc == 0 && open.size != b->count) {
		rc = err_set(e, -EINVAL, "batch %lld has another size", (long long)open.seq);
	}
	for (size_t i = 0; skip && rc == 0 && i < open.size; i++) {
		if (skip[i] && !open.done[i]) {
			rc = err_set(e, -EINVAL,
				"batch %lld: target %zu is skipped but has no "
				"outcome",
				(long long)open.seq, i);
		}
	}
	int64_t concluded = rc ? rc : conclude_open(s, &open, b->targets, &c, e);
	batch_clear(&open);
	return concluded < 0 ? (int)concluded : 0;
}
