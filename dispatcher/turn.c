/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/turn.h"

#include "base/crash_point.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "dispatcher/accept.h"
#include "dispatcher/alarms.h"
#include "dispatcher/channel.h"
#include "dispatcher/control.h"
#include "dispatcher/feeds.h"
#include "dispatcher/hub.h"
#include "dispatcher/metrics.h"
#include "dispatcher/texts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ALERTS_PER_TURN = 64, /* bounds one transaction, so that one flood cannot starve sirens */
	RETRY_MS = 500,	      /* after a store fault */
	SOON_US = 3000,	      /* a channel's peers answer within a few milliseconds of each other */
	DEVICE_WRITE_MS = 5000, /* heartbeats are written this often */
	JOURNAL_PAGES = 2000,	/* the quiet moments of the tick did not suffice */
	RECEIPT_LIMIT = 200000, /* kept while the store is away; older ones go first */
};

struct list {
	json_t **items;
	size_t count;
	size_t capacity;
};

struct turn {
	struct hub *hub;
	struct event *event;
	struct event *retry;
	struct event *soon;
	struct incoming_alert **alerts;
	size_t alert_count;
	size_t alert_capacity;
	struct list refusals;
	struct list receipts;
	json_t *devices; /* "channel/device" -> message */
	struct mono_time devices_written;
	/* Results of the transaction under way, valid only once it is committed. */
	struct list answers;
	struct list events;
	char fault[256];
	bool faulty;
	bool running;
};

static void list_add(struct list *l, json_t *item)
{
	mem_grow((void **)&l->items, &l->capacity, l->count, sizeof(*l->items));
	l->items[l->count++] = item;
}

static void list_drop(struct list *l, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		json_decref(l->items[i]);
	}
	if (count < l->count) {
		memmove(l->items, l->items + count, (l->count - count) * sizeof(*l->items));
	}
	l->count -= count;
}

static void list_clear(struct list *l)
{
	list_drop(l, l->count);
	free(l->items);
	*l = (struct list){0};
}

static void drop_alerts(struct turn *t, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(t->alerts[i]);
	}
	t->alert_count -= count;
	if (t->alert_count > 0) {
		memmove(t->alerts, t->alerts + count, t->alert_count * sizeof(*t->alerts));
	}
}

static void tell_receipt(struct turn *t, const json_t *message, const struct store_receipt *r)
{
	const char *state = json_text(message, "state", "");
	if (r->result == -ENOENT) {
		log_warning("receipt for an unknown delivery", "delivery=%s target=%s state=%s",
			LOG_TEXT(r->delivery), LOG_TEXT(r->target), state);
	}
	if (r->result != 1) {
		return;
	}
	json_t *event = json_object();
	json_put_text(event, "event", "receipt");
	json_put_text(event, "delivery", r->delivery);
	json_put_text(event, "target", r->target);
	json_put_text(event, "state", state);
	json_put_text(event, "detail", r->detail);
	list_add(&t->events, event);
}

static int record_receipts(struct turn *t, struct err *e)
{
	size_t count = t->receipts.count;
	if (count == 0) {
		return 0;
	}
	struct wall_time now = clock_wall_now();
	struct store_receipt *list = mem_new_array(count, sizeof(*list));
	for (size_t i = 0; i < count; i++) {
		const json_t *message = t->receipts.items[i];
		const char *at = json_text(message, "at", "");
		list[i] = (struct store_receipt){
			.delivery = json_text(message, "delivery", ""),
			.target = json_text(message, "target", ""),
			.at = now,
			.detail = json_text(message, "detail", ""),
		};
		/* checked when it came in */
		(void)receipt_state_parse(json_text(message, "state", ""), &list[i].state);
		(void)wall_time_parse(at, strlen(at), &list[i].at, NULL);
	}
	int rc = store_add_receipts(t->hub->store, list, count, e);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		tell_receipt(t, t->receipts.items[i], &list[i]);
	}
	free(list);
	return rc;
}

static int record_devices(struct turn *t, struct err *e)
{
	if (json_object_size(t->devices) == 0 ||
		clock_mono_now().ms - t->devices_written.ms < DEVICE_WRITE_MS) {
		return 0;
	}
	const char *key;
	json_t *message;
	json_object_foreach(t->devices, key, message)
	{
		char *state = json_dumps(json_object_get(message, "state"), JSON_COMPACT);
		int rc = store_put_device(t->hub->store, json_text(message, "channel", ""),
			json_text(message, "device", ""), state ? state : "{}",
			(struct wall_time){.ms = json_int(message, "seen_ms", 0)}, e);
		free(state);
		if (rc) {
			return rc;
		}
	}
	return 0;
}

static int take_alerts(struct turn *t, size_t count, struct err *e)
{
	for (size_t i = 0; i < count; i++) {
		json_t *answer = NULL;
		json_t *event = NULL;
		int rc = accept_alert(t->hub, t->alerts[i], &answer, &event, e);
		if (rc) {
			json_decref(answer);
			json_decref(event);
			return rc;
		}
		list_add(&t->answers, answer);
		if (event) {
			list_add(&t->events, event);
		}
	}
	return 0;
}

