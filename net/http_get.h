/* SPDX-License-Identifier: Apache-2.0
 *
 * GET requests over libcurl on an event loop: conditional, capped in size and time, on kept
 * connections (a repetition by the library is harmless here), TLS 1.2 or newer, verified.
 * Redirects are followed one by one, each asked for; private addresses are refused at the moment of
 * connecting, so that no name that changes its mind leads inside.
 */
#pragma once

#include "base/err.h"

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_getter;
struct http_get_response;

/* Texts are borrowed for the getter's life. */
struct http_get_settings {
	int64_t connect_timeout_ms;
	int64_t timeout_ms;	/* of one request with its redirects */
	const char *ca_file;	/* "": the system's */
	const char *proxy;	/* "": none; never taken from the environment */
	bool private_addresses; /* may be connected to (with a proxy the proxy decides) */
	/* May url be asked because from redirected to it? */
	bool (*may_redirect)(const char *from, const char *url, void *data);
	void *data;
};

struct http_get_request {
	const char *url; /* copied, as the next two */
	const char *if_none_match;
	const char *if_modified_since; /* both "" when not known */
	size_t limit;		       /* bytes of the decoded body */
	/* Called once, from the loop; response is borrowed for the call. */
	void (*done)(void *data, const struct http_get_response *response);
	void *data;
};

struct http_get_response {
	int status;	   /* of the last answer; 0: there was none */
	bool whole;	   /* the response has been read to its end, within the limit */
	const char *fault; /* why not, for staff; "" */
	const char *url;   /* that gave the answer, after redirects */
	const char *body;
	size_t size;
	size_t received; /* bytes over the network, redirects included */
	const char *etag;
	const char *last_modified;
	int64_t retry_after_s; /* 0: not said */
};

struct http_getter *http_getter_new(
	struct event_base *base, const struct http_get_settings *settings, struct err *e);
/* Requests under way end without a word. NULL is fine. */
void http_getter_free(struct http_getter *g);

void http_get(struct http_getter *g, const struct http_get_request *request);

/* ---- addresses ---- */

/* ref, absolute or relative to base, without its fragment. -EINVAL: no http or https URL, or one
 * with a password; -EMSGSIZE. */
int http_url_resolve(const char *base, const char *ref, char *out, size_t capacity);
/* Host in lower case, with the port when it is not the scheme's. */
int http_url_host(const char *url, char *out, size_t capacity);
/* Path and query. */
int http_url_path(const char *url, char *out, size_t capacity);

struct sockaddr;
/* Loopback, link-local, private and multicast networks: nothing a public feed has to lead to. */
bool http_address_is_private(const struct sockaddr *address);
