/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads CAP polygons and circles as they are really sent: any run of white space between pairs,
 * open rings, trailing blanks. A scanner by hand: no regular expression, no locale, one pass.
 */
#pragma once

#include "base/mem.h"

#include <stddef.h>

enum { SHAPE_POLYGON_POINTS = 100000, SHAPE_MESSAGE_POINTS = 500000 };

enum shape_verdict {
	SHAPE_OK,
	SHAPE_CLOSED,	  /* was open; closed by repeating its first point */
	SHAPE_EMPTY,	  /* nothing but white space */
	SHAPE_DEGENERATE, /* fewer than three different points: a line or a point */
	SHAPE_RANGE,	  /* a latitude or longitude that is not on Earth */
	SHAPE_SWAPPED,	  /* longitude before latitude, as in GeoJSON */
	SHAPE_UNREADABLE, /* brackets, words, lone numbers */
	SHAPE_TOO_LARGE,  /* more points than the limit */
};

/* OK and CLOSED: *out is "lat,lon lat,lon ...", parted by one blank, numbers as they were written,
 * in the pool. Otherwise *out is "". *points (may be NULL) is raised by the points seen. */
enum shape_verdict shape_polygon(
	struct pool *pool, const char *text, size_t *points, const char **out);

/* "lat,lon radius_km": OK, EMPTY, RANGE, SWAPPED or UNREADABLE. */
enum shape_verdict shape_circle(struct pool *pool, const char *text, const char **out);

/* "was open", "has fewer than three different points", ...: for a warning. */
const char *shape_verdict_text(enum shape_verdict verdict);
