/* SPDX-License-Identifier: Apache-2.0
 *
 * hansho-channel-sms: one message to each recipient through one gateway, several requests at a
 * time, no faster than the configured rate.
 */
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "channels/channel.h"
#include "channels/registry.h"
#include "channels/sms/dialect.h"
#include "channels/sms/pace.h"
#include "channels/sms/size.h"
#include "net/http_client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PARALLEL = 8 };

struct sms {
	struct agent *agent;
	json_t *options; /* what account borrows from */
	const struct sms_dialect *dialect;
	struct sms_account account;
	char *secret;  /* "" without one */
	char *encoded; /* the same as it stands in a query */
	bool long_form;
	size_t max_parts;
	struct pace pace;
	struct http_settings settings;
	struct http_client *client;
};

/* ---- open and close ---- */

static void forget(char *secret)
{
	if (secret) {
		explicit_bzero(secret, strlen(secret));
		free(secret);
	}
}

static void close_sms(void *instance)
{
	struct sms *s = instance;
	forget(s->secret);
	forget(s->encoded);
	http_client_free(s->client);
	http_settings_clear(&s->settings);
	json_decref(s->options);
	free(s);
}

static int read_secret(struct sms *s, struct err *e)
{
	const char *key = s->dialect == &sms_dialect_kannel ? "password_file" : "token_file";
	const char *path = json_text(s->options, key, "");
	int rc = path[0] ? file_read_secret(path, &s->secret, e) : 0;
	if (rc) {
		return err_prefix(e, "%s: ", key);
	}
	s->secret = s->secret ? s->secret : mem_copy_text("");
	s->encoded = sms_url_encode(s->secret);
	return strpbrk(s->secret, "\r\n") ? err_set(e, -EINVAL, "%s: %s: not one line", key, path)
					  : 0;
}

static void read_account(struct sms *s)
{
	const json_t *o = s->options;
	s->account = (struct sms_account){
		.url = json_text(o, "url", ""),
		.secret = s->secret,
		.username = json_text(o, "username", ""),
		.from = json_text(o, "from", ""),
		.smsc = json_text(o, "smsc", ""),
		.dlr_url = json_text(o, "dlr_url", ""),
		.dlr_mask = (int)json_int(o, "dlr_mask", 19),
		.method = json_text(o, "method", "POST"),
		.header = json_text(o, "header", "Authorization"),
		.scheme = json_text(o, "scheme", "Bearer"),
		.key_header = json_text(o, "idempotency_header", "Idempotency-Key"),
		.body = json_object_get(o, "body"),
		.success_member = json_text(o, "success_member", ""),
		.success_value = json_text(o, "success_value", ""),
		.id_member = json_text(o, "id_member", ""),
	};
}

static int open_sms(const json_t *options, const char *channel, const char *site,
	struct agent *agent, void **instance, struct err *e)
{
	(void)channel;
	(void)site;
	struct sms *s = mem_new(sizeof(*s));
	s->agent = agent;
	s->options = json_deep_copy(options);
	s->dialect = sms_dialect_find(json_text(options, "dialect", ""));
	s->long_form = strcmp(json_text(options, "form", "short"), "long") == 0;
	s->max_parts = (size_t)json_int(options, "max_parts", 1);
	pace_init(&s->pace, json_int(options, "rate", 10), PARALLEL, clock_mono_now());
	int rc = s->dialect ? 0 : err_set(e, -EINVAL, "dialect: unknown");
	if (rc == 0 && http_check_url(json_text(options, "url", ""), e)) {
		rc = err_prefix(e, "url: ");
	}
	if (rc == 0 && s->dialect == &sms_dialect_json &&
		sms_body_check(json_object_get(options, "body"), e)) {
		rc = err_prefix(e, "body: ");
	}
	rc = rc ? rc : read_secret(s, e);
	if (rc == 0) {
		read_account(s);
		/* No reuse: a silent repetition by the library would be a second message. */
		http_settings_read(&s->settings, options, options, false);
		s->client = http_client_new(e);
		rc = s->client ? 0 : e->code;
	}
	if (rc) {
		close_sms(s);
		return rc;
	}
	*instance = s;
	return 0;
}

/* ---- deliver ---- */

struct job {
	size_t target; /* index in the batch */
	char number[SMS_NUMBER_SIZE];
	struct sms_request request;
	const char *secrets[4]; /* the number is one: an outcome holds no addresses */
};

static void refuse(struct sms *s, const struct channel_batch *batch, size_t index,
	const struct outcome *why, const char *text)
{
	struct outcome o = *why;
	outcome_set_text(&o, text);
	agent_outcome(s->agent, batch, index, &o);
}

