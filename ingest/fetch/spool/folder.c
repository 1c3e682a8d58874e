/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything goes by descriptors of the folders, so that nobody can put a link in our way; nothing
 * that is not a regular file is opened.
 */
#include "ingest/fetch/spool/spool.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/rand_id.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	NAME_LIMIT = 200, /* leaves room for a tail and ".reason" */
	READ_STEP = 65536,
};

struct spool_folder {
	char *path;
	int fd;
	int done_fd;
	int refused_fd;
};

/* ---- names ---- */

static bool ends_with(const char *name, const char *tail)
{
	size_t size = strlen(name);
	size_t tail_size = strlen(tail);
	return size >= tail_size && strcmp(name + size - tail_size, tail) == 0;
}

static bool is_plain_text(const char *name)
{
	json_t *text = json_string(name); /* NULL: no UTF-8 */
	json_decref(text);
	for (const unsigned char *at = (const unsigned char *)name; *at; at++) {
		if (*at < 0x20 || *at == 0x7f) {
			return false;
		}
	}
	return text != NULL;
}

enum spool_name spool_judge_name(const char *name)
{
	if (strcmp(name, "done") == 0 || strcmp(name, "refused") == 0) {
		return SPOOL_NAME_OURS;
	}
	if (name[0] == '.' || ends_with(name, ".tmp") || ends_with(name, ".part") ||
		ends_with(name, ".filepart")) {
		return SPOOL_NAME_UNFINISHED;
	}
	return strlen(name) <= NAME_LIMIT && is_plain_text(name) ? SPOOL_NAME_GOOD : SPOOL_NAME_BAD;
}

/* ---- open and list ---- */

static int fail(struct err *e, const char *where, const char *what)
{
	int code = errno;
	return err_set(e, -code, "%s: %s: %s", where, what, strerror(code));
}

static int open_inside(int folder, const char *name, int *out)
{
	if (mkdirat(folder, name, 0750) != 0 && errno != EEXIST) {
		return -errno;
	}
	*out = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return *out < 0 ? -errno : 0;
}

int spool_open(const char *path, struct spool_folder **out, struct err *e)
{
	struct spool_folder *f = mem_new(sizeof(*f));
	f->path = mem_copy_text(path);
	f->done_fd = -1;
	f->refused_fd = -1;
	f->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = f->fd < 0 ? fail(e, path, "cannot open this folder") : 0;
	if (rc == 0 && (open_inside(f->fd, "done", &f->done_fd) ||
			       open_inside(f->fd, "refused", &f->refused_fd))) {
		rc = fail(e, path, "cannot make or open done/ and refused/ in it");
	}
	if (rc) {
		spool_close(f);
		return rc;
	}
	*out = f;
	return 0;
}

static void close_if_open(int fd)
{
	if (fd >= 0) {
		(void)close(fd);
	}
}

void spool_close(struct spool_folder *f)
{
	if (f) {
		close_if_open(f->fd);
		close_if_open(f->done_fd);
		close_if_open(f->refused_fd);
		free(f->path);
		free(f);
	}
}

