/* SPDX-License-Identifier: Apache-2.0
 *
 * Every fixture of bad/ has one mistake and is named after it; bad/expected.txt holds, for each,
 * exactly the faults that must be told: "FIXTURE|FILE:LINE:COLUMN: KEY: TEXT".
 */
#include "tests/cmocka_all.h"

#include "base/buf.h"
#include "base/file.h"
#include "fake_drivers.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BAD SOURCE_DIR "/tests/config/bad/"

static int is_fixture(const struct dirent *entry)
{
	size_t size = strlen(entry->d_name);
	return size > 5 && strcmp(entry->d_name + size - 5, ".yaml") == 0;
}

/* Copies text without the folder of this checkout. */
static void add_without_folder(struct buf *out, const char *text)
{
	const char *found;
	while ((found = strstr(text, BAD))) {
		assert_int_equal(buf_add(out, text, (size_t)(found - text)), 0);
		text = found + strlen(BAD);
	}
	assert_int_equal(buf_add_text(out, text), 0);
}

static void add_faults(struct buf *out, const char *fixture)
{
	char path[512];
	(void)snprintf(path, sizeof(path), "%s%s", BAD, fixture);
	struct config_faults faults;
	config_faults_init(&faults);
	struct config *c = config_load(path, &fake_drivers, &faults);
	if (c) {
		fail_msg("%s: was taken as good", fixture);
	}
	for (size_t i = 0; i < faults.count; i++) {
		const struct config_fault *f = &faults.list[i];
		(void)buf_addf(out, "%.*s|", (int)strlen(fixture) - 5, fixture);
		add_without_folder(out, f->file);
		(void)buf_addf(out, ":%d:%d: %s: ", f->line, f->column, f->key);
		add_without_folder(out, f->text);
		(void)buf_add_text(out, "\n");
	}
	config_faults_clear(&faults);
}

static void test_every_fixture_is_refused_with_its_faults(void **state)
{
	(void)state;
	struct buf out;
	buf_init(&out, 1024 * 1024);
	struct dirent **entries;
	int count = scandir(BAD, &entries, is_fixture, alphasort);
	assert_true(count > 70);
	for (int i = 0; i < count; i++) {
		add_faults(&out, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	char *expected;
	size_t size;
	struct err e = {0};
	assert_int_equal(file_read(BAD "expected.txt", 1024 * 1024, &expected, &size, &e), 0);
	const char *dump = getenv("CONFIG_FAULTS_DUMP");
	if (dump) { /* how expected.txt is renewed; to be read line by line before it is committed
		     */
		assert_int_equal(file_replace(dump, out.data, out.size, 0644, &e), 0);
	}
	const char *want = expected;
	const char *have = buf_text(&out);
	while (*want || *have) {
		size_t want_size = strcspn(want, "\n");
		size_t have_size = strcspn(have, "\n");
		if (want_size != have_size || memcmp(want, have, want_size) != 0) {
			fail_msg("expected: %.*s\n   found: %.*s", (int)want_size, want,
				(int)have_size, have);
		}
		want += want_size + (want[want_size] == '\n');
		have += have_size + (have[have_size] == '\n');
	}
	free(expected);
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_fixture_is_refused_with_its_faults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
