/* SPDX-License-Identifier: Apache-2.0
 *
 * The text of a header line: unfolded, encoded words (RFC 2047) decoded. Words of one charset that
 * stand side by side are joined before they are decoded, because gear splits characters between
 * them; raw bytes are taken as what they look like.
 */
#pragma once

#include "base/mem.h"

#include <stdbool.h>

/* Valid UTF-8 in pool, one line. */
char *words_decode(struct pool *pool, const char *raw, bool *damaged);
