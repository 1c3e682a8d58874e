/* SPDX-License-Identifier: Apache-2.0
 *
 * Alarms to staff: at most one of a kind about a subject is open at a time.
 */
#include "store/store_private.h"

int store_alarm_raise(
	struct store *s, const struct store_alarm *a, struct wall_time at, struct err *e)
{
	int rc = store_run(s, SQL_ALARM_AGAIN, e, "ttwt", a->what, a->subject, at, a->detail);
	if (rc != 0) {
		return rc < 0 ? rc : 0;
	}
	rc = store_run(s, SQL_ALARM_ADD, e, "tttdw", a->what, a->subject, a->detail,
		a->standing ? 1 : 0, at);
	return rc < 0 ? rc : 1;
}

int store_alarm_end(
	struct store *s, const char *what, const char *subject, struct wall_time at, struct err *e)
{
	return store_run(s, SQL_ALARM_END, e, "ttw", what, subject, at);
}

int store_alarm_ack(
	struct store *s, int64_t id, const char *who, struct wall_time at, struct err *e)
{
	return store_run(s, SQL_ALARM_ACK, e, "itw", id, who, at);
}

int store_alarm_told(struct store *s, struct wall_time at, struct err *e)
{
	return store_run(s, SQL_ALARM_TOLD, e, "w", at);
}

json_t *store_alarm_list(struct store *s, bool ended_too, int limit, struct err *e)
{
	return store_rows_json(
		s, store_query(s, SQL_ALARM_LIST, e, "dd", ended_too ? 1 : 0, limit), e);
}
