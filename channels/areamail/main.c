/* SPDX-License-Identifier: Apache-2.0
 *
 * hansho-channel-areamail: one message to each carrier at once, each carrier a target of its own.
 */
#include "base/digest.h"
#include "base/json.h"
#include "base/mem.h"
#include "channels/areamail/carrier.h"
#include "channels/areamail/content.h"
#include "channels/areamail/template.h"
#include "channels/channel.h"
#include "channels/registry.h"
#include "net/http_client.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CARRIERS = 16, BODY_LIMIT = 512 * 1024, REFERENCES_LIMIT = 4096 };

struct areamail {
	struct agent *agent;
	char *channel;
	char *area_code;
	char *sender;
	struct carrier carriers[MAX_CARRIERS];
	size_t carrier_count;
	struct http_client *client;
};

/* ---- open and close ---- */

static void close_areamail(void *instance)
{
	struct areamail *m = instance;
	for (size_t i = 0; i < m->carrier_count; i++) {
		carrier_close(&m->carriers[i]);
	}
	http_client_free(m->client);
	free(m->channel);
	free(m->area_code);
	free(m->sender);
	free(m);
}

static int open_areamail(const json_t *options, const char *channel, const char *site,
	struct agent *agent, void **instance, struct err *e)
{
	(void)site;
	struct areamail *m = mem_new(sizeof(*m));
	m->agent = agent;
	m->channel = mem_copy_text(channel);
	m->area_code = mem_copy_text(json_text(options, "municipality_code", ""));
	m->sender = mem_copy_text(json_text(options, "sender", ""));
	const char *name;
	json_t *given;
	int rc = 0;
	json_object_foreach(json_object_get(options, "carriers"), name, given)
	{
		if (m->carrier_count == MAX_CARRIERS) {
			rc = err_set(e, -EINVAL, "carriers: at most %d", MAX_CARRIERS);
			break;
		}
		rc = carrier_open(&m->carriers[m->carrier_count++], name, given, options, e);
		if (rc) {
			break;
		}
	}
	if (rc == 0) {
		m->client = http_client_new(e);
		rc = m->client ? 0 : e->code;
	}
	if (rc) {
		close_areamail(m);
		return rc;
	}
	*instance = m;
	return 0;
}

/* ---- deliver ---- */

static struct carrier *find_carrier(struct areamail *m, const char *name)
{
	for (size_t i = 0; i < m->carrier_count; i++) {
		if (strcmp(m->carriers[i].name, name) == 0) {
			return &m->carriers[i];
		}
	}
	return NULL;
}

static void refuse(
	struct outcome *o, enum outcome_class class, enum outcome_reason reason, const char *text)
{
	*o = (struct outcome){.class = class, .reason = reason};
	outcome_set_text(o, text);
}

/* true when the message may go; otherwise *o says why not. */
static bool may_send(const struct carrier *c, const struct channel_batch *batch, const char *key,
	const char *digest, struct outcome *o)
{
	const struct broadcast *b = batch->broadcast;
	if (!areamail_allows(b)) {
		refuse(o, OUTCOME_PERMANENT, OUTCOME_REASON_CONTENT,
			"the carriers' agreement does not allow this kind at this level");
		return false;
	}
	if (carrier_sent_before(c, digest, key, clock_wall_now())) {
		refuse(o, OUTCOME_PERMANENT, OUTCOME_REASON_CONTENT,
			"the same text has gone to this carrier within 48 hours");
		return false;
	}
	if (b->severity < SEVERITY_EXTREME &&
		carrier_sent_last_hour(c, clock_wall_now()) >= c->cap_per_hour) {
		refuse(o, OUTCOME_TRANSIENT, OUTCOME_REASON_RATE,
			"the cap per hour to this carrier is reached");
		o->retry_after_s = 300;
		return false;
	}
	return true;
}

static const char *message_type(const struct broadcast *b)
{
	if (b->event == EVENT_CANCELLED) {
		return "Cancel";
	}
	return b->update > 1 ? "Update" : "Alert";
}

/* EDXL-DE's words for the same. */
static const char *distribution_type(const struct broadcast *b)
{
	const char *type = message_type(b);
	return strcmp(type, "Alert") == 0 ? "Report" : type;
}

/* The keys under which the replaced messages went to this carrier, blank separated. */
static void write_references(
	const struct areamail *m, const char *target, const struct broadcast *b, struct buf *out)
{
	for (size_t i = 0; i < b->replace_count; i++) {
		char key[DELIVERY_KEY_SIZE];
		delivery_key(b->replaces[i], m->channel, target, key);
		(void)buf_addf(out, "%s%s", i > 0 ? " " : "", key);
	}
}

static int write_body(const struct areamail *m, const struct carrier *c,
	const struct channel_target *target, const struct broadcast *b,
	const struct areamail_text *text, struct buf *out)
{
	char sent[WALL_TIME_TEXT_SIZE];
	char expires[WALL_TIME_TEXT_SIZE];
	char severity[16];
	struct buf references;
	buf_init(&references, REFERENCES_LIMIT);
	write_references(m, target->id, b, &references);
	(void)snprintf(severity, sizeof(severity), "%s", severity_name(b->severity));
	severity[0] = (char)toupper((unsigned char)severity[0]);
	const struct template_value values[] = {
		{"key", target->key},
		{"sender", m->sender},
		{"sent", wall_time_format(b->issued, CLOCK_JST_OFFSET_MINUTES, sent)},
		{"expires", wall_time_format(b->expires, CLOCK_JST_OFFSET_MINUTES, expires)},
		{"status", b->status == ALERT_STATUS_ACTUAL ? "Actual" : "Exercise"},
		{"kind_of_message", message_type(b)},
		{"distribution_type", distribution_type(b)},
		{"references", buf_text(&references)},
		{"subject", text->subject},
		{"body", text->body},
		{"event", b->kind->ja},
		{"severity", severity},
		{"area_name", b->area_count > 0 ? b->areas[0].name : m->area_code},
		{"area_code", m->area_code},
		{"carrier", c->name},
		{NULL, NULL},
	};
	int rc = template_fill(c->template, values, out);
	buf_clear(&references);
	return rc;
}

