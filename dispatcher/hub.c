/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/hub.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "dispatcher/alarms.h"
#include "dispatcher/channel.h"
#include "dispatcher/control.h"
#include "dispatcher/feeds.h"
#include "dispatcher/http.h"
#include "dispatcher/metrics.h"
#include "dispatcher/texts.h"
#include "dispatcher/turn.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

enum {
	TICK_MS = 1000,
	TIDY_PAGES = 100,
	STOP_LIMIT_MS = 10000,
	BUSY_TIMEOUT_MS = 200,
	STRANDED_TICKS = 60,
	DISK_TICKS = 60,
	DISK_LEAST_MIB = 256,  /* then staff have time to act before nothing can be accepted */
	CLOCK_JUMP_MS = 60000, /* chrony slews less than this between two ticks */
};

struct channel *hub_channel(const struct hub *hub, const char *name)
{
	for (size_t i = 0; i < hub->channel_count; i++) {
		if (strcmp(channel_config_of(hub->channels[i])->name, name) == 0) {
			return hub->channels[i];
		}
	}
	return NULL;
}

int hub_find_program(
	const struct hub *hub, const char *program, char *out, size_t capacity, struct err *e)
{
	char tried[1024] = "";
	size_t at = 0;
	for (size_t i = 0; i <= hub->config->driver_dirs.count; i++) {
		const char *dir = i == 0 ? hub->program_dir : hub->config->driver_dirs.list[i - 1];
		int size = snprintf(out, capacity, "%s/%s", dir, program);
		if (size > 0 && (size_t)size < capacity && access(out, X_OK) == 0) {
			return 0;
		}
		int more = snprintf(tried + at, sizeof(tried) - at, " %s", dir);
		at += more > 0 && (size_t)more < sizeof(tried) - at ? (size_t)more : 0;
	}
	return err_set(e, -ENOENT, "no program %s; looked in%s (see driver_dirs)", program, tried);
}

void hub_tell(struct hub *hub, json_t *event)
{
	if (!event) { /* a text in it was no UTF-8: nothing to show, no reason to fall */
		log_error("an event could not be told", "reason=\"not UTF-8\"");
		return;
	}
	if (hub->control) {
		control_tell(hub->control, event);
	}
	json_decref(event);
}

json_t *hub_health(const struct hub *hub)
{
	json_t *reasons = json_array();
	const char *state = "ok";
	const char *store = turn_store_fault(hub->turn);
	if (store) {
		(void)json_array_append_new(reasons, json_sprintf("store: %s", store));
		state = "down";
	}
	const char *feeds = feeds_fault(hub->feeds);
	if (feeds) {
		(void)json_array_append_new(reasons, json_sprintf("feeds: %s", feeds));
		state = store ? state : "degraded";
	}
	size_t k;
	json_t *name;
	json_array_foreach(hub->stranded, k, name)
	{
		(void)json_array_append_new(
			reasons, json_sprintf("channel %s: not configured, but it has deliveries",
					 json_string_value(name)));
		state = store ? state : "degraded";
	}
	for (size_t i = 0; i < hub->channel_count; i++) {
		const char *fault = channel_fault(hub->channels[i]);
		if (fault) {
			(void)json_array_append_new(
				reasons, json_sprintf("channel %s: %s",
						 channel_config_of(hub->channels[i])->name, fault));
			state = store ? state : "degraded";
		}
	}
	return json_pack("{s:s,s:o}", "state", state, "reasons", reasons);
}

/* ---- ticking ---- */

static int expire(struct hub *hub, void *data, struct err *e)
{
	(void)data;
	return store_expire(hub->store, clock_wall_now(), e);
}

/* Nobody works on these: they end at their deadline, and until then staff should know. */
static void find_stranded(struct hub *hub)
{
	struct err e = {0};
	json_t *names = store_list_channels(hub->store, &e);
	for (size_t i = json_array_size(names); i-- > 0;) {
		const char *name = json_string_value(json_array_get(names, i));
		if (hub_channel(hub, name)) {
			(void)json_array_remove(names, i);
		} else if (!hub->stranded) {
			log_error("deliveries without a channel",
				"channel=%s reason=\"it is not configured or not enabled\"", name);
		}
	}
	if (names) {
		json_decref(hub->stranded);
		hub->stranded = names;
	}
}

static void notify_systemd(struct hub *hub)
{
	json_t *health = hub_health(hub);
	const json_t *first = json_array_get(json_object_get(health, "reasons"), 0);
	(void)sd_notifyf(0, "WATCHDOG=1\nSTATUS=%s%s%.200s", json_text(health, "state", ""),
		first ? ": " : "", first ? json_string_value(first) : "");
	json_decref(health);
}

