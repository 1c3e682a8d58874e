/* SPDX-License-Identifier: Apache-2.0
 *
 * hansho-fetch-spool: looks through a folder when the kernel reports a change and every now and
 * then, submits what lies there in the order of its names, and moves each file when its answer is
 * final. A file is in hand from submission to answer; after a crash it still lies in the folder and
 * is submitted again.
 */
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "ingest/fetch/fetch.h"
#include "ingest/fetch/spool/spool.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/queue.h>
#include <unistd.h>

enum { PRUNE_EVERY_MS = 3600 * 1000, STUCK_MAX = 1000 };

/* In hand, or stuck: answered for good and not movable. */
struct file {
	TAILQ_ENTRY(file) next;
	struct spool *spool;
	char *name;
	struct stat st;
	bool stuck;
};

struct spool {
	struct fetch *fetch;
	char *path;
	size_t max_files;
	size_t max_bytes;
	int64_t settle_ms;
	int64_t rescan_ms;
	int64_t keep_ms;
	struct spool_folder *folder; /* NULL: not there */
	int watch_fd;
	struct event *watch; /* NULL: the folder is not watched */
	struct event *scan;
	TAILQ_HEAD(files, file) files;
	size_t in_hand;
	size_t stuck;
	bool more; /* files were left for want of room */
	struct mono_time prune_at;
	struct wall_time last_ok;
	char note[160]; /* of a disk that is full, a file that cannot be moved */
};

static void scan_in(struct spool *s, int64_t ms)
{
	const struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
	(void)event_add(s->scan, &tv);
}

/* ---- files in hand ---- */

static struct file *find_file(struct spool *s, const char *name)
{
	struct file *file;
	TAILQ_FOREACH(file, &s->files, next)
	{
		if (strcmp(file->name, name) == 0) {
			return file;
		}
	}
	return NULL;
}

static void drop_file(struct file *file)
{
	struct spool *s = file->spool;
	TAILQ_REMOVE(&s->files, file, next);
	*(file->stuck ? &s->stuck : &s->in_hand) -= 1;
	free(file->name);
	free(file);
}

static struct file *add_file(struct spool *s, const char *name, const struct stat *st)
{
	struct file *file = mem_new(sizeof(*file));
	file->spool = s;
	file->name = mem_copy_text(name);
	file->st = *st;
	TAILQ_INSERT_TAIL(&s->files, file, next);
	s->in_hand++;
	return file;
}

/* It stays where it is and is not tried again until it changes. */
static void get_stuck(struct file *file)
{
	struct spool *s = file->spool;
	if (s->stuck >= STUCK_MAX) {
		drop_file(file);
		return;
	}
	file->stuck = true;
	s->in_hand--;
	s->stuck++;
}

static void settle(struct file *file, const char *reason)
{
	struct spool *s = file->spool;
	struct err e = {0};
	/* Another file may stand there now; its turn comes at once: what the kernel reported of it
	 * was passed over while this one was in hand. */
	if (!s->folder || !spool_is_same(s->folder, file->name, &file->st)) {
		drop_file(file);
		scan_in(s, 0);
		return;
	}
	int rc = spool_settle(s->folder, file->name, reason, &e);
	if (rc) {
		log_error("spool file", "feed=%s error=%s", fetch_feed(s->fetch), LOG_TEXT(e.text));
		(void)snprintf(s->note, sizeof(s->note), "%.*s",
			(int)utf8_cut(e.text, strlen(e.text), sizeof(s->note) - 1), e.text);
	} else {
		s->note[0] = '\0';
	}
	if (rc && rc != -ENOSPC) {
		get_stuck(file);
	} else {
		drop_file(file);
	}
}

static void refuse(struct file *file, const char *code, const char *why)
{
	char reason[600];
	log_warning("file refused", "feed=%s name=%s code=%s reason=%s",
		fetch_feed(file->spool->fetch), LOG_TEXT(file->name), LOG_TEXT(code),
		LOG_TEXT(why));
	(void)snprintf(reason, sizeof(reason), "%s: %s", code, why);
	settle(file, reason);
}

static void on_answer(void *data, const struct fetch_answer *answer)
{
	struct file *file = data;
	struct spool *s = file->spool;
	if (answer->verdict == FETCH_REFUSED) {
		refuse(file, answer->code, answer->reason);
	} else {
		log_info("file taken", "feed=%s name=%s answer=%s", fetch_feed(s->fetch),
			LOG_TEXT(file->name),
			answer->verdict == FETCH_ACCEPTED ? "accepted" : "duplicate");
		settle(file, NULL);
	}
	if (s->in_hand == 0 && s->more) {
		scan_in(s, 0);
	}
}

/* ---- looking through the folder ---- */

/* false: it could not be taken yet. */
static bool take(struct spool *s, const char *name)
{
	struct file *known = find_file(s, name);
	if (known && (!known->stuck || spool_is_same(s->folder, name, &known->st))) {
		return true;
	}
	if (known) {
		drop_file(known);
	}
	char *bytes = NULL;
	size_t size = 0;
	struct stat st;
	struct err e = {0};
	enum spool_take verdict =
		spool_read(s->folder, name, s->max_bytes, s->settle_ms, &bytes, &size, &st, &e);
	if (verdict == SPOOL_TAKEN) {
		fetch_submit(s->fetch, bytes, size, on_answer, add_file(s, name, &st));
	} else if (verdict == SPOOL_REFUSE) {
		refuse(add_file(s, name, &st), "spool", e.text);
	}
	free(bytes);
	return verdict != SPOOL_LATER;
}

