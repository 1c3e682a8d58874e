/* SPDX-License-Identifier: Apache-2.0 */
#include "schema_text.h"

#include "base/mem.h"
#include "channels/registry.h"

#include <stdlib.h>

char *schema_text(void)
{
	size_t count = 0;
	while (channel_registry[count]) {
		count++;
	}
	const char **names = mem_new_array(count + 1, sizeof(*names));
	for (size_t i = 0; i < count; i++) {
		names[i] = channel_registry[i]->name;
	}
	json_t *schema = config_schema(&channel_registry_drivers, names);
	char *text = json_dumps(schema, JSON_INDENT(1) | JSON_SORT_KEYS);
	json_decref(schema);
	free(names);
	return text;
}
