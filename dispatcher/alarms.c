/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/alarms.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "dispatcher/alarm_words.h"
#include "dispatcher/channel.h"
#include "dispatcher/hub.h"
#include "dispatcher/texts.h"
#include "dispatcher/turn.h"
#include "schemas/alert.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	QUEUE_LIMIT = 1000, /* changes that wait for a store that takes nothing */
	LIST_LIMIT = 200,   /* alarms looked at for one message */
	DETAIL_SIZE = 256,
	SUBJECT_SIZE = 256,
	PRIORITY = 9,
	LIFE_MS = 6 * 60 * 60 * 1000,
};

/* A change that waits for the transaction. */
struct change {
	enum alarm_what what;
	bool ends;
	char subject[SUBJECT_SIZE];
	char detail[DETAIL_SIZE];
};

/* What is known of messages to staff; put back when the transaction is rolled back. */
struct telling {
	bool news;	       /* something that no message has named yet */
	struct mono_time last; /* message */
	bool ever;
};

struct alarms {
	struct hub *hub;
	struct change *queue;
	size_t count;
	size_t capacity;
	size_t begun; /* of the queue, when the transaction began */
	size_t recorded;
	struct telling now;
	struct telling before;
	struct mono_time repeated; /* when the last message went, or the hub started */
	json_t *ended;		   /* standing ones that ended since the last message */
	json_t *told;		   /* events for the watchers, after the commit */
	bool sent;		   /* this transaction holds a message */
	int64_t number;
};

struct alarms *alarms_new(struct hub *hub)
{
	struct alarms *a = mem_new(sizeof(*a));
	a->hub = hub;
	a->ended = json_array();
	a->told = json_array();
	a->repeated = clock_mono_now();
	return a;
}

void alarms_free(struct alarms *a)
{
	if (a) {
		json_decref(a->ended);
		json_decref(a->told);
		free(a->queue);
		free(a);
	}
}

int alarms_start(struct alarms *a, struct err *e)
{
	static const enum alarm_what kinds[] = {ALARM_SOURCE_DOWN, ALARM_INGEST_AWAY,
		ALARM_CERTIFICATES, ALARM_CHANNEL_PAUSED, ALARM_CHANNEL_FAULT, ALARM_STORE};
	int rc = 0;
	for (size_t i = 0; rc >= 0 && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		rc = store_alarm_end(a->hub->store, alarm_name(kinds[i]), "", clock_wall_now(), e);
	}
	return rc < 0 ? rc : 0;
}

/* ---- what happens ---- */

static void cut_into(char *out, size_t size, const char *text)
{
	(void)snprintf(out, size, "%.*s", (int)utf8_cut(text, strlen(text), size - 1), text);
}

static void add_change(
	struct alarms *a, enum alarm_what what, bool ends, const char *subject, const char *detail)
{
	for (size_t i = a->count; i-- > 0;) { /* a flood of one kind is one change */
		struct change *c = &a->queue[i];
		if (c->what == what && strncmp(c->subject, subject, SUBJECT_SIZE - 1) == 0) {
			if (c->ends == ends) {
				return;
			}
			break;
		}
	}
	if (a->count >= QUEUE_LIMIT) {
		return; /* each has its line in the log */
	}
	mem_grow((void **)&a->queue, &a->capacity, a->count, sizeof(*a->queue));
	struct change *c = &a->queue[a->count++];
	*c = (struct change){.what = what, .ends = ends};
	cut_into(c->subject, sizeof(c->subject), subject);
	cut_into(c->detail, sizeof(c->detail), detail);
	turn_want(a->hub->turn);
}

void alarm_raise(struct alarms *a, enum alarm_what what, const char *subject, const char *detail)
{
	add_change(a, what, false, subject, detail);
}

void alarm_end(struct alarms *a, enum alarm_what what, const char *subject)
{
	add_change(a, what, true, subject, "");
}

bool alarms_pending(const struct alarms *a)
{
	return a->count > 0;
}

/* ---- the record ---- */

static int record_raise(
	struct alarms *a, const struct change *c, struct wall_time now, struct err *e)
{
	const char *name = alarm_name(c->what);
	const struct store_alarm alarm = {
		.what = name,
		.subject = c->subject,
		.detail = c->detail,
		.standing = alarm_is_standing(c->what),
	};
	int rc = store_alarm_raise(a->hub->store, &alarm, now, e);
	if (rc != 1) {
		return rc;
	}
	a->now.news = true;
	(void)json_array_append_new(
		a->told, json_pack("{s:s,s:s,s:s,s:s}", "event", "alarm", "what", name, "subject",
				 c->subject, "detail", c->detail));
	char subject[SUBJECT_SIZE + 64];
	(void)snprintf(subject, sizeof(subject), "%s/%s", name, c->subject);
	return store_log(a->hub->store, now, "hub", "alarm", subject, c->detail, e);
}

