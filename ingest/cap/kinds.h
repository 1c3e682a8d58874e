/* SPDX-License-Identifier: Apache-2.0
 *
 * From what a CAP message says about its event to a kind of ours: by code tables and by the fixed
 * Japanese names of warnings, never by words inside a text.
 */
#pragma once

#include "schemas/kinds.h"

#include <stdbool.h>

/* NULL when this (valueName, value) pair of an eventCode or parameter is in no table. */
const struct kind *cap_kind_of_code(const char *value_name, const char *value);

/* NULL unless event is exactly the name of a Japanese warning or order. */
const struct kind *cap_kind_of_event(const char *event);

/* When nothing matched. */
const struct kind *cap_kind_other(void);

/* Event codes that mean a test of the system (RWT, RMT, NPT, DMO). */
bool cap_code_is_test(const char *value_name, const char *value);
