/* SPDX-License-Identifier: Apache-2.0
 *
 * Mastodon: POST /api/v1/statuses with Idempotency-Key (docs.joinmastodon.org, methods/statuses).
 */
#include "base/json.h"
#include "base/mem.h"
#include "channels/social/dialect.h"
#include "channels/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_post(const struct account *a, const struct broadcast *b,
	const struct channel_target *target, struct wall_time now, struct post *post)
{
	(void)now;
	size_t size = strlen(a->url) + 32;
	post->url = mem_new(size);
	(void)snprintf(post->url, size, "%s/api/v1/statuses", a->url);
	post_header(post, "Authorization: Bearer %s", a->token);
	post_header(post, "Content-Type: application/json");
	post_header(post, "Idempotency-Key: %s", target->key);
	char *text = post_text(a, b, TEXT_CHARACTERS, a->limit);
	json_t *object = json_object();
	json_put_text(object, "status", text);
	json_put_text(object, "language", a->language);
	json_put_text(object, "visibility", a->visibility);
	post_json(post, object);
	free(text);
}

/* The post's id, so that it can be found again. */
static void judge(int status, const char *body, struct outcome *outcome)
{
	struct err e = {0};
	json_t *answer = status >= 200 && status < 300 ? json_read(body, strlen(body), &e) : NULL;
	const char *id = json_text(answer, "id", "");
	(void)snprintf(outcome->remote_id, sizeof(outcome->remote_id), "%.100s", id);
	if (outcome->class == OUTCOME_DELIVERED) {
		outcome->text[0] = '\0';
	}
	json_decref(answer);
}

const struct dialect dialect_mastodon = {
	.name = "mastodon",
	.idempotent = true,
	.write = write_post,
	.judge = judge,
};
