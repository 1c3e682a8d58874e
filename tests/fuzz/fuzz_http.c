/* SPDX-License-Identifier: Apache-2.0
 *
 * The first byte says in what pieces the rest is fed. Every way of cutting must give the requests
 * that feeding all at once gives, memory must stay under the limit, and what is refused is over.
 */
#include "base/digest.h"
#include "ingest/http_answer.h"
#include "ingest/http_request.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LIMIT = 4096 };

static void note(struct digest *d, const struct http_request *r, enum framing_verdict verdict)
{
	char number[2] = {(char)('0' + verdict), '\0'};
	digest_add_field(d, number);
	if (verdict == FRAMING_MESSAGE) {
		size_t size;
		const char *message = http_request_message(r, &size);
		if (size > LIMIT || size == 0) {
			abort();
		}
		digest_add(d, message, size);
	} else if (verdict == FRAMING_REFUSED || verdict == FRAMING_TOO_LARGE) {
		digest_add_field(d, http_request_code(r));
		if (http_request_fault(r)[0] == '\0' || http_request_inside(r)) {
			abort();
		}
	}
}

static void run(const char *data, size_t size, size_t step, char out[DIGEST_HEX_SIZE])
{
	char token[DIGEST_HEX_SIZE];
	digest_of("token", 5, token);
	struct http_request *r = http_request_new(LIMIT, token);
	struct digest *d = digest_new();
	for (size_t at = 0; at < size;) {
		size_t piece = size - at < step ? size - at : step;
		size_t used;
		enum framing_verdict verdict = http_request_take(r, data + at, piece, &used);
		if (used > piece || used == 0 || http_request_held(r) > 2 * LIMIT) {
			abort();
		}
		at += used;
		if (verdict != FRAMING_MORE && verdict != FRAMING_END) {
			note(d, r, verdict);
		}
	}
	note(d, r, http_request_end(r));
	digest_end_hex(d, out);
	digest_free(d);
	http_request_free(r);
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
