/* SPDX-License-Identifier: Apache-2.0
 *
 * Field devices as last heard, and small values that survive restarts.
 */
#include "store/store_private.h"

int store_put_device(struct store *s, const char *channel, const char *device,
	const char *state_json, struct wall_time seen, struct err *e)
{
	int rc = store_run(s, SQL_DEVICE_PUT, e, "tttw", channel, device, state_json, seen);
	return rc < 0 ? rc : 0;
}

json_t *store_list_devices(struct store *s, struct err *e)
{
	return store_rows_json(s, store_query(s, SQL_DEVICE_LIST, e, ""), e);
}

int store_get_value(struct store *s, const char *key, char **value, struct err *e)
{
	*value = NULL;
	sqlite3_stmt *q = store_query(s, SQL_VALUE_GET, e, "t", key);
	int rc = q ? store_step(s, q, e) : e->code;
	if (rc < 0) {
		return rc;
	}
	*value = mem_copy_text(rc == 1 ? store_text(q, 0) : "");
	if (rc == 1) {
		store_done(q);
	}
	return 0;
}

int store_put_value(struct store *s, const char *key, const char *value, struct err *e)
{
	int rc = store_run(s, SQL_VALUE_PUT, e, "tt", key, value);
	return rc < 0 ? rc : 0;
}

int64_t store_set_aside_count(const struct store *s)
{
	return s->set_aside;
}
