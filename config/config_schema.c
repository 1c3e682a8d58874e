/* SPDX-License-Identifier: Apache-2.0
 *
 * The JSON Schema of hansho.yaml, for editors: made from the rows, with the options of each driver
 * under a condition on `driver`.
 */
#include "base/json.h"
#include "config/config_private.h"
#include "config/option_schema.h"

static json_t *driver_condition(const struct config_driver *driver, json_t *defs)
{
	json_t *options = option_schema_table(driver->rows, defs);
	json_t *then = json_pack("{s:{s:o}}", "properties", "options", options);
	if (json_object_get(options, "required")) {
		json_put(then, "required", json_pack("[s]", "options"));
	}
	return json_pack("{s:{s:{s:{s:s}}},s:o}", "if", "properties", "driver", "const",
		driver->name, "then", then);
}

json_t *config_schema(const struct config_drivers *drivers, const char *const *driver_names)
{
	json_t *defs = json_object();
	json_t *schema = option_schema_table(config_rows, defs);
	json_put_text(schema, "$schema", "https://json-schema.org/draft/2020-12/schema");
	json_put_text(schema, "$id", "https://hansho.invalid/schemas/config.schema.json");
	json_put_text(schema, "title", "hansho.yaml");
	json_put_text(schema, "$comment",
		"Generated from the option tables; tests/config fails when it is out of date.");
	json_t *conditions = json_array();
	json_t *names = json_array();
	for (size_t i = 0; driver_names[i]; i++) {
		const struct config_driver *driver = drivers->find(driver_names[i], drivers->data);
		if (!driver) {
			continue;
		}
		(void)json_array_append_new(names, json_string(driver->name));
		if (driver->rows) {
			(void)json_array_append_new(conditions, driver_condition(driver, defs));
		}
	}
	json_t *properties = json_object_get(schema, "properties");
	json_t *channel = json_object_get(json_object_get(properties, "channels"), "items");
	json_t *driver_schema = json_object_get(json_object_get(channel, "properties"), "driver");
	(void)json_object_del(driver_schema, "type");
	json_put(driver_schema, "enum", names);
	json_put(channel, "allOf", conditions);
	json_put(schema, "$defs", defs);
	return schema;
}
