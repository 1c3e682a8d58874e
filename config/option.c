/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables, lists and maps against their rows. A fault is told with the key path and the place, and
 * the walk goes on.
 */
#include "config/fault.h"
#include "config/option_read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DESCRIBE_SIZE = 96, WORD_MAX = 64 };

static json_t *read_value(const struct option_reader *r, const struct option_row *row,
	const struct yaml_node *node, const char *path);

static const char *describe(const struct yaml_node *node, char out[DESCRIBE_SIZE])
{
	if (node->kind == YAML_TEXT && node->plain && node->text[0] == '\0') {
		(void)snprintf(out, DESCRIBE_SIZE, "nothing");
	} else if (node->kind == YAML_TEXT) {
		size_t size = strlen(node->text);
		size_t shown = utf8_cut(node->text, size, 60);
		(void)snprintf(out, DESCRIBE_SIZE, "\"%.*s\"%s", (int)shown, node->text,
			shown < size ? "..." : "");
	} else {
		(void)snprintf(
			out, DESCRIBE_SIZE, "%s", node->kind == YAML_LIST ? "a list" : "a table");
	}
	return out;
}

static void fault_expected(const struct option_reader *r, const struct yaml_node *node,
	const char *path, const char *expected)
{
	char found[DESCRIBE_SIZE];
	if (node->kind != YAML_BROKEN) {
		config_fault_add(r->faults, r->file, node->line, node->column, path,
			"expected %s, found %s", expected, describe(node, found));
	}
}

static bool is_nothing(const struct yaml_node *node)
{
	return node->kind == YAML_TEXT && node->plain && node->text[0] == '\0';
}

static const char *join(const struct option_reader *r, const char *path, const char *key)
{
	return path[0] ? pool_printf(r->faults->pool, "%s.%s", path, key)
		       : pool_copy_text(r->faults->pool, key);
}

/* Edit distance of two short words, two rows of the matrix at a time. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t columns = strlen(b);
	if (columns > WORD_MAX || strlen(a) > WORD_MAX) {
		return SIZE_MAX;
	}
	size_t row[WORD_MAX + 1];
	for (size_t i = 0; i <= columns; i++) {
		row[i] = i;
	}
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];
		row[0] = i + 1;
		for (size_t j = 0; j < columns; j++) {
			size_t best = diagonal + (a[i] != b[j]);
			best = row[j] + 1 < best ? row[j] + 1 : best;
			best = row[j + 1] + 1 < best ? row[j + 1] + 1 : best;
			diagonal = row[j + 1];
			row[j + 1] = best;
		}
	}
	return row[columns];
}

void option_nearest(const char *word, const char *candidate, const char **best, size_t *distance)
{
	size_t found = edit_distance(word, candidate);
	size_t limit = strlen(word) < 6 ? 2 : 3;
	if (found <= limit && found < strlen(word) && found < *distance) {
		*best = candidate;
		*distance = found;
	}
}

static void fault_unknown(const struct option_reader *r, const struct option_row *rows,
	const struct yaml_node *child, const char *path)
{
	const char *best = NULL;
	size_t distance = SIZE_MAX;
	for (const struct option_row *row = rows; row->key; row++) {
		if (row->type != OPTION_RETIRED) {
			option_nearest(child->key, row->key, &best, &distance);
		}
	}
	const char *whole = join(r, path, child->key);
	if (best) {
		config_fault_add(r->faults, r->file, child->key_line, child->key_column, whole,
			"there is no key \"%s\" here; did you mean \"%s\"?", child->key, best);
	} else {
		config_fault_add(r->faults, r->file, child->key_line, child->key_column, whole,
			"there is no key \"%s\" here", child->key);
	}
}

static const struct option_row *find_row(const struct option_row *rows, const char *key)
{
	for (const struct option_row *row = rows; row->key; row++) {
		if (strcmp(row->key, key) == 0) {
			return row;
		}
	}
	return NULL;
}

static void check_keys(const struct option_reader *r, const struct option_row *rows,
	const struct yaml_node *node, const char *path)
{
	for (const struct yaml_node *child = node->first; child; child = child->next) {
		const struct option_row *row = find_row(rows, child->key);
		if (!row) {
			fault_unknown(r, rows, child, path);
		} else if (row->type == OPTION_RETIRED) {
			config_fault_add(r->faults, r->file, child->key_line, child->key_column,
				join(r, path, child->key), "this key is no longer used: %s",
				row->help);
		}
	}
}

/* The default is written as in YAML, so it is read as YAML: lists and tables work too. */
static json_t *read_fallback(const struct option_reader *r, const struct option_row *row,
	const struct yaml_node *owner, const char *path)
{
	struct pool *pool = r->faults->pool;
	struct yaml_node *node =
		yaml_read(pool, r->file, row->fallback, strlen(row->fallback), r->faults);
	if (!node) {
		return NULL;
	}
	if (row->type == OPTION_TEXT && row->fallback[0] == '\0') {
		return json_string("");
	}
	node->line = owner->line;
	node->column = owner->column;
	return read_value(r, row, node, path);
}

