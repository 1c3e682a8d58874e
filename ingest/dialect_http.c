/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/dialect.h"
#include "ingest/http_answer.h"
#include "ingest/http_request.h"

#include <stdlib.h>

static struct http_request *request_of(const struct cutter *c)
{
	return (struct http_request *)c;
}

static struct cutter *create(const struct feed *feed)
{
	return (struct cutter *)http_request_new(feed->max_bytes, feed->token_digest);
}

static void destroy(struct cutter *c)
{
	http_request_free(request_of(c));
}

static enum framing_verdict take(struct cutter *c, const char *data, size_t size, size_t *used)
{
	return http_request_take(request_of(c), data, size, used);
}

static enum framing_verdict end(struct cutter *c)
{
	return http_request_end(request_of(c));
}

static const char *message(const struct cutter *c, size_t *size)
{
	return http_request_message(request_of(c), size);
}

static void drop(struct cutter *c)
{
	http_request_drop(request_of(c));
}

static bool inside(const struct cutter *c)
{
	return http_request_inside(request_of(c));
}

static size_t held(const struct cutter *c)
{
	return http_request_held(request_of(c));
}

static const char *fault(const struct cutter *c)
{
	return http_request_fault(request_of(c));
}

static const char *code(const struct cutter *c)
{
	return http_request_code(request_of(c));
}

static bool over(const struct cutter *c)
{
	return http_request_is_last(request_of(c));
}

static bool known(const struct cutter *c)
{
	return http_request_is_known(request_of(c));
}

static void go_on(struct evbuffer *out)
{
	if (evbuffer_add_printf(out, "HTTP/1.1 100 Continue\r\n\r\n") < 0) {
		abort();
	}
}

const struct dialect dialect_http = {
	.create = create,
	.destroy = destroy,
	.take = take,
	.end = end,
	.message = message,
	.drop = drop,
	.inside = inside,
	.held = held,
	.fault = fault,
	.code = code,
	.over = over,
	.known = known,
	.go_on = go_on,
	.answer = http_answer_write,
	.pipeline = 1, /* responses come in the order of requests, and "100 Continue" between */
};
