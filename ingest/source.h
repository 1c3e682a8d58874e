/* SPDX-License-Identifier: Apache-2.0
 *
 * Which addresses may feed us: CIDR ranges of IPv4 and IPv6.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct source_range {
	unsigned char address[16]; /* IPv4 as ::ffff:a.b.c.d */
	int bits;		   /* 0-128 */
};

/* "192.0.2.0/24", "2001:db8::/32", or a single address. 0 or -EINVAL with the reason. */
int source_parse(const char *text, struct source_range *out, struct err *e);

/* True when the peer is in one of the ranges, or there are none, or it is a Unix socket's. */
bool source_allowed(const struct source_range *ranges, size_t count, const struct sockaddr *peer);

enum { SOURCE_TEXT_SIZE = 64 };
/* "192.0.2.7:514", "[2001:db8::1]:514", "unix": for logs. Returns out. */
const char *source_text(const struct sockaddr *peer, char out[SOURCE_TEXT_SIZE]);
