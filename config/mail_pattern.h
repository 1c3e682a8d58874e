/* SPDX-License-Identifier: Apache-2.0
 *
 * The POSIX extended regular expressions of mail rules: compiled when the configuration is checked
 * and again by the process that reads mails. They always work on characters of UTF-8, whatever the
 * locale of the process.
 */
#pragma once

#include "base/err.h"

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

/* regfree() ends it. -EINVAL and why: not a regular expression; \1 (its time has no bound);
 * intervals that multiply to more than 1,000 (its memory has none); full-width or half-width forms,
 * which never match, because mails are compared after NFKC. */
int mail_pattern_compile(const char *text, regex_t *out, struct err *e);

/* Finds the expression; matches may be NULL when count is 0. */
bool mail_pattern_find(const regex_t *pattern, const char *text, regmatch_t *matches, size_t count);
