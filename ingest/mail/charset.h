/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes of a mail as UTF-8, as Japanese gear really sends them: a declared charset that is not the
 * true one, ISO-2022-JP with half-width kana and vendors' characters, raw bytes in headers.
 */
#pragma once

#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>

/* charset: as declared, any case; "" for none. Always gives valid UTF-8 without zero bytes, in
 * pool; what cannot be read becomes U+FFFD and sets *damaged. */
char *charset_to_utf8(
	struct pool *pool, const char *charset, const char *bytes, size_t size, bool *damaged);
