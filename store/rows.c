/* SPDX-License-Identifier: Apache-2.0
 *
 * Statements, their parameters and rows, and what the database's errors mean to the hub.
 */
#include "store/store_private.h"

#include "base/json.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int store_fail(struct store *s, struct err *e)
{
	int code = sqlite3_extended_errcode(s->db);
	int system = sqlite3_system_errno(s->db);
	switch (code & 0xFF) {
	case SQLITE_FULL:
		return err_set(e, -ENOSPC, "the disk is full: make room on it");
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(e, -EBUSY, "another process has the database locked");
	case SQLITE_IOERR:
		/* A file size limit or a quota is a full disk to whoever must act. */
		if (system == ENOSPC || system == EDQUOT || system == EFBIG) {
			return err_set(e, -ENOSPC, "the disk is full: %s", strerror(system));
		}
		return err_set(e, -EIO, "the disk failed: %s (%s)", sqlite3_errmsg(s->db),
			strerror(system));
	default:
		return err_set(e, -EIO, "%s (SQLite %d)", sqlite3_errmsg(s->db), code);
	}
}

static sqlite3_stmt *prepared(struct store *s, enum store_sql sql, struct err *e)
{
	sqlite3_stmt **slot = &s->statements[sql];
	if (!*slot && sqlite3_prepare_v3(s->db, store_sql_text(sql), -1, SQLITE_PREPARE_PERSISTENT,
			      slot, NULL) != SQLITE_OK) {
		(void)store_fail(s, e);
		return NULL;
	}
	assert(!sqlite3_stmt_busy(*slot)); /* a callback came back into its own query */
	return *slot;
}

static int bind_time(sqlite3_stmt *q, int index, struct wall_time t)
{
	return wall_time_is_none(t) ? sqlite3_bind_null(q, index)
				    : sqlite3_bind_int64(q, index, t.ms);
}

static int bind_blob(sqlite3_stmt *q, int index, const void *data, size_t size)
{
	return size == 0 ? sqlite3_bind_zeroblob(q, index, 0)
			 : sqlite3_bind_blob64(q, index, data, size, SQLITE_STATIC);
}

static sqlite3_stmt *bind(
	struct store *s, enum store_sql sql, struct err *e, const char *types, va_list args)
{
	sqlite3_stmt *q = prepared(s, sql, e);
	int rc = SQLITE_OK;
	int index = 1;
	for (; q && *types && rc == SQLITE_OK; types++, index++) {
		switch (*types) {
		case 't':
			rc = sqlite3_bind_text(
				q, index, va_arg(args, const char *), -1, SQLITE_STATIC);
			break;
		case 'i':
			rc = sqlite3_bind_int64(q, index, va_arg(args, int64_t));
			break;
		case 'd':
			rc = sqlite3_bind_int64(q, index, va_arg(args, int));
			break;
		case 'w':
			rc = bind_time(q, index, va_arg(args, struct wall_time));
			break;
		case 'b': {
			const void *data = va_arg(args, const void *);
			rc = bind_blob(q, index, data, va_arg(args, size_t));
			break;
		}
		default:
			assert(0 && "unknown parameter type");
		}
	}
	if (q && rc != SQLITE_OK) {
		(void)store_fail(s, e);
		return NULL;
	}
	assert(!q || index - 1 == sqlite3_bind_parameter_count(q));
	return q;
}

sqlite3_stmt *store_query(
	struct store *s, enum store_sql sql, struct err *e, const char *types, ...)
{
	va_list args;
	va_start(args, types);
	sqlite3_stmt *q = bind(s, sql, e, types, args);
	va_end(args);
	return q;
}

int store_step(struct store *s, sqlite3_stmt *q, struct err *e)
{
	int rc = sqlite3_step(q);
	if (rc == SQLITE_ROW) {
		return 1;
	}
	rc = rc == SQLITE_DONE ? 0 : store_fail(s, e);
	(void)sqlite3_reset(q);
	return rc;
}

void store_done(sqlite3_stmt *q)
{
	(void)sqlite3_reset(q);
}

