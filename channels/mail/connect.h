/* SPDX-License-Identifier: Apache-2.0
 *
 * This program's own connect() and poll(). The dynamic linker finds them before libc's, so the SMTP
 * library, which never hands out its socket, gets from here what it lacks:
 * - connecting is bounded, and Nagle's delay is off (44 ms for each message over 2,048 bytes);
 * - the end of the stream shows as a hang-up, not as something to read: with several replies
 *   outstanding, the library reads the end twice, leaves its table of states and crashes;
 * - what can be written is written before anything is read: TLS 1.3 sends session tickets of its
 *   own accord, and the library would take them for the reply to an EHLO it has not yet sent, and
 *   wait for the rest until its time is over.
 */
#pragma once

#include <stdbool.h>

/* What TCP connections of this process obey; one session at a time, so one of them. */
struct connect_guard {
	int limit_ms;	    /* 0: as the system */
	bool loopback_only; /* another address is refused with EACCES: clear text stays here */
	int fd;		    /* last socket that was connected; -1 none. Not owned */
	bool timed_out;	    /* the limit struck */
	bool broken;	    /* by connect_guard_break(): nothing more is to be read */
};

/* Borrowed until the next call; NULL: connect() as everywhere. */
void connect_guard_set(struct connect_guard *guard);

/* Ends the guarded connection both ways, so that nothing more leaves and the library notices. */
void connect_guard_break(struct connect_guard *guard);

/* Has the kernel acknowledge what came at once. A relay that answers pipelined commands piece by
 * piece otherwise waits 40 ms for that between two pieces; Postfix does, above fifty recipients.
 * Holds for the next bytes only. */
void connect_guard_quick_ack(const struct connect_guard *guard);
