/* SPDX-License-Identifier: Apache-2.0
 *
 * Do areas meet? Outlines of ours are prepared once (struct geo_shape); what an alert names is read
 * once (struct geo_probe) and held against them. Flat in degrees, as CAP's polygons are meant.
 * Three answers, because an area that nobody can place must not be taken for one far away. GEOS
 * does the work; no other file knows it. Not for use by two threads at once.
 */
#pragma once

#include "base/err.h"
#include "geo/points.h"

#include <stdbool.h>
#include <stddef.h>

enum geo_answer {
	GEO_CANNOT_TELL, /* unreadable, round a pole, or over the limit */
	GEO_APART,
	GEO_MEET,
};

enum {
	GEO_PROBE_POINTS = 100000,  /* of one polygon of an alert */
	GEO_SHAPE_POINTS = 1000000, /* of one outline of ours */
};

struct geo_box {
	double south;
	double north;
	double west; /* -180 to below 180 */
	double east; /* from west to west + 360 */
};

bool geo_boxes_meet(const struct geo_box *a, const struct geo_box *b);

/* rings[0] is the outer ring, the others are holes; all closed. */
struct geo_polygon {
	struct geo_ring *rings;
	size_t ring_count;
};

struct geo_shape;

/* All polygons together. A strip of ten metres inside the outline counts as outside, so that a
 * neighbour's polygon along the common border does not meet us; an islet too small for that is kept
 * whole. -EINVAL: not valid (e says where), -EMSGSIZE: more than GEO_SHAPE_POINTS. */
int geo_shape_new(
	const struct geo_polygon *polygons, size_t count, struct geo_shape **out, struct err *e);
/* From "lat,lon lat,lon ...". Errors as above. */
int geo_shape_from_cap(const char *polygon, struct geo_shape **out, struct err *e);
void geo_shape_free(struct geo_shape *s);

bool geo_shapes_meet(const struct geo_shape *a, const struct geo_shape *b);
/* Whether the parts leave less than a five-hundredth of the whole uncovered. */
bool geo_shapes_cover(
	struct geo_shape *const *parts, size_t part_count, const struct geo_shape *whole);

struct geo_probe;

/* Never NULL; what cannot be read is a probe that cannot tell. Free with geo_probe_free(). */
struct geo_probe *geo_probe_polygon(const char *polygon);
/* "lat,lon radius_km"; radius 0 is a point. */
struct geo_probe *geo_probe_circle(const char *circle);
void geo_probe_free(struct geo_probe *p);

size_t geo_probe_points(const struct geo_probe *p);
/* NULL when it cannot be read. */
const struct geo_box *geo_probe_box(const struct geo_probe *p);
enum geo_answer geo_probe_meets(struct geo_probe *p, const struct geo_shape *s);
