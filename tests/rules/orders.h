/* SPDX-License-Identifier: Apache-2.0
 *
 * All orders of a few things, numbered.
 */
#pragma once

#include <stddef.h>

enum { ORDER_MAX = 9 };

/* The n-th order of count things (factorial number system); count at most ORDER_MAX. */
static inline void order_of(size_t n, size_t count, size_t *out)
{
	size_t left[ORDER_MAX];
	for (size_t i = 0; i < count; i++) {
		left[i] = i;
	}
	for (size_t i = count; i > 0; i--) {
		size_t pick = n % i;
		n /= i;
		out[count - i] = left[pick];
		for (size_t k = pick; k + 1 < i; k++) {
			left[k] = left[k + 1];
		}
	}
}
