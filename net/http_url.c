/* SPDX-License-Identifier: Apache-2.0
 *
 * Addresses of what is got: parts of URLs by libcurl's own parser, networks by their numbers.
 */
#include "net/http_get.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static CURLU *new_url(void)
{
	CURLU *url = curl_url();
	if (!url) {
		abort();
	}
	return url;
}

static int put(const char *text, char *out, size_t capacity)
{
	int size = snprintf(out, capacity, "%s", text);
	return size < 0 || (size_t)size >= capacity ? -EMSGSIZE : 0;
}

static bool has(CURLU *url, CURLUPart part)
{
	char *text = NULL;
	bool is_there = curl_url_get(url, part, &text, 0) == CURLUE_OK;
	curl_free(text);
	return is_there;
}

int http_url_resolve(const char *base, const char *ref, char *out, size_t capacity)
{
	CURLU *url = new_url();
	char *scheme = NULL;
	char *whole = NULL;
	int rc = -EINVAL;
	if (curl_url_set(url, CURLUPART_URL, base, 0) == CURLUE_OK &&
		curl_url_set(url, CURLUPART_URL, ref, 0) == CURLUE_OK &&
		curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0) == CURLUE_OK &&
		curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
		(strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) &&
		!has(url, CURLUPART_USER) && !has(url, CURLUPART_PASSWORD) &&
		curl_url_get(url, CURLUPART_URL, &whole, 0) == CURLUE_OK) {
		rc = put(whole, out, capacity);
	}
	curl_free(scheme);
	curl_free(whole);
	curl_url_cleanup(url);
	return rc;
}

/* FIRST, or FIRST between SECOND when the URL has a second part. */
static int put_parts(const char *text, CURLUPart first, const char *between, CURLUPart second,
	char *out, size_t capacity)
{
	CURLU *url = new_url();
	char *a = NULL;
	char *b = NULL;
	int rc = -EINVAL;
	if (curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK &&
		curl_url_get(url, first, &a, 0) == CURLUE_OK) {
		bool both = curl_url_get(url, second, &b, CURLU_NO_DEFAULT_PORT) == CURLUE_OK;
		int size = snprintf(out, capacity, "%s%s%s", a, both ? between : "", both ? b : "");
		rc = size < 0 || (size_t)size >= capacity ? -EMSGSIZE : 0;
	}
	curl_free(a);
	curl_free(b);
	curl_url_cleanup(url);
	return rc;
}

int http_url_host(const char *url, char *out, size_t capacity)
{
	int rc = put_parts(url, CURLUPART_HOST, ":", CURLUPART_PORT, out, capacity);
	for (char *at = out; rc == 0 && *at; at++) {
		*at = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
	}
	return rc;
}

int http_url_path(const char *url, char *out, size_t capacity)
{
	return put_parts(url, CURLUPART_PATH, "?", CURLUPART_QUERY, out, capacity);
}

/* ---- networks ---- */

static const struct {
	const char *network;
	int bits;
} private4[] = {
	{"0.0.0.0", 8}, {"10.0.0.0", 8}, {"100.64.0.0", 10}, {"127.0.0.0", 8}, {"169.254.0.0", 16},
	{"172.16.0.0", 12}, {"192.0.0.0", 24}, {"192.168.0.0", 16}, {"198.18.0.0", 15},
	{"224.0.0.0", 3}, /* multicast and reserved */
};

static bool is_private4(uint32_t address)
{
	for (size_t i = 0; i < sizeof(private4) / sizeof(private4[0]); i++) {
		struct in_addr network;
		(void)inet_pton(AF_INET, private4[i].network, &network);
		uint32_t mask = ~(uint32_t)0 << (32 - private4[i].bits);
		if ((address & mask) == ntohl(network.s_addr)) {
			return true;
		}
	}
	return false;
}

static bool is_private6(const struct in6_addr *a)
{
	if (IN6_IS_ADDR_V4MAPPED(a) || IN6_IS_ADDR_V4COMPAT(a)) {
		uint32_t inner;
		memcpy(&inner, &a->s6_addr[12], sizeof(inner));
		return is_private4(ntohl(inner));
	}
	return IN6_IS_ADDR_UNSPECIFIED(a) || IN6_IS_ADDR_LOOPBACK(a) || IN6_IS_ADDR_LINKLOCAL(a) ||
	       IN6_IS_ADDR_SITELOCAL(a) || IN6_IS_ADDR_MULTICAST(a) ||
	       (a->s6_addr[0] & 0xfe) == 0xfc;
}

bool http_address_is_private(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		return is_private4(ntohl(
			((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr));
	}
	if (address->sa_family == AF_INET6) {
		return is_private6(
			&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
	}
	return true;
}
