/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/batch.h"

#include "base/json.h"
#include "base/mem.h"
#include "dispatcher/texts.h"
#include "schemas/broadcast.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TARGET_MARKED = 1, TARGET_REPORTED = 2 };

struct report {
	size_t index;
	bool crashed;
	struct outcome outcome;
};

void batch_take(struct batch *b, struct store_batch *claim)
{
	assert(!b->held);
	b->claim = *claim;
	*claim = (struct store_batch){0};
	b->held = true;
	b->flags = mem_new_array(b->claim.count, 1);
	b->open_count = b->claim.count;
	b->next_index = 0;
}

void batch_drop(struct batch *b)
{
	if (!b->held) {
		return;
	}
	store_batch_clear(&b->claim);
	free(b->flags);
	b->flags = NULL;
	b->held = false;
	b->report_count = b->recorded = b->recording = b->open_count = 0;
}

void batch_free(struct batch *b)
{
	batch_drop(b);
	free(b->reports);
	b->reports = NULL;
	b->report_capacity = 0;
}

size_t batch_find(struct batch *b, const char *id)
{
	for (size_t k = 0; k < b->claim.count; k++) {
		size_t i = (b->next_index + k) % b->claim.count;
		if (strcmp(b->claim.targets[i].id, id) == 0) {
			b->next_index = i + 1;
			return i;
		}
	}
	return BATCH_REST;
}

void batch_mark(struct batch *b, size_t index)
{
	size_t first = index == BATCH_REST ? 0 : index;
	size_t end = index == BATCH_REST ? b->claim.count : index + 1;
	for (size_t i = first; i < end; i++) {
		b->flags[i] |= TARGET_MARKED;
	}
}

static void add_report(struct batch *b, size_t index, const struct outcome *o, bool crashed)
{
	mem_grow((void **)&b->reports, &b->report_capacity, b->report_count, sizeof(*b->reports));
	b->reports[b->report_count++] =
		(struct report){.index = index, .crashed = crashed, .outcome = *o};
	if (index == BATCH_REST) {
		b->open_count = 0;
	} else {
		b->flags[index] |= TARGET_REPORTED;
		b->open_count--;
	}
}

int batch_report(struct batch *b, size_t index, const struct outcome *o)
{
	if (index == BATCH_REST && b->open_count == 0) {
		return 0;
	}
	if (b->open_count == 0 || (index != BATCH_REST && b->flags[index] & TARGET_REPORTED)) {
		return -EALREADY;
	}
	add_report(b, index, o, false);
	return 0;
}

static bool is_open_mark(const struct batch *b, size_t i)
{
	return (b->flags[i] & (TARGET_MARKED | TARGET_REPORTED)) == TARGET_MARKED;
}

bool batch_conclude_by_marks(struct batch *b)
{
	const struct outcome unmarked = {
		.class = OUTCOME_TRANSIENT,
		.reason = OUTCOME_REASON_CRASH,
		.text = "the driver ended before it began with this target",
	};
	const struct outcome marked = {
		.class = OUTCOME_UNKNOWN,
		.reason = OUTCOME_REASON_CRASH,
		.text = "the driver ended while this target was at risk",
	};
	size_t marks = 0;
	if (b->open_count == 0) {
		return false;
	}
	for (size_t i = 0; i < b->claim.count; i++) {
		marks += is_open_mark(b, i);
	}
	if (marks == b->open_count) {
		add_report(b, BATCH_REST, &marked, true);
		return true;
	}
	for (size_t i = 0; marks > 0 && i < b->claim.count; i++) {
		if (is_open_mark(b, i)) {
			add_report(b, i, &marked, true);
		}
	}
	add_report(b, BATCH_REST, &unmarked, true);
	return true;
}

bool batch_is_over(const struct batch *b)
{
	return b->held && b->open_count == 0;
}

/* ---- on disk ---- */

/* Concludes all targets without a report of their own; *count receives their number. */
static int record_rest(struct batch *b, struct store *store, const struct report *r,
	struct wall_time at, struct wall_time now, size_t *count, struct err *e)
{
	bool *skip = mem_new_array(b->claim.count, sizeof(*skip));
	*count = 0;
	for (size_t i = 0; i < b->claim.count; i++) {
		skip[i] = (b->flags[i] & TARGET_REPORTED) != 0;
		*count += !skip[i];
	}
	int rc = store_conclude_rest(store, &b->claim, skip, &r->outcome, at, r->crashed, now, e);
	free(skip);
	return rc;
}

