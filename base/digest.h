/* SPDX-License-Identifier: Apache-2.0
 *
 * SHA-256, HMAC-SHA-256 and the text encodings that identifiers are written in.
 */
#pragma once

#include <stddef.h>

enum { DIGEST_BYTES = 32, DIGEST_HEX_SIZE = 65 };

struct digest;

struct digest *digest_new(void);
void digest_free(struct digest *d);
void digest_add(struct digest *d, const void *data, size_t size);
/* Adds text and a separator that cannot occur in it, so ("a","bc") and ("ab","c") differ. */
void digest_add_field(struct digest *d, const char *text);
/* Ends the digest; d can then be used for a new one. */
void digest_end(struct digest *d, unsigned char out[DIGEST_BYTES]);
void digest_end_hex(struct digest *d, char out[DIGEST_HEX_SIZE]);

void digest_of(const void *data, size_t size, char out[DIGEST_HEX_SIZE]);
/* Digest of several fields; the list ends with NULL. */
void digest_of_fields(char out[DIGEST_HEX_SIZE], const char *first, ...) __attribute__((sentinel));

void digest_hmac(const void *key, size_t key_size, const void *data, size_t size,
	unsigned char out[DIGEST_BYTES]);

/* RFC 4648 section 5 without padding, as JWS wants it. out needs base64url_size(size) bytes. */
size_t base64url_size(size_t size); /* including the zero */
size_t base64url_encode(const void *data, size_t size, char *out);
/* Returns 0 and *out_size, or -EINVAL; out needs size * 3 / 4 + 1 bytes. */
int base64url_decode(const char *text, size_t size, unsigned char *out, size_t *out_size);

/* RFC 4648 section 4 with padding. */
size_t base64_size(size_t size); /* including the zero */
size_t base64_encode(const void *data, size_t size, char *out);
int base64_decode(const char *text, size_t size, unsigned char *out, size_t *out_size);
