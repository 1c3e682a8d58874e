/* SPDX-License-Identifier: Apache-2.0
 *
 * hansho-channel-areamail: one message to each carrier at once, each carrier a target of its own.
 */
#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "channels/areamail/content.h"
#include "channels/areamail/template.h"
#include "channels/channel.h"
#include "channels/http/http_client.h"
#include "channels/registry.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const unsigned char areamail_template_bytes[];

enum {
	MAX_CARRIERS = 16,
	TEMPLATE_LIMIT = 256 * 1024,
	BODIES_KEPT = 64, /* to recognise a body that goes out twice */
	HOUR_MS = 3600 * 1000,
};

struct carrier {
	char *name;
	char *url;
	char *authorization; /* header line with the token; NULL none */
	char *template;
	struct areamail_limits limits;
	int64_t cap_per_hour;
	struct http_settings settings;
	struct wall_time sent[BODIES_KEPT]; /* ring of what was handed over, newest last */
	char bodies[BODIES_KEPT][DIGEST_HEX_SIZE];
	size_t count;
};

struct areamail {
	struct agent *agent;
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
		struct carrier *c = &m->carriers[i];
		if (c->authorization) {
			explicit_bzero(c->authorization, strlen(c->authorization));
		}
		free(c->authorization);
		free(c->name);
		free(c->url);
		free(c->template);
		http_settings_clear(&c->settings);
	}
	http_client_free(m->client);
	free(m->area_code);
	free(m->sender);
	free(m);
}

static int load_template(struct carrier *c, const char *path, struct err *e)
{
	size_t size;
	if (path[0] == '\0') {
		c->template = mem_copy_text((const char *)areamail_template_bytes);
		return 0;
	}
	int rc = file_read(path, TEMPLATE_LIMIT, &c->template, &size, e);
	if (rc == 0 && template_check(c->template, e)) {
		rc = err_prefix(e, "%s: ", path);
	}
	return rc;
}

static int load_token(struct carrier *c, const char *path, struct err *e)
{
	char *token = NULL;
	if (path[0] == '\0') {
		return 0;
	}
	int rc = file_read_secret(path, &token, e);
	if (rc) {
		return rc;
	}
	size_t size = strlen(token) + 32;
	c->authorization = mem_new(size);
	(void)snprintf(c->authorization, size, "Authorization: Bearer %s", token);
	explicit_bzero(token, strlen(token));
	free(token);
	return strpbrk(c->authorization, "\r\n") ? err_set(e, -EINVAL, "%s: not one line", path)
						 : 0;
}

static int open_carrier(struct carrier *c, const char *name, const json_t *given,
	const json_t *options, struct err *e)
{
	c->name = mem_copy_text(name);
	c->url = mem_copy_text(json_text(given, "url", ""));
	c->limits.subject_max = (size_t)json_int(given, "subject_max", 15);
	c->limits.body_max = (size_t)json_int(given, "body_max", 200);
	c->cap_per_hour = json_int(given, "cap_per_hour", 10);
	int rc = http_check_url(c->url, e) ? err_prefix(e, "url: ") : 0;
	rc = rc ? rc : load_template(c, json_text(given, "template", ""), e);
	rc = rc ? rc : load_token(c, json_text(given, "token_file", ""), e);
	if (rc) {
		return err_prefix(e, "carriers.%s: ", name);
	}
	/* No reuse: a silent repetition by the library would ring every phone twice. */
	http_settings_read(&c->settings, options, given, false);
	return 0;
}

