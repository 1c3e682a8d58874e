/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/source.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { V4_PREFIX_BITS = 96 };

static void map_v4(const void *v4, unsigned char out[16])
{
	memset(out, 0, 10);
	out[10] = 0xff;
	out[11] = 0xff;
	memcpy(out + 12, v4, 4);
}

static int parse_bits(const char *text, int most, int *out)
{
	char *end;
	errno = 0;
	long bits = strtol(text, &end, 10);
	if (errno || end == text || *end || text[0] == '-' || text[0] == '+' || bits > most) {
		return -EINVAL;
	}
	*out = (int)bits;
	return 0;
}

int source_parse(const char *text, struct source_range *out, struct err *e)
{
	char address[INET6_ADDRSTRLEN];
	size_t size = strcspn(text, "/");
	if (size >= sizeof(address)) {
		return err_set(e, -EINVAL, "\"%.60s\" is no address range", text);
	}
	memcpy(address, text, size);
	address[size] = '\0';
	struct in_addr v4;
	int base = 0;
	if (inet_pton(AF_INET, address, &v4) == 1) {
		map_v4(&v4, out->address);
		base = V4_PREFIX_BITS;
	} else if (inet_pton(AF_INET6, address, out->address) != 1) {
		return err_set(e, -EINVAL, "\"%.60s\" is no address range", text);
	}
	int bits = 128 - base;
	if (text[size] == '/' && parse_bits(text + size + 1, 128 - base, &bits) != 0) {
		return err_set(
			e, -EINVAL, "\"%.60s\": 0 to %d bits after the slash", text, 128 - base);
	}
	out->bits = base + bits;
	return 0;
}

static bool in_range(const struct source_range *range, const unsigned char address[16])
{
	size_t whole = (size_t)range->bits / 8;
	if (memcmp(range->address, address, whole) != 0) {
		return false;
	}
	int rest = range->bits % 8;
	return rest == 0 || (range->address[whole] >> (8 - rest)) == (address[whole] >> (8 - rest));
}

bool source_allowed(const struct source_range *ranges, size_t count, const struct sockaddr *peer)
{
	unsigned char address[16];
	if (count == 0) {
		return true;
	}
	if (peer->sa_family == AF_INET) {
		map_v4(&((const struct sockaddr_in *)(const void *)peer)->sin_addr, address);
	} else if (peer->sa_family == AF_INET6) {
		memcpy(address, &((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr, 16);
	} else {
		return peer->sa_family == AF_UNIX;
	}
	for (size_t i = 0; i < count; i++) {
		if (in_range(&ranges[i], address)) {
			return true;
		}
	}
	return false;
}

const char *source_text(const struct sockaddr *peer, char out[SOURCE_TEXT_SIZE])
{
	char address[INET6_ADDRSTRLEN] = "?";
	if (peer->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)peer;
		(void)inet_ntop(AF_INET, &in->sin_addr, address, sizeof(address));
		(void)snprintf(out, SOURCE_TEXT_SIZE, "%s:%d", address, ntohs(in->sin_port));
	} else if (peer->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)peer;
		(void)inet_ntop(AF_INET6, &in6->sin6_addr, address, sizeof(address));
		(void)snprintf(out, SOURCE_TEXT_SIZE, "[%s]:%d", address, ntohs(in6->sin6_port));
	} else {
		(void)snprintf(out, SOURCE_TEXT_SIZE, "unix");
	}
	return out;
}
