/* SPDX-License-Identifier: Apache-2.0 */
#include "geo/points.h"

#include "base/mem.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum { NUMBER_DIGITS = 32 };

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

const char *geo_skip_space(const char *at)
{
	while (is_space(*at)) {
		at++;
	}
	return at;
}

const char *geo_read_number(const char *at, double *out)
{
	double sign = 1;
	if (*at == '-' || *at == '+') {
		sign = *at == '-' ? -1 : 1;
		at++;
	}
	double value = 0;
	double scale = 1;
	int digits = 0;
	bool fraction = false;
	for (; (*at >= '0' && *at <= '9') || (*at == '.' && !fraction); at++) {
		if (*at == '.') {
			fraction = true;
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

const char *geo_read_point(const char *at, struct geo_point *out)
{
	at = geo_read_number(at, &out->lat);
	if (!at || *at != ',') {
		return NULL;
	}
	at = geo_read_number(at + 1, &out->lon);
	return at && (is_space(*at) || *at == '\0') ? at : NULL;
}

bool geo_is_on_earth(const struct geo_point *p)
{
	return fabs(p->lat) <= 90 && fabs(p->lon) <= 180;
}

bool geo_is_same(const struct geo_point *a, const struct geo_point *b)
{
	return fabs(a->lat - b->lat) < 1e-9 && fabs(a->lon - b->lon) < 1e-9;
}

void geo_ring_add(struct geo_ring *ring, size_t *capacity, struct geo_point p)
{
	mem_grow((void **)&ring->points, capacity, ring->count, sizeof(p));
	ring->points[ring->count++] = p;
}

void geo_ring_clear(struct geo_ring *ring)
{
	free(ring->points);
	*ring = (struct geo_ring){0};
}

/* Three different points are all a ring needs to have an inside. */
static bool has_inside(const struct geo_ring *ring)
{
	size_t second = 1;
	while (second < ring->count && geo_is_same(&ring->points[0], &ring->points[second])) {
		second++;
	}
	for (size_t i = second + 1; i < ring->count; i++) {
		if (!geo_is_same(&ring->points[0], &ring->points[i]) &&
			!geo_is_same(&ring->points[second], &ring->points[i])) {
			return true;
		}
	}
	return false;
}

static int read_points(const char *text, size_t limit, struct geo_ring *out, size_t *capacity)
{
	for (const char *at = geo_skip_space(text); *at; at = geo_skip_space(at)) {
		struct geo_point p;
		at = geo_read_point(at, &p);
		if (!at || !geo_is_on_earth(&p)) {
			return -EINVAL;
		}
		if (out->count >= limit) {
			return -EMSGSIZE;
		}
		geo_ring_add(out, capacity, p);
	}
	return has_inside(out) ? 0 : -EINVAL;
}

int geo_ring_read(const char *text, size_t limit, struct geo_ring *out)
{
	*out = (struct geo_ring){0};
	size_t capacity = 0;
	int rc = read_points(text, limit, out, &capacity);
	if (rc) {
		geo_ring_clear(out);
		return rc;
	}
	if (!geo_is_same(&out->points[0], &out->points[out->count - 1])) {
		geo_ring_add(out, &capacity, out->points[0]);
	}
	out->points[out->count - 1] = out->points[0];
	return 0;
}

/* The step from one longitude to the next, the short way round. */
static double short_way(double from, double to)
{
	double step = to - from;
	return step > 180 ? step - 360 : step < -180 ? step + 360 : step;
}

static bool crosses_meridian_180(const struct geo_ring *ring)
{
	for (size_t i = 1; i < ring->count; i++) {
		double step = ring->points[i].lon - ring->points[i - 1].lon;
		/* From -180 to 180 is no step at all: the edge of a map of the whole Earth. */
		if (fabs(step) > 180 && fabs(step) < 360) {
			return true;
		}
	}
	return false;
}

bool geo_ring_unwrap(struct geo_ring *ring)
{
	if (ring->count == 0 || !crosses_meridian_180(ring)) {
		return true;
	}
	double before = ring->points[0].lon;
	for (size_t i = 1; i < ring->count; i++) {
		double here = ring->points[i].lon;
		ring->points[i].lon = ring->points[i - 1].lon + short_way(before, here);
		before = here;
	}
	struct geo_point *last = &ring->points[ring->count - 1];
	if (fabs(last->lon - ring->points[0].lon) > 1) {
		return false;
	}
	*last = ring->points[0]; /* sums round; a ring must close exactly */
	return true;
}
