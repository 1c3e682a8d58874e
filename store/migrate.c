/* SPDX-License-Identifier: Apache-2.0
 *
 * Forward-only migrations: schemas/sql/NNNN_*.sql in order, each in one transaction with the
 * version number it leads to. A file of a newer program, or of another one, is left alone.
 */
#include "store/store_private.h"

#include "base/log.h"

#include <errno.h>

extern const unsigned char store_sql_0001_bytes[];
extern const unsigned char store_sql_0002_bytes[];

/* The file leads from version N to N + 1; the bytes end with a zero. */
static const unsigned char *const migrations[] = {
	store_sql_0001_bytes,
	store_sql_0002_bytes,
};
enum { VERSION = sizeof(migrations) / sizeof(migrations[0]) };

/* "hans" in the file's header: file(1) and we can tell it from other SQLite files. */
enum { APPLICATION_ID = 0x68616E73 };

static int read_pragma(struct store *s, const char *sql, int64_t *out, struct err *e)
{
	sqlite3_stmt *q = NULL;
	int rc = sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) == SQLITE_OK ? 0 : store_fail(s, e);
	if (rc == 0 && sqlite3_step(q) != SQLITE_ROW) {
		rc = store_fail(s, e);
	}
	if (rc == 0) {
		*out = sqlite3_column_int64(q, 0);
	}
	(void)sqlite3_finalize(q);
	return rc;
}

static int check_file(struct store *s, int64_t *version, struct err *e)
{
	int64_t application = 0;
	int64_t objects = 0;
	int rc = read_pragma(s, "PRAGMA user_version", version, e);
	rc = rc ? rc : read_pragma(s, "PRAGMA application_id", &application, e);
	rc = rc ? rc : read_pragma(s, "SELECT count(*) FROM sqlite_schema", &objects, e);
	if (rc != 0) {
		return rc;
	}
	if (application != APPLICATION_ID && (application != 0 || objects > 0)) {
		return err_set(e, -EPROTO, "the file belongs to another program");
	}
	if (*version > VERSION) {
		return err_set(e, -EPROTO,
			"written by a newer version of hanshod (schema %lld, this program knows "
			"%d): install that version or restore an older backup",
			(long long)*version, VERSION);
	}
	return 0;
}

static int run_migration(struct store *s, int64_t from, struct err *e)
{
	char *finish =
		sqlite3_mprintf("PRAGMA application_id = %d; PRAGMA user_version = %lld; COMMIT",
			APPLICATION_ID, (long long)from + 1);
	int rc = finish ? store_exec(s, "BEGIN IMMEDIATE", e)
			: err_set(e, -EIO, "no memory for a migration");
	rc = rc ? rc : store_exec(s, (const char *)migrations[from], e);
	rc = rc ? rc : store_exec(s, finish, e);
	sqlite3_free(finish);
	if (rc != 0) {
		store_rollback(s);
		return err_prefix(e, "migration %04lld: ", (long long)from + 1);
	}
	log_info("store migrated", "version=%lld", (long long)from + 1);
	return 0;
}

int store_migrate(struct store *s, struct err *e)
{
	int64_t version = 0;
	int rc = check_file(s, &version, e);
	while (rc == 0 && version < VERSION) {
		rc = run_migration(s, version, e);
		version++;
	}
	return rc;
}
