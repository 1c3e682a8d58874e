/* SPDX-License-Identifier: Apache-2.0
 *
 * The home page's driver: files in a local folder. What is real goes to FOLDER, drills and tests to
 * FOLDER/drill, and no path leads from one to the other. Doing the same batch twice leaves the same
 * files, so a resend after a crash is harmless.
 */
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "channels/banner/publish.h"
#include "channels/channel.h"
#include "channels/registry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { MINUTE_MS = 60 * 1000, STALE_FACTOR = 3, FREE_BYTES_MIN = 8 * 1024 * 1024 };

enum { LIVE, DRILL, PLACES };

struct banner {
	struct agent *agent;
	char *folders[PLACES];
	char *publisher;
	char *sender;
	char *urls[PLACES];
	char *home;
	char *site;
	int64_t notice_ms;
	int64_t refresh_ms;
	struct mono_time refresh_at[PLACES];
	struct wall_time next_end[PLACES]; /* when the first entry ends */
};

/* ---- one turn on one folder ---- */

struct change {
	const struct broadcast *put;
	const char *withdraw; /* id */
};

static void note_next_end(struct banner *b, int place, const struct board *board)
{
	b->next_end[place] = (struct wall_time){.ms = INT64_MAX};
	for (size_t i = 0; i < board->count; i++) {
		if (board->entries[i].until.ms < b->next_end[place].ms) {
			b->next_end[place] = board->entries[i].until;
		}
	}
}

static int copy_broadcast(const struct broadcast *from, struct broadcast **out, struct err *e)
{
	json_t *object = broadcast_to_json(from);
	*out = broadcast_from_json(object, e);
	json_decref(object);
	return *out ? 0 : e->code;
}

static int apply(struct banner *b, struct board *board, const struct change *change,
	struct wall_time now, struct err *e)
{
	if (change->put) {
		struct broadcast *copy = NULL;
		int rc = copy_broadcast(change->put, &copy, e);
		if (rc) {
			return rc;
		}
		board_put(board, copy, now, b->notice_ms);
	}
	if (change->withdraw) {
		board_withdraw(board, change->withdraw, now, b->notice_ms);
	}
	if (board_expire(board, now)) {
		log_info("entries ended", "in_force=%zu", board_count(board, ENTRY_IN_FORCE));
	}
	return 0;
}

/* Reads the board, changes it, writes all files: under the lock, so that agents never mix. */
static int turn(struct banner *b, int place, const struct change *change, struct err *e)
{
	int lock = publish_lock(b->folders[place], e);
	if (lock < 0) {
		return lock;
	}
	struct board board;
	board_init(&board);
	struct err lost = {0};
	if (publish_load(b->folders[place], &board, &lost)) {
		/* What comes now must be shown whatever happened to what was there. */
		log_error("state of the page is damaged, going on with what is readable",
			"error=%s", LOG_TEXT(lost.text));
	}
	const struct page_context context = {
		.publisher = b->publisher,
		.url = b->urls[place],
		.home = b->home,
		.site = b->site,
		.now = clock_wall_now(),
		.stale_ms = b->refresh_ms * STALE_FACTOR,
		.drill = place == DRILL,
	};
	const struct cap_author author = {
		.sender = b->sender,
		.publisher = b->publisher,
		.url = b->urls[place],
	};
	int rc = apply(b, &board, change, context.now, e);
	const char *id = change->put ? change->put->id : NULL;
	rc = rc ? rc : publish_all(b->folders[place], &board, id, &context, &author, e);
	if (rc == 0) {
		publish_clean(b->folders[place], &board);
		note_next_end(b, place, &board);
		b->refresh_at[place] = mono_time_add(clock_mono_now(), b->refresh_ms);
	}
	board_clear(&board);
	publish_unlock(lock);
	return rc;
}

/* ---- driver ---- */

static void banner_close(void *instance)
{
	struct banner *b = instance;
	for (int i = 0; i < PLACES; i++) {
		free(b->folders[i]);
		free(b->urls[i]);
	}
	free(b->publisher);
	free(b->sender);
	free(b->home);
	free(b->site);
	free(b);
}

static char *below(const char *base, const char *name)
{
	size_t size = strlen(base);
	while (size > 1 && base[size - 1] == '/') {
		size--;
	}
	size_t room = size + strlen(name) + 1;
	char *out = mem_new(room);
	memcpy(out, base, size);
	if (size > 0) {
		memcpy(out + size, name, strlen(name));
	}
	return out;
}

