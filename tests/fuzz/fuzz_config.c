/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as hansho.yaml: they give a configuration or faults, never both and never neither.
 */
#include "config/config.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct option_row rows[] = {
	{.key = "host", .type = OPTION_TEXT, .required = true, .help = "Host."},
	{.key = "wait", .type = OPTION_DURATION, .fallback = "1s", .help = "Wait."},
	{.key = "any", .type = OPTION_ANY, .help = "Anything."},
	{0},
};

static const struct config_driver driver = {
	.name = "mail",
	.rows = rows,
	.batch_max = 10,
	.audience = "targets",
};

static const struct config_driver *find(const char *name, void *data)
{
	(void)data;
	return name[0] == 'm' ? &driver : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct config_drivers drivers = {.find = find};
	struct config_faults faults;
	if (size > 64 * 1024) {
		return 0;
	}
	config_faults_init(&faults);
	struct config *c = config_load_text("(fuzz)", (const char *)data, size, &drivers, &faults);
	if ((c == NULL) != (faults.count > 0)) {
		abort();
	}
	config_free(c);
	config_faults_clear(&faults);
	return 0;
}
