/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/cap/shape.h"

#include "geo/points.h"

#include <stdbool.h>
#include <string.h>

/* Longest distance between two points on Earth, rounded up. */
static const double radius_limit_km = 20040.0;

/* Counts up to three different points, which is all a ring needs to have an inside. */
struct distinct {
	struct geo_point seen[3];
	size_t count;
};

static void distinct_add(struct distinct *d, const struct geo_point *p)
{
	for (size_t i = 0; i < d->count; i++) {
		if (geo_is_same(&d->seen[i], p)) {
			return;
		}
	}
	if (d->count < 3) {
		d->seen[d->count++] = *p;
	}
}

/* Longitude first is GeoJSON's order. East of 90 degrees, as in Japan, it always shows. */
static enum shape_verdict off_earth(const struct geo_point *p)
{
	const struct geo_point swapped = {.lat = p->lon, .lon = p->lat};
	return geo_is_on_earth(&swapped) ? SHAPE_SWAPPED : SHAPE_RANGE;
}

enum shape_verdict shape_polygon(
	struct pool *pool, const char *text, size_t *points, const char **out)
{
	*out = "";
	const char *at = geo_skip_space(text);
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
	struct geo_point first = {0};
	struct geo_point p = {0};
	while (*at) {
		const char *end = geo_read_point(at, &p);
		if (!end) {
			return SHAPE_UNREADABLE;
		}
		if (++count > SHAPE_POLYGON_POINTS) {
			return SHAPE_TOO_LARGE;
		}
		if (!geo_is_on_earth(&p)) {
			return off_earth(&p);
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
		at = geo_skip_space(end);
	}
	if (points) {
		*points += count;
	}
	if (distinct.count < 3) {
		return SHAPE_DEGENERATE;
	}
	bool open = !geo_is_same(&first, &p);
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
	const char *start = geo_skip_space(text);
	if (*start == '\0') {
		return SHAPE_EMPTY;
	}
	struct geo_point centre;
	double radius = 0;
	const char *end = geo_read_point(start, &centre);
	if (!end) {
		return SHAPE_UNREADABLE;
	}
	const char *second = geo_skip_space(end);
	const char *last = geo_read_number(second, &radius);
	if (!last || *geo_skip_space(last) != '\0') {
		return SHAPE_UNREADABLE;
	}
	if (!geo_is_on_earth(&centre)) {
		return off_earth(&centre);
	}
	if (radius < 0 || radius > radius_limit_km) {
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
		[SHAPE_RANGE] = "leaves the range of latitude or longitude",
		[SHAPE_SWAPPED] = "seems to have longitude before latitude",
		[SHAPE_UNREADABLE] = "cannot be read",
		[SHAPE_TOO_LARGE] = "has too many points",
	};
	return texts[verdict];
}
