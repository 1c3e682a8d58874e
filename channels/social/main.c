/* SPDX-License-Identifier: Apache-2.0
 *
 * hansho-channel-social: one account of one service. One target, the channel itself.
 */
#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "channels/channel.h"
#include "channels/http/http_client.h"
#include "channels/registry.h"
#include "channels/social/dialect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

static void close_social(void *instance)
{
	struct social *s = instance;
	char **secrets[] = {&s->account.token, &s->account.secret, &s->account.consumer_key,
		&s->account.consumer_secret, &s->account.access_token, &s->account.access_secret};
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		if (*secrets[i]) {
			explicit_bzero(*secrets[i], strlen(*secrets[i]));
			free(*secrets[i]);
		}
	}
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
	explicit_bzero(a->secret, strlen(a->secret));
	free(a->secret);
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
};

static void at_risk(void *data, size_t index)
{
	struct risk *r = data;
	agent_at_risk(r->agent, r->batch, index);
}

static void deliver(void *instance, const struct channel_batch *batch)
{
	struct social *s = instance;
	struct post *posts = mem_new_array(batch->count, sizeof(*posts));
	struct http_request *requests = mem_new_array(batch->count, sizeof(*requests));
	for (size_t i = 0; i < batch->count; i++) {
		post_init(&posts[i]);
		s->dialect->write(&s->account, batch->broadcast, &batch->targets[i],
			clock_wall_now(), &posts[i]);
		requests[i] = (struct http_request){
			.settings = &s->settings,
			.method = "POST",
			.url = posts[i].url,
			.headers = (const char *const *)posts[i].headers,
			.body = buf_text(&posts[i].body),
			.body_size = posts[i].body.size,
		};
	}
	struct risk risk = {.agent = s->agent, .batch = batch};
	http_client_run(s->client, requests, batch->count, batch->deadline, at_risk, &risk);
	for (size_t i = 0; i < batch->count; i++) {
		struct outcome outcome;
		http_judge(&requests[i].exchange, &outcome);
		if (s->dialect->judge) {
			s->dialect->judge(requests[i].exchange.status,
				buf_text(&requests[i].response), &outcome);
		}
		agent_outcome(s->agent, batch, i, &outcome);
		buf_clear(&requests[i].response);
		post_clear(&posts[i]);
	}
	free(requests);
	free(posts);
}

static const char *probe(void *instance, int timeout_ms, char *text, size_t capacity)
{
	struct social *s = instance;
	struct err e = {0};
	if (http_probe(s->url, timeout_ms, &e) == 0) {
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
