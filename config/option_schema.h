/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON Schemas of option tables. Tables that contain themselves (the tree of rules) are written
 * once, under $defs of the document.
 */
#pragma once

#include "config/option.h"

/* Schema of one table; definitions it refers to are added to defs. The caller releases. */
json_t *option_schema_table(const struct option_row *rows, json_t *defs);
