/* SPDX-License-Identifier: Apache-2.0
 *
 * The hub's side of the ingest process: starts it, tells it the feeds, takes alerts, gives answers,
 * knows how long each feed has been silent. docs/internals/ingest-link.md has the messages.
 */
#pragma once

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>

struct alert;
struct feed_watch;
struct feeds;
struct hub;
struct incoming_alert;

int feeds_new(struct hub *hub, struct feeds **out, struct err *e);
void feeds_free(struct feeds *f);

/* What the feed of this alert hears. Dropped when its ingest process is gone: the feed will ask
 * again. answer is borrowed. */
void feeds_answer(struct feeds *f, const struct incoming_alert *alert, json_t *answer);
/* Counts what was odd about an accepted alert against its feed: agencies mend what they are told.
 */
void feeds_note_defects(struct feeds *f, const char *name, const struct alert *alert);
/* The turn has taken alerts: go on reading if reading was stopped. */
void feeds_unpause(struct feeds *f);
/* No new telegrams: the hub is stopping. */
void feeds_stop(struct feeds *f);
bool feeds_stopped(const struct feeds *f);

/* Certificates, keys and tokens of the listeners are read again. */
void feeds_renew(struct feeds *f);

/* Inside a transaction: what must outlive a restart. f may be NULL (not started yet). */
int feeds_record(struct feeds *f, struct err *e);
/* The hourly test of the early warning line came by this feed. */
void feeds_heard_eew(struct feeds *f, const char *name);
/* The feed's liveness; index as in the configuration. */
const struct feed_watch *feeds_watch(const struct feeds *f, size_t index);

/* Once a second: dead-man timers, and whether the ingest process still answers. */
void feeds_tick(struct feeds *f);

/* [{name, listeners, connections, messages, refusals, age_s (-1 never), silent, defects {code:
 * count}, fetch (fetch_link_status(), for feeds that are fetched)}] */
json_t *feeds_status(const struct feeds *f);
/* NULL while all is well, else why not (static or owned by f). */
const char *feeds_fault(const struct feeds *f);
