/* SPDX-License-Identifier: Apache-2.0
 *
 * hansho-ingest: the process that reads bytes from outside. Started by the hub with the link on
 * descriptor 3. Never opens the store, never decides what is sent, never starts another process.
 */
#include "base/log.h"
#include "ingest/ingest.h"
#include "ingest/xml.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINK_FD = 3, EXIT_USAGE = 2 };

static void on_signal(int number, short what, void *data)
{
	(void)number;
	(void)what;
	ingest_stop(data);
}

static void open_log(void)
{
	enum log_level level = LOG_LEVEL_INFO;
	const char *wanted = getenv("HANSHO_LOG_LEVEL");
	if (wanted) {
		(void)log_level_parse(wanted, &level);
	}
	log_open("ingest", level);
}

static int run(struct event_base *base)
{
	struct ingest *in = ingest_new(base, LINK_FD);
	struct event *term = evsignal_new(base, SIGTERM, on_signal, in);
	struct event *interrupt = evsignal_new(base, SIGINT, on_signal, in);
	int status = EXIT_FAILURE;
	if (term && interrupt && event_add(term, NULL) == 0 && event_add(interrupt, NULL) == 0 &&
		event_base_dispatch(base) >= 0) {
		status = ingest_status(in);
	}
	ingest_free(in);
	if (term) {
		event_free(term);
	}
	if (interrupt) {
		event_free(interrupt);
	}
	return status;
}

int main(int argc, char **argv)
{
	(void)argv;
	open_log();
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	if (argc != 1 || fcntl(LINK_FD, F_SETFD, FD_CLOEXEC) != 0) {
		(void)fprintf(stderr,
			"hansho-ingest is started by hanshod, with its link on descriptor 3\n");
		return EXIT_USAGE;
	}
	if (sigaction(SIGPIPE, &ignore, NULL) != 0) {
		log_error("SIGPIPE cannot be ignored", "error=%s", LOG_TEXT(strerror(errno)));
		return EXIT_FAILURE;
	}
	xml_setup();
	struct event_base *base = event_base_new();
	if (!base) {
		log_error("no event loop", "error=%s", LOG_TEXT(strerror(errno)));
		return EXIT_FAILURE;
	}
	int status = run(base);
	event_base_free(base);
	return status;
}
