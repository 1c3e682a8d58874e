/* SPDX-License-Identifier: Apache-2.0
 *
 * Files, as a program that must survive power cuts reads and writes them.
 */
#pragma once

#include "base/err.h"

#include <stddef.h>

/* Reads a whole regular file (or "-": standard input) of at most limit bytes. The caller frees
 * *data (always zero-terminated beyond *size). -EFBIG when larger, else a negative errno; the error
 * names the path. */
int file_read(const char *path, size_t limit, char **data, size_t *size, struct err *e);

/* Replaces path in one step: temporary file in the same folder, written, fsync'ed, renamed, folder
 * fsync'ed. Readers see the old or the new content, never half. mode as for open(). */
int file_replace(const char *path, const void *data, size_t size, unsigned mode, struct err *e);

/* Reads a secret: one line, trailing newline cut. Refuses (-EACCES) a file that others may read. */
int file_read_secret(const char *path, char **secret, struct err *e);

/* Makes a directory and its parents; 0 when it is there already. */
int dir_make(const char *path, unsigned mode, struct err *e);
