/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/feed_watch.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "dispatcher/alarms.h"
#include "dispatcher/hub.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	WRITE_MS = 10000,
	GRACE_MS = 60000,  /* after a start: a feed that waited for us speaks within that */
	SOURCE_MS = 60000, /* a poll may fail once */
	KEY_SIZE = 128,
};

const char *feed_life_name(enum feed_life life)
{
	static const char *const names[] = {
		[FEED_UNWATCHED] = "unwatched",
		[FEED_ALIVE] = "alive",
		[FEED_SILENT] = "silent",
	};
	return names[life];
}

static const char *key_of(const struct feed_watch *w, const struct heartbeat *h, char *out)
{
	(void)snprintf(out, KEY_SIZE, "feed.%s/%s", h == &w->eew ? "eew" : "last", w->config->name);
	return out;
}

static int restore(struct feed_watch *w, struct heartbeat *h, struct err *e)
{
	char key[KEY_SIZE];
	char *text = NULL;
	int rc = store_get_value(w->hub->store, key_of(w, h, key), &text, e);
	if (rc) {
		return rc;
	}
	struct wall_time last;
	if (wall_time_parse(text, strlen(text), &last, NULL) == 0) {
		int64_t age_ms = clock_wall_now().ms - last.ms;
		h->at = mono_time_add(w->started, age_ms > 0 ? -age_ms : 0);
		h->ever = true;
	}
	free(text);
	return 0;
}

int feed_watch_init(
	struct feed_watch *w, struct hub *hub, const struct feed_config *config, struct err *e)
{
	*w = (struct feed_watch){
		.hub = hub,
		.config = config,
		.started = clock_mono_now(),
		.any = {.limit_ms = config->silence_ms},
		.eew = {.limit_ms = config->eew_heartbeat_ms},
		.fetched = config->fetch.program[0] != '\0',
	};
	w->any.at = w->eew.at = w->source_well = w->started;
	int rc = restore(w, &w->any, e);
	return rc ? rc : restore(w, &w->eew, e);
}

/* ---- what is heard ---- */

static void hear(struct feed_watch *w, struct heartbeat *h, enum alarm_what what, const char *event)
{
	h->at = clock_mono_now();
	h->ever = true;
	h->changed = true;
	/* Also when this hub has not found it silent: the alarm may be one of before its start. */
	alarm_end(w->hub->alarms, what, w->config->name);
	if (h->silent) {
		h->silent = false;
		log_info("feed speaks again", "feed=%s event=%s", w->config->name, event);
		hub_tell(w->hub, json_pack("{s:s,s:s}", "event", event, "feed", w->config->name));
	}
}

void feed_watch_heard(struct feed_watch *w)
{
	hear(w, &w->any, ALARM_FEED_SILENT, "feed_back");
}

void feed_watch_heard_eew(struct feed_watch *w)
{
	hear(w, &w->eew, ALARM_EEW_SILENT, "eew_back");
}

void feed_watch_source(struct feed_watch *w, bool ok)
{
	w->source_ok = ok;
	if (!ok) {
		return;
	}
	w->source_well = clock_mono_now();
	if (w->source_down) {
		w->source_down = false;
		alarm_end(w->hub->alarms, ALARM_SOURCE_DOWN, w->config->name);
	}
}

/* ---- what is not ---- */

static void check(
	struct feed_watch *w, struct heartbeat *h, enum alarm_what what, const char *event)
{
	int64_t quiet_ms = -mono_time_left_ms(h->at);
	int64_t grace_ms = h->limit_ms < GRACE_MS ? h->limit_ms : GRACE_MS;
	if (h->limit_ms == 0 || h->silent || quiet_ms < h->limit_ms ||
		-mono_time_left_ms(w->started) < grace_ms) {
		return;
	}
	h->silent = true;
	char text[96];
	(void)snprintf(text, sizeof(text), "%s for %lld minutes",
		h->ever ? "silent" : "never heard, waited", (long long)quiet_ms / 60000);
	log_error("feed is silent", "feed=%s event=%s for_s=%lld", w->config->name, event,
		(long long)quiet_ms / 1000);
	hub_tell(w->hub, json_pack("{s:s,s:s}", "event", event, "feed", w->config->name));
	alarm_raise(w->hub->alarms, what, w->config->name, text);
}

void feed_watch_tick(struct feed_watch *w)
{
	check(w, &w->any, ALARM_FEED_SILENT, "feed_silent");
	check(w, &w->eew, ALARM_EEW_SILENT, "eew_silent");
	if (w->fetched && !w->source_ok && !w->source_down &&
		-mono_time_left_ms(w->source_well) >= SOURCE_MS) {
		w->source_down = true;
		alarm_raise(w->hub->alarms, ALARM_SOURCE_DOWN, w->config->name, "");
	}
}

/* ---- on disk ---- */

static int write(struct feed_watch *w, struct heartbeat *h, struct err *e)
{
	if (!h->changed || (h->written.ms && -mono_time_left_ms(h->written) < WRITE_MS)) {
		return 0;
	}
	char key[KEY_SIZE];
	char text[WALL_TIME_TEXT_SIZE];
	struct wall_time at = {.ms = clock_wall_now().ms + mono_time_left_ms(h->at)};
	int rc =
		store_put_value(w->hub->store, key_of(w, h, key), wall_time_format(at, 0, text), e);
	if (rc == 0) { /* a transaction rolled back costs a few seconds of age, no more */
		h->changed = false;
		h->written = clock_mono_now();
	}
	return rc;
}

int feed_watch_record(struct feed_watch *w, struct err *e)
{
	int rc = write(w, &w->any, e);
	return rc ? rc : write(w, &w->eew, e);
}

/* ---- what it means ---- */

static enum feed_life worse(enum feed_life a, enum feed_life b)
{
	return a > b ? a : b;
}

static enum feed_life life_of(const struct heartbeat *h)
{
	if (h->limit_ms == 0) {
		return FEED_UNWATCHED;
	}
	bool alive = h->ever && !h->silent && -mono_time_left_ms(h->at) < h->limit_ms;
	return alive ? FEED_ALIVE : FEED_SILENT;
}

enum feed_life feed_watch_life(const struct feed_watch *w, const struct kind *kind)
{
	enum feed_life life = life_of(&w->any);
	if (w->fetched) {
		life = worse(life, w->source_ok ? FEED_ALIVE : FEED_SILENT);
	}
	/* An early warning line is known by its own heartbeat: other telegrams come another way. */
	if (!kind || kind_matches("eew.*", kind->name)) {
		life = worse(life, life_of(&w->eew));
	}
	return life;
}

int64_t feed_watch_age_s(const struct feed_watch *w)
{
	int64_t heard_ms = w->any.ever ? -mono_time_left_ms(w->any.at) : -1;
	int64_t well_ms = w->fetched && w->source_ok ? -mono_time_left_ms(w->source_well) : -1;
	int64_t age_ms = heard_ms < 0	      ? well_ms
			 : well_ms < 0	      ? heard_ms
			 : heard_ms < well_ms ? heard_ms
					      : well_ms;
	return age_ms < 0 ? -1 : age_ms / 1000;
}
