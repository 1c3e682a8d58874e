/* SPDX-License-Identifier: Apache-2.0
 *
 * The way from a fetch program to the feed's socket: octet-counted messages over one connection, an
 * answer line for each, everything kept until it is answered for good.
 *
 *   waiting ──sent──► in flight ──accepted, duplicate, refused──► done
 *      ▲                 │ retry, connection lost
 *      └──growing delay──┘
 */
#pragma once

#include "ingest/fetch/fetch.h"

struct submitter;

/* path is borrowed. */
struct submitter *submitter_new(struct event_base *base, const char *path);
/* What waits is forgotten: it was never marked as fetched. NULL is fine. */
void submitter_free(struct submitter *s);

/* As fetch_submit(). */
void submitter_add(struct submitter *s, const void *bytes, size_t size,
	void (*done)(void *data, const struct fetch_answer *answer), void *data);

bool submitter_has_room(const struct submitter *s);
size_t submitter_waiting(const struct submitter *s);

/* Why nothing is taken, or why one telegram is not; "" while all is well. *since receives when that
 * began. */
const char *submitter_fault(const struct submitter *s, struct mono_time *since);
