/* SPDX-License-Identifier: Apache-2.0
 *
 * What the devices did: lines for people on standard output, JSON lines for programs, and a sum at
 * the end. Nobody has to read them: lines wait in memory, and a siren is never held up by its log.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct report;

/* path "": no file; "-": standard output. json: JSON instead of text on standard output. */
int report_open(const char *path, bool json, struct report **out, struct err *e);
/* One step of one device; reason and words may be "". */
void report_step(struct report *r, const char *device, const char *order, const char *state,
	const char *reason, const char *words);
/* All devices are connected and subscribed. */
void report_ready(struct report *r, size_t devices, const char *broker);
/* Puts out as many lines as the reader takes now; call it before waiting. */
void report_flush(struct report *r);
/* The descriptor to watch for POLLOUT while lines wait, otherwise -1. */
int report_fd(const struct report *r);
/* Writes the sum, gives a reader that still reads the rest, and closes; NULL is fine. */
void report_close(struct report *r);
