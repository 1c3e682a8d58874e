/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/rand_id.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(struct err *e, const char *path, const char *what)
{
	int code = errno;
	return err_set(e, -code, "%s: %s: %s", path, what, strerror(code));
}

static int read_all(int fd, const char *path, size_t limit, struct buf *b, struct err *e)
{
	char chunk[65536];
	for (;;) {
		ssize_t got = read(fd, chunk, sizeof(chunk));
		if (got < 0) {
			if (errno == EINTR) {
				continue;
			}
			return fail(e, path, "cannot read");
		}
		if (got == 0) {
			return 0;
		}
		if (buf_add(b, chunk, (size_t)got)) {
			return err_set(e, -EFBIG, "%s: larger than %zu bytes", path, limit);
		}
	}
}

int file_read(const char *path, size_t limit, char **data, size_t *size, struct err *e)
{
	int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return fail(e, path, "cannot open");
	}
	struct buf b;
	buf_init(&b, limit);
	int rc = read_all(fd, path, limit, &b, e);
	(void)close(fd);
	if (rc) {
		buf_clear(&b);
		return rc;
	}
	*size = b.size;
	*data = buf_steal(&b);
	return 0;
}

static int write_all(int fd, const void *data, size_t size)
{
	const char *at = data;
	while (size > 0) {
		ssize_t put = write(fd, at, size);
		if (put < 0) {
			if (errno == EINTR) {
				continue;
			}
			return -errno;
		}
		at += put;
		size -= (size_t)put;
	}
	return 0;
}

static int sync_folder_of(const char *path)
{
	char folder[PATH_MAX];
	(void)snprintf(folder, sizeof(folder), "%s", path);
	char *slash = strrchr(folder, '/');
	if (!slash) {
		(void)snprintf(folder, sizeof(folder), ".");
	} else {
		slash[slash == folder] = '\0';
	}
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		return -errno;
	}
	int rc = fsync(fd) == 0 ? 0 : -errno;
	(void)close(fd);
	return rc;
}

int file_replace(const char *path, const void *data, size_t size, unsigned mode, struct err *e)
{
	char id[RAND_ID_SIZE];
	rand_id(id);
	char temporary[PATH_MAX];
	int length = snprintf(temporary, sizeof(temporary), "%s.%s.tmp", path, id);
	if (length < 0 || (size_t)length >= sizeof(temporary)) {
		return err_set(e, -ENAMETOOLONG, "%s: the path is too long", path);
	}
	int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0) {
		return fail(e, path, "cannot create a temporary file beside it");
	}
	int rc = write_all(fd, data, size);
	if (rc == 0 && fchmod(fd, mode) != 0) {
		rc = -errno;
	}
	if (rc == 0 && fsync(fd) != 0) {
		rc = -errno;
	}
	(void)close(fd);
	if (rc == 0 && rename(temporary, path) != 0) {
		rc = -errno;
	}
	if (rc == 0) {
		rc = sync_folder_of(path);
	}
	if (rc) {
		(void)unlink(temporary);
		return err_set(e, rc, "%s: cannot write: %s", path, strerror(-rc));
	}
	return 0;
}

int file_read_secret(const char *path, char **secret, struct err *e)
{
	enum { SECRET_LIMIT = 65536 };
	struct stat st;
	if (stat(path, &st) != 0) {
		return fail(e, path, "cannot read this secret");
	}
	if (st.st_mode & (S_IRWXO | S_IWGRP)) {
		return err_set(e, -EACCES,
			"%s: others may read or change this secret; make it mode 0600 or 0640",
			path);
	}
	size_t size = 0;
	int rc = file_read(path, SECRET_LIMIT, secret, &size, e);
	if (rc) {
		return rc;
	}
	while (size > 0 && ((*secret)[size - 1] == '\n' || (*secret)[size - 1] == '\r')) {
		(*secret)[--size] = '\0';
	}
	if (size == 0) {
		free(*secret);
		*secret = NULL;
		return err_set(e, -EINVAL, "%s: the secret is empty", path);
	}
	return 0;
}

int dir_make(const char *path, unsigned mode, struct err *e)
{
	char *copy = mem_copy_text(path);
	for (char *at = copy + 1;; at++) {
		if (*at != '/' && *at != '\0') {
			continue;
		}
		char was = *at;
		*at = '\0';
		if (mkdir(copy, mode) != 0 && errno != EEXIST) {
			int rc = fail(e, copy, "cannot make this folder");
			free(copy);
			return rc;
		}
		*at = was;
		if (was == '\0') {
			break;
		}
	}
	free(copy);
	return 0;
}
