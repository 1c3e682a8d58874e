/* SPDX-License-Identifier: Apache-2.0
 *
 * One service's way of taking a post, as a row of functions. All pure: from broadcast and keys to
 * the request's bytes, and from the answer to the outcome.
 */
#pragma once

#include "base/buf.h"
#include "base/clock.h"
#include "channels/channel.h"
#include "net/http_outcome.h"

#include <stdbool.h>

enum { POST_HEADERS = 8, POST_LIMIT = 256 * 1024 };

/* What a dialect signs and words with. Secrets stay in this process. */
struct account {
	const char *url;
	const char *language;
	const char *visibility;
	size_t limit;
	char *token;
	char *secret; /* webhook; raw bytes after decoding, secret_size of them */
	size_t secret_size;
	char *consumer_key;
	char *consumer_secret;
	char *access_token;
	char *access_secret;
};

struct post {
	char *url;			 /* owned, as all below */
	char *headers[POST_HEADERS + 1]; /* ends with NULL */
	size_t header_count;
	bool failed; /* a piece did not fit: must not be sent */
	struct buf body;
};

struct dialect {
	const char *name;
	/* The same key makes a repetition harmless at the remote. */
	bool idempotent;
	void (*write)(const struct account *a, const struct broadcast *b,
		const struct channel_target *target, struct wall_time now, struct post *post);
	/* Looks at an answer the common table has judged already. May be NULL. */
	void (*judge)(int status, const char *body, struct outcome *outcome);
};

/* NULL when there is none of that name. */
const struct dialect *dialect_find(const char *name);

void post_init(struct post *p);
void post_clear(struct post *p);
/* header is formatted; CR and LF in it become blanks; one that is too long makes the post failed.
 */
void post_header(struct post *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends the JSON of object, which is released; too long makes the post failed. */
void post_json(struct post *p, json_t *object);

/* The text of a post in the account's language, then 第N報 and the time, so that two posts never
 * have the same words (services refuse duplicates). "@name" in it calls nobody. The caller frees.
 */
char *post_text(const struct account *a, const struct broadcast *b, int measure, size_t limit);

/* HMAC-SHA-256 over "id.timestamp.body" in base64. */
enum { WEBHOOK_SIGNATURE_SIZE = 48 };
void webhook_signature(const void *secret, size_t secret_size, const char *id,
	const char *timestamp, const struct buf *body, char out[WEBHOOK_SIGNATURE_SIZE]);

extern const struct dialect dialect_mastodon;
extern const struct dialect dialect_webhook;
extern const struct dialect dialect_x;
