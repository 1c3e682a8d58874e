/* SPDX-License-Identifier: Apache-2.0
 *
 * The quick reader and writer beside jansson: what the reader reads, jansson reads too, and to the
 * same value; what neither reads has an error with words; the writer writes the same bytes.
 */
#include "base/json.h"
#include "base/json_quick.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	json_error_t error;
	json_t *known = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
	json_t *quick = json_quick_read(text, size);
	if (quick && (!known || !json_equal(quick, known))) {
		abort();
	}
	struct err e = {0};
	json_t *read = json_read(text, size, &e);
	if (!read != !known || (!read && e.text[0] == '\0') || (read && !json_equal(read, known))) {
		abort();
	}
	if (known) {
		char *written = json_to_text(known);
		char *expected = json_dumps(known, JSON_COMPACT);
		if (!expected || strcmp(written, expected) != 0) {
			abort();
		}
		free(expected);
		free(written);
	}
	json_decref(read);
	json_decref(quick);
	json_decref(known);
	return 0;
}
