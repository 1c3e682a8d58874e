/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/verbs.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "dispatcher/channel.h"
#include "dispatcher/control.h"
#include "dispatcher/feeds.h"
#include "dispatcher/hazards.h"
#include "dispatcher/hub.h"
#include "dispatcher/turn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LIST_DEFAULT = 50,
	LIST_LIMIT = 10000,
	IMPORT_STAGES = 3,
	DEVICE_SILENT_MS = 180 * 1000, /* three heartbeats of 60 s */
};

static int limit_of(const json_t *args)
{
	int64_t limit = json_int(args, "limit", LIST_DEFAULT);
	return (int)(limit < 1 ? 1 : limit > LIST_LIMIT ? LIST_LIMIT : limit);
}

static int give(json_t *value, json_t **result, const struct err *e)
{
	*result = value;
	return value ? 0 : e->code;
}

/* ---- reading ---- */

static json_t *device_summary(struct hub *hub, struct err *e)
{
	json_t *devices = store_list_devices(hub->store, e);
	if (!devices) {
		return NULL;
	}
	struct wall_time now = clock_wall_now();
	int64_t silent = 0;
	json_t *names = json_array();
	size_t i;
	json_t *device;
	json_array_foreach(devices, i, device)
	{
		const json_t *state = json_object_get(device, "state");
		bool offline = strcmp(json_text(state, "online", ""), "no") == 0 ||
			       !json_flag(state, "online", true);
		const char *text = json_text(device, "seen", "");
		struct wall_time seen = {.ms = 0};
		(void)wall_time_parse(text, strlen(text), &seen, NULL);
		if (offline || now.ms - seen.ms > DEVICE_SILENT_MS) {
			silent++;
			if (json_array_size(names) < 20) {
				(void)json_array_append(names, json_object_get(device, "device"));
			}
		}
	}
	json_t *summary = json_object();
	json_put_int(summary, "known", (int64_t)json_array_size(devices));
	json_put_int(summary, "silent", silent);
	json_put(summary, "silent_names", names);
	json_decref(devices);
	return summary;
}

/* A row whose time is over is kept against older telegrams, but it is no longer in force. */
static json_t *list_in_force(struct hub *hub, struct err *e)
{
	json_t *rows = store_state_list(hub->store, e);
	struct wall_time now = clock_wall_now();
	for (size_t i = json_array_size(rows); i-- > 0;) {
		const char *text = json_text(json_array_get(rows, i), "expires", "");
		struct wall_time expires = WALL_TIME_NONE;
		if (wall_time_parse(text, strlen(text), &expires, NULL) == 0 &&
			expires.ms <= now.ms) {
			(void)json_array_remove(rows, i);
			continue;
		}
		json_t *row = json_array_get(rows, i);
		const struct municipality *town =
			config_municipality(hub->config, json_text(row, "municipality", ""));
		json_put_text(row, "municipality_name", town ? town->name : NULL);
	}
	return rows;
}

static int run_status(const struct verb_call *call, json_t **result, struct err *e)
{
	struct hub *hub = call->hub;
	json_t *status = json_object();
	char text[WALL_TIME_TEXT_SIZE];
	json_put_text(status, "site", hub->config->site);
	json_put_text(status, "version", HANSHO_VERSION);
	json_put_text(
		status, "now", wall_time_format(clock_wall_now(), CLOCK_JST_OFFSET_MINUTES, text));
	json_put_text(
		status, "started", wall_time_format(hub->started, CLOCK_JST_OFFSET_MINUTES, text));
	json_put(status, "health", hub_health(hub));
	json_put(status, "feeds", feeds_status(hub->feeds));
	json_t *channels = json_array();
	for (size_t i = 0; i < hub->channel_count; i++) {
		(void)json_array_append_new(channels, channel_status(hub->channels[i]));
	}
	json_put(status, "channels", channels);
	json_t *parts[] = {list_in_force(hub, e), store_totals(hub->store, e),
		store_queue_list(hub->store, 20, e), device_summary(hub, e),
		store_alarm_list(hub->store, false, 20, e)};
	static const char *const names[] = {"in_force", "totals", "queue", "devices", "alarms"};
	bool whole = true;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		whole &= parts[i] != NULL;
		json_put(status, names[i], parts[i]);
	}
	json_put(status, "hazards", hazards_status(hub, json_object_get(status, "in_force")));
	if (!whole) {
		json_decref(status);
		return e->code;
	}
	*result = status;
	return 0;
}

static int run_health(const struct verb_call *call, json_t **result, struct err *e)
{
	return give(hub_health(call->hub), result, e);
}

static int run_alerts(const struct verb_call *call, json_t **result, struct err *e)
{
	return give(store_alert_list(call->hub->store, limit_of(call->args), e), result, e);
}

static int run_alarms(const struct verb_call *call, json_t **result, struct err *e)
{
	bool all = json_flag(call->args, "all", false);
	return give(store_alarm_list(call->hub->store, all, limit_of(call->args), e), result, e);
}

