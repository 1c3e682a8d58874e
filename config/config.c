/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading a configuration from file to struct: text -> tree -> checked JSON -> struct -> cross
 * checks. Any fault at any step and there is no configuration.
 */
#include "config/config_private.h"

#include "base/file.h"
#include "base/json.h"
#include "config/fault.h"

#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EMBEDDED_PATH "(embedded)"

extern const unsigned char config_default_yaml_bytes[];
extern const size_t config_default_yaml_size;

const char *config_embedded(size_t *size)
{
	*size = config_default_yaml_size;
	return (const char *)config_default_yaml_bytes;
}

void source_fault(const struct config_source *s, const char *path, const char *format, ...)
{
	char text[512];
	va_list args;
	va_start(args, format);
	utf8_vprint(text, sizeof(text), format, args);
	va_end(args);
	const struct yaml_node *node = yaml_follow(s->root, path);
	config_fault_add(s->faults, s->config->path, node->line, node->column, path, "%s", text);
}

const char *source_text(const struct config_source *s, const json_t *object, const char *key)
{
	return pool_copy_text(s->config->pool, json_text(object, key, ""));
}

struct text_list source_texts(const struct config_source *s, const json_t *object, const char *key)
{
	const json_t *list = json_object_get(object, key);
	size_t count = json_array_size(list);
	struct text_list out = {0};
	if (count == 0) {
		return out;
	}
	out.list = pool_take(s->config->pool, count * sizeof(*out.list));
	for (size_t i = 0; i < count; i++) {
		out.list[out.count++] =
			pool_copy_text(s->config->pool, json_string_value(json_array_get(list, i)));
	}
	return out;
}

/* Absolute, so that a daemon that changes its folder still finds everything. */
static const char *folder_of(struct pool *pool, const char *path)
{
	char here[PATH_MAX];
	if (!getcwd(here, sizeof(here))) {
		here[0] = '/';
		here[1] = '\0';
	}
	if (strcmp(path, EMBEDDED_PATH) == 0) {
		return pool_copy_text(pool, here);
	}
	char *copy = pool_copy_text(pool, path);
	return option_resolve(pool, here, dirname(copy));
}

/* Known before anything else is read: secrets in other sections start from it. */
static const char *secrets_folder(const struct config_source *s)
{
	const struct yaml_node *node = yaml_get(s->root, "secrets_dir");
	return node && node->kind == YAML_TEXT
		       ? option_resolve(s->config->pool, s->folder, node->text)
		       : s->folder;
}

static struct config *read_whole(struct config_source *s, const char *text, size_t size)
{
	struct config *c = s->config;
	s->root = yaml_read(s->faults->pool, c->path, text, size, s->faults);
	if (!s->root) {
		return NULL;
	}
	const struct option_reader reader = {
		.file = c->path,
		.folder = s->folder,
		.secrets_folder = secrets_folder(s),
		.faults = s->faults,
	};
	json_t *whole = option_read_table(&reader, config_rows, s->root, "");
	config_build(s, whole);
	json_decref(whole);
	config_check(s);
	return s->faults->count == 0 ? c : NULL;
}

struct config *config_load_text(const char *path, const char *text, size_t size,
	const struct config_drivers *drivers, struct config_faults *faults)
{
	struct pool *pool = pool_new();
	struct config *c = pool_take(pool, sizeof(*c));
	c->pool = pool;
	c->path = pool_copy_text(pool, path);
	struct config_source source = {
		.config = c,
		.drivers = drivers,
		.folder = folder_of(pool, path),
		.faults = faults,
	};
	if (!read_whole(&source, text, size)) {
		config_faults_sort(faults);
		config_free(c);
		return NULL;
	}
	return c;
}

struct config *config_load(
	const char *path, const struct config_drivers *drivers, struct config_faults *faults)
{
	char *text = NULL;
	size_t size = 0;
	struct err e = {0};
	if (file_read(path, YAML_BYTES_MAX, &text, &size, &e)) {
		config_fault_add(faults, path, 1, 1, "", "%s", e.text);
		return NULL;
	}
	struct config *c = config_load_text(path, text, size, drivers, faults);
	free(text);
	return c;
}

void config_free(struct config *c)
{
	if (!c) {
		return;
	}
	for (size_t i = 0; i < c->feed_count; i++) {
		json_decref(c->feeds[i].fetch.options);
	}
	for (size_t i = 0; i < c->channel_count; i++) {
		json_decref(c->channels[i].options);
	}
	for (size_t i = 0; i < c->feed_count; i++) {
		json_decref(c->feeds[i].mail_rules);
	}
	config_free_outlines(c);
	pool_free(c->pool);
}

const struct channel_config *config_channel(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->channel_count; i++) {
		if (strcmp(c->channels[i].name, name) == 0) {
			return &c->channels[i];
		}
	}
	return NULL;
}

const struct municipality *config_municipality(const struct config *c, const char *code)
{
	for (size_t i = 0; i < c->municipality_count; i++) {
		if (strcmp(c->municipalities[i].code, code) == 0) {
			return &c->municipalities[i];
		}
	}
	return NULL;
}

bool text_list_has(const struct text_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->list[i], text) == 0) {
			return true;
		}
	}
	return false;
}
