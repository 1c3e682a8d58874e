/* SPDX-License-Identifier: Apache-2.0
 *
 * One child process of the hub: started with a link (a socket pair), watched by pidfd, restarted
 * with growing delay, ended by TERM, grace, KILL. Its end of the link is standard input and output
 * for agents, descriptor 3 for ingest.
 */
#pragma once

#include "base/err.h"

#include <event2/event.h>
#include <stdbool.h>
#include <sys/types.h>

struct child;

struct child_handler {
	/* The process runs; link_fd is ours and the handler takes ownership. */
	void (*started)(void *data, int link_fd);
	/* It has ended; status as from waitpid(). Another start follows by itself unless it was
	 * stopped. crashed: nobody had asked it to end. */
	void (*ended)(void *data, int status, bool crashed);
	void *data;
};

struct child_spec {
	const char *name;	 /* for logs; copied */
	const char *const *argv; /* ends with NULL; copied */
	bool link_is_stdio;
	int niceness;		  /* see struct proc_spec */
	int64_t restart_first_ms; /* doubles per crash up to restart_max_ms; 60 s of life reset it
				   */
	int64_t restart_max_ms;
};

struct child *child_new(struct event_base *base, const struct child_spec *spec,
	const struct child_handler *handler);
/* Kills (KILL) what still runs, waits for it. */
void child_free(struct child *c);

void child_start(struct child *c);
/* TERM now, KILL after grace_ms. restart: start again afterwards without counting a crash. */
void child_stop(struct child *c, int64_t grace_ms, bool restart);
/* The same for a child that misbehaves: counts as a crash. */
void child_fail(struct child *c, int64_t grace_ms);

pid_t child_pid(const struct child *c);		 /* 0 when not running */
bool child_is_stopped(const struct child *c);	 /* not running and not about to be */
int child_crashes_recent(const struct child *c); /* within the last 60 s */
