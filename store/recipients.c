/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists of recipients. A list may be loaded anew while a delivery goes through it: rows keep their
 * place until no delivery needs them, so that nobody is skipped and nobody gets it twice.
 */
#include "store/store_private.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

int store_put_recipient(
	struct store *s, const char *list, const struct store_recipient *r, struct err *e)
{
	/* Made from the address, but not telling it: ids stand in logs. */
	char digest[DIGEST_HEX_SIZE];
	char id[DIGEST_HEX_SIZE + 1];
	if (r->id[0] == '\0') {
		digest_of_fields(digest, "recipient", r->address, NULL);
		(void)snprintf(id, sizeof(id), "r%.16s", digest);
	}
	int rc = store_run(s, SQL_RECIPIENT_PUT, e, "ttttttt", list, r->id[0] ? r->id : id,
		r->address, r->lang, r->name, r->categories, r->areas);
	return rc < 0 ? rc : 0;
}

static int in_use(struct store *s, const char *list, struct err *e)
{
	int64_t one;
	return store_read_int(s, SQL_RECIPIENTS_IN_USE, &one, e, "t", list);
}

int store_clear_recipients(struct store *s, const char *list, struct err *e)
{
	int64_t count = 0;
	int rc = store_read_int(s, SQL_RECIPIENTS_COUNT, &count, e, "t", list);
	rc = rc < 0 ? rc : in_use(s, list, e);
	if (rc >= 0) {
		rc = store_run(s, rc ? SQL_RECIPIENTS_REMOVE : SQL_RECIPIENTS_DROP, e, "t", list);
	}
	return rc < 0 ? rc : (int)count;
}

/* Copied, not renamed: who was on the list before keeps the place a running delivery knows. */
int store_adopt_recipients(
	struct store *s, const char *from, const char *to, bool replace, struct err *e)
{
	assert(strcmp(from, to) != 0);
	int rc = replace ? store_clear_recipients(s, to, e) : 0;
	rc = rc < 0 ? rc : store_run(s, SQL_RECIPIENTS_ADOPT, e, "tt", from, to);
	int moved = rc;
	rc = rc < 0 ? rc : store_clear_recipients(s, from, e);
	return rc < 0 ? rc : moved;
}

int recipients_purge(struct store *s, const char *list, struct err *e)
{
	int rc = in_use(s, list, e);
	if (rc == 0) {
		rc = store_run(s, SQL_RECIPIENTS_PURGE, e, "t", list);
	}
	return rc < 0 ? rc : 0;
}

int64_t store_count_recipients(struct store *s, const char *list, struct err *e)
{
	int64_t count = 0;
	int rc = store_read_int(s, SQL_RECIPIENTS_COUNT, &count, e, "t", list);
	return rc < 0 ? rc : count;
}

json_t *store_list_recipients(
	struct store *s, const char *list, const char *after, int limit, struct err *e)
{
	return store_rows_json(
		s, store_query(s, SQL_RECIPIENTS_LIST, e, "ttd", list, after, limit), e);
}
