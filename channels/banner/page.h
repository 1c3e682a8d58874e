/* SPDX-License-Identifier: Apache-2.0
 *
 * The pages people read: index.html (light disaster page for phones) and banner.html (fragment for
 * the home page). Both work without script; the script hides what has expired, says when the page
 * is stale and fetches news. A drill board makes pages that cannot be taken for real ones.
 */
#pragma once

#include "base/buf.h"
#include "channels/banner/board.h"

enum { PAGE_LIMIT = 30 * 1024 };

struct page_context {
	const char *publisher;
	const char *url;  /* public address of the folder without trailing slash; "" unknown */
	const char *home; /* the municipality's home page; "" none */
	const char *site;
	struct wall_time now;
	int64_t stale_ms; /* readers call the page stale this long after now */
	bool drill;
};

/* Append; 0 or -EMSGSIZE. index.html never exceeds PAGE_LIMIT: what does not fit is told in fewer
 * words, most urgent entries last. */
int page_add_index(struct buf *out, const struct board *board, const struct page_context *context);
int page_add_banner(struct buf *out, const struct board *board, const struct page_context *context);
