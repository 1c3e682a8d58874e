/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/feed.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "ingest/mail/match.h"
#include "ingest/signature/signature.h"
#include "ingest/xml.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

enum {
	DEFAULT_CONNECTIONS = 64,
	MOST_CONNECTIONS = 4096,
	DEFAULT_IDLE_MS = 60000,
	SHORTEST_IDLE_MS = 10,
	MESSAGE_TIMEOUT_FACTOR = 4,
	FLOOD_FACTOR = 10,
	TOKEN_LEAST = 16,
	MINUTE_MS = 60000,
};

/* Shared out evenly: what unfinished messages of all feeds together may take. */
static const size_t held_total = (size_t)128 * 1024 * 1024;

static void read_texts(const json_t *array, struct text_list *out)
{
	out->count = 0;
	out->list = mem_new_array(json_array_size(array) + 1, sizeof(*out->list));
	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *text = json_string_value(json_array_get(array, i));
		if (text) {
			out->list[out->count++] = text;
		}
	}
}

static int read_door(const json_t *object, struct feed_door *out, struct err *e)
{
	*out = (struct feed_door){
		.host = json_text(object, "host", ""),
		.port = (int)json_int(object, "port", 0),
		.certificate = json_text(object, "certificate", ""),
		.key = json_text(object, "key", ""),
		.client_ca = json_text(object, "client_ca", ""),
		.token_file = json_text(object, "token_file", ""),
	};
	read_texts(json_object_get(object, "names"), &out->names);
	return out->port < 0 || out->port > 65535
		       ? err_set(e, -EINVAL, "port %d is no port", out->port)
		       : 0;
}

int feed_read_token(struct feed *f, struct err *e)
{
	char *token = NULL;
	if (f->http.token_file[0] == '\0') {
		return 0;
	}
	int rc = file_read_secret(f->http.token_file, &token, e);
	if (rc) {
		return rc;
	}
	size_t size = strlen(token);
	if (size < TOKEN_LEAST) {
		rc = err_set(e, -EINVAL, "%s: a token has at least %d characters",
			f->http.token_file, TOKEN_LEAST);
	} else {
		digest_of(token, size, f->token_digest);
	}
	OPENSSL_cleanse(token, size);
	free(token);
	return rc;
}

static int read_sources(const json_t *array, struct feed *f, struct err *e)
{
	f->sources = mem_new_array(json_array_size(array) + 1, sizeof(*f->sources));
	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *text = json_string_value(json_array_get(array, i));
		int rc = source_parse(text ? text : "", &f->sources[f->source_count], e);
		if (rc) {
			return rc;
		}
		f->source_count++;
	}
	return 0;
}

static int64_t within(int64_t value, int64_t least, int64_t most, int64_t fallback)
{
	if (value <= 0) {
		return fallback;
	}
	return value < least ? least : value > most ? most : value;
}

static int read_signature(const json_t *object, struct feed *f, struct err *e)
{
	const char *policy = json_text(object, "signature", "record");
	if (signature_policy_parse(policy, &f->policy.signature)) {
		return err_set(e, -EINVAL, "signature: unknown policy %.40s", policy);
	}
	f->policy.sha1 = json_flag(object, "signature_sha1", false);
	struct text_list files;
	read_texts(json_object_get(object, "trusted_certs"), &files);
	int rc = trust_load(&files, &f->trust, e);
	free(files.list);
	f->policy.trust = f->trust;
	return rc;
}

