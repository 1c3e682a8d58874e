/* SPDX-License-Identifier: Apache-2.0
 *
 * The error object: a number for the program and a sentence for a person.
 * Functions that can fail for reasons a person must read take a struct err * as last
 * argument and return its code. The sentence says what, which key or peer, and what to do.
 * It is logged once, by the function that handles it.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>

struct err {
	int code;	/* 0, or a negative errno value */
	char text[512]; /* UTF-8, cut at a character boundary, never empty after err_set() */
};

/* Fills *e and returns code, so that `return err_set(e, -EINVAL, "...")` reads well. */
int err_set(struct err *e, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Puts a context in front of the text already there ("channels.yaml:12: ..."). Returns e->code. */
int err_prefix(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The largest length <= limit at which text[0..length) ends on a UTF-8 character boundary. */
size_t utf8_cut(const char *text, size_t size, size_t limit);

/* As vsnprintf(), but what does not fit is cut at a character boundary. capacity: at least 8. */
void utf8_vprint(char *out, size_t capacity, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));
