/* SPDX-License-Identifier: Apache-2.0
 *
 * Outlines from a GeoJSON document (RFC 7946): a FeatureCollection, a Feature, or a bare Polygon or
 * MultiPolygon. Other geometries, open rings and points off the Earth are refused by feature.
 */
#pragma once

#include "base/err.h"
#include "geo/geometry.h"

#include <stddef.h>

enum { GEOJSON_BYTES_MAX = 64 * 1024 * 1024 };

struct geojson_feature {
	char *code; /* properties.code; "" when absent. A number is written out */
	char *name; /* properties.name; "" */
	struct geo_polygon *polygons;
	size_t polygon_count;
};

struct geojson {
	struct geojson_feature *features;
	size_t count;
};

/* 0, or -EINVAL and *e: the line for what is no JSON, else "feature N (code CODE): ...". *out must
 * be cleared only after 0. */
int geojson_read(const char *text, size_t size, struct geojson *out, struct err *e);
void geojson_clear(struct geojson *g);
