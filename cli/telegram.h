/* SPDX-License-Identifier: Apache-2.0
 *
 * A telegram in a file, for the verbs that work without a hub.
 */
#pragma once

#include "cli/cli.h"
#include "ingest/decode.h"

/* NULL and *refusal when the file cannot be read ("unreadable") or its decoder refuses it. The
 * caller frees. */
struct alert *telegram_read(const char *path, struct decode_refusal *refusal);

/* The same; a refusal is printed with the file, line and reason. */
struct alert *telegram_read_or_say(const struct cli *cli, const char *path);
