/* SPDX-License-Identifier: Apache-2.0
 *
 * What staff must look at, and how they hear of it: recorded in the store, shown by status, and
 * sent over channels of their own. The first goes out at once; what follows within `gather` goes
 * into one message; what still stands is said again. A message is written in the transaction that
 * records the alarm, as a broadcast of the least priority: it never goes before an alert.
 */
#pragma once

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>

struct alarms;
struct hub;

/* Standing ones end by themselves: alarm_end(). */
enum alarm_what {
	ALARM_FEED_SILENT,    /* subject: feed */
	ALARM_EEW_SILENT,     /* feed */
	ALARM_SOURCE_DOWN,    /* feed whose fetch program cannot reach its source */
	ALARM_INGEST_AWAY,    /* "ingest" */
	ALARM_CERTIFICATES,   /* "listeners" */
	ALARM_CHANNEL_PAUSED, /* channel */
	ALARM_CHANNEL_FAULT,  /* channel */
	ALARM_STORE,	      /* "store" */
	ALARM_DISK_LOW,	      /* "state_dir" */
	/* Until somebody takes note: */
	ALARM_HELD,	    /* alert that waits for staff */
	ALARM_CHECK,	    /* alert with something odd: an unknown code of ours, a conflict */
	ALARM_MAIL_UNKNOWN, /* alert made of a receiver's mail that no rule knows */
	ALARM_REFUSED,	    /* feed/code */
	ALARM_SET_ASIDE,    /* delivery with a target that kills its driver */
	ALARM_EXPIRED,	    /* delivery that ran out of time */
	ALARM_OVER_CAP,	    /* delivery held by a channel's cap */
	ALARM_CLOCK,	    /* "clock": the wall clock jumped */
};

struct alarms *alarms_new(struct hub *hub);
void alarms_free(struct alarms *a);

/* When the hub starts, inside a transaction: ends what only this process's memory could end. What
 * still holds is raised again; left open and taken note of, it would hide the next of its kind. */
int alarms_start(struct alarms *a, struct err *e);

/* Takes effect with the next transaction; inside one, with that one and only if it commits. */
void alarm_raise(struct alarms *a, enum alarm_what what, const char *subject, const char *detail);
void alarm_end(struct alarms *a, enum alarm_what what, const char *subject);

/* Once a second: what was gathered, what must be said again. */
void alarms_tick(struct alarms *a);

/* Around the turn's transaction. */
void alarms_begin(struct alarms *a);
int alarms_record(struct alarms *a, struct err *e);
void alarms_committed(struct alarms *a);
void alarms_rolled_back(struct alarms *a);

/* Something waits to be written. */
bool alarms_pending(const struct alarms *a);
