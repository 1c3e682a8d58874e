/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything that hangs below an alert, for one page on a screen. Addresses are masked.
 */
#include "store/store_private.h"

#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What was asked for: an alert, one broadcast of it, or one delivery. */
struct scope {
	char alert[ALERT_ID_SIZE + 64];
	char broadcast[256]; /* "": all */
	char delivery[512];  /* "": all */
};

static int find_alert(struct store *s, const char *prefix, struct scope *scope, struct err *e)
{
	sqlite3_stmt *q = store_query(s, SQL_ALERT_FIND, e, "t", prefix);
	int rc = q ? store_step(s, q, e) : e->code;
	if (rc == 0) {
		return err_set(e, -ENOENT, "no alert, broadcast or delivery %s", prefix);
	}
	if (rc < 0) {
		return rc;
	}
	(void)snprintf(scope->alert, sizeof(scope->alert), "%s", store_text(q, 0));
	bool whole = strcmp(scope->alert, prefix) == 0;
	rc = store_step(s, q, e);
	if (rc == 1) {
		store_done(q);
		rc = whole ? 0
			   : err_set(e, -ENOENT, "several alerts begin with %s: give more digits",
				     prefix);
	}
	return rc;
}

/* "<alert>.<n>/<channel>", "<alert>.<n>" or (the beginning of) "<alert>". */
static int parse_scope(struct store *s, const char *id, struct scope *scope, struct err *e)
{
	*scope = (struct scope){.alert = ""};
	size_t broadcast = strcspn(id, "/");
	size_t alert = strcspn(id, "./");
	if (alert == 0 || strlen(id) >= sizeof(scope->delivery) ||
		broadcast >= sizeof(scope->broadcast)) {
		return err_set(e, -ENOENT, "no alert, broadcast or delivery %s", id);
	}
	char prefix[sizeof(scope->broadcast)];
	(void)snprintf(prefix, sizeof(prefix), "%.*s", (int)alert, id);
	int rc = find_alert(s, prefix, scope, e);
	if (rc == 0 && id[alert] != '\0') {
		(void)snprintf(scope->broadcast, sizeof(scope->broadcast), "%s%.*s", scope->alert,
			(int)(broadcast - alert), id + alert);
	}
	if (rc == 0 && id[broadcast] != '\0') {
		(void)snprintf(scope->delivery, sizeof(scope->delivery), "%s%s", scope->broadcast,
			id + broadcast);
	}
	return rc;
}

/* Puts the rows of one query under a name. */
static int put_rows(
	struct store *s, json_t *object, const char *name, sqlite3_stmt *q, struct err *e)
{
	json_t *rows = store_rows_json(s, q, e);
	json_put(object, name, rows);
	return rows ? 0 : e->code;
}

static int fill_delivery(struct store *s, json_t *object, struct err *e)
{
	int64_t seq = json_int(object, "seq", 0);
	(void)json_object_del(object, "seq");
	int rc = put_rows(s, object, "batches", store_query(s, SQL_SHOW_BATCHES, e, "i", seq), e);
	/* "targets" is the number in lists; here the rows stand under that name. */
	json_put_int(object, "target_count", json_int(object, "targets", -1));
	rc = rc ? rc
		: put_rows(s, object, "targets", store_query(s, SQL_SHOW_TARGETS, e, "i", seq), e);
	rc = rc ? rc
		: put_rows(
			  s, object, "receipts", store_query(s, SQL_SHOW_RECEIPTS, e, "i", seq), e);
	sqlite3_stmt *q = rc ? NULL : store_query(s, SQL_SHOW_LEFT_OUT, e, "i", seq);
	if (!q || store_step(s, q, e) != 1) {
		return e->code;
	}
	json_t *left_out = store_row_json(q);
	store_done(q);
	(void)json_object_update(object, left_out);
	json_decref(left_out);
	return 0;
}

static int fill_broadcast(struct store *s, json_t *object, const struct scope *scope, struct err *e)
{
	const char *id = json_text(object, "id", "");
	int rc = put_rows(s, object, "deliveries",
		store_query(s, SQL_SHOW_DELIVERIES, e, "tt", id, scope->delivery), e);
	json_t *list = json_object_get(object, "deliveries");
	for (size_t i = 0; rc == 0 && i < json_array_size(list); i++) {
		rc = fill_delivery(s, json_array_get(list, i), e);
	}
	return rc;
}

static int fill_alert(struct store *s, json_t *page, const struct scope *scope, struct err *e)
{
	sqlite3_stmt *q = store_query(s, SQL_SHOW_ALERT, e, "t", scope->alert);
	int rc = q ? store_step(s, q, e) : e->code;
	if (rc != 1) {
		return rc < 0 ? rc : err_set(e, -ENOENT, "no alert %s", scope->alert);
	}
	json_t *alert = store_row_json(q);
	store_done(q);
	json_put(page, "alert", alert);
	rc = put_rows(
		s, alert, "sightings", store_query(s, SQL_SHOW_SIGHTINGS, e, "t", scope->alert), e);
	return rc ? rc
		  : put_rows(s, page, "broadcasts",
			    store_query(s, SQL_SHOW_BROADCASTS, e, "tt", scope->alert,
				    scope->broadcast),
			    e);
}

static int check_found(const json_t *broadcasts, const struct scope *scope, struct err *e)
{
	if (scope->broadcast[0] != '\0' && json_array_size(broadcasts) == 0) {
		return err_set(e, -ENOENT, "no broadcast %s", scope->broadcast);
	}
	const json_t *first = json_array_get(broadcasts, 0);
	if (scope->delivery[0] != '\0' &&
		json_array_size(json_object_get(first, "deliveries")) == 0) {
		return err_set(e, -ENOENT, "no delivery %s", scope->delivery);
	}
	return 0;
}

json_t *store_show(struct store *s, const char *id, struct err *e)
{
	struct scope scope;
	if (parse_scope(s, id, &scope, e) != 0) {
		return NULL;
	}
	json_t *page = json_object();
	int rc = fill_alert(s, page, &scope, e);
	json_t *broadcasts = json_object_get(page, "broadcasts");
	for (size_t i = 0; rc == 0 && i < json_array_size(broadcasts); i++) {
		rc = fill_broadcast(s, json_array_get(broadcasts, i), &scope, e);
	}
	rc = rc ? rc : check_found(broadcasts, &scope, e);
	if (rc != 0) {
		json_decref(page);
		return NULL;
	}
	return page;
}
