/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/fetch/sensor/memory.h"

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES_MAX = 64 * 1024 * 1024, FILE_MODE = 0600 };

static int read_file(struct sensor_memory *m, json_t **object, struct err *e)
{
	char *text = NULL;
	size_t size = 0;
	int rc = file_read(m->path, FILE_BYTES_MAX, &text, &size, e);
	if (rc != 0) {
		return rc;
	}
	*object = json_read(text, size, e);
	free(text);
	if (!json_is_object(*object)) {
		return err_set(e, -EBADMSG, "%s is damaged: starting without it", m->path);
	}
	return 0;
}

int sensor_memory_open(struct sensor_memory *m, const char *folder,
	const struct sensor_settings *settings, struct err *e)
{
	size_t size = strlen(folder) + sizeof("/gauges.json");
	*m = (struct sensor_memory){.path = mem_new(size), .pending = json_array()};
	(void)snprintf(m->path, size, "%s/gauges.json", folder);
	json_t *object = NULL;
	int rc = read_file(m, &object, e);
	for (size_t i = 0; rc == 0 && i < settings->gauge_count; i++) {
		struct gauge *g = &settings->gauges[i].gauge;
		const json_t *gauges = json_object_get(object, "gauges");
		gauge_restore(g, json_object_get(gauges, g->rule->name));
	}
	if (rc == 0 && json_is_array(json_object_get(object, "pending"))) {
		json_array_extend(m->pending, json_object_get(object, "pending"));
	}
	json_decref(object);
	return rc == -ENOENT ? 0 : rc;
}

void sensor_memory_close(struct sensor_memory *m)
{
	json_decref(m->pending);
	free(m->path);
}

int sensor_memory_save(
	const struct sensor_memory *m, const struct sensor_settings *settings, struct err *e)
{
	json_t *gauges = json_object();
	for (size_t i = 0; i < settings->gauge_count; i++) {
		const struct gauge *g = &settings->gauges[i].gauge;
		json_put(gauges, g->rule->name, gauge_save(g));
	}
	json_t *object = json_object();
	json_put(object, "gauges", gauges);
	json_put(object, "pending", json_incref(m->pending));
	char *text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	int rc = file_replace(m->path, text, strlen(text), FILE_MODE, e);
	free(text);
	return rc;
}
