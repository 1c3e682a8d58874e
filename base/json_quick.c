/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_quick.h"

#include "base/mem.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	DEPTH_MAX = 32,	     /* bounds the recursion; jansson takes what is deeper */
	INTEGER_DIGITS = 18, /* fit into 64 bits whatever they are */
};

/* at never passes end; a function that returns false or NULL has given up on the whole text. */
struct scan {
	const char *at;
	const char *end;
	int depth;
};

static json_t *read_value(struct scan *s);

static void skip_blanks(struct scan *s)
{
	while (s->at < s->end &&
		(*s->at == ' ' || *s->at == '\n' || *s->at == '\r' || *s->at == '\t')) {
		s->at++;
	}
}

static bool take(struct scan *s, char wanted)
{
	skip_blanks(s);
	if (s->at == s->end || *s->at != wanted) {
		return false;
	}
	s->at++;
	return true;
}

/* ---- texts ---- */

struct text {
	const char *start; /* behind the opening quote */
	size_t size;	   /* up to the closing one */
	bool escaped;
	bool ascii;
};

static bool scan_text(struct scan *s, struct text *out)
{
	if (!take(s, '"')) {
		return false;
	}
	*out = (struct text){.start = s->at, .ascii = true};
	for (const char *p = s->at; p < s->end; p++) {
		unsigned char c = (unsigned char)*p;
		if (c == '"') {
			out->size = (size_t)(p - out->start);
			s->at = p + 1;
			return true;
		}
		if (c < 0x20) {
			return false;
		}
		if (c >= 0x80) {
			out->ascii = false;
		} else if (c == '\\') {
			out->escaped = true;
			p += p + 1 < s->end; /* what follows is unescape()'s to judge */
		}
	}
	return false;
}

/* The one-letter escapes; \u is not for us. Returns the size, or -1. */
static ptrdiff_t unescape(const struct text *t, char *out)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char meanings[] = "\"\\/\b\f\n\r\t";
	char *to = out;
	for (size_t i = 0; i < t->size; i++) {
		if (t->start[i] != '\\') {
			*to++ = t->start[i];
			continue;
		}
		const char *letter = memchr(letters, t->start[++i], sizeof(letters) - 1);
		if (!letter) {
			return -1;
		}
		*to++ = meanings[letter - letters];
	}
	return to - out;
}

static json_t *text_value(const char *text, size_t size, bool ascii)
{
	/* json_stringn() refuses what is not UTF-8. */
	return ascii ? json_stringn_nocheck(text, size) : json_stringn(text, size);
}

static json_t *read_text(struct scan *s)
{
	struct text t;
	if (!scan_text(s, &t)) {
		return NULL;
	}
	if (!t.escaped) {
		return text_value(t.start, t.size, t.ascii);
	}
	char *plain = mem_new(t.size);
	ptrdiff_t size = unescape(&t, plain);
	json_t *value = size < 0 ? NULL : text_value(plain, (size_t)size, t.ascii);
	free(plain);
	return value;
}

/* ---- numbers and words ---- */

static json_t *read_integer(struct scan *s)
{
	bool negative = *s->at == '-';
	const char *first = s->at + negative;
	const char *p = first;
	json_int_t value = 0;
	while (p < s->end && *p >= '0' && *p <= '9' && p - first < INTEGER_DIGITS) {
		value = value * 10 + (*p++ - '0');
	}
	bool leading_zero = p - first > 1 && *first == '0';
	/* A longer one, a fraction or an exponent goes on: a closing mark or a blank would not. */
	static const char ends[] = {',', ']', '}', ' ', '\t', '\r', '\n'};
	bool goes_on = p < s->end && !memchr(ends, *p, sizeof(ends));
	if (p == first || leading_zero || goes_on) {
		return NULL;
	}
	s->at = p;
	return json_integer(negative ? -value : value);
}

static json_t *read_word(struct scan *s, const char *word, json_t *value)
{
	size_t size = strlen(word);
	if ((size_t)(s->end - s->at) < size || memcmp(s->at, word, size) != 0) {
		return NULL;
	}
	s->at += size;
	return value;
}

/* ---- arrays and objects ---- */

static bool read_elements(struct scan *s, json_t *array)
{
	if (take(s, ']')) {
		return true;
	}
	do {
		json_t *value = read_value(s);
		if (!value || json_array_append_new(array, value) != 0) {
			return false;
		}
	} while (take(s, ','));
	return take(s, ']');
}

