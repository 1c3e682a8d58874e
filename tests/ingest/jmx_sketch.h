/* SPDX-License-Identifier: Apache-2.0
 *
 * An alert as a few lines of text, for tables of expectations. One line an item:
 * kind code severity Llevel transition value | count system:first..last
 */
#pragma once

#include "base/buf.h"
#include "schemas/alert.h"

/* A sample of schemas/samples/jmx by name; ends the test when it is refused. The caller frees. */
struct alert *sketch_decode(const char *name);
/* Appends one line per item, in order. */
void sketch_items(const struct alert *a, struct buf *out);
/* Appends "status action type series". */
void sketch_envelope(const struct alert *a, struct buf *out);