static int open_areamail(const json_t *options, const char *channel, const char *site,
	struct agent *agent, void **instance, struct err *e)
{
	(void)channel;
	(void)site;
	struct areamail *m = mem_new(sizeof(*m));
	m->agent = agent;
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
		rc = open_carrier(&m->carriers[m->carrier_count++], name, given, options, e);
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

static bool sent_before(const struct carrier *c, const char *digest)
{
	size_t kept = c->count < BODIES_KEPT ? c->count : BODIES_KEPT;
	for (size_t i = 0; i < kept; i++) {
		if (strcmp(c->bodies[i], digest) == 0) {
			return true;
		}
	}
	return false;
}

static int64_t sent_last_hour(const struct carrier *c, struct wall_time now)
{
	int64_t count = 0;
	size_t kept = c->count < BODIES_KEPT ? c->count : BODIES_KEPT;
	for (size_t i = 0; i < kept; i++) {
		count += now.ms - c->sent[i].ms < HOUR_MS;
	}
	return count;
}

/* true when the message may go; otherwise *o says why not. */
static bool may_send(const struct carrier *c, const struct channel_batch *batch, const char *digest,
	struct outcome *o)
{
	const struct broadcast *b = batch->broadcast;
	if (!areamail_allows(b)) {
		refuse(o, OUTCOME_PERMANENT, OUTCOME_REASON_CONTENT,
			"the carriers' agreement does not allow this kind at this level");
		return false;
	}
	if (batch->attempt == 1 && sent_before(c, digest)) {
		refuse(o, OUTCOME_PERMANENT, OUTCOME_REASON_CONTENT,
			"the same text has gone to this carrier before");
		return false;
	}
	if (b->severity < SEVERITY_EXTREME &&
		sent_last_hour(c, clock_wall_now()) >= c->cap_per_hour) {
		refuse(o, OUTCOME_TRANSIENT, OUTCOME_REASON_RATE,
			"the cap per hour to this carrier is reached");
		o->retry_after_s = 300;
		return false;
	}
	return true;
}

static void remember(struct carrier *c, const char *digest)
{
	size_t at = c->count++ % BODIES_KEPT;
	memcpy(c->bodies[at], digest, DIGEST_HEX_SIZE);
	c->sent[at] = clock_wall_now();
}

static const char *message_type(const struct broadcast *b)
{
	if (b->event == EVENT_CANCELLED) {
		return "Cancel";
	}
	return b->update > 1 ? "Update" : "Alert";
}

static int write_body(const struct areamail *m, const struct carrier *c,
	const struct channel_target *target, const struct broadcast *b,
	const struct areamail_text *text, struct buf *out)
{
	char sent[WALL_TIME_TEXT_SIZE];
	char expires[WALL_TIME_TEXT_SIZE];
	char severity[16];
	(void)snprintf(severity, sizeof(severity), "%s", severity_name(b->severity));
	severity[0] = (char)toupper((unsigned char)severity[0]);
	const struct template_value values[] = {
		{"key", target->key},
		{"sender", m->sender},
		{"sent", wall_time_format(b->issued, CLOCK_JST_OFFSET_MINUTES, sent)},
		{"expires", wall_time_format(b->expires, CLOCK_JST_OFFSET_MINUTES, expires)},
		{"status", b->status == ALERT_STATUS_ACTUAL ? "Actual" : "Exercise"},
		{"kind_of_message", message_type(b)},
		{"references", ""},
		{"subject", text->subject},
		{"body", text->body},
		{"event", b->kind->ja},
		{"severity", severity},
		{"area_name", b->area_count > 0 ? b->areas[0].name : ""},
		{"area_code", m->area_code},
		{"carrier", c->name},
		{NULL, NULL},
	};
	return template_fill(c->template, values, out);
}

struct job {
	struct carrier *carrier;
	size_t target; /* index in the batch */
	struct areamail_text text;
	struct buf body;
	char digest[DIGEST_HEX_SIZE];
	const char *headers[3];
};

/* Prepares one target; false: its outcome is reported already. */
static bool prepare(
	struct areamail *m, const struct channel_batch *batch, size_t index, struct job *job)
{
	struct outcome o;
	const struct channel_target *target = &batch->targets[index];
	*job = (struct job){.carrier = find_carrier(m, target->id), .target = index};
	buf_init(&job->body, TEMPLATE_LIMIT * 2);
	if (!job->carrier) {
		refuse(&o, OUTCOME_PERMANENT, OUTCOME_REASON_CONFIG,
			"no table of this name under carriers");
		agent_outcome(m->agent, batch, index, &o);
		return false;
	}
	areamail_word(batch->broadcast, &job->carrier->limits, &job->text);
	digest_of_fields(job->digest, job->text.subject, job->text.body, NULL);
	if (!may_send(job->carrier, batch, job->digest, &o)) {
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
	job->headers[1] = job->carrier->authorization;
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
		remember(job->carrier, job->digest);
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
		if (http_probe(m->carriers[i].url, share > 0 ? share : 1, &e)) {
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
