/* SPDX-License-Identifier: Apache-2.0
 *
 * What comes back later about a target. It moves forward only.
 */
#include "store/store_private.h"

#include <errno.h>

int store_add_receipt(struct store *s, const char *delivery, const char *target,
	enum receipt_state state, struct wall_time at, const char *detail, struct err *e)
{
	int64_t seq = 0;
	int64_t before = RECEIPT_NONE;
	int rc = store_read_int(s, SQL_DELIVERY_FIND, &seq, e, "t", delivery);
	if (rc != 1) {
		return rc < 0 ? rc : err_set(e, -ENOENT, "no delivery %s", delivery);
	}
	rc = store_read_int(s, SQL_RECEIPT_STEP, &before, e, "it", seq, target);
	if (rc < 0 || (int64_t)state <= before) {
		return rc < 0 ? rc : 0;
	}
	if (before == RECEIPT_CONFIRMED && state == RECEIPT_REFUSED) {
		return 0; /* a replay elsewhere does not unring a siren */
	}
	rc = store_run(s, SQL_RECEIPT_PUT, e, "ittdwt", seq, target, receipt_state_name(state),
		(int)state, at, detail);
	/* A device that sounded and then failed is no confirmation any more. */
	const struct tally t = {
		.confirmed = (state == RECEIPT_CONFIRMED) - (before == RECEIPT_CONFIRMED),
		.retry = WALL_TIME_NONE,
	};
	rc = rc < 0 ? rc : delivery_add(s, seq, &t, at, e);
	return rc < 0 ? rc : 1;
}
