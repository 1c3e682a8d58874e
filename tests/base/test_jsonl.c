/* SPDX-License-Identifier: Apache-2.0
 *
 * Both halves of JSON Lines, fed in every cut a stream can make.
 */
#include "base/jsonl.h"

#include "base/json.h"
#include "tests/cmocka_all.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct seen {
	struct event_base *base;
	int messages;
	int64_t sum;
	int closed;
	int code;
	bool free_at_message;
	void (*attached)(struct jsonl_link *link, json_t *message, const char *bytes, size_t size,
		void *data);
};

static void on_message(struct jsonl_link *link, json_t *message, size_t size, void *data)
{
	struct seen *seen = data;
	assert_true(size > 0);
	seen->messages++;
	seen->sum += json_int(message, "n", 0);
	if (seen->free_at_message) {
		jsonl_link_free(link);
	}
}

static void on_closed(struct jsonl_link *link, const struct err *e, void *data)
{
	(void)link;
	struct seen *seen = data;
	seen->closed++;
	seen->code = e->code;
}

static void run_link(struct seen *seen, const char *text, size_t size, size_t piece, size_t limit)
{
	int fds[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	seen->base = event_base_new();
	struct jsonl_handler handler = {.message = on_message,
		.attached = seen->attached,
		.closed = on_closed,
		.data = seen};
	struct jsonl_link *link = jsonl_link_new(seen->base, fds[0], limit, &handler);
	for (size_t at = 0; at < size; at += piece) {
		size_t now = size - at < piece ? size - at : piece;
		assert_int_equal(send(fds[1], text + at, now, MSG_NOSIGNAL) < 0, 0);
		(void)event_base_loop(seen->base, EVLOOP_NONBLOCK);
		if (seen->free_at_message && seen->messages) {
			break;
		}
	}
	(void)close(fds[1]);
	for (int i = 0; i < 10 && !seen->closed && !seen->free_at_message; i++) {
		(void)event_base_loop(seen->base, EVLOOP_ONCE);
	}
	if (!seen->free_at_message) {
		jsonl_link_free(link);
	}
	event_base_free(seen->base);
}

static void test_link_in_every_cut(void **state)
{
	(void)state;
	static const char text[] = "{\"n\":1}\n{\"n\":20}\n{\"n\":300,\"t\":\"鐘\\n\"}\n";
	for (size_t piece = 1; piece < sizeof(text); piece++) {
		struct seen seen = {0};
		run_link(&seen, text, strlen(text), piece, 1000);
		assert_int_equal(seen.messages, 3);
		assert_int_equal(seen.sum, 321);
		assert_int_equal(seen.closed, 1);
		assert_int_equal(seen.code, 0);
	}
}

static void test_link_refuses_rows(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *text;
		size_t limit;
		int messages;
	} rows[] = {
		{"no JSON", "{\"n\":1}\nhello\n{\"n\":2}\n", 1000, 1},
		{"no object", "[1]\n", 1000, 0},
		{"duplicate member", "{\"n\":1,\"n\":2}\n", 1000, 0},
		{"too long, no newline yet", "{\"n\":1111111111111111111}", 10, 0},
		{"too long", "{\"n\":111111111}\n", 10, 0},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct seen seen = {0};
		print_message("%s\n", rows[i].name);
		run_link(&seen, rows[i].text, strlen(rows[i].text), 5, rows[i].limit);
		assert_int_equal(seen.messages, rows[i].messages);
		assert_int_equal(seen.closed, 1);
		assert_int_equal(seen.code, -EPROTO);
	}
}

static void on_attached(
	struct jsonl_link *link, json_t *message, const char *bytes, size_t size, void *data)
{
	struct seen *seen = data;
	seen->messages++;
	seen->sum += json_int(message, "n", 0) + (int64_t)size;
	assert_int_equal(size, json_int(message, "attached", -1));
	assert_memory_equal(bytes, "a\nb\0c", size);
	if (seen->free_at_message) {
		jsonl_link_free(link);
	}
}

