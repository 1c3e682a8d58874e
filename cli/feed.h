/* SPDX-License-Identifier: Apache-2.0
 *
 * A telegram to the Unix socket of a feed, and its answer: for `hansho ingest`, of files and of
 * mails.
 */
#pragma once

#include "base/buf.h"
#include "cli/cli.h"

#include <stddef.h>

enum { FEED_TELEGRAM_MAX = 8 * 1024 * 1024, FEED_ANSWER_MAX = 65536 };

/* The Unix socket of the named feed; "" names the first that has one. NULL after printing why. The
 * caller frees. */
char *feed_path(struct cli *cli, const char *name);

/* One telegram on one connection, framed by its length. 0 and the answer line, or a negative errno:
 * nothing is known to have been taken. */
int feed_exchange(const char *path, const char *data, size_t size, struct buf *answer);

/* `hansho ingest --mail`: one mail on standard input, for a mail server's pipe. feed or socket_path
 * says where to; either may be NULL. Returns a code of sysexits. */
int feed_mail(struct cli *cli, const char *feed, const char *socket_path);
