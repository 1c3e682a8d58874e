/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a feed is alive: heard of lately, its early warning line tested lately, its source
 * within reach. Counted in monotonic time; when it was last heard outlives a restart of the hub.
 */
#pragma once

#include "base/clock.h"
#include "base/err.h"
#include "config/config.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct hub;

enum feed_life {
	FEED_UNWATCHED, /* nothing tells: no `silence`, no heartbeat, nothing fetched */
	FEED_ALIVE,
	FEED_SILENT, /* what it does not say proves nothing */
};

const char *feed_life_name(enum feed_life life);

/* One thing that must be heard from time to time. */
struct heartbeat {
	int64_t limit_ms; /* 0: not watched */
	struct mono_time at;
	bool ever;
	bool silent;
	bool changed; /* since it was written */
	struct mono_time written;
};

struct feed_watch {
	struct hub *hub;
	const struct feed_config *config;
	struct mono_time started;
	struct heartbeat any;
	struct heartbeat eew;
	struct mono_time source_well; /* of a fetched feed: last time its source was */
	bool fetched;
	bool source_ok;
	bool source_down; /* long enough for an alarm */
};

/* Reads when the feed was last heard from the store. config is borrowed. */
int feed_watch_init(
	struct feed_watch *w, struct hub *hub, const struct feed_config *config, struct err *e);

/* Something came. */
void feed_watch_heard(struct feed_watch *w);
/* It was the hourly test of the early warning line. */
void feed_watch_heard_eew(struct feed_watch *w);
/* How a fetched feed's source is. */
void feed_watch_source(struct feed_watch *w, bool ok);

/* Once a second: raises and ends the alarms. */
void feed_watch_tick(struct feed_watch *w);
/* Inside a transaction: writes when it was last heard, at most every few seconds. */
int feed_watch_record(struct feed_watch *w, struct err *e);

/* For one kind of alert; NULL: in general. */
enum feed_life feed_watch_life(const struct feed_watch *w, const struct kind *kind);
/* Since it was last heard, or its source last well; -1: never. */
int64_t feed_watch_age_s(const struct feed_watch *w);
