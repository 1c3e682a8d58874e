/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/fetch/registry.h"

#include <stddef.h>
#include <string.h>

const struct fetch_declaration *const fetch_registry[] = {
	&fetch_atom,
	&fetch_dmdata,
	&fetch_sensor,
	&fetch_spool,
	NULL,
};

enum { REGISTRY_SIZE = sizeof(fetch_registry) / sizeof(fetch_registry[0]) };

const struct fetch_declaration *fetch_registry_find(const char *name)
{
	for (size_t i = 0; fetch_registry[i]; i++) {
		if (strcmp(fetch_registry[i]->name, name) == 0) {
			return fetch_registry[i];
		}
	}
	return NULL;
}

/* The configuration knows programs by a smaller struct of its own floor. */
static const struct config_driver *find_program(const char *name, void *data)
{
	static struct config_driver known[REGISTRY_SIZE];
	(void)data;
	for (size_t i = 0; fetch_registry[i]; i++) {
		const struct fetch_declaration *d = fetch_registry[i];
		if (strcmp(d->name, name) == 0) {
			known[i] = (struct config_driver){
				.name = d->name,
				.rows = d->options,
				.check = d->check,
			};
			return &known[i];
		}
	}
	return NULL;
}

struct config_drivers fetch_registry_join(const struct config_drivers *drivers)
{
	struct config_drivers joined = *drivers;
	joined.find_fetch = find_program;
	return joined;
}
