/* SPDX-License-Identifier: Apache-2.0
 *
 * The folder of the fetch program "spool": what may be taken, how it is read, where it goes. A file
 * leaves the folder only after its answer, in one rename, so that it is never lost and never half.
 */
#pragma once

#include "base/clock.h"
#include "base/err.h"
#include "ingest/fetch/registry.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* ---- names ---- */

enum spool_name {
	SPOOL_NAME_GOOD,
	SPOOL_NAME_UNFINISHED, /* hidden, or *.tmp, *.part, *.filepart: somebody still writes */
	SPOOL_NAME_OURS,       /* done, refused */
	SPOOL_NAME_BAD,	       /* no UTF-8, control characters, too long */
};

enum spool_name spool_judge_name(const char *name);

/* ---- the folder ---- */

struct spool_folder;

/* Opens the folder and makes done/ and refused/ in it. 0 or a negative errno. */
int spool_open(const char *path, struct spool_folder **out, struct err *e);
void spool_close(struct spool_folder *folder); /* NULL is fine */
/* Still the folder that stands under its path? */
bool spool_is_there(const struct spool_folder *folder);

/* Names of what lies in the folder, sorted by their bytes, the first max of them; *more tells that
 * there are others. Hidden and unfinished names and our own folders are left out. The caller frees
 * each and the list. */
int spool_list(struct spool_folder *folder, size_t max, char ***names, size_t *count, bool *more,
	struct err *e);

enum spool_take {
	SPOOL_TAKEN,
	SPOOL_LATER,  /* still being written, or gone already */
	SPOOL_REFUSE, /* it will never be a telegram; e says why */
};

/* Reads one file whole; the caller frees *bytes. st identifies what was
 * read or refused. A file that is still
 * open for writing is left for later; where the system cannot tell, one that changed less than
 * settle_ms ago. */
enum spool_take spool_read(struct spool_folder *folder, const char *name, size_t limit,
	int64_t settle_ms, char **bytes, size_t *size, struct stat *st, struct err *e);

/* The file is still the one that was read. */
bool spool_is_same(const struct spool_folder *folder, const char *name, const struct stat *st);

/* Moves to done/, or with a reason to refused/ beside NAME.reason. A name that is taken there gets
 * a tail. 0 or a negative errno; -ENOSPC when only the reason could not be written. */
int spool_settle(struct spool_folder *folder, const char *name, const char *reason, struct err *e);

/* Deletes from done/ what came there before `before`. */
void spool_prune(struct spool_folder *folder, struct wall_time before);
