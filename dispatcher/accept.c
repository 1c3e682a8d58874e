/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/accept.h"

#include "base/digest.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "dispatcher/alarms.h"
#include "dispatcher/channel.h"
#include "dispatcher/feeds.h"
#include "dispatcher/hub.h"
#include "dispatcher/metrics.h"
#include "dispatcher/texts.h"
#include "rules/rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- how the rules look at the store ---- */

/* The rules cannot fail, the store can: the first fault is kept, and the decision made on half a
 * view is thrown away with its transaction. */
struct reading {
	struct hub *hub;
	int rc;
	struct err e;
};

static void read_state(void *data, enum alert_status status, const char *municipality,
	void (*each)(void *to, const struct state_row *row), void *to)
{
	struct reading *r = data;
	if (r->rc == 0) {
		int rc = store_state_each(r->hub->store, status, municipality, each, to, &r->e);
		r->rc = rc < 0 ? rc : 0;
	}
}

struct thread_reading {
	void (*each)(void *to, const struct rules_sent *sent);
	void *to;
};

/* The caller frees the list; the texts are the array's. An area may have a shape and no code. */
static struct text_list texts_of(const json_t *array)
{
	struct text_list texts = {
		.list = mem_new_array(json_array_size(array) + 1, sizeof(char *))};
	size_t i;
	json_t *text;
	json_array_foreach(array, i, text)
	{
		if (json_is_string(text)) {
			texts.list[texts.count++] = json_string_value(text);
		}
	}
	return texts;
}

static void pass_broadcast(void *data, const char *broadcast, int update, enum event_type event,
	const json_t *channels, const json_t *areas, bool waits)
{
	struct thread_reading *r = data;
	struct text_list names = texts_of(channels);
	struct text_list codes = texts_of(areas);
	const struct rules_sent sent = {.broadcast = broadcast,
		.update = update,
		.event = event,
		.channels = &names,
		.areas = &codes,
		.waits = waits};
	r->each(r->to, &sent);
	free(names.list);
	free(codes.list);
}

static void read_thread(void *data, enum alert_status status, const char *thread,
	void (*each)(void *to, const struct rules_sent *sent), void *to)
{
	struct reading *r = data;
	struct thread_reading pass = {.each = each, .to = to};
	if (r->rc == 0) {
		int rc = store_thread_each(
			r->hub->store, status, thread, pass_broadcast, &pass, &r->e);
		r->rc = rc < 0 ? rc : 0;
	}
}

static bool read_tombstone(
	void *data, enum alert_status status, const char *series, const char *revision)
{
	struct reading *r = data;
	int found = r->rc ? 0 : store_has_tombstone(r->hub->store, status, series, revision, &r->e);
	if (found < 0) {
		r->rc = found;
	}
	return found > 0;
}

/* ---- what is written ---- */

static bool is_end(enum event_type event)
{
	return event == EVENT_RELEASED || event == EVENT_CANCELLED || event == EVENT_CORRECTED;
}

/* A source that goes back and forth must not ring every telephone all night. What is extreme or
 * worse than what was said lately goes out all the same, and so does an end. 1: over the cap. */
static int is_over_cap(
	struct hub *hub, const struct rules_broadcast *rb, struct wall_time now, struct err *e)
{
	const struct guards_config *guards = &hub->config->guards;
	const struct broadcast *b = rb->broadcast;
	if (guards->cap == 0 || rb->hold || b->severity == SEVERITY_EXTREME || is_end(b->event)) {
		return 0;
	}
	struct store_said said = {.count = 0};
	for (size_t i = 0; i < b->area_count; i++) {
		if (b->areas[i].code[0] == '\0') {
			continue;
		}
		const struct wall_time since = {.ms = now.ms - guards->window_ms};
		struct store_said here;
		int rc = store_said_since(
			hub->store, b->status, rb->slot, b->areas[i].code, since, &here, e);
		if (rc) {
			return rc;
		}
		if (here.count < guards->cap || b->severity > here.severity ||
			b->level > here.level) {
			return 0; /* news for one of its places */
		}
		said = here;
	}
	return said.count >= guards->cap;
}

static void tell_cap(struct hub *hub, const struct broadcast *b)
{
	char text[128];
	(void)snprintf(text, sizeof(text), "%s: more than %d times about the same", b->kind->name,
		hub->config->guards.cap);
	log_error("over the cap of guards", "broadcast=%s cap=%d", b->id, hub->config->guards.cap);
	alarm_raise(hub->alarms, ALARM_OVER_CAP, b->id, text);
}

