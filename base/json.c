/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *json_text(const json_t *object, const char *key, const char *fallback)
{
	const char *value = json_string_value(json_object_get(object, key));
	return value ? value : fallback;
}

int64_t json_int(const json_t *object, const char *key, int64_t fallback)
{
	const json_t *value = json_object_get(object, key);
	return json_is_integer(value) ? (int64_t)json_integer_value(value) : fallback;
}

bool json_flag(const json_t *object, const char *key, bool fallback)
{
	const json_t *value = json_object_get(object, key);
	return json_is_boolean(value) ? json_boolean_value(value) : fallback;
}

int json_need_text(const json_t *object, const char *key, const char **out, struct err *e)
{
	const char *value = json_string_value(json_object_get(object, key));
	if (!value) {
		return err_set(e, -EINVAL, "member \"%s\" is missing or is not a string", key);
	}
	*out = value;
	return 0;
}

int json_need_int(const json_t *object, const char *key, int64_t *out, struct err *e)
{
	const json_t *value = json_object_get(object, key);
	if (!json_is_integer(value)) {
		return err_set(e, -EINVAL, "member \"%s\" is missing or is not an integer", key);
	}
	*out = (int64_t)json_integer_value(value);
	return 0;
}

void json_put(json_t *object, const char *key, json_t *value)
{
	if (value) {
		(void)json_object_set_new(object, key, value);
	}
}

static json_t *string_from_any_bytes(const char *text)
{
	json_t *value = json_string(text);
	if (value) {
		return value;
	}
	size_t size = strlen(text);
	char *clean = mem_new(size * 3 + 1);
	size_t at = 0;
	for (size_t i = 0; i < size; i++) {
		if ((unsigned char)text[i] < 0x80) {
			clean[at++] = text[i];
		} else {
			memcpy(clean + at, "\xEF\xBF\xBD", 3);
			at += 3;
		}
	}
	value = json_stringn(clean, at);
	free(clean);
	return value;
}

void json_put_text(json_t *object, const char *key, const char *text)
{
	if (text && text[0] != '\0') {
		json_put(object, key, string_from_any_bytes(text));
	}
}

/* Nearly every text is plain ASCII, for which there is nothing to do but to copy it. */
static bool is_plain(const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if (*p < 0x20 || *p > 0x7E || *p == '"' || *p == '\\') {
			return false;
		}
	}
	return true;
}

void json_write_text(struct buf *out, const char *text)
{
	if (is_plain(text)) {
		(void)buf_add_text(out, "\"");
		(void)buf_add_text(out, text);
		(void)buf_add_text(out, "\"");
		return;
	}
	json_t *value = string_from_any_bytes(text);
	json_write(out, value);
	json_decref(value);
}

static int add_piece(const char *data, size_t size, void *out)
{
	return buf_add(out, data, size);
}

void json_write(struct buf *out, const json_t *value)
{
	/* A failure is the buffer's, and sticks to it. */
	(void)json_dump_callback(value, add_piece, out, JSON_COMPACT | JSON_ENCODE_ANY);
}

char *json_to_text(const json_t *value)
{
	struct buf text;
	buf_init(&text, SIZE_MAX / 2);
	json_write(&text, value);
	return buf_steal(&text);
}

void json_put_int(json_t *object, const char *key, int64_t value)
{
	json_put(object, key, json_integer(value));
}

void json_put_flag(json_t *object, const char *key, bool value)
{
	json_put(object, key, json_boolean(value));
}

json_t *json_read(const char *text, size_t size, struct err *e)
{
	json_error_t error;
	json_t *value = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
	if (!value) {
		(void)err_set(e, -EINVAL, "not JSON: line %d column %d: %s", error.line,
			error.column, error.text);
	}
	return value;
}
