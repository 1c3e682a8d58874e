/* SPDX-License-Identifier: Apache-2.0
 *
 * Polling one source. A poll that fails changes nothing but the health; an entry that is no longer
 * listed has not ended. A source is covered up to a poll when everything listed until then has been
 * answered for good; after a longer gap the long document must be read, and one that was made
 * before the gap ended is not long enough.
 */
#include "ingest/fetch/atom/atom.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "ingest/fetch/atom/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LONG_EVERY_INTERVALS = 5, /* the long document is made once an hour */
	FRESH_MS = 15 * 60 * 1000,
	BUSY_AFTER = 20000, /* telegrams on their way: no further documents are read */
};

/* ---- entries ---- */

/* What is fetched once: by name where the name tells telegrams apart, else by address and time,
 * since addresses are used again; never by host or scheme, which differ between copies. */
static void make_key(const struct feed_entry *entry, const char *url, char out[MEMORY_KEY_SIZE])
{
	char hex[DIGEST_HEX_SIZE];
	char path[ATOM_URL_SIZE];
	struct jma_name name;
	char time[WALL_TIME_TEXT_SIZE];
	if (entry->embedded) {
		digest_of(entry->embedded, entry->embedded_size, hex);
	} else if (http_url_path(url, path, sizeof(path)) == 0 && jma_name_parse(path, &name)) {
		digest_of_fields(hex, "jma", strrchr(path, '/') + 1, NULL);
	} else {
		digest_of_fields(hex, "url", path, wall_time_format(entry->updated, 0, time), NULL);
	}
	memcpy(out, hex, MEMORY_KEY_SIZE - 1);
	out[MEMORY_KEY_SIZE - 1] = '\0';
}

/* Links written before https came, and by those who forgot it. */
static void upgrade(const struct document *d, char url[ATOM_URL_SIZE])
{
	if (strncmp(d->url, "https://", 8) == 0 && strncmp(url, "http://", 7) == 0 &&
		strlen(url) + 1 < ATOM_URL_SIZE) {
		memmove(url + 5, url + 4, strlen(url + 4) + 1);
		url[4] = 's';
	}
}

static bool is_wanted(const struct atom *a, const char *url)
{
	struct jma_name name;
	return !jma_name_parse(url, &name) || jma_name_wanted(&name, &a->types, &a->offices);
}

static bool find_address(struct document *d, const char *base, const struct feed_entry *entry,
	char url[ATOM_URL_SIZE])
{
	if (entry->embedded) {
		url[0] = '\0';
		return true;
	}
	if (http_url_resolve(base, entry->link, url, ATOM_URL_SIZE)) {
		log_warning("a link is no address", "feed=%s link=%s", fetch_feed(d->atom->fetch),
			LOG_TEXT(entry->link));
		d->source->unusable++;
		return false;
	}
	upgrade(d, url);
	if (!atom_may_ask(d->atom, url)) {
		log_warning("a link leads to a host that is not allowed", "feed=%s link=%s",
			fetch_feed(d->atom->fetch), LOG_TEXT(url));
		d->source->unusable++;
		return false;
	}
	return true;
}

static void take_entry(struct document *d, const char *base, const struct feed_entry *entry)
{
	struct atom *a = d->atom;
	struct wall_time now = clock_wall_now();
	char url[ATOM_URL_SIZE];
	char key[MEMORY_KEY_SIZE];
	if (!find_address(d, base, entry, url) || !is_wanted(a, url)) {
		return;
	}
	make_key(entry, url, key);
	if (memory_has_seen(a->memory, key)) {
		memory_see(a->memory, key, now);
	} else if (!work_is_pending(a, key)) {
		bool old =
			!wall_time_is_none(entry->updated) && now.ms - entry->updated.ms > FRESH_MS;
		work_add(d->source, entry, url, key, d->is_long && old);
	}
}

/* ---- what a good poll means ---- */

void source_settled(struct source *s)
{
	struct atom *a = s->atom;
	if (s->pending > 0 || wall_time_is_none(s->last_ok)) {
		return;
	}
	struct memory_source before = memory_source(a->memory, s->now.url);
	const struct memory_source after = {
		.etag = s->now.etag,
		.last_modified = s->now.last_modified,
		.newest = s->now.newest,
		.covered = s->gap ? before.covered : s->last_ok,
	};
	memory_put_source(a->memory, s->now.url, &after);
}