static void test_attachments_in_every_cut(void **state)
{
	(void)state;
	static const char text[] = "{\"n\":1}\n{\"n\":20,\"attached\":5}\na\nb\0c\n"
				   "{\"n\":300,\"attached\":0}\n\n{\"n\":4000}\n";
	for (size_t piece = 1; piece < sizeof(text); piece++) {
		struct seen seen = {.attached = on_attached};
		run_link(&seen, text, sizeof(text) - 1, piece, 1000);
		assert_int_equal(seen.messages, 4);
		assert_int_equal(seen.sum, 4326);
		assert_int_equal(seen.closed, 1);
		assert_int_equal(seen.code, 0);
	}
	struct seen seen = {.attached = on_attached, .free_at_message = true};
	run_link(&seen, text + 8, sizeof(text) - 9, 1000, 1000);
	assert_int_equal(seen.messages, 1);
	assert_int_equal(seen.closed, 0);
}

static void test_attachments_refused(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int code;
	} rows[] = {
		{"{\"attached\":21}\n", -EPROTO}, /* longer than the limit */
		{"{\"attached\":-1}\n", -EPROTO}, {"{\"attached\":\"5\"}\n", -EPROTO},
		{"{\"attached\":1.5}\n", -EPROTO},
		{"{\"attached\":2}\na\nb", -EPROTO}, /* no newline behind it */
		{"{\"attached\":5}\na\nb", 0},	     /* the end came before its end */
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct seen seen = {.attached = on_attached};
		run_link(&seen, rows[i].text, strlen(rows[i].text), 100, 20);
		print_message("%s", rows[i].text);
		assert_int_equal(seen.messages, 0);
		assert_int_equal(seen.closed, 1);
		assert_int_equal(seen.code, rows[i].code);
	}
}

/* A link that takes no attachments: agents and clients may name a member so. */
static void test_attached_is_a_plain_member_elsewhere(void **state)
{
	(void)state;
	static const char text[] = "{\"n\":1,\"attached\":5}\n{\"n\":2}\n";
	struct seen seen = {0};
	run_link(&seen, text, sizeof(text) - 1, 100, 1000);
	assert_int_equal(seen.messages, 2);
	assert_int_equal(seen.code, 0);
}

static void test_link_may_be_freed_inside(void **state)
{
	(void)state;
	struct seen seen = {.free_at_message = true};
	static const char text[] = "{\"n\":1}\n{\"n\":2}\n";
	run_link(&seen, text, sizeof(text) - 1, 100, 1000);
	assert_int_equal(seen.messages, 1);
	assert_int_equal(seen.closed, 0);
}

static void test_stream_reads_and_writes(void **state)
{
	(void)state;
	int fds[2];
	struct err e = {0};
	json_t *message = NULL;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	struct jsonl_stream *a = jsonl_stream_new(fds[0], fds[0], 1000);
	struct jsonl_stream *b = jsonl_stream_new(fds[1], fds[1], 1000);
	assert_int_equal(jsonl_stream_read(b, 0, &message, &e), -EAGAIN);
	json_t *sent = json_pack("{s:i,s:s}", "n", 7, "t", "改行\nなし");
	assert_int_equal(jsonl_stream_write(a, sent), 0);
	assert_int_equal(jsonl_stream_write(a, sent), 0);
	assert_int_equal(jsonl_stream_read(b, -1, &message, &e), 1);
	assert_true(json_equal(message, sent));
	json_decref(message);
	assert_true(jsonl_stream_ready(b));
	assert_int_equal(jsonl_stream_read(b, -1, &message, &e), 1);
	json_decref(message);
	json_decref(sent);
	(void)send(fds[0], "[]\n", 3, 0);
	assert_int_equal(jsonl_stream_read(b, -1, &message, &e), -EPROTO);
	(void)close(fds[0]);
	assert_int_equal(jsonl_stream_read(b, -1, &message, &e), 0);
	jsonl_stream_free(a);
	jsonl_stream_free(b);
	(void)close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_link_in_every_cut),
		cmocka_unit_test(test_link_refuses_rows),
		cmocka_unit_test(test_attachments_in_every_cut),
		cmocka_unit_test(test_attachments_refused),
		cmocka_unit_test(test_attached_is_a_plain_member_elsewhere),
		cmocka_unit_test(test_link_may_be_freed_inside),
		cmocka_unit_test(test_stream_reads_and_writes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
