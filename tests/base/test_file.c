/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "tests/cmocka_all.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder {
	char path[64];
};

static int set_up(void **state)
{
	struct folder *f = calloc(1, sizeof(*f));
	(void)snprintf(f->path, sizeof(f->path), "/tmp/hansho-file-XXXXXX");
	*state = f;
	return mkdtemp(f->path) ? 0 : -1;
}

static int tear_down(void **state)
{
	struct folder *f = *state;
	DIR *dir = opendir(f->path);
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		if (entry->d_name[0] != '.') {
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
		}
	}
	(void)closedir(dir);
	int rc = rmdir(f->path);
	free(f);
	return rc;
}

static void path_in(const struct folder *f, const char *name, char out[128])
{
	(void)snprintf(out, 128, "%s/%s", f->path, name);
}

static void test_replace_leaves_nothing_else(void **state)
{
	struct folder *f = *state;
	struct err e = {0};
	char path[128];
	path_in(f, "a", path);
	assert_int_equal(file_replace(path, "old", 3, 0644, &e), 0);
	assert_int_equal(file_replace(path, "newer", 5, 0600, &e), 0);
	char *data;
	size_t size;
	assert_int_equal(file_read(path, 100, &data, &size, &e), 0);
	assert_int_equal(size, 5);
	assert_string_equal(data, "newer");
	free(data);
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	int files = 0;
	DIR *dir = opendir(f->path);
	for (struct dirent *entry; (entry = readdir(dir));) {
		files += entry->d_name[0] != '.';
	}
	(void)closedir(dir);
	assert_int_equal(files, 1);
}

static void test_read_is_capped(void **state)
{
	struct folder *f = *state;
	struct err e = {0};
	char path[128];
	path_in(f, "big", path);
	assert_int_equal(file_replace(path, "0123456789", 10, 0644, &e), 0);
	char *data;
	size_t size;
	assert_int_equal(file_read(path, 9, &data, &size, &e), -EFBIG);
	assert_non_null(strstr(e.text, path));
	path_in(f, "missing", path);
	assert_int_equal(file_read(path, 9, &data, &size, &e), -ENOENT);
}

static void test_secret_must_be_private(void **state)
{
	struct folder *f = *state;
	struct err e = {0};
	char path[128];
	char *secret;
	path_in(f, "key", path);
	assert_int_equal(file_replace(path, "s3cret\n", 7, 0600, &e), 0);
	assert_int_equal(file_read_secret(path, &secret, &e), 0);
	assert_string_equal(secret, "s3cret");
	free(secret);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(file_read_secret(path, &secret, &e), -EACCES);
	assert_null(strstr(e.text, "s3cret"));
	assert_int_equal(file_replace(path, "\n", 1, 0600, &e), 0);
	assert_int_equal(file_read_secret(path, &secret, &e), -EINVAL);
}

static void test_dir_make_is_repeatable(void **state)
{
	struct folder *f = *state;
	struct err e = {0};
	char path[128];
	path_in(f, "x/y/z", path);
	assert_int_equal(dir_make(path, 0755, &e), 0);
	assert_int_equal(dir_make(path, 0755, &e), 0);
	assert_int_equal(rmdir(path), 0);
	path_in(f, "x/y", path);
	assert_int_equal(rmdir(path), 0);
	path_in(f, "x", path);
	assert_int_equal(rmdir(path), 0);
	path_in(f, "plain", path);
	assert_int_equal(file_replace(path, "", 0, 0644, &e), 0);
	path_in(f, "plain/below", path);
	assert_true(dir_make(path, 0755, &e) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_replace_leaves_nothing_else, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_read_is_capped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_secret_must_be_private, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_dir_make_is_repeatable, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
