/* SPDX-License-Identifier: Apache-2.0
 *
 * What a process gives up before it reads bytes from outside. systemd units do more (docs); this
 * is what holds wherever the program is started from.
 */
#pragma once

#include "base/err.h"

#include <stddef.h>

struct sandbox_limits {
	size_t memory_bytes; /* address space; 0: unlimited (sanitizer builds need that) */
	size_t open_files;   /* 0: as inherited */
	int may_fork;	     /* 0: any attempt to start a process fails */
};

/* bytes, or 0 where a sanitizer, which reserves terabytes, is built in. */
size_t sandbox_memory(size_t bytes);

/* No new privileges, no core files with alert or recipient data in them, the limits, and a
 * system-call filter that denies (EPERM) debugging, mounting, module, clock and reboot calls.
 * 0 or a negative errno with an error that says which step. */
int sandbox_enter(const struct sandbox_limits *limits, struct err *e);
