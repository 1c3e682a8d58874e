/* SPDX-License-Identifier: Apache-2.0
 *
 * hansho-fetch-atom: options, the two timers (polls by the cadence, a beat for health and memory),
 * and what staff see of the sources.
 */
#include "ingest/fetch/atom/atom.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "ingest/xml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BEAT_MS = 1000,
	LOST_SHOWN_MS = 3600 * 1000,
	FORGET_EVERY_MS = 3600 * 1000,
	TEXT_SIZE = 256,
};

/* ---- addresses ---- */

bool atom_may_ask(const struct atom *a, const char *url)
{
	char host[256];
	bool plain = strncmp(url, "http://", 7) == 0;
	if (http_url_host(url, host, sizeof(host))) {
		return false;
	}
	for (size_t i = 0; i < a->hosts.count; i++) {
		if (strcmp(a->hosts.list[i], host) == 0) {
			/* A host that is polled by https is not asked without it. */
			bool plain_is_known = false;
			for (size_t j = 0; j < a->source_count && plain; j++) {
				plain_is_known = plain_is_known ||
						 strncmp(a->sources[j].now.url, "http://", 7) == 0;
			}
			return !plain || plain_is_known;
		}
	}
	return false;
}

static bool may_redirect(const char *from, const char *url, void *data)
{
	(void)from;
	return atom_may_ask(data, url);
}

/* ---- health ---- */

struct verdict {
	enum fetch_state state;
	char text[TEXT_SIZE];
};

static void worse(struct verdict *v, enum fetch_state state, const char *what, const char *why)
{
	if (state > v->state) {
		v->state = state;
		(void)snprintf(
			v->text, sizeof(v->text), "%s%s%.160s", what, why[0] ? ": " : "", why);
	}
}

static void judge_source(const struct source *s, struct verdict *v)
{
	const struct atom *a = s->atom;
	struct wall_time now = clock_wall_now();
	int64_t since_ms = -mono_time_left_ms(s->last_ok_mono);
	char text[TEXT_SIZE];
	if (wall_time_is_none(s->last_ok) && !s->fault[0]) {
		worse(v, FETCH_DOWN, "not polled yet", "");
	} else if (wall_time_is_none(s->last_ok) || since_ms > a->down_after_ms) {
		(void)snprintf(
			text, sizeof(text), "no good poll for %lld s", (long long)since_ms / 1000);
		worse(v, FETCH_DOWN, text, s->fault[0] ? s->fault : "no answer");
	} else if (s->fault[0]) {
		worse(v, FETCH_DEGRADED, "the last poll failed", s->fault);
	}
	if (a->stale_ms > 0 && !wall_time_is_none(s->now.newest) &&
		now.ms - s->now.newest.ms > a->stale_ms) {
		(void)snprintf(text, sizeof(text),
			"the feed answers, but has said nothing new for "
			"%lld min",
			(long long)(now.ms - s->now.newest.ms) / 60000);
		worse(v, FETCH_DEGRADED, text, "");
	}
	if (s->gap) {
		worse(v, FETCH_DEGRADED, "a gap is being filled from the long feed", "");
	}
	if (s->repaired) {
		worse(v, FETCH_DEGRADED,
			"the feed is no good UTF-8; its bad characters are replaced", "");
	}
	if (s->unusable > 0) {
		(void)snprintf(text, sizeof(text), "%zu entries lead to no telegram", s->unusable);
		worse(v, FETCH_DEGRADED, text, "");
	}
}

void atom_health(struct atom *a)
{
	struct verdict v = {.state = FETCH_OK};
	struct wall_time last_ok = {.ms = INT64_MAX};
	for (size_t i = 0; i < a->source_count; i++) {
		struct wall_time t = a->sources[i].last_ok;
		judge_source(&a->sources[i], &v);
		last_ok = t.ms < last_ok.ms ? t : last_ok;
	}
	if (a->over_budget) {
		char text[64];
		(void)snprintf(text, sizeof(text), "%zu telegrams wait", a->waiting);
		worse(&v, FETCH_DEGRADED, "this hour's share of requests or bytes is used up",
			text);
	}
	if (a->lost > 0 && clock_wall_now().ms - a->lost_at.ms < LOST_SHOWN_MS) {
		char text[64];
		(void)snprintf(
			text, sizeof(text), "%zu telegrams were given up, the last", a->lost);
		worse(&v, FETCH_DEGRADED, text, a->lost_text);
	}
	if (a->forgetful) {
		worse(&v, FETCH_DEGRADED, "what was polled cannot be written down",
			"a restart will fetch it again");
	}
	fetch_health(a->fetch, v.state, last_ok, v.text);
}

/* ---- timers ---- */

static void tick_in(struct atom *a, int64_t ms)
{
	const struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
	(void)event_add(a->tick, &tv);
}

static void on_tick(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	struct atom *a = data;
	struct wall_time now = clock_wall_now();
	tick_in(a, cadence_next(&a->cadence, now).ms - now.ms);
	for (size_t i = 0; i < a->source_count; i++) {
		source_poll(&a->sources[i]);
	}
}

static void save(struct atom *a)
{
	struct err e = {0};
	memory_put_budget(a->memory, &a->budget);
	a->forgetful = memory_save(a->memory, &e) != 0;
	if (a->forgetful) {
		log_error("poll state cannot be written", "feed=%s error=%s", fetch_feed(a->fetch),
			LOG_TEXT(e.text));
	}
}

