/* SPDX-License-Identifier: Apache-2.0
 *
 * Points as CAP writes them ("lat,lon", degrees of WGS 84) and rings of points. A scanner by hand:
 * no locale, no exponent, one pass.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct geo_point {
	double lat;
	double lon;
};

const char *geo_skip_space(const char *at);
/* [+-]digits[.digits], at most 32 digits: the end of the number, or NULL when there is none. */
const char *geo_read_number(const char *at, double *out);
/* "lat,lon" followed by white space or the end: the end of the pair, or NULL. */
const char *geo_read_point(const char *at, struct geo_point *out);
/* Latitude within 90 and longitude within 180 degrees. */
bool geo_is_on_earth(const struct geo_point *p);
bool geo_is_same(const struct geo_point *a, const struct geo_point *b);

struct geo_ring {
	struct geo_point *points; /* owned */
	size_t count;
};

void geo_ring_add(struct geo_ring *ring, size_t *capacity, struct geo_point p);
void geo_ring_clear(struct geo_ring *ring);

/* Reads "lat,lon lat,lon ..." and closes the ring when it is open. 0; -EINVAL: no ring of at least
 * three different points on Earth; -EMSGSIZE: more than `limit` points. *out is empty then. */
int geo_ring_read(const char *text, size_t limit, struct geo_ring *out);

/* A step of more than 180 degrees in longitude is the short way round: longitudes go on beyond 180
 * instead. False when the ring then does not close: it runs round a pole. A ring whose steps run
 * along the meridian of 180 degrees only (the whole Earth in four points) is left as it is. */
bool geo_ring_unwrap(struct geo_ring *ring);
