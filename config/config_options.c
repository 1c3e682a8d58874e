/* SPDX-License-Identifier: Apache-2.0
 *
 * Options of drivers and fetch programs: one table in the file, read by rows that come from
 * outside this floor.
 */
#include "config/config_private.h"

static const struct yaml_node *options_node(
	const struct config_source *s, const char *path, struct yaml_node *empty)
{
	const struct yaml_node *table = yaml_follow(s->root, path);
	const struct yaml_node *given = yaml_get(table, "options");
	if (given) {
		return given;
	}
	*empty = *table;
	empty->kind = YAML_TABLE;
	empty->key_line = table->line;
	empty->key_column = table->column;
	empty->first = NULL;
	empty->last = NULL;
	empty->count = 0;
	return empty;
}

json_t *source_options(
	const struct config_source *s, const struct config_driver *driver, const char *table_path)
{
	struct pool *pool = s->faults->pool;
	const struct option_reader reader = {
		.file = s->config->path,
		.folder = s->folder,
		.secrets_folder = s->config->secrets_dir,
		.faults = s->faults,
	};
	const char *path = pool_printf(pool, "%s.options", table_path);
	struct yaml_node empty;
	const struct yaml_node *node = options_node(s, table_path, &empty);
	size_t before = s->faults->count;
	json_t *options = option_read_table(&reader, driver->rows, node, path);
	if (!driver->rows && !json_is_object(options)) {
		source_fault(s, path, "expected a table of keys");
	}
	/* Its own check counts on every row being good. */
	if (driver->check && s->faults->count == before) {
		const char *key = NULL;
		struct err e = {0};
		if (driver->check(options, &key, &e)) {
			const char *whole =
				key && key[0] ? pool_printf(pool, "%s.%s", path, key) : path;
			source_fault(s, whole, "%s", e.text);
		}
	}
	return options;
}
