/* SPDX-License-Identifier: Apache-2.0 */
#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { MAX_ENVIRONMENT = 64, FIRST_FREE_FD = 4 };

static bool is_kept(const char *entry)
{
	static const char *const kept[] = {"PATH=", "LANG=", "LC_ALL=", "TZ=", "HANSHO_",
		"ASAN_OPTIONS=", "UBSAN_OPTIONS=", "LLVM_PROFILE_FILE="};
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		if (strncmp(entry, kept[i], strlen(kept[i])) == 0) {
			return true;
		}
	}
	return false;
}

/* Moves fd to target; both may be equal. Only async-signal-safe calls: we are between fork and
 * exec. */
static void place(int fd, int target)
{
	if (fd == target) {
		int flags = fcntl(fd, F_GETFD);
		(void)fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC);
	} else if (dup2(fd, target) < 0) {
		_exit(126);
	}
}

static _Noreturn void run_child(const struct proc_spec *spec, char **environment, pid_t parent)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent) {
		_exit(126); /* the parent died before the line above took effect */
	}
	if (spec->own_group) {
		(void)setpgid(0, 0);
	}
	if (spec->niceness > 0) {
		(void)setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + spec->niceness);
	}
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	int wanted[4] = {spec->stdin_fd, spec->stdout_fd, spec->stderr_fd, spec->link_fd};
	/* Out of the way first, so that no dup2 overwrites a descriptor still needed. */
	for (int i = 0; i < 4; i++) {
		int fd = wanted[i] >= 0 ? wanted[i] : i == 2 ? STDERR_FILENO : null_fd;
		wanted[i] = fcntl(fd, F_DUPFD_CLOEXEC, 64);
		if (wanted[i] < 0) {
			_exit(126);
		}
	}
	for (int i = 0; i < 3; i++) {
		place(wanted[i], i);
	}
	if (spec->link_fd >= 0) {
		place(wanted[3], 3);
	}
	(void)close_range(spec->link_fd >= 0 ? FIRST_FREE_FD : 3, ~0U, 0);
	sigset_t none;
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)execve(spec->argv[0], (char *const *)spec->argv, environment);
	_exit(127);
}

int proc_start(const struct proc_spec *spec, pid_t *pid, struct err *e)
{
	char *environment[MAX_ENVIRONMENT + 1];
	size_t count = 0;
	for (char **entry = environ; *entry && count < MAX_ENVIRONMENT; entry++) {
		if (is_kept(*entry)) {
			environment[count++] = *entry;
		}
	}
	environment[count] = NULL;
	pid_t parent = getpid();
	pid_t child = fork();
	if (child < 0) {
		int code = errno;
		return err_set(e, -code, "cannot start %s: %s", spec->argv[0], strerror(code));
	}
	if (child == 0) {
		run_child(spec, environment, parent);
	}
	*pid = child;
	return 0;
}

const char *proc_status_text(int status, char *out, size_t capacity)
{
	if (WIFSIGNALED(status)) {
		(void)snprintf(out, capacity, "signal %d (%s)", WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	} else {
		(void)snprintf(out, capacity, "exit %d", WEXITSTATUS(status));
	}
	return out;
}

int proc_socket_pair(int fds[2], struct err *e)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) {
		int code = errno;
		return err_set(e, -code, "socketpair: %s", strerror(code));
	}
	return 0;
}
