/* SPDX-License-Identifier: Apache-2.0
 *
 * A municipality's profile: the codes by which telegrams name it and what lies around it, written
 * as YAML for `municipalities:` and compared with the shipped tables.
 */
#pragma once

#include "base/buf.h"
#include "config/config.h"

/* Writes the profile of a municipality (5- or 6-digit code, or name) with a comment for each code.
 * Errors as code_town(), or -EMSGSIZE when yaml is full. */
int profile_write(const char *query, struct buf *yaml, struct err *e);

/* Adds a warning for everything that differs from the tables: a code the tables do not know, one of
 * theirs that is missing here. Warnings, because the tables age: the caller shows them and goes on.
 * key is "municipalities[i]" for the messages; file may be "". */
void profile_check(const struct municipality *m, const char *file, const char *key,
	struct config_faults *faults);
