/* SPDX-License-Identifier: Apache-2.0
 *
 * The head of a request: request line and fields, read and judged. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum http_method { HTTP_OTHER, HTTP_GET, HTTP_POST };

struct http_head {
	enum http_method method;
	bool health; /* the target is /v1/health, not /v1/alerts */
	bool is_last;
	bool chunked;
	bool has_length;
	uint64_t length;
	bool expects; /* 100-continue */
};

/* A refusal: both are static. */
struct http_fault {
	const char *code;
	const char *text;
};

/* Reads a whole head of size bytes, its empty line left out. token_digest as for
 * http_request_new(). False with *fault when the request is refused. */
bool http_head_read(const char *text, size_t size, const char *token_digest, struct http_head *out,
	struct http_fault *fault);
