/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/registry.h"

#include <stddef.h>
#include <string.h>

const struct channel_declaration *const channel_registry[] = {
	&channel_areamail,
	&channel_banner,
	&channel_exec,
	&channel_fake,
	&channel_mail,
	&channel_mqtt,
	&channel_sms,
	&channel_social,
	NULL,
};

enum { REGISTRY_SIZE = sizeof(channel_registry) / sizeof(channel_registry[0]) };

const struct channel_declaration *channel_registry_find(const char *name)
{
	for (size_t i = 0; channel_registry[i]; i++) {
		if (strcmp(channel_registry[i]->name, name) == 0) {
			return channel_registry[i];
		}
	}
	return NULL;
}

/* The configuration knows drivers by a smaller struct of its own floor. */
static const struct config_driver *find_driver(const char *name, void *data)
{
	static struct config_driver known[REGISTRY_SIZE];
	(void)data;
	for (size_t i = 0; channel_registry[i]; i++) {
		const struct channel_declaration *d = channel_registry[i];
		if (strcmp(d->name, name) == 0) {
			known[i] = (struct config_driver){
				.name = d->name,
				.rows = d->options,
				.check = d->check,
				.batch_max = d->batch_max,
				.audience = d->audience,
			};
			return &known[i];
		}
	}
	return NULL;
}

const struct config_drivers channel_registry_drivers = {.find = find_driver};
