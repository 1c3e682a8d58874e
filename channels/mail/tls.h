/* SPDX-License-Identifier: Apache-2.0
 *
 * The TLS side of the session: our own context with TLS 1.2 as floor and the relay's name pinned
 * by OpenSSL itself, because the SMTP library would take TLS 1.0 and check the name the DNS gives.
 */
#pragma once

#include "base/err.h"

#include <openssl/ssl.h>

/* Written by the handshake when a certificate is not accepted. */
struct tls_note {
	char text[160];
};

/* name: host name or IP address the certificate must carry. ca_file "": the system's. note is
 * borrowed by the context. 0 and *out (SSL_CTX_free()), or a negative errno. */
int tls_context_new(
	const char *name, const char *ca_file, struct tls_note *note, SSL_CTX **out, struct err *e);
