/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/table.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <unistr.h>
#include <uniwidth.h>

enum { GAP = 2, NARROWEST = 8, DEFAULT_COLUMNS = 80 };

struct table {
	const char *const *heads;
	size_t columns;
	size_t flexible;
	unsigned right;
	char **cells;
	size_t count;
	size_t capacity;
};

/* What moves the cursor, changes the terminal or turns the reading direction around. */
static bool is_shown(ucs4_t c)
{
	bool control = c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029;
	bool turning = c == 0x61C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
		       (c >= 0x2066 && c <= 0x2069);
	return !control && !turning;
}

/* One character: its bytes and its columns, -1 for one that is left out. */
static size_t character(const char *at, ucs4_t *c, int *columns)
{
	int size = u8_mbtouc(c, (const uint8_t *)at, strlen(at));
	*columns = is_shown(*c) ? uc_width(*c, "UTF-8") : -1;
	return size > 0 ? (size_t)size : 1;
}

char *text_clean(char *text)
{
	char *to = text;
	for (const char *at = text; *at;) {
		ucs4_t c;
		int columns;
		size_t size = character(at, &c, &columns);
		if (columns >= 0 || *at == '\n') {
			memmove(to, at, size);
			to += size;
		}
		at += size;
	}
	*to = '\0';
	return text;
}

void print_json_text(FILE *file, const char *json)
{
	while (*json) {
		ucs4_t c;
		int columns;
		size_t size = character(json, &c, &columns);
		if (columns < 0 && c >= 0x7F) {
			(void)fprintf(file, "\\u%04x", (unsigned)c);
		} else {
			(void)fwrite(json, 1, size, file);
		}
		json += size;
	}
	(void)fputc('\n', file);
}

size_t text_columns(const char *text)
{
	size_t sum = 0;
	while (*text) {
		ucs4_t c;
		int columns;
		text += character(text, &c, &columns);
		sum += columns > 0 ? (size_t)columns : 0;
	}
	return sum;
}

size_t terminal_columns(void)
{
	struct winsize size;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) {
		return size.ws_col;
	}
	return DEFAULT_COLUMNS;
}

struct table *table_new(const char *const *heads, size_t columns, size_t flexible, unsigned right)
{
	struct table *t = mem_new(sizeof(*t));
	t->heads = heads;
	t->columns = columns;
	t->flexible = flexible;
	t->right = right;
	return t;
}

void table_free(struct table *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->cells[i]);
	}
	free(t->cells);
	free(t);
}

void table_add(struct table *t, const char *const *cells)
{
	for (size_t i = 0; i < t->columns; i++) {
		mem_grow((void **)&t->cells, &t->capacity, t->count, sizeof(*t->cells));
		t->cells[t->count++] = mem_copy_text(cells[i] ? cells[i] : "");
	}
}

/* Prints text in exactly width columns; "…" shows that something was left out. */
static void print_cell(const char *text, size_t width, bool right, bool last)
{
	size_t want = text_columns(text);
	size_t room = want > width && width > 0 ? width - 1 : width;
	size_t used = 0;
	if (right && want <= width) {
		(void)printf("%*s", (int)(width - want), "");
		used = width - want;
		room = width;
	}
	while (*text) {
		ucs4_t c;
		int columns;
		size_t size = character(text, &c, &columns);
		if (columns >= 0 && used + (size_t)columns > room) {
			(void)fputs("…", stdout);
			used++;
			break;
		}
		if (columns >= 0) {
			(void)fwrite(text, 1, size, stdout);
			used += (size_t)columns;
		}
		text += size;
	}
	if (!last && used < width) {
		(void)printf("%*s", (int)(width - used), "");
	}
}

static void print_row(const struct table *t, char *const *cells, const size_t *widths)
{
	for (size_t i = 0; i < t->columns; i++) {
		print_cell(cells[i], widths[i], t->right & (1U << i), i + 1 == t->columns);
		if (i + 1 < t->columns) {
			(void)printf("%*s", GAP, "");
		}
	}
	(void)putchar('\n');
}

