/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by the files that check signatures, by nobody else.
 */
#pragma once

#include "ingest/signature/signature.h"

#include <openssl/x509.h>

extern const char signature_ns[];

/* What keeps a Signature element from being checked: NULL when its form is one that is taken. root
 * is the element it must speak of. The text is static. */
const char *signature_form_fault(const xmlNode *signature, const xmlNode *root, bool sha1);

/* What may stand between a key that fits and trust: NULL when certificate, with others as its way
 * up, is trusted at now. The text is borrowed from OpenSSL or static. */
const char *trust_fault(
	const struct trust *t, X509 *certificate, STACK_OF(X509) * others, struct wall_time now);

/* The certificates that are trusted, for a signature that does not bring its own. */
STACK_OF(X509) * trust_certificates(const struct trust *t);
