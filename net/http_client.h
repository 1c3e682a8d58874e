/* SPDX-License-Identifier: Apache-2.0
 *
 * Several requests at once over libcurl, each within its own limits and all within one deadline:
 * no redirects, no proxy from the environment, TLS 1.2 or newer, response capped. Connections are
 * not reused unless the caller says that a silent repetition by the library is harmless (library
 * findings: a kept connection that dies is retried without a word).
 */
#pragma once

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "net/http_outcome.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct http_client;

/* How one remote is spoken to. */
struct http_settings {
	int64_t connect_timeout_ms;
	int64_t timeout_ms; /* of one whole request */
	char *ca_file;	    /* owned, as the next two; "": the system's */
	char *cert_file;    /* client certificate; "" none */
	char *key_file;
	bool reuse; /* every request carries a key that makes a repetition harmless */
};

/* From the option keys connect_timeout, timeout (in options) and ca_file, cert_file, key_file (in
 * remote, which may be the same object). */
void http_settings_read(
	struct http_settings *s, const json_t *options, const json_t *remote, bool reuse);
void http_settings_clear(struct http_settings *s);

struct http_client *http_client_new(struct err *e);
void http_client_free(struct http_client *c);

struct http_request {
	const struct http_settings *settings;
	const char *method; /* "POST", "PUT"; "GET": body is not sent */
	const char *url;
	const char *const *headers; /* "Name: value", ends with NULL; no CR or LF (asserted) */
	const void *body;
	size_t body_size;
	/* Never shown, should the remote repeat them; ends with NULL; may be NULL. */
	const char *const *secrets;
	/* filled in by http_client_run() */
	struct http_exchange exchange; /* text points into response or the client */
	struct buf response;	       /* at most 64 KiB; the caller clears */
};

/* Runs all requests, at most until deadline; before a request is handed to the library,
 * at_risk(data, index) is called. Every request has its exchange afterwards. */
void http_client_run(struct http_client *c, struct http_request *requests, size_t count,
	struct mono_time deadline, void (*at_risk)(void *data, size_t index), void *data);

/* https, http only towards this machine, no password inside: -EINVAL with the reason otherwise. */
int http_check_url(const char *url, struct err *e);

/* Connects to the host of url as a request would (TLS included) and closes again, within
 * timeout_ms; 0 or a negative errno. */
int http_probe(
	const struct http_settings *settings, const char *url, int timeout_ms, struct err *e);
