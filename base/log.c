/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const level_names[] = {
	[LOG_LEVEL_ERROR] = "error",
	[LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

static const char *program_name = "hansho";
static enum log_level threshold = LOG_LEVEL_INFO;

void log_open(const char *program, enum log_level level)
{
	program_name = program;
	threshold = level;
}

void log_set_level(enum log_level level)
{
	threshold = level;
}

int log_level_parse(const char *name, enum log_level *level)
{
	for (size_t i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++) {
		if (strcmp(name, level_names[i]) == 0) {
			*level = (enum log_level)i;
			return 0;
		}
	}
	return -EINVAL;
}

/* U+202A..202E, U+2066..2069, U+200E, U+200F: they reorder what a reader sees. */
static bool is_bidi_mark(const unsigned char *p, size_t left)
{
	if (left < 3 || p[0] != 0xE2) {
		return false;
	}
	if (p[1] == 0x80) {
		return (p[2] >= 0xAA && p[2] <= 0xAE) || p[2] == 0x8E || p[2] == 0x8F;
	}
	return p[1] == 0x81 && p[2] >= 0xA6 && p[2] <= 0xA9;
}

const char *log_value(char *out, size_t capacity, const char *text, size_t size)
{
	const unsigned char *in = (const unsigned char *)text;
	if (size == (size_t)-1) {
		size = text ? strlen(text) : 0;
	}
	size_t at = 0;
	out[at++] = '"';
	for (size_t i = 0; i < size; i++) {
		char piece[8];
		size_t piece_size = 1;
		piece[0] = (char)in[i];
		if (in[i] == '"' || in[i] == '\\') {
			piece[0] = '\\';
			piece[1] = (char)in[i];
			piece_size = 2;
		} else if (in[i] == '\n') {
			memcpy(piece, "\\n", 2);
			piece_size = 2;
		} else if (in[i] < 0x20 || in[i] == 0x7F) {
			piece_size = (size_t)snprintf(piece, sizeof(piece), "\\x%02x", in[i]);
		} else if (is_bidi_mark(in + i, size - i)) {
			memcpy(piece, "\\u", 2);
			piece_size = 2;
			i += 2;
		} else if (in[i] >= 0xC0) {
			/* Whole characters only, so a cut value stays valid UTF-8. */
			size_t want = in[i] >= 0xF0 ? 4 : in[i] >= 0xE0 ? 3 : 2;
			if (want > size - i) {
				want = size - i;
			}
			memcpy(piece, in + i, want);
			piece_size = want;
			i += want - 1;
		}
		if (at + piece_size + 2 > capacity) {
			break;
		}
		memcpy(out + at, piece, piece_size);
		at += piece_size;
	}
	out[at++] = '"';
	out[at] = '\0';
	return out;
}

static void write_line(enum log_level level, const char *event, const char *format, va_list args)
{
	if (level > threshold) {
		return;
	}
	int saved_errno = errno;
	char line[4096];
	int head = snprintf(line, sizeof(line), "level=%s prog=%s event=\"%s\" ",
		level_names[level], program_name, event);
	size_t at = head < 0 ? 0 : (size_t)head;
	if (at < sizeof(line) - 2) {
		int length = vsnprintf(line + at, sizeof(line) - 1 - at, format, args);
		at += length < 0 ? 0 : (size_t)length;
	}
	if (at > sizeof(line) - 2) {
		at = sizeof(line) - 2;
	}
	line[at++] = '\n';
	/* One write per line keeps lines of several processes apart on a shared descriptor. */
	ssize_t ignored = write(STDERR_FILENO, line, at);
	(void)ignored;
	errno = saved_errno;
}

#define DEFINE_LOG(name, level)                                                                    \
	void name(const char *event, const char *format, ...)                                      \
	{                                                                                          \
		va_list args;                                                                      \
		va_start(args, format);                                                            \
		write_line(level, event, format, args);                                            \
		va_end(args);                                                                      \
	}

DEFINE_LOG(log_error, LOG_LEVEL_ERROR)
DEFINE_LOG(log_warning, LOG_LEVEL_WARNING)
DEFINE_LOG(log_info, LOG_LEVEL_INFO)
DEFINE_LOG(log_debug, LOG_LEVEL_DEBUG)
