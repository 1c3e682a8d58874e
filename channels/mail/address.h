/* SPDX-License-Identifier: Apache-2.0
 *
 * Mail addresses as recipients give them: checked before they come near a command or a header,
 * because the SMTP library checks neither.
 */
#pragma once

#include <stddef.h>

enum { ADDRESS_SIZE = 260 };

/* Writes the address as commands and headers carry it: a local part that is no dot-atom (old
 * Japanese handsets have "a..b" and "a.") is quoted. 0, or a negative errno with *why (constant
 * text) when it cannot be one. */
int address_form(const char *address, char out[ADDRESS_SIZE], const char **why);
