/* SPDX-License-Identifier: Apache-2.0
 *
 * An alert goes as a short line with what is long attached: the alert as the text that is stored,
 * the telegram as the bytes it came in. Neither the hub nor we read or write them once more.
 */
#include "ingest/link.h"

#include "base/buf.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/jsonl.h"
#include "base/log.h"
#include "base/mem.h"
#include "ingest/feed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	BUSY_BYTES = 8 * 1024 * 1024,
	REFUSED_RAW_LIMIT = 64 * 1024,
	KEEP_CAPACITY = 1024 * 1024,
	ENCODE_STEP = 3 * 1024, /* a multiple of 3: no padding between steps */
};

struct hub_link {
	struct jsonl_link *line;
	struct hub_handler handler;
	struct buf text; /* the line being put together */
};

static void take_hello(struct hub_link *link, json_t *message)
{
	link->handler.hello(message, link->handler.data);
}

static void take_answer(struct hub_link *link, json_t *message)
{
	const json_t *answer = json_object_get(message, "answer");
	int64_t ref = json_int(message, "ref", 0);
	if (!json_is_object(answer) || ref <= 0) {
		log_error("hub answered nonsense", "ref=%lld", (long long)ref);
		return;
	}
	link->handler.answer((uint64_t)ref, answer, link->handler.data);
}

static void take_pause(struct hub_link *link, json_t *message)
{
	link->handler.paused(true, json_text(message, "reason", "store full"), link->handler.data);
}

static void take_resume(struct hub_link *link, json_t *message)
{
	(void)message;
	link->handler.paused(false, "", link->handler.data);
}

/* Answered from the loop: who answers is not stuck. */
static void take_ping(struct hub_link *link, json_t *message)
{
	static const char pong[] = "{\"op\":\"pong\"}";
	(void)message;
	jsonl_link_send_text(link->line, pong, sizeof(pong) - 1);
}

static void take_renew(struct hub_link *link, json_t *message)
{
	(void)message;
	link->handler.renew(link->handler.data);
}

static const struct {
	const char *op;
	void (*take)(struct hub_link *link, json_t *message);
} verbs[] = {
	{.op = "answer", .take = take_answer},
	{.op = "pause", .take = take_pause},
	{.op = "resume", .take = take_resume},
	{.op = "ping", .take = take_ping},
	{.op = "renew", .take = take_renew},
	{.op = "hello", .take = take_hello},
};

static void on_message(struct jsonl_link *line, json_t *message, size_t size, void *data)
{
	(void)line;
	(void)size;
	const char *op = json_text(message, "op", "");
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(op, verbs[i].op) == 0) {
			verbs[i].take(data, message);
			return;
		}
	}
	log_warning("hub said something unknown", "op=%s", LOG_TEXT(op));
}

static void on_closed(struct jsonl_link *line, const struct err *e, void *data)
{
	(void)line;
	struct hub_link *link = data;
	link->handler.lost(e, link->handler.data);
}

static void on_drained(struct jsonl_link *line, void *data)
{
	(void)line;
	struct hub_link *link = data;
	link->handler.drained(link->handler.data);
}

struct hub_link *hub_link_new(struct event_base *base, int fd, const struct hub_handler *handler)
{
	struct hub_link *link = mem_new(sizeof(*link));
	link->handler = *handler;
	buf_init(&link->text, JSONL_LINE_LIMIT);
	struct jsonl_handler lines = {
		.message = on_message, .closed = on_closed, .drained = on_drained, .data = link};
	link->line = jsonl_link_new(base, fd, JSONL_LINE_LIMIT, &lines);
	return link;
}

void hub_link_free(struct hub_link *link)
{
	if (link) {
		jsonl_link_free(link->line);
		buf_clear(&link->text);
		free(link);
	}
}

/* ---- a line by hand ---- */

static void add_text(struct buf *text, const char *prefix, const char *value)
{
	(void)buf_add_text(text, prefix);
	json_write_text(text, value);
}

