/* SPDX-License-Identifier: Apache-2.0
 *
 * The quick halves of json_read() and json_write(). jansson reads a byte at a time through a
 * callback, about a hundred instructions each, and writes with fifty; every alert is read and
 * written half a dozen times on its way (ingest, hub, each driver). The reader knows what our own
 * programs write: ASCII member names, integers, texts with the short escapes. Whatever else there
 * is, right or wrong, it leaves to jansson, which also words every error. Both give what jansson
 * gives, to the byte: tests/fuzz/fuzz_json.c.
 */
#pragma once

#include "base/buf.h"

#include <jansson.h>
#include <stddef.h>

/* The same value json_loadb() would give, duplicate names refused; NULL: ask json_loadb(). */
json_t *json_quick_read(const char *text, size_t size);

/* Appends what json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) would give. */
void json_quick_write(struct buf *out, const json_t *value);
