/* SPDX-License-Identifier: Apache-2.0
 *
 * hansho-channel-mqtt: signed siren orders over MQTT 5. Runs in the driver process.
 * Invariants: published only in a session the broker has accepted; marked at risk before the
 * publish call; at most `inflight` orders without PUBACK; after the deadline nothing of the batch
 * is left that could still be sent.
 */
#include "base/crash_point.h"
#include "base/json.h"
#include "base/log.h"
#include "channels/mqtt/ack.h"
#include "channels/mqtt/compose.h"
#include "channels/mqtt/inforce.h"
#include "channels/mqtt/receipts.h"
#include "channels/mqtt/run.h"
#include "channels/mqtt/settings.h"
#include "channels/mqtt/topic.h"
#include "channels/registry.h"
#include "net/broker.h"
#include "net/mqtt_outcome.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	MARGIN_MS = 30, /* for the outcome frames, before the deadline */
	SESSION_EXPIRY_S = 3600,
	SESSIONS_PER_BATCH = 4,
	SUBSCRIPTIONS = 2,
};

struct driver {
	struct agent *agent;
	struct mqtt_settings *settings;
	struct broker *broker;
	char topics[SUBSCRIPTIONS][SIREN_TOPIC_SIZE];
	const char *subscriptions[SUBSCRIPTIONS];
	int64_t last_seq;
	struct run *run; /* of the batch in hand */
	struct receipts receipts;
};

/* ---- from the broker ---- */

static void on_acknowledged(int mid, int reason, void *data)
{
	struct driver *d = data;
	if (d->run) {
		run_acknowledged(d->run, mid, reason);
	}
}

static void on_ack(struct driver *d, const char *device, const struct broker_message *m)
{
	struct siren_ack ack;
	int rc = siren_ack_read(m->payload, m->size, d->settings->channel, &ack);
	if (rc == -EINVAL) {
		log_warning("ack ignored", "device=%s bytes=%zu", device, m->size);
		return;
	}
	if (ack.alarm) {
		log_warning("a device refused an order that may be forged", "device=%s detail=%s",
			device, LOG_TEXT(ack.detail));
		json_t *state = json_object();
		json_put_text(state, "alarm", ack.detail);
		agent_device(d->agent, device, state);
		json_decref(state);
	}
	if (rc == 0) {
		receipts_add(&d->receipts, d->agent, device, &ack);
	}
}

static void on_state(struct driver *d, const char *device, const struct broker_message *m)
{
	json_t *state = siren_state_read(m->payload, m->size);
	if (!state) {
		log_warning("device state ignored", "device=%s bytes=%zu", device, m->size);
		return;
	}
	agent_device(d->agent, device, state);
	json_decref(state);
}

static void on_message(const struct broker_message *m, void *data)
{
	struct driver *d = data;
	const char *device = siren_topic_name(m->topic, d->settings->site, "ack");
	if (device && !m->retained) {
		on_ack(d, device, m);
		return;
	}
	device = siren_topic_name(m->topic, d->settings->site, "state");
	if (device && m->size > 0) {
		on_state(d, device, m);
	}
}

/* ---- to the broker ---- */

/* Rising over restarts without a file: wall-clock milliseconds, or one more than the last. */
static int64_t next_seq(struct driver *d)
{
	int64_t now = clock_wall_now().ms;
	d->last_seq = now > d->last_seq ? now : d->last_seq + 1;
	return d->last_seq;
}

static void mark(struct driver *d, const struct run_order *order)
{
	const struct run *r = d->run;
	if (r->count == 1) {
		agent_at_risk_rest(d->agent, r->batch);
		return;
	}
	for (size_t t = order->first; t != RUN_END; t = r->next[t]) {
		agent_at_risk(d->agent, r->batch, t);
	}
}

/* What a batch's orders are made from. */
struct recipe {
	struct siren_plan plan;
	struct siren_order *common;
	const struct siren_key *key;
	bool withdrawal;
};

