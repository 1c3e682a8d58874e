/* SPDX-License-Identifier: Apache-2.0
 *
 * This program's own connect(). The dynamic linker finds it before libc's, so the SMTP library,
 * which never hands out its socket and bounds neither connecting nor Nagle's delay (44 ms for each
 * message over 2,048 bytes), gets both from here.
 */
#pragma once

#include <stdbool.h>

/* What every TCP connect() of this process obeys; one session at a time, so one of them. */
struct connect_guard {
	int limit_ms;	    /* 0: as the system */
	bool loopback_only; /* another address is refused with EACCES: clear text stays here */
	int fd;		    /* last socket that was connected; -1 none. Not owned */
	bool timed_out;	    /* the limit struck */
};

/* Borrowed until the next call; NULL: connect() as everywhere. */
void connect_guard_set(struct connect_guard *guard);

/* Ends the guarded connection both ways, so that nothing more leaves and the library notices. */
void connect_guard_break(const struct connect_guard *guard);

/* Has the kernel acknowledge what came at once: Postfix waits 40 ms for that when more than fifty
 * recipients go to it in one piece. Holds for the next bytes only. */
void connect_guard_quick_ack(const struct connect_guard *guard);
