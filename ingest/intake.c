/* SPDX-License-Identifier: Apache-2.0
 *
 * A message is decoded here, told to the hub, and answered to its feed only when the hub has
 * answered: each of its alerts waits in a queue under a number (`ref`) that the hub gives back, and
 * the message has its one answer line when the last of them has been answered.
 */
#include "base/crash_point.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "ingest/ingest_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAITING_LIMIT = 1024 /* alerts told to the hub and not answered, over all feeds */ };

/* ---- answers ---- */

static void put_json(struct connection *c, uint64_t ticket, const json_t *answer)
{
	char *text = json_to_text(answer);
	connection_put(c, ticket, text);
	free(text);
}

static json_t *retry_to_json(const char *reason)
{
	json_t *answer = json_object();
	json_put_text(answer, "retry", reason);
	return answer;
}

static void put_retry(struct connection *c, uint64_t ticket, const char *reason)
{
	json_t *answer = retry_to_json(reason);
	put_json(c, ticket, answer);
	json_decref(answer);
}

static json_t *refusal_to_json(const struct decode_refusal *refusal)
{
	json_t *answer = json_object();
	json_put_text(answer, "refused", refusal->code);
	json_put_text(answer, "reason", refusal->reason);
	if (refusal->line > 0) {
		json_put_int(answer, "line", refusal->line);
	}
	return answer;
}

/* ---- a message and the answers to its alerts ---- */

struct message {
	struct connection *connection; /* NULL: gone */
	uint64_t ticket;
	size_t open; /* alerts that the hub has not answered */
	size_t count;
	json_t *answers[DECODE_PARTS_MAX]; /* owned; NULL: open */
};

static struct message *message_new(struct connection *c, uint64_t ticket, size_t count)
{
	struct message *m = mem_new(sizeof(*m));
	m->connection = c;
	m->ticket = ticket;
	m->open = count;
	m->count = count;
	return m;
}

static const json_t *first_with(const struct message *m, const char *key)
{
	for (size_t i = 0; i < m->count; i++) {
		if (json_object_get(m->answers[i], key)) {
			return m->answers[i];
		}
	}
	return NULL;
}

/* One that must come again makes all of them come again: what is committed already is then a
 * duplicate. Otherwise the best that happened stands first, and beside it every alert in order. */
static json_t *answer_of(const struct message *m)
{
	static const char *const keys[] = {"retry", "accepted", "duplicate", "refused"};
	const json_t *best = NULL;
	for (size_t i = 0; !best && i < sizeof(keys) / sizeof(keys[0]); i++) {
		best = first_with(m, keys[i]);
	}
	json_t *answer = best ? json_copy((json_t *)best) : json_object();
	if (m->count > 1 && !json_object_get(answer, "retry")) {
		json_t *list = json_array();
		for (size_t i = 0; i < m->count; i++) {
			(void)json_array_append(list, m->answers[i]);
		}
		json_put(answer, "alerts", list);
	}
	return answer;
}

/* Steals answer. Frees m with the last; true then, when its connection is to be settled. */
static bool answer_part(struct message *m, size_t part, json_t *answer)
{
	m->answers[part] = answer;
	if (--m->open > 0) {
		return false;
	}
	bool told = m->connection != NULL;
	if (told) {
		json_t *whole = answer_of(m);
		put_json(m->connection, m->ticket, whole);
		json_decref(whole);
	}
	for (size_t i = 0; i < m->count; i++) {
		json_decref(m->answers[i]);
	}
	free(m);
	return told;
}

/* ---- messages ---- */

bool intake_may_take(void *data)
{
	struct ingest *in = data;
	bool free_to_take = in->waiting_count < WAITING_LIMIT && !hub_link_busy(in->link);
	if (!free_to_take) {
		in->blocked = true;
	}
	return free_to_take;
}

const char *intake_away(void *data)
{
	const struct ingest *in = data;
	return in->hub_reason[0] ? in->hub_reason : in->stopping ? "stopping" : "";
}

void intake_unblock(struct ingest *in)
{
	if (in->blocked && in->waiting_count < WAITING_LIMIT && !hub_link_busy(in->link)) {
		in->blocked = false;
		ingest_settle_all(in);
	}
}

struct incoming {
	struct connection *connection;
	uint64_t ticket;
	const char *bytes;
	size_t size;
	struct wall_time received;
};

/* Told to the hub; the answer to the client is the caller's. */
static void note_refusal(
	struct ingest *in, const struct incoming *m, const struct decode_refusal *why)
{
	struct feed *feed = connection_feed(m->connection);
	feed->refusals++;
	hub_link_refused(in->link, feed->name, why, m->received, m->bytes, m->size);
}

static void refuse_part(struct ingest *in, const struct incoming *m, struct message *message,
	size_t part, const struct decode_refusal *why)
{
	note_refusal(in, m, why);
	(void)answer_part(message, part, refusal_to_json(why));
}

static void tell_hub(struct ingest *in, const struct incoming *m, struct message *message,
	size_t part, const struct alert *alert)
{
	const struct hub_alert line = {
		.ref = in->last_ref + 1,
		.feed = connection_feed(m->connection)->name,
		.received = m->received,
		.alert = alert,
		.raw = m->bytes,
		.raw_size = m->size,
	};
	if (hub_link_alert(in->link, &line) != 0) {
		struct decode_refusal why;
		(void)decode_refuse(&why, "too-large", 0, "the decoded alert is too large");
		refuse_part(in, m, message, part, &why);
		return;
	}
	in->last_ref++;
	struct waiting *w = mem_new(sizeof(*w));
	w->ref = line.ref;
	w->message = message;
	w->part = part;
	TAILQ_INSERT_TAIL(&in->waiting, w, next);
	in->waiting_count++;
}

