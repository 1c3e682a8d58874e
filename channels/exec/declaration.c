/* SPDX-License-Identifier: Apache-2.0
 *
 * Any executable that speaks the channel protocol. There is no program of ours behind it: the hub
 * starts `command` itself and sends `settings` as the options of its hello.
 */
#include "base/json.h"
#include "channels/registry.h"

#include <errno.h>

static const struct option_row options[] = {
	{
		.key = "command",
		.type = OPTION_TEXTS,
		.required = true,
		.help = "The executable, by absolute path, and its arguments.",
	},
	{
		.key = "settings",
		.type = OPTION_ANY,
		.help = "Given to the executable as the options of its hello; secrets only by "
			"file.",
	},
	{0},
};

static int check(const json_t *filled, const char **key, struct err *e)
{
	const json_t *command = json_object_get(filled, "command");
	const char *path = json_string_value(json_array_get(command, 0));
	*key = "command";
	if (!path || path[0] != '/') {
		return err_set(
			e, -EINVAL, "the first word of the command must be an absolute path");
	}
	const json_t *settings = json_object_get(filled, "settings");
	*key = "settings";
	if (settings && !json_is_object(settings)) {
		return err_set(e, -EINVAL, "settings must be a table of keys");
	}
	return 0;
}

const struct channel_declaration channel_exec = {
	.interface = CHANNEL_INTERFACE,
	.name = "exec",
	.summary = "Any executable that speaks the channel protocol (docs/driver-guide.md)",
	.delivered = "the executable reported the target as delivered",
	.options = options,
	.check = check,
	.batch_max = 100,
	.audience = "targets",
	.reports_each_target = true,
	.idempotent = false,
	.confirms = true,
	.withdraws = true,
	.reads_shapes = true,
};
