/* SPDX-License-Identifier: Apache-2.0
 *
 * Columns for a terminal: East Asian wide characters count two, the table fits 80 columns (or the
 * terminal when it is wider) by shortening its flexible column. Control characters never reach the
 * terminal.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

struct table;

/* flexible: index of the column that gives way; right: columns set flush right as bits. */
struct table *table_new(const char *const *heads, size_t columns, size_t flexible, unsigned right);
/* columns texts; copied. */
void table_add(struct table *t, const char *const *cells);
void table_print(const struct table *t);
void table_free(struct table *t);

/* Columns a text takes on the terminal. */
size_t text_columns(const char *text);
/* Terminal width, 80 when there is none. */
size_t terminal_columns(void);
/* Prints text wrapped at the terminal's width, each line after indent blanks. */
void print_wrapped(const char *text, size_t indent);
/* printf() for staff: the blanks in front are the indent of all lines, the text is wrapped,
 * controls and bidirectional marks are left out. A text ends with or without a line feed. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Takes out of text, in place, what must not reach a terminal; keeps line feeds. Returns text. */
char *text_clean(char *text);
/* Prints JSON with a line feed; what must not reach a terminal is escaped as JSON allows. */
void print_json_text(FILE *file, const char *json);