static int record_end(struct alarms *a, const struct change *c, struct wall_time now, struct err *e)
{
	const char *name = alarm_name(c->what);
	int rc = store_alarm_end(a->hub->store, name, c->subject, now, e);
	if (rc <= 0) {
		return rc;
	}
	a->now.news = true;
	(void)json_array_append_new(
		a->ended, json_pack("{s:s,s:s}", "what", name, "subject", c->subject));
	(void)json_array_append_new(a->told, json_pack("{s:s,s:s,s:s}", "event", "alarm_over",
						     "what", name, "subject", c->subject));
	char subject[SUBJECT_SIZE + 64];
	(void)snprintf(subject, sizeof(subject), "%s/%s", name, c->subject);
	return store_log(a->hub->store, now, "hub", "alarm_over", subject, "", e);
}

/* ---- the message ---- */

static struct alert *make_alert(struct alarms *a, const struct broadcast *b, struct wall_time now)
{
	char time[WALL_TIME_TEXT_SIZE];
	char number[32];
	struct alert *alert = alert_new();
	struct pool *p = alert->pool;
	(void)snprintf(number, sizeof(number), "%lld", (long long)++a->number);
	(void)wall_time_format(now, CLOCK_JST_OFFSET_MINUTES, time);
	alert->format = ALERT_FORMAT_JSON;
	alert->type = "ALARM";
	alert->title = pool_copy_text(p, b->texts[0].title);
	alert->sender = pool_copy_text(p, a->hub->config->site);
	alert->status = ALERT_STATUS_ACTUAL;
	alert->action = ALERT_ACTION_INFO;
	alert->scope = "restricted";
	alert->series = "hansho/alarms";
	alert->revision = pool_printf(p, "%s/%s", time, number);
	alert->issued = alert->sent = now;
	alert->offset_minutes = CLOCK_JST_OFFSET_MINUTES;
	digest_of_fields(alert->digest, "hansho/alarms", a->hub->config->site, time, number, NULL);
	for (size_t i = 0; i < b->text_count; i++) {
		alert_add_text(alert, &alert->headline, b->texts[i].lang, b->texts[i].brief);
		alert_add_text(alert, &alert->description, b->texts[i].lang, b->texts[i].body);
	}
	struct alert_item *item = alert_add_item(alert, kind_find("system.alarm"));
	item->severity = SEVERITY_MODERATE;
	return alert;
}

static int write_alert(struct alarms *a, const struct alert *alert, const char *id,
	struct wall_time now, struct err *e)
{
	json_t *object = alert_to_json(alert);
	char *json = json_to_text(object);
	json_decref(object);
	const struct store_alert row = {
		.id = id,
		.alert = alert,
		.json = json,
		.feed = "hansho",
		.received = now,
		.raw = "",
		.verdict = "acted",
		.reason = "alarms to staff",
		.trace = "[]",
	};
	int rc = store_add_alert(a->hub->store, &row, e);
	free(json);
	return rc;
}

static struct broadcast *make_broadcast(struct alarms *a, const json_t *open, struct wall_time now)
{
	struct broadcast *b = broadcast_new();
	b->status = ALERT_STATUS_ACTUAL;
	b->kind = kind_find("system.alarm");
	b->event = EVENT_INFO;
	b->severity = SEVERITY_MODERATE;
	b->thread = "system.alarm";
	b->rule = "alarms";
	b->source = pool_copy_text(b->pool, a->hub->config->site);
	b->priority = PRIORITY;
	b->issued = now;
	b->expires = (struct wall_time){.ms = now.ms + LIFE_MS};
	alarm_words_write(b, a->hub->config->site, open, a->ended);
	return b;
}

