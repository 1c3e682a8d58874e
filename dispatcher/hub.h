/* SPDX-License-Identifier: Apache-2.0
 *
 * The hub: one process, one event loop, the only opener of the store. This header is the plan of
 * the folder: what hangs together in struct hub, and which file does what.
 *
 *   main.c       command line, start and stop
 *   hub.c        builds and ends struct hub, ticks, health
 *   supervise.c  one child process: start, watch, stop, restart with growing delay
 *   feeds.c      the link to the ingest process: alerts in, answers out
 *   fetch.c      one fetch program: its process and the health of its source
 *   accept.c     one alert: identity, rules, records (inside the turn's transaction)
 *   turn.c       the transaction of one loop turn: accepts, outcomes, claims; commit; then answers
 *   channel*.c   one channel: its agents and life; its queue inside the transaction; what follows
 *                the commit, breaker included
 *   agent.c      one agent process: its link and its life
 *   batch.c      the batch it has in hand: marks, outcomes, what of them is on disk
 *   texts.c      the JSON of the broadcasts that go out just now
 *   alarms.c     what staff must look at: record and messages; alarm_words.c their words
 *   hazards.c    what is known about each hazard: none, some, or that nobody can say
 *   control.c    the staff's socket; verbs.c the table of verbs; rights.c who may
 *   metrics.c    counters; http.c serves them and the health
 *
 * Invariants: nothing blocks but the store; nothing is answered, sent or told before its commit;
 * what could not be committed stays in memory as input and is tried again, or is refused to the
 * feed. No delivery library is linked here.
 */
#pragma once

#include "config/config.h"
#include "store/store.h"

#include <event2/event.h>
#include <stdbool.h>

struct alarms;
struct channel;
struct control;
struct feeds;
struct http;
struct metrics;
struct texts;
struct turn;

struct hub {
	struct event_base *base;
	struct config *config;
	struct store *store;
	const char *program_dir; /* of hanshod itself: the first place drivers are looked for */
	struct turn *turn;
	struct texts *texts;
	struct feeds *feeds;
	struct alarms *alarms;
	struct channel **channels; /* in configuration order */
	size_t channel_count;
	struct control *control;
	struct http *http;
	struct metrics *metrics;
	struct event *tick;
	struct wall_time started;
	json_t *stranded; /* names of channels with deliveries that are not configured any more */
	int64_t ticks;
	int64_t clock_offset_ms; /* wall minus monotonic, at the last tick */
	bool disk_low;
	bool stopping;
};

/* Events of the loop, by urgency: reading and children first, the turn's commit after them. */
enum { HUB_PRIORITY_IO = 0, HUB_PRIORITY_TURN = 1, HUB_PRIORITIES = 2 };

/* Opens the store, recovers, starts all processes. config is taken over (also on failure).
 * program_dir is borrowed for the hub's life. */
int hub_start(struct config *config, const char *program_dir, struct hub **out, struct err *e);
/* Runs until SIGTERM or SIGINT; returns the exit status. */
int hub_run(struct hub *hub);
void hub_free(struct hub *hub);

struct channel *hub_channel(const struct hub *hub, const char *name);

/* {"state":"ok|degraded|down","reasons":[…]}: for /healthz, `hansho status`, systemd. */
json_t *hub_health(const struct hub *hub);

/* Tells everybody who watches ("hansho watch", tests). Steals event. */
void hub_tell(struct hub *hub, json_t *event);

/* Path of an executable: PROGRAM in program_dir or the configured driver folders. Into out; -ENOENT
 * with an error that lists where it was looked for. */
int hub_find_program(
	const struct hub *hub, const char *program, char *out, size_t capacity, struct err *e);
