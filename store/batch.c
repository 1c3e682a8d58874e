/* SPDX-License-Identifier: Apache-2.0
 *
 * A batch that is out: what of it is concluded, and its end.
 */
#include "store/store_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int load_done(struct store *s, struct open_batch *b, struct err *e)
{
	b->done = mem_new_array(b->size, sizeof(*b->done));
	sqlite3_stmt *q = store_query(s, SQL_BATCH_DONE_EACH, e, "i", b->seq);
	if (!q) {
		return e->code;
	}
	int rc;
	while ((rc = store_step(s, q, e)) == 1) {
		int64_t item = sqlite3_column_int64(q, 0);
		if (item >= 0 && (size_t)item < b->size && !b->done[item]) {
			b->done[item] = true;
			b->done_count++;
		}
	}
	return rc;
}

static enum delivery_state read_state(const char *word)
{
	if (strcmp(word, "ready") == 0 || strcmp(word, "held") == 0) {
		return DELIVERY_READY; /* alike to what is out */
	}
	return strcmp(word, "cancelled") == 0 ? DELIVERY_CANCELLED : DELIVERY_EXPIRED;
}

int batch_load(struct store *s, int64_t seq, bool with_done, struct open_batch *b, struct err *e)
{
	*b = (struct open_batch){.seq = seq};
	sqlite3_stmt *q = store_query(s, SQL_BATCH_LOAD, e, "i", seq);
	int rc = q ? store_step(s, q, e) : e->code;
	if (rc != 1) {
		return rc < 0 ? rc : err_set(e, -ENOENT, "no batch %lld", (long long)seq);
	}
	b->delivery = sqlite3_column_int64(q, 0);
	b->size = (size_t)sqlite3_column_int64(q, 1);
	b->attempt = sqlite3_column_int(q, 2);
	b->retry = sqlite3_column_int(q, 3) != 0;
	b->state = read_state(store_text(q, 4));
	b->expires = store_time(q, 5);
	b->resend_unknown = sqlite3_column_int(q, 6) != 0;
	bool closed = sqlite3_column_int(q, 7) != 0;
	store_done(q);
	if (closed) {
		return err_set(e, -EINVAL, "batch %lld is closed", (long long)seq);
	}
	return with_done ? load_done(s, b, e) : 0;
}

void batch_clear(struct open_batch *b)
{
	free(b->done);
	b->done = NULL;
}

int batch_end(struct store *s, const struct open_batch *b, const struct tally *last,
	struct wall_time at, struct err *e)
{
	int rc = b->done_count > 0 ? store_run(s, SQL_BATCH_DONE_DROP, e, "i", b->seq) : 0;
	rc = rc < 0 ? rc : store_run(s, SQL_BATCH_END, e, "iw", b->seq, at);
	if (rc < 0) {
		return rc;
	}
	struct tally t = *last;
	t.open_batches--;
	rc = delivery_add(s, b->delivery, &t, at, e);
	return rc ? rc : delivery_finish(s, b->delivery, at, e);
}

int store_close_batch(
	struct store *s, const struct store_batch *b, struct wall_time at, struct err *e)
{
	struct open_batch open;
	int rc = batch_load(s, b->id, false, &open, e);
	int64_t done = 0;
	if (rc == 0) {
		rc = store_read_int(s, SQL_BATCH_DONE_COUNT, &done, e, "i", open.seq);
	}
	if (rc < 0) {
		return rc;
	}
	if (done != (int64_t)open.size) {
		return err_set(e, -EINVAL, "batch %lld: %lld of %zu targets have no outcome",
			(long long)open.seq, (long long)open.size - (long long)done, open.size);
	}
	open.done_count = (size_t)done;
	const struct tally none = TALLY_NONE;
	return batch_end(s, &open, &none, at, e);
}
