/* SPDX-License-Identifier: Apache-2.0
 *
 * The requests of one HTTP/1.1 connection (RFC 9112), cut out of its bytes: POST /v1/alerts with a
 * telegram as its body, GET /v1/health without one. Strict where leniency lets two programs read
 * one stream differently: no bare line feeds, no folded lines, no length given twice. Pure.
 */
#pragma once

#include "ingest/framing.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	HTTP_HEAD_LIMIT = 8 * 1024,
	HTTP_TOKEN_DIGEST_SIZE = 65, /* DIGEST_HEX_SIZE */
};

struct http_request;

/* limit: bytes of one body. token_digest: SHA-256 of the bearer token in hexadecimal digits,
 * borrowed and read anew for each request; "": none is asked for. */
struct http_request *http_request_new(size_t limit, const char *token_digest);
void http_request_free(struct http_request *r);

/* As framing_take(). FRAMING_CONTINUE: the head is good and the client waits for a word before it
 * sends the body; FRAMING_HEALTH: asked how we are; FRAMING_REFUSED: http_request_code(). */
enum framing_verdict http_request_take(
	struct http_request *r, const char *data, size_t size, size_t *used);
enum framing_verdict http_request_end(struct http_request *r);
const char *http_request_message(const struct http_request *r, size_t *size);
void http_request_drop(struct http_request *r);
bool http_request_inside(const struct http_request *r);
size_t http_request_held(const struct http_request *r);
const char *http_request_fault(const struct http_request *r);
/* Contract word of the refusal: "bad-request", "not-found", "unauthorized", "method-not-allowed",
 * "unsupported-media-type", "length-required", "expectation-failed". */
const char *http_request_code(const struct http_request *r);
/* A head was good: the client has the token, if one is asked for. */
bool http_request_is_known(const struct http_request *r);
/* The client wants no further request on this connection. */
bool http_request_is_last(const struct http_request *r);