bool spool_is_there(const struct spool_folder *f)
{
	struct stat ours;
	struct stat there;
	return fstat(f->fd, &ours) == 0 && stat(f->path, &there) == 0 &&
	       ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A second descriptor: reading a folder moves its position. */
static DIR *open_listing(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	if (!dir) {
		close_if_open(fd);
	}
	return dir;
}

/* Twice max at most is held: the list is sorted and cut whenever it is full. */
static void keep_first(char **names, size_t *count, size_t max)
{
	qsort(names, *count, sizeof(*names), by_bytes);
	while (*count > max) {
		free(names[--*count]);
	}
}

int spool_list(
	struct spool_folder *f, size_t max, char ***names, size_t *count, bool *more, struct err *e)
{
	DIR *dir = open_listing(f->fd);
	if (!dir) {
		return fail(e, f->path, "cannot read this folder");
	}
	*names = mem_new_array(max * 2, sizeof(**names));
	*count = 0;
	*more = false;
	for (struct dirent *entry; (errno = 0, entry = readdir(dir));) {
		enum spool_name kind = spool_judge_name(entry->d_name);
		if (kind == SPOOL_NAME_UNFINISHED || kind == SPOOL_NAME_OURS) {
			continue;
		}
		(*names)[(*count)++] = mem_copy_text(entry->d_name);
		if (*count == max * 2) {
			keep_first(*names, count, max);
			*more = true;
		}
	}
	int code = errno;
	(void)closedir(dir);
	*more = *more || *count > max;
	keep_first(*names, count, max);
	if (code) {
		keep_first(*names, count, 0);
		free(*names);
		return err_set(
			e, -code, "%s: cannot read this folder: %s", f->path, strerror(code));
	}
	return 0;
}

/* ---- reading one ---- */

/* Since the system last touched it. What the file itself says (mtime) is the sender's clock where a
 * copy keeps times: a file of tomorrow would be left until tomorrow. */
static int64_t age_ms(const struct stat *st)
{
	return clock_wall_now().ms -
	       ((int64_t)st->st_ctim.tv_sec * 1000 + st->st_ctim.tv_nsec / 1000000);
}

static enum spool_take refuse(struct err *e, const char *why)
{
	(void)err_set(e, -EINVAL, "%s", why);
	return SPOOL_REFUSE;
}

/* The kernel grants a read lease only while nobody has the file open for writing. */
static bool is_being_written(int fd, const struct stat *st, int64_t settle_ms)
{
	if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
		(void)fcntl(fd, F_SETLEASE, F_UNLCK);
		return false;
	}
	return errno == EAGAIN || age_ms(st) < settle_ms;
}

static enum spool_take judge_kind(const struct stat *st, size_t limit, struct err *e)
{
	if (S_ISLNK(st->st_mode)) {
		return refuse(e, "a symbolic link is not followed");
	}
	if (S_ISDIR(st->st_mode)) {
		return refuse(e, "a folder is not a telegram");
	}
	if (!S_ISREG(st->st_mode)) {
		return refuse(e, "not a regular file");
	}
	if ((uint64_t)st->st_size > limit) {
		(void)err_set(e, -EFBIG, "%lld bytes are more than max_bytes, %zu",
			(long long)st->st_size, limit);
		return SPOOL_REFUSE;
	}
	return SPOOL_TAKEN;
}

static int read_whole(int fd, size_t limit, struct buf *b)
{
	buf_init(b, limit);
	char step[READ_STEP];
	for (;;) {
		ssize_t got = read(fd, step, sizeof(step));
		if (got == 0) {
			return 0;
		}
		if (got < 0 && errno != EINTR) {
			return -errno;
		}
		if (got > 0 && buf_add(b, step, (size_t)got)) {
			return -EFBIG;
		}
	}
}

static enum spool_take read_open(
	int fd, size_t limit, int64_t settle_ms, struct buf *b, struct stat *st, struct err *e)
{
	if (fstat(fd, st) != 0) {
		return SPOOL_LATER;
	}
	enum spool_take kind = judge_kind(st, limit, e);
	if (kind != SPOOL_TAKEN) {
		return kind;
	}
	if (is_being_written(fd, st, settle_ms)) {
		return SPOOL_LATER;
	}
	int rc = read_whole(fd, limit, b);
	struct stat after;
	if (rc || fstat(fd, &after) != 0 || after.st_size != st->st_size ||
		(size_t)after.st_size != b->size) {
		return SPOOL_LATER; /* it grew under our eyes, or the disk has a fault */
	}
	if (b->size == 0) {
		return age_ms(st) < settle_ms ? SPOOL_LATER : refuse(e, "the file is empty");
	}
	return SPOOL_TAKEN;
}

