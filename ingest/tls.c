/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/tls.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { CHAIN_LIMIT = 64 * 1024, CHAIN_DEPTH = 6, NAME_SIZE = 256 };

struct tls_context {
	SSL_CTX *ssl;
};

/* ---- files ---- */

static int say(struct err *e, const char *path)
{
	char text[160];
	unsigned long code = ERR_get_error();
	ERR_error_string_n(code, text, sizeof(text));
	const char *reason = ERR_reason_error_string(code);
	ERR_clear_error();
	return err_set(e, -EINVAL, "%s: %s", path, reason ? reason : text);
}

static int check_private(const char *path, struct err *e)
{
	struct stat st;
	if (stat(path, &st) != 0) {
		int code = errno;
		return err_set(e, -code, "%s: %s", path, strerror(code));
	}
	if (st.st_mode & (S_IROTH | S_IWOTH)) {
		return err_set(e, -EACCES, "%s: others can read it; chmod o= it", path);
	}
	return 0;
}

static int load_own(SSL_CTX *ssl, const struct tls_settings *settings, struct err *e)
{
	int rc = check_private(settings->key, e);
	if (rc) {
		return rc;
	}
	if (SSL_CTX_use_certificate_chain_file(ssl, settings->certificate) != 1) {
		return say(e, settings->certificate);
	}
	if (SSL_CTX_use_PrivateKey_file(ssl, settings->key, SSL_FILETYPE_PEM) != 1 ||
		SSL_CTX_check_private_key(ssl) != 1) {
		return say(e, settings->key);
	}
	return 0;
}

static int load_authorities(SSL_CTX *ssl, const char *path, struct err *e)
{
	if (path[0] == '\0') {
		SSL_CTX_set_verify(ssl, SSL_VERIFY_NONE, NULL);
		return 0;
	}
	STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(path);
	if (!names || SSL_CTX_load_verify_locations(ssl, path, NULL) != 1) {
		return say(e, path);
	}
	SSL_CTX_set_client_CA_list(ssl, names);
	SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_verify_depth(ssl, CHAIN_DEPTH);
	return 0;
}

/* The interactive question for a pass phrase would stop everything. */
static int no_pass_phrase(char *buffer, int size, int writing, void *data)
{
	(void)buffer;
	(void)size;
	(void)writing;
	(void)data;
	return 0;
}

static SSL_CTX *new_context(void)
{
	SSL_CTX *ssl = SSL_CTX_new(TLS_server_method());
	if (!ssl) {
		abort();
	}
	(void)SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION);
	(void)SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
					       SSL_OP_NO_COMPRESSION |
					       SSL_OP_CIPHER_SERVER_PREFERENCE);
	(void)SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
	(void)SSL_CTX_set_num_tickets(ssl, 0);
	(void)SSL_CTX_set_max_cert_list(ssl, CHAIN_LIMIT);
	SSL_CTX_set_default_passwd_cb(ssl, no_pass_phrase);
	return ssl;
}

int tls_context_new(const struct tls_settings *settings, struct tls_context **out, struct err *e)
{
	ERR_clear_error();
	SSL_CTX *ssl = new_context();
	int rc = load_own(ssl, settings, e);
	rc = rc ? rc : load_authorities(ssl, settings->client_ca, e);
	if (rc) {
		SSL_CTX_free(ssl);
		return rc;
	}
	*out = mem_new(sizeof(**out));
	(*out)->ssl = ssl;
	return 0;
}

void tls_context_free(struct tls_context *t)
{
	if (t) {
		SSL_CTX_free(t->ssl);
		free(t);
	}
}

/* ---- streams ---- */