static void note_success(struct document *d, const struct http_get_response *r)
{
	struct source *s = d->source;
	struct wall_time now = clock_wall_now();
	s->fault[0] = '\0';
	if (r->etag[0] || r->last_modified[0] || r->status == 200) {
		(void)snprintf(d->etag, sizeof(d->etag), "%s", r->etag);
		(void)snprintf(d->last_modified, sizeof(d->last_modified), "%s", r->last_modified);
	}
	if (d->is_long) {
		/* Made before the gap ended, it may lack the gap's last minutes. */
		if (wall_time_is_none(d->newest) || wall_time_is_none(s->gap_end) ||
			d->newest.ms >= s->gap_end.ms - s->atom->gap_ms) {
			log_info("gap filled", "feed=%s", fetch_feed(s->atom->fetch));
			s->gap = false;
		}
		return;
	}
	struct wall_time before = wall_time_is_none(s->last_ok)
					  ? memory_source(s->atom->memory, d->url).covered
					  : s->last_ok;
	if (s->longer.url[0] &&
		(wall_time_is_none(before) || now.ms - before.ms > s->atom->gap_ms)) {
		s->gap = true;
		s->gap_end = now;
		s->longer.due = clock_mono_now();
	} else if (s->gap && wall_time_is_none(s->gap_end)) {
		s->gap_end = now;
	}
	s->last_ok = now;
	s->last_ok_mono = clock_mono_now();
}

static void note_failure(struct document *d, const char *what, const char *why)
{
	char host[256];
	if (http_url_host(d->url, host, sizeof(host))) {
		host[0] = '\0';
	}
	(void)snprintf(d->source->fault, sizeof(d->source->fault), "%.60s: %s%s%.60s", host, what,
		why[0] ? ": " : "", why);
	log_warning("poll failed", "feed=%s url=%s reason=%s", fetch_feed(d->atom->fetch),
		LOG_TEXT(d->url), LOG_TEXT(d->source->fault));
}

static bool read_document(struct document *d, const struct http_get_response *r)
{
	struct feed_document doc;
	struct err e = {0};
	if (feed_document_read(r->body, r->size, &doc, &e)) {
		note_failure(d, "no feed came", e.text);
		return false;
	}
	d->source->unusable = doc.unusable;
	d->source->repaired = doc.repaired;
	if (!wall_time_is_none(doc.updated)) {
		d->newest = doc.updated;
	}
	/* Feeds begin with the newest: what is of one second keeps the order it came in. */
	for (size_t i = doc.count; i-- > 0;) {
		take_entry(d, r->url, &doc.list[i]);
	}
	feed_document_clear(&doc);
	return true;
}

/* ---- the poll ---- */

static void postpone(struct document *d, const struct http_get_response *r)
{
	int64_t wait_ms = r->retry_after_s * 1000;
	if (wait_ms > 0) {
		d->due = mono_time_add(clock_mono_now(), wait_ms);
	} else if (d->is_long) {
		d->due = mono_time_add(
			clock_mono_now(), d->atom->cadence.interval_ms * LONG_EVERY_INTERVALS);
	}
}

static void ask(struct document *d);

static void on_answer(void *data, const struct http_get_response *r)
{
	struct document *d = data;
	struct source *s = d->source;
	d->under_way = false;
	budget_count(&d->atom->budget, 0, (int64_t)r->received);
	postpone(d, r);
	bool good = false;
	char status[32];
	(void)snprintf(status, sizeof(status), "status %d", r->status);
	if (!r->whole) {
		note_failure(d, "no whole answer", r->fault);
	} else if (r->status == 304) {
		good = d->etag[0] || d->last_modified[0];
		if (!good) {
			note_failure(d, "not changed since never", "");
		}
	} else if (r->status == 200) {
		good = read_document(d, r);
	} else {
		note_failure(d, status, "");
	}
	if (good) {
		note_success(d, r);
		source_settled(s);
	}
	work_pump(d->atom);
	atom_health(d->atom);
	if (s->gap && s->longer.url[0] && !s->longer.under_way && !d->is_long) {
		ask(&s->longer);
	}
}

static void ask(struct document *d)
{
	struct atom *a = d->atom;
	if (d->under_way || mono_time_left_ms(d->due) > 0 || a->waiting > BUSY_AFTER) {
		return;
	}
	if (!budget_allows(&a->budget, BUDGET_POLL, clock_wall_now())) {
		(void)snprintf(d->source->fault, sizeof(d->source->fault),
			"this hour's share of requests or bytes is used up");
		return;
	}
	budget_count(&a->budget, 1, 0);
	d->under_way = true;
	const struct http_get_request request = {
		.url = d->url,
		.if_none_match = d->etag,
		.if_modified_since = d->last_modified,
		.limit = a->max_feed,
		.done = on_answer,
		.data = d,
	};
	http_get(a->getter, &request);
}

void source_poll(struct source *s)
{
	ask(&s->now);
	if (s->gap) {
		ask(&s->longer);
	}
}

void source_init(struct source *s, struct atom *a, const char *url, const char *longer)
{
	struct memory_source known = memory_source(a->memory, url);
	*s = (struct source){
		.atom = a,
		.now = {.atom = a, .source = s, .url = url, .newest = known.newest},
		.longer = {.atom = a,
			.source = s,
			.url = longer,
			.is_long = true,
			.newest = WALL_TIME_NONE},
		.last_ok = WALL_TIME_NONE,
		.last_ok_mono = clock_mono_now(),
		.gap_end = WALL_TIME_NONE,
	};
	(void)snprintf(s->now.etag, sizeof(s->now.etag), "%s", known.etag);
	(void)snprintf(
		s->now.last_modified, sizeof(s->now.last_modified), "%s", known.last_modified);
}
