/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *b, size_t limit)
{
	*b = (struct buf){.limit = limit};
}

void buf_clear(struct buf *b)
{
	free(b->data);
	buf_init(b, b->limit);
}

void buf_reset(struct buf *b)
{
	b->size = 0;
	b->failed = 0;
	if (b->data) {
		b->data[0] = '\0';
	}
}

static int reserve(struct buf *b, size_t more)
{
	if (b->failed) {
		return b->failed;
	}
	if (more > b->limit || b->size > b->limit - more) {
		b->failed = -EMSGSIZE;
		return b->failed;
	}
	size_t need = b->size + more + 1;
	if (need > b->capacity) {
		size_t capacity = b->capacity ? b->capacity : 256;
		while (capacity < need) {
			capacity *= 2;
		}
		b->data = mem_resize(b->data, capacity);
		b->capacity = capacity;
	}
	return 0;
}

int buf_add(struct buf *b, const void *data, size_t size)
{
	int rc = reserve(b, size);
	if (rc) {
		return rc;
	}
	if (size > 0) {
		memcpy(b->data + b->size, data, size);
	}
	b->size += size;
	b->data[b->size] = '\0';
	return 0;
}

int buf_add_text(struct buf *b, const char *text)
{
	return buf_add(b, text, strlen(text));
}

int buf_addf(struct buf *b, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	va_list again;
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	int rc = length < 0 ? -EINVAL : reserve(b, (size_t)length);
	if (rc == 0) {
		(void)vsnprintf(b->data + b->size, (size_t)length + 1, format, again);
		b->size += (size_t)length;
	}
	va_end(again);
	return rc;
}

void buf_drop(struct buf *b, size_t size)
{
	assert(size <= b->size);
	if (size == 0) {
		return;
	}
	memmove(b->data, b->data + size, b->size - size);
	b->size -= size;
	b->data[b->size] = '\0';
}

const char *buf_text(const struct buf *b)
{
	return b->data ? b->data : "";
}

char *buf_steal(struct buf *b)
{
	char *data = b->data ? b->data : mem_copy_text("");
	b->data = NULL;
	buf_init(b, b->limit);
	return data;
}
