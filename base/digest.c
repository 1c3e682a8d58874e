/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"

#include "base/mem.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct digest {
	EVP_MD_CTX *context;
};

static void start(struct digest *d)
{
	if (EVP_DigestInit_ex(d->context, EVP_sha256(), NULL) != 1) {
		abort(); /* only when libcrypto itself is broken */
	}
}

struct digest *digest_new(void)
{
	struct digest *d = mem_new(sizeof(*d));
	d->context = EVP_MD_CTX_new();
	if (!d->context) {
		abort();
	}
	start(d);
	return d;
}

void digest_free(struct digest *d)
{
	if (d) {
		EVP_MD_CTX_free(d->context);
		free(d);
	}
}

void digest_add(struct digest *d, const void *data, size_t size)
{
	(void)EVP_DigestUpdate(d->context, data, size);
}

void digest_add_field(struct digest *d, const char *text)
{
	digest_add(d, text, strlen(text) + 1);
}

void digest_end(struct digest *d, unsigned char out[DIGEST_BYTES])
{
	unsigned int size = 0;
	(void)EVP_DigestFinal_ex(d->context, out, &size);
	start(d);
}

static void to_hex(const unsigned char in[DIGEST_BYTES], char out[DIGEST_HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < DIGEST_BYTES; i++) {
		out[2 * i] = digits[in[i] >> 4];
		out[2 * i + 1] = digits[in[i] & 15];
	}
	out[2 * DIGEST_BYTES] = '\0';
}

void digest_end_hex(struct digest *d, char out[DIGEST_HEX_SIZE])
{
	unsigned char raw[DIGEST_BYTES];
	digest_end(d, raw);
	to_hex(raw, out);
}

/* One context for the whole (single-threaded) process: making one costs more than a short hash. */
static struct digest *shared(void)
{
	static struct digest *one;
	if (!one) {
		one = digest_new();
	}
	return one;
}

void digest_of(const void *data, size_t size, char out[DIGEST_HEX_SIZE])
{
	digest_add(shared(), data, size);
	digest_end_hex(shared(), out);
}

void digest_of_fields(char out[DIGEST_HEX_SIZE], const char *first, ...)
{
	va_list args;
	va_start(args, first);
	for (const char *field = first; field; field = va_arg(args, const char *)) {
		digest_add_field(shared(), field);
	}
	va_end(args);
	digest_end_hex(shared(), out);
}

void digest_hmac(const void *key, size_t key_size, const void *data, size_t size,
	unsigned char out[DIGEST_BYTES])
{
	unsigned int out_size = DIGEST_BYTES;
	if (key_size > INT32_MAX ||
		!HMAC(EVP_sha256(), key, (int)key_size, data, size, out, &out_size)) {
		abort();
	}
}

static const char standard_alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

size_t base64_size(size_t size)
{
	return (size + 2) / 3 * 4 + 1;
}

size_t base64url_size(size_t size)
{
	return base64_size(size);
}

static size_t encode(const unsigned char *in, size_t size, const char *alphabet, int pad, char *out)
{
	size_t at = 0;
	for (size_t i = 0; i < size; i += 3) {
		size_t have = size - i < 3 ? size - i : 3;
		uint32_t word = (uint32_t)in[i] << 16;
		word |= have > 1 ? (uint32_t)in[i + 1] << 8 : 0;
		word |= have > 2 ? (uint32_t)in[i + 2] : 0;
		for (size_t k = 0; k < 4; k++) {
			if (k <= have) {
				out[at++] = alphabet[word >> (18 - 6 * k) & 63];
			} else if (pad) {
				out[at++] = '=';
			}
		}
	}
	out[at] = '\0';
	return at;
}

size_t base64_encode(const void *data, size_t size, char *out)
{
	return encode(data, size, standard_alphabet, 1, out);
}

size_t base64url_encode(const void *data, size_t size, char *out)
{
	return encode(data, size, url_alphabet, 0, out);
}

static int decode(
	const char *text, size_t size, const char *alphabet, unsigned char *out, size_t *out_size)
{
	signed char value[256];
	memset(value, -1, sizeof(value));
	for (int i = 0; i < 64; i++) {
		value[(unsigned char)alphabet[i]] = (signed char)i;
	}
	uint32_t word = 0;
	unsigned bits = 0;
	size_t at = 0;
	for (size_t i = 0; i < size; i++) {
		signed char v = value[(unsigned char)text[i]];
		if (v < 0) {
			return -EINVAL;
		}
		word = word << 6 | (unsigned char)v;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out[at++] = (unsigned char)(word >> bits);
		}
	}
	/* Six leftover bits mean a lone character; set leftover bits mean a second spelling. */
	if (bits == 6 || (word & ((1U << bits) - 1)) != 0) {
		return -EINVAL;
	}
	*out_size = at;
	return 0;
}

int base64url_decode(const char *text, size_t size, unsigned char *out, size_t *out_size)
{
	return decode(text, size, url_alphabet, out, out_size);
}

int base64_decode(const char *text, size_t size, unsigned char *out, size_t *out_size)
{
	if (size % 4 != 0) {
		return -EINVAL;
	}
	for (int pad = 0; pad < 2 && size > 0 && text[size - 1] == '='; pad++) {
		size--;
	}
	return decode(text, size, standard_alphabet, out, out_size);
}
