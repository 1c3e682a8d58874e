/* SPDX-License-Identifier: Apache-2.0 */
#include "geo/geojson.h"

#include "base/json.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_point(const json_t *pair, struct geo_point *out, struct err *e)
{
	const json_t *lon = json_array_get(pair, 0);
	const json_t *lat = json_array_get(pair, 1);
	if (!json_is_number(lon) || !json_is_number(lat)) {
		return err_set(e, -EINVAL, "a position must be [longitude, latitude]");
	}
	*out = (struct geo_point){.lat = json_number_value(lat), .lon = json_number_value(lon)};
	if (!geo_is_on_earth(out)) {
		return err_set(e, -EINVAL,
			"[%g, %g] is not on Earth: longitude stands first, latitude second",
			out->lon, out->lat);
	}
	return 0;
}

static int read_ring(const json_t *positions, struct geo_ring *ring, struct err *e)
{
	size_t capacity = 0;
	size_t i;
	json_t *pair;
	json_array_foreach(positions, i, pair)
	{
		struct geo_point p = {0};
		int rc = read_point(pair, &p, e);
		if (rc) {
			return rc;
		}
		if (ring->count >= GEO_SHAPE_POINTS) {
			return err_set(e, -EINVAL, "more than %d points", GEO_SHAPE_POINTS);
		}
		geo_ring_add(ring, &capacity, p);
	}
	if (ring->count < 4) {
		return err_set(e, -EINVAL, "a ring needs at least four positions");
	}
	if (!geo_is_same(&ring->points[0], &ring->points[ring->count - 1])) {
		return err_set(e, -EINVAL, "a ring is not closed");
	}
	ring->points[ring->count - 1] = ring->points[0];
	return 0;
}

/* The polygon is in the feature, which is cleared as a whole, before it is read. */
static int add_polygon(struct geojson_feature *f, const json_t *rings, struct err *e)
{
	if (json_array_size(rings) == 0) {
		return err_set(e, -EINVAL, "a polygon without rings");
	}
	struct geo_polygon *polygon = &f->polygons[f->polygon_count++];
	polygon->rings = mem_new_array(json_array_size(rings), sizeof(*polygon->rings));
	size_t i;
	json_t *ring;
	json_array_foreach(rings, i, ring)
	{
		polygon->ring_count = i + 1;
		int rc = read_ring(ring, &polygon->rings[i], e);
		if (rc) {
			return err_prefix(e, "polygon %zu, ring %zu: ", f->polygon_count, i + 1);
		}
	}
	return 0;
}

static int read_geometry(struct geojson_feature *f, const json_t *geometry, struct err *e)
{
	const char *type = json_text(geometry, "type", "nothing");
	const json_t *coordinates = json_object_get(geometry, "coordinates");
	if (strcmp(type, "Polygon") == 0) {
		f->polygons = mem_new_array(1, sizeof(*f->polygons));
		return add_polygon(f, coordinates, e);
	}
	if (strcmp(type, "MultiPolygon") != 0) {
		return err_set(e, -EINVAL, "expected a Polygon or MultiPolygon, found %.40s", type);
	}
	if (json_array_size(coordinates) == 0) {
		return err_set(e, -EINVAL, "a MultiPolygon without polygons");
	}
	f->polygons = mem_new_array(json_array_size(coordinates), sizeof(*f->polygons));
	size_t i;
	json_t *rings;
	json_array_foreach(coordinates, i, rings)
	{
		int rc = add_polygon(f, rings, e);
		if (rc) {
			return rc;
		}
	}
	return 0;
}

static char *property(const json_t *feature, const char *key)
{
	const json_t *value = json_object_get(json_object_get(feature, "properties"), key);
	if (json_is_integer(value)) {
		char number[32];
		(void)snprintf(
			number, sizeof(number), "%lld", (long long)json_integer_value(value));
		return mem_copy_text(number);
	}
	const char *text = json_string_value(value);
	return mem_copy_text(text ? text : "");
}

static int add_feature(struct geojson *g, const json_t *feature, struct err *e)
{
	struct geojson_feature *f = &g->features[g->count++];
	f->code = property(feature, "code");
	f->name = property(feature, "name");
	int rc = read_geometry(f, json_object_get(feature, "geometry"), e);
	if (rc) {
		return err_prefix(e, "feature %zu%s%.60s%s: ", g->count,
			f->code[0] ? " (code " : "", f->code, f->code[0] ? ")" : "");
	}
	return 0;
}

static int read_bare(struct geojson *g, json_t *whole, struct err *e)
{
	g->features = mem_new_array(1, sizeof(*g->features));
	json_t *feature = json_object();
	json_put(feature, "geometry", json_incref(whole));
	int rc = add_feature(g, feature, e);
	json_decref(feature);
	return rc;
}

static int read_whole(struct geojson *g, json_t *whole, struct err *e)
{
	const char *type = json_text(whole, "type", "nothing");
	if (strcmp(type, "Feature") == 0) {
		g->features = mem_new_array(1, sizeof(*g->features));
		return add_feature(g, whole, e);
	}
	if (strcmp(type, "FeatureCollection") != 0) {
		return read_bare(g, whole, e);
	}
	const json_t *list = json_object_get(whole, "features");
	if (json_array_size(list) == 0) {
		return err_set(e, -EINVAL, "a FeatureCollection without features");
	}
	g->features = mem_new_array(json_array_size(list), sizeof(*g->features));
	size_t i;
	json_t *feature;
	json_array_foreach(list, i, feature)
	{
		int rc = add_feature(g, feature, e);
		if (rc) {
			return rc;
		}
	}
	return 0;
}

int geojson_read(const char *text, size_t size, struct geojson *out, struct err *e)
{
	*out = (struct geojson){0};
	json_t *whole = json_read(text, size, e);
	if (!whole) {
		return e->code;
	}
	int rc = read_whole(out, whole, e);
	json_decref(whole);
	if (rc) {
		geojson_clear(out);
	}
	return rc;
}

void geojson_clear(struct geojson *g)
{
	for (size_t i = 0; i < g->count; i++) {
		struct geojson_feature *f = &g->features[i];
		for (size_t k = 0; k < f->polygon_count; k++) {
			for (size_t r = 0; r < f->polygons[k].ring_count; r++) {
				geo_ring_clear(&f->polygons[k].rings[r]);
			}
			free(f->polygons[k].rings);
		}
		free(f->polygons);
		free(f->code);
		free(f->name);
	}
	free(g->features);
	*g = (struct geojson){0};
}
