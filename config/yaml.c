/* SPDX-License-Identifier: Apache-2.0
 *
 * Walks libyaml's events with a stack of open tables and lists. Nothing is resolved by YAML 1.1's
 * rules; sizes and depth are capped before anything is allocated for them.
 */
#include "config/yaml.h"

#include "config/fault.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct open_node {
	struct yaml_node *node;
	json_t *seen;	 /* keys of a table and the line each stands in */
	const char *key; /* read, its value not yet */
	int key_line;
	int key_column;
};

struct reader {
	struct pool *pool;
	const char *file;
	struct config_faults *faults;
	struct open_node stack[YAML_DEPTH_MAX];
	size_t depth;
	struct yaml_node *root;
	size_t documents;
	bool stop;
};

static int line_of(const yaml_event_t *event)
{
	return (int)event->start_mark.line + 1;
}

static int column_of(const yaml_event_t *event)
{
	return (int)event->start_mark.column + 1;
}

static void fault(struct reader *r, const yaml_event_t *event, const char *text)
{
	config_fault_add(r->faults, r->file, line_of(event), column_of(event), "", "%s", text);
}

static void fault_stop(struct reader *r, const yaml_event_t *event, const char *text)
{
	fault(r, event, text);
	r->stop = true;
}

static struct yaml_node *add_node(
	struct reader *r, const yaml_event_t *event, enum yaml_kind kind, const char *text)
{
	struct yaml_node *node = pool_take(r->pool, sizeof(*node));
	*node = (struct yaml_node){
		.kind = kind,
		.line = line_of(event),
		.column = column_of(event),
		.key = "",
		.key_line = line_of(event),
		.key_column = column_of(event),
		.text = text,
	};
	if (r->depth == 0) {
		r->root = node;
		return node;
	}
	struct open_node *open = &r->stack[r->depth - 1];
	if (open->key) {
		node->key = open->key;
		node->key_line = open->key_line;
		node->key_column = open->key_column;
		open->key = NULL;
	}
	struct yaml_node *parent = open->node;
	if (parent->last) {
		parent->last->next = node;
	} else {
		parent->first = node;
	}
	parent->last = node;
	parent->count++;
	return node;
}

static bool expects_key(const struct reader *r)
{
	return r->depth > 0 && r->stack[r->depth - 1].seen && !r->stack[r->depth - 1].key;
}

static void take_key(struct reader *r, const yaml_event_t *event, const char *key)
{
	struct open_node *open = &r->stack[r->depth - 1];
	const json_t *before = json_object_get(open->seen, key);
	open->key = key;
	open->key_line = line_of(event);
	open->key_column = column_of(event);
	if (before) {
		config_fault_add(r->faults, r->file, open->key_line, open->key_column, key,
			"the key \"%s\" stands here twice (first in line %d)", key,
			(int)json_integer_value(before));
		return;
	}
	(void)json_object_set_new(open->seen, key, json_integer(open->key_line));
}

static void take_scalar(struct reader *r, const yaml_event_t *event)
{
	const char *value = (const char *)event->data.scalar.value;
	size_t size = event->data.scalar.length;
	if (event->data.scalar.anchor || event->data.scalar.tag) {
		fault(r, event,
			"anchors (&) and tags (!) are not used here: put the text in quotes");
	}
	if (memchr(value, '\0', size)) {
		fault(r, event, "a zero byte cannot be part of a text");
		size = strlen(value);
	}
	const char *text = pool_copy(r->pool, value, size);
	if (expects_key(r)) {
		take_key(r, event, text);
		return;
	}
	struct yaml_node *node = add_node(r, event, YAML_TEXT, text);
	node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static void take_start(struct reader *r, const yaml_event_t *event, enum yaml_kind kind)
{
	bool table = kind == YAML_TABLE;
	const yaml_char_t *anchor =
		table ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
	const yaml_char_t *tag =
		table ? event->data.mapping_start.tag : event->data.sequence_start.tag;
	if (anchor || tag) {
		fault(r, event, "anchors (&) and tags (!) are not used here");
	}
	if (expects_key(r)) {
		fault_stop(r, event, "expected a key, found a list or a table");
		return;
	}
	if (r->depth == YAML_DEPTH_MAX) {
		fault_stop(r, event, "lists and tables are nested too deeply");
		return;
	}
	struct yaml_node *node = add_node(r, event, kind, "");
	r->stack[r->depth++] = (struct open_node){
		.node = node,
		.seen = table ? json_object() : NULL,
	};
}

static void take_end(struct reader *r)
{
	r->depth--;
	json_decref(r->stack[r->depth].seen);
}

static void take_alias(struct reader *r, const yaml_event_t *event)
{
	const char *text = "an unquoted * begins an alias, which is not used here: write \"*\" in "
			   "quotes";
	if (expects_key(r)) {
		fault_stop(r, event, text);
		return;
	}
	fault(r, event, text);
	(void)add_node(r, event, YAML_BROKEN, "");
}

static void take_event(struct reader *r, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (++r->documents > 1) {
			fault_stop(
				r, event, "a second document (---) begins here; only one is read");
		}
		break;
	case YAML_SCALAR_EVENT:
		take_scalar(r, event);
		break;
	case YAML_ALIAS_EVENT:
		take_alias(r, event);
		break;
	case YAML_SEQUENCE_START_EVENT:
		take_start(r, event, YAML_LIST);
		break;
	case YAML_MAPPING_START_EVENT:
		take_start(r, event, YAML_TABLE);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		take_end(r);
		break;
	default:
		r->stop = r->stop || event->type == YAML_STREAM_END_EVENT;
		break;
	}
}

