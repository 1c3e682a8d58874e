/* SPDX-License-Identifier: Apache-2.0
 *
 * TLS towards senders: OpenSSL behind libevent's bufferevents. TLS 1.2 or newer, no
 * renegotiation, no session resumption: a certificate that was withdrawn does not live on in a
 * ticket.
 */
#pragma once

#include "base/err.h"

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>

struct tls_context;

struct tls_settings {
	const char *certificate; /* PEM, with its chain */
	const char *key;	 /* PEM; a file that others can read is refused */
	const char *client_ca;	 /* "": no certificate is asked for; else one is demanded */
};

/* Reads the files. 0, or a negative errno with an error that names the file. */
int tls_context_new(const struct tls_settings *settings, struct tls_context **out, struct err *e);
void tls_context_free(struct tls_context *t); /* connections made from it go on */

/* A stream over fd that begins its handshake; owns fd. Ends with BEV_EVENT_CONNECTED or an error.
 * NULL when there is no memory for it; fd is still the caller's then. */
struct bufferevent *tls_accept(struct tls_context *t, struct event_base *base, int fd);

/* Calls each() with every identity in the client's certificate: DNS names, mail addresses, URIs and
 * addresses of its subjectAltName; without any, its common names. Stops when each() says true, and
 * returns that. */
bool tls_peer_has_name(
	struct bufferevent *stream, bool (*each)(void *to, const char *name), void *to);

/* The client's identities for a log line, cut to size. Returns out. */
const char *tls_peer_text(struct bufferevent *stream, char *out, size_t size);

/* Why the handshake failed, cut to size. Returns out. */
const char *tls_fault_text(struct bufferevent *stream, char *out, size_t size);

/* Tells the client that nothing more comes. What was written before must have left. */
void tls_shut(struct bufferevent *stream);
