/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a telegram that was downloaded came to its end. Not every server says how long its answer
 * is, and a half telegram would be refused: for good.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* xml_setup() comes first. XML is whole when it is well-formed; what is no XML (JSON) is judged
 * where it is read. Nothing is not whole. */
bool fetch_is_whole(const char *bytes, size_t size);
