/* SPDX-License-Identifier: Apache-2.0
 *
 * What an HTTP exchange means for the target: a pure function, one row per case
 * (docs/outcomes.md, "HTTP").
 */
#pragma once

#include "schemas/outcome.h"

#include <stdbool.h>

/* How the transfer itself ended. */
enum http_end {
	HTTP_END_COMPLETE,    /* a whole response was read */
	HTTP_END_UNREACHABLE, /* no name, no connection */
	HTTP_END_TLS,	      /* the peer is not who it should be, or speaks no TLS we accept */
	HTTP_END_TIMEOUT,
	HTTP_END_BROKEN, /* the connection ended early */
	HTTP_END_LOCAL,	 /* our own request could not be made (bad address, unreadable key) */
};

struct http_exchange {
	enum http_end end;
	int status;	       /* 0: none was read */
	long request_bytes;    /* sent, headers included: 0 means the remote saw nothing */
	int64_t retry_after_s; /* as the remote asked; 0 none */
	int64_t duration_ms;
	const char *text; /* of the transport error, or of the response body; may be "" */
};

void http_judge(const struct http_exchange *x, struct outcome *out);
