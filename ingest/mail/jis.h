/* SPDX-License-Identifier: Apache-2.0
 *
 * ISO-2022-JP and its relatives (escape sequences between one- and two-byte sets) as EUC-JP. The C
 * library's converter refuses what vendors add: half-width kana by ESC ( I, by SO/SI or as bare
 * bytes, and the characters of row 13; the EUC-JP of Microsoft holds them all.
 */
#pragma once

#include "base/buf.h"

#include <stdbool.h>

/* Whether text has an escape sequence of this family. */
bool jis_is_likely(const char *bytes, size_t size);

/* Appends to out (at most twice the size). Damage is carried over for the next step to find. */
void jis_to_euc(const char *bytes, size_t size, struct buf *out);