int store_run(struct store *s, enum store_sql sql, struct err *e, const char *types, ...)
{
	va_list args;
	va_start(args, types);
	sqlite3_stmt *q = bind(s, sql, e, types, args);
	va_end(args);
	if (!q) {
		return e->code;
	}
	int rc = store_step(s, q, e);
	assert(rc <= 0);
	return rc < 0 ? rc : sqlite3_changes(s->db);
}

int store_read_int(
	struct store *s, enum store_sql sql, int64_t *out, struct err *e, const char *types, ...)
{
	va_list args;
	va_start(args, types);
	sqlite3_stmt *q = bind(s, sql, e, types, args);
	va_end(args);
	if (!q) {
		return e->code;
	}
	int rc = store_step(s, q, e);
	if (rc == 1) {
		*out = sqlite3_column_int64(q, 0);
		store_done(q);
	}
	return rc;
}

const char *store_text(sqlite3_stmt *q, int column)
{
	const char *text = (const char *)sqlite3_column_text(q, column);
	return text ? text : "";
}

struct wall_time store_time(sqlite3_stmt *q, int column)
{
	if (sqlite3_column_type(q, column) == SQLITE_NULL) {
		return WALL_TIME_NONE;
	}
	return (struct wall_time){.ms = sqlite3_column_int64(q, column)};
}

/* "ta***@example.jp", "09***34": enough for staff to recognise, too little to use. */
static json_t *masked(const char *address)
{
	size_t size = strlen(address);
	const char *at = strchr(address, '@');
	char out[300];
	if (size == 0) {
		return json_string("");
	}
	size_t keep = utf8_cut(address, size, at && at - address < 2 ? (size_t)(at - address) : 2);
	const char *tail = at ? at : "";
	if (!at && size >= 7 && (unsigned char)address[size - 1] < 0x80 &&
		(unsigned char)address[size - 2] < 0x80) {
		tail = address + size - 2;
	}
	int length = snprintf(out, sizeof(out), "%.*s***%s", (int)keep, address, tail);
	size_t used = length < 0 ? 0 : (size_t)length;
	if (used >= sizeof(out)) {
		used = utf8_cut(out, sizeof(out) - 1, sizeof(out) - 1);
	}
	return json_stringn(out, used);
}

static json_t *time_json(struct wall_time t)
{
	char text[WALL_TIME_TEXT_SIZE];
	return json_string(wall_time_format(t, CLOCK_JST_OFFSET_MINUTES, text));
}

static json_t *column_json(sqlite3_stmt *q, int i, char kind)
{
	if (sqlite3_column_type(q, i) == SQLITE_NULL) {
		return NULL;
	}
	struct err ignored;
	switch (kind) {
	case '@':
		/* The far end of time stands for "never". */
		return sqlite3_column_int64(q, i) == INT64_MAX ? NULL : time_json(store_time(q, i));
	case '?':
		return json_boolean(sqlite3_column_int64(q, i) != 0);
	case '{':
		return json_read(store_text(q, i), (size_t)sqlite3_column_bytes(q, i), &ignored);
	case '*':
		return masked(store_text(q, i));
	case '%':
		return strchr(store_text(q, i), '@') ? masked(store_text(q, i))
						     : json_string(store_text(q, i));
	default:
		break;
	}
	if (sqlite3_column_type(q, i) == SQLITE_INTEGER) {
		return json_integer(sqlite3_column_int64(q, i));
	}
	return json_string(store_text(q, i));
}

json_t *store_row_json(sqlite3_stmt *q)
{
	json_t *object = json_object();
	for (int i = 0; i < sqlite3_column_count(q); i++) {
		const char *name = sqlite3_column_name(q, i);
		size_t size = strlen(name);
		char kind = name[size - 1];
		if (!strchr("@?{*%", kind)) {
			kind = '\0';
		}
		char key[64];
		(void)snprintf(key, sizeof(key), "%.*s", (int)(kind ? size - 1 : size), name);
		json_put(object, key, column_json(q, i, kind));
	}
	return object;
}

json_t *store_rows_json(struct store *s, sqlite3_stmt *q, struct err *e)
{
	if (!q) {
		return NULL;
	}
	json_t *list = json_array();
	int rc;
	while ((rc = store_step(s, q, e)) == 1) {
		(void)json_array_append_new(list, store_row_json(q));
	}
	if (rc < 0) {
		json_decref(list);
		return NULL;
	}
	return list;
}
