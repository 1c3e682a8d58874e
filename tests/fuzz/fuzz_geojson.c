/* SPDX-License-Identifier: Apache-2.0
 *
 * Line 1 an outline in GeoJSON, the rest a CAP polygon and, after a bar, a circle: whatever they
 * are, an answer comes, and twice the same.
 */
#include "base/mem.h"
#include "geo/geojson.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct geo_shape *read_shape(const char *text, size_t size)
{
	struct geojson g;
	struct err e;
	struct geo_shape *shape = NULL;
	if (geojson_read(text, size, &g, &e) == 0) {
		(void)geo_shape_new(
			g.features[0].polygons, g.features[0].polygon_count, &shape, &e);
		geojson_clear(&g);
	}
	return shape;
}

static void ask(struct geo_probe *p, const struct geo_shape *s)
{
	if (s && geo_probe_meets(p, s) != geo_probe_meets(p, s)) {
		abort();
	}
	geo_probe_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_new(size + 1);
	if (size > 0) {
		memcpy(text, data, size);
	}
	size_t first = strcspn(text, "\n");
	struct geo_shape *shape = read_shape(text, first);
	char *rest = text + first + (text[first] == '\n');
	char *bar = strchr(rest, '|');
	if (bar) {
		*bar = '\0';
		ask(geo_probe_circle(bar + 1), shape);
	}
	ask(geo_probe_polygon(rest), shape);
	geo_shape_free(shape);
	free(text);
	return 0;
}
