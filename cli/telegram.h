/* SPDX-License-Identifier: Apache-2.0
 *
 * A telegram in a file, for the verbs that work without a hub.
 */
#pragma once

#include "cli/cli.h"
#include "config/config.h"
#include "ingest/decode.h"

/* Knows what the mails of the J-Alert receiver mean: by the rules of the first feed that has some.
 */
struct telegram_reader;

/* config NULL: no mail has a meaning. Never NULL. */
struct telegram_reader *telegram_reader_new(const struct config *config);
void telegram_reader_free(struct telegram_reader *r);

/* false and *refusal when the file cannot be read ("unreadable") or its decoder refuses it whole.
 * An envelope may hold several alerts. decoded_clear() in either case. */
bool telegram_read(const struct telegram_reader *r, const char *path, struct decoded *out,
	struct decode_refusal *refusal);

/* The same; every refusal is printed with the file, line and reason. true when there was none. */
bool telegram_read_or_say(const struct cli *cli, const struct telegram_reader *r, const char *path,
	struct decoded *out);