static void take_parts(struct ingest *in, const struct incoming *m, const struct decoded *d)
{
	struct message *message = message_new(m->connection, m->ticket, d->count);
	for (size_t i = 0; i < d->count; i++) {
		const struct decode_part *part = &d->parts[i];
		if (part->alert) {
			tell_hub(in, m, message, i, part->alert);
		} else {
			refuse_part(in, m, message, i, &part->refusal);
		}
	}
}

/* No rate limit may hold back what is extreme (design: model, rule 10). */
static bool never_waits(const struct decoded *d)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct alert *a = d->parts[i].alert;
		if (a && a->status == ALERT_STATUS_ACTUAL &&
			alert_severity(a) == SEVERITY_EXTREME) {
			return true;
		}
	}
	return false;
}

static void judge(struct ingest *in, const struct incoming *m)
{
	struct feed *feed = connection_feed(m->connection);
	enum feed_rate rate = feed_rate_take(feed);
	if (in->hub_reason[0] || rate == FEED_RATE_FLOOD) {
		put_retry(m->connection, m->ticket,
			in->hub_reason[0] ? in->hub_reason : "rate limit");
		return;
	}
	struct decode_policy policy = feed->policy;
	policy.received = m->received;
	struct decoded decoded;
	struct decode_refusal refusal;
	int rc = decode_message(m->bytes, m->size, &policy, &decoded, &refusal);
	if (rate == FEED_RATE_ABOVE && (rc || !never_waits(&decoded))) {
		put_retry(m->connection, m->ticket, "rate limit");
	} else if (rc) {
		note_refusal(in, m, &refusal);
		json_t *answer = refusal_to_json(&refusal);
		put_json(m->connection, m->ticket, answer);
		json_decref(answer);
	} else {
		take_parts(in, m, &decoded);
	}
	decoded_clear(&decoded);
}

void intake_message(
	struct connection *c, uint64_t ticket, const char *bytes, size_t size, void *data)
{
	struct ingest *in = data;
	struct feed *feed = connection_feed(c);
	const struct incoming m = {
		.connection = c,
		.ticket = ticket,
		.bytes = bytes,
		.size = size,
		.received = clock_wall_now(),
	};
	feed->messages++;
	feed->last = m.received;
	CRASH_POINT("ingest.received");
	judge(in, &m);
	ingest_changed(in, feed);
}

void intake_fault(struct connection *c, const char *code, const char *reason, void *data)
{
	struct ingest *in = data;
	struct feed *feed = connection_feed(c);
	struct decode_refusal why;
	(void)decode_refuse(&why, code, 0, "%s", reason);
	feed->refusals++;
	ingest_changed(in, feed);
	if (feed_rate_take(feed) == FEED_RATE_WITHIN) {
		hub_link_refused(in->link, feed->name, &why, clock_wall_now(), "", 0);
	}
}

void intake_answer(uint64_t ref, const json_t *answer, void *data)
{
	struct ingest *in = data;
	struct waiting *w;
	TAILQ_FOREACH(w, &in->waiting, next)
	{
		if (w->ref == ref) {
			break;
		}
	}
	if (!w) {
		log_debug("answer to nobody", "ref=%llu", (unsigned long long)ref);
		return;
	}
	TAILQ_REMOVE(&in->waiting, w, next);
	in->waiting_count--;
	struct connection *connection = w->message->connection;
	if (answer_part(w->message, w->part, json_incref((json_t *)answer))) {
		connection_settle(connection);
	}
	free(w);
	intake_unblock(in);
	ingest_end_if_done(in);
}

void intake_paused(bool paused, const char *reason, void *data)
{
	struct ingest *in = data;
	(void)snprintf(in->hub_reason, sizeof(in->hub_reason), "%s",
		!paused	    ? ""
		: reason[0] ? reason
			    : "store full");
	in->hub_reason[utf8_cut(
		in->hub_reason, strlen(in->hub_reason), sizeof(in->hub_reason) - 5)] = '\0';
	log_info(paused ? "hub takes nothing" : "hub takes alerts again", "reason=%s",
		LOG_TEXT(in->hub_reason));
}

static void answer_all(struct ingest *in, const char *reason, bool told)
{
	struct waiting *w;
	while ((w = TAILQ_FIRST(&in->waiting))) {
		TAILQ_REMOVE(&in->waiting, w, next);
		if (!told) {
			w->message->connection = NULL;
		}
		(void)answer_part(w->message, w->part, retry_to_json(reason));
		free(w);
	}
	in->waiting_count = 0;
}

void intake_give_up(struct ingest *in, const char *reason)
{
	answer_all(in, reason, true);
	ingest_settle_all(in);
}

void intake_drop_all(struct ingest *in)
{
	answer_all(in, "hub away", false);
}

void intake_forget(struct ingest *in, const struct connection *c)
{
	struct waiting *w;
	TAILQ_FOREACH(w, &in->waiting, next)
	{
		if (w->message->connection == c) {
			w->message->connection = NULL;
		}
	}
}
