/* SPDX-License-Identifier: Apache-2.0
 *
 * A folder of telegrams as they came in one day (or one year): which file arrived when.
 *
 * The time of arrival is, in this order: what `index.tsv` in the folder says (a line per file:
 * name, tab, RFC 3339 time; a first line without a time names the columns, lines that start with
 * '#' are remarks); the time that a file name begins with (20260822T171710Z-...,
 * 20260822171710_...; without Z it is UTC or Japan's time, whichever lies nearer to the time of
 * sending inside: JMA's feed names files in UTC, most recorders do not); the time of sending inside
 * the telegram. Notes (.md, .txt, .tsv) and files that begin with a dot are no telegrams.
 */
#pragma once

#include "base/clock.h"

#include <stddef.h>

struct cli;
struct telegram_reader;

struct recorded {
	char *path;		  /* owned */
	const char *name;	  /* the part of path behind the folder */
	struct wall_time arrived; /* WALL_TIME_NONE: nothing tells; such files stand last */
};

struct recording {
	struct recorded *list; /* by arrival, then by time of sending, then by name */
	size_t count;
	size_t capacity;
};

/* CLI_OK, or the exit code after printing why: the folder or its index cannot be read, the index
 * names a file that is not there, or there is no telegram. recording_clear() in either case. */
int recording_open(const struct cli *cli, const struct telegram_reader *reader, const char *folder,
	struct recording *out);
void recording_clear(struct recording *r);
