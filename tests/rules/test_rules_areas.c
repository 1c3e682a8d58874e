/* SPDX-License-Identifier: Apache-2.0
 *
 * Which items concern us. Fail towards alerting on areas.
 */
#include "geo/geometry.h"
#include "tests/cmocka_all.h"
#include "tests/rules/world.h"

struct area_case {
	const char *name;
	const char *type;
	const char *kind;
	const char *system;
	const char *area;
	bool ours;
	bool alarm;
};

static const struct area_case cases[] = {
	{"our weather code", "VPWW55", "weather.rain", AREA_JMA_CITY, "0720400", true, false},
	{"unknown code of ours", "VPWW55", "weather.rain", AREA_JMA_CITY, "0720499", true, true},
	{"a neighbour's code", "VPWW55", "weather.rain", AREA_JMA_CITY, "0720500", false, false},
	{"seismic city", "VXSE53", "earthquake.intensity", AREA_JMA_SEISMIC_CITY, "0720401", true,
		false},
	{"unknown seismic city of ours", "VXSE53", "earthquake.intensity", AREA_JMA_SEISMIC_CITY,
		"0720477", true, true},
	{"seismic area", "VXSE51", "earthquake.intensity", AREA_JMA_SEISMIC_AREA, "250", true,
		false},
	{"other seismic area", "VXSE51", "earthquake.intensity", AREA_JMA_SEISMIC_AREA, "251",
		false, false},
	{"coast", "VTSE41", "tsunami.warning", AREA_JMA_TSUNAMI, "250", true, false},
	{"other coast", "VTSE41", "tsunami.warning", AREA_JMA_TSUNAMI, "300", false, false},
	{"river", "VXKO70", "flood.river", AREA_JMA_RIVER, "070001000101", true, false},
	{"other river", "VXKO70", "flood.river", AREA_JMA_RIVER, "180001000101", false, false},
	{"parent area without a list of municipalities", "VPBS50", "weather.rainband",
		AREA_JMA_FORECAST, "070010", true, false},
	{"other parent area", "VPBS50", "weather.rainband", AREA_JMA_FORECAST, "180010", false,
		false},
	{"our volcano, warning", "VFVO50", "volcano.warning_crater", AREA_JMA_VOLCANO, "212", true,
		false},
	{"our volcano, ash", "VFVO53", "volcano.ash", AREA_JMA_VOLCANO, "212", false, false},
	{"other volcano", "VFVO50", "volcano.warning_crater", AREA_JMA_VOLCANO, "506", false,
		false},
	{"prefecture of an early warning", "VXSE43", "eew.warning", AREA_JMA_EEW, "9070", true,
		false},
	{"municipality", "CAP", "civil.other", AREA_MUNICIPALITY, "07204", true, false},
	{"municipality with check digit", "CAP", "civil.other", AREA_MUNICIPALITY, "072044", true,
		false},
	{"whole prefecture", "CAP", "civil.other", AREA_MUNICIPALITY, "07000", true, false},
	{"other municipality", "CAP", "civil.other", AREA_MUNICIPALITY, "13101", false, false},
	{"a code system nobody knows", "CAP", "civil.other", "cap:somebody", "999999", true, true},
	{"no area at all", "CAP", "civil.other", AREA_MUNICIPALITY, NULL, true, true},
};

static void test_areas(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const struct area_case *c = &cases[i];
		struct world *w = world_new();
		struct alert *a = world_alert(c->type, "key", 0);
		a->events = "20261120140000";
		world_item(a, c->kind, "1", SEVERITY_SEVERE, 0, c->system, c->area);
		const struct rules_decision *d = world_take_fresh(w, a);
		if ((d->verdict != RULES_NOT_OURS) != c->ours || d->alarm != c->alarm) {
			fail_msg("%s: verdict %s alarm %d", c->name, rules_verdict_name(d->verdict),
				d->alarm);
		}
		world_free(w);
	}
}

static void test_the_list_of_municipalities_beats_the_larger_area(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = world_alert("VPBS50", "e", 0);
	a->events = "e_1";
	struct alert_item *item = world_item(
		a, "weather.rainband", "1", SEVERITY_SEVERE, 0, AREA_JMA_FORECAST, "070010");
	alert_add_area(a, item, AREA_JMA_CITY, "0720500", "白河市");
	assert_int_equal(world_take_fresh(w, a)->verdict, RULES_NOT_OURS);
	world_free(w);
}

static void test_a_code_list_beats_a_shape_nobody_can_place(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = world_alert("CAP", "s,1", 0);
	struct alert_item *item =
		world_item(a, "civil.other", "", SEVERITY_SEVERE, 0, AREA_MUNICIPALITY, "13101");
	alert_add_shape(a, item, "", "35,139 36,139 36,140 35,139", "");
	assert_int_equal(world_take_fresh(w, a)->verdict, RULES_NOT_OURS);
	world_free(w);
}

static void test_shapes_against_the_profile(void **state)
{
	(void)state;
	static const struct {
		const char *polygon;
		const char *circle;
		bool ours;
		bool alarm;
	} shapes[] = {
		{"36.9,140.8 37.2,140.8 37.2,141.1 36.9,141.1 36.9,140.8", "", true, false},
		{"35.0,135.0 35.1,135.0 35.1,135.1 35.0,135.0", "", false, false},
		{"", "37.05,140.9 1", true, false},
		{"", "37.05,141.3 50", true, false},
		{"", "35.0,135.0 50", false, false},
		{"nonsense", "", true, true},
	};
	for (size_t i = 0; i < COUNT_OF(shapes); i++) {
		struct world *w = world_new();
		for (size_t m = 0; m < 2; m++) {
			world_outline(
				w, m, "37.0,140.7 37.1,140.7 37.1,141.0 37.0,141.0 37.0,140.7");
		}
		struct alert *a = world_alert("CAP", "s,1", 0);
		struct alert_item *item =
			world_item(a, "civil.other", "", SEVERITY_SEVERE, 0, "", NULL);
		alert_add_shape(a, item, "x", shapes[i].polygon, shapes[i].circle);
		const struct rules_decision *d = world_take_fresh(w, a);
		if ((d->verdict != RULES_NOT_OURS) != shapes[i].ours ||
			d->alarm != shapes[i].alarm) {
			fail_msg("shape %zu: %s", i, rules_verdict_name(d->verdict));
		}
		world_free(w);
	}
}

