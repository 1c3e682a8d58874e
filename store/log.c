/* SPDX-License-Identifier: Apache-2.0
 *
 * The record of who did what. Each entry's digest covers the one before, and the end is kept
 * beside it, so that a changed, removed or moved entry shows.
 */
#include "store/store_private.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct log_end {
	int64_t seq;
	char digest[DIGEST_HEX_SIZE];
};

static int read_end(struct store *s, struct log_end *end, struct err *e)
{
	sqlite3_stmt *q = store_query(s, SQL_LOG_END, e, "");
	int rc = q ? store_step(s, q, e) : e->code;
	if (rc != 1) {
		return rc < 0 ? rc : err_set(e, -EBADMSG, "the log's end is gone");
	}
	end->seq = sqlite3_column_int64(q, 0);
	(void)snprintf(end->digest, sizeof(end->digest), "%s", store_text(q, 1));
	store_done(q);
	return 0;
}

static void digest_entry(char out[DIGEST_HEX_SIZE], const char *prev, int64_t at_ms,
	const char *actor, const char *operation, const char *subject, const char *detail)
{
	char at[24];
	(void)snprintf(at, sizeof(at), "%" PRId64, at_ms);
	digest_of_fields(out, prev, at, actor, operation, subject, detail, NULL);
}

int store_log(struct store *s, struct wall_time at, const char *actor, const char *operation,
	const char *subject, const char *detail, struct err *e)
{
	struct log_end end = {0};
	int rc = read_end(s, &end, e);
	if (rc != 0) {
		return rc;
	}
	char digest[DIGEST_HEX_SIZE];
	digest_entry(digest, end.digest, at.ms, actor, operation, subject, detail);
	rc = store_run(s, SQL_LOG_ADD, e, "iitttttt", end.seq + 1, at.ms, actor, operation, subject,
		detail, end.digest, digest);
	rc = rc < 0 ? rc : store_run(s, SQL_LOG_MOVE_END, e, "it", end.seq + 1, digest);
	return rc < 0 ? rc : 0;
}

json_t *store_log_list(struct store *s, const char *subject, int limit, struct err *e)
{
	return store_rows_json(s, store_query(s, SQL_LOG_LIST, e, "td", subject, limit), e);
}

/* Checks the entry the statement stands on against the one before, and makes it the last. */
static int verify_entry(sqlite3_stmt *q, struct log_end *last, struct err *e)
{
	int64_t seq = sqlite3_column_int64(q, 0);
	if (seq != last->seq + 1) {
		return err_set(e, -EBADMSG, "log entry %" PRId64 " is missing", last->seq + 1);
	}
	if (strcmp(store_text(q, 6), last->digest) != 0) {
		return err_set(e, -EBADMSG, "log entry %" PRId64 " does not follow entry %" PRId64,
			seq, last->seq);
	}
	char digest[DIGEST_HEX_SIZE];
	digest_entry(digest, last->digest, sqlite3_column_int64(q, 1), store_text(q, 2),
		store_text(q, 3), store_text(q, 4), store_text(q, 5));
	if (strcmp(store_text(q, 7), digest) != 0) {
		return err_set(e, -EBADMSG, "log entry %" PRId64 " was changed", seq);
	}
	*last = (struct log_end){.seq = seq};
	(void)memcpy(last->digest, digest, sizeof(digest));
	return 0;
}

int store_verify_log(struct store *s, struct err *e)
{
	struct log_end end = {0};
	struct log_end last = {.seq = 0};
	int rc = read_end(s, &end, e);
	if (rc != 0) {
		return rc;
	}
	sqlite3_stmt *q = store_query(s, SQL_LOG_EACH, e, "");
	if (!q) {
		return e->code;
	}
	while ((rc = store_step(s, q, e)) == 1) {
		rc = verify_entry(q, &last, e);
		if (rc != 0) {
			store_done(q);
			return rc;
		}
	}
	if (rc == 0 && (last.seq != end.seq || strcmp(last.digest, end.digest) != 0)) {
		return err_set(e, -EBADMSG, "log entry %" PRId64 " is missing: it ends at %" PRId64,
			last.seq + 1, last.seq);
	}
	return rc;
}
