/* SPDX-License-Identifier: Apache-2.0
 *
 * What comes back later about a target. It moves forward only.
 */
#include "store/store_private.h"

#include <errno.h>
#include <string.h>

/* A run of receipts of one delivery: looked up once, counted once. */
struct run {
	const char *delivery; /* NULL: none yet */
	int64_t seq;	      /* 0: there is no such delivery */
	struct tally tally;
	struct wall_time at;
};

static int run_end(struct store *s, const struct run *run, struct err *e)
{
	return run->tally.confirmed == 0 ? 0 : delivery_add(s, run->seq, &run->tally, run->at, e);
}

static int run_begin(struct store *s, const char *delivery, struct run *run, struct err *e)
{
	*run = (struct run){.delivery = delivery, .tally = TALLY_NONE};
	int rc = store_read_int(s, SQL_DELIVERY_FIND, &run->seq, e, "t", delivery);
	return rc < 0 ? rc : 0;
}

/* 1 when it changed something, 0 when not. */
static int put(struct store *s, struct run *run, const struct store_receipt *r, struct err *e)
{
	int64_t before = RECEIPT_NONE;
	int rc = store_read_int(s, SQL_RECEIPT_STEP, &before, e, "it", run->seq, r->target);
	if (rc < 0 || (int64_t)r->state <= before) {
		return rc < 0 ? rc : 0;
	}
	if (before == RECEIPT_CONFIRMED && r->state == RECEIPT_REFUSED) {
		return 0; /* a replay elsewhere does not unring a siren */
	}
	rc = store_run(s, SQL_RECEIPT_PUT, e, "ittdwt", run->seq, r->target,
		receipt_state_name(r->state), (int)r->state, r->at, r->detail);
	/* A device that sounded and then failed is no confirmation any more. */
	run->tally.confirmed += (r->state == RECEIPT_CONFIRMED) - (before == RECEIPT_CONFIRMED);
	run->at = r->at;
	return rc < 0 ? rc : 1;
}

int store_add_receipts(struct store *s, struct store_receipt *list, size_t count, struct err *e)
{
	struct run run = {0};
	int rc = 0;
	for (size_t i = 0; i < count && rc >= 0; i++) {
		if (!run.delivery || strcmp(run.delivery, list[i].delivery) != 0) {
			rc = run_end(s, &run, e);
			rc = rc ? rc : run_begin(s, list[i].delivery, &run, e);
		}
		if (rc >= 0) {
			rc = run.seq ? put(s, &run, &list[i], e) : 0;
			list[i].result = run.seq ? rc : -ENOENT;
		}
	}
	return rc < 0 ? rc : run_end(s, &run, e);
}

int store_add_receipt(struct store *s, const char *delivery, const char *target,
	enum receipt_state state, struct wall_time at, const char *detail, struct err *e)
{
	struct store_receipt one = {
		.delivery = delivery,
		.target = target,
		.state = state,
		.at = at,
		.detail = detail,
	};
	int rc = store_add_receipts(s, &one, 1, e);
	if (rc == 0 && one.result == -ENOENT) {
		return err_set(e, -ENOENT, "no delivery %s", delivery);
	}
	return rc ? rc : one.result;
}
