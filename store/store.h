/* SPDX-License-Identifier: Apache-2.0
 *
 * The queue and the record, in queue terms. One process (the hub) has it open. SQLite behind it:
 * WAL, synced commits, STRICT tables, numbered forward-only migrations (schemas/sql/).
 *
 * Every function returns 0 (or a count where it says so) or a negative errno with *e filled in:
 * -ENOSPC disk full, -EBUSY locked by another process, -EIO anything else the disk or the database
 * says, -ENOENT no such thing. After -ENOSPC, -EBUSY or -EIO the caller rolls back: nothing of the
 * transaction counts. Functions that write must stand between store_begin() and store_commit().
 *
 * Life of a delivery (one broadcast on one channel):
 *   held -> ready -> ready ... -> done            nothing left to try
 *           ready -> held (staff)                 ready -> expired    (deadline passed)
 *           ready/held -> cancelled               (replaced by a newer broadcast, or by staff)
 * Life of a target that needs a row (an exception):
 *   waiting -> claimed -> (gone: delivered) | waiting | unknown | failed | quarantined | expired
 *   unknown -> waiting (resend policy, `hansho retry`) | delivered/failed (`hansho resolve`)
 */
#pragma once

#include "base/clock.h"
#include "base/err.h"
#include "schemas/alert.h"
#include "schemas/broadcast.h"
#include "schemas/outcome.h"
#include "schemas/state.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct store;

struct store_settings {
	const char *path; /* of the database file */
	int busy_timeout_ms;
};

/* Opens or creates, runs the migrations. -EPROTO when the file was written by a newer version. */
int store_open(const struct store_settings *settings, struct store **out, struct err *e);
void store_close(struct store *s);

int store_begin(struct store *s, struct err *e);
/* The same, but the commit does not wait for the disk. A killed hub loses nothing of it; a power
 * loss may take it back, whole, with what came after it. For what may be taken back: outcomes (the
 * batch is then open, its targets become unknown) and claims whose batch may go out twice. */
int store_begin_unsynced(struct store *s, struct err *e);
int store_commit(struct store *s, struct err *e);
/* Moves the journal into the database once it has this many pages (of 4 KiB). Outside transactions,
 * often, when nothing urgent waits: it writes and syncs. Failing is harmless, the next call tries
 * again. */
void store_tidy(struct store *s, int pages);
void store_rollback(struct store *s);

/* ---- accepting ---- */

struct store_alert {
	const char *id;
	const struct alert *alert;
	const char *json; /* alert_to_json(), as text */
	const char *feed;
	struct wall_time received;
	const void *raw; /* the telegram's bytes */
	size_t raw_size;
	const char *verdict; /* rules_verdict_name() */
	const char *reason;
	const char *trace; /* JSON array of texts */
	bool alarm;	   /* staff must look */
};

/* id of the alert with this digest (out: "" when none); -EIO... as above. */
int store_find_digest(struct store *s, const char *digest, char out[ALERT_ID_SIZE], struct err *e);
int store_add_alert(struct store *s, const struct store_alert *a, struct err *e);
/* The same telegram once more: which feed, when. */
int store_add_sighting(
	struct store *s, const char *alert, const char *feed, struct wall_time at, struct err *e);
int store_add_refusal(struct store *s, const char *feed, const char *code, const char *reason,
	int line, struct wall_time at, const void *raw, size_t raw_size, struct err *e);

int store_add_tombstone(struct store *s, enum alert_status status, const char *series,
	const char *revision, const char *by_alert, struct wall_time at, struct err *e);
/* 1 or 0. revision "": any of the series. */
int store_has_tombstone(struct store *s, enum alert_status status, const char *series,
	const char *revision, struct err *e);

/* ---- what is in force ---- */

/* Rows and all they point to are valid until the next store_state_put() or store_rollback(). */
int store_state_each(struct store *s, enum alert_status status, const char *municipality,
	void (*each)(void *to, const struct state_row *row), void *to, struct err *e);
int store_state_put(struct store *s, const struct state_row *row, struct err *e);
/* All rows in force, for `hansho status`: JSON array. NULL on error. */
json_t *store_state_list(struct store *s, struct err *e);

/* ---- broadcasts and deliveries ---- */

int store_add_broadcast(struct store *s, const struct broadcast *b, const char *json, bool held,
	const char *hold_reason, struct wall_time at, struct err *e);

/* What went out about one thing in one place since a moment, ends left out. */
struct store_said {
	int count;
	enum severity severity; /* the worst */
	int level;		/* the highest */
};

/* slot: what the threads are about; area: a code, its first five characters count. */
int store_said_since(struct store *s, enum alert_status status, const char *slot, const char *area,
	struct wall_time since, struct store_said *out, struct err *e);

