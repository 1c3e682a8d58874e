/* SPDX-License-Identifier: Apache-2.0
 *
 * What came in: alerts with their bytes, sightings, refusals, tombstones.
 */
#include "store/store_private.h"

#include <stdio.h>

int store_find_digest(struct store *s, const char *digest, char out[ALERT_ID_SIZE], struct err *e)
{
	out[0] = '\0';
	sqlite3_stmt *q = store_query(s, SQL_ALERT_BY_DIGEST, e, "t", digest);
	int rc = q ? store_step(s, q, e) : e->code;
	if (rc == 1) {
		(void)snprintf(out, ALERT_ID_SIZE, "%s", store_text(q, 0));
		store_done(q);
	}
	return rc < 0 ? rc : 0;
}

int store_add_alert(struct store *s, const struct store_alert *a, struct err *e)
{
	const struct alert *alert = a->alert;
	int rc = store_run(s, SQL_ALERT_ADD, e, "ttttttttttwwttdttb", a->id, alert->digest,
		alert_status_name(alert->status), alert_action_name(alert->action), alert->type,
		alert->title, alert->series, alert->revision, severity_name(alert_severity(alert)),
		a->feed, alert->issued, a->received, a->verdict, a->reason, a->alarm ? 1 : 0,
		a->trace, a->json, a->raw, a->raw_size);
	return rc < 0 ? rc : 0;
}

int store_add_sighting(
	struct store *s, const char *alert, const char *feed, struct wall_time at, struct err *e)
{
	int rc = store_run(s, SQL_SIGHTING_ADD, e, "ttw", alert, feed, at);
	return rc < 0 ? rc : 0;
}

int store_add_refusal(struct store *s, const char *feed, const char *code, const char *reason,
	int line, struct wall_time at, const void *raw, size_t raw_size, struct err *e)
{
	int rc = store_run(
		s, SQL_REFUSAL_ADD, e, "tttdwb", feed, code, reason, line, at, raw, raw_size);
	return rc < 0 ? rc : 0;
}

int store_add_tombstone(struct store *s, enum alert_status status, const char *series,
	const char *revision, const char *by_alert, struct wall_time at, struct err *e)
{
	int rc = store_run(s, SQL_TOMBSTONE_ADD, e, "ttttw", alert_status_name(status), series,
		revision, by_alert, at);
	return rc < 0 ? rc : 0;
}

int store_has_tombstone(struct store *s, enum alert_status status, const char *series,
	const char *revision, struct err *e)
{
	int64_t one;
	return store_read_int(
		s, SQL_TOMBSTONE_FIND, &one, e, "ttt", alert_status_name(status), series, revision);
}
