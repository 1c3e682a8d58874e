/* SPDX-License-Identifier: Apache-2.0
 *
 * A decimal number as people and gauges write it.
 */
#pragma once

#include <stddef.h>

/* "3", "-0.25", "1e3" and nothing else: no "nan", "inf", "0x10", no blanks. 0 and a finite *value,
 * or -EINVAL. */
int number_parse(const char *text, size_t size, double *value);
