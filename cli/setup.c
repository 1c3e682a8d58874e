/* SPDX-License-Identifier: Apache-2.0
 *
 * Setting an installation up: a municipality's profile, checking a configuration.
 */
#include "base/buf.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/load.h"
#include "config/profile.h"

#include <stdio.h>
#include <string.h>

enum { PROFILE_LIMIT = 1024 * 1024 };

int run_profile(struct cli *cli, int argc, char **argv)
{
	struct err e = {0};
	struct buf yaml;
	if (argc != 1) {
		return cli_fail(cli, CLI_USAGE, _("usage: hansho %s %s"), "profile", "CODE|NAME");
	}
	buf_init(&yaml, PROFILE_LIMIT);
	int code = CLI_OK;
	if (profile_write(argv[0], &yaml, &e)) {
		code = cli_fail(cli, CLI_BAD_INPUT, "%s", e.text);
	} else if (cli->json) {
		cli_print_json(json_pack("{s:s}", "yaml", buf_text(&yaml)));
	} else {
		(void)fputs(buf_text(&yaml), stdout);
	}
	buf_clear(&yaml);
	return code;
}

static int check_file(struct cli *cli, const char *path)
{
	size_t faults = 0;
	struct config *config = load_config_file(cli, path, &faults);
	if (!config) {
		return cli_fail(cli, CLI_BAD_INPUT, _("%s: %zu mistakes"), path, faults);
	}
	if (cli->json) {
		cli_print_json(json_pack("{s:s,s:b,s:i,s:i,s:i}", "file", path, "good", 1, "feeds",
			(int)config->feed_count, "channels", (int)config->channel_count,
			"municipalities", (int)config->municipality_count));
	} else {
		(void)printf(_("%s: good; %zu municipalities, %zu feeds, %zu channels\n"), path,
			config->municipality_count, config->feed_count, config->channel_count);
	}
	config_free(config);
	return CLI_OK;
}

int run_config(struct cli *cli, int argc, char **argv)
{
	if (argc < 1 || argc > 2 || strcmp(argv[0], "check") != 0) {
		return cli_fail(cli, CLI_USAGE, _("usage: hansho %s %s"), "config", "check [FILE]");
	}
	const char *path = argc == 2 ? argv[1] : cli->config_path;
	return check_file(cli, path ? path : "/etc/hansho/hansho.yaml");
}
