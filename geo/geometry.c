/* SPDX-License-Identifier: Apache-2.0
 *
 * Only prepared intersection is asked of GEOS about an alert's polygon: it stops at the first
 * crossing and needs no valid ring, so neither a self-crossing polygon of a real authority nor one
 * made to cross itself a million times costs more than a look through its edges.
 */
#include "geo/geometry.h"

#include "base/mem.h"

#include <errno.h>
#include <geos_c.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CIRCLE_POINTS = 128, BUFFER_STEPS = 2, TURNS = 2 };

static const double border_degrees = 0.0001; /* about ten metres */
static const double uncovered_part = 0.002;
static const double earth_radius_km = 6356.0; /* the least: circles err on the large side */
static const double degree = 3.14159265358979323846 / 180;

struct geo_shape {
	GEOSContextHandle_t geos;
	char fault[256];
	GEOSGeometry *whole;
	GEOSGeometry *inside; /* without the strip along the border */
	const GEOSPreparedGeometry *prepared;
	struct geo_box box;
};

struct geo_probe {
	GEOSContextHandle_t geos;
	struct geo_ring ring;	     /* one point: a point; none: cannot tell */
	GEOSGeometry *turned[TURNS]; /* as it is, and 360 degrees further west; made when asked */
	struct geo_box box;
};

static void keep_fault(const char *message, void *data)
{
	struct geo_shape *s = data;
	(void)snprintf(s->fault, sizeof(s->fault), "%.255s", message);
}

static GEOSContextHandle_t new_context(void)
{
	GEOSContextHandle_t geos = GEOS_init_r();
	if (!geos) {
		abort(); /* out of memory: as mem.h */
	}
	return geos;
}

/* ---- from points to GEOS ---- */

static GEOSCoordSequence *make_sequence(
	GEOSContextHandle_t geos, const struct geo_ring *ring, double turn)
{
	double *x = mem_new_array(ring->count, sizeof(*x));
	double *y = mem_new_array(ring->count, sizeof(*y));
	for (size_t i = 0; i < ring->count; i++) {
		x[i] = ring->points[i].lon + turn;
		y[i] = ring->points[i].lat;
	}
	GEOSCoordSequence *sequence =
		GEOSCoordSeq_copyFromArrays_r(geos, x, y, NULL, NULL, (unsigned)ring->count);
	free(x);
	free(y);
	return sequence;
}

static GEOSGeometry *make_ring(GEOSContextHandle_t geos, const struct geo_ring *ring, double turn)
{
	GEOSCoordSequence *sequence = make_sequence(geos, ring, turn);
	return sequence ? GEOSGeom_createLinearRing_r(geos, sequence) : NULL;
}

/* The rings given are the polygon's afterwards, also when it fails. */
static GEOSGeometry *make_polygon(GEOSContextHandle_t geos, const struct geo_polygon *polygon)
{
	GEOSGeometry **holes = mem_new_array(polygon->ring_count, sizeof(GEOSGeometry *));
	GEOSGeometry *outer = make_ring(geos, &polygon->rings[0], 0);
	size_t made = 0;
	while (outer && made + 1 < polygon->ring_count &&
		(holes[made] = make_ring(geos, &polygon->rings[made + 1], 0))) {
		made++;
	}
	GEOSGeometry *out = NULL;
	if (outer && made + 1 == polygon->ring_count) {
		out = GEOSGeom_createPolygon_r(geos, outer, holes, (unsigned)made);
	} else {
		for (size_t i = 0; i < made; i++) {
			GEOSGeom_destroy_r(geos, holes[i]);
		}
		GEOSGeom_destroy_r(geos, outer);
	}
	free(holes);
	return out;
}

static void widen(struct geo_box *box, const struct geo_ring *ring)
{
	for (size_t i = 0; i < ring->count; i++) {
		const struct geo_point *p = &ring->points[i];
		box->south = fmin(box->south, p->lat);
		box->north = fmax(box->north, p->lat);
		box->west = fmin(box->west, p->lon);
		box->east = fmax(box->east, p->lon);
	}
}

