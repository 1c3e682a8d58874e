/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite file itself: versions, locks, a full disk, a log that somebody edited.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "tests/store/fixture.h"

#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	fixture_open(f);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	fixture_close(f);
	free(f);
	return 0;
}

/* As somebody with the sqlite3 program would. */
static void edit(struct fixture *f, const char *sql)
{
	sqlite3 *db;
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	char *why = NULL;
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) {
		fail_msg("%s: %s", sql, why);
	}
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static int try_open(struct fixture *f, struct store **s)
{
	const struct store_settings settings = {.path = f->path, .busy_timeout_ms = 20};
	return store_open(&settings, s, &f->e);
}

static void reopening_keeps_everything(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; i < 2; i++) {
		fixture_reopen(f);
		json_t *list = store_alert_list(f->store, 10, &f->e);
		assert_int_equal(json_array_size(list), 1);
		json_decref(list);
	}
}

/* Of the closed file. */
static int version_of(struct fixture *f)
{
	sqlite3 *db;
	sqlite3_stmt *q;
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	int version = sqlite3_column_int(q, 0);
	sqlite3_finalize(q);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	return version;
}

static void a_newer_file_is_left_alone(void **state)
{
	struct fixture *f = *state;
	char back[64];
	store_close(f->store);
	(void)snprintf(back, sizeof(back), "PRAGMA user_version = %d", version_of(f));
	edit(f, "PRAGMA user_version = 999");
	struct store *none = NULL;
	assert_int_equal(try_open(f, &none), -EPROTO);
	assert_non_null(strstr(f->e.text, "newer"));
	edit(f, back);
	assert_int_equal(try_open(f, &f->store), 0);
}

/* As an older program left it: what came since is added, what was there stays. */
static void an_older_file_is_brought_forward(void **state)
{
	struct fixture *f = *state;
	store_close(f->store);
	int newest = version_of(f);
	edit(f, "DROP TABLE alarms; PRAGMA user_version = 1");
	assert_int_equal(try_open(f, &f->store), 0);
	json_t *list = store_alert_list(f->store, 10, &f->e);
	assert_int_equal(json_array_size(list), 1);
	json_decref(list);
	store_close(f->store);
	assert_int_equal(version_of(f), newest);
	assert_int_equal(try_open(f, &f->store), 0);
}

static void a_foreign_file_is_left_alone(void **state)
{
	struct fixture *f = *state;
	char path[sizeof(f->path)];
	(void)snprintf(path, sizeof(path), "%s", f->path);
	(void)snprintf(f->path, sizeof(f->path), "%s/other.db", f->folder);
	edit(f, "CREATE TABLE songs (name TEXT)");
	struct store *other;
	assert_int_equal(try_open(f, &other), -EPROTO);
	(void)snprintf(f->path, sizeof(f->path), "%s", path);
}

static void a_second_opener_is_told(void **state)
{
	struct fixture *f = *state;
	struct store *second;
	assert_int_equal(try_open(f, &second), -EBUSY);
	assert_non_null(strstr(f->e.text, "in use"));
	edit(f, "SELECT count(*) FROM alerts"); /* tools can read meanwhile */
}

static void a_locked_file_is_busy(void **state)
{
	struct fixture *f = *state;
	sqlite3 *db;
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(store_begin(f->store, &f->e), -EBUSY);
	store_rollback(f->store);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	fixture_begin(f);
	store_rollback(f->store);
}

