/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mail/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>

static int on_verify(int accepted, X509_STORE_CTX *store)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls_note *note = ssl ? SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)) : NULL;
	if (!accepted && note) {
		(void)snprintf(note->text, sizeof(note->text), "certificate: %s",
			X509_verify_cert_error_string(X509_STORE_CTX_get_error(store)));
	}
	return accepted;
}

static int pin_name(SSL_CTX *context, const char *name)
{
	struct in_addr address;
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(context);
	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return inet_pton(AF_INET, name, &address) == 1
		       ? X509_VERIFY_PARAM_set1_ip_asc(param, name)
		       : X509_VERIFY_PARAM_set1_host(param, name, 0);
}

int tls_context_new(
	const char *name, const char *ca_file, struct tls_note *note, SSL_CTX **out, struct err *e)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	if (!context || !SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) ||
		!pin_name(context, name)) {
		SSL_CTX_free(context);
		return err_set(e, -EINVAL, "tls_name: \"%s\" cannot be checked", name);
	}
	int loaded = ca_file[0] != '\0' ? SSL_CTX_load_verify_locations(context, ca_file, NULL)
					: SSL_CTX_set_default_verify_paths(context);
	if (!loaded) {
		unsigned long code = ERR_get_error();
		const char *reason = ERR_reason_error_string(code);
		SSL_CTX_free(context);
		return err_set(e, -EINVAL, "ca_file: %s: %s", ca_file,
			reason ? reason : "no certificate found");
	}
	ERR_clear_error();
	SSL_CTX_set_app_data(context, note);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, on_verify);
	*out = context;
	return 0;
}