struct store_delivery {
	const char *broadcast;
	const char *channel;
	bool held;
	int priority;
	struct wall_time expires;
	bool resend_unknown;	    /* the channel's on_unknown at this severity */
	const char *audience_list;  /* recipients list; "": fixed targets */
	const char *const *targets; /* fixed targets */
	size_t target_count;
	const char *category;	  /* recipients filter; "": all */
	const char *const *areas; /* recipients without areas, or with one of these; count 0: all */
	size_t area_count;
};

/* The delivery's id is "<broadcast>/<channel>". */
int store_add_delivery(
	struct store *s, const struct store_delivery *d, struct wall_time at, struct err *e);

/* Oldest first. channels and areas are JSON arrays of names and codes; waits: held, and nothing of
 * it has gone out. */
int store_thread_each(struct store *s, enum alert_status status, const char *thread,
	void (*each)(void *to, const char *broadcast, int update, enum event_type event,
		const json_t *channels, const json_t *areas, bool waits),
	void *to, struct err *e);

/* What is still to be tried of a broadcast's deliveries is cancelled. Returns their number. */
int store_cancel_broadcast(struct store *s, const char *broadcast, const char *reason,
	struct wall_time at, struct err *e);

/* The text given to store_add_broadcast(); the caller frees. NULL and *e. */
char *store_broadcast_json(struct store *s, const char *id, struct err *e);

/* ---- the queue ---- */

struct store_target {
	const char *id;
	const char *address;
	const char *lang;
	const char *area;
};

struct store_batch {
	struct pool *pool; /* owns the texts */
	int64_t id;
	const char *delivery;
	const char *broadcast;
	int attempt; /* 1 first; the same for all targets of the batch */
	int priority;
	struct wall_time expires;
	bool resend_unknown;
	struct store_target *targets;
	size_t count;
};

/* Claims the next batch of a channel: lowest priority number first, then earliest expiry, then
 * oldest; retries that are due before new recipients; a target that was present in two crashes
 * alone. Nothing past its expiry. Writes the claim and moves the cursor. Returns 1 with *out
 * (store_batch_clear()), 0 when nothing is due. */
int store_claim(struct store *s, const char *channel, size_t max, const char *agent,
	struct wall_time now, struct store_batch *out, struct err *e);
void store_batch_clear(struct store_batch *b);

/* Names of the channels that have deliveries still to be tried, as a JSON array. NULL on error. */
json_t *store_list_channels(struct store *s, struct err *e);

/* When store_claim() could next give something: now or earlier = at once; WALL_TIME_NONE = never
 * unless something new comes. */
int store_next_due(struct store *s, const char *channel, struct wall_time *out, struct err *e);
/* 1: store_claim() could give something now; 0: not. */
int store_has_due(struct store *s, const char *channel, struct wall_time now, struct err *e);

/* One target of an open batch is concluded. transient: waits until retry_at (when that is past the
 * expiry: expired); unknown: as the delivery's policy says, at retry_at or held for staff.
 * crashed: the agent died with it. */
int store_conclude(struct store *s, const struct store_batch *b, size_t index,
	const struct outcome *o, struct wall_time retry_at, bool crashed, struct wall_time at,
	struct err *e);
/* The same outcome for all targets for which skip[i] is false, and closes the batch. */
int store_conclude_rest(struct store *s, const struct store_batch *b, const bool *skip,
	const struct outcome *o, struct wall_time retry_at, bool crashed, struct wall_time at,
	struct err *e);
/* Closes a batch all of whose targets are concluded. Ends the delivery when nothing is left. */
int store_close_batch(
	struct store *s, const struct store_batch *b, struct wall_time at, struct err *e);

/* After a crash of the hub: open batches are closed, their unconcluded targets become unknown.
 * Returns the number of targets concerned. */
int store_recover(struct store *s, struct wall_time now, struct err *e);

/* The clock was set back: what waits for a later moment is tried now. Returns the number of
 * deliveries concerned. */
int store_hasten_retries(struct store *s, struct wall_time now, struct err *e);

/* Ends what is past its expiry. Returns the number of targets that expired. */
int store_expire(struct store *s, struct wall_time now, struct err *e);

/* Moves forward only. Returns 1 when it changed something, 0 when not, -ENOENT for a delivery that
 * does not exist. target need not be in the audience (it is recorded all the same). */
int store_add_receipt(struct store *s, const char *delivery, const char *target,
	enum receipt_state state, struct wall_time at, const char *detail, struct err *e);

struct store_receipt {
	const char *delivery;
	const char *target;
	enum receipt_state state;
	struct wall_time at;
	const char *detail;
	int result; /* as store_add_receipt() returns */
};

/* The same for many, best in the order of their deliveries: each delivery is looked up and counted
 * once a run. 0, or a negative errno: then nothing may be committed. */
int store_add_receipts(struct store *s, struct store_receipt *list, size_t count, struct err *e);

/* ---- staff ---- id: a broadcast or a delivery; each returns the number of deliveries or targets
 * concerned, -ENOENT when there is no such id. */
int store_hold(
	struct store *s, const char *id, const char *reason, struct wall_time at, struct err *e);
