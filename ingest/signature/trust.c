/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/mem.h"
#include "ingest/signature/signature_private.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <stdlib.h>

enum { FILE_BYTES_MAX = 1024 * 1024, CERTIFICATES_MAX = 64 };

struct trust {
	X509_STORE *store;
	STACK_OF(X509) * certificates; /* owned */
};

static int add_certificates(struct trust *t, BIO *from)
{
	int count = 0;
	X509 *certificate;
	while ((certificate = PEM_read_bio_X509(from, NULL, NULL, NULL))) {
		if (sk_X509_num(t->certificates) >= CERTIFICATES_MAX ||
			X509_STORE_add_cert(t->store, certificate) != 1 ||
			sk_X509_push(t->certificates, certificate) == 0) {
			X509_free(certificate);
			return -EMSGSIZE;
		}
		count++;
	}
	ERR_clear_error(); /* the end of the file is an error to OpenSSL */
	return count;
}

static int load_file(struct trust *t, const char *file, struct err *e)
{
	char *text = NULL;
	size_t size = 0;
	int rc = file_read(file, FILE_BYTES_MAX, &text, &size, e);
	if (rc) {
		return rc;
	}
	BIO *from = BIO_new_mem_buf(text, (int)size);
	int count = from ? add_certificates(t, from) : -ENOMEM;
	BIO_free(from);
	free(text);
	if (count < 0) {
		return err_set(e, count, "%s: more than %d certificates", file, CERTIFICATES_MAX);
	}
	return count > 0 ? 0 : err_set(e, -EINVAL, "%s: no certificate in PEM form", file);
}

int trust_load(const struct text_list *files, struct trust **out, struct err *e)
{
	struct trust *t = mem_new(sizeof(*t));
	t->store = X509_STORE_new();
	t->certificates = sk_X509_new_null();
	if (!t->store || !t->certificates) {
		abort(); /* out of memory: as mem.h */
	}
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < files->count; i++) {
		rc = load_file(t, files->list[i], e);
	}
	if (rc) {
		trust_free(t);
		t = NULL;
	}
	*out = t;
	return rc;
}

void trust_free(struct trust *t)
{
	if (t) {
		X509_STORE_free(t->store);
		sk_X509_pop_free(t->certificates, X509_free);
		free(t);
	}
}

STACK_OF(X509) * trust_certificates(const struct trust *t)
{
	return t ? t->certificates : NULL;
}

const char *trust_fault(
	const struct trust *t, X509 *certificate, STACK_OF(X509) * others, struct wall_time now)
{
	if (!t || sk_X509_num(t->certificates) == 0) {
		return "no certificate is trusted";
	}
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	if (!ctx || X509_STORE_CTX_init(ctx, t->store, certificate, others) != 1) {
		abort(); /* out of memory: as mem.h */
	}
	/* A signer's own certificate in the list is trusted without its authority. */
	X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_PARTIAL_CHAIN);
	if (wall_time_is_none(now)) {
		X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_NO_CHECK_TIME);
	} else {
		X509_STORE_CTX_set_time(ctx, 0, (time_t)(now.ms / 1000));
	}
	const char *fault = X509_verify_cert(ctx) == 1
				    ? NULL
				    : X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx));
	X509_STORE_CTX_free(ctx);
	ERR_clear_error();
	return fault;
}