static int write_broadcast(
	struct hub *hub, struct rules_broadcast *rb, struct wall_time now, struct err *e)
{
	const struct broadcast *b = rb->broadcast;
	int over = is_over_cap(hub, rb, now, e);
	if (over < 0) {
		return over;
	}
	if (over) {
		rb->hold = true;
		rb->hold_reason = "over the cap of guards: the same went out too often";
		tell_cap(hub, b);
	}
	json_t *object = broadcast_to_json(b);
	char *json = json_to_text(object);
	int rc = store_add_broadcast(
		hub->store, b, json, rb->hold, rb->hold_reason ? rb->hold_reason : "", now, e);
	texts_put(hub->texts, b->id, json, object);
	json_decref(object);
	/* A held one must not stop what still goes out: staff have not said it is right. */
	bool replaces = !rb->hold || rb->replaces_unheard;
	for (size_t i = 0; rc >= 0 && replaces && i < b->replace_count; i++) {
		rc = store_cancel_broadcast(
			hub->store, b->replaces[i], "replaced by a newer broadcast", now, e);
		rc = rc == -ENOENT ? 0 : rc;
	}
	for (size_t i = 0; rc >= 0 && i < rb->channels.count; i++) {
		struct channel *channel = hub_channel(hub, rb->channels.list[i]);
		if (channel) {
			rc = channel_add_delivery(channel, b, rb->hold, now, e);
		}
	}
	return rc < 0 ? rc : 0;
}

static int write_tombstones(struct hub *hub, const struct alert *alert, const char *id,
	struct wall_time now, struct err *e)
{
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < alert->reference_count; i++) {
		rc = store_add_tombstone(hub->store, alert->status, alert->references[i].series,
			alert->references[i].revision, id, now, e);
	}
	if (rc == 0 && alert->reference_count == 0) {
		rc = store_add_tombstone(hub->store, alert->status, alert->series, "", id, now, e);
	}
	return rc;
}

static char *trace_text(const struct rules_decision *d)
{
	json_t *lines = json_array();
	for (size_t i = 0; i < d->trace_count; i++) {
		(void)json_array_append_new(lines, json_string(d->trace[i]));
	}
	char *text = json_to_text(lines);
	json_decref(lines);
	return text;
}

struct incoming {
	const struct incoming_alert *told;
	const struct alert *alert;
	char id[ALERT_ID_SIZE];
};

static int write_all(struct hub *hub, const struct incoming *in, const struct rules_decision *d,
	struct wall_time now, struct err *e)
{
	char *trace = trace_text(d);
	struct store_alert row = {
		.id = in->id,
		.alert = in->alert,
		.json = in->told->json,
		.feed = in->told->feed,
		.received = in->told->received,
		.raw = in->told->raw,
		.raw_size = in->told->raw_size,
		.verdict = rules_verdict_name(d->verdict),
		.reason = d->reason ? d->reason : "",
		.trace = trace,
		.alarm = d->alarm,
	};
	int rc = store_add_alert(hub->store, &row, e);
	free(trace);
	for (size_t i = 0; rc == 0 && i < d->change_count; i++) {
		rc = store_state_put(hub->store, &d->changes[i].row, e);
	}
	if (rc == 0 && d->tombstone) {
		rc = write_tombstones(hub, in->alert, in->id, now, e);
	}
	for (size_t i = 0; rc == 0 && i < d->broadcast_count; i++) {
		rc = write_broadcast(hub, &d->broadcasts[i], now, e);
	}
	if (rc == 0) {
		rc = store_log(hub->store, now, "hub", "accept", in->id, row.verdict, e);
	}
	return rc;
}

static json_t *tell_accepted(const struct incoming *in, const struct rules_decision *d)
{
	json_t *event = json_object();
	json_put_text(event, "event", "accepted");
	json_put_text(event, "alert", in->id);
	json_put_text(event, "feed", in->told->feed);
	json_put_text(event, "type", in->alert->type);
	json_put_text(event, "status", alert_status_name(in->alert->status));
	json_put_text(event, "verdict", rules_verdict_name(d->verdict));
	json_put_text(event, "reason", d->reason);
	json_put_flag(event, "alarm", d->alarm);
	json_t *list = json_array();
	for (size_t i = 0; i < d->broadcast_count; i++) {
		(void)json_array_append_new(list, json_string(d->broadcasts[i].broadcast->id));
	}
	json_put(event, "broadcasts", list);
	return event;
}

static bool has_warning(const struct alert *a, const char *code)
{
	for (size_t i = 0; i < a->warning_count; i++) {
		if (strcmp(a->warnings[i].code, code) == 0) {
			return true;
		}
	}
	return false;
}

static void raise_alarm(struct hub *hub, const struct incoming *in, const struct rules_decision *d)
{
	enum alarm_what what = has_warning(in->alert, "mail-unmatched") ? ALARM_MAIL_UNKNOWN
			       : d->verdict == RULES_HELD		? ALARM_HELD
									: ALARM_CHECK;
	char text[256];
	(void)snprintf(text, sizeof(text), "%s: %.200s", in->told->feed, d->reason);
	alarm_raise(hub->alarms, what, in->id, text);
}

