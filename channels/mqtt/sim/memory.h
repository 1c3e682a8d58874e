/* SPDX-License-Identifier: Apache-2.0
 *
 * The devices' flash: every order taken is written down before it is obeyed, so that a restart
 * neither sounds it twice nor takes a replay, and so is how far it came, so that a repeat gets a
 * true answer. A text file that only grows, one line per step, rewritten shorter at each start.
 */
#pragma once

#include "channels/mqtt/sim/device.h"

struct siren_memory;

/* Reads path into the devices' windows and opens it for writing. -EINVAL names the bad line. */
int siren_memory_open(const char *path, struct siren_device *devices, size_t count,
	struct siren_memory **out, struct err *e);
void siren_memory_close(struct siren_memory *m); /* NULL is fine */

/* Adds one line; siren_memory_sync() puts all lines on disk. Both ignore m NULL. A negative errno
 * must not keep the device silent (a full flash is no reason): it sounds, and says so in its log.
 */
int siren_memory_add(
	struct siren_memory *m, const struct siren_device *d, bool drill, struct siren_seen seen);
int siren_memory_sync(struct siren_memory *m);
/* Hands all lines to the system, without waiting for the disk: enough for progress. */
int siren_memory_flush(struct siren_memory *m);
