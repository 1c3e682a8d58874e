/* SPDX-License-Identifier: Apache-2.0
 *
 * Broadcasts and the deliveries made of them.
 */
#include "store/store_private.h"

#include "base/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int store_add_broadcast(struct store *s, const struct broadcast *b, const char *json, bool held,
	const char *hold_reason, struct wall_time at, struct err *e)
{
	int rc = store_run(s, SQL_BROADCAST_ADD, e, "tttttttddtwt", b->id, b->alert, b->thread,
		alert_status_name(b->status), b->kind->name, event_type_name(b->event),
		severity_name(b->severity), b->update, held ? 1 : 0, hold_reason, at, json);
	return rc < 0 ? rc : 0;
}

/* Each name once: a target named twice would be one row too few. */
static char *names_json(const char *const *names, size_t count, size_t *left)
{
	json_t *array = json_array();
	json_t *seen = json_object();
	for (size_t i = 0; i < count; i++) {
		if (!json_object_get(seen, names[i])) {
			(void)json_object_set_new(seen, names[i], json_true());
			(void)json_array_append_new(array, json_string(names[i]));
		}
	}
	*left = json_array_size(array);
	char *text = json_to_text(array);
	json_decref(seen);
	json_decref(array);
	return text;
}

int store_add_delivery(
	struct store *s, const struct store_delivery *d, struct wall_time at, struct err *e)
{
	bool fixed = d->audience_list[0] == '\0';
	size_t count = 0;
	size_t ignored = 0;
	char *targets = names_json(d->targets, fixed ? d->target_count : 0, &count);
	char *areas = names_json(d->areas, d->area_count, &ignored);
	/* Without an expiry it never expires: the far end of time. */
	int64_t expires = wall_time_is_none(d->expires) ? INT64_MAX : d->expires.ms;
	int rc = store_run(s, SQL_DELIVERY_ADD, e, "tttdwidditttt", d->broadcast, d->channel,
		d->held ? "held" : "ready", d->priority, at, expires, d->resend_unknown ? 1 : 0,
		fixed && count == 0 ? 1 : 0, fixed ? (int64_t)count : (int64_t)-1, d->audience_list,
		d->category, areas, targets);
	free(targets);
	free(areas);
	if (rc >= 0 && fixed && count == 0) {
		rc = delivery_finish(s, sqlite3_last_insert_rowid(s->db), at, e);
	}
	return rc < 0 ? rc : 0;
}

static json_t *column_array(sqlite3_stmt *q, int column, struct err *e)
{
	return json_read(store_text(q, column), (size_t)sqlite3_column_bytes(q, column), e);
}

int store_said_since(struct store *s, enum alert_status status, const char *slot, const char *area,
	struct wall_time since, struct store_said *out, struct err *e)
{
	*out = (struct store_said){.severity = SEVERITY_UNKNOWN};
	sqlite3_stmt *q = store_query(
		s, SQL_SAID_SINCE, e, "tttw", alert_status_name(status), slot, area, since);
	int rc = q ? 0 : e->code;
	while (rc == 0 && (rc = store_step(s, q, e)) == 1) {
		enum severity severity = SEVERITY_UNKNOWN;
		(void)severity_parse(store_text(q, 0), &severity);
		int level = sqlite3_column_int(q, 1);
		out->count++;
		out->severity = severity > out->severity ? severity : out->severity;
		out->level = level > out->level ? level : out->level;
		rc = 0;
	}
	return rc;
}

int store_thread_each(struct store *s, enum alert_status status, const char *thread,
	void (*each)(void *to, const char *broadcast, int update, enum event_type event,
		const json_t *channels, const json_t *areas, bool waits),
	void *to, struct err *e)
{
	sqlite3_stmt *q =
		store_query(s, SQL_THREAD_EACH, e, "tt", thread, alert_status_name(status));
	if (!q) {
		return e->code;
	}
	int rc;
	while ((rc = store_step(s, q, e)) == 1) {
		enum event_type event = EVENT_INFO;
		(void)event_type_parse(store_text(q, 2), &event);
		json_t *channels = column_array(q, 3, e);
		json_t *areas = channels ? column_array(q, 4, e) : NULL;
		if (!areas) {
			json_decref(channels);
			store_done(q);
			e->code = -EIO;
			return -EIO;
		}
		each(to, store_text(q, 0), sqlite3_column_int(q, 1), event, channels, areas,
			sqlite3_column_int(q, 5) != 0);
		json_decref(areas);
		json_decref(channels);
	}
	return rc;
}

static int cancel_delivery(
	struct store *s, struct delivery *d, const char *reason, struct wall_time at, struct err *e)
{
	int64_t ended = 0;
	int rc = delivery_end_waiting(s, d, DELIVERY_CANCELLED, at, &ended, e);
	return rc ? rc : delivery_set_state(s, d, DELIVERY_CANCELLED, reason, at, e);
}

int store_cancel_broadcast(struct store *s, const char *broadcast, const char *reason,
	struct wall_time at, struct err *e)
{
	int64_t found = 0;
	int rc = store_read_int(s, SQL_BROADCAST_EXISTS, &found, e, "t", broadcast);
	if (rc == 0) {
		return err_set(e, -ENOENT, "no broadcast %s", broadcast);
	}
	int count = 0;
	int64_t after = 0;
	while (rc == 1) {
		struct delivery d;
		sqlite3_stmt *q = store_query(s, SQL_DELIVERY_OF_ID, e, "ti", broadcast, after);
		rc = q ? store_step(s, q, e) : e->code;
		if (rc != 1) {
			break;
		}
		delivery_read(q, &d);
		store_done(q);
		after = d.seq;
		if (d.state == DELIVERY_READY || d.state == DELIVERY_HELD) {
			rc = cancel_delivery(s, &d, reason, at, e);
			count++;
			rc = rc ? rc : 1;
		}
		delivery_clear(&d);
	}
	return rc < 0 ? rc : count;
}

char *store_broadcast_json(struct store *s, const char *id, struct err *e)
{
	sqlite3_stmt *q = store_query(s, SQL_BROADCAST_JSON, e, "t", id);
	int rc = q ? store_step(s, q, e) : e->code;
	if (rc != 1) {
		if (rc == 0) {
			(void)err_set(e, -ENOENT, "no broadcast %s", id);
		}
		return NULL;
	}
	char *json = mem_copy_text(store_text(q, 0));
	store_done(q);
	return json;
}