static void watch_disk(struct hub *hub)
{
	struct statvfs disk;
	if (statvfs(hub->config->state_dir, &disk) != 0) {
		return;
	}
	uint64_t free_mib = (uint64_t)disk.f_bavail * disk.f_frsize / (1024 * 1024);
	bool low = free_mib < DISK_LEAST_MIB;
	if (low && !hub->disk_low) {
		char text[64];
		(void)snprintf(
			text, sizeof(text), "%llu MiB are free", (unsigned long long)free_mib);
		log_error("disk is nearly full", "folder=%s free_mib=%llu",
			LOG_TEXT(hub->config->state_dir), (unsigned long long)free_mib);
		alarm_raise(hub->alarms, ALARM_DISK_LOW, "state_dir", text);
	} else if (!low) {
		alarm_end(hub->alarms, ALARM_DISK_LOW, "state_dir");
	}
	hub->disk_low = low;
}

static int hasten(struct hub *hub, void *data, struct err *e)
{
	const struct wall_time *now = data;
	return store_hasten_retries(hub->store, *now, e);
}

/* Retries are kept as wall time, so that they survive a restart. A clock that was set back would
 * put them off by as much: then all that wait are tried now. */
static void watch_clock(struct hub *hub)
{
	struct wall_time now = clock_wall_now();
	int64_t offset_ms = now.ms - clock_mono_now().ms;
	int64_t jump_ms = hub->ticks == 0 ? 0 : offset_ms - hub->clock_offset_ms;
	hub->clock_offset_ms = offset_ms;
	if (jump_ms < CLOCK_JUMP_MS && jump_ms > -CLOCK_JUMP_MS) {
		return;
	}
	char text[64];
	(void)snprintf(text, sizeof(text), "by %lld seconds", (long long)jump_ms / 1000);
	log_error("the clock jumped", "seconds=%lld", (long long)jump_ms / 1000);
	alarm_raise(hub->alarms, ALARM_CLOCK, "clock", text);
	struct err e = {0};
	if (jump_ms < 0 && turn_run(hub->turn, hasten, &now, &e) < 0) {
		log_error("retries stay late", "reason=%s", LOG_TEXT(e.text));
	}
	for (size_t i = 0; i < hub->channel_count; i++) {
		channel_wake(hub->channels[i]);
	}
}

static void on_tick(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	struct hub *hub = data;
	struct err e = {0};
	feeds_tick(hub->feeds);
	int expired = turn_run(hub->turn, expire, NULL, &e);
	if (expired > 0) {
		log_error("expired undelivered", "targets=%d", expired);
		hub_tell(hub, json_pack("{s:s,s:i}", "event", "expired", "targets", expired));
		alarm_raise(hub->alarms, ALARM_EXPIRED, "queue", "see hansho queue and hansho log");
		control_settle(hub->control);
	} else if (expired < 0 && !turn_store_fault(hub->turn)) {
		log_error("cannot end what is past its deadline", "reason=%s", LOG_TEXT(e.text));
	}
	if (json_array_size(hub->stranded) > 0 &&
		(expired > 0 || hub->ticks % STRANDED_TICKS == 0)) {
		find_stranded(hub);
	}
	if (hub->ticks % DISK_TICKS == 0) {
		watch_disk(hub);
	}
	watch_clock(hub);
	alarms_tick(hub->alarms);
	hub->ticks++;
	store_tidy(hub->store, TIDY_PAGES);
	turn_want(hub->turn); /* devices, and a store that has come back */
	notify_systemd(hub);
}

/* ---- life ---- */

static int open_store(struct hub *hub, struct err *e)
{
	int rc = dir_make(hub->config->state_dir, 0750, e);
	rc = rc ? rc : dir_make(hub->config->run_dir, 0755, e);
	if (rc) {
		return rc;
	}
	/* Staff reach the control socket here whatever the umask; what they may, their roles say.
	 */
	(void)chmod(hub->config->run_dir, 0755);
	char path[PATH_MAX];
	(void)snprintf(path, sizeof(path), "%s/hansho.db", hub->config->state_dir);
	struct store_settings settings = {.path = path, .busy_timeout_ms = BUSY_TIMEOUT_MS};
	return store_open(&settings, &hub->store, e);
}

static int recover(struct hub *hub, void *data, struct err *e)
{
	(void)data;
	int count = store_recover(hub->store, clock_wall_now(), e);
	if (count < 0) {
		return count;
	}
	char detail[64];
	(void)snprintf(detail, sizeof(detail), "targets of unknown outcome: %d", count);
	int rc = store_log(hub->store, clock_wall_now(), "hub", "start", "", detail, e);
	rc = rc ? rc : alarms_start(hub->alarms, e);
	return rc ? rc : count;
}

static int start_channels(struct hub *hub, struct err *e)
{
	hub->channels = mem_new_array(hub->config->channel_count, sizeof(struct channel *));
	for (size_t i = 0; i < hub->config->channel_count; i++) {
		const struct channel_config *config = &hub->config->channels[i];
		if (!config->enabled) {
			continue;
		}
		int rc = channel_new(hub, config, &hub->channels[hub->channel_count], e);
		if (rc) {
			return rc;
		}
		hub->channel_count++;
	}
	for (size_t i = 0; i < hub->channel_count; i++) {
		channel_start(hub->channels[i]);
	}
	return 0;
}

