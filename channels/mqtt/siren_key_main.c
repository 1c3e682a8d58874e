/* SPDX-License-Identifier: Apache-2.0
 *
 * hansho-siren-key: makes the key pair that signs siren orders, and tells a key's name.
 */
#include "channels/mqtt/key.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
	"usage: hansho-siren-key make PRIVATE.pem PUBLIC.pem   a new pair (never replaces a file)\n"
	"       hansho-siren-key kid PUBLIC.pem                the name the hub gives this key\n";

static int print_kid(const char *path)
{
	struct err e = {0};
	struct siren_key *key = NULL;
	if (siren_key_load_public(path, NULL, &key, &e)) {
		(void)fprintf(stderr, "hansho-siren-key: %s\n", e.text);
		return 65;
	}
	(void)printf("%s\n", siren_key_kid(key));
	siren_key_free(key);
	return 0;
}

int main(int argc, char **argv)
{
	struct err e = {0};
	if (argc == 4 && strcmp(argv[1], "make") == 0) {
		if (siren_key_make(argv[2], argv[3], &e)) {
			(void)fprintf(stderr, "hansho-siren-key: %s\n", e.text);
			return 65;
		}
		return print_kid(argv[3]);
	}
	if (argc == 3 && strcmp(argv[1], "kid") == 0) {
		return print_kid(argv[2]);
	}
	(void)fputs(usage, stderr);
	return 2;
}