/* What comes in is on disk before it is answered, and so is a batch of which nobody may get two.
 * Only outcomes and the rest of the batches may be taken back by a power loss: then the targets are
 * unknown, and are resent. Waiting for the disk each time would make the next alert wait too. */
static bool must_be_synced(const struct turn *t, size_t alerts)
{
	bool synced = alerts > 0 || t->refusals.count > 0;
	for (size_t i = 0; i < t->hub->channel_count; i++) {
		synced = synced || channel_claims_once(t->hub->channels[i]);
	}
	return synced;
}

/* A transaction that writes nothing succeeds on a full disk too: after a fault the store is well
 * only when it has taken something. */
static int prove_store(struct turn *t, struct err *e)
{
	char text[WALL_TIME_TEXT_SIZE];
	return t->faulty ? store_put_value(t->hub->store, "store.proof",
				   wall_time_format(clock_wall_now(), 0, text), e)
			 : 0;
}

/* All writing of one turn. The number of alerts and receipts taken is fixed before. */
static int write_all(struct turn *t, size_t alerts, struct err *e)
{
	struct hub *hub = t->hub;
	bool synced = must_be_synced(t, alerts);
	int rc = synced ? store_begin(hub->store, e) : store_begin_unsynced(hub->store, e);
	if (rc) {
		return rc;
	}
	CRASH_POINT("hub.turn.begun");
	alarms_begin(hub->alarms);
	rc = take_alerts(t, alerts, e);
	CRASH_POINT("hub.turn.accepted");
	for (size_t i = 0; rc == 0 && i < t->refusals.count; i++) {
		rc = accept_refusal(hub, t->refusals.items[i], e);
	}
	for (size_t i = 0; rc == 0 && i < hub->channel_count; i++) {
		rc = channel_record(hub->channels[i], e);
	}
	rc = rc ? rc : record_receipts(t, e);
	rc = rc ? rc : record_devices(t, e);
	rc = rc ? rc : prove_store(t, e);
	rc = rc ? rc : feeds_record(hub->feeds, e);
	rc = rc ? rc : alarms_record(hub->alarms, e);
	for (size_t i = 0; rc == 0 && i < hub->channel_count && !hub->stopping; i++) {
		rc = channel_claim(hub->channels[i], synced, alerts > 0, e);
	}
	CRASH_POINT("hub.turn.claimed");
	rc = rc ? rc : store_commit(hub->store, e);
	if (rc) {
		store_rollback(hub->store);
	}
	return rc;
}

static void tell_channels(struct hub *hub, bool giving_way)
{
	for (size_t i = 0; i < hub->channel_count; i++) {
		if (channel_gives_way(hub->channels[i]) == giving_way) {
			channel_committed(hub->channels[i]);
		}
	}
}

static void after_commit(struct turn *t, size_t alerts)
{
	struct hub *hub = t->hub;
	CRASH_POINT("hub.turn.committed");
	metrics_count(hub->metrics, "hansho_commits_total", "", 1);
	/* Batches first: a siren does not wait for the feed to hear that it was accepted, nor for a
	 * mail to thousands to be written out. */
	tell_channels(hub, false);
	CRASH_POINT("hub.turn.sent");
	for (size_t i = 0; i < t->answers.count; i++) {
		feeds_answer(hub->feeds, t->alerts[i], t->answers.items[i]);
	}
	tell_channels(hub, true);
	list_drop(&t->answers, t->answers.count);
	drop_alerts(t, alerts);
	list_drop(&t->refusals, t->refusals.count);
	list_drop(&t->receipts, t->receipts.count);
	if (clock_mono_now().ms - t->devices_written.ms >= DEVICE_WRITE_MS) {
		(void)json_object_clear(t->devices);
		t->devices_written = clock_mono_now();
	}
	for (size_t i = 0; i < t->events.count; i++) {
		hub_tell(hub, json_incref(t->events.items[i]));
	}
	list_drop(&t->events, t->events.count);
	alarms_committed(hub->alarms);
	control_settle(hub->control);
	store_tidy(hub->store, JOURNAL_PAGES);
}

static void after_rollback(struct turn *t, size_t alerts, const struct err *e)
{
	struct hub *hub = t->hub;
	metrics_count(hub->metrics, "hansho_store_failures_total", "", 1);
	alarms_rolled_back(hub->alarms);
	texts_forget(hub->texts);
	for (size_t i = 0; i < hub->channel_count; i++) {
		channel_rolled_back(hub->channels[i]);
	}
	list_drop(&t->answers, t->answers.count);
	list_drop(&t->events, t->events.count);
	for (size_t i = 0; i < alerts; i++) {
		json_t *answer = json_object();
		json_put_text(answer, "retry", e->text);
		feeds_answer(hub->feeds, t->alerts[i], answer);
		json_decref(answer);
	}
	drop_alerts(t, alerts);
	if (t->receipts.count > RECEIPT_LIMIT) {
		list_drop(&t->receipts, t->receipts.count - RECEIPT_LIMIT);
	}
	list_drop(&t->refusals, t->refusals.count);
}

