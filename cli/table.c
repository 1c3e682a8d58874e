/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/table.h"

#include "base/mem.h"

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

/* One character: its bytes and its columns. Controls take none and are left out. */
static size_t character(const char *at, ucs4_t *c, int *columns)
{
	int size = u8_mbtouc(c, (const uint8_t *)at, strlen(at));
	*columns = uc_width(*c, "UTF-8");
	return size > 0 ? (size_t)size : 1;
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

/* How much of text stands on one line of limit columns; breaks at a blank when there is one in the
 * line's second half, so that words of Latin script stay whole and Japanese fills the line. */
static size_t line_bytes(const char *text, size_t limit)
{
	size_t used = 0;
	size_t at = 0;
	size_t blank = 0;
	while (text[at] && text[at] != '\n') {
		ucs4_t c;
		int columns;
		size_t size = character(text + at, &c, &columns);
		if (columns > 0 && used + (size_t)columns > limit) {
			return blank > 0 ? blank : at;
		}
		used += columns > 0 ? (size_t)columns : 0;
		at += size;
		if (c == ' ' && used > limit / 2) {
			blank = at;
		}
	}
	return at;
}

void print_wrapped(const char *text, size_t indent)
{
	size_t limit = terminal_columns() - indent;
	do {
		size_t size = line_bytes(text, limit);
		(void)printf("%*s", size > 0 ? (int)indent : 0, "");
		for (size_t at = 0; at < size;) {
			ucs4_t c;
			int columns;
			size_t bytes = character(text + at, &c, &columns);
			if (columns >= 0) {
				(void)fwrite(text + at, 1, bytes, stdout);
			}
			at += bytes;
		}
		(void)putchar('\n');
		text += size;
		text += *text == '\n';
	} while (*text);
}
