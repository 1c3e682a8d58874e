/* SPDX-License-Identifier: Apache-2.0
 *
 * JMA's own sample files and telegrams it really sent, when they lie beside the checkout. Every
 * one decodes or is refused with a reason; for weather a table says what they must come to, written
 * from reading the files. All others: verdicts/, read by test_verdicts.py.
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
