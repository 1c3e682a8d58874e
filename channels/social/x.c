/* SPDX-License-Identifier: Apache-2.0
 *
 * X API v2: POST /2/tweets in user context (OAuth 1.0a). 280 weighted characters (twitter-text
 * configuration v3: CJK counts 2). The service has no idempotency key; it refuses a text it has
 * seen lately with 403 "duplicate content", which means that the first try went through.
 */
#include "base/json.h"
#include "base/mem.h"
#include "base/rand_id.h"
#include "channels/social/dialect.h"
#include "channels/social/oauth1.h"
#include "channels/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { X_WEIGHT_LIMIT = 280, AUTHORIZATION_SIZE = 3072 };

static void authorize(
	const struct account *a, const char *url, struct wall_time now, struct post *post)
{
	char nonce[RAND_ID_SIZE];
	char seconds[32];
	char line[AUTHORIZATION_SIZE];
	rand_id(nonce);
	(void)snprintf(seconds, sizeof(seconds), "%lld", (long long)(now.ms / 1000));
	struct oauth1 o = {
		.consumer_key = a->consumer_key,
		.consumer_secret = a->consumer_secret,
		.token = a->access_token,
		.token_secret = a->access_secret,
		.nonce = nonce,
		.timestamp = seconds,
	};
	if (oauth1_authorization(&o, "POST", url, line, sizeof(line))) {
		post->failed = true;
		return;
	}
	post_header(post, "Authorization: %s", line);
}

static void write_post(const struct account *a, const struct broadcast *b,
	const struct channel_target *target, struct wall_time now, struct post *post)
{
	(void)target;
	size_t size = strlen(a->url) + 16;
	post->url = mem_new(size);
	(void)snprintf(post->url, size, "%s/2/tweets", a->url);
	authorize(a, post->url, now, post);
	post_header(post, "Content-Type: application/json");
	char *text = post_text(a, b, TEXT_X_WEIGHT, X_WEIGHT_LIMIT);
	json_t *object = json_object();
	json_put_text(object, "text", text);
	post_json(post, object);
	free(text);
}

static void judge(int status, const char *body, struct outcome *outcome)
{
	struct err e = {0};
	if (status == 403 && strcasestr(body, "duplicate content")) {
		outcome->class = OUTCOME_DELIVERED;
		outcome->scope = OUTCOME_SCOPE_TARGET;
		outcome->reason = OUTCOME_REASON_DUPLICATE;
		return;
	}
	if (outcome->class != OUTCOME_DELIVERED) {
		return;
	}
	json_t *answer = json_read(body, strlen(body), &e);
	const char *id = json_text(json_object_get(answer, "data"), "id", "");
	(void)snprintf(outcome->remote_id, sizeof(outcome->remote_id), "%.100s", id);
	outcome->text[0] = '\0';
	json_decref(answer);
}

const struct dialect dialect_x = {
	.name = "x",
	.idempotent = false,
	.write = write_post,
	.judge = judge,
};