static int run_show(const struct verb_call *call, json_t **result, struct err *e)
{
	const char *id;
	int rc = json_need_text(call->args, "id", &id, e);
	return rc ? rc : give(store_show(call->hub->store, id, e), result, e);
}

static int run_queue(const struct verb_call *call, json_t **result, struct err *e)
{
	return give(store_queue_list(call->hub->store, limit_of(call->args), e), result, e);
}

static int run_log(const struct verb_call *call, json_t **result, struct err *e)
{
	return give(store_log_list(call->hub->store, json_text(call->args, "id", ""),
			    limit_of(call->args), e),
		result, e);
}

static int run_verify_log(const struct verb_call *call, json_t **result, struct err *e)
{
	int rc = store_verify_log(call->hub->store, e);
	*result = rc ? NULL : json_pack("{s:b}", "whole", 1);
	return rc;
}

static int run_devices(const struct verb_call *call, json_t **result, struct err *e)
{
	return give(store_list_devices(call->hub->store, e), result, e);
}

static int run_recipients_count(const struct verb_call *call, json_t **result, struct err *e)
{
	const char *list = json_text(call->args, "list", "");
	int64_t count = store_count_recipients(call->hub->store, list, e);
	if (count < 0) {
		return (int)count;
	}
	*result = json_pack("{s:s,s:I}", "list", list, "count", (json_int_t)count);
	return 0;
}

static int run_recipients_list(const struct verb_call *call, json_t **result, struct err *e)
{
	const char *list;
	int rc = json_need_text(call->args, "list", &list, e);
	return rc ? rc
		  : give(store_list_recipients(call->hub->store, list,
				 json_text(call->args, "after", ""), limit_of(call->args), e),
			    result, e);
}

/* ---- acting ---- */

struct act {
	const struct verb_call *call;
	const char *id;
	const char *detail;
	const char *op;
	int (*change)(struct hub *hub, const struct act *act, struct err *e);
	bool silent; /* part of an act whose end is what the record shows */
};

static int change_and_log(struct hub *hub, void *data, struct err *e)
{
	const struct act *act = data;
	int count = act->change(hub, act, e);
	if (count < 0 || act->silent) {
		return count;
	}
	int rc = store_log(hub->store, clock_wall_now(), act->call->person->name, act->op, act->id,
		act->detail, e);
	return rc ? rc : count;
}

/* Runs a change in its own transaction, with its line in the record, and wakes the channels. */
static int perform(const struct act *act, json_t **result, struct err *e)
{
	struct hub *hub = act->call->hub;
	int count = turn_run(hub->turn, change_and_log, (void *)act, e);
	if (count < 0) {
		return count;
	}
	log_info("staff", "who=%s op=%s id=%s count=%d", LOG_TEXT(act->call->person->name), act->op,
		LOG_TEXT(act->id), count);
	for (size_t i = 0; i < hub->channel_count; i++) {
		channel_wake(hub->channels[i]);
	}
	hub_tell(hub, json_pack("{s:s,s:s,s:s,s:s}", "event", "staff", "op", act->op, "id", act->id,
			      "who", act->call->person->name));
	control_settle(hub->control);
	*result = json_pack("{s:i}", "count", count);
	return 0;
}

static int change_retry(struct hub *hub, const struct act *act, struct err *e)
{
	return store_retry(hub->store, act->id, clock_wall_now(), e);
}

static int change_hold(struct hub *hub, const struct act *act, struct err *e)
{
	return store_hold(hub->store, act->id, act->detail, clock_wall_now(), e);
}

static int change_release(struct hub *hub, const struct act *act, struct err *e)
{
	return store_release(hub->store, act->id, clock_wall_now(), e);
}

static int change_resolve(struct hub *hub, const struct act *act, struct err *e)
{
	bool delivered = strcmp(act->detail, "delivered") == 0;
	return store_resolve(hub->store, act->id, json_text(act->call->args, "target", ""),
		delivered, clock_wall_now(), e);
}

static int run_change(const struct verb_call *call, const char *op,
	int (*change)(struct hub *, const struct act *, struct err *), const char *detail,
	json_t **result, struct err *e)
{
	struct act act = {.call = call, .op = op, .change = change, .detail = detail};
	int rc = json_need_text(call->args, "id", &act.id, e);
	return rc ? rc : perform(&act, result, e);
}

/* Somebody knows: it is not said again. What does not end by itself is over with that. */
static int change_ack(struct hub *hub, const struct act *act, struct err *e)
{
	int64_t id = 0;
	if (strcmp(act->id, "all") != 0) {
		char *end;
		id = strtoll(act->id, &end, 10);
		if (*end || id <= 0) {
			return err_set(e, -EINVAL, "\"%s\" is no number of an alarm", act->id);
		}
	}
	int count = store_alarm_ack(hub->store, id, act->call->person->name, clock_wall_now(), e);
	return count == 0 && id ? err_set(e, -ENOENT, "no open alarm %s", act->id) : count;
}

static int run_ack(const struct verb_call *call, json_t **result, struct err *e)
{
	return run_change(call, "ack", change_ack, "", result, e);
}

