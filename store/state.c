/* SPDX-License-Identifier: Apache-2.0
 *
 * What is in force, per status, municipality and slot (schemas/state.h).
 */
#include "store/state_cache.h"
#include "store/store_private.h"

#include <assert.h>

/* Members whose stored word this program does not know keep their safe zero. */
static bool read_row(sqlite3_stmt *q, enum alert_status status, struct state_row *row)
{
	*row = (struct state_row){
		.status = status,
		.municipality = store_text(q, 0),
		.slot = store_text(q, 1),
		.in_force = sqlite3_column_int(q, 2) != 0,
		.kind = kind_find(store_text(q, 3)),
		.level = sqlite3_column_int(q, 5),
		.code = store_text(q, 6),
		.name = store_text(q, 7),
		.value = store_text(q, 8),
		.source = store_text(q, 9),
		.series = store_text(q, 10),
		.event = store_text(q, 11),
		.issued = store_time(q, 12),
		.sent = store_time(q, 13),
		.expires = store_time(q, 14),
		.thread = store_text(q, 15),
		.alert = store_text(q, 16),
	};
	(void)severity_parse(store_text(q, 4), &row->severity);
	return row->kind != NULL;
}

static int read_all(
	struct store *s, enum alert_status status, const char *municipality, struct err *e)
{
	sqlite3_stmt *q =
		store_query(s, SQL_STATE_EACH, e, "tt", alert_status_name(status), municipality);
	if (!q) {
		return e->code;
	}
	state_cache_open(s->states, status, municipality);
	int rc;
	while ((rc = store_step(s, q, e)) == 1) {
		struct state_row row;
		if (read_row(q, status, &row)) {
			state_cache_put(s->states, &row);
		}
	}
	if (rc < 0) {
		state_cache_close(s->states, status, municipality);
	}
	return rc;
}

int store_state_each(struct store *s, enum alert_status status, const char *municipality,
	void (*each)(void *to, const struct state_row *row), void *to, struct err *e)
{
	size_t count = 0;
	const struct state_row *const *rows =
		state_cache_rows(s->states, status, municipality, &count);
	if (!rows) {
		int rc = read_all(s, status, municipality, e);
		if (rc) {
			return rc;
		}
		rows = state_cache_rows(s->states, status, municipality, &count);
	}
	for (size_t i = 0; i < count; i++) {
		each(to, rows[i]);
	}
	return 0;
}

int store_state_put(struct store *s, const struct state_row *row, struct err *e)
{
	assert(row->kind);
	int rc = store_run(s, SQL_STATE_PUT, e, "tttdttdttttttwwwtt",
		alert_status_name(row->status), row->municipality, row->slot, row->in_force ? 1 : 0,
		row->kind->name, severity_name(row->severity), row->level, row->code, row->name,
		row->value, row->source, row->series, row->event, row->issued, row->sent,
		row->expires, row->thread, row->alert);
	if (rc < 0) {
		state_cache_drop(s->states);
		return rc;
	}
	state_cache_put(s->states, row);
	return 0;
}

json_t *store_state_list(struct store *s, struct err *e)
{
	return store_rows_json(s, store_query(s, SQL_STATE_LIST, e, ""), e);
}
