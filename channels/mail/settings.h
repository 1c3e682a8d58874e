/* SPDX-License-Identifier: Apache-2.0
 *
 * The driver's options, read once, with the secrets out of their files.
 */
#pragma once

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Recipients one message may have; declaration.c bounds the option by it. */
enum { MAIL_GROUP_MAX = 100 };

struct mail_settings {
	const char *host; /* borrowed from the options, as all texts but the secrets */
	int port;
	bool clear_text; /* no STARTTLS, and then only to loopback */
	const char *tls_name;
	const char *ca_file;
	const char *username; /* "": no login */
	char *password;	      /* owned; wiped when freed */
	const char *from;
	const char *from_name;
	const char *envelope_from;
	const char *subject_prefix;
	const char *footer;
	const char *list_id;
	const char *unsubscribe_mailto;
	const char *unsubscribe_url;
	char *unsubscribe_secret; /* owned; NULL: no tokens */
	const char *site;
	bool personal; /* one message a recipient */
	int group_max;
	int session_max;
	int64_t connect_timeout_ms;
	int64_t timeout_ms;
	const char *helo;
	json_t *options; /* keeps the borrowed texts alive */
};

/* 0 and *out, which the caller frees; or a negative errno with *e. */
int mail_settings_new(
	const json_t *options, const char *site, struct mail_settings **out, struct err *e);
void mail_settings_free(struct mail_settings *s);
