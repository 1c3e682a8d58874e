/* SPDX-License-Identifier: Apache-2.0 */
#include "config/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void config_faults_init(struct config_faults *faults)
{
	*faults = (struct config_faults){.pool = pool_new()};
}

void config_faults_clear(struct config_faults *faults)
{
	pool_free(faults->pool);
	free(faults->list);
	*faults = (struct config_faults){0};
}

void config_fault_add(struct config_faults *faults, const char *file, int line, int column,
	const char *key, const char *format, ...)
{
	if (faults->count > CONFIG_FAULT_MAX) {
		return;
	}
	char text[1024];
	va_list args;
	va_start(args, format);
	utf8_vprint(text, sizeof(text), format, args);
	va_end(args);
	if (faults->count == CONFIG_FAULT_MAX) {
		(void)snprintf(text, sizeof(text), "more mistakes follow; they are not listed");
		key = "";
	}
	if (key[0] == '\0') {
		key = "(file)";
	}
	mem_grow((void **)&faults->list, &faults->capacity, faults->count, sizeof(*faults->list));
	faults->list[faults->count++] = (struct config_fault){
		.file = pool_copy_text(faults->pool, file),
		.line = line,
		.column = column,
		.key = pool_copy_text(faults->pool, key),
		.text = pool_copy_text(faults->pool, text),
	};
}

static int compare(const void *left, const void *right)
{
	const struct config_fault *a = left;
	const struct config_fault *b = right;
	int order = strcmp(a->file, b->file);
	if (order == 0) {
		order = (a->line > b->line) - (a->line < b->line);
	}
	if (order == 0) {
		order = (a->column > b->column) - (a->column < b->column);
	}
	if (order == 0) {
		order = strcmp(a->key, b->key);
	}
	return order ? order : strcmp(a->text, b->text);
}

void config_faults_sort(struct config_faults *faults)
{
	if (faults->count > 1) {
		qsort(faults->list, faults->count, sizeof(*faults->list), compare);
	}
}