int store_release(struct store *s, const char *id, struct wall_time at, struct err *e);
/* Failed, unknown and quarantined targets go back to waiting. */
int store_retry(struct store *s, const char *id, struct wall_time at, struct err *e);
/* Unknown targets become delivered or failed. target "": all of the delivery. */
int store_resolve(struct store *s, const char *delivery, const char *target, bool delivered,
	struct wall_time at, struct err *e);

/* ---- recipients ---- */

struct store_recipient {
	const char *id; /* unique in the list; "": made from the address */
	const char *address;
	const char *lang;
	const char *name;
	const char *categories; /* blank separated; "": all */
	const char *areas;	/* blank separated codes; "": all */
};

/* Adds or replaces one by (list, id). */
int store_put_recipient(
	struct store *s, const char *list, const struct store_recipient *r, struct err *e);
/* Removes all of a list. Returns their number. */
int store_clear_recipients(struct store *s, const char *list, struct err *e);
/* Moves all of list `from` into list `to` (a recipient with the same id is replaced); with replace,
 * `to` is emptied first. The end of an import. Returns the number moved. */
int store_adopt_recipients(
	struct store *s, const char *from, const char *to, bool replace, struct err *e);
/* Number in a list; list "": all lists. */
int64_t store_count_recipients(struct store *s, const char *list, struct err *e);
/* Up to limit recipients whose id sorts after `after`, as a JSON array. NULL on error. */
json_t *store_list_recipients(
	struct store *s, const char *list, const char *after, int limit, struct err *e);

/* ---- reading, for staff: JSON the caller releases; NULL and *e (-ENOENT: no such id) ---- */

/* Deliveries: {id, broadcast, channel, state, priority, expires, targets (-1: not yet known),
 * delivered, confirmed, waiting, unknown, failed, expired, cancelled, attempts, first_ms, last_ms
 * (after the alert was received), reason}. */
json_t *store_queue_list(struct store *s, int limit, struct err *e); /* unfinished deliveries */
json_t *store_alert_list(
	struct store *s, int limit, struct err *e); /* newest first, one line each */
/* One alert, broadcast or delivery with all that hangs below it: telegram facts, verdict, trace,
 * sightings, broadcasts with texts, deliveries, batches, target rows (at most 200, with the number
 * left out), receipts (likewise). id may be a unique prefix of an alert id. */
json_t *store_show(struct store *s, const char *id, struct err *e);
/* Counts by class for status and metrics: {alerts, unfinished, waiting, unknown, failed, held}. */
json_t *store_totals(struct store *s, struct err *e);
/* True when every delivery of the alert is done, expired, cancelled or held, no batch is open, and
 * at least `confirmed` targets have confirmed. */
int store_is_settled(
	struct store *s, const char *alert, int64_t confirmed, bool *settled, struct err *e);

/* ---- devices ---- */
int store_put_device(struct store *s, const char *channel, const char *device,
	const char *state_json, struct wall_time seen, struct err *e);
json_t *store_list_devices(struct store *s, struct err *e);

/* ---- record ---- append-only, hash-chained: each entry's digest covers the one before. */
int store_log(struct store *s, struct wall_time at, const char *actor, const char *operation,
	const char *subject, const char *detail, struct err *e);
json_t *store_log_list(struct store *s, const char *subject, int limit, struct err *e);
/* 0 when the chain is whole; -EBADMSG with the first wrong entry in *e. */
int store_verify_log(struct store *s, struct err *e);

/* Small values that survive restarts (sequence numbers, poll state). get: "" when absent. The
 * caller frees *value. */
int store_get_value(struct store *s, const char *key, char **value, struct err *e);
int store_put_value(struct store *s, const char *key, const char *value, struct err *e);

/* ---- alarms to staff ---- */

struct store_alarm {
	const char *what;    /* "feed-silent": stable */
	const char *subject; /* which feed, channel, alert or delivery */
	const char *detail;
	bool standing; /* ends by itself (store_alarm_end()); else when somebody takes note of it */
};

/* 1: it is new; 0: it was open, and has happened once more. */
int store_alarm_raise(
	struct store *s, const struct store_alarm *a, struct wall_time at, struct err *e);
/* subject "": all of the kind. Returns the number of those that were open. */
int store_alarm_end(
	struct store *s, const char *what, const char *subject, struct wall_time at, struct err *e);
/* id 0: all. Returns the number of alarms that nobody had taken note of. */
int store_alarm_ack(
	struct store *s, int64_t id, const char *who, struct wall_time at, struct err *e);
/* A message has named all that are open. */
int store_alarm_told(struct store *s, struct wall_time at, struct err *e);
/* Newest first: {id, what, subject, detail, standing, first, last, count, told, acked_by, ended}.
 * NULL on error. */
json_t *store_alarm_list(struct store *s, bool ended_too, int limit, struct err *e);

/* Targets set aside since the store was opened: whoever compares two readings knows of a new one.
 */
int64_t store_set_aside_count(const struct store *s);