static void add_base64(struct buf *text, const char *prefix, const char *data, size_t size)
{
	char out[ENCODE_STEP / 3 * 4 + 1];
	(void)buf_add_text(text, prefix);
	(void)buf_add_text(text, "\"");
	for (size_t at = 0; at < size; at += ENCODE_STEP) {
		size_t step = size - at < ENCODE_STEP ? size - at : ENCODE_STEP;
		(void)buf_add(text, out, base64_encode(data + at, step, out));
	}
	(void)buf_add_text(text, "\"");
}

static int send_line(struct hub_link *link)
{
	int rc = link->text.failed;
	if (rc == 0) {
		jsonl_link_send_text(link->line, link->text.data, link->text.size);
	}
	if (link->text.capacity > KEEP_CAPACITY) {
		buf_clear(&link->text);
	} else {
		buf_reset(&link->text);
	}
	return rc;
}

int hub_link_alert(struct hub_link *link, const struct hub_alert *m)
{
	struct buf *attached = &link->text;
	json_t *alert = alert_to_json(m->alert);
	json_write(attached, alert);
	json_decref(alert);
	size_t alert_size = attached->size;
	(void)buf_add(attached, m->raw, m->raw_size);
	if (attached->failed == 0) {
		struct buf line;
		buf_init(&line, JSONL_LINE_LIMIT);
		(void)buf_addf(&line,
			"{\"op\":\"alert\",\"ref\":%llu,\"received_ms\":%lld,\"alert_size\":%zu,"
			"\"attached\":%zu",
			(unsigned long long)m->ref, (long long)m->received.ms, alert_size,
			attached->size);
		add_text(&line, ",\"feed\":", m->feed);
		(void)buf_add_text(&line, "}");
		jsonl_link_send_text(link->line, line.data, line.size);
		buf_clear(&line);
	}
	return send_line(link);
}

void hub_link_refused(struct hub_link *link, const char *feed, const struct decode_refusal *refusal,
	struct wall_time received, const char *raw, size_t raw_size)
{
	struct buf *text = &link->text;
	(void)buf_addf(text, "{\"op\":\"refused\",\"line\":%d,\"received_ms\":%lld",
		refusal->line > 0 ? refusal->line : 0, (long long)received.ms);
	add_text(text, ",\"feed\":", feed);
	add_text(text, ",\"code\":", refusal->code);
	add_text(text, ",\"reason\":", refusal->reason);
	add_base64(text, ",\"raw\":", raw,
		raw_size < REFUSED_RAW_LIMIT ? raw_size : REFUSED_RAW_LIMIT);
	(void)buf_add_text(text, "}");
	(void)send_line(link);
}

/* ---- the rest, seldom enough for jansson ---- */

static void send_object(struct hub_link *link, json_t *object)
{
	jsonl_link_send(link->line, object);
	json_decref(object);
}

void hub_link_ready(struct hub_link *link, json_t *listeners)
{
	json_t *message = json_object();
	json_put_text(message, "op", "ready");
	json_put(message, "listeners", listeners);
	send_object(link, message);
}

void hub_link_renewed(struct hub_link *link, const char *text)
{
	json_t *message = json_object();
	json_put_text(message, "op", "renewed");
	json_t *value = json_string(text); /* empty is a value here */
	json_put(message, "text", value ? value : json_string("a name that is not UTF-8"));
	send_object(link, message);
}

void hub_link_fault(struct hub_link *link, const char *feed, const char *text)
{
	json_t *message = json_object();
	json_put_text(message, "op", "fault");
	json_put_text(message, "feed", feed);
	json_put(message, "text", text[0] ? json_string(text) : json_string(""));
	send_object(link, message);
}

void hub_link_feed(struct hub_link *link, const struct feed *feed)
{
	json_t *message = json_object();
	json_put_text(message, "op", "feed");
	json_put_text(message, "feed", feed->name);
	json_put_int(message, "connections", (int64_t)feed->connections);
	json_put_int(message, "messages", (int64_t)feed->messages);
	json_put_int(message, "refusals", (int64_t)feed->refusals);
	if (!wall_time_is_none(feed->last)) {
		json_put_int(message, "last_ms", feed->last.ms);
	}
	send_object(link, message);
}

bool hub_link_busy(const struct hub_link *link)
{
	return jsonl_link_queued(link->line) > BUSY_BYTES;
}

bool hub_link_idle(const struct hub_link *link)
{
	return jsonl_link_queued(link->line) == 0;
}