static bool read_member(struct scan *s, json_t *object)
{
	struct text name;
	if (!scan_text(s, &name) || name.escaped || !name.ascii || !take(s, ':') ||
		json_object_getn(object, name.start, name.size)) {
		return false;
	}
	json_t *value = read_value(s);
	return value && json_object_setn_new_nocheck(object, name.start, name.size, value) == 0;
}

static bool read_members(struct scan *s, json_t *object)
{
	if (take(s, '}')) {
		return true;
	}
	do {
		if (!read_member(s, object)) {
			return false;
		}
	} while (take(s, ','));
	return take(s, '}');
}

static json_t *read_inside(
	struct scan *s, json_t *value, bool (*read)(struct scan *s, json_t *value))
{
	s->at++;
	s->depth++;
	if (s->depth > DEPTH_MAX || !read(s, value)) {
		json_decref(value);
		return NULL;
	}
	s->depth--;
	return value;
}

static json_t *read_value(struct scan *s)
{
	skip_blanks(s);
	switch (s->at < s->end ? *s->at : '\0') {
	case '{':
		return read_inside(s, json_object(), read_members);
	case '[':
		return read_inside(s, json_array(), read_elements);
	case '"':
		return read_text(s);
	case 't':
		return read_word(s, "true", json_true());
	case 'f':
		return read_word(s, "false", json_false());
	case 'n':
		return read_word(s, "null", json_null());
	default:
		return s->at < s->end ? read_integer(s) : NULL;
	}
}

json_t *json_quick_read(const char *text, size_t size)
{
	struct scan s = {.at = text, .end = text + size};
	json_t *value = read_value(&s);
	skip_blanks(&s);
	/* Alone, only an array or an object is a document. */
	if (value && (s.at != s.end || !(json_is_object(value) || json_is_array(value)))) {
		json_decref(value);
		return NULL;
	}
	return value;
}

/* ---- writing ---- */

/* The letter of a short escape, 'u' for a long one, 0 for none. */
static char escape_of(unsigned char c)
{
	static const char letters[0x20] = {
		['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
	if (c < 0x20) {
		return letters[c] ? letters[c] : 'u';
	}
	return c == '"' || c == '\\' ? (char)c : '\0';
}

static void write_escape(struct buf *out, char escape, unsigned char c)
{
	if (escape == 'u') {
		(void)buf_addf(out, "\\u%04X", c);
	} else {
		const char both[2] = {'\\', escape};
		(void)buf_add(out, both, sizeof(both));
	}
}

static void write_text(struct buf *out, const char *text, size_t size)
{
	(void)buf_add(out, "\"", 1);
	size_t plain = 0; /* where the run that needs nothing begins */
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)text[i];
		char escape = escape_of(c);
		if (escape) {
			(void)buf_add(out, text + plain, i - plain);
			write_escape(out, escape, c);
			plain = i + 1;
		}
	}
	(void)buf_add(out, text + plain, size - plain);
	(void)buf_add(out, "\"", 1);
}

static void write_array(struct buf *out, const json_t *array)
{
	(void)buf_add(out, "[", 1);
	for (size_t i = 0; i < json_array_size(array); i++) {
		if (i > 0) {
			(void)buf_add(out, ",", 1);
		}
		json_quick_write(out, json_array_get(array, i));
	}
	(void)buf_add(out, "]", 1);
}

static void write_object(struct buf *out, json_t *object)
{
	const char *separator = "{";
	for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at)) {
		(void)buf_add(out, separator, 1);
		write_text(out, json_object_iter_key(at), json_object_iter_key_len(at));
		(void)buf_add(out, ":", 1);
		json_quick_write(out, json_object_iter_value(at));
		separator = ",";
	}
	(void)buf_add_text(out, separator[0] == '{' ? "{}" : "}");
}

static int add_piece(const char *data, size_t size, void *out)
{
	return buf_add(out, data, size);
}

void json_quick_write(struct buf *out, const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		write_object(out, (json_t *)value); /* jansson's iterators are not const */
		break;
	case JSON_ARRAY:
		write_array(out, value);
		break;
	case JSON_STRING:
		write_text(out, json_string_value(value), json_string_length(value));
		break;
	case JSON_INTEGER:
		(void)buf_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		break;
	default: /* a failure is the buffer's, and sticks to it */
		(void)json_dump_callback(value, add_piece, out, JSON_COMPACT | JSON_ENCODE_ANY);
		break;
	}
}