struct job {
	struct carrier *carrier;
	size_t target; /* index in the batch */
	struct areamail_text text;
	struct buf body;
	char digest[DIGEST_HEX_SIZE];
	char idempotency[64 + DELIVERY_KEY_SIZE]; /* header line */
	const char *headers[4];
};

/* Prepares one target; false: its outcome is reported already. */
static bool prepare(
	struct areamail *m, const struct channel_batch *batch, size_t index, struct job *job)
{
	struct outcome o;
	const struct channel_target *target = &batch->targets[index];
	*job = (struct job){.carrier = find_carrier(m, target->id), .target = index};
	buf_init(&job->body, BODY_LIMIT);
	if (!job->carrier) {
		refuse(&o, OUTCOME_PERMANENT, OUTCOME_REASON_CONFIG,
			"no table of this name under carriers");
		agent_outcome(m->agent, batch, index, &o);
		return false;
	}
	areamail_word(batch->broadcast, &job->carrier->limits, &job->text);
	digest_of_fields(job->digest, job->text.subject, job->text.body, NULL);
	if (!may_send(job->carrier, batch, target->key, job->digest, &o)) {
		agent_outcome(m->agent, batch, index, &o);
		areamail_text_clear(&job->text);
		return false;
	}
	if (write_body(m, job->carrier, target, batch->broadcast, &job->text, &job->body)) {
		refuse(&o, OUTCOME_PERMANENT, OUTCOME_REASON_CONTENT,
			"the template grew too large");
		agent_outcome(m->agent, batch, index, &o);
		areamail_text_clear(&job->text);
		buf_clear(&job->body);
		return false;
	}
	job->headers[0] = "Content-Type: application/xml; charset=utf-8";
	(void)snprintf(
		job->idempotency, sizeof(job->idempotency), "Idempotency-Key: %.60s", target->key);
	job->headers[1] = job->idempotency;
	job->headers[2] = carrier_authorization(job->carrier);
	return true;
}

struct risk {
	struct agent *agent;
	const struct channel_batch *batch;
	const struct job *jobs;
};

static void at_risk(void *data, size_t index)
{
	struct risk *r = data;
	agent_at_risk(r->agent, r->batch, r->jobs[index].target);
}

static void finish(struct areamail *m, const struct channel_batch *batch, struct job *job,
	struct http_request *request)
{
	struct outcome o;
	http_judge(&request->exchange, &o);
	if (o.class == OUTCOME_DELIVERED) {
		o.text[0] = '\0';
	}
	if (o.scope == OUTCOME_SCOPE_CHANNEL) {
		/* One carrier's refusal says nothing of the others. */
		o.scope = OUTCOME_SCOPE_DESTINATION;
	}
	if (o.class == OUTCOME_DELIVERED || o.class == OUTCOME_UNKNOWN) {
		carrier_remember(job->carrier, job->digest, batch->targets[job->target].key,
			clock_wall_now());
	}
	agent_outcome(m->agent, batch, job->target, &o);
	buf_clear(&request->response);
	areamail_text_clear(&job->text);
	buf_clear(&job->body);
}

static void deliver(void *instance, const struct channel_batch *batch)
{
	struct areamail *m = instance;
	struct job *jobs = mem_new_array(batch->count, sizeof(*jobs));
	struct http_request *requests = mem_new_array(batch->count, sizeof(*requests));
	size_t count = 0;
	for (size_t i = 0; i < batch->count; i++) {
		count += prepare(m, batch, i, &jobs[count]);
	}
	for (size_t i = 0; i < count; i++) {
		requests[i] = (struct http_request){
			.settings = &jobs[i].carrier->settings,
			.method = "POST",
			.url = jobs[i].carrier->url,
			.headers = jobs[i].headers,
			.body = jobs[i].body.data,
			.body_size = jobs[i].body.size,
			.secrets = jobs[i].carrier->secrets,
		};
	}
	struct risk risk = {.agent = m->agent, .batch = batch, .jobs = jobs};
	http_client_run(m->client, requests, count, batch->deadline, at_risk, &risk);
	for (size_t i = 0; i < count; i++) {
		finish(m, batch, &jobs[i], &requests[i]);
	}
	free(requests);
	free(jobs);
}

static const char *probe(void *instance, int timeout_ms, char *text, size_t capacity)
{
	struct areamail *m = instance;
	size_t down = 0;
	size_t at = 0;
	text[0] = '\0';
	for (size_t i = 0; i < m->carrier_count; i++) {
		struct err e = {0};
		int share = timeout_ms / (int)m->carrier_count;
		if (http_probe(&m->carriers[i].settings, m->carriers[i].url, share > 0 ? share : 1,
			    &e)) {
			int more = snprintf(text + at, capacity - at, "%s%s", at ? ", " : "",
				m->carriers[i].name);
			at += more > 0 && (size_t)more < capacity - at ? (size_t)more : 0;
			down++;
		}
	}
	return down == 0 ? "ok" : down < m->carrier_count ? "degraded" : "down";
}

int main(int argc, char **argv)
{
	static const struct channel_driver driver = {
		.declaration = &channel_areamail,
		.open = open_areamail,
		.deliver = deliver,
		.probe = probe,
		.close = close_areamail,
	};
	return agent_main(argc, argv, &driver);
}
