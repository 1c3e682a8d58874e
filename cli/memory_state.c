/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/memory_state.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct kept_broadcast {
	enum alert_status status;
	const char *id;
	const char *thread;
	int update;
	enum event_type event;
	struct text_list channels;
	struct text_list areas; /* codes */
	bool waits;		/* held: no staff release anything here */
};

struct grave {
	enum alert_status status;
	const char *series;
	const char *revision;
};

struct memory_state {
	struct pool *pool;
	struct state_row *rows;
	size_t row_count;
	size_t row_capacity;
	struct kept_broadcast *broadcasts;
	size_t broadcast_count;
	size_t broadcast_capacity;
	struct grave *graves;
	size_t grave_count;
	size_t grave_capacity;
	const char **digests;
	size_t digest_count;
	size_t digest_capacity;
};

struct memory_state *memory_state_new(void)
{
	struct memory_state *m = mem_new(sizeof(*m));
	m->pool = pool_new();
	return m;
}

void memory_state_free(struct memory_state *m)
{
	pool_free(m->pool);
	free(m->rows);
	free(m->broadcasts);
	free(m->graves);
	free(m->digests);
	free(m);
}

static void each_row(void *data, enum alert_status status, const char *municipality,
	void (*each)(void *to, const struct state_row *row), void *to)
{
	struct memory_state *m = data;
	for (size_t i = 0; i < m->row_count; i++) {
		if (m->rows[i].status == status &&
			strcmp(m->rows[i].municipality, municipality) == 0) {
			each(to, &m->rows[i]);
		}
	}
}

static void each_of_thread(void *data, enum alert_status status, const char *thread,
	void (*each)(void *to, const struct rules_sent *sent), void *to)
{
	struct memory_state *m = data;
	for (size_t i = 0; i < m->broadcast_count; i++) {
		const struct kept_broadcast *b = &m->broadcasts[i];
		if (b->status == status && strcmp(b->thread, thread) == 0) {
			const struct rules_sent sent = {.broadcast = b->id,
				.update = b->update,
				.event = b->event,
				.channels = &b->channels,
				.areas = &b->areas,
				.waits = b->waits};
			each(to, &sent);
		}
	}
}

static bool has_tombstone(
	void *data, enum alert_status status, const char *series, const char *revision)
{
	struct memory_state *m = data;
	for (size_t i = 0; i < m->grave_count; i++) {
		const struct grave *g = &m->graves[i];
		if (g->status == status && strcmp(g->series, series) == 0 &&
			(g->revision[0] == '\0' || revision[0] == '\0' ||
				strcmp(g->revision, revision) == 0)) {
			return true;
		}
	}
	return false;
}

void memory_state_reader(struct memory_state *m, struct rules_reader *out)
{
	*out = (struct rules_reader){
		.state = each_row,
		.thread = each_of_thread,
		.tombstone = has_tombstone,
		.data = m,
	};
}

bool memory_state_repeats(struct memory_state *m, const struct alert *alert)
{
	for (size_t i = 0; i < m->digest_count; i++) {
		if (strcmp(m->digests[i], alert->digest) == 0) {
			return true;
		}
	}
	mem_grow((void **)&m->digests, &m->digest_capacity, m->digest_count, sizeof(*m->digests));
	m->digests[m->digest_count++] = pool_copy_text(m->pool, alert->digest);
	return false;
}

const struct state_row *memory_state_find(
	const struct memory_state *m, const struct state_row *like)
{
	for (size_t i = 0; i < m->row_count; i++) {
		const struct state_row *row = &m->rows[i];
		if (row->status == like->status &&
			strcmp(row->municipality, like->municipality) == 0 &&
			strcmp(row->slot, like->slot) == 0) {
			return row;
		}
	}
	return NULL;
}

static struct state_row *row_for(struct memory_state *m, const struct state_row *like)
{
	const struct state_row *found = memory_state_find(m, like);
	if (found) {
		return &m->rows[found - m->rows];
	}
	mem_grow((void **)&m->rows, &m->row_capacity, m->row_count, sizeof(*m->rows));
	return &m->rows[m->row_count++];
}