static int run_retry(const struct verb_call *call, json_t **result, struct err *e)
{
	return run_change(call, "retry", change_retry, "", result, e);
}

static int run_hold(const struct verb_call *call, json_t **result, struct err *e)
{
	return run_change(
		call, "hold", change_hold, json_text(call->args, "reason", ""), result, e);
}

static int run_release(const struct verb_call *call, json_t **result, struct err *e)
{
	return run_change(call, "release", change_release, "", result, e);
}

static int run_resolve(const struct verb_call *call, json_t **result, struct err *e)
{
	const char *as = json_text(call->args, "as", "");
	if (strcmp(as, "delivered") != 0 && strcmp(as, "failed") != 0) {
		return err_set(e, -EINVAL, "member \"as\" must be \"delivered\" or \"failed\"");
	}
	return run_change(call, "resolve", change_resolve, as, result, e);
}

/* ---- recipients ---- */

/* A member of another type would be dropped in silence, and "no areas" means "all areas". */
static int check_row(json_t *row, struct err *e)
{
	const char *key;
	json_t *value;
	if (!json_is_object(row)) {
		return err_set(e, -EINVAL, "a recipient is an object");
	}
	json_object_foreach(row, key, value)
	{
		if (!json_is_string(value)) {
			return err_set(e, -EINVAL, "member \"%.40s\" is not a text", key);
		}
	}
	return 0;
}

static int put_rows(struct hub *hub, const char *list, const json_t *rows, struct err *e)
{
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row)
	{
		if (check_row(row, e)) {
			return err_prefix(e, "row %zu: ", i + 1);
		}
		struct store_recipient r = {
			.id = json_text(row, "id", ""),
			.address = json_text(row, "address", ""),
			.lang = json_text(row, "lang", ""),
			.name = json_text(row, "name", ""),
			.categories = json_text(row, "categories", ""),
			.areas = json_text(row, "areas", ""),
		};
		int rc = store_put_recipient(hub->store, list, &r, e);
		if (rc) {
			return err_prefix(e, "row %zu: ", i + 1);
		}
	}
	return (int)json_array_size(rows);
}

/* An import comes in parts into a list of its own and takes effect with the last one: all or
 * nothing, however long it is. */
static int change_import(struct hub *hub, const struct act *act, struct err *e)
{
	const json_t *args = act->call->args;
	const char *stage = act->detail;
	char staging[256];
	(void)snprintf(staging, sizeof(staging), ".import/%.200s", act->id);
	if (strcmp(stage, "begin") == 0) {
		return store_clear_recipients(hub->store, staging, e);
	}
	int count = put_rows(hub, staging, json_object_get(args, "rows"), e);
	if (count < 0 || strcmp(stage, "end") != 0) {
		return count;
	}
	return store_adopt_recipients(
		hub->store, staging, act->id, json_flag(args, "replace", false), e);
}

static int run_recipients_import(const struct verb_call *call, json_t **result, struct err *e)
{
	static const char *const stages[IMPORT_STAGES] = {"begin", "rows", "end"};
	struct act act = {
		.call = call,
		.op = "recipients_import",
		.change = change_import,
		.detail = json_text(call->args, "stage", ""),
	};
	act.silent = strcmp(act.detail, "end") != 0;
	int rc = json_need_text(call->args, "list", &act.id, e);
	if (rc) {
		return rc;
	}
	if (act.id[0] == '\0' || act.id[0] == '.') {
		return err_set(e, -EINVAL, "\"%s\" is no name for a list", act.id);
	}
	for (size_t i = 0; i < IMPORT_STAGES; i++) {
		if (strcmp(stages[i], act.detail) == 0) {
			return perform(&act, result, e);
		}
	}
	return err_set(e, -EINVAL, "member \"stage\" must be begin, rows or end");
}

const struct verb verb_table[] = {
	{"status", ROLE_VIEWER, run_status},
	{"health", ROLE_VIEWER, run_health},
	{"alerts", ROLE_VIEWER, run_alerts},
	{"show", ROLE_VIEWER, run_show},
	{"queue", ROLE_VIEWER, run_queue},
	{"log", ROLE_VIEWER, run_log},
	{"devices", ROLE_VIEWER, run_devices},
	{"verify_log", ROLE_VIEWER, run_verify_log},
	{"alarms", ROLE_VIEWER, run_alarms},
	{"ack", ROLE_OPERATOR, run_ack},
	{"retry", ROLE_OPERATOR, run_retry},
	{"hold", ROLE_OPERATOR, run_hold},
	{"release", ROLE_OPERATOR, run_release},
	{"resolve", ROLE_OPERATOR, run_resolve},
	{"recipients_count", ROLE_VIEWER, run_recipients_count},
	{"recipients_list", ROLE_ADMIN, run_recipients_list},
	{"recipients_import", ROLE_ADMIN, run_recipients_import},
	{NULL, ROLE_NONE, NULL},
};

const struct verb *verb_find(const char *op)
{
	for (const struct verb *v = verb_table; v->op; v++) {
		if (strcmp(v->op, op) == 0) {
			return v;
		}
	}
	return NULL;
}
