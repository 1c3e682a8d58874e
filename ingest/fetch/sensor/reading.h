/* SPDX-License-Identifier: Apache-2.0
 *
 * What a gauge sends: a bare number, or JSON with the value and its time somewhere inside (named by
 * JSON Pointers, RFC 6901). Pure; the payload comes from outside.
 */
#pragma once

#include "base/clock.h"
#include "base/err.h"

#include <stddef.h>

enum { READING_BYTES_MAX = 16 * 1024 };

struct reading_form {
	const char *value; /* JSON Pointer; "": the payload is the number */
	const char
		*time; /* JSON Pointer to RFC 3339 text or seconds since 1970; "": none is sent */
};

/* 0; *at is WALL_TIME_NONE when the form has no time. -EINVAL with what was expected where. */
int reading_parse(const struct reading_form *form, const char *payload, size_t size, double *value,
	struct wall_time *at, struct err *e);

/* -EINVAL when text is no JSON Pointer ("" is one). */
int reading_check_pointer(const char *text, struct err *e);
