/* SPDX-License-Identifier: Apache-2.0
 *
 * The fetch program "atom", what its parts share:
 *
 *   main.c   options, start, end, health, the memory's saving
 *   poll.c   one source: when it is asked, what its document lists, gaps
 *   work.c   one telegram: fetched, submitted, answered for good, then remembered
 *
 *   poll ──new entries──► fresh queue, backlog queue ──GET──► submit ──answer──► memory
 */
#pragma once

#include "base/digest.h"
#include "ingest/fetch/atom/budget.h"
#include "ingest/fetch/atom/cadence.h"
#include "ingest/fetch/atom/memory.h"
#include "ingest/fetch/atom/reader.h"
#include "ingest/fetch/fetch.h"
#include "net/http_get.h"

#include <sys/queue.h>

enum { ATOM_URL_SIZE = 2048, ATOM_TAG_SIZE = 256 };

struct atom;

/* One document under one address. */
struct document {
	struct atom *atom;
	struct source *source;
	const char *url; /* "": there is none */
	bool is_long;
	bool under_way;
	char etag[ATOM_TAG_SIZE]; /* of the last good answer */
	char last_modified[ATOM_TAG_SIZE];
	struct wall_time newest; /* the newest time it ever said */
	struct mono_time due;	 /* of the long one, or after an error */
};

struct source {
	struct atom *atom;
	struct document now;
	struct document longer;
	struct wall_time last_ok;
	struct mono_time last_ok_mono; /* of the process' begin until the first good poll */
	bool gap;		       /* the long document must still be read */
	struct wall_time gap_end;
	size_t pending; /* telegrams it listed that have no answer yet */
	size_t unusable;
	bool repaired;
	char fault[160]; /* of the last poll; "" when it was good */
};

/* One telegram on its way. */
struct item {
	TAILQ_ENTRY(item) next;
	struct atom *atom;
	struct source *source;
	char key[MEMORY_KEY_SIZE];
	char *url;   /* "" when bytes are there */
	char *bytes; /* embedded, or as fetched; NULL before */
	size_t size;
	struct wall_time updated;
	bool backlog; /* listed only by a long document, and old: waits for what is new */
	enum { ITEM_FRESH, ITEM_BACKLOG, ITEM_AWAY } place;
	enum { ITEM_GETTING, ITEM_READY, ITEM_SUBMITTED } step; /* while away */
	bool cut_short; /* what came was no whole document */
	bool tried;
	struct mono_time first_try;
	int64_t delay_ms;
	struct mono_time due;
};

TAILQ_HEAD(items, item);

struct atom {
	struct fetch *fetch;
	struct memory *memory;
	struct http_getter *getter;
	struct budget budget;
	struct cadence cadence;
	struct source *sources;
	size_t source_count;
	struct text_list types;
	struct text_list offices;
	struct text_list hosts; /* of the feeds, and those allowed besides */
	int64_t gap_ms;
	int64_t stale_ms;
	int64_t down_after_ms;
	int64_t missing_for_ms;
	int64_t retry_first_ms;
	int64_t remember_ms;
	size_t max_feed;
	size_t max_telegram;
	struct pool *pool; /* texts of the options */

	struct event *tick;	/* polls */
	struct event *beat;	/* health, saving, what waits for its time */
	struct items places[3]; /* fresh, backlog: each oldest first; being got or submitted */
	json_t *pending;	/* keys of all of them */
	struct mono_time forget_at;
	size_t getting;
	size_t waiting;
	size_t lost; /* given up since the start */
	struct wall_time lost_at;
	char lost_text[160];
	bool over_budget;
	bool forgetful; /* the memory could not be saved */
};

/* ---- poll.c ---- */

void source_init(struct source *s, struct atom *a, const char *url, const char *longer);
/* Asks what is due. */
void source_poll(struct source *s);
/* One of its telegrams has been answered for good. */
void source_settled(struct source *s);

/* ---- work.c ---- */

/* A telegram that has not been seen; takes over nothing. */
void work_add(struct source *s, const struct feed_entry *entry, const char *url, const char *key,
	bool backlog);
bool work_is_pending(const struct atom *a, const char *key);
/* Fetches and submits what may be now; to be called once a second at least. */
void work_pump(struct atom *a);
void work_clear(struct atom *a);

/* ---- main.c ---- */

/* May url be asked, because a feed or a redirect says so? */
bool atom_may_ask(const struct atom *a, const char *url);
void atom_health(struct atom *a);
