/* SPDX-License-Identifier: Apache-2.0
 *
 * JMA's own sample files and telegrams it really sent, when they lie beside the checkout. Every
 * one decodes or is refused with a reason; for the types that are handled a table says what they
 * must come to, written from reading the files.
 */
#include "base/file.h"
#include "ingest/decode.h"
#include "ingest/xml.h"
#include "tests/cmocka_all.h"
#include "tests/ingest/jmx_sketch.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHARED SOURCE_DIR "/../shared/data/jmx/samples/"

/* -ENOENT when the file is not there. */
static int decode_file(const char *name, struct alert **a, struct decode_refusal *refusal)
{
	char path[1024];
	char *data = NULL;
	size_t size = 0;
	struct err e = {0};
	(void)snprintf(path, sizeof(path), SHARED "%s", name);
	if (file_read(path, XML_SIZE_LIMIT, &data, &size, &e) != 0) {
		return -ENOENT;
	}
	int rc = decode_telegram(data, size, NULL, a, refusal);
	free(data);
	return rc;
}

static void test_every_file(void **state)
{
	(void)state;
	DIR *folder = opendir(SHARED);
	if (!folder) {
		print_message("skipped: shared data not present\n");
		skip();
	}
	int decoded = 0;
	for (struct dirent *entry; (entry = readdir(folder));) {
		if (!strstr(entry->d_name, ".xml")) {
			continue;
		}
		struct alert *a = NULL;
		struct decode_refusal refusal;
		if (decode_file(entry->d_name, &a, &refusal) == 0) {
			assert_true(a->series[0] && a->revision[0] && a->digest[0]);
			alert_free(a);
			decoded++;
		} else if (strcmp(refusal.code, "not-handled") != 0 ||
			   strstr(refusal.reason, "no decoder")) {
			fail_msg("%s: %s: %s", entry->d_name, refusal.code, refusal.reason);
		}
	}
	(void)closedir(folder);
	assert_true(decoded > 0);
}

struct expectation {
	const char *file;
	const char *envelope;
	size_t items;
	const char *has; /* must occur in the sketch of the items; NULL: no items */
};

