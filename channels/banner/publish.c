/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/banner/publish.h"

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "channels/banner/feed.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_LIMIT = 16 * 1024 * 1024, PUBLIC_MODE = 0644, PRIVATE_MODE = 0600, FOLDER_MODE = 0755 };

static int join_path(char out[PATH_MAX], const char *folder, const char *name, struct err *e)
{
	int size = snprintf(out, PATH_MAX, "%s/%s", folder, name);
	if (size < 0 || size >= PATH_MAX) {
		return err_set(e, -ENAMETOOLONG, "%s: the path is too long", folder);
	}
	return 0;
}

int publish_prepare(const char *folder, struct err *e)
{
	char path[PATH_MAX];
	int rc = join_path(path, folder, "cap", e);
	rc = rc ? rc : dir_make(path, FOLDER_MODE, e);
	if (rc == 0) {
		/* The hub's umask keeps others out, but these are for the web server. A folder that
		 * belongs to somebody else has the mode its owner wants. */
		(void)chmod(folder, FOLDER_MODE);
		(void)chmod(path, FOLDER_MODE);
	}
	return rc;
}

int publish_lock(const char *folder, struct err *e)
{
	char path[PATH_MAX];
	int rc = join_path(path, folder, ".lock", e);
	if (rc) {
		return rc;
	}
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, PRIVATE_MODE);
	if (fd < 0 || flock(fd, LOCK_EX) != 0) {
		int code = errno;
		if (fd >= 0) {
			(void)close(fd);
		}
		return err_set(e, -code, "%s: cannot lock: %s", path, strerror(code));
	}
	return fd;
}

void publish_unlock(int lock)
{
	(void)close(lock);
}

int publish_load(const char *folder, struct board *board, struct err *e)
{
	char path[PATH_MAX];
	char *text = NULL;
	size_t size = 0;
	int rc = join_path(path, folder, ".state.json", e);
	rc = rc ? rc : file_read(path, FILE_LIMIT, &text, &size, e);
	if (rc == -ENOENT) {
		*e = (struct err){0};
		return 0;
	}
	if (rc) {
		return rc;
	}
	json_t *object = json_read(text, size, e);
	free(text);
	rc = object ? board_from_json(board, object, e) : e->code;
	json_decref(object);
	return rc ? err_prefix(e, "%s", path) : 0;
}

static int write_buf(const char *folder, const char *name, const struct buf *b, struct err *e)
{
	char path[PATH_MAX];
	if (b->failed) {
		return err_set(e, b->failed, "%s: larger than %zu bytes", name, b->limit);
	}
	int rc = join_path(path, folder, name, e);
	return rc ? rc : file_replace(path, b->data, b->size, PUBLIC_MODE, e);
}

/* Steals object. */
static int write_json(
	const char *folder, const char *name, unsigned mode, json_t *object, struct err *e)
{
	char path[PATH_MAX];
	char *text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	int rc = join_path(path, folder, name, e);
	rc = rc ? rc : file_replace(path, text, strlen(text), mode, e);
	free(text);
	return rc;
}

static int write_cap(const char *folder, const struct board *board, const char *id,
	const struct cap_author *author, struct err *e)
{
	const struct board_entry *entry = board_find(board, id);
	if (!entry) {
		return 0;
	}
	char name[CAP_NAME_SIZE];
	char file[CAP_NAME_SIZE + 16];
	(void)snprintf(file, sizeof(file), "cap/%s.xml", cap_name(id, name));
	struct buf b;
	buf_init(&b, FILE_LIMIT);
	(void)cap_add(&b, entry->broadcast, board, author);
	int rc = write_buf(folder, file, &b, e);
	buf_clear(&b);
	return rc;
}

int publish_all(const char *folder, const struct board *board, const char *id,
	const struct page_context *context, const struct cap_author *author, struct err *e)
{
	static const struct {
		const char *name;
		int (*add)(struct buf *out, const struct board *board,
			const struct page_context *context);
	} pages[] = {
		{"banner.html", page_add_banner},
		{"index.html", page_add_index},
		{"feed.atom", feed_add_atom},
	};
	int rc = write_json(folder, ".state.json", PRIVATE_MODE, board_to_json(board), e);
	if (rc == 0 && id) {
		rc = write_cap(folder, board, id, author, e);
	}
	rc = rc ? rc : write_json(folder, "banner.json", PUBLIC_MODE, feed_json(board, context), e);
	for (size_t i = 0; rc == 0 && i < sizeof(pages) / sizeof(pages[0]); i++) {
		struct buf b;
		buf_init(&b, FILE_LIMIT);
		(void)pages[i].add(&b, board, context);
		rc = write_buf(folder, pages[i].name, &b, e);
		buf_clear(&b);
	}
	return rc;
}

static bool is_wanted(const struct board *board, const char *file)
{
	size_t size = strlen(file);
	if (file[0] == '.' || size < 4 || strcmp(file + size - 4, ".xml") != 0) {
		return true; /* not ours to judge */
	}
	for (size_t i = 0; i < board->count; i++) {
		char name[CAP_NAME_SIZE];
		(void)cap_name(board->entries[i].broadcast->id, name);
		if (strlen(name) == size - 4 && strncmp(name, file, size - 4) == 0) {
			return true;
		}
	}
	return false;
}

void publish_clean(const char *folder, const struct board *board)
{
	char path[PATH_MAX];
	struct err e = {0};
	if (join_path(path, folder, "cap", &e)) {
		return;
	}
	DIR *dir = opendir(path);
	if (!dir) {
		return;
	}
	for (struct dirent *one = readdir(dir); one; one = readdir(dir)) {
		if (!is_wanted(board, one->d_name) && unlinkat(dirfd(dir), one->d_name, 0) != 0) {
			log_warning("old CAP file not removed", "file=%s error=%s",
				LOG_TEXT(one->d_name), LOG_TEXT(strerror(errno)));
		}
	}
	(void)closedir(dir);
}
