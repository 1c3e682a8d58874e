/* SPDX-License-Identifier: Apache-2.0
 *
 * YAML as a tree of tables, lists and texts with the place of each in the file. A strict subset:
 * one document; no anchors, aliases or tags; no key twice. Scalars stay text as written: what "no",
 * "08" or "1e3" mean is for the option table to say, not for YAML.
 */
#pragma once

#include "config/config.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	YAML_BYTES_MAX = 4 * 1024 * 1024, /* lists of devices may be long */
	YAML_DEPTH_MAX = 32,
};

enum yaml_kind {
	YAML_TEXT,
	YAML_LIST,
	YAML_TABLE,
	YAML_BROKEN, /* already reported; to be passed over in silence */
};

struct yaml_node {
	enum yaml_kind kind;
	bool plain;	 /* text without quotes */
	int line;	 /* of the value; from 1 */
	int column;	 /* in characters; from 1 */
	const char *key; /* in a table; otherwise "" */
	int key_line;
	int key_column;
	const char *text; /* of YAML_TEXT; otherwise "" */
	struct yaml_node *first;
	struct yaml_node *last;
	struct yaml_node *next; /* sibling */
	size_t count;
};

/* Reads text; nodes live in pool. Every mistake goes to faults under the name file. NULL when the
 * text cannot be read to its end; an empty document gives an empty table. */
struct yaml_node *yaml_read(struct pool *pool, const char *file, const char *text, size_t size,
	struct config_faults *faults);

/* The entry of a table; NULL when absent (or when node is no table). */
const struct yaml_node *yaml_get(const struct yaml_node *node, const char *key);

/* Follows "channels[2].options.host" as far as the tree goes and returns the last node reached. */
const struct yaml_node *yaml_follow(const struct yaml_node *root, const char *path);
