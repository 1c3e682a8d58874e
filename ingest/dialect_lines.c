/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/dialect.h"

#include <stdlib.h>

/* The cutter is the framing itself. */
static struct framing *framing_of(const struct cutter *c)
{
	return (struct framing *)c;
}

static struct cutter *create(const struct feed *feed)
{
	return (struct cutter *)framing_new(feed->max_bytes);
}

static void destroy(struct cutter *c)
{
	framing_free(framing_of(c));
}

static enum framing_verdict take(struct cutter *c, const char *data, size_t size, size_t *used)
{
	return framing_take(framing_of(c), data, size, used);
}

static enum framing_verdict end(struct cutter *c)
{
	return framing_end(framing_of(c));
}

static const char *message(const struct cutter *c, size_t *size)
{
	return framing_message(framing_of(c), size);
}

static void drop(struct cutter *c)
{
	framing_drop(framing_of(c));
}

static bool inside(const struct cutter *c)
{
	return framing_inside(framing_of(c));
}

static size_t held(const struct cutter *c)
{
	return framing_held(framing_of(c));
}

static const char *fault(const struct cutter *c)
{
	return framing_fault(framing_of(c));
}

static const char *code(const struct cutter *c)
{
	(void)c;
	return "bad-frame";
}

/* End of file says so. */
static bool over(const struct cutter *c)
{
	(void)c;
	return false;
}

/* Who it is was seen before its first byte: address, certificate, or the socket's mode. */
static bool known(const struct cutter *c)
{
	(void)c;
	return true;
}

static void go_on(struct evbuffer *out)
{
	(void)out;
}

static void answer(struct evbuffer *out, const char *text, bool closing)
{
	(void)closing;
	if (evbuffer_add_printf(out, "%s\n", text) < 0) {
		abort();
	}
}

const struct dialect dialect_lines = {
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
	.answer = answer,
	.pipeline = 32,
};
