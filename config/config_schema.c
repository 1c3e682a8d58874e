/* SPDX-License-Identifier: Apache-2.0
 *
 * The JSON Schema of hansho.yaml, for editors: made from the rows, with the options of each driver
 * under a condition on `driver`.
 */
#include "base/json.h"
#include "config/config_private.h"
#include "config/option_schema.h"

/* When the table's `key` is the driver's name, its `options` are the driver's. */
static json_t *driver_condition(const char *key, const struct config_driver *driver, json_t *defs)
{
	json_t *options = option_schema_table(driver->rows, defs);
	json_t *then = json_pack("{s:{s:o}}", "properties", "options", options);
	if (json_object_get(options, "required")) {
		json_put(then, "required", json_pack("[s]", "options"));
	}
	return json_pack("{s:{s:{s:{s:s}}},s:o}", "if", "properties", key, "const", driver->name,
		"then", then);
}

/* Into table: the names that `key` may have, and the options each brings. */
static void put_conditions(json_t *table, const char *key, const char *const *names,
	const struct config_driver *(*find)(const char *name, void *data), void *data, json_t *defs)
{
	json_t *conditions = json_array();
	json_t *known = json_array();
	for (size_t i = 0; names[i]; i++) {
		const struct config_driver *driver = find(names[i], data);
		if (!driver) {
			continue;
		}
		(void)json_array_append_new(known, json_string(driver->name));
		if (driver->rows) {
			(void)json_array_append_new(
				conditions, driver_condition(key, driver, defs));
		}
	}
	json_t *schema = json_object_get(json_object_get(table, "properties"), key);
	(void)json_object_del(schema, "type");
	json_put(schema, "enum", known);
	/* The standard allows no empty list here. */
	if (json_array_size(conditions) > 0) {
		json_put(table, "allOf", conditions);
	} else {
		json_decref(conditions);
	}
}

json_t *config_schema(const struct config_drivers *drivers, const char *const *driver_names,
	const char *const *fetch_names)
{
	json_t *defs = json_object();
	json_t *schema = option_schema_table(config_rows, defs);
	json_put_text(schema, "$schema", "https://json-schema.org/draft/2020-12/schema");
	json_put_text(schema, "$id", "https://hansho.invalid/schemas/config.schema.json");
	json_put_text(schema, "title", "hansho.yaml");
	json_put_text(schema, "$comment",
		"Generated from the option tables; tests/config fails when it is out of date.");
	json_t *properties = json_object_get(schema, "properties");
	json_t *channel = json_object_get(json_object_get(properties, "channels"), "items");
	put_conditions(channel, "driver", driver_names, drivers->find, drivers->data, defs);
	json_t *feed = json_object_get(json_object_get(properties, "feeds"), "items");
	json_t *fetch = json_object_get(json_object_get(feed, "properties"), "fetch");
	put_conditions(fetch, "program", fetch_names, drivers->find_fetch, drivers->data, defs);
	json_put(schema, "$defs", defs);
	return schema;
}
