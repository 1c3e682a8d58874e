/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/fetch/atom/memory.h"

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { VERSION = 1, FILE_LIMIT = 64 * 1024 * 1024 };

struct memory {
	struct pool *pool;
	const char *path;
	json_t *whole; /* {version, seen{key: ms}, sources{url: {…}}, hour{…}} */
	json_t *seen;  /* borrowed from whole, as the next */
	json_t *sources;
	bool changed;
};

static json_t *read_whole(const char *path)
{
	struct err e = {0};
	char *text = NULL;
	size_t size = 0;
	if (access(path, F_OK) != 0) {
		return NULL;
	}
	json_t *whole = NULL;
	if (file_read(path, FILE_LIMIT, &text, &size, &e) == 0) {
		whole = json_read(text, size, &e);
	}
	free(text);
	if (whole && json_int(whole, "version", 0) == VERSION) {
		return whole;
	}
	struct pool *pool = pool_new();
	(void)rename(path, pool_printf(pool, "%s.bad", path));
	pool_free(pool);
	log_warning("poll state cannot be used, starting anew", "path=%s error=%s", LOG_TEXT(path),
		LOG_TEXT(e.code ? e.text : "another version"));
	json_decref(whole);
	return NULL;
}

static json_t *member(json_t *whole, const char *key)
{
	if (!json_is_object(json_object_get(whole, key))) {
		json_put(whole, key, json_object());
	}
	return json_object_get(whole, key);
}

struct memory *memory_open(const char *folder)
{
	struct memory *m = mem_new(sizeof(*m));
	m->pool = pool_new();
	m->path = pool_printf(m->pool, "%s/polled.json", folder);
	m->whole = read_whole(m->path);
	if (!m->whole) {
		m->whole = json_object();
		json_put_int(m->whole, "version", VERSION);
	}
	m->seen = member(m->whole, "seen");
	m->sources = member(m->whole, "sources");
	return m;
}

void memory_free(struct memory *m)
{
	if (m) {
		json_decref(m->whole);
		pool_free(m->pool);
		free(m);
	}
}

bool memory_changed(const struct memory *m)
{
	return m->changed;
}

int memory_save(struct memory *m, struct err *e)
{
	if (!m->changed) {
		return 0;
	}
	char *text = json_dumps(m->whole, JSON_COMPACT);
	if (!text) {
		abort();
	}
	int rc = file_replace(m->path, text, strlen(text), 0600, e);
	free(text);
	m->changed = rc != 0;
	return rc;
}

/* ---- telegrams ---- */

bool memory_has_seen(const struct memory *m, const char *key)
{
	return json_object_get(m->seen, key) != NULL;
}

void memory_see(struct memory *m, const char *key, struct wall_time now)
{
	enum { FRESH_ENOUGH_MS = 3600 * 1000 };
	/* Written for what is new; what is listed at every poll need not be each time. */
	if (now.ms - json_int(m->seen, key, INT64_MIN / 2) >= FRESH_ENOUGH_MS) {
		json_put_int(m->seen, key, now.ms);
		m->changed = true;
	}
}

void memory_forget(struct memory *m, struct wall_time before)
{
	const char *key;
	json_t *at;
	void *next;
	json_object_foreach_safe(m->seen, next, key, at)
	{
		if (json_integer_value(at) < before.ms) {
			(void)json_object_del(m->seen, key);
			m->changed = true;
		}
	}
}

/* ---- sources ---- */

struct memory_source memory_source(const struct memory *m, const char *url)
{
	const json_t *known = json_object_get(m->sources, url);
	return (struct memory_source){
		.etag = json_text(known, "etag", ""),
		.last_modified = json_text(known, "last_modified", ""),
		.newest = {.ms = json_int(known, "newest_ms", WALL_TIME_NONE.ms)},
		.covered = {.ms = json_int(known, "covered_ms", WALL_TIME_NONE.ms)},
	};
}

void memory_put_source(struct memory *m, const char *url, const struct memory_source *source)
{
	json_t *known = json_object();
	json_put_text(known, "etag", source->etag);
	json_put_text(known, "last_modified", source->last_modified);
	if (!wall_time_is_none(source->newest)) {
		json_put_int(known, "newest_ms", source->newest.ms);
	}
	if (!wall_time_is_none(source->covered)) {
		json_put_int(known, "covered_ms", source->covered.ms);
	}
	json_put(m->sources, url, known);
	m->changed = true;
}

/* ---- volume ---- */

void memory_get_budget(const struct memory *m, struct budget *b)
{
	const json_t *hour = json_object_get(m->whole, "hour");
	b->begin.ms = json_int(hour, "begin_ms", 0);
	b->requests = json_int(hour, "requests", 0);
	b->bytes = json_int(hour, "bytes", 0);
}

void memory_put_budget(struct memory *m, const struct budget *b)
{
	json_t *hour = json_object();
	json_put_int(hour, "begin_ms", b->begin.ms);
	json_put_int(hour, "requests", b->requests);
	json_put_int(hour, "bytes", b->bytes);
	json_put(m->whole, "hour", hour);
	m->changed = true;
}
