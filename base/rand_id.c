/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rand_id.h"

#include "base/clock.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static bool seeded;
static uint64_t state;

void rand_seed(uint64_t seed)
{
	seeded = true;
	state = seed;
}

/* splitmix64, only for seeded tests. */
static uint64_t next_seeded(void)
{
	state += 0x9E3779B97F4A7C15U;
	uint64_t z = state;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
	return z ^ (z >> 31);
}

void rand_bytes(void *out, size_t size)
{
	unsigned char *at = out;
	while (size > 0) {
		uint64_t word;
		if (seeded) {
			word = next_seeded();
		} else if (getrandom(&word, sizeof(word), 0) != (ssize_t)sizeof(word)) {
			abort(); /* the kernel promises up to 256 bytes without interruption */
		}
		size_t piece = size < sizeof(word) ? size : sizeof(word);
		memcpy(at, &word, piece);
		at += piece;
		size -= piece;
	}
}

uint64_t rand_below(uint64_t bound)
{
	assert(bound > 0);
	uint64_t word;
	rand_bytes(&word, sizeof(word));
	return word % bound; /* the bias is far below what jitter could notice */
}

void rand_id(char out[RAND_ID_SIZE])
{
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	unsigned char raw[16];
	uint64_t now = (uint64_t)clock_wall_now().ms;
	for (int i = 0; i < 6; i++) {
		raw[i] = (unsigned char)(now >> (40 - 8 * i));
	}
	rand_bytes(raw + 6, 10);
	/* 128 bits as 26 digits of 5 bits, the first digit holding the top 3. */
	for (int i = 0; i < 26; i++) {
		int low = 125 - 5 * i;
		unsigned value = 0;
		for (int bit = low + 4; bit >= low; bit--) {
			unsigned one =
				bit > 127 ? 0U : (unsigned)(raw[15 - bit / 8] >> (bit % 8)) & 1U;
			value = value << 1 | one;
		}
		out[i] = digits[value];
	}
	out[26] = '\0';
}