/* Runs in a child: the limit stays with it. 0: as it should be. */
static int fill_disk(struct fixture *f)
{
	(void)sigaction(SIGXFSZ, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
	const struct rlimit limit = {.rlim_cur = 400000, .rlim_max = 400000};
	if (setrlimit(RLIMIT_FSIZE, &limit) != 0) {
		return 1;
	}
	fixture_begin(f);
	fixture_add_broadcast(f, 1);
	int rc = 0;
	for (int i = 0; rc == 0 && i < 20000; i++) {
		char detail[500];
		(void)memset(detail, 'x', sizeof(detail));
		detail[sizeof(detail) - 1] = '\0';
		rc = store_log(f->store, at_ms(i), "hub", "note", "x", detail, &f->e);
	}
	rc = rc ? rc : store_commit(f->store, &f->e);
	if (rc != -ENOSPC) {
		(void)fprintf(stderr, "not full: %d %s\n", rc, f->e.text);
		return 2;
	}
	store_rollback(f->store);
	return store_verify_log(f->store, &f->e) == 0 ? 0 : 3;
}

static void expect_untouched(struct fixture *f)
{
	assert_null(store_broadcast_json(f->store, "a000000000000001.1", &f->e));
	assert_int_equal(f->e.code, -ENOENT);
	json_t *log = store_log_list(f->store, "", 10, &f->e);
	assert_int_equal(json_array_size(log), 0);
	json_decref(log);
	fixture_begin(f); /* and it works again */
	fixture_add_broadcast(f, 1);
	fixture_commit(f);
}

static void a_full_disk_changes_nothing(void **state)
{
	struct fixture *f = *state;
	store_close(f->store);
	f->store = NULL;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		const struct store_settings settings = {.path = f->path, .busy_timeout_ms = 20};
		int rc = store_open(&settings, &f->store, &f->e) ? 9 : fill_disk(f);
		_exit(rc); /* without closing: as after a crash */
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(try_open(f, &f->store), 0);
	expect_untouched(f);
}

static void an_edited_log_shows(void **state)
{
	static const struct {
		const char *name;
		const char *sql;
		const char *text;
	} rows[] = {
		{"byte", "UPDATE log SET detail = 'nothinG' WHERE seq = 3", "entry 3 was changed"},
		{"time", "UPDATE log SET at_ms = at_ms + 1 WHERE seq = 4", "entry 4 was changed"},
		{"actor", "UPDATE log SET actor = 'x' WHERE seq = 1", "entry 1 was changed"},
		{"border", "UPDATE log SET actor = 'satorelease', operation = '' WHERE seq = 2",
			"entry 2 was changed"},
		{"first gone", "DELETE FROM log WHERE seq = 1", "entry 1 is missing"},
		{"one gone", "DELETE FROM log WHERE seq = 3", "entry 3 is missing"},
		{"one gone, numbers closed up",
			"DELETE FROM log WHERE seq = 3; UPDATE log SET seq = seq - 1 WHERE seq > 3",
			"entry 3 does not follow"},
		{"last gone", "DELETE FROM log WHERE seq = 5", "entry 5 is missing"},
		{"order",
			"UPDATE log SET seq = 99 WHERE seq = 2; UPDATE log SET seq = 2 WHERE seq = "
			"3;"
			"UPDATE log SET seq = 3 WHERE seq = 99",
			"entry 2 does not follow"},
		{"digest", "UPDATE log SET digest = prev WHERE seq = 5", "entry 5 was changed"},
	};
	struct fixture *f = *state;
	fixture_begin(f);
	for (int i = 0; i < 5; i++) {
		fixture_must(f,
			store_log(f->store, at_ms(i), "sato", "release", "x", "nothing", &f->e),
			"log");
	}
	fixture_commit(f);
	assert_int_equal(store_verify_log(f->store, &f->e), 0);
	edit(f, "DROP TRIGGER log_is_not_rewritten; DROP TRIGGER log_is_not_shortened;"
		"CREATE TABLE kept AS SELECT * FROM log");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("%s\n", rows[i].name);
		edit(f, rows[i].sql);
		assert_int_equal(store_verify_log(f->store, &f->e), -EBADMSG);
		if (!strstr(f->e.text, rows[i].text)) {
			fail_msg("%s", f->e.text);
		}
		edit(f, "DELETE FROM log; INSERT INTO log SELECT * FROM kept");
		assert_int_equal(store_verify_log(f->store, &f->e), 0);
	}
}

static void the_log_refuses_edits(void **state)
{
	struct fixture *f = *state;
	fixture_begin(f);
	fixture_must(f, store_log(f->store, at_ms(0), "sato", "release", "x", "", &f->e), "log");
	fixture_commit(f);
	sqlite3 *db;
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_not_equal(sqlite3_exec(db, "UPDATE log SET actor = 'x'", NULL, NULL, NULL), 0);
	assert_int_not_equal(sqlite3_exec(db, "DELETE FROM log", NULL, NULL, NULL), 0);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(reopening_keeps_everything),
		CASE(a_newer_file_is_left_alone),
		CASE(an_older_file_is_brought_forward),
		CASE(a_foreign_file_is_left_alone),
		CASE(a_second_opener_is_told),
		CASE(a_locked_file_is_busy),
		CASE(a_full_disk_changes_nothing),
		CASE(an_edited_log_shows),
		CASE(the_log_refuses_edits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