static int read_feed(const json_t *object, struct feed *f, struct err *e)
{
	*f = (struct feed){
		.name = json_text(object, "name", ""),
		.unix_path = json_text(object, "unix", ""),
		.tcp_host = json_text(object, "tcp_host", ""),
		.tcp_port = (int)json_int(object, "tcp_port", 0),
		.max_bytes = (size_t)within(
			json_int(object, "max_bytes", 0), 1, XML_SIZE_LIMIT, XML_SIZE_LIMIT),
		.max_connections = (size_t)within(json_int(object, "max_connections", 0), 1,
			MOST_CONNECTIONS, DEFAULT_CONNECTIONS),
		.rate_per_minute = within(json_int(object, "rate_per_minute", 0), 1, INT32_MAX, 0),
		.idle_timeout_ms = within(json_int(object, "idle_timeout_ms", 0), SHORTEST_IDLE_MS,
			INT32_MAX, DEFAULT_IDLE_MS),
		.last = WALL_TIME_NONE,
		.filled = clock_mono_now(),
	};
	if (f->name[0] == '\0') {
		return err_set(e, -EINVAL, "a feed without a name");
	}
	if (f->tcp_port < 0 || f->tcp_port > 65535) {
		return err_set(e, -EINVAL, "tcp_port %d is no port", f->tcp_port);
	}
	f->message_timeout_ms = f->idle_timeout_ms * MESSAGE_TIMEOUT_FACTOR;
	f->tokens[0] = (double)f->rate_per_minute;
	f->tokens[1] = (double)f->rate_per_minute * FLOOD_FACTOR;
	read_texts(json_object_get(object, "formats"), &f->formats);
	read_texts(json_object_get(object, "senders"), &f->senders);
	f->policy = (struct decode_policy){
		.formats = &f->formats, .senders = &f->senders, .limit = f->max_bytes};
	int rc = read_signature(object, f, e);
	if (rc) {
		return rc;
	}
	const json_t *rules = json_object_get(object, "mail_rules");
	if (rules) {
		f->mail_rules = mail_rules_new(rules, e);
		if (!f->mail_rules) {
			return -EINVAL;
		}
		f->policy.mail_rules = f->mail_rules;
	}
	rc = read_door(json_object_get(object, "tls"), &f->tls, e);
	rc = rc ? rc : read_door(json_object_get(object, "http"), &f->http, e);
	rc = rc ? rc : read_sources(json_object_get(object, "sources"), f, e);
	return rc ? rc : feed_read_token(f, e);
}

int feeds_read(
	const json_t *hello, struct feed **out, size_t *count, const char **fault, struct err *e)
{
	const json_t *list = json_object_get(hello, "feeds");
	*count = json_array_size(list);
	*out = mem_new_array(*count + 1, sizeof(**out));
	*fault = "";
	for (size_t i = 0; i < *count; i++) {
		struct feed *f = &(*out)[i];
		int rc = read_feed(json_array_get(list, i), f, e);
		/* Growing doubles, so a message may hold up to twice its size. */
		f->held_limit = held_total / *count;
		if (f->held_limit < 2 * f->max_bytes) {
			f->held_limit = 2 * f->max_bytes;
		}
		if (rc) {
			*fault = f->name;
			return rc;
		}
	}
	return 0;
}

void feeds_free(struct feed *feeds, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(feeds[i].formats.list);
		trust_free(feeds[i].trust);
		free(feeds[i].senders.list);
		free(feeds[i].tls.names.list);
		free(feeds[i].http.names.list);
		free(feeds[i].sources);
		mail_rules_free(feeds[i].mail_rules);
	}
	free(feeds);
}

static void fill(double *tokens, double most, double more)
{
	*tokens = *tokens + more > most ? most : *tokens + more;
}

enum feed_rate feed_rate_take(struct feed *f)
{
	if (f->rate_per_minute == 0) {
		return FEED_RATE_WITHIN;
	}
	struct mono_time now = clock_mono_now();
	double rate = (double)f->rate_per_minute;
	double minutes = (double)(now.ms - f->filled.ms) / MINUTE_MS;
	f->filled = now;
	fill(&f->tokens[0], rate, rate * minutes);
	fill(&f->tokens[1], rate * FLOOD_FACTOR, rate * FLOOD_FACTOR * minutes);
	if (f->tokens[1] < 1) {
		return FEED_RATE_FLOOD;
	}
	f->tokens[1] -= 1;
	if (f->tokens[0] < 1) {
		return FEED_RATE_ABOVE;
	}
	f->tokens[0] -= 1;
	return FEED_RATE_WITHIN;
}

bool feed_hold(struct feed *f, size_t before, size_t after)
{
	f->held = f->held - before + after;
	return f->held <= f->held_limit || after <= before;
}
