/* SPDX-License-Identifier: Apache-2.0
 *
 * Ed25519 keys in PEM files: the hub holds two private ones (live, drill), a device holds only
 * public ones. A key knows its `kid`, the name a signed order gives it.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum { SIREN_SIGNATURE_BYTES = 64, SIREN_KID_SIZE = 65 };

struct siren_key;

/* Reads a PKCS #8 private key; refuses (-EACCES) a file that others may read. kid "" or NULL: the
 * first 16 hexadecimal digits of SHA-256 over the 32 public bytes. -EINVAL when the file holds no
 * Ed25519 key or kid is too long. The caller frees *out. */
int siren_key_load_private(
	const char *path, const char *kid, struct siren_key **out, struct err *e);
/* The same for a public key (SubjectPublicKeyInfo). */
int siren_key_load_public(const char *path, const char *kid, struct siren_key **out, struct err *e);
/* A fresh pair in memory, for tests and for siren_key_make(). */
struct siren_key *siren_key_generate(const char *kid);
void siren_key_free(struct siren_key *key);

const char *siren_key_kid(const struct siren_key *key);

/* key must be private. */
void siren_key_sign(const struct siren_key *key, const void *data, size_t size,
	unsigned char out[SIREN_SIGNATURE_BYTES]);
bool siren_key_verify(const struct siren_key *key, const void *data, size_t size,
	const unsigned char *signature, size_t signature_size);

/* Makes a new pair in two files (modes 0600 and 0644). -EEXIST rather than replacing a file: a lost
 * private key means a visit to every device. */
int siren_key_make(const char *private_path, const char *public_path, struct err *e);
