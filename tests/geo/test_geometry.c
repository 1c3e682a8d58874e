/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether areas meet: CAP's shapes and GeoJSON outlines, as they come and as they are broken.
 */
#include "base/mem.h"
#include "geo/geojson.h"
#include "geo/geometry.h"
#include "tests/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct geo_shape *outline(const char *polygon)
{
	struct geo_shape *s = NULL;
	struct err e;
	if (geo_shape_from_cap(polygon, &s, &e)) {
		fail_msg("%s", e.text);
	}
	return s;
}

/* A town at 37 north, 140.7 to 141 east. */
static const char town[] = "37.0,140.7 37.1,140.7 37.1,141.0 37.0,141.0 37.0,140.7";

struct shape_row {
	const char *name;
	const char *polygon; /* NULL: circle */
	const char *circle;
	enum geo_answer answer;
};

static const struct shape_row rows[] = {
	{"overlaps a corner", "37.05,140.9 37.2,140.9 37.2,141.2 37.05,140.9", NULL, GEO_MEET},
	{"far away", "35.0,135.0 35.1,135.0 35.1,135.1 35.0,135.0", NULL, GEO_APART},
	{"holds the town whole", "30,130 45,130 45,150 30,150 30,130", NULL, GEO_MEET},
	{"within the town", "37.04,140.8 37.05,140.8 37.05,140.81 37.04,140.8", NULL, GEO_MEET},
	{"a cross: no corner in the other", "37.04,140 37.05,140 37.05,142 37.04,142 37.04,140",
		NULL, GEO_MEET},
	{"the neighbour along the border", "37.0,141.0 37.1,141.0 37.1,141.2 37.0,141.2 37.0,141.0",
		NULL, GEO_APART},
	{"open", "30,130 45,130 45,150 30,150", NULL, GEO_MEET},
	{"tabs, lines and trailing blanks", " 30,130\t45,130\n45,150  30,150 30,130 ", NULL,
		GEO_MEET},
	{"crosses itself like an eight", "36.9,140.6 37.2,141.1 37.2,140.6 36.9,141.1 36.9,140.6",
		NULL, GEO_MEET},
	{"repeats its points", "30,130 30,130 45,130 45,130 45,150 30,150 30,130", NULL, GEO_MEET},
	{"a line", "37.05,140.8 37.06,140.8 37.05,140.8", NULL, GEO_CANNOT_TELL},
	{"words", "nonsense", NULL, GEO_CANNOT_TELL},
	{"half a pair", "37,140 38", NULL, GEO_CANNOT_TELL},
	{"empty", "", NULL, GEO_CANNOT_TELL},
	{"longitude first", "140.7,37.0 140.7,37.1 141.0,37.1 140.7,37.0", NULL, GEO_CANNOT_TELL},
	{"over the meridian of 180 degrees, with the town", "30,130 45,130 45,-170 30,-170 30,130",
		NULL, GEO_MEET},
	{"over the meridian of 180 degrees, without", "30,170 45,170 45,-170 30,-170 30,170", NULL,
		GEO_APART},
	{"over it from the west side", "30,-170 45,-170 45,130 30,130 30,-170", NULL, GEO_MEET},
	{"the whole Earth", "-90,-180 90,-180 90,180 -90,180 -90,-180", NULL, GEO_MEET},
	{"round the pole", "60,0 60,120 60,-120 60,0", NULL, GEO_CANNOT_TELL},
	{"a point in the town", NULL, "37.05,140.9 0", GEO_MEET},
	{"a point beside it", NULL, "37.5,140.9 0", GEO_APART},
	{"a circle that reaches it", NULL, "37.05,141.3 30", GEO_MEET},
	{"a circle that does not", NULL, "37.05,141.3 20", GEO_APART},
	{"a circle over 180 degrees that does not", NULL, "37.05,179.9 500", GEO_APART},
	{"half the Earth round it", NULL, "37.05,140.9 9000", GEO_CANNOT_TELL},
	{"a circle without radius", NULL, "37.05,140.9", GEO_CANNOT_TELL},
	{"a circle of minus one", NULL, "37.05,140.9 -1", GEO_CANNOT_TELL},
};

static void test_shapes_of_alerts(void **state)
{
	(void)state;
	struct geo_shape *s = outline(town);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct geo_probe *p = rows[i].polygon ? geo_probe_polygon(rows[i].polygon)
						      : geo_probe_circle(rows[i].circle);
		enum geo_answer answer = geo_probe_meets(p, s);
		if (answer != rows[i].answer || geo_probe_meets(p, s) != answer) {
			fail_msg("%s: %d", rows[i].name, (int)answer);
		}
		geo_probe_free(p);
	}
	geo_shape_free(s);
}

/* 0 and the shape of the first feature, or the error. */
static int read_first(const char *text, struct geo_shape **out, struct err *e)
{
	struct geojson g;
	*out = NULL;
	int rc = geojson_read(text, strlen(text), &g, e);
	if (rc == 0) {
		rc = geo_shape_new(g.features[0].polygons, g.features[0].polygon_count, out, e);
		geojson_clear(&g);
	}
	return rc;
}

