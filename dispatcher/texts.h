/* SPDX-License-Identifier: Apache-2.0
 *
 * The broadcasts that go out just now, as the JSON text they are stored as: every channel and every
 * agent of it hands out the same text, so it is neither read from the store nor parsed for each.
 * Bounded; what is no longer here is read again.
 */
#pragma once

#include "base/err.h"

#include <jansson.h>
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

/* Just written: handing out need not ask the store. json is object's text, taken over; object is
 * borrowed, and loses its shapes. */
void texts_put(struct texts *t, const char *broadcast, char *json, json_t *object);
/* Borrowed until the next call; NULL and *e when the store does not have it. shapes: with polygons
 * and circles. They may be most of a text, a driver reads all of it before it can begin, and nearly
 * all drivers go by codes. */
const struct outgoing_text *texts_get(
	struct texts *t, const char *broadcast, bool shapes, struct err *e);
/* A transaction was rolled back: what was put in it was never written. */
void texts_forget(struct texts *t);