/* The two most common mistakes, for which libyaml's words help nobody. */
static const char *syntax_hint(const yaml_parser_t *parser, const char *problem)
{
	if (strstr(problem, "cannot start any token")) {
		return " (a tab, or an unquoted @ or ` perhaps: indent with blanks, put texts in "
		       "quotes)";
	}
	if (parser->context && strstr(parser->context, "alias")) {
		return " (an unquoted * begins an alias: write \"*\" in quotes)";
	}
	return "";
}

static void syntax_fault(struct reader *r, const yaml_parser_t *parser)
{
	const char *problem = parser->problem ? parser->problem : "it cannot be read";
	config_fault_add(r->faults, r->file, (int)parser->problem_mark.line + 1,
		(int)parser->problem_mark.column + 1, "", "this is not YAML: %s%s", problem,
		syntax_hint(parser, problem));
}

static bool read_events(struct reader *r, yaml_parser_t *parser)
{
	while (!r->stop) {
		yaml_event_t event;
		if (!yaml_parser_parse(parser, &event)) {
			syntax_fault(r, parser);
			return false;
		}
		bool end = event.type == YAML_STREAM_END_EVENT;
		take_event(r, &event);
		yaml_event_delete(&event);
		if (end) {
			return true;
		}
	}
	return false;
}

struct yaml_node *yaml_read(struct pool *pool, const char *file, const char *text, size_t size,
	struct config_faults *faults)
{
	if (size > YAML_BYTES_MAX) {
		config_fault_add(faults, file, 1, 1, "", "the file is larger than %d MiB",
			YAML_BYTES_MAX / (1024 * 1024));
		return NULL;
	}
	yaml_parser_t parser;
	if (!yaml_parser_initialize(&parser)) {
		config_fault_add(faults, file, 1, 1, "", "the YAML reader cannot be started");
		return NULL;
	}
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
	struct reader r = {.pool = pool, .file = file, .faults = faults};
	bool whole = read_events(&r, &parser);
	while (r.depth > 0) {
		take_end(&r);
	}
	yaml_parser_delete(&parser);
	if (!whole) {
		return NULL;
	}
	if (!r.root) {
		r.root = pool_take(pool, sizeof(*r.root));
		*r.root = (struct yaml_node){.kind = YAML_TABLE,
			.line = 1,
			.column = 1,
			.key = "",
			.key_line = 1,
			.key_column = 1,
			.text = ""};
	}
	return r.root;
}

const struct yaml_node *yaml_get(const struct yaml_node *node, const char *key)
{
	if (node->kind != YAML_TABLE) {
		return NULL;
	}
	for (const struct yaml_node *child = node->first; child; child = child->next) {
		if (strcmp(child->key, key) == 0) {
			return child;
		}
	}
	return NULL;
}

static const struct yaml_node *step_key(const struct yaml_node *node, const char *key, size_t size)
{
	for (const struct yaml_node *child = node->first; child; child = child->next) {
		if (strlen(child->key) == size && memcmp(child->key, key, size) == 0) {
			return child;
		}
	}
	return NULL;
}

static const struct yaml_node *step_index(const struct yaml_node *node, unsigned long index)
{
	const struct yaml_node *child = node->first;
	for (unsigned long i = 0; child && i < index; i++) {
		child = child->next;
	}
	return child;
}

const struct yaml_node *yaml_follow(const struct yaml_node *root, const char *path)
{
	const struct yaml_node *node = root;
	while (*path) {
		const struct yaml_node *child;
		if (*path == '[') {
			char *end;
			child = step_index(node, strtoul(path + 1, &end, 10));
			path = *end == ']' ? end + 1 : end;
		} else {
			size_t size = strcspn(path, ".[");
			child = step_key(node, path, size);
			path += size;
		}
		if (*path == '.') {
			path++;
		}
		if (!child) {
			break;
		}
		node = child;
	}
	return node;
}
