/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/load.h"

#include "base/json.h"
#include "channels/registry.h"
#include "cli/table.h"
#include "ingest/fetch/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DEFAULT_CONFIG "/etc/hansho/hansho.yaml"

static void print_fault(const struct cli *cli, const struct config_fault *f)
{
	if (!cli->json) {
		(void)fprintf(
			stderr, "%s:%d:%d: %s: %s\n", f->file, f->line, f->column, f->key, f->text);
		return;
	}
	json_t *object = json_object();
	json_put_text(object, "file", f->file);
	json_put_int(object, "line", f->line);
	json_put_int(object, "column", f->column);
	json_put_text(object, "key", f->key);
	json_put_text(object, "text", f->text);
	char *line = json_dumps(object, JSON_COMPACT);
	print_json_text(stderr, line);
	free(line);
	json_decref(object);
}

static struct config *finish(
	struct cli *cli, struct config *config, struct config_faults *faults, size_t *count)
{
	for (size_t i = 0; i < faults->count; i++) {
		print_fault(cli, &faults->list[i]);
	}
	if (count) {
		*count = faults->count;
	}
	config_faults_clear(faults);
	return config;
}

struct config *load_config_file(struct cli *cli, const char *path, size_t *count)
{
	struct config_faults faults;
	config_faults_init(&faults);
	const struct config_drivers drivers = fetch_registry_join(&channel_registry_drivers);
	struct config *config = config_load(path, &drivers, &faults);
	return finish(cli, config, &faults, count);
}

struct config *load_config(struct cli *cli)
{
	const char *path = cli->config_path ? cli->config_path : getenv("HANSHO_CONFIG");
	if (!path && access(DEFAULT_CONFIG, F_OK) == 0) {
		path = DEFAULT_CONFIG;
	}
	if (path) {
		return load_config_file(cli, path, NULL);
	}
	struct config_faults faults;
	config_faults_init(&faults);
	const struct config_drivers drivers = fetch_registry_join(&channel_registry_drivers);
	size_t size;
	const char *text = config_embedded(&size);
	struct config *config = config_load_text("(embedded)", text, size, &drivers, &faults);
	return finish(cli, config, &faults, NULL);
}
