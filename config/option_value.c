/* SPDX-License-Identifier: Apache-2.0
 *
 * One text -> one value: numbers, flags, units, choices, paths.
 */
#include "config/option_read.h"

#include "base/number.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct unit {
	const char *name;
	int64_t factor;
};

static const struct unit durations[] = {
	{"ms", 1},
	{"s", 1000},
	{"m", 60 * 1000},
	{"h", 60 * 60 * 1000},
	{"d", 24 * 60 * 60 * 1000},
	{NULL, 0},
};

static const struct unit sizes[] = {
	{"B", 1},
	{"KiB", 1024},
	{"MiB", 1024 * 1024},
	{"GiB", 1024 * 1024 * 1024},
	{NULL, 0},
};

/* Digits at *text; moves *text behind them. */
static int take_number(const char **text, int64_t *value)
{
	const char *p = *text;
	int64_t number = 0;
	if (*p < '0' || *p > '9' || (*p == '0' && p[1] >= '0' && p[1] <= '9')) {
		return -EINVAL;
	}
	for (; *p >= '0' && *p <= '9'; p++) {
		if (__builtin_mul_overflow(number, 10, &number) ||
			__builtin_add_overflow(number, *p - '0', &number)) {
			return -EINVAL;
		}
	}
	*text = p;
	*value = number;
	return 0;
}

int option_parse_int(const char *text, int64_t *value)
{
	bool negative = *text == '-';
	const char *p = text + negative;
	int64_t number;
	if (take_number(&p, &number) || *p != '\0') {
		return -EINVAL;
	}
	*value = negative ? -number : number;
	return 0;
}

static int parse_unit(const char *text, const struct unit *units, int64_t *value)
{
	int64_t number;
	if (take_number(&text, &number)) {
		return -EINVAL;
	}
	if (number == 0 && *text == '\0') {
		*value = 0;
		return 0;
	}
	for (const struct unit *unit = units; unit->name; unit++) {
		if (strcmp(text, unit->name) == 0) {
			return __builtin_mul_overflow(number, unit->factor, value) ? -EINVAL : 0;
		}
	}
	return -EINVAL;
}

int option_parse_duration(const char *text, int64_t *ms)
{
	return parse_unit(text, durations, ms);
}

int option_parse_size(const char *text, int64_t *bytes)
{
	return parse_unit(text, sizes, bytes);
}

/* The largest unit that shows the value without a rest. */
static void format_unit(int64_t value, const struct unit *units, char *out, size_t capacity)
{
	const struct unit *best = units;
	for (const struct unit *unit = units; unit->name; unit++) {
		if (value != 0 && value % unit->factor == 0) {
			best = unit;
		}
	}
	(void)snprintf(out, capacity, "%" PRId64 "%s", value / best->factor, best->name);
}

static void format_bound(enum option_type type, int64_t value, char *out, size_t capacity)
{
	if (type == OPTION_DURATION) {
		format_unit(value, durations, out, capacity);
	} else if (type == OPTION_SIZE) {
		format_unit(value, sizes, out, capacity);
	} else {
		(void)snprintf(out, capacity, "%" PRId64, value);
	}
}

static int number_value(const struct option_row *row, const char *text, bool plain, json_t **value,
	char *expected, size_t capacity)
{
	const char *what = row->type == OPTION_INT
				   ? (plain ? "a whole number" : "a whole number without quotes")
			   : row->type == OPTION_DURATION
				   ? "a duration with its unit, such as 30s or 5m,"
				   : "a size with its unit, such as 64KiB,";
	int64_t number = 0;
	int rc = row->type == OPTION_INT	? option_parse_int(text, &number)
		 : row->type == OPTION_DURATION ? option_parse_duration(text, &number)
						: option_parse_size(text, &number);
	bool bounded = row->min != 0 || row->max != 0;
	if (rc == 0 && (plain || row->type != OPTION_INT) &&
		(!bounded || (number >= row->min && number <= row->max))) {
		*value = json_integer(number);
		return 0;
	}
	if (!bounded) {
		size_t size = strlen(what);
		int shown = (int)(what[size - 1] == ',' ? size - 1 : size);
		(void)snprintf(expected, capacity, "%.*s", shown, what);
		return -EINVAL;
	}
	char low[32];
	char high[32];
	format_bound(row->type, row->min, low, sizeof(low));
	format_bound(row->type, row->max, high, sizeof(high));
	(void)snprintf(expected, capacity, "%s from %s to %s", what, low, high);
	return -EINVAL;
}

