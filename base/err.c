/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

size_t utf8_cut(const char *text, size_t size, size_t limit)
{
	if (size <= limit) {
		return size;
	}
	size_t end = limit;
	while (end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80) {
		end--;
	}
	return end;
}

void utf8_vprint(char *out, size_t capacity, const char *format, va_list args)
{
	assert(capacity >= 8);
	int length = vsnprintf(out, capacity, format, args);
	if (length < 0) {
		out[0] = '\0';
	} else if ((size_t)length >= capacity) {
		/* It was cut anywhere; four bytes further in, a whole character surely ends. */
		out[utf8_cut(out, capacity - 1, capacity - 5)] = '\0';
	}
}

static void format_into(struct err *e, size_t at, const char *format, va_list args)
{
	char whole[2048];
	int length = vsnprintf(whole, sizeof(whole), format, args);
	size_t size = length < 0 ? 0 : (size_t)length;
	if (size >= sizeof(whole)) {
		size = sizeof(whole) - 1;
	}
	size_t room = sizeof(e->text) - 1 - at;
	size = utf8_cut(whole, size, room);
	memcpy(e->text + at, whole, size);
	e->text[at + size] = '\0';
}

int err_set(struct err *e, int code, const char *format, ...)
{
	assert(code < 0);
	va_list args;
	va_start(args, format);
	e->code = code;
	format_into(e, 0, format, args);
	va_end(args);
	return code;
}

int err_prefix(struct err *e, const char *format, ...)
{
	struct err old = *e;
	va_list args;
	va_start(args, format);
	format_into(e, 0, format, args);
	va_end(args);
	size_t at = strlen(e->text);
	size_t size = utf8_cut(old.text, strlen(old.text), sizeof(e->text) - 1 - at);
	memcpy(e->text + at, old.text, size);
	e->text[at + size] = '\0';
	return e->code;
}