struct bufferevent *tls_accept(struct tls_context *t, struct event_base *base, int fd)
{
	SSL *ssl = SSL_new(t->ssl);
	if (!ssl) {
		return NULL;
	}
	struct bufferevent *stream = bufferevent_openssl_socket_new(
		base, fd, ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
	if (!stream) {
		SSL_free(ssl);
	}
	return stream;
}

/* A name with a zero inside would be read as its first part. */
static const char *plain_text(const ASN1_STRING *string, char *out)
{
	int size = ASN1_STRING_length(string);
	const unsigned char *data = ASN1_STRING_get0_data(string);
	if (size <= 0 || size >= NAME_SIZE || memchr(data, '\0', (size_t)size)) {
		return "";
	}
	memcpy(out, data, (size_t)size);
	out[size] = '\0';
	return out;
}

static const char *address_text(const ASN1_OCTET_STRING *address, char *out)
{
	int size = ASN1_STRING_length(address);
	const unsigned char *data = ASN1_STRING_get0_data(address);
	int family = size == 4 ? AF_INET : size == 16 ? AF_INET6 : AF_UNSPEC;
	return family != AF_UNSPEC && inet_ntop(family, data, out, NAME_SIZE) ? out : "";
}

static const char *alternative_text(const GENERAL_NAME *name, char *out)
{
	switch (name->type) {
	case GEN_DNS:
	case GEN_EMAIL:
	case GEN_URI:
		return plain_text(name->d.ia5, out);
	case GEN_IPADD:
		return address_text(name->d.iPAddress, out);
	default:
		return "";
	}
}

static bool any_alternative(
	const X509 *certificate, bool (*each)(void *to, const char *name), void *to, bool *has_one)
{
	char text[NAME_SIZE];
	bool found = false;
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	for (int i = 0; !found && i < sk_GENERAL_NAME_num(names); i++) {
		const char *name = alternative_text(sk_GENERAL_NAME_value(names, i), text);
		*has_one = *has_one || name[0];
		found = name[0] && each(to, name);
	}
	GENERAL_NAMES_free(names);
	return found;
}

static bool any_common_name(
	const X509 *certificate, bool (*each)(void *to, const char *name), void *to)
{
	const X509_NAME *subject = X509_get_subject_name(certificate);
	char text[NAME_SIZE];
	for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0;) {
		unsigned char *utf8 = NULL;
		const X509_NAME_ENTRY *entry = X509_NAME_get_entry(subject, at);
		int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry));
		bool plain = size > 0 && size < NAME_SIZE && !memchr(utf8, '\0', (size_t)size);
		(void)snprintf(text, sizeof(text), "%.*s", plain ? size : 0, (const char *)utf8);
		OPENSSL_free(utf8);
		if (text[0] && each(to, text)) {
			return true;
		}
	}
	return false;
}

bool tls_peer_has_name(
	struct bufferevent *stream, bool (*each)(void *to, const char *name), void *to)
{
	X509 *certificate = SSL_get1_peer_certificate(bufferevent_openssl_get_ssl(stream));
	if (!certificate) {
		return false;
	}
	bool has_alternative = false;
	bool found = any_alternative(certificate, each, to, &has_alternative);
	found = found || (!has_alternative && any_common_name(certificate, each, to));
	X509_free(certificate);
	return found;
}

struct text_out {
	char *out;
	size_t size;
	size_t used;
};

static bool add_name(void *to, const char *name)
{
	struct text_out *t = to;
	int more =
		snprintf(t->out + t->used, t->size - t->used, "%s%s", t->used > 0 ? " " : "", name);
	t->used += more > 0 && (size_t)more < t->size - t->used ? (size_t)more : 0;
	return false;
}

const char *tls_peer_text(struct bufferevent *stream, char *out, size_t size)
{
	struct text_out t = {out, size, 0};
	out[0] = '\0';
	(void)tls_peer_has_name(stream, add_name, &t);
	return out;
}

const char *tls_fault_text(struct bufferevent *stream, char *out, size_t size)
{
	unsigned long code = bufferevent_get_openssl_error(stream);
	long verdict = SSL_get_verify_result(bufferevent_openssl_get_ssl(stream));
	const char *reason = code ? ERR_reason_error_string(code) : NULL;
	(void)snprintf(out, size, "%s%s%s", reason ? reason : "the connection ended",
		verdict == X509_V_OK ? "" : ": ",
		verdict == X509_V_OK ? "" : X509_verify_cert_error_string(verdict));
	return out;
}

void tls_shut(struct bufferevent *stream)
{
	SSL *ssl = bufferevent_openssl_get_ssl(stream);
	if (SSL_is_init_finished(ssl)) {
		(void)SSL_shutdown(ssl);
		ERR_clear_error();
	}
}
