/* SPDX-License-Identifier: Apache-2.0
 *
 * One feed: its limits as the hub gave them, and what it has used of them. Every limit is counted
 * per feed, so that one feed's flood never takes another feed's share.
 */
#pragma once

#include "base/clock.h"
#include "base/err.h"
#include "ingest/decode.h"
#include "ingest/source.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum feed_rate {
	FEED_RATE_WITHIN,
	FEED_RATE_ABOVE, /* only what must never wait may pass: severity extreme */
	FEED_RATE_FLOOD, /* ten times the limit: not even looked at */
};

enum { FEED_TOKEN_DIGEST_SIZE = 65 };

/* An address over TLS or HTTP, maybe shared with other feeds. Texts are borrowed from hello. */
struct feed_door {
	const char *host; /* "": none */
	int port;
	const char *certificate; /* "": clear text */
	const char *key;
	const char *client_ca; /* "": no certificate is asked for */
	const char *token_file;
	struct text_list names;
};

struct feed {
	const char *name; /* texts are borrowed from the hello message */
	const char *unix_path;
	const char *tcp_host;
	int tcp_port;
	struct feed_door tls;
	struct feed_door http;
	char token_digest[FEED_TOKEN_DIGEST_SIZE]; /* SHA-256 of the bearer token; "": none */
	struct text_list formats;
	struct text_list senders;
	struct decode_policy policy;
	struct mail_rules *mail_rules; /* NULL: none */
	struct trust *trust;
	struct source_range *sources;
	size_t source_count;
	size_t max_bytes;
	size_t max_connections;
	int64_t rate_per_minute;
	int64_t idle_timeout_ms;
	int64_t message_timeout_ms; /* for one whole message, however slowly it trickles in */

	size_t held_limit; /* bytes of unfinished messages over all connections */
	size_t held;
	size_t connections;
	uint64_t messages;
	uint64_t refusals;
	struct wall_time last; /* message; WALL_TIME_NONE before the first */
	bool changed;	       /* since the last report to the hub */
	double tokens[2];      /* of the limit and of ten times the limit */
	struct mono_time filled;
};

/* Reads the feeds of a hello message, which must outlive them. 0, or -EINVAL with an error and
 * *fault naming the feed. */
int feeds_read(
	const json_t *hello, struct feed **out, size_t *count, const char **fault, struct err *e);
void feeds_free(struct feed *feeds, size_t count);

/* Reads the bearer token of f->http, if any. 0 or a negative errno; then the old one stays. */
int feed_read_token(struct feed *f, struct err *e);

/* Counts one message. */
enum feed_rate feed_rate_take(struct feed *f);

/* Changes the bytes held; false when that is more than the feed's share (it is counted anyway). */
bool feed_hold(struct feed *f, size_t before, size_t after);
