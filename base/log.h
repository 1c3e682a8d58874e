/* SPDX-License-Identifier: Apache-2.0
 *
 * Log lines for people and journals: `level=info prog=hanshod msg="..." key=value`.
 * One line per concluded act. Values that come from outside are escaped (CR, LF, ESC, other
 * controls and bidirectional marks), so that no feed can forge a line (CWE-117).
 * Never pass secrets, tokens or full addresses. errno is kept across every call.
 */
#pragma once

#include <stddef.h>

enum log_level {
	LOG_LEVEL_ERROR,   /* someone must act */
	LOG_LEVEL_WARNING, /* someone should look */
	LOG_LEVEL_INFO,	   /* the life of an alert */
	LOG_LEVEL_DEBUG,   /* for developers */
};

/* Names the program in every line; until then it is "hansho". program is borrowed for good. */
void log_open(const char *program, enum log_level level);
void log_set_level(enum log_level level);

/* "error", "warning", "info", "debug"; returns 0 or -EINVAL. */
int log_level_parse(const char *name, enum log_level *level);

/* log_info("accepted", "alert=%s feed=%s", id, feed): event is a fixed word or sentence, the rest
 * formatted key=value pairs; the caller escapes outside text with log_value(). */
void log_error(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_warning(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_info(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_debug(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Quotes and escapes text of size bytes into out (capacity bytes, zero-terminated, cut when too
 * long). Returns out, so it can stand in an argument list. */
const char *log_value(char *out, size_t capacity, const char *text, size_t size);

struct log_field {
	char text[256];
};

/* The same for a zero-terminated string, in a buffer that lives to the end of the full expression:
 * log_info("refused", "reason=%s", LOG_TEXT(reason)). */
#define LOG_TEXT(value)                                                                            \
	log_value(((struct log_field){{0}}).text, sizeof(struct log_field), (value), (size_t)-1)
