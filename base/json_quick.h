/* SPDX-License-Identifier: Apache-2.0
 *
 * The quick half of json_read(). jansson reads a byte at a time through a callback, about a hundred
 * instructions each, and every alert is read five times on its way (hub, each driver). This reads
 * what our own programs write: ASCII member names, integers, texts with the short escapes. Whatever
 * else there is, right or wrong, it leaves to jansson, which also words every error.
 */
#pragma once

#include <jansson.h>
#include <stddef.h>

/* The same value json_loadb() would give, duplicate names refused; NULL: ask json_loadb(). */
json_t *json_quick_read(const char *text, size_t size);