static int publish(struct driver *d, const struct recipe *recipe, struct run_order *to)
{
	const struct channel_batch *batch = d->run->batch;
	struct siren_order order;
	if (recipe->withdrawal) {
		siren_compose_withdrawal_address(recipe->common, batch->delivery, to->is_area,
			to->name, next_seq(d), &order);
	} else {
		siren_compose_address(&recipe->plan, recipe->common, batch->broadcast,
			batch->delivery, to->is_area, to->name, next_seq(d), &order);
	}
	char topic[SIREN_TOPIC_SIZE];
	struct buf jws;
	buf_init(&jws, SIREN_ORDER_BYTES);
	int rc = siren_topic(
		topic, d->settings->site, to->is_area ? "order/area" : "order/device", to->name);
	rc = rc ? rc : siren_order_sign(&order, recipe->key, &jws);
	if (rc) {
		struct outcome o = {.class = OUTCOME_PERMANENT, .reason = OUTCOME_REASON_CONTENT};
		outcome_set_text(&o, "the order is too large");
		run_give_up(d->run, &o); /* all orders of a batch have the same size */
		buf_clear(&jws);
		return 0;
	}
	int64_t expiry_s = (order.exp.ms - clock_wall_now().ms) / 1000;
	int mid = 0;
	mark(d, to);
	rc = broker_publish(d->broker, topic, jws.data, jws.size, false,
		expiry_s < 1 ? 1 : (uint32_t)expiry_s, &mid);
	buf_clear(&jws);
	if (rc != -ENOTCONN) {
		run_published(d->run, to, mid); /* -EIO: part of it may have left */
		CRASH_POINT("mqtt.published");
	}
	return rc;
}

/* What came in together is told when all of it has been read. */
static int wait_broker(struct driver *d, int64_t timeout_ms)
{
	int rc = broker_wait(d->broker, (int)timeout_ms);
	receipts_flush(&d->receipts, d->agent);
	return rc;
}

static void session_lost(struct driver *d)
{
	char why[OUTCOME_TEXT_SIZE];
	(void)snprintf(why, sizeof(why), "no PUBACK: %.200s", broker_fault(d->broker)->text);
	struct outcome silence;
	mqtt_outcome_of_silence(why, &silence);
	run_silence(d->run, &silence);
}

static void out_of_time(struct driver *d)
{
	struct outcome o;
	if (d->run->inflight_count > 0) {
		broker_drop(d->broker, "no PUBACK by the deadline");
		mqtt_outcome_of_silence("no PUBACK by the deadline", &o);
		run_silence(d->run, &o);
	}
	mqtt_outcome_of_no_connection("not sent by the deadline", &o);
	o.reason = OUTCOME_REASON_TIMEOUT;
	o.scope = OUTCOME_SCOPE_TARGET;
	run_give_up(d->run, &o);
}

static void run_to_the_end(struct driver *d, const struct recipe *recipe)
{
	struct run *r = d->run;
	struct mono_time until = mono_time_add(r->batch->deadline, -MARGIN_MS);
	int sessions = 0;
	while (!run_over(r)) {
		int64_t left_ms = mono_time_left_ms(until);
		if (left_ms <= 0) {
			out_of_time(d);
			return;
		}
		if (!broker_ready(d->broker)) {
			/* A broker that drops us at every order must not be fed all of them. */
			if (sessions++ == SESSIONS_PER_BATCH || broker_connect(d->broker, until)) {
				run_give_up(r, broker_fault(d->broker));
				return;
			}
		}
		struct run_order *next;
		broker_gather(d->broker, true);
		while ((next = run_next(r)) && publish(d, recipe, next) == 0) {
			/* fills the window */
		}
		broker_gather(d->broker, false);
		if (!run_over(r) && wait_broker(d, left_ms)) {
			session_lost(d);
		}
	}
}

