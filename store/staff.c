/* SPDX-License-Identifier: Apache-2.0
 *
 * What staff decide about deliveries: hold, release, try again, say how an unknown one ended.
 */
#include "store/store_private.h"

#include <errno.h>
#include <limits.h>

struct step {
	const char *reason;
	struct wall_time at;
	int64_t count; /* deliveries or targets concerned */
};

/* Calls act() for every delivery of id (a broadcast or a delivery). */
static int each_delivery(struct store *s, const char *id,
	int (*act)(struct store *s, struct delivery *d, struct step *step, struct err *e),
	struct step *step, struct err *e)
{
	int64_t after = 0;
	int64_t found = 0;
	int rc = store_read_int(s, SQL_BROADCAST_EXISTS, &found, e, "t", id);
	while (rc >= 0) {
		sqlite3_stmt *q = store_query(s, SQL_DELIVERY_OF_ID, e, "ti", id, after);
		rc = q ? store_step(s, q, e) : e->code;
		if (rc != 1) {
			break;
		}
		struct delivery d;
		delivery_read(q, &d);
		store_done(q);
		found = 1;
		after = d.seq;
		rc = act(s, &d, step, e);
		delivery_clear(&d);
	}
	if (rc == 0 && !found) {
		return err_set(e, -ENOENT, "no broadcast or delivery %s", id);
	}
	return rc < 0 ? rc : (int)(step->count > INT_MAX ? INT_MAX : step->count);
}

static int hold(struct store *s, struct delivery *d, struct step *step, struct err *e)
{
	if (d->state != DELIVERY_READY) {
		return 0;
	}
	step->count++;
	return delivery_set_state(s, d, DELIVERY_HELD, step->reason, step->at, e);
}

int store_hold(
	struct store *s, const char *id, const char *reason, struct wall_time at, struct err *e)
{
	struct step step = {.reason = reason, .at = at};
	int rc = store_run(s, SQL_BROADCAST_HOLD, e, "tdt", id, 1, reason);
	return rc < 0 ? rc : each_delivery(s, id, hold, &step, e);
}

static int release(struct store *s, struct delivery *d, struct step *step, struct err *e)
{
	if (d->state != DELIVERY_HELD) {
		return 0;
	}
	step->count++;
	int rc = delivery_set_state(s, d, DELIVERY_READY, "", step->at, e);
	return rc ? rc : delivery_finish(s, d->seq, step->at, e);
}

int store_release(struct store *s, const char *id, struct wall_time at, struct err *e)
{
	struct step step = {.at = at};
	int rc = store_run(s, SQL_BROADCAST_HOLD, e, "tdt", id, 0, "");
	return rc < 0 ? rc : each_delivery(s, id, release, &step, e);
}

/* Nothing is sent past its deadline, and nothing that was withdrawn comes back. */
static int retry(struct store *s, struct delivery *d, struct step *step, struct err *e)
{
	if (d->state == DELIVERY_CANCELLED || d->expires.ms <= step->at.ms) {
		return 0;
	}
	static const char *const states[] = {"failed", "unknown", "quarantined"};
	int changed[3] = {0};
	for (size_t i = 0; i < 3; i++) {
		changed[i] = store_run(s, SQL_TARGETS_RETRY, e, "itw", d->seq, states[i], step->at);
		if (changed[i] < 0) {
			return changed[i];
		}
	}
	int64_t all = (int64_t)changed[0] + changed[1] + changed[2];
	if (all == 0) {
		return 0;
	}
	step->count += all;
	const struct tally t = {
		.waiting = all,
		.failed = -changed[0],
		.unknown = -changed[1],
		.quarantined = -changed[2],
		.retry = step->at,
	};
	int rc = delivery_add(s, d->seq, &t, step->at, e);
	if (rc == 0 && (d->state == DELIVERY_DONE || d->state == DELIVERY_EXPIRED)) {
		rc = delivery_set_state(s, d, DELIVERY_READY, "", step->at, e);
	}
	return rc;
}

int store_retry(struct store *s, const char *id, struct wall_time at, struct err *e)
{
	struct step step = {.at = at};
	return each_delivery(s, id, retry, &step, e);
}

int store_resolve(struct store *s, const char *delivery, const char *target, bool delivered,
	struct wall_time at, struct err *e)
{
	int64_t seq = 0;
	int rc = store_read_int(s, SQL_DELIVERY_FIND, &seq, e, "t", delivery);
	if (rc != 1) {
		return rc < 0 ? rc : err_set(e, -ENOENT, "no delivery %s", delivery);
	}
	int changed = delivered
			      ? store_run(s, SQL_TARGETS_RESOLVE_DELIVERED, e, "it", seq, target)
			      : store_run(s, SQL_TARGETS_RESOLVE_FAILED, e, "itw", seq, target, at);
	if (changed < 0) {
		return changed;
	}
	if (changed == 0 && target[0] != '\0') {
		return err_set(e, -ENOENT, "no unknown target %s in %s", target, delivery);
	}
	const struct tally t = {
		.unknown = -changed,
		.delivered = delivered ? changed : 0,
		.failed = delivered ? 0 : changed,
		.retry = WALL_TIME_NONE,
	};
	rc = delivery_add(s, seq, &t, at, e);
	return rc ? rc : changed;
}