static int banner_open(const json_t *options, const char *channel, const char *site,
	struct agent *agent, void **instance, struct err *e)
{
	(void)channel;
	const char *folder = json_text(options, "folder", "");
	const char *url = json_text(options, "url", "");
	if (folder[0] != '/') {
		return err_set(e, -EINVAL, "folder: must be an absolute path");
	}
	struct banner *b = mem_new(sizeof(*b));
	b->agent = agent;
	b->folders[LIVE] = below(folder, "");
	b->folders[DRILL] = below(folder, "/drill");
	b->urls[LIVE] = below(url, "");
	b->urls[DRILL] = below(url, "/drill");
	b->publisher = mem_copy_text(json_text(options, "publisher", ""));
	b->sender = mem_copy_text(json_text(options, "sender", ""));
	b->home = mem_copy_text(json_text(options, "home", ""));
	b->site = mem_copy_text(site);
	b->notice_ms = json_int(options, "notice_minutes", 60) * MINUTE_MS;
	b->refresh_ms = json_int(options, "refresh", 5 * MINUTE_MS);
	int rc = 0;
	for (int i = 0; rc == 0 && i < PLACES; i++) {
		/* The page is there, with its live region, before the first alert. */
		rc = publish_prepare(b->folders[i], e);
		rc = rc ? rc : turn(b, i, &(struct change){0}, e);
	}
	if (rc) {
		(void)err_prefix(e, "folder");
		banner_close(b);
		return rc;
	}
	*instance = b;
	return 0;
}

static int place_of(const struct broadcast *broadcast)
{
	return broadcast->status == ALERT_STATUS_ACTUAL ? LIVE : DRILL;
}

static void run(struct banner *b, const struct channel_batch *batch, const struct change *change)
{
	struct mono_time start = clock_mono_now();
	struct err e = {0};
	agent_at_risk_rest(b->agent, batch);
	int rc = turn(b, place_of(batch->broadcast), change, &e);
	struct outcome o = {
		.class = rc ? OUTCOME_TRANSIENT : OUTCOME_DELIVERED,
		.scope = rc ? OUTCOME_SCOPE_CHANNEL : OUTCOME_SCOPE_TARGET,
		.reason = rc ? OUTCOME_REASON_UNREACHABLE : OUTCOME_REASON_NONE,
		.duration_ms = -mono_time_left_ms(start),
	};
	outcome_set_text(&o, rc ? e.text : "");
	agent_outcome_rest(b->agent, batch, &o);
}

static void banner_deliver(void *instance, const struct channel_batch *batch)
{
	run(instance, batch, &(struct change){.put = batch->broadcast});
}

static void banner_withdraw(void *instance, const struct channel_batch *batch)
{
	run(instance, batch, &(struct change){.withdraw = batch->broadcast->id});
}

static void banner_idle(void *instance)
{
	struct banner *b = instance;
	for (int i = 0; i < PLACES; i++) {
		struct err e = {0};
		bool over = b->next_end[i].ms <= clock_wall_now().ms;
		if ((over || mono_time_left_ms(b->refresh_at[i]) <= 0) &&
			turn(b, i, &(struct change){0}, &e)) {
			log_error("page not refreshed", "error=%s", LOG_TEXT(e.text));
			/* Not once a second: the disk is full or away, and a batch will say so. */
			b->refresh_at[i] = mono_time_add(clock_mono_now(), b->refresh_ms);
			b->next_end[i].ms = INT64_MAX;
		}
	}
}

static const char *banner_probe(void *instance, int timeout_ms, char *text, size_t capacity)
{
	struct banner *b = instance;
	(void)timeout_ms;
	struct statvfs disk;
	if (access(b->folders[LIVE], W_OK) != 0 || statvfs(b->folders[LIVE], &disk) != 0) {
		(void)snprintf(text, capacity, "folder: %s", strerror(errno));
		return "down";
	}
	if ((unsigned long long)disk.f_bavail * disk.f_frsize < FREE_BYTES_MIN) {
		(void)snprintf(text, capacity, "the disk of the folder is almost full");
		return "degraded";
	}
	return "ok";
}

int main(int argc, char **argv)
{
	static const struct channel_driver driver = {
		.declaration = &channel_banner,
		.open = banner_open,
		.deliver = banner_deliver,
		.withdraw = banner_withdraw,
		.probe = banner_probe,
		.idle = banner_idle,
		.close = banner_close,
	};
	return agent_main(argc, argv, &driver);
}
