/* SPDX-License-Identifier: Apache-2.0
 *
 * Tools of the wording: templates, and text from outside made fit to show.
 */
#pragma once

#include "base/mem.h"

#include <stddef.h>

enum { WORDING_TEXT_MAX = 64 * 1024 }; /* bytes of one form */

struct wording_pair {
	char key; /* of {k} in the template */
	const char *text;
};

/* Blanks without a pair stay as they are. In the pool. */
const char *wording_expand(
	struct pool *pool, const char *template, const struct wording_pair *pairs, size_t count);

#define WORDING_EXPAND(pool, template, ...)                                                        \
	wording_expand(pool, template, (const struct wording_pair[]){__VA_ARGS__},                 \
		sizeof((const struct wording_pair[]){__VA_ARGS__}) / sizeof(struct wording_pair))

/* Newlines kept, other controls become blanks, marks that are invisible or turn the writing
 * direction go, at most limit bytes. In the pool. */
const char *wording_clean(struct pool *pool, const char *text, size_t limit);

/* Characters (code points). */
size_t wording_length(const char *text);
