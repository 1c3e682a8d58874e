/* SPDX-License-Identifier: Apache-2.0
 *
 * An answer of the feed contract as an HTTP response. Pure.
 */
#pragma once

#include <event2/buffer.h>
#include <jansson.h>
#include <stdbool.h>

/* The status of {"accepted":…}, {"duplicate":…}, {"refused":…}, {"retry":…} or {"health":…}. */
int http_answer_status(const json_t *answer);

/* Writes the response; answer is the object's text and becomes the body. closing: the connection
 * ends after it. */
void http_answer_write(struct evbuffer *out, const char *answer, bool closing);
