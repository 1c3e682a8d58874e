/* SPDX-License-Identifier: Apache-2.0
 *
 * One telegram from its listing to its answer:
 *
 *   queued ──GET──► whole ──submit──► accepted, duplicate, refused: remembered
 *     ▲               │ 404, cut short: for missing_for; other faults: for a day
 *     └──growing wait─┘
 *
 * What is given up is told and remembered, so that it is not asked for at every poll; everything
 * else stays in a queue or in the submitter until its answer.
 */
#include "ingest/fetch/atom/atom.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "ingest/fetch/atom/names.h"
#include "ingest/fetch/whole.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GETS = 4, DELAY_LAST_MS = 60 * 1000, GIVE_UP_MS = 24 * 3600 * 1000, HOLD_MS = 2000 };

/* ---- queues ---- */

static int compare_names(const char *left, const char *right)
{
	struct jma_name a;
	struct jma_name b;
	if (!jma_name_parse(left, &a) || !jma_name_parse(right, &b)) {
		return 0;
	}
	int order = strcmp(a.stamp, b.stamp);
	return order ? order : a.number - b.number;
}

/* Oldest first; what the times do not tell keeps the order it came in. */
static bool goes_before(const struct item *a, const struct item *b)
{
	if (a->updated.ms != b->updated.ms) {
		return a->updated.ms < b->updated.ms;
	}
	return compare_names(a->url, b->url) < 0;
}

static void enqueue(struct item *item)
{
	item->place = item->backlog ? ITEM_BACKLOG : ITEM_FRESH;
	struct items *queue = &item->atom->places[item->place];
	struct item *at = TAILQ_LAST(queue, items);
	while (at && goes_before(item, at)) {
		at = TAILQ_PREV(at, items, next);
	}
	if (at) {
		TAILQ_INSERT_AFTER(queue, at, item, next);
	} else {
		TAILQ_INSERT_HEAD(queue, item, next);
	}
	item->atom->waiting++;
}

static void dequeue(struct item *item)
{
	TAILQ_REMOVE(&item->atom->places[item->place], item, next);
	item->place = ITEM_AWAY;
	TAILQ_INSERT_TAIL(&item->atom->places[ITEM_AWAY], item, next);
	item->atom->waiting--;
}

static void release(struct item *item)
{
	TAILQ_REMOVE(&item->atom->places[item->place], item, next);
	free(item->url);
	free(item->bytes);
	free(item);
}

bool work_is_pending(const struct atom *a, const char *key)
{
	return json_object_get(a->pending, key) != NULL;
}

void work_add(struct source *s, const struct feed_entry *entry, const char *url, const char *key,
	bool backlog)
{
	struct item *item = mem_new(sizeof(*item));
	item->atom = s->atom;
	item->source = s;
	memcpy(item->key, key, MEMORY_KEY_SIZE);
	item->url = mem_copy_text(url);
	item->updated = entry->updated;
	item->backlog = backlog;
	if (entry->embedded) {
		item->bytes = mem_copy(entry->embedded, entry->embedded_size);
		item->size = entry->embedded_size;
	}
	json_put(s->atom->pending, key, json_true());
	s->pending++;
	enqueue(item);
}

/* ---- ends ---- */

static void settle(struct item *item)
{
	struct atom *a = item->atom;
	struct source *s = item->source;
	memory_see(a->memory, item->key, clock_wall_now());
	(void)json_object_del(a->pending, item->key);
	s->pending--;
	release(item);
	source_settled(s);
}

static void give_up(struct item *item, const char *why)
{
	struct atom *a = item->atom;
	log_error("telegram given up", "feed=%s url=%s reason=%s", fetch_feed(a->fetch),
		LOG_TEXT(item->url), LOG_TEXT(why));
	a->lost++;
	a->lost_at = clock_wall_now();
	const char *name = strrchr(item->url, '/');
	(void)snprintf(
		a->lost_text, sizeof(a->lost_text), "%.80s: %.60s", name ? name + 1 : "-", why);
	settle(item);
}

static void try_later(struct item *item, int64_t at_least_ms)
{
	struct atom *a = item->atom;
	item->delay_ms = item->delay_ms == 0 ? a->retry_first_ms : item->delay_ms * 2;
	item->delay_ms = item->delay_ms < DELAY_LAST_MS ? item->delay_ms : DELAY_LAST_MS;
	item->delay_ms = item->delay_ms > a->retry_first_ms ? item->delay_ms : a->retry_first_ms;
	item->due = mono_time_add(
		clock_mono_now(), at_least_ms > item->delay_ms ? at_least_ms : item->delay_ms);
	TAILQ_REMOVE(&a->places[ITEM_AWAY], item, next);
	enqueue(item);
}

/* ---- submitting ---- */

