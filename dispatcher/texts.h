/* SPDX-License-Identifier: Apache-2.0
 *
 * The broadcasts that go out just now, as the JSON text they are stored as: every channel and every
 * agent of it hands out the same text, so it is neither read from the store nor parsed for each.
 * Bounded; what is no longer here is read again.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct store;
struct texts;

struct outgoing_text {
	char *json;
	size_t size;
	bool drill; /* its status is exercise */
};

struct texts *texts_new(struct store *store);
void texts_free(struct texts *t);

/* Just written: handing out need not ask the store. Takes json over. */
void texts_put(struct texts *t, const char *broadcast, char *json, bool drill);
/* Borrowed until the next call; NULL and *e when the store does not have it. */
const struct outgoing_text *texts_get(struct texts *t, const char *broadcast, struct err *e);
/* A transaction was rolled back: what was put in it was never written. */
void texts_forget(struct texts *t);
