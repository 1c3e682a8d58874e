/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory that cannot be had ends the process: the store and the supervisor make that safe, and no
 * caller has to invent a half-working answer. Sizes from outside are capped before they come here.
 * struct pool: many small things that live and die together (one alert, one configuration).
 */
#pragma once

#include <stddef.h>

void *mem_new(size_t size);			/* zeroed; free() */
void *mem_new_array(size_t count, size_t size); /* zeroed, overflow-checked; free() */
void *mem_resize(void *old, size_t size);
char *mem_copy_text(const char *text); /* free() */
void *mem_copy(const void *data, size_t size);

/* Makes room for one more element in a growing array: *array has *capacity elements of size bytes,
 * count of them in use. Doubles when full. New elements are not zeroed. */
void mem_grow(void **array, size_t *capacity, size_t count, size_t size);

struct pool;

struct pool *pool_new(void);
void pool_free(struct pool *p); /* frees everything taken from it; NULL is fine */

/* Borrowed until pool_free(); zeroed, aligned for any type. */
void *pool_take(struct pool *p, size_t size);
char *pool_copy_text(struct pool *p, const char *text);
char *pool_copy(struct pool *p, const char *text, size_t size); /* adds the zero */
char *pool_printf(struct pool *p, const char *format, ...)
	__attribute__((format(printf, 2, 3), nonnull));