static void tell(struct spool *s, const char *fault)
{
	char text[256] = "";
	enum fetch_state state = FETCH_OK;
	if (fault) {
		state = FETCH_DOWN;
		(void)snprintf(text, sizeof(text), "%.250s", fault);
	} else if (s->stuck > 0) {
		state = FETCH_DEGRADED;
		(void)snprintf(
			text, sizeof(text), "%zu files cannot be moved: %s", s->stuck, s->note);
	} else if (s->note[0]) {
		state = FETCH_DEGRADED;
		(void)snprintf(text, sizeof(text), "%s", s->note);
	}
	fetch_health(s->fetch, state, s->last_ok, text);
}

static void forget_gone(struct spool *s)
{
	struct file *file;
	struct file *after;
	for (file = TAILQ_FIRST(&s->files); file; file = after) {
		after = TAILQ_NEXT(file, next);
		if (file->stuck && !spool_is_same(s->folder, file->name, &file->st)) {
			drop_file(file);
		}
	}
}

static void look_through(struct spool *s, struct err *e)
{
	char **names;
	size_t count;
	bool later = false;
	forget_gone(s);
	if (spool_list(s->folder, s->max_files, &names, &count, &s->more, e)) {
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (!fetch_may_submit(s->fetch)) {
			s->more = true;
			break;
		}
		later = !take(s, names[i]) || later;
	}
	for (size_t i = 0; i < count; i++) {
		free(names[i]);
	}
	free(names);
	s->last_ok = clock_wall_now();
	/* What was left for its writer is looked at again soon: not every end is reported. */
	scan_in(s, later && s->settle_ms < s->rescan_ms ? s->settle_ms + 1 : s->rescan_ms);
}

/* ---- the folder itself ---- */

static void close_folder(struct spool *s)
{
	if (s->watch) {
		event_free(s->watch);
		(void)close(s->watch_fd);
		s->watch = NULL;
	}
	spool_close(s->folder);
	s->folder = NULL;
}

static void on_change(int fd, short what, void *data)
{
	(void)what;
	struct spool *s = data;
	char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	while (read(fd, events, sizeof(events)) > 0) {
	}
	scan_in(s, 0);
}

static void watch_folder(struct spool *s)
{
	s->watch_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (s->watch_fd < 0 || inotify_add_watch(s->watch_fd, s->path,
				       IN_CLOSE_WRITE | IN_MOVED_TO | IN_ATTRIB | IN_ONLYDIR) < 0) {
		log_warning("folder not watched", "feed=%s error=%s rescan_ms=%lld",
			fetch_feed(s->fetch), LOG_TEXT(strerror(errno)), (long long)s->rescan_ms);
		if (s->watch_fd >= 0) {
			(void)close(s->watch_fd);
		}
		return;
	}
	s->watch = event_new(fetch_base(s->fetch), s->watch_fd, EV_READ | EV_PERSIST, on_change, s);
	(void)event_add(s->watch, NULL);
}

static int ensure_folder(struct spool *s, struct err *e)
{
	if (s->folder && !spool_is_there(s->folder)) {
		close_folder(s);
	}
	if (s->folder) {
		return 0;
	}
	int rc = spool_open(s->path, &s->folder, e);
	if (rc == 0) {
		watch_folder(s);
	}
	return rc;
}

static void on_scan(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	struct spool *s = data;
	struct err e = {0};
	scan_in(s, s->rescan_ms);
	if (ensure_folder(s, &e) == 0) {
		look_through(s, &e);
	}
	if (s->folder && s->keep_ms > 0 && mono_time_left_ms(s->prune_at) <= 0) {
		s->prune_at = mono_time_add(clock_mono_now(), PRUNE_EVERY_MS);
		spool_prune(s->folder, (struct wall_time){.ms = clock_wall_now().ms - s->keep_ms});
	}
	tell(s, e.code ? e.text : NULL);
}

/* ---- start and end ---- */

static int open_spool(struct fetch *f, const json_t *options, void **instance, struct err *e)
{
	(void)e;
	struct spool *s = mem_new(sizeof(*s));
	s->fetch = f;
	s->path = mem_copy_text(json_text(options, "folder", ""));
	s->max_files = (size_t)json_int(options, "max_files", 10000);
	s->max_bytes = (size_t)json_int(options, "max_bytes", 8 * 1024 * 1024);
	s->settle_ms = json_int(options, "settle", 2000);
	s->rescan_ms = json_int(options, "rescan", 30000);
	s->keep_ms = json_int(options, "keep", 0);
	s->last_ok = WALL_TIME_NONE;
	TAILQ_INIT(&s->files);
	s->scan = evtimer_new(fetch_base(f), on_scan, s);
	/* A lease that somebody breaks would end us. */
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	(void)sigaction(SIGIO, &ignore, NULL);
	scan_in(s, 0);
	*instance = s;
	return 0;
}

static void close_spool(void *instance)
{
	struct spool *s = instance;
	while (!TAILQ_EMPTY(&s->files)) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it leaves the list there. */
		drop_file(TAILQ_FIRST(&s->files));
	}
	close_folder(s);
	event_free(s->scan);
	free(s->path);
	free(s);
}

int main(int argc, char **argv)
{
	static const struct fetch_program program = {
		.declaration = &fetch_spool,
		.open = open_spool,
		.close = close_spool,
	};
	return fetch_main(argc, argv, &program);
}
