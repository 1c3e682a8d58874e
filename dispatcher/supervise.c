/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/supervise.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/rand_id.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	STEADY_MS = 60 * 1000, /* a child that lived this long starts afresh with its delays */
	CRASH_MEMORY = 8,
};

/*
 *   stopped --start--> running --dies--> waiting --timer--> running
 *                        |  \--stop--> ending --dies--> stopped (or running, when restart)
 */
enum child_state { CHILD_STOPPED, CHILD_RUNNING, CHILD_ENDING, CHILD_WAITING };

struct child {
	struct event_base *base;
	char *name;
	char **argv;
	struct child_spec spec;
	struct child_handler handler;
	enum child_state state;
	bool restart_after_end;
	bool failed; /* ended by us because it misbehaved: counts as a crash */
	pid_t pid;
	int pid_fd;
	struct event *exit_event;
	struct event *timer; /* restart, or KILL after grace */
	struct mono_time started;
	int64_t delay_ms;
	struct mono_time crashes[CRASH_MEMORY];
	size_t crash_count;
};

static void set_timer(struct child *c, int64_t ms)
{
	struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000 * 1000)};
	(void)event_add(c->timer, &tv);
}

static void wait_and_restart(struct child *c)
{
	int64_t lived = clock_mono_now().ms - c->started.ms;
	if (c->delay_ms == 0 || lived > STEADY_MS) {
		c->delay_ms = c->spec.restart_first_ms;
	} else {
		c->delay_ms = c->delay_ms * 2 > c->spec.restart_max_ms ? c->spec.restart_max_ms
								       : c->delay_ms * 2;
	}
	c->state = CHILD_WAITING;
	set_timer(c, c->delay_ms + (int64_t)rand_below((uint64_t)c->delay_ms / 4 + 1));
}

static void on_child_exit(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	struct child *c = data;
	int status = 0;
	siginfo_t info = {.si_pid = 0};
	if (waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
		info.si_pid != c->pid) {
		return;
	}
	/* What it started must not go on delivering what is tried again. Before it is reaped: until
	 * then the group's number cannot be another's. */
	(void)kill(-c->pid, SIGKILL);
	if (waitpid(c->pid, &status, WNOHANG) != c->pid) {
		return;
	}
	event_free(c->exit_event);
	c->exit_event = NULL;
	(void)close(c->pid_fd);
	(void)event_del(c->timer);
	bool asked = c->state == CHILD_ENDING && !c->failed;
	c->pid = 0;
	char text[64];
	if (asked) {
		log_debug("process ended", "name=%s %s", c->name,
			proc_status_text(status, text, sizeof(text)));
	} else {
		log_warning("process died", "name=%s how=\"%s\"", c->name,
			proc_status_text(status, text, sizeof(text)));
		c->crashes[c->crash_count++ % CRASH_MEMORY] = clock_mono_now();
	}
	bool again = !asked || c->restart_after_end;
	if (!again) {
		c->state = CHILD_STOPPED;
	} else if (asked) {
		c->state = CHILD_WAITING;
		set_timer(c, 0);
	} else {
		wait_and_restart(c);
	}
	c->failed = false;
	c->handler.ended(c->handler.data, status, !asked);
}

