/* SPDX-License-Identifier: Apache-2.0
 *
 * CSV (RFC 4180) in UTF-8 or Shift_JIS (CP932), as spreadsheet programs of town offices write it.
 */
#pragma once

#include "base/err.h"

#include <stddef.h>

/* Text in UTF-8, whatever it came in (a byte order mark is dropped). The caller frees. NULL and *e
 * when it is neither. *encoding names what was found. */
char *csv_to_utf8(const char *data, size_t size, const char **encoding, struct err *e);

struct csv_reader {
	const char *at;
	int line; /* where the record read last began */
	int next_line;
};

enum { CSV_FIELDS = 16 };

struct csv_record {
	char *fields[CSV_FIELDS]; /* owned */
	size_t count;
};

void csv_start(struct csv_reader *r, const char *text);
/* 1 and a record (csv_clear()), 0 at the end, -EINVAL with the line in *e. Empty lines are passed
 * over. */
int csv_next(struct csv_reader *r, struct csv_record *out, struct err *e);
void csv_clear(struct csv_record *record);

struct buf;
/* Appends one field, quoted when it must be. */
void csv_write(struct buf *out, const char *field, int last);
