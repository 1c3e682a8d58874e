/* SPDX-License-Identifier: Apache-2.0
 *
 * What programs read: banner.json and feed.atom.
 */
#pragma once

#include "channels/banner/page.h"

/* The caller releases. */
json_t *feed_json(const struct board *board, const struct page_context *context);
/* Appends; 0 or -EMSGSIZE. */
int feed_add_atom(struct buf *out, const struct board *board, const struct page_context *context);