static void publish_inforce(struct driver *d, const struct run *r)
{
	const struct broadcast *b = r->batch->broadcast;
	if (!inforce_applies(b)) {
		return;
	}
	char *note = inforce_note(b);
	for (size_t i = 0; i < b->area_count; i++) {
		char name[SIREN_TOPIC_SIZE];
		char topic[SIREN_TOPIC_SIZE];
		if (!siren_name_valid(b->areas[i].code)) {
			continue;
		}
		(void)snprintf(name, sizeof(name), "%s/%s", b->areas[i].code, b->kind->hazard);
		if (siren_topic(topic, d->settings->site, "inforce", name) == 0) {
			(void)broker_publish(d->broker, topic, note, strlen(note), true,
				inforce_expiry_s(b, clock_wall_now()), NULL);
		}
	}
	free(note);
}

/* ---- batches ---- */

static void refuse(struct driver *d, const struct channel_batch *batch, enum outcome_reason reason,
	const char *text)
{
	struct outcome o = {.class = OUTCOME_PERMANENT, .reason = reason};
	outcome_set_text(&o, text);
	agent_outcome_rest(d->agent, batch, &o);
}

/* The configured languages, else those of the targets in order of appearance. */
static size_t choose_langs(const struct mqtt_settings *s, const struct channel_batch *batch,
	const char *langs[SIREN_TEXTS_MAX])
{
	size_t count = 0;
	for (size_t i = 0; i < s->lang_count; i++) {
		langs[count++] = s->langs[i];
	}
	for (size_t t = 0; s->lang_count == 0 && t < batch->count; t++) {
		const char *lang = batch->targets[t].lang;
		size_t i = 0;
		while (i < count && strcasecmp(langs[i], lang) != 0) {
			i++;
		}
		if (i == count && count < SIREN_TEXTS_MAX && lang[0]) {
			langs[count++] = lang;
		}
	}
	return count;
}

static void run_batch(struct driver *d, const struct channel_batch *batch, struct recipe *recipe)
{
	struct mono_time begun = clock_mono_now();
	d->run = run_new(batch, d->settings->by_area, d->settings->inflight);
	run_to_the_end(d, recipe);
	run_report(d->run, d->agent);
	receipts_flush(&d->receipts, d->agent); /* those of a session that was being looked for */
	if (!recipe->withdrawal && broker_ready(d->broker)) {
		publish_inforce(d, d->run);
	}
	log_info(recipe->withdrawal ? "withdrawn" : "delivered",
		"delivery=%s targets=%zu orders=%zu broker=%s ms=%lld", LOG_TEXT(batch->delivery),
		batch->count, d->run->count, broker_name(d->broker),
		(long long)-mono_time_left_ms(begun));
	run_free(d->run);
	d->run = NULL;
}

static const struct siren_key *choose_key(struct driver *d, const struct channel_batch *batch)
{
	bool drill = batch->broadcast->status == ALERT_STATUS_EXERCISE;
	const struct siren_key *key = drill ? d->settings->drill_key : d->settings->live_key;
	if (!key) {
		refuse(d, batch, OUTCOME_REASON_CONFIG,
			"an exercise needs drill_key: the live key never signs drills");
	}
	return key;
}

static void act(struct driver *d, const struct channel_batch *batch, bool withdrawal)
{
	const char *langs[SIREN_TEXTS_MAX];
	struct recipe recipe = {
		.plan = {.channel = d->settings->channel,
			.patterns = d->settings->patterns,
			.langs = langs,
			.lang_count = choose_langs(d->settings, batch, langs),
			.ttl_ms = d->settings->order_ttl_ms,
			.stagger_ms = d->settings->stagger_ms,
			.release_sirens = d->settings->release_sirens},
		.key = choose_key(d, batch),
		.withdrawal = withdrawal,
	};
	if (!recipe.key) {
		return;
	}
	struct err e = {0};
	struct wall_time now = clock_wall_now();
	recipe.common = withdrawal ? siren_compose_withdrawal(&recipe.plan, batch->broadcast, now)
				   : siren_compose(&recipe.plan, batch->broadcast, now, &e);
	if (!recipe.common) {
		refuse(d, batch, e.code == -ETIME ? OUTCOME_REASON_EXPIRED : OUTCOME_REASON_CONTENT,
			e.text);
		return;
	}
	run_batch(d, batch, &recipe);
	siren_order_free(recipe.common);
}

