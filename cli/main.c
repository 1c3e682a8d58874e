/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include "base/json.h"
#include "base/log.h"
#include "cli/table.h"

#include <libgen.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The catalogue lies beside the program: ../locale in a build, ../share/locale when installed. */
static void bind_catalogue(void)
{
	static const char *const places[] = {"/../locale", "/../share/locale"};
	char program[PATH_MAX];
	ssize_t size = readlink("/proc/self/exe", program, sizeof(program) - 1);
	if (size <= 0) {
		return;
	}
	program[size] = '\0';
	const char *dir = dirname(program);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char path[PATH_MAX + 32];
		(void)snprintf(path, sizeof(path), "%s%s", dir, places[i]);
		if (access(path, R_OK) == 0) {
			(void)bindtextdomain("hansho", path);
			break;
		}
	}
	(void)bind_textdomain_codeset("hansho", "UTF-8");
	(void)textdomain("hansho");
}

/* The first of LC_ALL, LC_MESSAGES, LANG that is set decides. A machine without the Japanese locale
 * installed still speaks Japanese when asked to: LANGUAGE works over C.UTF-8. */
static void set_language(struct cli *cli)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	const char *wanted = NULL;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);
		if (value && value[0]) {
			wanted = value;
			break;
		}
	}
	cli->japanese = wanted && strncmp(wanted, "ja", 2) == 0;
	const char *set = setlocale(LC_ALL, "");
	if (!set ||
		(cli->japanese && strstr(set, "UTF-8") == NULL && strstr(set, "utf8") == NULL)) {
		(void)setlocale(LC_ALL, "C.UTF-8");
		if (cli->japanese) {
			(void)unsetenv("LC_ALL");
			(void)setenv("LANGUAGE", "ja", 1);
		}
	}
	bind_catalogue();
}

int cli_fail(const struct cli *cli, enum cli_exit code, const char *format, ...)
{
	char text[1024];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	(void)text_clean(text);
	if (cli->json) {
		json_t *object = json_object();
		json_put_int(object, "exit", code);
		json_put_text(object, "error", text);
		char *line = json_dumps(object, JSON_COMPACT);
		print_json_text(stderr, line);
		free(line);
		json_decref(object);
	} else {
		(void)fprintf(stderr, "hansho: %s\n", text);
	}
	return (int)code;
}

int cli_usage(const struct cli *cli, const struct cli_verb *verb)
{
	return cli_fail(cli, CLI_USAGE, _("usage: hansho %s %s"), verb->name, verb->arguments);
}

void cli_print_json(json_t *value)
{
	char *text = json_dumps(value, JSON_INDENT(2));
	print_json_text(stdout, text);
	free(text);
	json_decref(value);
}

static void remove_arguments(int *argc, char **argv, int at, int count)
{
	for (int i = at; i + count <= *argc; i++) {
		argv[i] = argv[i + count];
	}
	*argc -= count;
}

const char *cli_take_option(int *argc, char **argv, const char *name)
{
	size_t size = strlen(name);
	for (int i = 0; i < *argc; i++) {
		if (strcmp(argv[i], name) == 0 && i + 1 < *argc) {
			const char *value = argv[i + 1];
			remove_arguments(argc, argv, i, 2);
			return value;
		}
		if (strncmp(argv[i], name, size) == 0 && argv[i][size] == '=') {
			const char *value = argv[i] + size + 1;
			remove_arguments(argc, argv, i, 1);
			return value;
		}
	}
	return NULL;
}

bool cli_take_flag(int *argc, char **argv, const char *name)
{
	for (int i = 0; i < *argc; i++) {
		if (strcmp(argv[i], name) == 0) {
			remove_arguments(argc, argv, i, 1);
			return true;
		}
	}
	return false;
}

static void print_help(void)
{
	(void)puts(_("usage: hansho [--json] [-c CONFIG] [--socket PATH] VERB [ARGUMENTS]"));
	(void)puts("");
	for (const struct cli_verb *v = cli_verbs; v->name; v++) {
		say("  %-12s %s\n", v->name, _(v->summary));
	}
	(void)puts("");
	(void)puts(_("hansho VERB --help shows the arguments; hansho(1) has the rest."));
}

static const struct cli_verb *find_verb(const char *name)
{
	for (const struct cli_verb *v = cli_verbs; v->name; v++) {
		if (strcmp(v->name, name) == 0) {
			return v;
		}
	}
	return NULL;
}

int main(int argc, char **argv)
{
	struct cli cli = {0};
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	(void)sigaction(SIGPIPE, &ignore, NULL);
	log_open("hansho", LOG_LEVEL_ERROR);
	set_language(&cli);
	int left = argc - 1;
	char **rest = argv + 1;
	cli.json = cli_take_flag(&left, rest, "--json");
	cli.socket_path = cli_take_option(&left, rest, "--socket");
	cli.config_path = cli_take_option(&left, rest, "-c");
	if (!cli.config_path) {
		cli.config_path = cli_take_option(&left, rest, "--config");
	}
	if (cli_take_flag(&left, rest, "--version")) {
		(void)puts("hansho " HANSHO_VERSION);
		return CLI_OK;
	}
	bool help = cli_take_flag(&left, rest, "--help") || cli_take_flag(&left, rest, "-h");
	if (left == 0) {
		print_help();
		return help ? CLI_OK : CLI_USAGE;
	}
	const struct cli_verb *verb = find_verb(rest[0]);
	if (!verb) {
		return cli_fail(
			&cli, CLI_USAGE, _("unknown verb \"%s\"; see hansho --help"), rest[0]);
	}
	if (help) {
		(void)printf(_("usage: hansho %s %s"), verb->name, verb->arguments);
		(void)printf("\n  %s\n", _(verb->summary));
		return CLI_OK;
	}
	return verb->run(&cli, left - 1, rest + 1);
}