static void test_a_hole_is_not_ours(void **state)
{
	(void)state;
	struct geo_shape *s;
	struct err e;
	const char *text = "{\"type\":\"Polygon\",\"coordinates\":["
			   "[[140,36],[142,36],[142,38],[140,38],[140,36]],"
			   "[[140.5,36.5],[140.5,37.5],[141.5,37.5],[141.5,36.5],[140.5,36.5]]]}";
	assert_int_equal(read_first(text, &s, &e), 0);
	struct geo_probe *in_hole =
		geo_probe_polygon("36.9,140.9 37.1,140.9 37.1,141.1 36.9,141.1 36.9,140.9");
	struct geo_probe *in_rim = geo_probe_circle("36.1,140.1 1");
	assert_int_equal(geo_probe_meets(in_hole, s), GEO_APART);
	assert_int_equal(geo_probe_meets(in_rim, s), GEO_MEET);
	geo_probe_free(in_hole);
	geo_probe_free(in_rim);
	geo_shape_free(s);
}

static void test_an_islet_is_kept(void **state)
{
	(void)state;
	struct geo_shape *s;
	struct err e;
	/* Eight metres across: less than the strip that is left out along a border. */
	const char *text = "{\"type\":\"MultiPolygon\",\"coordinates\":["
			   "[[[140,36],[141,36],[141,37],[140,37],[140,36]]],"
			   "[[[141.5,36.5],[141.50008,36.5],[141.50008,36.50008],[141.5,36.5]]]]}";
	assert_int_equal(read_first(text, &s, &e), 0);
	struct geo_probe *p = geo_probe_circle("36.5,141.5 0.1");
	assert_int_equal(geo_probe_meets(p, s), GEO_MEET);
	geo_probe_free(p);
	geo_shape_free(s);
}

static void test_what_is_wrong_with_an_outline(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *says;
	} bad[] = {
		{"{", ""},
		{"{\"type\":\"Point\",\"coordinates\":[1,2]}", "feature 1: expected a Polygon"},
		{"{\"type\":\"FeatureCollection\",\"features\":[]}", "without features"},
		{"{\"type\":\"Feature\",\"properties\":{\"code\":\"x\"},\"geometry\":null}",
			"feature 1 (code x): expected a Polygon or MultiPolygon, found nothing"},
		{"{\"type\":\"Polygon\",\"coordinates\":[[[140,36],[141,36],[141,37],[140,37]]]}",
			"polygon 1, ring 1: a ring is not closed"},
		{"{\"type\":\"Polygon\",\"coordinates\":[[[140,36],[141,36],[140,36]]]}",
			"at least four"},
		{"{\"type\":\"Polygon\",\"coordinates\":[[[36,140],[36,141],[37,141],[36,140]]]}",
			"longitude stands first"},
		{"{\"type\":\"Polygon\",\"coordinates\":[[[1,\"2\"]]]}", "[longitude, latitude]"},
		{"{\"type\":\"Polygon\",\"coordinates\":"
		 "[[[140,36],[141,37],[141,36],[140,37],[140,36]]]}",
			"polygon 1: Self-intersection"},
	};
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct geo_shape *s;
		struct err e = {0};
		int rc = read_first(bad[i].text, &s, &e);
		if (rc == 0 || !strstr(e.text, bad[i].says)) {
			fail_msg("row %zu: %d %s", i, rc, e.text);
		}
	}
}

static void test_parts_that_make_up_the_whole(void **state)
{
	(void)state;
	struct geo_shape *whole = outline(town);
	struct geo_shape *parts[2] = {
		outline("37.0,140.7 37.1,140.7 37.1,140.8 37.0,140.8 37.0,140.7"),
		outline("37.0,140.8 37.1,140.8 37.1,141.0 37.0,141.0 37.0,140.8")};
	assert_true(geo_shapes_cover(parts, 2, whole));
	assert_false(geo_shapes_cover(parts, 1, whole));
	assert_true(geo_shapes_meet(whole, parts[0]));
	assert_false(geo_shapes_meet(parts[0], parts[1]));
	geo_shape_free(parts[0]);
	geo_shape_free(parts[1]);
	geo_shape_free(whole);
}

/* Every edge crosses every other: looking for all crossings would take minutes and gigabytes. */
static void test_a_star_of_twenty_thousand_points_is_told(void **state)
{
	(void)state;
	enum { POINTS = 20000, ROOM = POINTS * 32 };
	char *text = mem_new(ROOM);
	size_t size = 0;
	for (int i = 0; i < POINTS; i++) {
		size += (size_t)snprintf(text + size, ROOM - size, "%.4f,%.4f ",
			i % 2 ? 36.0 + i * 0.00001 : 39.0 - i * 0.00001, 139.0 + i * 0.0001);
	}
	struct geo_shape *s = outline(town);
	struct geo_probe *p = geo_probe_polygon(text);
	assert_int_equal(geo_probe_points(p), POINTS + 1);
	assert_int_equal(geo_probe_meets(p, s), GEO_MEET);
	geo_probe_free(p);
	geo_shape_free(s);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes_of_alerts),
		cmocka_unit_test(test_a_hole_is_not_ours),
		cmocka_unit_test(test_an_islet_is_kept),
		cmocka_unit_test(test_what_is_wrong_with_an_outline),
		cmocka_unit_test(test_parts_that_make_up_the_whole),
		cmocka_unit_test(test_a_star_of_twenty_thousand_points_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