void table_print(const struct table *t)
{
	size_t *widths = mem_new_array(t->columns, sizeof(*widths));
	size_t sum = GAP * (t->columns - 1);
	for (size_t i = 0; i < t->columns; i++) {
		widths[i] = text_columns(t->heads[i]);
		for (size_t row = 0; row < t->count; row += t->columns) {
			size_t columns = text_columns(t->cells[row + i]);
			widths[i] = columns > widths[i] ? columns : widths[i];
		}
		sum += widths[i];
	}
	size_t limit = terminal_columns();
	if (sum > limit) {
		size_t over = sum - limit;
		size_t *flexible = &widths[t->flexible];
		*flexible = *flexible > over + NARROWEST ? *flexible - over : NARROWEST;
	}
	print_row(t, (char *const *)t->heads, widths);
	for (size_t row = 0; row < t->count; row += t->columns) {
		print_row(t, t->cells + row, widths);
	}
	free(widths);
}

/* Whether a line may not begin with c (Japanese line breaking, the common cases). */
static bool clings(ucs4_t c)
{
	static const ucs4_t list[] = {0x3001, 0x3002, 0xFF0C, 0xFF0E, 0xFF09, 0x300D, 0x300F,
		0x3011, 0x30FC, ')', ',', '.', ':', ';', 0x2026};
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		if (list[i] == c) {
			return true;
		}
	}
	return false;
}

/* Bytes of text that fit into room columns, broken where a reader breaks a line: after a blank or
 * between two wide characters; anywhere when there is no such place. */
static size_t line_size(const char *text, size_t room)
{
	size_t used = 0;
	size_t best = 0;
	size_t at = 0;
	int before = 0; /* columns of the character before; 0 for a blank */
	while (text[at] && text[at] != '\n') {
		ucs4_t c;
		int columns;
		size_t size = character(text + at, &c, &columns);
		bool wide = columns == 2 || before == 2;
		if (at > 0 && ((wide && !clings(c)) || (before == 0 && c != ' '))) {
			best = at;
		}
		if (columns > 0 && used + (size_t)columns > room) {
			return best > 0 ? best : at > 0 ? at : size;
		}
		used += columns > 0 ? (size_t)columns : 0;
		if (columns > 0) {
			before = c == ' ' ? 0 : columns;
		}
		at += size;
	}
	return at;
}

static void print_shown(const char *text, size_t size)
{
	for (size_t at = 0; at < size;) {
		ucs4_t c;
		int columns;
		size_t one = character(text + at, &c, &columns);
		if (columns >= 0) {
			(void)fwrite(text + at, 1, one, stdout);
		}
		at += one;
	}
	(void)putchar('\n');
}

/* Lines after the first are indented by `further`. */
static void wrap(const char *text, size_t indent, size_t further)
{
	size_t limit = terminal_columns();
	do {
		size_t size = line_size(text, limit - indent);
		size_t shown = size;
		while (shown > 0 && text[shown - 1] == ' ') {
			shown--;
		}
		(void)printf("%*s", shown > 0 ? (int)indent : 0, "");
		print_shown(text, shown);
		text += size;
		bool ended = *text == '\n';
		text += ended;
		indent = ended ? indent : further;
	} while (*text);
}

void print_wrapped(const char *text, size_t indent)
{
	wrap(text, indent, indent);
}

void say(const char *format, ...)
{
	char *text = NULL;
	va_list args;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0) {
		abort();
	}
	va_end(args);
	char *at = text;
	for (; *at == '\n'; at++) {
		(void)putchar('\n');
	}
	size_t size = strlen(at);
	if (size > 0 && at[size - 1] == '\n') {
		at[size - 1] = '\0';
	}
	size_t indent = strspn(at, " ");
	wrap(at + indent, indent, indent + 2);
	free(text);
}
