/* SPDX-License-Identifier: Apache-2.0
 *
 * What staff do to the queue: retry, hold, release, resolve.
 */
#include "base/json.h"
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

static int act(struct cli *cli, json_t *request, const char *said)
{
	json_t *result = NULL;
	int code = cli_ask(cli, request, &result);
	if (code) {
		return code;
	}
	if (cli->json) {
		cli_print_json(result);
		return CLI_OK;
	}
	(void)printf("%s: %lld\n", said, (long long)json_int(result, "count", 0));
	json_decref(result);
	return CLI_OK;
}

static int need_id(struct cli *cli, int argc, const char *verb, const char *arguments)
{
	return argc == 1 ? CLI_OK
			 : cli_fail(cli, CLI_USAGE, _("usage: hansho %s %s"), verb, arguments);
}

int run_retry(struct cli *cli, int argc, char **argv)
{
	int code = need_id(cli, argc, "retry", "ID");
	return code ? code
		    : act(cli, json_pack("{s:s,s:s}", "op", "retry", "id", argv[0]),
			      _("targets that are tried again"));
}

int run_hold(struct cli *cli, int argc, char **argv)
{
	const char *reason = cli_take_option(&argc, argv, "--reason");
	int code = need_id(cli, argc, "hold", "ID --reason TEXT");
	if (code == CLI_OK && !reason) {
		code = cli_fail(cli, CLI_USAGE, _("say why: --reason TEXT"));
	}
	return code ? code
		    : act(cli,
			      json_pack("{s:s,s:s,s:s}", "op", "hold", "id", argv[0], "reason",
				      reason),
			      _("deliveries held"));
}

int run_release(struct cli *cli, int argc, char **argv)
{
	int code = need_id(cli, argc, "release", "ID");
	return code ? code
		    : act(cli, json_pack("{s:s,s:s}", "op", "release", "id", argv[0]),
			      _("deliveries released"));
}

int run_resolve(struct cli *cli, int argc, char **argv)
{
	if (argc < 2 || argc > 3) {
		return cli_fail(cli, CLI_USAGE, _("usage: hansho %s %s"), "resolve",
			"DELIVERY [TARGET] delivered|failed");
	}
	const char *as = argv[argc - 1];
	if (strcmp(as, "delivered") != 0 && strcmp(as, "failed") != 0) {
		return cli_fail(cli, CLI_USAGE, _("\"%s\" is neither delivered nor failed"), as);
	}
	return act(cli,
		json_pack("{s:s,s:s,s:s,s:s}", "op", "resolve", "id", argv[0], "target",
			argc == 3 ? argv[1] : "", "as", as),
		_("targets resolved"));
}

int run_ack(struct cli *cli, int argc, char **argv)
{
	int code = need_id(cli, argc, "ack", "ALARM|all");
	return code ? code
		    : act(cli, json_pack("{s:s,s:s}", "op", "ack", "id", argv[0]),
			      _("alarms noted"));
}
