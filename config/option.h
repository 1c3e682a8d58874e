/* SPDX-License-Identifier: Apache-2.0
 *
 * Option tables: each driver, and each section of the configuration file, says in constant rows
 * what keys it has, of what type, within which bounds, with which default. One engine checks YAML
 * against the rows, fills defaults, prints hansho.yaml(5) rows and the JSON Schema from them.
 */
#pragma once

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum option_type {
	OPTION_TEXT,
	OPTION_INT,
	OPTION_DECIMAL, /* "3", "2.85"; kept as a real number; .min and .max are whole */
	OPTION_FLAG,
	OPTION_DURATION, /* "30s", "5m", "1h", "250ms"; kept as integer milliseconds */
	OPTION_SIZE,	 /* "64KiB", "8MiB"; kept as integer bytes */
	OPTION_CHOICE,	 /* one of .choices, blank separated */
	OPTION_FILE,	 /* path, relative to the configuration file's folder; made absolute */
	OPTION_SECRET,	 /* as OPTION_FILE; the content is a secret and never leaves the agent */
	OPTION_TEXTS,	 /* list of texts */
	OPTION_MAP,	 /* name -> table described by .rows */
	OPTION_LIST,	 /* list of tables described by .rows */
	OPTION_TABLE,	 /* one table described by .rows */
	OPTION_ANY,	 /* anything; for drivers outside the tree */
	OPTION_RETIRED,	 /* refused with .help as explanation */
};

struct option_row {
	const char *key; /* snake_case; the table ends with a row whose key is NULL */
	enum option_type type;
	bool required;
	const char
		*fallback; /* default as it would be written in YAML; NULL: absent when not given */
	int64_t min;	   /* INT, DURATION (ms), SIZE (bytes); both 0: no bounds */
	int64_t max;
	const char *choices;
	const struct option_row *rows;
	const char *help; /* one sentence for hansho.yaml(5) and --describe */
};

/* The table as JSON, for `--describe` and the generated schema. The caller releases. */
json_t *option_rows_to_json(const struct option_row *rows);
/* JSON Schema ("type": "object") of a table. The caller releases. */
json_t *option_rows_to_schema(const struct option_row *rows);