static const struct geo_box empty_box = {
	.south = INFINITY, .north = -INFINITY, .west = INFINITY, .east = -INFINITY};

static bool overlap(const struct geo_box *a, double turn, const struct geo_box *b)
{
	return a->south <= b->north && b->south <= a->north && a->west + turn <= b->east &&
	       b->west <= a->east + turn;
}

bool geo_boxes_meet(const struct geo_box *a, const struct geo_box *b)
{
	return overlap(a, 0, b) || overlap(a, -360, b) || overlap(a, 360, b);
}

/* ---- outlines of ours ---- */

static int refuse(struct geo_shape *s, struct err *e)
{
	return err_set(e, -EINVAL, "%s", s->fault[0] ? s->fault : "no polygon can be made of it");
}

static int check_polygon(struct geo_shape *s, const GEOSGeometry *g, size_t number, struct err *e)
{
	char valid = g ? GEOSisValid_r(s->geos, g) : 2;
	if (valid == 1) {
		return 0;
	}
	char *reason = g ? GEOSisValidReason_r(s->geos, g) : NULL;
	int rc = reason ? err_set(e, -EINVAL, "polygon %zu: %s", number + 1, reason) : refuse(s, e);
	GEOSFree_r(s->geos, reason);
	return rc;
}

static int join(
	struct geo_shape *s, const struct geo_polygon *polygons, size_t count, struct err *e)
{
	GEOSGeometry **parts = mem_new_array(count, sizeof(GEOSGeometry *));
	size_t made = 0;
	int rc = 0;
	while (made < count && rc == 0) {
		parts[made] = make_polygon(s->geos, &polygons[made]);
		rc = check_polygon(s, parts[made], made, e);
		made += parts[made] != NULL;
	}
	if (rc) {
		for (size_t i = 0; i < made; i++) {
			GEOSGeom_destroy_r(s->geos, parts[i]);
		}
		free(parts);
		return rc;
	}
	GEOSGeometry *all =
		GEOSGeom_createCollection_r(s->geos, GEOS_MULTIPOLYGON, parts, (unsigned)count);
	free(parts);
	s->whole = all ? GEOSUnaryUnion_r(s->geos, all) : NULL;
	GEOSGeom_destroy_r(s->geos, all);
	return s->whole ? 0 : refuse(s, e);
}

struct pieces {
	GEOSGeometry **list;
	size_t count;
	size_t capacity;
};

static void take_pieces(struct geo_shape *s, const GEOSGeometry *from, struct pieces *to)
{
	int count = GEOSGetNumGeometries_r(s->geos, from);
	for (int i = 0; i < count; i++) {
		const GEOSGeometry *one = GEOSGetGeometryN_r(s->geos, from, i);
		GEOSGeometry *copy = one ? GEOSGeom_clone_r(s->geos, one) : NULL;
		if (copy) {
			mem_grow((void **)&to->list, &to->capacity, to->count, sizeof(copy));
			to->list[to->count++] = copy;
		}
	}
}

static GEOSGeometry *without_border(struct geo_shape *s)
{
	struct pieces pieces = {0};
	int count = GEOSGetNumGeometries_r(s->geos, s->whole);
	for (int i = 0; i < count; i++) {
		const GEOSGeometry *one = GEOSGetGeometryN_r(s->geos, s->whole, i);
		GEOSGeometry *less = GEOSBuffer_r(s->geos, one, -border_degrees, BUFFER_STEPS);
		bool islet = !less || GEOSisEmpty_r(s->geos, less) != 0;
		take_pieces(s, islet ? one : less, &pieces);
		GEOSGeom_destroy_r(s->geos, less);
	}
	GEOSGeometry *all = GEOSGeom_createCollection_r(
		s->geos, GEOS_MULTIPOLYGON, pieces.list, (unsigned)pieces.count);
	free(pieces.list);
	return all;
}

