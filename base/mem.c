/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { POOL_BLOCK_BYTES = 8192 };

struct pool_block {
	struct pool_block *next;
	size_t used;
	size_t size;
	_Alignas(max_align_t) char data[];
};

struct pool {
	struct pool_block *blocks;
};

static _Noreturn void out_of_memory(void)
{
	static const char text[] = "level=error event=\"out of memory\"\n";
	ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);
	(void)ignored;
	abort();
}

void *mem_new(size_t size)
{
	return mem_new_array(1, size);
}

void *mem_new_array(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);
	if (!p) {
		out_of_memory();
	}
	return p;
}

void *mem_resize(void *old, size_t size)
{
	void *p = realloc(old, size ? size : 1);
	if (!p) {
		out_of_memory();
	}
	return p;
}

void *mem_copy(const void *data, size_t size)
{
	void *p = mem_new(size);
	if (size > 0) {
		memcpy(p, data, size);
	}
	return p;
}

char *mem_copy_text(const char *text)
{
	return mem_copy(text, strlen(text) + 1);
}

void mem_grow(void **array, size_t *capacity, size_t count, size_t size)
{
	if (count < *capacity) {
		return;
	}
	size_t next = *capacity ? *capacity * 2 : 8;
	size_t bytes;
	if (__builtin_mul_overflow(next, size, &bytes)) {
		out_of_memory();
	}
	*array = mem_resize(*array, bytes);
	*capacity = next;
}

struct pool *pool_new(void)
{
	return mem_new(sizeof(struct pool));
}

void pool_free(struct pool *p)
{
	if (!p) {
		return;
	}
	struct pool_block *next;
	for (struct pool_block *b = p->blocks; b; b = next) {
		next = b->next;
		free(b);
	}
	free(p);
}

void *pool_take(struct pool *p, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	if (size > SIZE_MAX / 2) {
		out_of_memory();
	}
	size = (size + align - 1) / align * align;
	struct pool_block *b = p->blocks;
	if (!b || b->size - b->used < size) {
		size_t room = size > POOL_BLOCK_BYTES ? size : POOL_BLOCK_BYTES;
		b = mem_new(sizeof(*b) + room);
		b->size = room;
		b->next = p->blocks;
		p->blocks = b;
	}
	void *taken = b->data + b->used;
	b->used += size;
	return taken;
}

char *pool_copy(struct pool *p, const char *text, size_t size)
{
	char *copy = pool_take(p, size + 1);
	if (size > 0) {
		memcpy(copy, text, size);
	}
	copy[size] = '\0';
	return copy;
}

char *pool_copy_text(struct pool *p, const char *text)
{
	return pool_copy(p, text, strlen(text));
}

char *pool_printf(struct pool *p, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	va_list again;
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	size_t size = length < 0 ? 0 : (size_t)length;
	char *text = pool_take(p, size + 1);
	(void)vsnprintf(text, size + 1, format, again);
	va_end(again);
	return text;
}
