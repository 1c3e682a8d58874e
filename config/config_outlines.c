/* SPDX-License-Identifier: Apache-2.0
 *
 * Outlines of municipalities and their districts: read, checked and prepared with the
 * configuration, so that nothing is left to do when an alert comes.
 */
#include "base/file.h"
#include "base/json.h"
#include "config/config_private.h"
#include "geo/geojson.h"
#include "geo/geometry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { DISTRICTS_MAX = 5000 };

struct outlines {
	struct config *config;
	struct municipality *m;
	void (*fault)(void *data, const char *key, const char *text);
	void *data;
};

static void tell(const struct outlines *o, const char *key, const char *file, const struct err *e)
{
	o->fault(o->data, key,
		file[0] ? pool_printf(o->config->pool, "%s: %s", file, e->text) : e->text);
}

/* 0 when *out is to be cleared. */
static int read_file(
	const struct outlines *o, const char *key, const char *file, struct geojson *out)
{
	struct err e = {0};
	char *text = NULL;
	size_t size = 0;
	int rc = file_read(file, GEOJSON_BYTES_MAX, &text, &size, &e);
	rc = rc ? rc : geojson_read(text, size, out, &e);
	free(text);
	if (rc) {
		tell(o, key, file, &e);
	}
	return rc;
}

/* Every polygon of every feature. */
static int shape_of_all(const struct geojson *g, struct geo_shape **out, struct err *e)
{
	size_t count = 0;
	for (size_t i = 0; i < g->count; i++) {
		count += g->features[i].polygon_count;
	}
	struct geo_polygon *all = mem_new_array(count, sizeof(*all));
	size_t at = 0;
	for (size_t i = 0; i < g->count; i++) {
		const struct geojson_feature *f = &g->features[i];
		memcpy(all + at, f->polygons, f->polygon_count * sizeof(*all));
		at += f->polygon_count;
	}
	int rc = geo_shape_new(all, count, out, e);
	free(all);
	return rc;
}

static void build_boundary(const struct outlines *o, const char *polygon, const char *file)
{
	struct err e = {0};
	if (polygon[0] && file[0]) {
		o->fault(o->data, "boundary",
			"`polygon` and `boundary` do not go together: give one");
	} else if (polygon[0]) {
		if (geo_shape_from_cap(polygon, &o->m->shape, &e)) {
			tell(o, "polygon", "", &e);
		}
	} else if (file[0]) {
		struct geojson g;
		if (read_file(o, "boundary", file, &g) == 0) {
			if (shape_of_all(&g, &o->m->shape, &e)) {
				tell(o, "boundary", file, &e);
			}
			geojson_clear(&g);
		}
	}
}

static int check_feature(const struct outlines *o, const struct geojson_feature *f, struct err *e)
{
	if (f->code[0] == '\0' || strpbrk(f->code, " \t\r\n")) {
		return err_set(e, -EINVAL, "needs properties.code, one word");
	}
	/* Whoever is listed under the municipality is meant by a part of it too: audience.c. */
	if (strncmp(f->code, o->m->code, strlen(o->m->code)) != 0) {
		return err_set(e, -EINVAL, "properties.code must begin with %s", o->m->code);
	}
	if (f->name[0] == '\0') {
		return err_set(e, -EINVAL, "needs properties.name");
	}
	for (size_t i = 0; i < o->m->district_count; i++) {
		if (strcmp(o->m->districts[i].code, f->code) == 0) {
			return err_set(e, -EINVAL, "the code stands there twice");
		}
	}
	return 0;
}

static int add_district(const struct outlines *o, const struct geojson_feature *f, struct err *e)
{
	struct municipality *m = o->m;
	struct geo_shape *shape = NULL;
	int rc = check_feature(o, f, e);
	rc = rc ? rc : geo_shape_new(f->polygons, f->polygon_count, &shape, e);
	if (rc == 0 && m->shape && !geo_shapes_meet(m->shape, shape)) {
		rc = err_set(e, -EINVAL, "lies outside the municipality");
		geo_shape_free(shape);
	}
	if (rc == 0) {
		m->districts[m->district_count++] = (struct district){
			.code = pool_copy_text(o->config->pool, f->code),
			.name = pool_copy_text(o->config->pool, f->name),
			.shape = shape,
		};
	}
	return rc;
}

static void build_districts(const struct outlines *o, const char *file)
{
	struct geojson g;
	if (file[0] == '\0' || read_file(o, "districts", file, &g)) {
		return;
	}
	struct err e = {0};
	struct municipality *m = o->m;
	if (g.count > DISTRICTS_MAX) {
		(void)err_set(
			&e, -EINVAL, "%zu districts are more than %d", g.count, DISTRICTS_MAX);
		tell(o, "districts", file, &e);
	}
	size_t count = g.count < DISTRICTS_MAX ? g.count : DISTRICTS_MAX;
	m->districts = pool_take(o->config->pool, count * sizeof(*m->districts));
	for (size_t i = 0; i < count; i++) {
		const struct geojson_feature *f = &g.features[i];
		if (add_district(o, f, &e)) {
			(void)err_prefix(&e, "feature %zu (code %.60s): ", i + 1, f->code);
			tell(o, "districts", file, &e);
		}
	}
	geojson_clear(&g);
	struct geo_shape **shapes =
		mem_new_array(m->district_count + 1, sizeof(struct geo_shape *));
	for (size_t i = 0; i < m->district_count; i++) {
		shapes[i] = m->districts[i].shape;
	}
	m->districts_cover = m->shape && geo_shapes_cover(shapes, m->district_count, m->shape);
	free(shapes);
}

void config_build_outlines(struct config *c, const json_t *object, struct municipality *m,
	void (*fault)(void *data, const char *key, const char *text), void *data)
{
	const struct outlines o = {.config = c, .m = m, .fault = fault, .data = data};
	build_boundary(&o, json_text(object, "polygon", ""), json_text(object, "boundary", ""));
	build_districts(&o, json_text(object, "districts", ""));
}

void config_free_outlines(struct config *c)
{
	for (size_t i = 0; i < c->municipality_count; i++) {
		struct municipality *m = &c->municipalities[i];
		geo_shape_free(m->shape);
		for (size_t k = 0; k < m->district_count; k++) {
			geo_shape_free(m->districts[k].shape);
		}
	}
}