static void driver_deliver(void *instance, const struct channel_batch *batch)
{
	act(instance, batch, false);
}

static void driver_withdraw(void *instance, const struct channel_batch *batch)
{
	act(instance, batch, true);
}

static const char *driver_probe(void *instance, int timeout_ms, char *text, size_t capacity)
{
	struct driver *d = instance;
	struct mono_time until = mono_time_add(clock_mono_now(), timeout_ms);
	if (broker_ready(d->broker)) {
		(void)wait_broker(d, 0);
	}
	if (!broker_ready(d->broker) && broker_connect(d->broker, until)) {
		(void)snprintf(text, capacity, "%s", broker_fault(d->broker)->text);
		return "down";
	}
	receipts_flush(&d->receipts, d->agent);
	const struct broker_address *first = &d->settings->brokers.list[0];
	char name[320];
	(void)snprintf(name, sizeof(name), "%s:%d", first->host, first->port);
	bool standby = strcmp(name, broker_name(d->broker)) != 0;
	(void)snprintf(text, capacity, "session with %s%s, last heard %lld s ago",
		standby ? "standby " : "", broker_name(d->broker),
		(long long)(broker_quiet_ms(d->broker) / 1000));
	return standby ? "degraded" : "ok";
}

static int driver_idle_fd(void *instance)
{
	return broker_fd(((struct driver *)instance)->broker);
}

static void driver_idle(void *instance)
{
	enum { HANDSHAKE_MS = 100 };
	struct driver *d = instance;
	if (!broker_ready(d->broker)) {
		broker_service(d->broker, 0);
		/* The agent watches for reading only: a handshake gets a short while of its own. */
		struct mono_time until = mono_time_add(clock_mono_now(), HANDSHAKE_MS);
		while (!broker_ready(d->broker) && mono_time_left_ms(until) > 0 &&
			wait_broker(d, mono_time_left_ms(until)) == 0) {
			/* until ready, lost or out of time */
		}
		return;
	}
	(void)wait_broker(d, 0);
}

/* ---- life ---- */

static void driver_close(void *instance)
{
	struct driver *d = instance;
	receipts_flush(&d->receipts, d->agent);
	receipts_clear(&d->receipts);
	broker_free(d->broker);
	mqtt_settings_free(d->settings);
	free(d);
}

static int driver_open(const json_t *options, const char *channel, const char *site,
	struct agent *agent, void **instance, struct err *e)
{
	struct driver *d = mem_new(sizeof(*d));
	d->agent = agent;
	int rc = mqtt_settings_new(options, channel, site, &d->settings, e);
	if (rc) {
		free(d);
		return rc;
	}
	(void)siren_topic(d->topics[0], d->settings->site, "ack", "+");
	(void)siren_topic(d->topics[1], d->settings->site, "state", "+");
	d->subscriptions[0] = d->topics[0];
	d->subscriptions[1] = d->topics[1];
	const struct broker_settings settings = {
		.addresses = d->settings->brokers.list,
		.address_count = d->settings->brokers.count,
		.client_id = d->settings->client_id,
		.keep_session = true, /* acks that come while we are away are kept for us */
		.session_expiry_s = SESSION_EXPIRY_S,
		.keepalive_s = d->settings->keepalive_s,
		.connect_timeout_ms = d->settings->connect_timeout_ms,
		.subscriptions = d->subscriptions,
		.subscription_count = SUBSCRIPTIONS,
		.acknowledged = on_acknowledged,
		.message = on_message,
		.data = d,
	};
	d->broker = broker_new(&settings);
	*instance = d;
	return 0;
}

static const struct channel_driver driver = {
	.declaration = &channel_mqtt,
	.open = driver_open,
	.deliver = driver_deliver,
	.withdraw = driver_withdraw,
	.probe = driver_probe,
	.idle_fd = driver_idle_fd,
	.idle = driver_idle,
	.close = driver_close,
};

int main(int argc, char **argv)
{
	return agent_main(argc, argv, &driver);
}
