/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a host is this machine: clear text and unprotected listeners are allowed only there.
 */
#pragma once

#include <stdbool.h>

/* 127.0.0.0/8, ::1 with or without brackets, or "localhost". Judged by value, not by its first
 * letters: "127.example.jp" is a name like any other. Asks no resolver. */
bool loopback_is_host(const char *host);
