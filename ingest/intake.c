/* SPDX-License-Identifier: Apache-2.0
 *
 * A message is decoded here, told to the hub, and answered to its feed only when the hub has
 * answered: it waits in a queue under a number (`ref`) that the hub gives back.
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

static void put_retry(struct connection *c, uint64_t ticket, const char *reason)
{
	json_t *answer = json_object();
	json_put_text(answer, "retry", reason);
	put_json(c, ticket, answer);
	json_decref(answer);
}

static void put_refusal(struct connection *c, uint64_t ticket, const struct decode_refusal *refusal)
{
	json_t *answer = json_object();
	json_put_text(answer, "refused", refusal->code);
	json_put_text(answer, "reason", refusal->reason);
	if (refusal->line > 0) {
		json_put_int(answer, "line", refusal->line);
	}
	put_json(c, ticket, answer);
	json_decref(answer);
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

static void refuse(struct ingest *in, const struct incoming *m, const struct decode_refusal *why)
{
	struct feed *feed = connection_feed(m->connection);
	feed->refusals++;
	hub_link_refused(in->link, feed->name, why, m->received, m->bytes, m->size);
	put_refusal(m->connection, m->ticket, why);
}

static void tell_hub(struct ingest *in, const struct incoming *m, const struct alert *alert)
{
	const struct hub_alert message = {
		.ref = in->last_ref + 1,
		.feed = connection_feed(m->connection)->name,
		.received = m->received,
		.alert = alert,
		.raw = m->bytes,
		.raw_size = m->size,
	};
	if (hub_link_alert(in->link, &message) != 0) {
		struct decode_refusal why;
		(void)decode_refuse(&why, "too-large", 0, "the decoded alert is too large");
		refuse(in, m, &why);
		return;
	}
	in->last_ref++;
	struct waiting *w = mem_new(sizeof(*w));
	w->ref = message.ref;
	w->connection = m->connection;
	w->ticket = m->ticket;
	TAILQ_INSERT_TAIL(&in->waiting, w, next);
	in->waiting_count++;
}

/* No rate limit may hold back what is extreme (design: model, rule 10). */
static bool never_waits(const struct alert *alert)
{
	return alert->status == ALERT_STATUS_ACTUAL && alert_severity(alert) == SEVERITY_EXTREME;
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
	struct alert *alert = NULL;
	struct decode_refusal refusal;
	int rc = decode_telegram(m->bytes, m->size, &feed->policy, &alert, &refusal);
	if (rate == FEED_RATE_ABOVE && (rc || !never_waits(alert))) {
		put_retry(m->connection, m->ticket, "rate limit");
	} else if (rc) {
		refuse(in, m, &refusal);
	} else {
		tell_hub(in, m, alert);
	}
	alert_free(alert);
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
	if (w->connection) {
		put_json(w->connection, w->ticket, answer);
		connection_settle(w->connection);
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

void intake_give_up(struct ingest *in, const char *reason)
{
	struct waiting *w;
	while ((w = TAILQ_FIRST(&in->waiting))) {
		TAILQ_REMOVE(&in->waiting, w, next);
		if (w->connection) {
			put_retry(w->connection, w->ticket, reason);
		}
		free(w);
	}
	in->waiting_count = 0;
	ingest_settle_all(in);
}

void intake_forget(struct ingest *in, const struct connection *c)
{
	struct waiting *w;
	TAILQ_FOREACH(w, &in->waiting, next)
	{
		if (w->connection == c) {
			w->connection = NULL;
		}
	}
}