static int build(
	struct geo_shape *s, const struct geo_polygon *polygons, size_t count, struct err *e)
{
	size_t points = 0;
	s->box = empty_box;
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < polygons[i].ring_count; k++) {
			points += polygons[i].rings[k].count;
			widen(&s->box, &polygons[i].rings[k]);
		}
	}
	if (points > GEO_SHAPE_POINTS) {
		return err_set(
			e, -EMSGSIZE, "%zu points are more than %d", points, GEO_SHAPE_POINTS);
	}
	int rc = join(s, polygons, count, e);
	if (rc) {
		return rc;
	}
	s->inside = without_border(s);
	s->prepared = s->inside ? GEOSPrepare_r(s->geos, s->inside) : NULL;
	return s->prepared ? 0 : refuse(s, e);
}

int geo_shape_new(
	const struct geo_polygon *polygons, size_t count, struct geo_shape **out, struct err *e)
{
	struct geo_shape *s = mem_new(sizeof(*s));
	s->geos = new_context();
	(void)GEOSContext_setErrorMessageHandler_r(s->geos, keep_fault, s);
	int rc = count > 0 ? build(s, polygons, count, e) : err_set(e, -EINVAL, "no polygon");
	if (rc) {
		geo_shape_free(s);
		s = NULL;
	}
	*out = s;
	return rc;
}

int geo_shape_from_cap(const char *polygon, struct geo_shape **out, struct err *e)
{
	*out = NULL;
	struct geo_ring ring;
	int rc = geo_ring_read(polygon, GEO_PROBE_POINTS, &ring);
	if (rc) {
		return err_set(e, rc,
			rc == -EMSGSIZE ? "more than %d points"
					: "expected \"lat,lon lat,lon ...\" with at least three "
					  "different points on Earth (at most %d)",
			GEO_PROBE_POINTS);
	}
	const struct geo_polygon one = {.rings = &ring, .ring_count = 1};
	rc = geo_shape_new(&one, 1, out, e);
	geo_ring_clear(&ring);
	return rc;
}

void geo_shape_free(struct geo_shape *s)
{
	if (!s) {
		return;
	}
	GEOSPreparedGeom_destroy_r(s->geos, s->prepared);
	GEOSGeom_destroy_r(s->geos, s->inside);
	GEOSGeom_destroy_r(s->geos, s->whole);
	GEOS_finish_r(s->geos);
	free(s);
}

bool geo_shapes_meet(const struct geo_shape *a, const struct geo_shape *b)
{
	return overlap(&a->box, 0, &b->box) &&
	       GEOSPreparedIntersects_r(a->geos, a->prepared, b->whole) == 1;
}

bool geo_shapes_cover(
	struct geo_shape *const *parts, size_t part_count, const struct geo_shape *whole)
{
	GEOSContextHandle_t geos = whole->geos;
	GEOSGeometry *rest = GEOSGeom_clone_r(geos, whole->whole);
	for (size_t i = 0; i < part_count && rest; i++) {
		GEOSGeometry *less = GEOSDifference_r(geos, rest, parts[i]->whole);
		GEOSGeom_destroy_r(geos, rest);
		rest = less;
	}
	double left = 0;
	double all = 0;
	bool known = rest && GEOSArea_r(geos, rest, &left) == 1 &&
		     GEOSArea_r(geos, whole->whole, &all) == 1;
	GEOSGeom_destroy_r(geos, rest);
	return known && left < all * uncovered_part;
}

/* ---- what an alert names ---- */

/* The western edge comes to between -180 and 180 degrees. */
static void settle(struct geo_probe *p)
{
	p->box = empty_box;
	widen(&p->box, &p->ring);
	double turn = p->box.west >= 180 ? -360 : p->box.west < -180 ? 360 : 0;
	for (size_t i = 0; i < p->ring.count; i++) {
		p->ring.points[i].lon += turn;
	}
	p->box.west += turn;
	p->box.east += turn;
}

