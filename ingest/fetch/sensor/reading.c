/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/fetch/sensor/reading.h"

#include "base/json.h"
#include "base/number.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { STEP_SIZE = 128 };

int reading_check_pointer(const char *text, struct err *e)
{
	if (text[0] != '\0' && text[0] != '/') {
		return err_set(e, -EINVAL, "\"%s\" is no JSON Pointer: it begins with /", text);
	}
	for (const char *at = text; (at = strchr(at, '~')) != NULL; at++) {
		if (at[1] != '0' && at[1] != '1') {
			return err_set(e, -EINVAL, "\"%s\": after ~ comes 0 or 1 (RFC 6901)", text);
		}
	}
	return 0;
}

/* One reference token with ~1 and ~0 written out (RFC 6901, section 4). Returns what follows. */
static const char *next_step(const char *pointer, char step[STEP_SIZE])
{
	size_t size = 0;
	pointer++;
	while (*pointer && *pointer != '/') {
		char c = *pointer++;
		if (c == '~' && (*pointer == '0' || *pointer == '1')) {
			c = *pointer++ == '1' ? '/' : '~';
		}
		if (size < STEP_SIZE - 1) {
			step[size++] = c;
		}
	}
	step[size] = '\0';
	return pointer;
}

static const json_t *follow(const json_t *value, const char *pointer)
{
	char step[STEP_SIZE];
	while (*pointer && value) {
		pointer = next_step(pointer, step);
		if (json_is_array(value)) {
			char *end;
			unsigned long index = strtoul(step, &end, 10);
			bool digits = isdigit((unsigned char)step[0]) && *end == '\0';
			value = digits ? json_array_get(value, index) : NULL;
		} else {
			value = json_object_get(value, step);
		}
	}
	return value;
}

/* The payload is the number, white space aside. */
static int parse_bare(const char *text, size_t size, double *value)
{
	while (size > 0 && isspace((unsigned char)*text)) {
		text++;
		size--;
	}
	while (size > 0 && isspace((unsigned char)text[size - 1])) {
		size--;
	}
	return number_parse(text, size, value);
}

static int take_value(const json_t *found, const char *pointer, double *value, struct err *e)
{
	if (json_is_number(found)) {
		*value = json_number_value(found);
		return 0;
	}
	const char *text = json_string_value(found);
	if (text && number_parse(text, strlen(text), value) == 0) {
		return 0; /* many gateways write numbers as texts */
	}
	return err_set(e, -EINVAL, "no number at %s", pointer[0] ? pointer : "the top");
}

static int take_time(const json_t *found, const char *pointer, struct wall_time *at, struct err *e)
{
	double seconds = json_is_number(found) ? json_number_value(found) : -1;
	if (seconds > 0 && seconds < 1e14) {
		/* What would be after the year 2286 in seconds is in milliseconds. */
		*at = (struct wall_time){
			.ms = (int64_t)(seconds < 1e10 ? seconds * 1000 : seconds)};
		return 0;
	}
	const char *text = json_string_value(found);
	if (text && wall_time_parse(text, strlen(text), at, NULL) == 0) {
		return 0;
	}
	return err_set(e, -EINVAL, "no time with an offset at %s", pointer);
}

int reading_parse(const struct reading_form *form, const char *payload, size_t size, double *value,
	struct wall_time *at, struct err *e)
{
	*at = WALL_TIME_NONE;
	if (size > READING_BYTES_MAX) {
		return err_set(e, -EINVAL, "%zu bytes are more than a reading has (%d)", size,
			READING_BYTES_MAX);
	}
	if (form->value[0] == '\0' && form->time[0] == '\0') {
		return parse_bare(payload, size, value) == 0
			       ? 0
			       : err_set(e, -EINVAL, "the payload is no number");
	}
	json_t *object = json_read(payload, size, e);
	if (!object) {
		return -EINVAL;
	}
	int rc = take_value(follow(object, form->value), form->value, value, e);
	if (rc == 0 && form->time[0]) {
		rc = take_time(follow(object, form->time), form->time, at, e);
	}
	json_decref(object);
	return rc;
}