static int decimal_value(const struct option_row *row, const char *text, bool plain, json_t **value,
	char *expected, size_t capacity)
{
	double number;
	bool bounded = row->min != 0 || row->max != 0;
	if (plain && number_parse(text, strlen(text), &number) == 0 &&
		(!bounded || (number >= (double)row->min && number <= (double)row->max))) {
		*value = json_real(number);
		return 0;
	}
	(void)snprintf(expected, capacity, "a number%s", plain ? "" : " without quotes");
	if (bounded) {
		size_t size = strlen(expected);
		(void)snprintf(expected + size, capacity - size, " from %" PRId64 " to %" PRId64,
			row->min, row->max);
	}
	return -EINVAL;
}

static bool is_choice(const char *choices, const char *text)
{
	size_t size = strlen(text);
	for (const char *p = choices; *p;) {
		size_t word = strcspn(p, " ");
		if (word == size && memcmp(p, text, size) == 0) {
			return true;
		}
		p += word + strspn(p + word, " ");
	}
	return false;
}

static int choice_value(const struct option_row *row, const char *text, json_t **value,
	char *expected, size_t capacity)
{
	if (row->choices && !is_choice(row->choices, text)) {
		(void)snprintf(expected, capacity, "one of: %s", row->choices);
		return -EINVAL;
	}
	*value = json_string(text);
	return 0;
}

static int flag_value(const char *text, bool plain, json_t **value, char *expected, size_t capacity)
{
	bool on = strcmp(text, "true") == 0;
	if (plain && (on || strcmp(text, "false") == 0)) {
		*value = json_boolean(on);
		return 0;
	}
	(void)snprintf(expected, capacity, "true or false%s", plain ? "" : ", without quotes");
	return -EINVAL;
}

const char *option_resolve(struct pool *pool, const char *folder, const char *path)
{
	if (path[0] == '/') {
		return pool_copy_text(pool, path);
	}
	while (path[0] == '.' && path[1] == '/') {
		path += 2;
	}
	if (path[0] == '\0' || strcmp(path, ".") == 0) {
		return pool_copy_text(pool, folder);
	}
	return pool_printf(pool, "%s%s%s", folder, strcmp(folder, "/") == 0 ? "" : "/", path);
}

static int file_value(const char *folder, struct pool *pool, const char *text, json_t **value,
	char *expected, size_t capacity)
{
	if (text[0] == '\0') {
		(void)snprintf(expected, capacity, "the path of a file");
		return -EINVAL;
	}
	*value = json_string(option_resolve(pool, folder, text));
	return 0;
}

int option_value(const struct option_reader *r, const struct option_row *row, const char *text,
	bool plain, json_t **value, char *expected, size_t capacity)
{
	switch (row->type) {
	case OPTION_INT:
	case OPTION_DURATION:
	case OPTION_SIZE:
		return number_value(row, text, plain, value, expected, capacity);
	case OPTION_DECIMAL:
		return decimal_value(row, text, plain, value, expected, capacity);
	case OPTION_FLAG:
		return flag_value(text, plain, value, expected, capacity);
	case OPTION_FILE:
		return file_value(r->folder, r->faults->pool, text, value, expected, capacity);
	case OPTION_SECRET:
		return file_value(
			r->secrets_folder, r->faults->pool, text, value, expected, capacity);
	case OPTION_TEXT:
	case OPTION_CHOICE:
	case OPTION_TEXTS: /* one of the list */
		return choice_value(row, text, value, expected, capacity);
	default:
		(void)snprintf(expected, capacity, "a list or a table");
		return -EINVAL;
	}
}
