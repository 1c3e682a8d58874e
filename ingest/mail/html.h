/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"

/* Appends the text of an HTML document in UTF-8: tags, scripts and styles left out, a line for each
 * block. */
void html_to_text(const char *html, size_t size, struct buf *out);
