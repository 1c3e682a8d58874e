/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/cap/shape.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { NUMBER_DIGITS = 32 };

/* Longest distance between two points on Earth, rounded up. */
static const double radius_limit_km = 20040.0;

struct point {
	double lat;
	double lon;
};

static int is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *skip_space(const char *at)
{
	while (is_space(*at)) {
		at++;
	}
	return at;
}

/* [+-]digits[.digits]: no exponent, no locale. NULL when there is no number at `at`. */
static const char *read_number(const char *at, double *out)
{
	double sign = 1;
	if (*at == '-' || *at == '+') {
		sign = *at == '-' ? -1 : 1;
		at++;
	}
	double value = 0;
	double scale = 1;
	int digits = 0;
	int fraction = 0;
	for (; (*at >= '0' && *at <= '9') || (*at == '.' && !fraction); at++) {
		if (*at == '.') {
			fraction = 1;
			continue;
		}
		if (++digits > NUMBER_DIGITS) {
			return NULL;
		}
		if (fraction) {
			scale /= 10;
			value += scale * (*at - '0');
		} else {
			value = value * 10 + (*at - '0');
		}
	}
	*out = sign * value;
	return digits > 0 ? at : NULL;
}

static const char *read_point(const char *at, struct point *out)
{
	at = read_number(at, &out->lat);
	if (!at || *at != ',') {
		return NULL;
	}
	at = read_number(at + 1, &out->lon);
	return at && (is_space(*at) || *at == '\0') ? at : NULL;
}

static int in_range(const struct point *p)
{
	return fabs(p->lat) <= 90 && fabs(p->lon) <= 180;
}

static int same(const struct point *a, const struct point *b)
{
	return fabs(a->lat - b->lat) < 1e-9 && fabs(a->lon - b->lon) < 1e-9;
}

/* Counts up to three different points, which is all a ring needs to have an inside. */
struct distinct {
	struct point seen[3];
	size_t count;
};

static void distinct_add(struct distinct *d, const struct point *p)
{
	for (size_t i = 0; i < d->count; i++) {
		if (same(&d->seen[i], p)) {
			return;
		}
	}
	if (d->count < 3) {
		d->seen[d->count++] = *p;
	}
}

enum shape_verdict shape_polygon(
	struct pool *pool, const char *text, size_t *points, const char **out)
{
	*out = "";
	const char *at = skip_space(text);
	if (*at == '\0') {
		return SHAPE_EMPTY;
	}
	/* Closing repeats the first pair, so the result is never longer than twice the text. */
	size_t room = strlen(at);
	char *copy = pool_take(pool, room * 2 + 2);
	size_t size = 0;
	size_t first_size = 0;
	size_t count = 0;
	struct distinct distinct = {.count = 0};
	struct point first = {0};
	struct point p = {0};
	while (*at) {
		const char *end = read_point(at, &p);
		if (!end) {
			return SHAPE_UNREADABLE;
		}
		if (++count > SHAPE_POLYGON_POINTS) {
			return SHAPE_TOO_LARGE;
		}
		if (!in_range(&p)) {
			return SHAPE_RANGE;
		}
		if (size > 0) {
			copy[size++] = ' ';
		}
		memcpy(copy + size, at, (size_t)(end - at));
		size += (size_t)(end - at);
		if (count == 1) {
			first = p;
			first_size = size;
		}
		distinct_add(&distinct, &p);
		at = skip_space(end);
	}
	if (points) {
		*points += count;
	}
	if (distinct.count < 3) {
		return SHAPE_DEGENERATE;
	}
	bool open = !same(&first, &p);
	if (open) {
		copy[size++] = ' ';
		memcpy(copy + size, copy, first_size);
	}
	*out = copy;
	return open ? SHAPE_CLOSED : SHAPE_OK;
}

enum shape_verdict shape_circle(struct pool *pool, const char *text, const char **out)
{
	*out = "";
	const char *start = skip_space(text);
	if (*start == '\0') {
		return SHAPE_EMPTY;
	}
	struct point centre;
	double radius = 0;
	const char *end = read_point(start, &centre);
	if (!end) {
		return SHAPE_UNREADABLE;
	}
	const char *second = skip_space(end);
	const char *last = read_number(second, &radius);
	if (!last || *skip_space(last) != '\0') {
		return SHAPE_UNREADABLE;
	}
	if (!in_range(&centre) || radius < 0 || radius > radius_limit_km) {
		return SHAPE_RANGE;
	}
	*out = pool_printf(
		pool, "%.*s %.*s", (int)(end - start), start, (int)(last - second), second);
	return SHAPE_OK;
}

const char *shape_verdict_text(enum shape_verdict verdict)
{
	static const char *const texts[] = {
		[SHAPE_OK] = "is sound",
		[SHAPE_CLOSED] = "was open and has been closed",
		[SHAPE_EMPTY] = "is empty",
		[SHAPE_DEGENERATE] = "has fewer than three different points",
		[SHAPE_RANGE] = "leaves the range of latitude or longitude (swapped?)",
		[SHAPE_UNREADABLE] = "cannot be read",
		[SHAPE_TOO_LARGE] = "has too many points",
	};
	return texts[verdict];
}
