/* SPDX-License-Identifier: Apache-2.0
 *
 * Standard Webhooks: id, timestamp and HMAC-SHA-256 over "id.timestamp.body"
 * (standard-webhooks specification, "Signature scheme", v1).
 */
#include "base/digest.h"
#include "base/json.h"
#include "base/mem.h"
#include "channels/social/dialect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void webhook_signature(const void *secret, size_t secret_size, const char *id,
	const char *timestamp, const struct buf *body, char out[WEBHOOK_SIGNATURE_SIZE])
{
	struct buf signed_text;
	buf_init(&signed_text, POST_LIMIT + 256);
	(void)buf_addf(&signed_text, "%s.%s.", id, timestamp);
	(void)buf_add(&signed_text, body->data, body->size);
	unsigned char mac[DIGEST_BYTES];
	digest_hmac(secret, secret_size, signed_text.data, signed_text.size, mac);
	(void)base64_encode(mac, sizeof(mac), out);
	buf_clear(&signed_text);
}

static void write_post(const struct account *a, const struct broadcast *b,
	const struct channel_target *target, struct wall_time now, struct post *post)
{
	char stamp[WALL_TIME_TEXT_SIZE];
	json_t *object = json_object();
	json_put_text(object, "type", "hansho.broadcast");
	json_put_text(
		object, "timestamp", wall_time_format(b->issued, CLOCK_JST_OFFSET_MINUTES, stamp));
	json_put(object, "data", broadcast_to_json(b));
	post_json(post, object);
	char seconds[32];
	(void)snprintf(seconds, sizeof(seconds), "%lld", (long long)(now.ms / 1000));
	char signature[WEBHOOK_SIGNATURE_SIZE];
	webhook_signature(a->secret, a->secret_size, target->key, seconds, &post->body, signature);
	post->url = mem_copy_text(a->url);
	post_header(post, "Content-Type: application/json");
	post_header(post, "webhook-id: %s", target->key);
	post_header(post, "webhook-timestamp: %s", seconds);
	post_header(post, "webhook-signature: v1,%s", signature);
}

static void judge(int status, const char *body, struct outcome *outcome)
{
	(void)body;
	if (status == 410) { /* "Gone": the receiver wants no more of these */
		outcome->scope = OUTCOME_SCOPE_CHANNEL;
	}
	if (outcome->class == OUTCOME_DELIVERED) {
		outcome->text[0] = '\0';
	}
}

const struct dialect dialect_webhook = {
	.name = "webhook",
	.idempotent = true,
	.write = write_post,
	.judge = judge,
};