static const struct expectation expectations[] = {
	{"15_16_01_241031_VPWW56.xml", "actual issue VPWW56 VPWW56/011000", 3,
		"weather.landslide 49 severe L4 raised - | 1 jma.city:0121400\n"},
	{"15_16_02_250630_VPWW57.xml", "actual issue VPWW57 VPWW57/260000", 3,
		"weather.storm_surge 48 severe L4 raised - | 4 jma.city:2620200..jma.surge:"
		"2635999\n"},
	{"15_16_03_241226_VPWW55.xml", "actual issue VPWW55 VPWW55/011000", 3,
		"weather.rain 43 severe L4 raised - | 1 jma.city:0121400\n"},
	{"15_16_04_250630_VPWW58.xml", "actual issue VPWW58 VPWW58/011000", 4,
		"weather.storm 05 moderate L0 raised - | 1 jma.city:0121400\n"},
	{"15_17_01_250630_VPWW55.xml", "actual issue VPWW55 VPWW55/320000", 4,
		"weather.rain 10 unknown L0 released - | 1 jma.city:3252800\n"},
	{"16_04_01_220728_VXKOii.xml", "actual update VXKO VXKO/123456789012", 1,
		"flood.river 53 extreme L5 "},
	{"16_05_01_210630_VXKOii.xml", "actual update VXKO VXKO/123456789012", 1,
		"flood.river 30 moderate L3 none - | 1 jma.river:123456789012\n"},
	{"32-35_01_01_100806_VXSE51.xml", "actual issue VXSE51 VXSE51/20090811050711", 4,
		"earthquake.intensity - severe L0 none 6- | 2 jma.seismic_area:442.."
		"jma.seismic_area:443\n"},
	{"32-35_01_03_100514_VXSE53.xml", "actual issue VXSE53 VXSE53/20091109194822", 0, NULL},
	{"32-35_01_03_240613_VXSE53.xml", "exercise issue VXSE53 VXSE53/20091001134500", 3,
		"earthquake.intensity - severe L0 none 5- "},
	{"32-35_06_03_240613_VXSE53.xml", "actual issue VXSE53 VXSE53/20080614084350", 9,
		"earthquake.intensity - severe L0 none 5- | 3 jma.seismic_city:0338100.."
		"jma.seismic_city:0636500\n"},
	{"32-35_06_06_100915_VXSE53.xml", "actual cancel VXSE53 VXSE53/20080614084350", 0, NULL},
	{"32-35_10_01_220510_VXSE51.xml", "actual cancel VXSE51 VXSE51/20220509152315", 0, NULL},
	{"32-39_11_02_250206_VTSE41.xml", "actual issue VTSE41 VTSE41/20110311144640", 4,
		"tsunami.major_warning 53 extreme L0 issued 巨大 | 3 jma.tsunami:210..jma.tsunami:"
		"250\n"},
	{"32-39_11_13_250206_VTSE41.xml", "actual release VTSE41 VTSE41/20110311144640", 2,
		"tsunami.advisory 72 unknown L0 released - | 15 "},
	{"32-39_12_02_250206_VTSE41.xml", "exercise issue VTSE41 VTSE41/20160901071000", 3,
		"tsunami.warning 51 severe L0 issued 高い | 15 "},
	{"37_01_01_240613_VXSE43.xml", "actual issue VXSE43 VXSE43/20240417231454", 3,
		"eew.warning 11 severe L0 none 5- | 1 jma.seismic_area:622\n"},
	{"37_01_03_240613_VXSE43.xml", "actual cancel VXSE43 VXSE43/20240417231454", 0, NULL},
	{"38-39_02_04_250206_VTSE41.xml", "actual release VTSE41 VTSE41/20151114055157", 1,
		"tsunami.advisory 60 unknown L0 released - | 3 "},
	{"38-39_03_01_210805_VTSE41.xml", "actual cancel VTSE41 VTSE41/20210805103531", 0, NULL},
	{"45_02_01_200522_VFVO50.xml", "actual issue VFVO50 VFVO50/315", 2,
		"volcano.warning_residential 01 extreme L0 raised 噴火警戒レベル5 | 1 "
		"jma.city:1438200\n"},
	{"45_03_01_200731_VFVO50.xml", "actual release VFVO50 VFVO50/350", 3,
		"volcano.warning_crater 04 unknown L0 released 噴火警戒レベル1 | 2 "},
	{"real_20231009T0640_VTSE41_torishima.xml", "actual issue VTSE41 VTSE41/20231009052500", 1,
		"tsunami.advisory 62 moderate L0 issued 1m | 2 jma.tsunami:320..jma.tsunami:321\n"},
	{"real_20231009T1200_VTSE41_torishima_release.xml",
		"actual release VTSE41 VTSE41/20231009052500", 2,
		"tsunami.advisory 72 unknown L0 released - | 9 "},
	{"real_20260603T0535_VXKO70_kozagawa_L5.xml", "actual update VXKO VXKO/300013000100", 1,
		"flood.river 51 extreme L5 none - | 3 jma.river:300013000100..jma.city:3042800\n"},
	{"real_20260603T1016_VPWW56_kagawa_release.xml", "actual release VPWW56 VPWW56/370000", 2,
		"weather.landslide 29 unknown L0 released - | 1 jma.city:3720100\n"},
	{"real_20260822T1717_VPBS50_tokyo_kiroku.xml",
		"actual update VPBS50 VPBS50/KJPTK202608221709", 1,
		"weather.record_rain 記録雨 severe L0 none - | 2 jma.forecast:130010..jma.city:"
		"1311900\n"},
	{"real_20260827T0258_VPBS50_toyama_senjo.xml",
		"actual issue VPBS50 VPBS50/HJPNA202608270258", 1,
		"weather.rainband 線状降水帯発生 severe L0 none 発生 | 1 jma.forecast:160020\n"},
	{"real_20260830T0651_VPWW55_fukui_L5.xml", "actual issue VPWW55 VPWW55/180000", 6,
		"weather.rain 33 extreme L5 continued - | 3 jma.city:1820100..jma.city:1820600\n"},
};

static void test_handled(void **state)
{
	(void)state;
	size_t seen = 0;
	for (size_t i = 0; i < COUNT_OF(expectations); i++) {
		const struct expectation *x = &expectations[i];
		struct alert *a = NULL;
		struct decode_refusal refusal;
		if (decode_file(x->file, &a, &refusal) == -ENOENT) {
			continue;
		}
		seen++;
		print_message("%s\n", x->file);
		assert_non_null(a);
		struct buf text;
		buf_init(&text, 1 << 20);
		sketch_envelope(a, &text);
		assert_string_equal(buf_text(&text), x->envelope);
		buf_reset(&text);
		sketch_items(a, &text);
		assert_int_equal(a->item_count, x->items);
		if (x->has && !strstr(buf_text(&text), x->has)) {
			fail_msg("\"%s\" is not in:\n%s", x->has, buf_text(&text));
		}
		buf_clear(&text);
		alert_free(a);
	}
	if (seen == 0) {
		print_message("skipped: shared data not present\n");
		skip();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_file),
		cmocka_unit_test(test_handled),
	};
	xml_setup();
	return cmocka_run_group_tests_name("jmx_shared", tests, NULL, NULL);
}
