/* SPDX-License-Identifier: Apache-2.0
 *
 * OAuth 1.0a request signature with HMAC-SHA1 (RFC 5849 section 3.4) for a request whose body is
 * JSON, so that only the oauth_ parameters are signed.
 */
#pragma once

#include <stddef.h>

struct oauth1 {
	const char *consumer_key;
	const char *consumer_secret;
	const char *token;
	const char *token_secret;
	const char *nonce;     /* fresh for every request */
	const char *timestamp; /* seconds since 1970 */
};

/* Writes the value of the Authorization header. 0, or -EMSGSIZE when out is too small. url has no
 * query. */
int oauth1_authorization(
	const struct oauth1 *o, const char *method, const char *url, char *out, size_t capacity);
