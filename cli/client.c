/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/jsonl.h"
#include "base/mem.h"
#include "channels/registry.h"
#include "cli/cli.h"
#include "cli/load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { ANSWER_LIMIT_MS = 60000 };

struct control_client {
	struct cli *cli;
	int fd;
	struct jsonl_stream *stream;
};

static const struct {
	const char *code;
	enum cli_exit exit;
} exits[] = {
	{"not_found", CLI_REFUSED},
	{"invalid", CLI_USAGE},
	{"refused", CLI_REFUSED},
	{"not_permitted", CLI_NOT_PERMITTED},
	{"tampered", CLI_REFUSED},
	{"timeout", CLI_NOT_ALL},
	{"unavailable", CLI_LATER},
};

static enum cli_exit exit_of(const char *code)
{
	for (size_t i = 0; i < sizeof(exits) / sizeof(exits[0]); i++) {
		if (strcmp(exits[i].code, code) == 0) {
			return exits[i].exit;
		}
	}
	return CLI_REFUSED;
}

char *cli_control_path(struct cli *cli)
{
	const char *given = cli->socket_path ? cli->socket_path : getenv("HANSHO_SOCKET");
	if (given && given[0]) {
		return mem_copy_text(given);
	}
	struct config *config = load_config(cli);
	if (!config) {
		return NULL;
	}
	char *path = mem_copy_text(config->control_path);
	config_free(config);
	return path;
}

struct control_client *client_open(struct cli *cli, int *code)
{
	char *path = cli_control_path(cli);
	if (!path) {
		*code = CLI_BAD_INPUT;
		return NULL;
	}
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		int saved = errno;
		*code = saved == EACCES
				? cli_fail(cli, CLI_NOT_PERMITTED, _("you may not use %s"), path)
				: cli_fail(cli, CLI_UNREACHABLE,
					  _("no hub answers at %s (%s); is hanshod running?"), path,
					  strerror(saved));
		free(path);
		if (fd >= 0) {
			(void)close(fd);
		}
		return NULL;
	}
	free(path);
	struct control_client *c = mem_new(sizeof(*c));
	c->cli = cli;
	c->fd = fd;
	c->stream = jsonl_stream_new(fd, fd, JSONL_LINE_LIMIT);
	return c;
}

void client_close(struct control_client *c)
{
	jsonl_stream_free(c->stream);
	(void)close(c->fd);
	free(c);
}

int client_ask(struct control_client *c, json_t *request, json_t **result)
{
	struct err e = {0};
	json_t *answer = NULL;
	int rc = jsonl_stream_write(c->stream, request);
	json_decref(request);
	if (rc == 0) {
		rc = jsonl_stream_read(c->stream, ANSWER_LIMIT_MS, &answer, &e);
	}
	if (rc != 1) {
		return cli_fail(c->cli, CLI_UNREACHABLE, "%s",
			rc == -EAGAIN ? _("the hub does not answer") : _("the hub went away"));
	}
	if (json_flag(answer, "ok", false)) {
		*result = json_incref(json_object_get(answer, "result"));
		json_decref(answer);
		return CLI_OK;
	}
	int code = cli_fail(c->cli, exit_of(json_text(answer, "code", "")), "%s",
		_(json_text(answer, "text", "?")));
	json_decref(answer);
	return code;
}

int cli_ask(struct cli *cli, json_t *request, json_t **result)
{
	int code = CLI_OK;
	struct control_client *c = client_open(cli, &code);
	if (!c) {
		json_decref(request);
		return code;
	}
	code = client_ask(c, request, result);
	client_close(c);
	return code;
}