static int write_message(struct alarms *a, const json_t *open, struct wall_time now, struct err *e)
{
	struct hub *hub = a->hub;
	const struct text_list *channels = &hub->config->alarms.channels;
	struct broadcast *b = make_broadcast(a, open, now);
	struct alert *alert = make_alert(a, b, now);
	char id[ALERT_ID_SIZE];
	alert_id(alert, id);
	b->alert = id;
	b->id = pool_printf(b->pool, "%s.1", id);
	json_t *object = broadcast_to_json(b);
	char *json = json_to_text(object);
	int rc = write_alert(a, alert, id, now, e);
	rc = rc < 0 ? rc : store_add_broadcast(hub->store, b, json, false, "", now, e);
	texts_put(hub->texts, b->id, json, object);
	json_decref(object);
	for (size_t i = 0; rc >= 0 && i < channels->count; i++) {
		struct channel *channel = hub_channel(hub, channels->list[i]);
		rc = channel ? channel_add_delivery(channel, b, false, now, e) : 0;
	}
	rc = rc < 0 ? rc : store_alarm_told(hub->store, now, e);
	alert_free(alert);
	broadcast_free(b);
	return rc < 0 ? rc : 0;
}

static json_t *list_unnoticed(struct alarms *a, struct err *e)
{
	json_t *open = store_alarm_list(a->hub->store, false, LIST_LIMIT, e);
	for (size_t i = json_array_size(open); i-- > 0;) {
		if (json_text(json_array_get(open, i), "acked_by", "")[0]) {
			(void)json_array_remove(open, i);
		}
	}
	return open;
}

static bool message_is_due(const struct alarms *a)
{
	const struct alarms_config *config = &a->hub->config->alarms;
	int64_t since_ms = -mono_time_left_ms(a->now.last);
	if (a->now.news) {
		return !a->now.ever || since_ms >= config->gather_ms;
	}
	return config->repeat_ms > 0 && -mono_time_left_ms(a->repeated) >= config->repeat_ms;
}

static int send_if_due(struct alarms *a, struct wall_time now, struct err *e)
{
	if (a->hub->config->alarms.channels.count == 0 || a->hub->stopping || !message_is_due(a)) {
		return 0;
	}
	json_t *open = list_unnoticed(a, e);
	if (!open) {
		return e->code;
	}
	bool empty = json_array_size(open) == 0 && json_array_size(a->ended) == 0;
	int rc = empty ? 0 : write_message(a, open, now, e);
	json_decref(open);
	a->sent = rc == 0;
	if (rc == 0 && !empty) {
		a->now.last = clock_mono_now();
		a->now.ever = true;
	}
	a->now.news = a->now.news && rc != 0;
	return rc;
}

void alarms_begin(struct alarms *a)
{
	a->begun = a->count;
	a->before = a->now;
	a->sent = false;
}

int alarms_record(struct alarms *a, struct err *e)
{
	struct wall_time now = clock_wall_now();
	int rc = 0;
	for (size_t i = 0; rc >= 0 && i < a->count; i++) {
		const struct change *c = &a->queue[i];
		rc = c->ends ? record_end(a, c, now, e) : record_raise(a, c, now, e);
	}
	a->recorded = a->count;
	return rc < 0 ? rc : send_if_due(a, now, e);
}

void alarms_committed(struct alarms *a)
{
	size_t left = a->count - a->recorded;
	if (a->recorded > 0) {
		memmove(a->queue, a->queue + a->recorded, left * sizeof(*a->queue));
		a->count = left;
		a->recorded = 0;
	}
	if (a->sent) {
		a->repeated = clock_mono_now();
		(void)json_array_clear(a->ended);
		a->sent = false;
	}
	size_t i;
	json_t *event;
	json_array_foreach(a->told, i, event)
	{
		if (strcmp(json_text(event, "event", ""), "alarm") == 0) {
			log_error("alarm", "what=%s subject=%s detail=%s",
				json_text(event, "what", ""),
				LOG_TEXT(json_text(event, "subject", "")),
				LOG_TEXT(json_text(event, "detail", "")));
		}
		hub_tell(a->hub, json_incref(event));
	}
	(void)json_array_clear(a->told);
}

/* What was raised before stays and is written by the next transaction; what this one raised comes
 * again with what raised it. */
void alarms_rolled_back(struct alarms *a)
{
	a->count = a->begun < a->count ? a->begun : a->count;
	a->recorded = 0;
	a->now = a->before;
	a->sent = false;
	for (size_t i = json_array_size(a->told); i-- > 0;) {
		if (strcmp(json_text(json_array_get(a->told, i), "event", ""), "alarm_over") == 0) {
			(void)json_array_remove(a->ended, json_array_size(a->ended) - 1);
		}
	}
	(void)json_array_clear(a->told);
}

void alarms_tick(struct alarms *a)
{
	if (message_is_due(a)) {
		turn_want(a->hub->turn);
	}
}
