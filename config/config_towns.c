/* SPDX-License-Identifier: Apache-2.0
 *
 * Municipalities: inline or from a profile file; what is left out comes from the shipped tables.
 */
#include "base/file.h"
#include "base/json.h"
#include "config/codes.h"
#include "config/config_private.h"
#include "config/fault.h"

#include <stdlib.h>
#include <string.h>

enum { PROFILE_BYTES_MAX = 1024 * 1024 };

/* Where one municipality is written: the main file, or a profile of its own. */
struct town_source {
	const char *file;
	const struct yaml_node *node;
	const char *path;
};

static void town_fault(const struct config_source *s, const struct town_source *t, const char *key,
	const char *text)
{
	const struct yaml_node *node = key[0] ? yaml_get(t->node, key) : NULL;
	node = node ? node : t->node;
	const char *dot = t->path[0] && key[0] ? "." : "";
	config_fault_add(s->faults, t->file, node->line, node->column,
		pool_printf(s->faults->pool, "%s%s%s", t->path, dot, key), "%s", text);
}

/* The profile's own table, read by the same rows. The caller releases. */
static json_t *read_profile(const struct config_source *s, const char *file, struct town_source *t)
{
	struct err e = {0};
	char *text = NULL;
	size_t size = 0;
	if (file_read(file, PROFILE_BYTES_MAX, &text, &size, &e)) {
		town_fault(s, t, "profile", e.text);
		return NULL;
	}
	t->file = pool_copy_text(s->config->pool, file);
	t->node = yaml_read(s->faults->pool, t->file, text, size, s->faults);
	t->path = "";
	free(text);
	if (!t->node) {
		return NULL;
	}
	const struct option_reader reader = {
		.file = t->file,
		.folder = s->folder,
		.secrets_folder = s->folder,
		.faults = s->faults,
	};
	json_t *object = option_read_table(&reader, municipality_rows, t->node, "");
	if (json_object_get(object, "profile")) {
		town_fault(s, t, "profile", "a profile cannot name another profile");
	}
	return object;
}

static bool is_digits(const char *text, size_t size)
{
	return strlen(text) == size && strspn(text, "0123456789") == size;
}

struct code_key {
	const char *key;
	size_t digits;
	size_t offset;
};

static const struct code_key code_keys[] = {
	{"weather", 7, offsetof(struct municipality, weather)},
	{"seismic", 7, offsetof(struct municipality, seismic)},
	{"seismic_area", 3, offsetof(struct municipality, seismic_area)},
	{"tsunami", 3, offsetof(struct municipality, tsunami)},
	{"volcanoes", 3, offsetof(struct municipality, volcanoes)},
	{"rivers", 12, offsetof(struct municipality, rivers)},
	{"parents", 6, offsetof(struct municipality, parents)},
	{"offices", 0, offsetof(struct municipality, offices)},
	{"promotion_areas", 0, offsetof(struct municipality, promotion)},
};

static void take_lists(const struct config_source *s, const json_t *object,
	const struct town_source *t, struct municipality *m)
{
	for (size_t i = 0; i < sizeof(code_keys) / sizeof(code_keys[0]); i++) {
		const struct code_key *k = &code_keys[i];
		if (!json_object_get(object, k->key)) {
			continue;
		}
		struct text_list list = source_texts(s, object, k->key);
		for (size_t j = 0; j < list.count && k->digits > 0; j++) {
			if (!is_digits(list.list[j], k->digits)) {
				town_fault(s, t, k->key,
					pool_printf(s->faults->pool,
						"expected codes of %zu digits, found \"%s\"",
						k->digits, list.list[j]));
			}
		}
		memcpy((char *)m + k->offset, &list, sizeof(list));
	}
}

static void take_texts(const struct config_source *s, const json_t *object, struct municipality *m)
{
	const struct {
		const char *key;
		const char **text;
	} texts[] = {
		{"name", &m->name},
		{"reading", &m->reading},
		{"prefecture", &m->prefecture},
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (json_object_get(object, texts[i].key) || !*texts[i].text) {
			*texts[i].text = source_text(s, object, texts[i].key);
		}
	}
}

struct outline_faults {
	const struct config_source *s;
	const struct town_source *t;
};

static void outline_fault(void *data, const char *key, const char *text)
{
	const struct outline_faults *f = data;
	town_fault(f->s, f->t, key, text);
}

static void build_town(const struct config_source *s, const json_t *object,
	const struct town_source *t, struct municipality *m)
{
	const char *code = json_text(object, "code", "");
	struct err e = {0};
	*m = (struct municipality){0};
	bool whole = is_digits(code, 5);
	bool known = whole && code_town(s->config->pool, code, m, NULL, &e) == 0;
	if (code[0] == '\0') {
		town_fault(s, t, "code", "a municipality needs `code` (5 digits) or `profile`");
	} else if (!whole) {
		town_fault(s, t, "code",
			pool_printf(s->faults->pool,
				"expected a municipality code of 5 digits, found \"%s\"", code));
	}
	take_texts(s, object, m);
	m->promotion = code_promotion(s->config->pool, code);
	take_lists(s, object, t, m);
	m->code = pool_copy_text(s->config->pool, code);
	struct outline_faults faults = {s, t};
	config_build_outlines(s->config, object, m, outline_fault, &faults);
	if (whole && !known && m->name[0] == '\0') {
		town_fault(s, t, "code",
			pool_printf(s->faults->pool,
				"%s is not in the shipped tables: write its name and its code "
				"lists "
				"out",
				code));
	}
}

static void build_entry(const struct config_source *s, const json_t *entry, const char *path,
	struct municipality *m)
{
	struct town_source t = {
		.file = s->config->path,
		.node = yaml_follow(s->root, path),
		.path = path,
	};
	const char *file = json_text(entry, "profile", "");
	if (!file[0]) {
		build_town(s, entry, &t, m);
		return;
	}
	if (json_object_size(entry) > 1) {
		town_fault(s, &t, "profile", "other keys do not go together with `profile`");
	}
	*m = (struct municipality){.code = "", .name = "", .reading = "", .prefecture = ""};
	json_t *object = read_profile(s, file, &t);
	if (object) {
		build_town(s, object, &t, m);
		json_decref(object);
	}
}

void config_build_municipalities(struct config_source *s, const json_t *list)
{
	struct config *c = s->config;
	size_t count = json_array_size(list);
	c->municipalities = pool_take(c->pool, (count + 1) * sizeof(*c->municipalities));
	for (size_t i = 0; i < count; i++) {
		const char *path = pool_printf(c->pool, "municipalities[%zu]", i);
		struct municipality *m = &c->municipalities[i];
		build_entry(s, json_array_get(list, i), path, m);
		if (m->code[0] && config_municipality(c, m->code)) {
			source_fault(s, path, "the municipality %s stands here twice", m->code);
		}
		c->municipality_count = i + 1;
	}
	if (list && count == 0) {
		source_fault(s, "municipalities", "at least one municipality is needed");
	}
}
