/* SPDX-License-Identifier: Apache-2.0
 *
 * The form in which mails are compared: after NFKC (full-width letters and half-width kana become
 * the ordinary ones), with blanks and line ends gone wherever a Japanese character stands beside
 * them, because gear folds lines within words; elsewhere one blank.
 */
#pragma once

#include "base/mem.h"

/* text must be valid UTF-8. In pool. */
char *mail_normalise(struct pool *pool, const char *text);