/* Prepares one target; false: its outcome is reported already. */
static bool prepare(struct sms *s, const struct channel_batch *batch, size_t index, struct job *job)
{
	const struct channel_target *t = &batch->targets[index];
	const struct broadcast *b = batch->broadcast;
	*job = (struct job){.target = index};
	int64_t left_s = (b->expires.ms - clock_wall_now().ms) / 1000;
	if (left_s < 1) {
		refuse(s, batch, index,
			&(struct outcome){
				.class = OUTCOME_TRANSIENT, .reason = OUTCOME_REASON_EXPIRED},
			"its time was over before its turn came");
		return false;
	}
	if (!sms_number(t->address[0] ? t->address : t->id, job->number)) {
		refuse(s, batch, index,
			&(struct outcome){
				.class = OUTCOME_PERMANENT, .reason = OUTCOME_REASON_TARGET},
			"not a telephone number");
		return false;
	}
	char *text = sms_text(b, t->lang, s->long_form, s->max_parts);
	const struct sms_message message = {
		.to = job->number,
		.text = text,
		.key = t->key,
		.gsm = sms_size_of(text).gsm,
		.validity_s = left_s,
	};
	sms_request_init(&job->request);
	s->dialect->write(&s->account, &message, &job->request);
	free(text);
	if (job->request.failed) {
		sms_request_clear(&job->request);
		refuse(s, batch, index,
			&(struct outcome){
				.class = OUTCOME_PERMANENT, .reason = OUTCOME_REASON_CONTENT},
			"the message does not fit into a request");
		return false;
	}
	job->secrets[0] = s->secret;
	job->secrets[1] = s->encoded;
	/* In a query "+" stands encoded. */
	job->secrets[2] = job->number + (job->number[0] == '+');
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

static void judge(struct sms *s, struct http_request *request, struct outcome *o)
{
	http_judge(&request->exchange, o);
	s->dialect->judge(&s->account, request->exchange.status, buf_text(&request->response), o);
	if (o->class == OUTCOME_DELIVERED) {
		o->text[0] = '\0';
	}
}

/* Sends to count targets from first on. True with *o when the gateway takes nothing now: the
 * targets behind need not be tried. */
static bool send_some(struct sms *s, const struct channel_batch *batch, size_t first, size_t count,
	struct outcome *o)
{
	struct job jobs[PARALLEL];
	struct http_request requests[PARALLEL] = {0};
	size_t ready = 0;
	bool closed = false;
	for (size_t i = 0; i < count; i++) {
		ready += prepare(s, batch, first + i, &jobs[ready]);
	}
	for (size_t i = 0; i < ready; i++) {
		requests[i] = (struct http_request){
			.settings = &s->settings,
			.method = jobs[i].request.method,
			.url = buf_text(&jobs[i].request.url),
			.headers = (const char *const *)jobs[i].request.headers,
			.body = buf_text(&jobs[i].request.body),
			.body_size = jobs[i].request.body.size,
			.secrets = jobs[i].secrets,
		};
	}
	struct risk risk = {.agent = s->agent, .batch = batch, .jobs = jobs};
	http_client_run(s->client, requests, ready, batch->deadline, at_risk, &risk);
	for (size_t i = 0; i < ready; i++) {
		struct outcome one;
		judge(s, &requests[i], &one);
		agent_outcome(s->agent, batch, jobs[i].target, &one);
		if (one.class == OUTCOME_TRANSIENT && one.scope != OUTCOME_SCOPE_TARGET) {
			*o = one;
			closed = true;
		}
		buf_clear(&requests[i].response);
		sms_request_clear(&jobs[i].request);
	}
	return closed;
}

/* How many may go, after waiting for one if need be; 0: the batch's time is over. */
static size_t wait_turn(struct sms *s, size_t wanted, struct mono_time deadline)
{
	size_t count;
	while ((count = pace_take(&s->pace, wanted, clock_mono_now())) == 0) {
		int64_t wait = pace_wait_ms(&s->pace);
		if (wait >= mono_time_left_ms(deadline)) {
			return 0;
		}
		const struct timespec pause = {
			.tv_sec = wait / 1000, .tv_nsec = (wait % 1000) * 1000000};
		(void)nanosleep(&pause, NULL); /* woken early, it asks again */
	}
	return mono_time_left_ms(deadline) > 0 ? count : 0;
}

static void deliver(void *instance, const struct channel_batch *batch)
{
	struct sms *s = instance;
	for (size_t next = 0; next < batch->count;) {
		size_t left = batch->count - next;
		size_t count =
			wait_turn(s, left < PARALLEL ? left : (size_t)PARALLEL, batch->deadline);
		struct outcome o;
		if (count == 0) {
			return; /* unmarked and without outcome: the agent reports transient */
		}
		if (send_some(s, batch, next, count, &o)) {
			agent_outcome_rest(s->agent, batch, &o);
			return;
		}
		next += count;
	}
}

static const char *probe(void *instance, int timeout_ms, char *text, size_t capacity)
{
	struct sms *s = instance;
	struct err e = {0};
	text[0] = '\0';
	if (http_probe(&s->settings, s->account.url, timeout_ms, &e) == 0) {
		return "ok";
	}
	size_t size = utf8_cut(e.text, strlen(e.text), capacity - 1);
	memcpy(text, e.text, size);
	text[size] = '\0';
	return "down";
}

int main(int argc, char **argv)
{
	static const struct channel_driver driver = {
		.declaration = &channel_sms,
		.open = open_sms,
		.deliver = deliver,
		.probe = probe,
		.close = close_sms,
	};
	return agent_main(argc, argv, &driver);
}
