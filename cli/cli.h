/* SPDX-License-Identifier: Apache-2.0
 *
 * hansho, the staff's command. A verb is a row in verbs.c; each has its own file or shares one with
 * its kin:
 *
 *   main.c        global options, language, dispatch
 *   client.c      the control socket
 *   watchful.c    feeds, hazards, alarms
 *   see.c         status, queue, log, devices: what is going on
 *   show.c        one alert from end to end
 *   act.c         retry, hold, release, resolve
 *   recipients.c  subscribers import/export/count
 *   feed.c        ingest: hands a file to the hub as a feed does
 *   feed_mail.c   ingest --mail: one mail from a mail server's pipe
 *   check.c       check: what a telegram says, without a hub
 *   explain.c     explain: what would follow from telegrams, without a hub
 *   replay.c      replay: a recorded day judged again
 *   against.c     explain --against: a recorded day under two configurations
 *   setup.c       profile, config check
 *   table.c       columns that line up with East Asian widths
 */
#pragma once

#include "base/err.h"

#include <jansson.h>
#include <libintl.h>
#include <stdbool.h>

#define _(text)	 gettext(text)
#define N_(text) text

/* Exit codes (docs: hansho(1)). */
enum cli_exit {
	CLI_OK = 0,
	CLI_REFUSED = 1,
	CLI_USAGE = 2,
	CLI_UNREACHABLE = 3,
	CLI_NOT_PERMITTED = 4,
	CLI_NOT_ALL = 5,
	CLI_BAD_INPUT = 65,
	CLI_LATER = 75,
	CLI_MAIL_NOT_PERMITTED = 77, /* of sysexits, for a mail server */
};

struct cli {
	bool json;
	bool japanese;
	const char *config_path; /* NULL: the default */
	const char *socket_path; /* NULL: from the configuration */
};

struct cli_verb {
	const char *name; /* one word, or two ("config check") */
	const char *arguments;
	const char *summary;				    /* msgid */
	int (*run)(struct cli *cli, int argc, char **argv); /* argv[0] is the first argument */
};

/* Ends with a NULL name. */
extern const struct cli_verb cli_verbs[];

/* Prints text to standard error, as JSON when asked, and returns code. */
int cli_fail(const struct cli *cli, enum cli_exit code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int cli_usage(const struct cli *cli, const struct cli_verb *verb);
/* Prints value as indented JSON and releases it. */
void cli_print_json(json_t *value);

/* Finds "--name VALUE" or "--name=VALUE" in argv and removes it; NULL when absent. */
const char *cli_take_option(int *argc, char **argv, const char *name);
bool cli_take_flag(int *argc, char **argv, const char *name);

/* Asks the hub. CLI_OK and *result (owned by the caller), or an exit code; the reason is printed.
 */
int cli_ask(struct cli *cli, json_t *request, json_t **result);

struct control_client;
/* A connection for several requests; NULL and *code as above. */
struct control_client *client_open(struct cli *cli, int *code);
void client_close(struct control_client *c);
int client_ask(struct control_client *c, json_t *request, json_t **result);

/* Path of the control socket and of the directory of feed sockets, from option, environment
 * (HANSHO_SOCKET) or configuration. NULL after printing why. The caller frees. */
char *cli_control_path(struct cli *cli);

/* The word of a status, event, class, ... in the reader's language; the word itself when unknown.
 */
const char *cli_word(const char *word);
/* The state of a delivery as staff should read it. */
const char *cli_delivery_state(const json_t *delivery);
/* "11-20 14:30:05" of an RFC 3339 time as the hub gives it, in out. */
const char *cli_time(const char *rfc3339, char out[32]);

int run_status(struct cli *cli, int argc, char **argv);
int run_queue(struct cli *cli, int argc, char **argv);
int run_log(struct cli *cli, int argc, char **argv);
int run_alerts(struct cli *cli, int argc, char **argv);
int run_devices(struct cli *cli, int argc, char **argv);
int run_feeds(struct cli *cli, int argc, char **argv);
int run_alarms(struct cli *cli, int argc, char **argv);
int run_ack(struct cli *cli, int argc, char **argv);

/* Parts of the status, for its screen. */
void print_alarms(const json_t *alarms);
void print_hazards(const json_t *hazards);
int run_show(struct cli *cli, int argc, char **argv);
int run_retry(struct cli *cli, int argc, char **argv);
int run_hold(struct cli *cli, int argc, char **argv);
int run_release(struct cli *cli, int argc, char **argv);
int run_resolve(struct cli *cli, int argc, char **argv);
int run_subscribers(struct cli *cli, int argc, char **argv);
int run_ingest(struct cli *cli, int argc, char **argv);
int run_check(struct cli *cli, int argc, char **argv);
int run_explain(struct cli *cli, int argc, char **argv);
int run_replay(struct cli *cli, int argc, char **argv);
int run_profile(struct cli *cli, int argc, char **argv);
int run_config(struct cli *cli, int argc, char **argv);
int run_verify_log(struct cli *cli, int argc, char **argv);
