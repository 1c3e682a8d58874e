/* SPDX-License-Identifier: Apache-2.0
 *
 * Children: started with exactly the descriptors and the environment they are given, so that no
 * secret and no open file leaks from the hub into a driver.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <sys/types.h>

struct proc_spec {
	const char *const *argv; /* argv[0] is the path of the executable; ends with NULL */
	int stdin_fd;		 /* -1: /dev/null */
	int stdout_fd;		 /* -1: /dev/null */
	int stderr_fd;		 /* -1: ours */
	int link_fd;		 /* becomes descriptor 3; -1: none */
	bool own_group;		 /* its own process group, so that its children die with it */
	int niceness; /* added to ours: others' work goes first when processors are few */
};

/* Starts the child. Environment: PATH, LANG, LC_ALL, TZ and the names beginning with HANSHO_.
 * The child gets SIGTERM when the parent dies. Returns 0 and *pid; a failed exec shows as exit
 * status 127. The descriptors stay the caller's. */
int proc_start(const struct proc_spec *spec, pid_t *pid, struct err *e);

/* "exit 3", "signal 9 (Killed)": for logs. status as from waitpid(). */
const char *proc_status_text(int status, char *out, size_t capacity);

/* A connected pair of stream sockets, both close-on-exec. */
int proc_socket_pair(int fds[2], struct err *e);