static int start_parts(struct hub *hub, struct err *e)
{
	int rc = open_store(hub, e);
	if (rc) {
		return rc;
	}
	hub->texts = texts_new(hub->store);
	hub->turn = turn_new(hub);
	hub->alarms = alarms_new(hub);
	int unknown = turn_run(hub->turn, recover, NULL, e);
	if (unknown < 0) {
		return unknown;
	}
	if (unknown > 0) {
		log_warning("recovered", "targets_unknown=%d", unknown);
	}
	rc = control_new(hub, &hub->control, e);
	rc = rc ? rc : http_new(hub, &hub->http, e);
	rc = rc ? rc : start_channels(hub, e);
	if (rc == 0) {
		find_stranded(hub);
	}
	return rc ? rc : feeds_new(hub, &hub->feeds, e);
}

int hub_start(struct config *config, const char *program_dir, struct hub **out, struct err *e)
{
	struct hub *hub = mem_new(sizeof(*hub));
	hub->config = config;
	hub->program_dir = program_dir;
	hub->started = clock_wall_now();
	hub->base = event_base_new();
	if (!hub->base || event_base_priority_init(hub->base, HUB_PRIORITIES) != 0) {
		abort();
	}
	hub->metrics = metrics_new();
	int rc = start_parts(hub, e);
	if (rc) {
		hub_free(hub);
		return rc;
	}
	hub->tick = event_new(hub->base, -1, EV_PERSIST, on_tick, hub);
	(void)event_priority_set(hub->tick, HUB_PRIORITY_TURN);
	struct timeval every = {.tv_sec = TICK_MS / 1000};
	(void)event_add(hub->tick, &every);
	*out = hub;
	return 0;
}

void hub_free(struct hub *hub)
{
	if (!hub) {
		return;
	}
	if (hub->tick) {
		event_free(hub->tick);
	}
	feeds_free(hub->feeds);
	for (size_t i = 0; i < hub->channel_count; i++) {
		channel_free(hub->channels[i]);
	}
	free(hub->channels);
	http_free(hub->http);
	control_free(hub->control);
	turn_free(hub->turn);
	alarms_free(hub->alarms);
	texts_free(hub->texts);
	metrics_free(hub->metrics);
	store_close(hub->store);
	json_decref(hub->stranded);
	event_base_free(hub->base);
	config_free(hub->config);
	free(hub);
}

static bool all_stopped(const struct hub *hub)
{
	for (size_t i = 0; i < hub->channel_count; i++) {
		if (!channel_stopped(hub->channels[i])) {
			return false;
		}
	}
	return feeds_stopped(hub->feeds);
}

static void on_signal(int number, short what, void *data)
{
	(void)what;
	struct hub *hub = data;
	if (hub->stopping) {
		return;
	}
	log_info("stopping", "signal=%d", number);
	(void)sd_notify(0, "STOPPING=1");
	hub->stopping = true;
	feeds_stop(hub->feeds);
	for (size_t i = 0; i < hub->channel_count; i++) {
		channel_stop(hub->channels[i]);
	}
}

/* Certificates end and are replaced by programs that then send this. The configuration is not read
 * again: a half-applied one is worse than an old one. */
static void on_hangup(int number, short what, void *data)
{
	(void)number;
	(void)what;
	struct hub *hub = data;
	log_warning("configuration not reloaded",
		"reason=\"restart hanshod to take up a changed one; certificates are read again\"");
	feeds_renew(hub->feeds);
}

int hub_run(struct hub *hub)
{
	struct event *term = evsignal_new(hub->base, SIGTERM, on_signal, hub);
	struct event *intr = evsignal_new(hub->base, SIGINT, on_signal, hub);
	struct event *hangup = evsignal_new(hub->base, SIGHUP, on_hangup, hub);
	(void)event_add(hangup, NULL);
	(void)event_add(term, NULL);
	(void)event_add(intr, NULL);
	log_info("started", "version=%s site=%s config=%s http_port=%d", HANSHO_VERSION,
		hub->config->site, LOG_TEXT(hub->config->path), http_port(hub->http));
	(void)sd_notify(0, "READY=1");
	struct mono_time limit = {.ms = INT64_MAX};
	while (!hub->stopping || (!all_stopped(hub) && mono_time_left_ms(limit) > 0)) {
		if (hub->stopping && limit.ms == INT64_MAX) {
			limit = mono_time_add(clock_mono_now(), STOP_LIMIT_MS);
		}
		if (event_base_loop(hub->base, EVLOOP_ONCE) != 0) {
			break;
		}
	}
	event_free(hangup);
	event_free(term);
	event_free(intr);
	log_info("stopped", "clean=%s", all_stopped(hub) ? "yes" : "no");
	return 0;
}
