/* SPDX-License-Identifier: Apache-2.0
 *
 * hansho-channel-social: one account of one service. One target, the channel itself.
 */
#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "channels/channel.h"
#include "channels/registry.h"
#include "channels/social/dialect.h"
#include "net/http_client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { WEBHOOK_SECRET_MIN = 24, WEBHOOK_SECRET_MAX = 64 }; /* Standard Webhooks */

struct social {
	struct agent *agent;
	const struct dialect *dialect;
	struct account account;
	char *url;
	char *language;
	char *visibility;
	struct http_settings settings;
	struct http_client *client;
};

static void forget(char *secret, size_t size)
{
	if (secret) {
		explicit_bzero(secret, size);
		free(secret);
	}
}

static void close_social(void *instance)
{
	struct social *s = instance;
	struct account *a = &s->account;
	char *secrets[] = {
		a->token, a->consumer_key, a->consumer_secret, a->access_token, a->access_secret};
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		forget(secrets[i], secrets[i] ? strlen(secrets[i]) : 0);
	}
	forget(a->secret, a->secret_size); /* bytes, not text */
	http_client_free(s->client);
	http_settings_clear(&s->settings);
	free(s->url);
	free(s->language);
	free(s->visibility);
	free(s);
}

struct secret_option {
	const char *key;
	char **to;
};

static int read_secrets(struct social *s, const json_t *options, struct err *e)
{
	const struct secret_option secrets[] = {
		{"token_file", &s->account.token},
		{"secret_file", &s->account.secret},
		{"consumer_key_file", &s->account.consumer_key},
		{"consumer_secret_file", &s->account.consumer_secret},
		{"access_token_file", &s->account.access_token},
		{"access_secret_file", &s->account.access_secret},
	};
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		const char *path = json_text(options, secrets[i].key, "");
		if (path[0] == '\0') {
			continue;
		}
		int rc = file_read_secret(path, secrets[i].to, e);
		if (rc) {
			return err_prefix(e, "%s: ", secrets[i].key);
		}
	}
	return 0;
}

/* "whsec_" secrets are base64 of the key's bytes (Standard Webhooks, "Signature scheme"). */
static int decode_webhook_secret(struct account *a, struct err *e)
{
	static const char prefix[] = "whsec_";
	if (!a->secret) {
		return 0;
	}
	a->secret_size = strlen(a->secret);
	if (strncmp(a->secret, prefix, sizeof(prefix) - 1) != 0) {
		return 0;
	}
	const char *text = a->secret + sizeof(prefix) - 1;
	unsigned char *raw = mem_new(strlen(text) + 1);
	size_t size;
	if (base64_decode(text, strlen(text), raw, &size)) {
		free(raw);
		return err_set(e, -EINVAL, "secret_file: what follows whsec_ is not base64");
	}
	if (size < WEBHOOK_SECRET_MIN || size > WEBHOOK_SECRET_MAX) {
		forget((char *)raw, size);
		return err_set(e, -EINVAL, "secret_file: a whsec_ secret has %d to %d bytes",
			WEBHOOK_SECRET_MIN, WEBHOOK_SECRET_MAX);
	}
	forget(a->secret, strlen(a->secret));
	a->secret = (char *)raw;
	a->secret_size = size;
	return 0;
}

static int open_social(const json_t *options, const char *channel, const char *site,
	struct agent *agent, void **instance, struct err *e)
{
	(void)channel;
	(void)site;
	struct social *s = mem_new(sizeof(*s));
	s->agent = agent;
	s->dialect = dialect_find(json_text(options, "dialect", ""));
	s->url = mem_copy_text(json_text(options, "url", ""));
	s->language = mem_copy_text(json_text(options, "language", "ja"));
	s->visibility = mem_copy_text(json_text(options, "visibility", "public"));
	size_t size = strlen(s->url);
	while (strcmp(json_text(options, "dialect", ""), "webhook") != 0 && size > 0 &&
		s->url[size - 1] == '/') {
		s->url[--size] = '\0';
	}
	s->account.url = s->url;
	s->account.language = s->language;
	s->account.visibility = s->visibility;
	s->account.limit = (size_t)json_int(options, "limit", 500);
	int rc = s->dialect ? 0 : err_set(e, -EINVAL, "dialect: unknown");
	if (rc == 0 && http_check_url(s->url, e)) {
		rc = err_prefix(e, "url: ");
	}
	rc = rc ? rc : read_secrets(s, options, e);
	rc = rc ? rc : decode_webhook_secret(&s->account, e);
	if (rc == 0) {
		http_settings_read(&s->settings, options, options, s->dialect->idempotent);
		s->client = http_client_new(e);
		rc = s->client ? 0 : e->code;
	}
	if (rc) {
		close_social(s);
		return rc;
	}
	*instance = s;
	return 0;
}

struct risk {
	struct agent *agent;
	const struct channel_batch *batch;
	size_t index;
};

static void at_risk(void *data, size_t index)
{
	struct risk *r = data;
	(void)index;
	agent_at_risk(r->agent, r->batch, r->index);
}

/* One post: the declaration says a batch has one target. */
static void deliver_one(struct social *s, const struct channel_batch *batch, size_t index)
{
	struct risk risk = {.agent = s->agent, .batch = batch, .index = index};
	const char *const secrets[] = {s->account.token ? s->account.token : "",
		s->account.access_token ? s->account.access_token : "",
		s->account.consumer_key ? s->account.consumer_key : "", NULL};
	struct post post;
	struct outcome outcome;
	post_init(&post);
	s->dialect->write(
		&s->account, batch->broadcast, &batch->targets[index], clock_wall_now(), &post);
	if (post.failed) {
		outcome = (struct outcome){
			.class = OUTCOME_PERMANENT, .reason = OUTCOME_REASON_CONTENT};
		outcome_set_text(&outcome, "the post does not fit into a request");
	} else {
		struct http_request request = {
			.settings = &s->settings,
			.method = "POST",
			.url = post.url,
			.headers = (const char *const *)post.headers,
			.body = buf_text(&post.body),
			.body_size = post.body.size,
			.secrets = secrets,
		};
		http_client_run(s->client, &request, 1, batch->deadline, at_risk, &risk);
		http_judge(&request.exchange, &outcome);
		if (s->dialect->judge) {
			s->dialect->judge(
				request.exchange.status, buf_text(&request.response), &outcome);
		}
		buf_clear(&request.response);
	}
	agent_outcome(s->agent, batch, index, &outcome);
	post_clear(&post);
}

static void deliver(void *instance, const struct channel_batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		deliver_one(instance, batch, i);
	}
}

static const char *probe(void *instance, int timeout_ms, char *text, size_t capacity)
{
	struct social *s = instance;
	struct err e = {0};
	if (http_probe(&s->settings, s->url, timeout_ms, &e) == 0) {
		text[0] = '\0';
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
		.declaration = &channel_social,
		.open = open_social,
		.deliver = deliver,
		.probe = probe,
		.close = close_social,
	};
	return agent_main(argc, argv, &driver);
}