static void set_fault(struct turn *t, const struct err *e)
{
	if (!t->faulty) {
		log_error("store does not take data", "reason=%s", LOG_TEXT(e->text));
		hub_tell(t->hub, json_pack("{s:s,s:s}", "event", "store_fault", "text", e->text));
		alarm_raise(t->hub->alarms, ALARM_STORE, "store", e->text);
	}
	t->faulty = true;
	(void)snprintf(t->fault, sizeof(t->fault), "%.255s", e->text);
	struct timeval again = {.tv_sec = 0, .tv_usec = RETRY_MS * 1000};
	(void)event_add(t->retry, &again);
}

static void clear_fault(struct turn *t)
{
	if (t->faulty) {
		log_info("store takes data again", "was=%s", LOG_TEXT(t->fault));
		hub_tell(t->hub, json_pack("{s:s}", "event", "store_well"));
		alarm_end(t->hub->alarms, ALARM_STORE, "store");
	}
	t->faulty = false;
}

static void run(struct turn *t)
{
	struct err e = {0};
	(void)event_del(t->soon);
	size_t alerts = t->alert_count < ALERTS_PER_TURN ? t->alert_count : ALERTS_PER_TURN;
	int rc = write_all(t, alerts, &e);
	if (rc) {
		after_rollback(t, alerts, &e);
		set_fault(t, &e);
		return;
	}
	clear_fault(t);
	after_commit(t, alerts);
	feeds_unpause(t->hub->feeds);
	if (t->alert_count > 0) {
		turn_want(t);
	}
}

static void on_turn(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	struct turn *t = data;
	t->running = true;
	run(t);
	t->running = false;
}

struct turn *turn_new(struct hub *hub)
{
	struct turn *t = mem_new(sizeof(*t));
	t->hub = hub;
	t->devices = json_object();
	t->event = event_new(hub->base, -1, 0, on_turn, t);
	(void)event_priority_set(t->event, HUB_PRIORITY_TURN);
	t->retry = evtimer_new(hub->base, on_turn, t);
	(void)event_priority_set(t->retry, HUB_PRIORITY_TURN);
	t->soon = evtimer_new(hub->base, on_turn, t);
	(void)event_priority_set(t->soon, HUB_PRIORITY_TURN);
	return t;
}

void turn_free(struct turn *t)
{
	if (!t) {
		return;
	}
	event_free(t->event);
	event_free(t->retry);
	event_free(t->soon);
	drop_alerts(t, t->alert_count);
	free(t->alerts);
	list_clear(&t->refusals);
	list_clear(&t->receipts);
	list_clear(&t->answers);
	list_clear(&t->events);
	json_decref(t->devices);
	free(t);
}

void turn_want(struct turn *t)
{
	static const struct timeval next = {0};
	if (t->running) {
		/* An event made active in its own callback runs before anything is read: a turn
		 * that always wants another would be all the hub does. */
		(void)event_add(t->event, &next);
	} else {
		event_active(t->event, EV_TIMEOUT, 0);
	}
}

void turn_want_soon(struct turn *t)
{
	if (!event_pending(t->soon, EV_TIMEOUT, NULL)) {
		struct timeval in = {.tv_usec = SOON_US};
		(void)event_add(t->soon, &in);
	}
}

void turn_add_alert(struct turn *t, struct incoming_alert *alert)
{
	mem_grow((void **)&t->alerts, &t->alert_capacity, t->alert_count, sizeof(*t->alerts));
	t->alerts[t->alert_count++] = alert;
	turn_want(t);
}

void turn_add_refusal(struct turn *t, json_t *message)
{
	list_add(&t->refusals, json_incref(message));
	turn_want(t);
}

void turn_add_receipt(struct turn *t, const char *channel, json_t *message)
{
	(void)channel;
	list_add(&t->receipts, json_incref(message));
	turn_want_soon(t);
}

void turn_add_device(struct turn *t, const char *channel, json_t *message)
{
	char key[512];
	(void)snprintf(key, sizeof(key), "%s/%s", channel, json_text(message, "device", ""));
	json_put_text(message, "channel", channel);
	json_put_int(message, "seen_ms", clock_wall_now().ms);
	(void)json_object_set(t->devices, key, message);
}

int turn_run(struct turn *t, int (*fn)(struct hub *hub, void *data, struct err *e), void *data,
	struct err *e)
{
	int rc = store_begin(t->hub->store, e);
	if (rc) {
		return rc;
	}
	rc = fn(t->hub, data, e);
	if (rc >= 0) {
		int committed = store_commit(t->hub->store, e);
		rc = committed ? committed : rc;
	}
	if (rc < 0) {
		store_rollback(t->hub->store);
	}
	return rc;
}

const char *turn_store_fault(const struct turn *t)
{
	return t->faulty ? t->fault : NULL;
}

size_t turn_backlog(const struct turn *t)
{
	return t->alert_count;
}
