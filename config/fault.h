/* SPDX-License-Identifier: Apache-2.0
 *
 * Collecting the mistakes of a configuration: every check adds what it finds and goes on, so that
 * the person who edits the file sees all of them at once. (struct config_faults: config.h.)
 */
#pragma once

#include "config/config.h"

/* No file has so many mistakes that a person would read: what is beyond is counted in one line. */
enum { CONFIG_FAULT_MAX = 200 };

/* Adds one; file, key and text are copied. line and column count from 1. An empty
 * key (the file as a whole) becomes "(file)". */
void config_fault_add(struct config_faults *faults, const char *file, int line, int column,
	const char *key, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* In the order a person reads the file. */
void config_faults_sort(struct config_faults *faults);
