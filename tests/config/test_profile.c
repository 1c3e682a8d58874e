/* SPDX-License-Identifier: Apache-2.0
 *
 * Profiles from the shipped tables: a coastal city, an inland one, a divided one; and each written
 * profile is read back by the configuration without a word.
 */
#include "tests/cmocka_all.h"

#include "base/file.h"
#include "config/profile.h"
#include "fake_drivers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct expected {
	const char *code;
	const char *query;
	const char *name;
	const char *weather; /* blank separated, all of them */
	const char *seismic_area;
	const char *tsunami;
	const char *parents;
	const char *office;
	const char *promotion;
};

static const struct expected towns[] = {
	{"07204", "07204", "いわき市", "0720400", "251", "250", "070000 070020 070023",
		"福島地方気象台", "hokkaido"},
	{"07204", "072044", "いわき市", NULL, NULL, NULL, NULL, NULL, NULL},
	{"09215", "那須烏山市", "那須烏山市", "0921500", "311", "", "090000 090010 090012",
		"宇都宮地方気象台", ""},
	{"16201", "16201", "富山市", "1620100 1620111 1620112 1620113", "380", "350", NULL,
		"富山地方気象台", ""},
	{"14100", "神奈川県横浜市", "横浜市", "1410000 1410011 1410012", "360", "312 330", NULL,
		"横浜地方気象台", "nankai"},
	{"13361", "13361", "大島町", NULL, NULL, "320", NULL, "気象庁本庁", "nankai"},
	{"17205", "17205", "珠洲市", NULL, NULL, "360", NULL, "金沢地方気象台", ""},
	{"46222", "奄美市", "奄美市", NULL, NULL, "772", NULL, "名瀬測候所", "nankai"},
};

/* Writes the profile, reads it as a configuration does. */
static struct config *load_profile(const char *query, struct buf *yaml)
{
	struct err e = {0};
	buf_init(yaml, 256 * 1024);
	if (profile_write(query, yaml, &e)) {
		fail_msg("%s: %s", query, e.text);
	}
	char path[] = "/tmp/hansho-profile-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	(void)close(fd);
	assert_int_equal(file_replace(path, yaml->data, yaml->size, 0600, &e), 0);
	char text[256];
	(void)snprintf(text, sizeof(text), "site: t\nmunicipalities: [{profile: %s}]\n", path);
	struct config_faults faults;
	config_faults_init(&faults);
	struct config *c = config_load_text("(test)", text, strlen(text), &fake_drivers, &faults);
	if (!c) {
		fail_msg("%s: %d: %s: %s", query, faults.list[0].line, faults.list[0].key,
			faults.list[0].text);
	}
	config_faults_clear(&faults);
	(void)unlink(path);
	return c;
}

static void assert_list(const struct text_list *list, const char *want, const char *name)
{
	char have[512] = "";
	size_t used = 0;
	for (size_t i = 0; want && i < list->count; i++) {
		used += (size_t)snprintf(
			have + used, sizeof(have) - used, "%s%s", i ? " " : "", list->list[i]);
	}
	if (want && strcmp(have, want) != 0) {
		fail_msg("%s: expected %s, found %s", name, want, have);
	}
}

static void test_profiles(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(towns); i++) {
		const struct expected *t = &towns[i];
		struct buf yaml;
		struct config *c = load_profile(t->query, &yaml);
		const struct municipality *m = &c->municipalities[0];
		assert_string_equal(m->code, t->code);
		assert_string_equal(m->name, t->name);
		assert_list(&m->weather, t->weather, t->name);
		assert_list(&m->seismic_area, t->seismic_area, t->name);
		assert_list(&m->tsunami, t->tsunami, t->name);
		assert_list(&m->parents, t->parents, t->name);
		assert_list(&m->promotion, t->promotion, t->name);
		if (t->office) {
			assert_true(text_list_has(&m->offices, t->office));
		}
		struct config_faults warnings;
		config_faults_init(&warnings);
		profile_check(m, "", "municipalities[0]", &warnings);
		assert_int_equal(warnings.count, 0);
		config_faults_clear(&warnings);
		config_free(c);
		buf_clear(&yaml);
	}
}

static void test_codes_are_named(void **state)
{
	(void)state;
	struct buf yaml;
	struct config *c = load_profile("07204", &yaml);
	static const char *const lines[] = {"# 福島県いわき市（07204）のプロファイル",
		"出典：気象庁ホームページ", "  - \"0720400\" # いわき市\n",
		"  - \"251\" # 福島県浜通り\n", "  - \"250\" # 福島県\n",
		"  - \"070020\" # 浜通り\n", "#  - \"070028000100\" # 福島県夏井川\n"};
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		if (!strstr(buf_text(&yaml), lines[i])) {
			fail_msg("missing: %s", lines[i]);
		}
	}
	config_free(c);
	buf_clear(&yaml);
}

static void test_unknown_and_ambiguous_names(void **state)
{
	(void)state;
	static const struct {
		const char *query;
		int code;
	} rows[] = {{"府中市", -EEXIST}, {"072045", -EINVAL}, {"99201", -ENOENT}, {"", -ENOENT},
		{"いわき", -ENOENT}};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct buf yaml;
		struct err e = {0};
		buf_init(&yaml, 65536);
		if (profile_write(rows[i].query, &yaml, &e) != rows[i].code) {
			fail_msg("\"%s\": %d %s", rows[i].query, e.code, e.text);
		}
		assert_int_equal(yaml.size, 0);
		buf_clear(&yaml);
	}
}

static void test_check_warns(void **state)
{
	(void)state;
	const char *text = "site: t\nmunicipalities:\n"
			   "  - {code: '07204', name: 磐城市, weather: ['0720401'], tsunami: [],\n"
			   "     seismic_area: ['250', '251'], rivers: ['999999999999']}\n";
	struct config_faults faults;
	config_faults_init(&faults);
	struct config *c = config_load_text("(test)", text, strlen(text), &fake_drivers, &faults);
	assert_non_null(c);
	profile_check(&c->municipalities[0], "f", "m", &faults);
	static const char *const want[] = {"m.name 07204 is いわき市",
		"m.weather 0720401 is not in the shipped tables", "m.weather 0720400 is missing",
		"m.seismic_area 250 does not belong", "m.tsunami 250 is missing",
		"m.rivers 999999999999 is not in the shipped"};
	assert_int_equal(faults.count, COUNT_OF(want));
	for (size_t i = 0; i < COUNT_OF(want); i++) {
		char have[512];
		(void)snprintf(
			have, sizeof(have), "%s %s", faults.list[i].key, faults.list[i].text);
		if (strncmp(have, want[i], strlen(want[i])) != 0) {
			fail_msg("expected %s..., found %s", want[i], have);
		}
	}
	config_free(c);
	config_faults_clear(&faults);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_profiles),
		cmocka_unit_test(test_codes_are_named),
		cmocka_unit_test(test_unknown_and_ambiguous_names),
		cmocka_unit_test(test_check_warns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
