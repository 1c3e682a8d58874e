/* SPDX-License-Identifier: Apache-2.0
 *
 * Is the relay there: connects and reads its greeting, sends nothing but QUIT.
 */
#pragma once

#include "channels/mail/settings.h"

#include <stddef.h>

/* "ok" or "down", with the greeting or the reason in text. Bounded by timeout_ms, name lookup
 * apart. */
const char *relay_probe(
	const struct mail_settings *settings, int timeout_ms, char *text, size_t capacity);
