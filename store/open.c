/* SPDX-License-Identifier: Apache-2.0
 *
 * The database file: who has it, how it is set, transactions. Runs in the hub only.
 * A lock file beside it keeps a second hub out while sqlite3's own tools can still read.
 */
#include "store/state_cache.h"
#include "store/store_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Every commit is on disk when it returns (WAL and FULL), except those begun by
 * store_begin_unsynced(). No mapping, small cache: the hub's memory stays flat whatever the size of
 * the record. No automatic checkpoint: it would stand between a commit and the siren. */
static const char settings_sql[] = "PRAGMA journal_mode = WAL;"
				   "PRAGMA synchronous = FULL;"
				   "PRAGMA foreign_keys = ON;"
				   "PRAGMA trusted_schema = OFF;"
				   "PRAGMA cell_size_check = ON;"
				   "PRAGMA mmap_size = 0;"
				   "PRAGMA cache_size = -2000;"
				   "PRAGMA wal_autocheckpoint = 0;"
				   "PRAGMA journal_size_limit = 8388608;";

static int take_lock(struct store *s, const char *path, struct err *e)
{
	struct pool *pool = pool_new();
	const char *name = pool_printf(pool, "%s.lock", path);
	int rc = 0;
	s->lock_fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (s->lock_fd < 0) {
		int why = errno;
		rc = err_set(e, why == ENOSPC ? -ENOSPC : -EIO, "cannot open %s: %s", name,
			strerror(why));
	} else if (flock(s->lock_fd, LOCK_EX | LOCK_NB) != 0) {
		rc = err_set(e, -EBUSY, "%s is in use by another process: stop it first", path);
	}
	pool_free(pool);
	return rc;
}

static int count_pages(void *data, sqlite3 *db, const char *name, int pages)
{
	(void)db;
	(void)name;
	struct store *s = data;
	s->journal_pages = pages;
	return SQLITE_OK;
}

int store_exec(struct store *s, const char *sql, struct err *e)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : store_fail(s, e);
}

static int open_database(struct store *s, const struct store_settings *settings, struct err *e)
{
	/* The record holds addresses: for the hub's user alone. */
	mode_t old = umask(0077);
	int rc = sqlite3_open_v2(settings->path, &s->db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc != SQLITE_OK) {
		(void)umask(old);
		return store_fail(s, e);
	}
	(void)sqlite3_extended_result_codes(s->db, 1);
	(void)sqlite3_busy_timeout(s->db, settings->busy_timeout_ms);
	rc = store_exec(s, settings_sql, e);
	(void)sqlite3_wal_hook(s->db, count_pages, s);
	if (rc == 0) {
		rc = store_migrate(s, e);
	}
	(void)umask(old);
	return rc;
}

int store_open(const struct store_settings *settings, struct store **out, struct err *e)
{
	struct store *s = mem_new(sizeof(*s));
	s->lock_fd = -1;
	s->now = WALL_TIME_NONE;
	s->states = state_cache_new();
	int rc = take_lock(s, settings->path, e);
	if (rc == 0) {
		rc = open_database(s, settings, e);
	}
	if (rc != 0) {
		(void)err_prefix(e, "store %s: ", settings->path);
		store_close(s);
		return rc;
	}
	*out = s;
	return 0;
}

void store_close(struct store *s)
{
	if (!s) {
		return;
	}
	for (size_t i = 0; i < SQL_COUNT; i++) {
		(void)sqlite3_finalize(s->statements[i]);
	}
	(void)sqlite3_close(s->db);
	if (s->lock_fd >= 0) {
		(void)close(s->lock_fd);
	}
	state_cache_free(s->states);
	free(s);
}

static int begin(struct store *s, bool unsynced, struct err *e)
{
	if (s->unsynced != unsynced) {
		int rc = store_exec(s,
			unsynced ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL", e);
		if (rc) {
			return rc;
		}
		s->unsynced = unsynced;
	}
	int rc = store_run(s, SQL_BEGIN, e, "");
	return rc < 0 ? rc : 0;
}

int store_begin(struct store *s, struct err *e)
{
	return begin(s, false, e);
}

int store_begin_unsynced(struct store *s, struct err *e)
{
	return begin(s, true, e);
}

int store_commit(struct store *s, struct err *e)
{
	int rc = store_run(s, SQL_COMMIT, e, "");
	return rc < 0 ? rc : 0;
}

void store_rollback(struct store *s)
{
	struct err ignored;
	state_cache_drop(s->states);
	/* After a full disk SQLite may have rolled back by itself. */
	if (!sqlite3_get_autocommit(s->db)) {
		(void)store_run(s, SQL_ROLLBACK, &ignored, "");
	}
}

void store_tidy(struct store *s, int pages)
{
	if (s->journal_pages < pages) {
		return;
	}
	/* A reader outside (sqlite3's own tools) may hold a part back; then the next call moves it.
	 */
	s->journal_pages = 0;
	(void)sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}