static void test_a_shape_without_an_outline_of_ours(void **state)
{
	(void)state;
	static const struct {
		const char *polygon;
		bool ours;
	} rows[] = {
		{"37.2,139.8 37.3,139.8 37.3,139.9 37.2,139.8", true},	/* in the prefecture */
		{"35.0,135.0 35.1,135.0 35.1,135.1 35.0,135.0", false}, /* in another one */
		{"52.0,7.0 53.0,7.0 53.0,8.0 52.0,7.0", false},		/* in Germany */
		{"20,120 50,120 50,150 20,150 20,120", true},		/* all of Japan */
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct world *w = world_new();
		struct alert *a = world_alert("CAP", "s,1", 0);
		struct alert_item *item =
			world_item(a, "civil.other", "", SEVERITY_SEVERE, 0, "", NULL);
		alert_add_shape(a, item, "x", rows[i].polygon, "");
		const struct rules_decision *d = world_take_fresh(w, a);
		if ((d->verdict != RULES_NOT_OURS) != rows[i].ours || d->alarm != rows[i].ours) {
			fail_msg("row %zu: %s", i, rules_verdict_name(d->verdict));
		}
		world_free(w);
	}
}

static void add_district(struct world *w, size_t i, const char *code, const char *polygon)
{
	struct municipality *m = &world_config(w)->municipalities[0];
	struct err e;
	m->districts[i] = (struct district){.code = code, .name = code};
	assert_int_equal(geo_shape_from_cap(polygon, &m->districts[i].shape, &e), 0);
	m->district_count = i + 1;
}

static void test_districts_that_a_shape_reaches(void **state)
{
	(void)state;
	static const struct {
		const char *polygon;
		bool cover;
		const char *areas;
	} rows[] = {
		{"37.05,140.75 37.06,140.75 37.06,140.78 37.05,140.75", true, "07204-1"},
		{"37.05,140.75 37.06,140.75 37.06,140.78 37.05,140.75", false, "07204"},
		{"37.05,140.75 37.06,140.75 37.06,140.98 37.05,140.75", true, "07204"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct world *w = world_new();
		struct municipality *m = &world_config(w)->municipalities[0];
		struct district districts[2];
		m->districts = districts;
		world_outline(w, 0, "37.0,140.7 37.1,140.7 37.1,141.0 37.0,141.0 37.0,140.7");
		world_outline(w, 1, "38.0,140.7 38.1,140.7 38.1,141.0 38.0,141.0 38.0,140.7");
		add_district(
			w, 0, "07204-1", "37.0,140.7 37.1,140.7 37.1,140.8 37.0,140.8 37.0,140.7");
		add_district(
			w, 1, "07204-2", "37.0,140.8 37.1,140.8 37.1,141.0 37.0,141.0 37.0,140.8");
		m->districts_cover = rows[i].cover;
		struct alert *a = world_alert("CAP", "s,1", 0);
		struct alert_item *item =
			world_item(a, "civil.other", "", SEVERITY_SEVERE, 0, "", NULL);
		alert_add_shape(a, item, "x", rows[i].polygon, "");
		const struct rules_decision *d = world_take_fresh(w, a);
		assert_int_equal(d->verdict, RULES_ACTED);
		const struct broadcast *b = d->broadcasts[0].broadcast;
		assert_int_equal(b->area_count, 2);
		assert_string_equal(b->areas[1].code, rows[i].areas);
		geo_shape_free(districts[0].shape);
		geo_shape_free(districts[1].shape);
		world_free(w);
	}
}

static void test_foreign_code_lists(void **state)
{
	(void)state;
	static const struct {
		const char *system;
		const char *code;
		bool ours;
	} rows[] = {
		{"cap:SAME", "006037", false},
		{"cap:EMMA_ID", "IE011", false},
		{"cap:WARNCELLID", "105111000", false},
		{"cap:profile:CAP-CP:Location:0.3", "2465", false},
		{"cap:ISO 3166-2", "JP-07", true},
		{"cap:ISO 3166-2", "JP-13", false},
		{"cap:ISO 3166-2", "CA-ON", false},
		{"cap:somebody's", "1", true},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct world *w = world_new();
		struct alert *a = world_alert("CAP", "s,1", 0);
		world_item(a, "civil.other", "", SEVERITY_SEVERE, 0, rows[i].system, rows[i].code);
		const struct rules_decision *d = world_take_fresh(w, a);
		if ((d->verdict != RULES_NOT_OURS) != rows[i].ours) {
			fail_msg("%s %s: %s", rows[i].system, rows[i].code,
				rules_verdict_name(d->verdict));
		}
		world_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_areas),
		cmocka_unit_test(test_the_list_of_municipalities_beats_the_larger_area),
		cmocka_unit_test(test_a_code_list_beats_a_shape_nobody_can_place),
		cmocka_unit_test(test_shapes_against_the_profile),
		cmocka_unit_test(test_a_shape_without_an_outline_of_ours),
		cmocka_unit_test(test_districts_that_a_shape_reaches),
		cmocka_unit_test(test_foreign_code_lists),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
