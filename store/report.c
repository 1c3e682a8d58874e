/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists and counts for staff and metrics.
 */
#include "store/store_private.h"

#include <errno.h>

json_t *store_queue_list(struct store *s, int limit, struct err *e)
{
	return store_rows_json(s, store_query(s, SQL_QUEUE_LIST, e, "d", limit), e);
}

json_t *store_alert_list(struct store *s, int limit, struct err *e)
{
	return store_rows_json(s, store_query(s, SQL_ALERT_LIST, e, "d", limit), e);
}

json_t *store_list_channels(struct store *s, struct err *e)
{
	sqlite3_stmt *q = store_query(s, SQL_DELIVERY_CHANNELS, e, "");
	if (!q) {
		return NULL;
	}
	json_t *names = json_array();
	int rc;
	while ((rc = store_step(s, q, e)) == 1) {
		(void)json_array_append_new(names, json_string(store_text(q, 0)));
	}
	if (rc < 0) {
		json_decref(names);
		return NULL;
	}
	return names;
}

json_t *store_totals(struct store *s, struct err *e)
{
	sqlite3_stmt *q = store_query(s, SQL_TOTALS, e, "");
	if (!q || store_step(s, q, e) != 1) {
		return NULL;
	}
	json_t *totals = store_row_json(q);
	store_done(q);
	return totals;
}

int store_is_settled(
	struct store *s, const char *alert, int64_t confirmed, bool *settled, struct err *e)
{
	int64_t value = 0;
	int rc = store_read_int(s, SQL_SETTLED, &value, e, "ti", alert, confirmed);
	*settled = rc == 1 && value != 0;
	return rc == 0 ? err_set(e, -ENOENT, "no alert %s", alert) : rc < 0 ? rc : 0;
}
