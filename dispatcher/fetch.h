/* SPDX-License-Identifier: Apache-2.0
 *
 * One fetch program as the hub sees it: its process, what it says of its source's health. The
 * telegrams it fetches do not pass here: they come through the feed's socket as everybody's do.
 *
 *   down ──started──► opening ──ready──► serving ──health, health, …──► serving
 *     ▲                  │ fault, late      │ dies, nothing said for a minute
 *     └──────────────────┴──────────────────┘ started again with growing delay
 */
#pragma once

#include "base/clock.h"
#include "base/err.h"
#include "config/config.h"

#include <jansson.h>
#include <stdbool.h>

struct fetch_link;
struct hub;

/* Known since the last `health`; a process that is away or silent is "down". */
struct fetch_health {
	const char *state; /* "ok", "degraded", "down" */
	const char *text;  /* "" when all is well; borrowed until the next turn of the loop */
	struct wall_time last_ok; /* when the source last answered well; WALL_TIME_NONE: never */
};

/* Makes the program's state folder and starts it. -ENOENT: no such program. feed is borrowed. */
int fetch_link_new(
	struct hub *hub, const struct feed_config *feed, struct fetch_link **out, struct err *e);
void fetch_link_free(struct fetch_link *f); /* NULL is fine */
void fetch_link_stop(struct fetch_link *f);
bool fetch_link_stopped(const struct fetch_link *f);

struct fetch_health fetch_link_health(const struct fetch_link *f);
/* {program, state, text, last_ok, age_s (-1 never)}. The caller releases. */
json_t *fetch_link_status(const struct fetch_link *f);
