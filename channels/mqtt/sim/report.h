/* SPDX-License-Identifier: Apache-2.0
 *
 * What the devices did: lines for people on standard output, JSON lines for programs, and a sum at
 * the end.
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
/* Puts lines out; call it before waiting. */
void report_flush(struct report *r);
/* Writes the sum and closes; NULL is fine. */
void report_close(struct report *r);