enum spool_take spool_read(struct spool_folder *f, const char *name, size_t limit,
	int64_t settle_ms, char **bytes, size_t *size, struct stat *st, struct err *e)
{
	if (fstatat(f->fd, name, st, AT_SYMLINK_NOFOLLOW) != 0) {
		return SPOOL_LATER;
	}
	if (spool_judge_name(name) == SPOOL_NAME_BAD) {
		return refuse(e, "the name is no plain UTF-8 of at most 200 bytes");
	}
	enum spool_take kind = judge_kind(st, limit, e);
	if (kind != SPOOL_TAKEN) {
		return kind;
	}
	int fd = openat(f->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		int code = errno;
		if (code == ENOENT || age_ms(st) < settle_ms) {
			return SPOOL_LATER; /* its owner may be about to open it to us */
		}
		(void)err_set(e, -code, "the file cannot be read: %s", strerror(code));
		return SPOOL_REFUSE;
	}
	struct buf b = {0};
	kind = read_open(fd, limit, settle_ms, &b, st, e);
	(void)close(fd);
	if (kind == SPOOL_TAKEN) {
		*size = b.size;
		*bytes = buf_steal(&b);
	} else {
		buf_clear(&b);
	}
	return kind;
}

bool spool_is_same(const struct spool_folder *f, const char *name, const struct stat *st)
{
	struct stat now;
	return fstatat(f->fd, name, &now, AT_SYMLINK_NOFOLLOW) == 0 && now.st_ino == st->st_ino &&
	       now.st_size == st->st_size && now.st_mtim.tv_sec == st->st_mtim.tv_sec &&
	       now.st_mtim.tv_nsec == st->st_mtim.tv_nsec;
}

/* ---- settling ---- */

/* Under the file's own name where that is free. A name that is no text becomes one. */
static void choose_name(int folder, const char *name, char out[NAME_MAX + 1])
{
	struct stat st;
	if (spool_judge_name(name) != SPOOL_NAME_BAD) {
		(void)snprintf(out, NAME_MAX + 1, "%s", name);
		if (fstatat(folder, out, &st, AT_SYMLINK_NOFOLLOW) != 0) {
			return;
		}
	}
	char id[RAND_ID_SIZE];
	rand_id(id);
	bool bad = spool_judge_name(name) == SPOOL_NAME_BAD;
	(void)snprintf(out, NAME_MAX + 1, "%.200s~%s", bad ? "badly-named" : name, id);
}

static int write_reason(int folder, const char *name, const char *reason)
{
	char path[NAME_MAX + 1];
	(void)snprintf(path, sizeof(path), "%.240s.reason", name);
	int fd = openat(folder, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd < 0) {
		return -errno;
	}
	int rc = dprintf(fd, "%s\n", reason) < 0 ? -errno : 0;
	rc = rc == 0 && fsync(fd) != 0 ? -errno : rc;
	(void)close(fd);
	return rc;
}

int spool_settle(struct spool_folder *f, const char *name, const char *reason, struct err *e)
{
	char target[NAME_MAX + 1];
	int folder = reason ? f->refused_fd : f->done_fd;
	choose_name(folder, name, target);
	int noted = reason ? write_reason(folder, target, reason) : 0;
	/* Even on a full disk: a file that stays would be refused for ever. */
	if (renameat2(f->fd, name, folder, target, RENAME_NOREPLACE) != 0) {
		return fail(e, name, "cannot be moved out of the folder");
	}
	(void)fsync(folder);
	(void)fsync(f->fd);
	if (noted) {
		return err_set(e, -ENOSPC, "%s: the reason of its refusal cannot be written: %s",
			name, strerror(-noted));
	}
	return 0;
}

void spool_prune(struct spool_folder *f, struct wall_time before)
{
	DIR *dir = open_listing(f->done_fd);
	if (!dir) {
		return;
	}
	for (struct dirent *entry; (entry = readdir(dir));) {
		struct stat st;
		/* The rename into this folder was the last change of its inode. */
		if (fstatat(f->done_fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			S_ISREG(st.st_mode) && (int64_t)st.st_ctim.tv_sec * 1000 < before.ms) {
			(void)unlinkat(f->done_fd, entry->d_name, 0);
		}
	}
	(void)closedir(dir);
}
