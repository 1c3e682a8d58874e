/* SPDX-License-Identifier: Apache-2.0
 *
 * Small helpers over jansson: reading members with a default or with a clear error, so that no
 * caller walks a chain of json_object_get() and NULL checks.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Missing or of another type gives the fallback. The text is borrowed from object. */
const char *json_text(const json_t *object, const char *key, const char *fallback);
int64_t json_int(const json_t *object, const char *key, int64_t fallback);
bool json_flag(const json_t *object, const char *key, bool fallback);

/* 0 and *out, or -EINVAL with an error that names the key. */
int json_need_text(const json_t *object, const char *key, const char **out, struct err *e);
int json_need_int(const json_t *object, const char *key, int64_t *out, struct err *e);

/* Sets key unless text is NULL or empty. Text that is not UTF-8 is replaced by U+FFFD pieces. */
void json_put_text(json_t *object, const char *key, const char *text);
void json_put_int(json_t *object, const char *key, int64_t value);
void json_put_flag(json_t *object, const char *key, bool value);
/* Appends text as a JSON string, quotes included; what is not UTF-8 is replaced as above. */
void json_write_text(struct buf *out, const char *text);
/* Steals value; a NULL value is ignored. */
void json_put(json_t *object, const char *key, json_t *value);

/* Appends value without blanks. A failure is the buffer's. */
void json_write(struct buf *out, const json_t *value);
/* The same as a new text; the caller frees. */
char *json_to_text(const json_t *value);

/* Parses one JSON value from size bytes; duplicate keys are refused, depth is jansson's limit.
 * NULL and *e on error. The caller releases with json_decref(). */
json_t *json_read(const char *text, size_t size, struct err *e);
