/* SPDX-License-Identifier: Apache-2.0 */
#include "schema_text.h"

#include "channels/registry.h"
#include "ingest/fetch/registry.h"

#include <assert.h>
#include <stdlib.h>

enum { NAMES_MAX = 64 };

char *schema_text(void)
{
	const char *channels[NAMES_MAX] = {0};
	const char *fetchers[NAMES_MAX] = {0};
	for (size_t i = 0; channel_registry[i]; i++) {
		assert(i + 1 < NAMES_MAX);
		channels[i] = channel_registry[i]->name;
	}
	for (size_t i = 0; fetch_registry[i]; i++) {
		assert(i + 1 < NAMES_MAX);
		fetchers[i] = fetch_registry[i]->name;
	}
	const struct config_drivers drivers = fetch_registry_join(&channel_registry_drivers);
	json_t *schema = config_schema(&drivers, channels, fetchers);
	char *text = json_dumps(schema, JSON_INDENT(1) | JSON_SORT_KEYS);
	json_decref(schema);
	return text;
}

char *mail_rules_schema_text(void)
{
	json_t *schema = config_mail_rules_schema();
	char *text = json_dumps(schema, JSON_INDENT(1) | JSON_SORT_KEYS);
	json_decref(schema);
	return text;
}