struct geo_probe *geo_probe_polygon(const char *polygon)
{
	struct geo_probe *p = mem_new(sizeof(*p));
	if (geo_ring_read(polygon, GEO_PROBE_POINTS, &p->ring) == 0 && !geo_ring_unwrap(&p->ring)) {
		geo_ring_clear(&p->ring);
	}
	settle(p);
	return p;
}

/* The point at a distance (an angle) and a bearing from another, on a sphere. */
static struct geo_point travel(struct geo_point from, double distance, double bearing)
{
	double lat = from.lat * degree;
	double to = asin(sin(lat) * cos(distance) + cos(lat) * sin(distance) * cos(bearing));
	double turn =
		atan2(sin(bearing) * sin(distance) * cos(lat), cos(distance) - sin(lat) * sin(to));
	return (struct geo_point){.lat = to / degree, .lon = from.lon + turn / degree};
}

static bool read_circle(const char *text, struct geo_point *centre, double *radius_km)
{
	const char *at = geo_read_point(geo_skip_space(text), centre);
	at = at ? geo_read_number(geo_skip_space(at), radius_km) : NULL;
	return at && *geo_skip_space(at) == '\0' && geo_is_on_earth(centre) && *radius_km >= 0;
}

struct geo_probe *geo_probe_circle(const char *circle)
{
	struct geo_probe *p = mem_new(sizeof(*p));
	struct geo_point centre;
	double radius_km;
	size_t capacity = 0;
	if (!read_circle(circle, &centre, &radius_km)) {
		return p;
	}
	/* The polygon goes round the circle, not inside it. */
	double angle = radius_km / earth_radius_km / cos(180 * degree / CIRCLE_POINTS);
	if (radius_km == 0) {
		geo_ring_add(&p->ring, &capacity, centre);
	} else if (fabs(centre.lat) + angle / degree < 90) {
		for (int i = 0; i < CIRCLE_POINTS; i++) {
			double bearing = i * 360 * degree / CIRCLE_POINTS;
			geo_ring_add(&p->ring, &capacity, travel(centre, angle, bearing));
		}
		geo_ring_add(&p->ring, &capacity, p->ring.points[0]);
	}
	settle(p);
	return p;
}

void geo_probe_free(struct geo_probe *p)
{
	if (!p) {
		return;
	}
	for (size_t i = 0; i < TURNS && p->geos; i++) {
		GEOSGeom_destroy_r(p->geos, p->turned[i]);
	}
	if (p->geos) {
		GEOS_finish_r(p->geos);
	}
	geo_ring_clear(&p->ring);
	free(p);
}

size_t geo_probe_points(const struct geo_probe *p)
{
	return p->ring.count;
}

const struct geo_box *geo_probe_box(const struct geo_probe *p)
{
	return p->ring.count > 0 ? &p->box : NULL;
}

static GEOSGeometry *make_probe(struct geo_probe *p, double turn)
{
	if (!p->geos) {
		p->geos = new_context();
	}
	if (p->ring.count == 1) {
		return GEOSGeom_createPointFromXY_r(
			p->geos, p->ring.points[0].lon + turn, p->ring.points[0].lat);
	}
	GEOSGeometry *ring = make_ring(p->geos, &p->ring, turn);
	return ring ? GEOSGeom_createPolygon_r(p->geos, ring, NULL, 0) : NULL;
}

enum geo_answer geo_probe_meets(struct geo_probe *p, const struct geo_shape *s)
{
	if (p->ring.count == 0) {
		return GEO_CANNOT_TELL;
	}
	for (size_t i = 0; i < TURNS; i++) {
		double turn = -360.0 * (double)i;
		if (!overlap(&p->box, turn, &s->box)) {
			continue;
		}
		if (!p->turned[i]) {
			p->turned[i] = make_probe(p, turn);
		}
		char meets = p->turned[i]
				     ? GEOSPreparedIntersects_r(s->geos, s->prepared, p->turned[i])
				     : 2;
		if (meets != 0) {
			return meets == 1 ? GEO_MEET : GEO_CANNOT_TELL;
		}
	}
	return GEO_APART;
}