static void keep_row(struct memory_state *m, const struct state_row *from)
{
	struct state_row *row = row_for(m, from);
	struct state_row copy = *from;
	const char **texts[] = {&copy.municipality, &copy.slot, &copy.code, &copy.name, &copy.value,
		&copy.source, &copy.series, &copy.event, &copy.thread, &copy.alert};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		*texts[i] = pool_copy_text(m->pool, *texts[i] ? *texts[i] : "");
	}
	*row = copy;
}

static void keep_broadcast(struct memory_state *m, const struct rules_broadcast *from)
{
	const struct broadcast *b = from->broadcast;
	struct kept_broadcast kept = {
		.status = b->status,
		.id = pool_copy_text(m->pool, b->id),
		.thread = pool_copy_text(m->pool, b->thread),
		.update = b->update,
		.event = b->event,
		.waits = from->hold,
	};
	kept.channels.list =
		pool_take(m->pool, (from->channels.count + 1) * sizeof(*kept.channels.list));
	for (size_t i = 0; i < from->channels.count; i++) {
		kept.channels.list[kept.channels.count++] =
			pool_copy_text(m->pool, from->channels.list[i]);
	}
	kept.areas.list = pool_take(m->pool, (b->area_count + 1) * sizeof(*kept.areas.list));
	for (size_t i = 0; i < b->area_count; i++) {
		kept.areas.list[kept.areas.count++] = pool_copy_text(m->pool, b->areas[i].code);
	}
	mem_grow((void **)&m->broadcasts, &m->broadcast_capacity, m->broadcast_count,
		sizeof(*m->broadcasts));
	m->broadcasts[m->broadcast_count++] = kept;
}

static void keep_grave(
	struct memory_state *m, enum alert_status status, const char *series, const char *revision)
{
	mem_grow((void **)&m->graves, &m->grave_capacity, m->grave_count, sizeof(*m->graves));
	m->graves[m->grave_count++] = (struct grave){
		.status = status,
		.series = pool_copy_text(m->pool, series),
		.revision = pool_copy_text(m->pool, revision),
	};
}

void memory_state_apply(
	struct memory_state *m, const struct alert *alert, const struct rules_decision *d)
{
	for (size_t i = 0; i < d->change_count; i++) {
		keep_row(m, &d->changes[i].row);
	}
	for (size_t i = 0; i < d->broadcast_count; i++) {
		keep_broadcast(m, &d->broadcasts[i]);
	}
	if (!d->tombstone) {
		return;
	}
	for (size_t i = 0; i < alert->reference_count; i++) {
		keep_grave(m, alert->status, alert->references[i].series,
			alert->references[i].revision);
	}
	if (alert->reference_count == 0) {
		keep_grave(m, alert->status, alert->series, "");
	}
}

static int by_end(const void *a, const void *b)
{
	const struct state_row *x = *(const struct state_row *const *)a;
	const struct state_row *y = *(const struct state_row *const *)b;
	if (x->expires.ms != y->expires.ms) {
		return x->expires.ms < y->expires.ms ? -1 : 1;
	}
	int town = strcmp(x->municipality, y->municipality);
	return town ? town : strcmp(x->slot, y->slot);
}

void memory_state_ended(const struct memory_state *m, struct wall_time after,
	struct wall_time until, void (*each)(void *to, const struct state_row *row), void *to)
{
	const struct state_row **ended = mem_new_array(m->row_count + 1, sizeof(*ended));
	size_t count = 0;
	for (size_t i = 0; i < m->row_count; i++) {
		const struct state_row *row = &m->rows[i];
		if (row->in_force && !wall_time_is_none(row->expires) &&
			row->expires.ms > after.ms && row->expires.ms <= until.ms) {
			ended[count++] = row;
		}
	}
	qsort(ended, count, sizeof(*ended), by_end);
	for (size_t i = 0; i < count; i++) {
		each(to, ended[i]);
	}
	free(ended);
}

void memory_state_in_force(const struct memory_state *m, struct wall_time at,
	void (*each)(void *to, const struct state_row *row), void *to)
{
	for (size_t i = 0; i < m->row_count; i++) {
		const struct state_row *row = &m->rows[i];
		if (row->in_force && (wall_time_is_none(row->expires) || row->expires.ms > at.ms)) {
			each(to, row);
		}
	}
}