/* What no document has listed for long: else the memory would grow for as long as we run. */
static void forget_old(struct atom *a)
{
	a->forget_at = mono_time_add(clock_mono_now(), FORGET_EVERY_MS);
	memory_forget(a->memory, (struct wall_time){.ms = clock_wall_now().ms - a->remember_ms});
}

static void on_beat(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	struct atom *a = data;
	work_pump(a);
	if (mono_time_left_ms(a->forget_at) <= 0) {
		forget_old(a);
	}
	if (memory_changed(a->memory)) {
		save(a);
	}
	atom_health(a);
}

/* ---- options ---- */

static struct text_list read_texts(struct pool *pool, const json_t *list, size_t spare)
{
	struct text_list out = {
		.list = pool_take(pool, (json_array_size(list) + spare + 1) * sizeof(char *))};
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));
		out.list[out.count++] = pool_copy_text(pool, text ? text : "");
	}
	return out;
}

static void add_host(struct atom *a, const char *url)
{
	char host[256];
	if (url[0] && http_url_host(url, host, sizeof(host)) == 0) {
		a->hosts.list[a->hosts.count++] = pool_copy_text(a->pool, host);
	}
}

static void read_limits(struct atom *a, const json_t *o)
{
	a->gap_ms = json_int(o, "gap", 300000);
	a->stale_ms = json_int(o, "stale", 0);
	a->down_after_ms = json_int(o, "down_after", 180000);
	a->missing_for_ms = json_int(o, "missing_for", 600000);
	a->retry_first_ms = json_int(o, "retry_first", 5000);
	a->remember_ms = json_int(o, "remember", 14LL * 24 * 3600 * 1000);
	a->max_feed = (size_t)json_int(o, "max_feed", 16 * 1024 * 1024);
	a->max_telegram = (size_t)json_int(o, "max_telegram", 8 * 1024 * 1024);
	a->budget.requests_max = json_int(o, "requests_per_hour", 3000);
	a->budget.bytes_max = json_int(o, "bytes_per_hour", 200LL * 1024 * 1024);
	a->cadence = (struct cadence){
		.interval_ms = json_int(o, "interval", 60000),
		.at_ms = json_int(o, "at", 20000),
		.late_ms = cadence_delay(
			fetch_site(a->fetch), fetch_feed(a->fetch), json_int(o, "jitter", 5000)),
	};
}

static int make_getter(struct atom *a, const json_t *o, struct err *e)
{
	const struct http_get_settings settings = {
		.connect_timeout_ms = json_int(o, "connect_timeout", 10000),
		.timeout_ms = json_int(o, "timeout", 30000),
		.ca_file = pool_copy_text(a->pool, json_text(o, "ca_file", "")),
		.proxy = pool_copy_text(a->pool, json_text(o, "proxy", "")),
		.private_addresses = json_flag(o, "private_addresses", false),
		.may_redirect = may_redirect,
		.data = a,
	};
	a->getter = http_getter_new(fetch_base(a->fetch), &settings, e);
	return a->getter ? 0 : e->code;
}

static void make_sources(struct atom *a, const json_t *feeds)
{
	a->source_count = json_array_size(feeds);
	a->sources = mem_new_array(a->source_count, sizeof(*a->sources));
	for (size_t i = 0; i < a->source_count; i++) {
		const json_t *feed = json_array_get(feeds, i);
		const char *url = pool_copy_text(a->pool, json_text(feed, "url", ""));
		const char *longer = pool_copy_text(a->pool, json_text(feed, "long", ""));
		source_init(&a->sources[i], a, url, longer);
		add_host(a, url);
		add_host(a, longer);
	}
}

static void close_atom(void *instance)
{
	struct atom *a = instance;
	http_getter_free(a->getter);
	save(a);
	work_clear(a);
	memory_free(a->memory);
	json_decref(a->pending);
	event_free(a->tick);
	event_free(a->beat);
	free(a->sources);
	pool_free(a->pool);
	free(a);
}

static int open_atom(struct fetch *f, const json_t *options, void **instance, struct err *e)
{
	const json_t *feeds = json_object_get(options, "feeds");
	struct atom *a = mem_new(sizeof(*a));
	xml_setup();
	a->fetch = f;
	a->pool = pool_new();
	a->pending = json_object();
	for (int i = 0; i < 3; i++) {
		TAILQ_INIT(&a->places[i]);
	}
	a->tick = evtimer_new(fetch_base(f), on_tick, a);
	a->beat = event_new(fetch_base(f), -1, EV_PERSIST, on_beat, a);
	if (!a->tick || !a->beat) {
		abort();
	}
	read_limits(a, options);
	a->memory = memory_open(fetch_state_dir(f));
	memory_get_budget(a->memory, &a->budget);
	forget_old(a);
	a->types = read_texts(a->pool, json_object_get(options, "types"), 0);
	a->offices = read_texts(a->pool, json_object_get(options, "offices"), 0);
	a->hosts =
		read_texts(a->pool, json_object_get(options, "hosts"), json_array_size(feeds) * 2);
	make_sources(a, feeds);
	int rc = make_getter(a, options, e);
	if (rc) {
		close_atom(a);
		return rc;
	}
	const struct timeval every = {.tv_sec = BEAT_MS / 1000};
	(void)event_add(a->beat, &every);
	tick_in(a, 0);
	*instance = a;
	return 0;
}

int main(int argc, char **argv)
{
	static const struct fetch_program program = {
		.declaration = &fetch_atom,
		.open = open_atom,
		.close = close_atom,
	};
	return fetch_main(argc, argv, &program);
}