json_t *option_read_table(const struct option_reader *r, const struct option_row *rows,
	const struct yaml_node *node, const char *path)
{
	if (!rows) {
		return option_read_any(node);
	}
	json_t *object = json_object();
	if (node->kind != YAML_TABLE && !is_nothing(node)) {
		fault_expected(r, node, path, "a table of keys");
		return object;
	}
	check_keys(r, rows, node, path);
	for (const struct option_row *row = rows; row->key; row++) {
		const struct yaml_node *child = yaml_get(node, row->key);
		const char *whole = join(r, path, row->key);
		json_t *value = NULL;
		if (row->type == OPTION_RETIRED) {
			continue;
		}
		if (child) {
			value = read_value(r, row, child, whole);
		} else if (row->required) {
			config_fault_add(r->faults, r->file, node->key_line, node->key_column,
				whole, "the key \"%s\" is missing here (%s)", row->key, row->help);
		} else if (row->fallback) {
			value = read_fallback(r, row, node, whole);
		}
		if (value) {
			(void)json_object_set_new(object, row->key, value);
		}
	}
	return object;
}

static json_t *read_map(const struct option_reader *r, const struct option_row *row,
	const struct yaml_node *node, const char *path)
{
	json_t *object = json_object();
	if (node->kind != YAML_TABLE && !is_nothing(node)) {
		fault_expected(r, node, path, "a table of names");
		return object;
	}
	const struct option_row name_row = {.type = OPTION_CHOICE, .choices = row->choices};
	for (const struct yaml_node *child = node->first; child; child = child->next) {
		char expected[256];
		json_t *name = NULL;
		if (option_value(
			    r, &name_row, child->key, false, &name, expected, sizeof(expected))) {
			config_fault_add(r->faults, r->file, child->key_line, child->key_column,
				join(r, path, child->key), "expected %s, found \"%s\"", expected,
				child->key);
			continue;
		}
		json_decref(name);
		(void)json_object_set_new(object, child->key,
			option_read_table(r, row->rows, child, join(r, path, child->key)));
	}
	return object;
}

static json_t *read_list(const struct option_reader *r, const struct option_row *row,
	const struct yaml_node *node, const char *path)
{
	json_t *list = json_array();
	if (node->kind != YAML_LIST && !is_nothing(node)) {
		fault_expected(r, node, path,
			row->type == OPTION_TEXTS ? "a list of texts, such as [a, b]"
						  : "a list (entries begin with \"- \")");
		return list;
	}
	size_t i = 0;
	for (const struct yaml_node *child = node->first; child; child = child->next, i++) {
		const char *whole = pool_printf(r->faults->pool, "%s[%zu]", path, i);
		char expected[512];
		json_t *value = NULL;
		if (row->type == OPTION_LIST) {
			value = option_read_table(r, row->rows, child, whole);
		} else if (child->kind != YAML_TEXT || is_nothing(child)) {
			fault_expected(r, child, whole, "a text");
		} else if (option_value(r, row, child->text, child->plain, &value, expected,
				   sizeof(expected))) {
			fault_expected(r, child, whole, expected);
		}
		if (value) {
			(void)json_array_append_new(list, value);
		}
	}
	return list;
}

static json_t *read_value(const struct option_reader *r, const struct option_row *row,
	const struct yaml_node *node, const char *path)
{
	if (node->kind == YAML_BROKEN) {
		return NULL;
	}
	switch (row->type) {
	case OPTION_TABLE:
		return option_read_table(r, row->rows, node, path);
	case OPTION_MAP:
		return read_map(r, row, node, path);
	case OPTION_LIST:
	case OPTION_TEXTS:
		return read_list(r, row, node, path);
	case OPTION_ANY:
		return option_read_any(node);
	default:
		break;
	}
	char expected[512] = "a single value";
	json_t *value = NULL;
	if (is_nothing(node) || node->kind != YAML_TEXT) {
		/* Asked for its words only: what stands there is no value at all. */
		(void)option_value(r, row, "", true, &value, expected, sizeof(expected));
		if (value) {
			(void)snprintf(expected, sizeof(expected), "a text");
			json_decref(value);
		}
		fault_expected(r, node, path, expected);
		return NULL;
	}
	if (option_value(r, row, node->text, node->plain, &value, expected, sizeof(expected))) {
		fault_expected(r, node, path, expected);
		return NULL;
	}
	return value;
}

static json_t *any_text(const struct yaml_node *node)
{
	const char *text = node->text;
	int64_t number;
	if (!node->plain) {
		return json_string(text);
	}
	if (text[0] == '\0' || strcmp(text, "~") == 0 || strcmp(text, "null") == 0) {
		return json_null();
	}
	if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0) {
		return json_boolean(text[0] == 't');
	}
	if (option_parse_int(text, &number) == 0) {
		return json_integer(number);
	}
	const char *dot = strchr(text, '.');
	size_t digits = strspn(text, "0123456789");
	if (dot && digits > 0 && digits < 10 && text + digits == dot && dot[1] &&
		dot[1 + strspn(dot + 1, "0123456789")] == '\0' && strlen(text) < 20 &&
		!(text[0] == '0' && digits > 1)) {
		return json_real(strtod(text, NULL));
	}
	return json_string(text);
}

json_t *option_read_any(const struct yaml_node *node)
{
	json_t *value;
	switch (node->kind) {
	case YAML_TABLE:
		value = json_object();
		for (const struct yaml_node *child = node->first; child; child = child->next) {
			(void)json_object_set_new(value, child->key, option_read_any(child));
		}
		return value;
	case YAML_LIST:
		value = json_array();
		for (const struct yaml_node *child = node->first; child; child = child->next) {
			(void)json_array_append_new(value, option_read_any(child));
		}
		return value;
	case YAML_TEXT:
		return any_text(node);
	default:
		return json_null();
	}
}