static void on_verdict(void *data, const struct fetch_answer *answer)
{
	struct item *item = data;
	struct atom *a = item->atom;
	if (answer->verdict == FETCH_REFUSED) {
		log_info("telegram refused", "feed=%s url=%s code=%s", fetch_feed(a->fetch),
			LOG_TEXT(item->url), LOG_TEXT(answer->code));
	} else {
		log_debug("telegram taken", "feed=%s url=%s", fetch_feed(a->fetch),
			LOG_TEXT(item->url));
	}
	settle(item);
	work_pump(a);
}

static void submit(struct item *item)
{
	item->step = ITEM_SUBMITTED;
	fetch_submit(item->atom->fetch, item->bytes, item->size, on_verdict, item);
	free(item->bytes);
	item->bytes = NULL;
}

/* Several are got at once, and still they go in the order they were listed in; one that lingers
 * does not hold the others for long. */
static void submit_ready(struct atom *a)
{
	struct item *item;
	struct item *after;
	for (item = TAILQ_FIRST(&a->places[ITEM_AWAY]); item; item = after) {
		after = TAILQ_NEXT(item, next);
		if (item->step == ITEM_READY) {
			submit(item);
		} else if (item->step == ITEM_GETTING && mono_time_left_ms(item->due) > -HOLD_MS) {
			return;
		}
	}
}

/* ---- fetching ---- */

static void judge_failure(struct item *item, const struct http_get_response *r, const char *why)
{
	struct atom *a = item->atom;
	int64_t tried_ms = -mono_time_left_ms(item->first_try);
	bool missing = item->cut_short || r->status == 404 || r->status == 410;
	if (tried_ms < (missing ? a->missing_for_ms : GIVE_UP_MS)) {
		log_info("telegram asked for again later", "feed=%s url=%s reason=%s",
			fetch_feed(a->fetch), LOG_TEXT(item->url), LOG_TEXT(why));
		try_later(item, r->retry_after_s * 1000);
	} else if (item->cut_short && item->bytes) {
		item->step = ITEM_READY; /* the hub records what was refused, and why */
	} else {
		give_up(item, why);
	}
}

static void keep_bytes(struct item *item, const struct http_get_response *r)
{
	free(item->bytes);
	item->bytes = mem_copy(r->body, r->size);
	item->size = r->size;
}

static void on_answer(void *data, const struct http_get_response *r)
{
	struct item *item = data;
	struct atom *a = item->atom;
	a->getting--;
	budget_count(&a->budget, 0, (int64_t)r->received);
	char status[32];
	(void)snprintf(status, sizeof(status), "status %d", r->status);
	item->cut_short = false;
	if (!r->whole) {
		judge_failure(item, r, r->fault);
	} else if (r->status != 200) {
		judge_failure(item, r, status);
	} else if (!fetch_is_whole(r->body, r->size)) {
		item->cut_short = true;
		if (r->size > 0) {
			keep_bytes(item, r);
		}
		judge_failure(item, r, "it is no whole document");
	} else {
		keep_bytes(item, r);
		item->step = ITEM_READY;
	}
	work_pump(a);
}

static void get(struct item *item)
{
	struct atom *a = item->atom;
	if (!item->tried) {
		item->tried = true;
		item->first_try = clock_mono_now();
	}
	free(item->bytes);
	item->bytes = NULL;
	item->step = ITEM_GETTING;
	item->due = clock_mono_now();
	a->getting++;
	budget_count(&a->budget, 1, 0);
	const struct http_get_request request = {
		.url = item->url,
		.if_none_match = "",
		.if_modified_since = "",
		.limit = a->max_telegram,
		.done = on_answer,
		.data = item,
	};
	http_get(a->getter, &request);
}

static struct item *next_due(struct items *queue)
{
	struct item *item;
	TAILQ_FOREACH(item, queue, next)
	{
		if (mono_time_left_ms(item->due) <= 0) {
			return item;
		}
	}
	return NULL;
}

/* false: nothing of this queue can go now. */
static bool pump_one(struct atom *a, bool backlog)
{
	struct item *item = next_due(&a->places[backlog ? ITEM_BACKLOG : ITEM_FRESH]);
	if (!item || !fetch_may_submit(a->fetch)) {
		return false;
	}
	if (!item->url[0]) {
		dequeue(item);
		item->step = ITEM_READY;
		return true;
	}
	if (a->getting >= GETS) {
		return false;
	}
	if (!budget_allows(&a->budget, backlog ? BUDGET_BACKLOG : BUDGET_FRESH, clock_wall_now())) {
		a->over_budget = true;
		return false;
	}
	dequeue(item);
	get(item);
	return true;
}

void work_pump(struct atom *a)
{
	a->over_budget = false;
	while (pump_one(a, false)) {
	}
	/* What is old waits until nothing new can go. */
	while (!next_due(&a->places[ITEM_FRESH]) && pump_one(a, true)) {
	}
	submit_ready(a);
}

void work_clear(struct atom *a)
{
	for (int i = 0; i < 3; i++) {
		while (!TAILQ_EMPTY(&a->places[i])) {
			/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it leaves the list there. */
			release(TAILQ_FIRST(&a->places[i]));
		}
	}
}
