/* SPDX-License-Identifier: Apache-2.0
 *
 * hanshod: the hub. Reads and checks the whole configuration, then starts; with any mistake in it
 * nothing starts (exit 78).
 */
#include "base/file.h"
#include "base/log.h"
#include "channels/registry.h"
#include "config/config.h"
#include "dispatcher/hub.h"
#include "ingest/fetch/registry.h"

#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define DEFAULT_CONFIG "/etc/hansho/hansho.yaml"

/* Bytes. Less than this is not given back to the system: the next alert needs it again. */
enum { KEPT_HEAP = 1024 * 1024 };

static const struct option long_options[] = {
	{"config", required_argument, NULL, 'c'},
	{"check", no_argument, NULL, 'C'},
	{"version", no_argument, NULL, 'V'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

static void print_help(void)
{
	(void)puts("usage: hanshod [-c FILE] [--check]\n"
		   "  -c, --config FILE  configuration (default " DEFAULT_CONFIG ";\n"
		   "                     without that file, built-in defaults under ./hansho-run)\n"
		   "      --check        check the configuration and exit (0 good, 78 not)\n"
		   "  -V, --version      print the version\n"
		   "  -h, --help         print this");
}

static struct config *load(const char *path)
{
	const struct config_drivers drivers = fetch_registry_join(&channel_registry_drivers);
	struct config_faults faults;
	config_faults_init(&faults);
	struct config *config = NULL;
	if (!path && access(DEFAULT_CONFIG, F_OK) != 0) {
		size_t size;
		const char *text = config_embedded(&size);
		config = config_load_text("(embedded)", text, size, &drivers, &faults);
	} else {
		config = config_load(path ? path : DEFAULT_CONFIG, &drivers, &faults);
	}
	for (size_t i = 0; i < faults.count; i++) {
		const struct config_fault *f = &faults.list[i];
		(void)fprintf(
			stderr, "%s:%d:%d: %s: %s\n", f->file, f->line, f->column, f->key, f->text);
	}
	if (!config) {
		(void)fprintf(stderr, "hanshod: %zu mistake%s; nothing was started\n", faults.count,
			faults.count == 1 ? "" : "s");
	}
	config_faults_clear(&faults);
	return config;
}

int main(int argc, char **argv)
{
	const char *path = NULL;
	bool check = false;
	for (int c; (c = getopt_long(argc, argv, "c:Vh", long_options, NULL)) != -1;) {
		switch (c) {
		case 'c':
			path = optarg;
			break;
		case 'C':
			check = true;
			break;
		case 'V':
			(void)puts("hanshod " HANSHO_VERSION);
			return EX_OK;
		case 'h':
			print_help();
			return EX_OK;
		default:
			print_help();
			return EX_USAGE;
		}
	}
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	(void)sigaction(SIGPIPE, &ignore, NULL);
	(void)umask(0027);
	struct config *config = load(path);
	if (!config) {
		return EX_CONFIG;
	}
	if (check) {
		(void)puts("configuration is good");
		config_free(config);
		return EX_OK;
	}
	enum log_level level = LOG_LEVEL_INFO;
	(void)log_level_parse(config->log_level, &level);
	log_open("hanshod", level);
	char program[PATH_MAX];
	ssize_t size = readlink("/proc/self/exe", program, sizeof(program) - 1);
	program[size > 0 ? size : 0] = '\0';
	struct err e = {0};
	struct hub *hub = NULL;
	(void)mallopt(M_TRIM_THRESHOLD, KEPT_HEAP);
	(void)mallopt(M_TOP_PAD, KEPT_HEAP / 4);
	if (hub_start(config, dirname(program), &hub, &e)) {
		log_error("cannot start", "reason=%s", LOG_TEXT(e.text));
		return EX_UNAVAILABLE;
	}
	int status = hub_run(hub);
	hub_free(hub);
	return status;
}
