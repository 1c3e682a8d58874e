/* SPDX-License-Identifier: Apache-2.0
 *
 * A growing byte buffer with a hard cap, so that nothing from outside decides how much memory is
 * taken. The bytes are always followed by a zero that does not count.
 */
#pragma once

#include <stddef.h>

struct buf {
	char *data; /* owned; NULL while empty */
	size_t size;
	size_t capacity;
	size_t limit; /* bytes; reaching it makes the buffer failed */
	int failed;   /* 0 or -EMSGSIZE; sticky, so a chain of appends is checked once at the end */
};

void buf_init(struct buf *b, size_t limit);
void buf_clear(struct buf *b); /* frees; the buffer can be used again with the same limit */
void buf_reset(struct buf *b); /* size 0, keeps the memory, forgets a failure */

/* Each returns 0 or -EMSGSIZE (limit reached: nothing of this piece was added). */
int buf_add(struct buf *b, const void *data, size_t size);
int buf_add_text(struct buf *b, const char *text);
int buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Removes size bytes from the front. size must not exceed b->size. */
void buf_drop(struct buf *b, size_t size);

/* The bytes as text, never NULL. Borrowed until the next change. */
const char *buf_text(const struct buf *b);

/* Hands the memory to the caller, who frees it with free(); the buffer is empty afterwards. */
char *buf_steal(struct buf *b);
