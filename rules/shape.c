/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/shape.h"

#include "base/mem.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Comparing two rings costs the product of their points; beyond this the answer would come too
 * late, and "cannot tell" errs on the side of alerting. */
enum { POINTS_MAX = 100000, PAIRS_MAX = 20000000 };

struct point {
	double lat;
	double lon;
};

struct ring {
	struct point *points; /* owned */
	size_t count;
};

static bool read_number(const char **text, double *out)
{
	char *end;
	*out = strtod(*text, &end);
	if (end == *text || !isfinite(*out) || fabs(*out) > 100000.0) {
		return false;
	}
	*text = end;
	return true;
}

static bool read_point(const char **text, struct point *out)
{
	if (!read_number(text, &out->lat) || **text != ',') {
		return false;
	}
	(*text)++;
	return read_number(text, &out->lon);
}

static bool read_ring(const char *text, struct ring *ring)
{
	size_t capacity = 0;
	*ring = (struct ring){0};
	for (;;) {
		text += strspn(text, " \t\r\n");
		if (*text == '\0') {
			break;
		}
		struct point p;
		if (ring->count >= POINTS_MAX || !read_point(&text, &p)) {
			return false;
		}
		mem_grow((void **)&ring->points, &capacity, ring->count, sizeof(p));
		ring->points[ring->count++] = p;
	}
	return ring->count >= 3;
}

/* Even-odd rule: needs no valid ring. */
static bool inside(const struct ring *ring, struct point p)
{
	bool in = false;
	for (size_t i = 0, k = ring->count - 1; i < ring->count; k = i++) {
		struct point a = ring->points[i];
		struct point b = ring->points[k];
		if ((a.lat > p.lat) != (b.lat > p.lat) &&
			p.lon < (b.lon - a.lon) * (p.lat - a.lat) / (b.lat - a.lat) + a.lon) {
			in = !in;
		}
	}
	return in;
}

static double side(struct point a, struct point b, struct point c)
{
	return (b.lat - a.lat) * (c.lon - a.lon) - (b.lon - a.lon) * (c.lat - a.lat);
}

static bool edges_cross(struct point a, struct point b, struct point c, struct point d)
{
	return (side(a, b, c) > 0) != (side(a, b, d) > 0) &&
	       (side(c, d, a) > 0) != (side(c, d, b) > 0);
}

static bool rings_meet(const struct ring *a, const struct ring *b)
{
	if (inside(a, b->points[0]) || inside(b, a->points[0])) {
		return true;
	}
	for (size_t i = 0; i < a->count; i++) {
		struct point from = a->points[i];
		struct point to = a->points[(i + 1) % a->count];
		for (size_t k = 0; k < b->count; k++) {
			if (edges_cross(from, to, b->points[k], b->points[(k + 1) % b->count])) {
				return true;
			}
		}
	}
	return false;
}

enum shape_answer shape_polygons_meet(const char *a, const char *b)
{
	struct ring first;
	struct ring second = {0};
	enum shape_answer answer = SHAPE_UNREADABLE;
	if (read_ring(a, &first) && read_ring(b, &second) &&
		first.count <= PAIRS_MAX / second.count) {
		answer = rings_meet(&first, &second) ? SHAPE_MEET : SHAPE_APART;
	}
	free(first.points);
	free(second.points);
	return answer;
}

/* Kilometres from p to the segment, on a plane around p. */
static double distance_km(struct point p, struct point a, struct point b)
{
	const double km = 111.2; /* of one degree of latitude */
	double shrink = cos(p.lat * 3.14159265358979 / 180.0);
	double ax = (a.lon - p.lon) * km * shrink;
	double ay = (a.lat - p.lat) * km;
	double bx = (b.lon - p.lon) * km * shrink;
	double by = (b.lat - p.lat) * km;
	double length = (bx - ax) * (bx - ax) + (by - ay) * (by - ay);
	double t = length > 0 ? -(ax * (bx - ax) + ay * (by - ay)) / length : 0;
	t = t < 0 ? 0 : t > 1 ? 1 : t;
	return hypot(ax + t * (bx - ax), ay + t * (by - ay));
}

enum shape_answer shape_circle_meets(const char *circle, const char *polygon)
{
	struct point centre;
	double radius;
	struct ring ring = {0};
	enum shape_answer answer = SHAPE_UNREADABLE;
	circle += strspn(circle, " \t\r\n");
	if (!read_point(&circle, &centre) || !read_number(&circle, &radius) ||
		!read_ring(polygon, &ring)) {
		goto out;
	}
	answer = inside(&ring, centre) ? SHAPE_MEET : SHAPE_APART;
	for (size_t i = 0; answer == SHAPE_APART && i < ring.count; i++) {
		if (distance_km(centre, ring.points[i], ring.points[(i + 1) % ring.count]) <=
			radius) {
			answer = SHAPE_MEET;
		}
	}
out:
	free(ring.points);
	return answer;
}
