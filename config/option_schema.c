/* SPDX-License-Identifier: Apache-2.0 */
#include "config/option_schema.h"

#include "base/json.h"
#include "config/option_read.h"

#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 16 };

static const char *const type_names[] = {
	[OPTION_TEXT] = "text",
	[OPTION_INT] = "int",
	[OPTION_DECIMAL] = "decimal",
	[OPTION_FLAG] = "flag",
	[OPTION_DURATION] = "duration",
	[OPTION_SIZE] = "size",
	[OPTION_CHOICE] = "choice",
	[OPTION_FILE] = "file",
	[OPTION_SECRET] = "secret",
	[OPTION_TEXTS] = "texts",
	[OPTION_MAP] = "map",
	[OPTION_LIST] = "list",
	[OPTION_TABLE] = "table",
	[OPTION_ANY] = "any",
	[OPTION_RETIRED] = "retired",
};

static bool reach(const struct option_row *rows, const struct option_row *target, int depth)
{
	for (const struct option_row *row = rows; row->key && depth < DEPTH_MAX; row++) {
		if (row->rows == target ||
			(row->rows && row->rows != rows && reach(row->rows, target, depth + 1))) {
			return true;
		}
	}
	return false;
}

bool option_rows_reach(const struct option_row *rows, const struct option_row *target)
{
	return reach(rows, target, 0);
}

static json_t *row_to_json(const struct option_row *row, int depth)
{
	json_t *object = json_object();
	json_put_text(object, "key", row->key);
	json_put_text(object, "type", type_names[row->type]);
	if (row->required) {
		json_put_flag(object, "required", true);
	}
	if (row->fallback) {
		json_put(object, "default", json_string(row->fallback));
	}
	if (row->min != 0 || row->max != 0) {
		json_put_int(object, "min", row->min);
		json_put_int(object, "max", row->max);
	}
	json_put_text(object, "choices", row->choices);
	if (row->rows && depth < DEPTH_MAX && !option_rows_reach(row->rows, row->rows)) {
		json_t *list = json_array();
		for (const struct option_row *inner = row->rows; inner->key; inner++) {
			(void)json_array_append_new(list, row_to_json(inner, depth + 1));
		}
		json_put(object, "rows", list);
	}
	json_put_text(object, "help", row->help);
	return object;
}

json_t *option_rows_to_json(const struct option_row *rows)
{
	json_t *list = json_array();
	for (const struct option_row *row = rows; row && row->key; row++) {
		(void)json_array_append_new(list, row_to_json(row, 0));
	}
	return list;
}

static json_t *choice_list(const char *choices)
{
	json_t *list = json_array();
	for (const char *p = choices; *p;) {
		size_t size = strcspn(p, " ");
		(void)json_array_append_new(list, json_stringn(p, size));
		p += size + strspn(p + size, " ");
	}
	return list;
}

/* Texts like 07204 are numbers to an editor's YAML: both are let through. */
static json_t *text_schema(void)
{
	return json_pack("{s:[s,s]}", "type", "string", "number");
}

static json_t *choice_schema(const char *choices)
{
	if (!choices) {
		return text_schema();
	}
	return json_pack("{s:o}", "enum", choice_list(choices));
}

/* Inside a table that contains itself, or the table as it is. */
static json_t *inner_schema(const struct option_row *row, json_t *defs)
{
	if (!row->rows) {
		return json_pack("{s:[s,s]}", "type", "object", "null");
	}
	if (!option_rows_reach(row->rows, row->rows)) {
		return option_schema_table(row->rows, defs);
	}
	const char *name = row->key;
	for (const struct option_row *inner = row->rows; inner->key; inner++) {
		if (inner->rows == row->rows) {
			name = inner->key;
		}
	}
	if (!json_object_get(defs, name)) {
		(void)json_object_set_new(defs, name, json_null());
		(void)json_object_set_new(defs, name, option_schema_table(row->rows, defs));
	}
	char ref[96];
	(void)snprintf(ref, sizeof(ref), "#/$defs/%s", name);
	return json_pack("{s:s}", "$ref", ref);
}

static json_t *map_schema(const struct option_row *row, json_t *defs)
{
	json_t *schema = json_pack("{s:[s,s]}", "type", "object", "null");
	json_put(schema, "additionalProperties", inner_schema(row, defs));
	if (row->choices) {
		json_put(schema, "propertyNames", choice_schema(row->choices));
	}
	return schema;
}

static json_t *number_schema(const struct option_row *row, const char *type)
{
	json_t *schema = json_pack("{s:s}", "type", type);
	if (row->min != 0 || row->max != 0) {
		json_put_int(schema, "minimum", row->min);
		json_put_int(schema, "maximum", row->max);
	}
	return schema;
}

static json_t *value_schema(const struct option_row *row, json_t *defs)
{
	switch (row->type) {
	case OPTION_INT:
		return number_schema(row, "integer");
	case OPTION_DECIMAL:
		return number_schema(row, "number");
	case OPTION_FLAG:
		return json_pack("{s:s}", "type", "boolean");
	case OPTION_DURATION:
		return json_pack("{s:[s,s],s:s,s:i}", "type", "string", "integer", "pattern",
			"^(0|[1-9][0-9]*(ms|s|m|h|d))$", "maximum", 0);
	case OPTION_SIZE:
		return json_pack("{s:[s,s],s:s,s:i}", "type", "string", "integer", "pattern",
			"^(0|[1-9][0-9]*(B|KiB|MiB|GiB))$", "maximum", 0);
	case OPTION_CHOICE:
		return choice_schema(row->choices);
	case OPTION_FILE:
	case OPTION_SECRET:
		return json_pack("{s:s,s:i}", "type", "string", "minLength", 1);
	case OPTION_TEXTS:
		return json_pack("{s:[s,s],s:o}", "type", "array", "null", "items",
			choice_schema(row->choices));
	case OPTION_LIST:
		return json_pack(
			"{s:[s,s],s:o}", "type", "array", "null", "items", inner_schema(row, defs));
	case OPTION_TABLE:
		return inner_schema(row, defs);
	case OPTION_MAP:
		return map_schema(row, defs);
	case OPTION_TEXT:
		return choice_schema(row->choices);
	case OPTION_ANY:
	case OPTION_RETIRED:
		break;
	}
	return json_object();
}

json_t *option_schema_table(const struct option_row *rows, json_t *defs)
{
	json_t *properties = json_object();
	json_t *required = json_array();
	for (const struct option_row *row = rows; row->key; row++) {
		if (row->type == OPTION_RETIRED) {
			continue;
		}
		json_t *schema = value_schema(row, defs);
		if (!json_object_get(schema, "$ref")) {
			json_put_text(schema, "description", row->help);
			if (row->fallback) {
				json_put(schema, "default", json_string(row->fallback));
			}
		}
		json_put(properties, row->key, schema);
		if (row->required) {
			(void)json_array_append_new(required, json_string(row->key));
		}
	}
	json_t *object = json_pack("{s:s,s:b,s:o}", "type", "object", "additionalProperties", 0,
		"properties", properties);
	if (json_array_size(required) > 0) {
		json_put(object, "required", required);
	} else {
		json_decref(required);
	}
	return object;
}

json_t *option_rows_to_schema(const struct option_row *rows)
{
	json_t *defs = json_object();
	json_t *schema = option_schema_table(rows, defs);
	if (json_object_size(defs) > 0) {
		json_put(schema, "$defs", defs);
	} else {
		json_decref(defs);
	}
	return schema;
}
