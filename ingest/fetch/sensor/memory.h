/* SPDX-License-Identifier: Apache-2.0
 *
 * What the program remembers over a restart: where each gauge stands, and the notices the hub has
 * not taken yet. A notice is written down before it is submitted, with the state it belongs to: so
 * a crash in between neither loses it nor makes a second episode out of it.
 */
#pragma once

#include "base/err.h"
#include "ingest/fetch/sensor/settings.h"

#include <jansson.h>

struct sensor_memory {
	char *path;
	json_t *pending; /* array of texts, oldest first */
};

/* Reads the file under folder into the gauges. A damaged one is said in *e (-EBADMSG) and counts as
 * none: the memory is usable in every case. */
int sensor_memory_open(struct sensor_memory *m, const char *folder,
	const struct sensor_settings *settings, struct err *e);
void sensor_memory_close(struct sensor_memory *m);

/* Replaces the file. 0 or a negative errno. */
int sensor_memory_save(
	const struct sensor_memory *m, const struct sensor_settings *settings, struct err *e);
