/* SPDX-License-Identifier: Apache-2.0
 *
 * Random bytes and identifiers. Identifiers that must be the same after a crash are digests
 * (base/digest.h); these are for the rest: run ids, jitter, temporary names.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { RAND_ID_SIZE = 27 };

/* A sortable identifier: 48 bits of wall time, 80 random bits, in Crockford base 32 (as ULID). */
void rand_id(char out[RAND_ID_SIZE]);

void rand_bytes(void *out, size_t size);

/* 0 <= result < bound; bound must be positive. Tests fix the sequence with rand_seed(). */
uint64_t rand_below(uint64_t bound);
void rand_seed(uint64_t seed);
