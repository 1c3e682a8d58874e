/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mqtt/key.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PUBLIC_BYTES = 32, KID_DIGITS = 16, PEM_LIMIT = 16384 };

struct siren_key {
	EVP_PKEY *pkey;
	char kid[SIREN_KID_SIZE];
};

/* Without this OpenSSL would ask the terminal for the passphrase of an encrypted file. */
static int no_passphrase(char *out, int size, int writing, void *data)
{
	(void)out;
	(void)size;
	(void)writing;
	(void)data;
	return -1;
}

static struct siren_key *wrap(EVP_PKEY *pkey, const char *kid)
{
	struct siren_key *key = mem_new(sizeof(*key));
	key->pkey = pkey;
	if (kid && kid[0]) {
		(void)snprintf(key->kid, sizeof(key->kid), "%s", kid);
		return key;
	}
	unsigned char raw[PUBLIC_BYTES];
	size_t size = sizeof(raw);
	char hex[DIGEST_HEX_SIZE];
	(void)EVP_PKEY_get_raw_public_key(pkey, raw, &size);
	digest_of(raw, size, hex);
	(void)snprintf(key->kid, sizeof(key->kid), "%.*s", KID_DIGITS, hex);
	return key;
}

static int adopt(EVP_PKEY *pkey, const char *path, const char *what, const char *kid,
	struct siren_key **out, struct err *e)
{
	if (!pkey || EVP_PKEY_get_id(pkey) != EVP_PKEY_ED25519) {
		EVP_PKEY_free(pkey);
		return err_set(e, -EINVAL,
			"%s: holds no Ed25519 %s key in PEM; make one with hansho-siren-key", path,
			what);
	}
	if (kid && strlen(kid) >= SIREN_KID_SIZE) {
		EVP_PKEY_free(pkey);
		return err_set(e, -EINVAL, "%s: the key's name is longer than %d characters", path,
			SIREN_KID_SIZE - 1);
	}
	*out = wrap(pkey, kid);
	return 0;
}

int siren_key_load_private(const char *path, const char *kid, struct siren_key **out, struct err *e)
{
	char *pem = NULL;
	int rc = file_read_secret(path, &pem, e);
	if (rc) {
		return rc;
	}
	size_t size = strlen(pem);
	BIO *bio = BIO_new_mem_buf(pem, (int)size);

	EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	BIO_free(bio);
	OPENSSL_cleanse(pem, size);
	free(pem);
	return adopt(pkey, path, "private", kid, out, e);
}

int siren_key_load_public(const char *path, const char *kid, struct siren_key **out, struct err *e)
{
	char *pem = NULL;
	size_t size = 0;
	int rc = file_read(path, PEM_LIMIT, &pem, &size, e);
	if (rc) {
		return rc;
	}
	BIO *bio = BIO_new_mem_buf(pem ? pem : "", (int)size);
	EVP_PKEY *pkey = PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL);
	BIO_free(bio);
	free(pem);
	return adopt(pkey, path, "public", kid, out, e);
}

struct siren_key *siren_key_generate(const char *kid)
{
	EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	if (!pkey) {
		abort(); /* no randomness: nothing signed from here on could be trusted */
	}
	return wrap(pkey, kid);
}

void siren_key_free(struct siren_key *key)
{
	if (key) {
		EVP_PKEY_free(key->pkey);
		free(key);
	}
}

const char *siren_key_kid(const struct siren_key *key)
{
	return key->kid;
}

void siren_key_sign(const struct siren_key *key, const void *data, size_t size,
	unsigned char out[SIREN_SIGNATURE_BYTES])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t out_size = SIREN_SIGNATURE_BYTES;
	if (!context || EVP_DigestSignInit(context, NULL, NULL, NULL, key->pkey) != 1 ||
		EVP_DigestSign(context, out, &out_size, data, size) != 1) {
		abort(); /* only a public key or exhausted memory: an unsigned order must not leave
			  */
	}
	assert(out_size == SIREN_SIGNATURE_BYTES);
	EVP_MD_CTX_free(context);
}

bool siren_key_verify(const struct siren_key *key, const void *data, size_t size,
	const unsigned char *signature, size_t signature_size)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = context && signature_size == SIREN_SIGNATURE_BYTES &&
		    EVP_DigestVerifyInit(context, NULL, NULL, NULL, key->pkey) == 1 &&
		    EVP_DigestVerify(context, signature, signature_size, data, size) == 1;
	EVP_MD_CTX_free(context);
	return good;
}

static FILE *create(const char *path, unsigned mode, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!file) {
		(void)err_set(e, -errno, "%s: cannot create: %s", path, strerror(errno));
	}
	return file;
}

int siren_key_make(const char *private_path, const char *public_path, struct err *e)
{
	FILE *private_file = create(private_path, 0600, e);
	if (!private_file) {
		return e->code;
	}
	FILE *public_file = create(public_path, 0644, e);
	if (!public_file) {
		(void)fclose(private_file);
		(void)unlink(private_path);
		return e->code;
	}
	struct siren_key *key = siren_key_generate(NULL);
	bool good = PEM_write_PKCS8PrivateKey(private_file, key->pkey, NULL, NULL, 0, NULL, NULL) ==
			    1 &&
		    PEM_write_PUBKEY(public_file, key->pkey) == 1;
	siren_key_free(key);
	good = fflush(private_file) == 0 && fsync(fileno(private_file)) == 0 && good;
	good = fclose(private_file) == 0 && good;
	good = fclose(public_file) == 0 && good;
	if (!good) {
		(void)unlink(private_path);
		(void)unlink(public_path);
		return err_set(e, -EIO, "%s: cannot write the key pair", private_path);
	}
	return 0;
}
