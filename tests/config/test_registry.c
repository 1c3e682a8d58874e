/* SPDX-License-Identifier: Apache-2.0
 *
 * With the real drivers: the examples are good, and the committed schema is the generated one.
 */
#include "tests/cmocka_all.h"

#include "base/file.h"
#include "channels/registry.h"
#include "config/profile.h"
#include "fake_drivers.h"
#include "ingest/fetch/registry.h"
#include "schema_text.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXAMPLES SOURCE_DIR "/config/examples/"

static void check_example(const char *name, const struct config_drivers *drivers)
{
	char path[512];
	(void)snprintf(path, sizeof(path), "%s%s", EXAMPLES, name);
	struct config_faults faults;
	config_faults_init(&faults);
	struct config *c = config_load(path, drivers, &faults);
	if (!c) {
		fail_msg("%s:%d: %s: %s", name, faults.list[0].line, faults.list[0].key,
			faults.list[0].text);
	}
	assert_true(c->channel_count > 0 && c->feed_count > 0 && c->live.child_count > 0);
	for (size_t i = 0; i < c->municipality_count; i++) {
		profile_check(&c->municipalities[i], path, "municipality", &faults);
	}
	assert_int_equal(faults.count, 0);
	config_free(c);
	config_faults_clear(&faults);
}

static int is_yaml(const struct dirent *entry)
{
	size_t size = strlen(entry->d_name);
	return size > 5 && strcmp(entry->d_name + size - 5, ".yaml") == 0;
}

static void test_examples(void **state)
{
	(void)state;
	struct dirent **entries;
	int count = scandir(EXAMPLES, &entries, is_yaml, alphasort);
	assert_true(count >= 3);
	const struct config_drivers real = fetch_registry_join(&channel_registry_drivers);
	for (int i = 0; i < count; i++) {
		check_example(entries[i]->d_name, &real);
		check_example(entries[i]->d_name, &lenient_drivers);
		free(entries[i]);
	}
	free(entries);
}

static void test_iwaki_has_five_systems(void **state)
{
	(void)state;
	struct config_faults faults;
	config_faults_init(&faults);
	const struct config_drivers real = fetch_registry_join(&channel_registry_drivers);
	struct config *c = config_load(EXAMPLES "iwaki.yaml", &real, &faults);
	assert_non_null(c);
	static const char *const drivers[] = {"mail", "areamail", "mqtt", "social", "banner"};
	for (size_t i = 0; i < COUNT_OF(drivers); i++) {
		bool found = false;
		for (size_t j = 0; j < c->channel_count; j++) {
			found = found || strcmp(c->channels[j].driver, drivers[i]) == 0;
		}
		assert_true(found);
	}
	config_free(c);
	config_faults_clear(&faults);
}

static void check_committed(const char *path, char *generated, const char *command)
{
	char *committed;
	size_t size;
	struct err e = {0};
	if (file_read(path, 4 * 1024 * 1024, &committed, &size, &e)) {
		fail_msg("%s", e.text);
	}
	size_t generated_size = strlen(generated);
	if (size != generated_size + 1 || memcmp(committed, generated, generated_size) != 0) {
		fail_msg("%s is out of date: run %s", path, command);
	}
	free(generated);
	free(committed);
}

static void test_committed_schema_is_up_to_date(void **state)
{
	(void)state;
	check_committed(SOURCE_DIR "/schemas/config.schema.json", schema_text(),
		"hansho-schema-dump > schemas/config.schema.json");
	check_committed(SOURCE_DIR "/schemas/mail-rules.schema.json", mail_rules_schema_text(),
		"hansho-schema-dump mail-rules > schemas/mail-rules.schema.json");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_iwaki_has_five_systems),
		cmocka_unit_test(test_committed_schema_is_up_to_date),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
