/* SPDX-License-Identifier: Apache-2.0
 *
 * The first byte says in what pieces the rest is fed. Every way of cutting must give the messages
 * that feeding all at once gives, and memory must stay under the limit.
 */
#include "base/digest.h"
#include "ingest/framing.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LIMIT = 4096 };

static void note(struct digest *d, const struct framing *f)
{
	size_t size;
	const char *message = framing_message(f, &size);
	if (size > LIMIT) {
		abort();
	}
	digest_add(d, message, size);
	digest_add_field(d, "message");
}

static void run(const char *data, size_t size, size_t step, char out[DIGEST_HEX_SIZE])
{
	struct framing *f = framing_new(LIMIT);
	struct digest *d = digest_new();
	enum framing_verdict verdict = FRAMING_MORE;
	for (size_t at = 0; at < size && verdict != FRAMING_BAD && verdict != FRAMING_TOO_LARGE;) {
		size_t piece = size - at < step ? size - at : step;
		size_t used;
		verdict = framing_take(f, data + at, piece, &used);
		if (used > piece || (used == 0 && verdict == FRAMING_MORE) ||
			framing_held(f) > 2 * LIMIT) {
			abort();
		}
		at += used;
		if (verdict == FRAMING_MESSAGE) {
			note(d, f);
		}
	}
	if (verdict != FRAMING_BAD && verdict != FRAMING_TOO_LARGE) {
		verdict = framing_end(f);
		if (verdict == FRAMING_MESSAGE) {
			note(d, f);
		}
	}
	digest_add_field(d, verdict == FRAMING_BAD	   ? "bad"
			    : verdict == FRAMING_TOO_LARGE ? "large"
							   : "end");
	digest_end_hex(d, out);
	digest_free(d);
	framing_free(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2) {
		return 0;
	}
	char whole[DIGEST_HEX_SIZE];
	char pieces[DIGEST_HEX_SIZE];
	const char *text = (const char *)data + 1;
	run(text, size - 1, size, whole);
	run(text, size - 1, (size_t)data[0] % 16 + 1, pieces);
	if (strcmp(whole, pieces) != 0) {
		abort();
	}
	return 0;
}
