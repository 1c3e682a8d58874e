/* SPDX-License-Identifier: Apache-2.0
 *
 * An Atom or RSS 2.0 document as a list of entries, each with a link to a telegram or the telegram
 * itself. Bytes from outside: no DTD, capped; no network. Pure.
 */
#pragma once

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>

enum { FEED_SIZE_LIMIT = 32 * 1024 * 1024 };

struct feed_entry {
	const char *link;	  /* as written, maybe relative; "" when embedded is there */
	struct wall_time updated; /* WALL_TIME_NONE: not said */
	const char *embedded;	  /* the telegram as a document of its own; NULL: none */
	size_t embedded_size;
};

struct feed_document {
	struct pool *pool;	  /* owns everything */
	struct wall_time updated; /* the newest time said anywhere; WALL_TIME_NONE: none */
	struct feed_entry *list;  /* in the order of the document */
	size_t count;
	size_t unusable; /* entries with neither link nor telegram */
	bool repaired;	 /* bytes that are no UTF-8 were replaced by U+FFFD */
};

/* 0; -EBADMSG not well-formed; -EPERM a DOCTYPE; -EMSGSIZE over a limit; -EPROTO well-formed, but
 * neither Atom nor RSS. A document without entries is a good one. */
int feed_document_read(const void *bytes, size_t size, struct feed_document *out, struct err *e);
void feed_document_clear(struct feed_document *doc);