static void count_report(const struct batch *b, const struct outcome *o, struct wall_time at,
	size_t count, struct agent_tally *tally)
{
	tally->by_class[o->class] += count;
	if (o->class == OUTCOME_TRANSIENT && !wall_time_is_none(b->claim.expires) &&
		at.ms >= b->claim.expires.ms) {
		tally->expired += count;
	}
	if (o->class == OUTCOME_DELIVERED) {
		tally->any_delivered = true;
		return;
	}
	tally->channel_fault |= o->scope == OUTCOME_SCOPE_CHANNEL;
	(void)snprintf(tally->text, sizeof(tally->text), "%s", o->text);
}

int batch_record(struct batch *b, struct store *store, batch_retry_at *retry_at, void *data,
	struct wall_time now, struct agent_tally *tally, struct err *e)
{
	bool closed = false;
	int64_t before = store_set_aside_count(store);
	b->recording = b->report_count;
	for (size_t i = b->recorded; i < b->recording; i++) {
		const struct report *r = &b->reports[i];
		struct wall_time at = retry_at(data, b->claim.attempt, &r->outcome);
		size_t count = 1;
		int rc;
		if (r->index == BATCH_REST) {
			rc = record_rest(b, store, r, at, now, &count, e);
			closed = true;
		} else {
			rc = store_conclude(
				store, &b->claim, r->index, &r->outcome, at, r->crashed, now, e);
		}
		if (rc < 0) {
			return rc;
		}
		count_report(b, &r->outcome, at, count, tally);
	}
	tally->set_aside = (size_t)(store_set_aside_count(store) - before);
	tally->finished = batch_is_over(b);
	if (tally->finished && !closed) {
		int rc = store_close_batch(store, &b->claim, now, e);
		return rc < 0 ? rc : 0;
	}
	return 0;
}

bool batch_recorded(struct batch *b, bool committed)
{
	if (!committed) {
		b->recording = b->recorded;
		return false;
	}
	b->recorded = b->recording;
	return batch_is_over(b) && b->recorded == b->report_count;
}

/* ---- the message: by hand, once for each of 100,000 recipients ---- */

static void write_member(struct buf *line, const char *prefix, const char *text)
{
	(void)buf_add_text(line, prefix);
	json_write_text(line, text);
}

static void write_target(
	const struct batch *b, const struct channel_config *config, size_t index, struct buf *line)
{
	const struct text_list *languages = &config->languages;
	const struct store_target *t = &b->claim.targets[index];
	const char *lang = languages->count > 0 ? languages->list[0] : "ja";
	char key[DELIVERY_KEY_SIZE];
	delivery_key(b->claim.broadcast, config->name, t->id, key);
	write_member(line, index ? ",{\"id\":" : "{\"id\":", t->id);
	write_member(line, ",\"key\":", key);
	if (t->address[0] != '\0') {
		write_member(line, ",\"address\":", t->address);
	}
	write_member(line, ",\"lang\":", t->lang[0] ? t->lang : lang);
	if (t->area[0] != '\0') {
		write_member(line, ",\"area\":", t->area);
	}
	(void)buf_add_text(line, "}");
}

void batch_write(const struct batch *b, const struct channel_config *config,
	const struct outgoing_text *broadcast, int64_t deadline_ms, struct buf *line)
{
	(void)buf_addf(line,
		"{\"op\":\"deliver\",\"delivery\":\"%s\",\"attempt\":%d,\"deadline_ms\":%lld,"
		"\"broadcast\":",
		b->claim.delivery, b->claim.attempt, (long long)deadline_ms);
	if (broadcast) {
		(void)buf_add(line, broadcast->json, broadcast->size);
	} else {
		(void)buf_add_text(line, "null");
	}
	(void)buf_add_text(line, ",\"targets\":[");
	for (size_t i = 0; i < b->claim.count; i++) {
		write_target(b, config, i, line);
	}
	(void)buf_add_text(line, "]}");
}
