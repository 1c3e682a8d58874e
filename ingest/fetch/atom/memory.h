/* SPDX-License-Identifier: Apache-2.0
 *
 * What the program remembers over restarts, in one file that is replaced atomically: which
 * telegrams were answered for good, how far each source is covered, what the hour has cost. Without
 * the file it starts as on its first day.
 *
 * Invariant: nothing is written here before it is true. Validators (ETag, Last-Modified) of a
 * source are remembered only once every telegram its document listed has been answered: a 304 after
 * a crash must not hide what was still to be fetched.
 */
#pragma once

#include "base/clock.h"
#include "base/err.h"
#include "ingest/fetch/atom/budget.h"

#include <stdbool.h>
#include <stddef.h>

enum { MEMORY_KEY_SIZE = 33 };

struct memory;

/* A file that cannot be read is set aside with a warning. */
struct memory *memory_open(const char *folder);
void memory_free(struct memory *m); /* does not save */

/* Writes the file if anything has changed. */
int memory_save(struct memory *m, struct err *e);
bool memory_changed(const struct memory *m);

/* ---- telegrams ---- */

bool memory_has_seen(const struct memory *m, const char *key);
/* Answered for good, or still listed: kept on from now. */
void memory_see(struct memory *m, const char *key, struct wall_time now);
/* Forgets what was not listed since. */
void memory_forget(struct memory *m, struct wall_time before);

/* ---- sources ---- */

struct memory_source {
	const char *etag; /* borrowed until the next memory_put_source() of this URL */
	const char *last_modified;
	struct wall_time newest;  /* time the document said; none: never said */
	struct wall_time covered; /* everything listed until then was answered; none: nothing yet */
};

struct memory_source memory_source(const struct memory *m, const char *url);
void memory_put_source(struct memory *m, const char *url, const struct memory_source *source);

/* ---- volume ---- */

void memory_get_budget(const struct memory *m, struct budget *b);
void memory_put_budget(struct memory *m, const struct budget *b);
