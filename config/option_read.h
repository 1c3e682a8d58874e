/* SPDX-License-Identifier: Apache-2.0
 *
 * The engine behind option tables: walks a YAML tree against the rows, reports everything that
 * does not fit, and gives a JSON object with the defaults filled in.
 */
#pragma once

#include "config/config.h"
#include "config/yaml.h"

struct option_reader {
	const char *file;	    /* for faults */
	const char *folder;	    /* absolute; what OPTION_FILE is relative to */
	const char *secrets_folder; /* absolute; what OPTION_SECRET is relative to */
	struct config_faults *faults;
};

/* Always an object (what was good of the table); faults tells whether it may be used. rows NULL:
 * anything goes. path is the table's own key path, "" for the whole file. The caller releases. */
json_t *option_read_table(const struct option_reader *r, const struct option_row *rows,
	const struct yaml_node *node, const char *path);

/* By the rules of YAML 1.2's core schema: true and false, whole and broken numbers, null; 08 and
 * "no" are texts. The caller releases. */
json_t *option_read_any(const struct yaml_node *node);

/* One text by its row: 0 and *value (the caller releases), or -EINVAL and what was expected in
 * expected. quoted texts are never numbers or flags. */
int option_value(const struct option_reader *r, const struct option_row *row, const char *text,
	bool plain, json_t **value, char *expected, size_t capacity);

/* "250ms", "30s", "5m", "1h", "2d"; "64KiB", "8MiB": 0 or -EINVAL. A bare 0 is fine. */
int option_parse_duration(const char *text, int64_t *ms);
int option_parse_size(const char *text, int64_t *bytes);
/* Without leading zeros and without blanks. */
int option_parse_int(const char *text, int64_t *value);

/* path made absolute by folder; goes into pool. */
const char *option_resolve(struct pool *pool, const char *folder, const char *path);

/* The candidate most like word, when it is near enough to be meant; else NULL. Keeps the best so
 * far in *best (start with NULL) and its distance in *distance (start with SIZE_MAX). */
void option_nearest(const char *word, const char *candidate, const char **best, size_t *distance);

/* How the rows that refer to themselves are found: true when target is reached from rows. */
bool option_rows_reach(const struct option_row *rows, const struct option_row *target);
