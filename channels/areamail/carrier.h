/* SPDX-License-Identifier: Apache-2.0
 *
 * One carrier as configured, and what has gone to it lately. The memory is this process's own:
 * after a restart the hub's record is what staff go by.
 */
#pragma once

#include "base/clock.h"
#include "base/digest.h"
#include "base/err.h"
#include "channels/areamail/content.h"
#include "net/http_client.h"
#include "schemas/broadcast.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum { CARRIER_KEPT = 64 }; /* messages remembered; more than the greatest cap per hour */

struct carrier_sent {
	struct wall_time at;
	char digest[DIGEST_HEX_SIZE];
	char key[DELIVERY_KEY_SIZE];
};

struct carrier {
	char *name;
	char *url;
	char *authorization; /* header line with the token; NULL none */
	char *template;
	struct areamail_limits limits;
	int64_t cap_per_hour;
	struct http_settings settings;
	const char *secrets[2];			/* borrowed from authorization; ends with NULL */
	struct carrier_sent sent[CARRIER_KEPT]; /* ring */
	size_t count;
};

/* given: the carrier's own table, options: the channel's. Touches no network. After a failure (*e
 * names the option) carrier_close() is still the caller's. */
int carrier_open(struct carrier *c, const char *name, const json_t *given, const json_t *options,
	struct err *e);
void carrier_close(struct carrier *c);

/* The header line; NULL when the carrier wants none. */
const char *carrier_authorization(const struct carrier *c);

/* Notes what was, or may have been, handed over. */
void carrier_remember(struct carrier *c, const char *digest, const char *key, struct wall_time now);
/* Whether these words went out in the last 48 hours (as long as carriers show them) under another
 * key: a further attempt at the same message is no repetition. */
bool carrier_sent_before(
	const struct carrier *c, const char *digest, const char *key, struct wall_time now);
int64_t carrier_sent_last_hour(const struct carrier *c, struct wall_time now);