static void start_now(struct child *c)
{
	struct err e = {0};
	int fds[2];
	c->started = clock_mono_now();
	if (proc_socket_pair(fds, &e)) {
		log_error("cannot start process", "name=%s reason=%s", c->name, LOG_TEXT(e.text));
		wait_and_restart(c);
		return;
	}
	struct proc_spec spec = {
		.argv = (const char *const *)c->argv,
		.stdin_fd = c->spec.link_is_stdio ? fds[1] : -1,
		.stdout_fd = c->spec.link_is_stdio ? fds[1] : -1,
		.stderr_fd = -1,
		.link_fd = c->spec.link_is_stdio ? -1 : fds[1],
		.own_group = true,
		.niceness = c->spec.niceness,
	};
	int rc = proc_start(&spec, &c->pid, &e);
	(void)close(fds[1]);
	if (rc == 0) {
		c->pid_fd = pidfd_open(c->pid, 0);
		if (c->pid_fd < 0) {
			rc = err_set(&e, -errno, "pidfd_open: %s", strerror(errno));
			(void)kill(c->pid, SIGKILL);
			(void)waitpid(c->pid, NULL, 0);
			c->pid = 0;
		}
	}
	if (rc) {
		(void)close(fds[0]);
		log_error("cannot start process", "name=%s reason=%s", c->name, LOG_TEXT(e.text));
		wait_and_restart(c);
		return;
	}
	c->exit_event = event_new(c->base, c->pid_fd, EV_READ | EV_PERSIST, on_child_exit, c);
	(void)event_add(c->exit_event, NULL);
	c->state = CHILD_RUNNING;
	log_debug("process started", "name=%s pid=%d", c->name, (int)c->pid);
	c->handler.started(c->handler.data, fds[0]);
}

static void on_timer(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	struct child *c = data;
	if (c->state == CHILD_WAITING) {
		start_now(c);
	} else if (c->state == CHILD_ENDING && c->pid > 0) {
		log_warning("process killed",
			"name=%s pid=%d reason=\"did not end in its grace time\"", c->name,
			(int)c->pid);
		(void)kill(-c->pid, SIGKILL);
		(void)kill(c->pid, SIGKILL);
	}
}

struct child *child_new(
	struct event_base *base, const struct child_spec *spec, const struct child_handler *handler)
{
	struct child *c = mem_new(sizeof(*c));
	c->base = base;
	c->spec = *spec;
	c->name = mem_copy_text(spec->name);
	size_t count = 0;
	while (spec->argv[count]) {
		count++;
	}
	c->argv = mem_new_array(count + 1, sizeof(*c->argv));
	for (size_t i = 0; i < count; i++) {
		c->argv[i] = mem_copy_text(spec->argv[i]);
	}
	c->handler = *handler;
	c->timer = evtimer_new(base, on_timer, c);
	return c;
}

void child_free(struct child *c)
{
	if (!c) {
		return;
	}
	if (c->pid > 0) {
		(void)kill(-c->pid, SIGKILL);
		(void)kill(c->pid, SIGKILL);
		(void)waitpid(c->pid, NULL, 0);
		event_free(c->exit_event);
		(void)close(c->pid_fd);
	}
	event_free(c->timer);
	for (size_t i = 0; c->argv[i]; i++) {
		free(c->argv[i]);
	}
	free(c->argv);
	free(c->name);
	free(c);
}

void child_start(struct child *c)
{
	if (c->state == CHILD_STOPPED) {
		start_now(c);
	}
}

static void end_it(struct child *c, int64_t grace_ms, bool restart, bool failed)
{
	if (c->state == CHILD_WAITING && !restart) {
		(void)event_del(c->timer);
		c->state = CHILD_STOPPED;
	}
	if (c->state != CHILD_RUNNING) {
		return; /* what was decided first stands: a stop is not undone by its own broken
			   link */
	}
	c->restart_after_end = restart;
	c->state = CHILD_ENDING;
	c->failed = failed;
	(void)kill(c->pid, SIGTERM);
	set_timer(c, grace_ms);
}

void child_stop(struct child *c, int64_t grace_ms, bool restart)
{
	end_it(c, grace_ms, restart, false);
}

void child_fail(struct child *c, int64_t grace_ms)
{
	end_it(c, grace_ms, true, true);
}

pid_t child_pid(const struct child *c)
{
	return c->pid;
}

bool child_is_stopped(const struct child *c)
{
	return c->state == CHILD_STOPPED;
}

int child_crashes_recent(const struct child *c)
{
	int recent = 0;
	int64_t now = clock_mono_now().ms;
	size_t count = c->crash_count < CRASH_MEMORY ? c->crash_count : CRASH_MEMORY;
	for (size_t i = 0; i < count; i++) {
		recent += now - c->crashes[i].ms < STEADY_MS;
	}
	return recent;
}