static int accept_new(
	struct hub *hub, struct incoming *in, json_t **answer, json_t **event, struct err *e)
{
	struct reading reading = {.hub = hub};
	const struct rules_reader reader = {
		.state = read_state,
		.thread = read_thread,
		.tombstone = read_tombstone,
		.data = &reading,
	};
	struct wall_time now = clock_wall_now();
	struct rules_decision *d = rules_decide(hub->config, in->alert, &reader, now);
	int rc = reading.rc;
	if (rc) {
		*e = reading.e;
	} else {
		rc = write_all(hub, in, d, now, e);
	}
	if (rc == 0 && d->alarm) {
		raise_alarm(hub, in, d);
	}
	if (rc == 0) {
		*answer = json_pack("{s:s}", "accepted", in->id);
		*event = tell_accepted(in, d);
		char labels[96];
		(void)snprintf(
			labels, sizeof(labels), "verdict=\"%s\"", rules_verdict_name(d->verdict));
		metrics_count(hub->metrics, "hansho_decisions_total", labels, 1);
		metrics_count(hub->metrics, "hansho_alerts_total", "answer=\"accepted\"", 1);
		feeds_note_defects(hub->feeds, in->told->feed, in->alert);
		metrics_time(
			hub->metrics, "hansho_accept_seconds", "", now.ms - in->told->received.ms);
		log_info("accepted", "alert=%s feed=%s type=%s status=%s verdict=%s broadcasts=%zu",
			in->id, LOG_TEXT(in->told->feed), LOG_TEXT(in->alert->type),
			alert_status_name(in->alert->status), rules_verdict_name(d->verdict),
			d->broadcast_count);
	}
	rules_decision_free(d);
	return rc;
}

static json_t *refuse(const char *text)
{
	log_error("ingest sent what breaks the contract", "reason=%s", LOG_TEXT(text));
	return json_pack("{s:s,s:s}", "refused", "internal", "reason", text);
}

struct incoming_alert *incoming_alert_new(
	const json_t *message, const char *attached, size_t size, int64_t generation)
{
	const char *feed = json_text(message, "feed", "");
	size_t feed_size = strlen(feed) + 1;
	int64_t json_size = json_int(message, "alert_size", -1);
	if (json_size < 0 || (uint64_t)json_size > size) {
		return NULL;
	}
	struct incoming_alert *in = mem_new(sizeof(*in) + feed_size + size + 1);
	char *at = (char *)(in + 1);
	memcpy(at, feed, feed_size);
	in->feed = at;
	at += feed_size;
	in->json = at;
	in->json_size = (size_t)json_size;
	memcpy(at, attached, in->json_size);
	at += in->json_size + 1; /* memory is new: the zero is there */
	in->raw = at;
	in->raw_size = size - in->json_size;
	memcpy(at, attached + in->json_size, in->raw_size);
	in->ref = json_int(message, "ref", 0);
	in->generation = generation;
	in->received.ms = json_int(message, "received_ms", clock_wall_now().ms);
	return in;
}

int accept_alert(struct hub *hub, const struct incoming_alert *told, json_t **answer,
	json_t **event, struct err *e)
{
	struct err bad = {0};
	json_t *object = json_read(told->json, told->json_size, &bad);
	struct alert *alert = object ? alert_from_json(object, &bad) : NULL;
	json_decref(object);
	if (!alert) {
		*answer = refuse(bad.text);
		return 0;
	}
	struct incoming in = {.told = told, .alert = alert};
	alert_id(alert, in.id);
	if (strcmp(alert->type, "VXSE42") == 0) {
		feeds_heard_eew(hub->feeds, told->feed);
	}
	char known[ALERT_ID_SIZE] = "";
	int rc = store_find_digest(hub->store, alert->digest, known, e);
	if (rc == 0 && known[0] != '\0') {
		rc = store_add_sighting(hub->store, known, told->feed, told->received, e);
		*answer = json_pack("{s:s}", "duplicate", known);
		*event = json_pack(
			"{s:s,s:s,s:s}", "event", "duplicate", "alert", known, "feed", told->feed);
		metrics_count(hub->metrics, "hansho_alerts_total", "answer=\"duplicate\"", 1);
	} else if (rc == 0) {
		rc = accept_new(hub, &in, answer, event, e);
	}
	alert_free(alert);
	return rc;
}

int accept_refusal(struct hub *hub, const json_t *message, struct err *e)
{
	const json_t *raw = json_object_get(message, "raw");
	size_t size = json_string_length(raw);
	unsigned char *bytes = mem_new(size * 3 / 4 + 3);
	size_t byte_count = 0;
	if (size > 0 && base64_decode(json_string_value(raw), size, bytes, &byte_count)) {
		byte_count = 0;
	}
	struct wall_time at = {.ms = json_int(message, "received_ms", clock_wall_now().ms)};
	int rc = store_add_refusal(hub->store, json_text(message, "feed", ""),
		json_text(message, "code", ""), json_text(message, "reason", ""),
		(int)json_int(message, "line", 0), at, bytes, byte_count, e);
	free(bytes);
	return rc;
}
