/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/csv.h"

#include "base/buf.h"
#include "base/mem.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

enum { FIELD_LIMIT = 4096 };

static char *from_shift_jis(const char *data, size_t size)
{
	iconv_t converter = iconv_open("UTF-8", "CP932");
	if (converter == (iconv_t)-1) {
		return NULL;
	}
	size_t capacity = size * 3 + 1;
	char *out = mem_new(capacity);
	char *in = (char *)data;
	char *at = out;
	size_t in_left = size;
	size_t out_left = capacity - 1;
	size_t rc = iconv(converter, &in, &in_left, &at, &out_left);
	(void)iconv_close(converter);
	if (rc == (size_t)-1 || in_left > 0) {
		free(out);
		return NULL;
	}
	*at = '\0';
	return out;
}

char *csv_to_utf8(const char *data, size_t size, const char **encoding, struct err *e)
{
	if (size >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0) {
		data += 3;
		size -= 3;
	}
	if (memchr(data, '\0', size)) {
		(void)err_set(e, -EINVAL, "this is no text file");
		return NULL;
	}
	if (!u8_check((const uint8_t *)data, size)) {
		*encoding = "UTF-8";
		char *copy = mem_new(size + 1);
		memcpy(copy, data, size);
		return copy;
	}
	char *text = from_shift_jis(data, size);
	if (!text) {
		(void)err_set(e, -EILSEQ, "neither UTF-8 nor Shift_JIS");
		return NULL;
	}
	*encoding = "Shift_JIS";
	return text;
}

void csv_start(struct csv_reader *r, const char *text)
{
	*r = (struct csv_reader){.at = text, .line = 1, .next_line = 1};
}

void csv_clear(struct csv_record *record)
{
	for (size_t i = 0; i < record->count; i++) {
		free(record->fields[i]);
	}
	record->count = 0;
}

/* One field; *more says whether another follows on this line. */
static int read_field(struct csv_reader *r, struct buf *field, bool *more, struct err *e)
{
	bool quoted = *r->at == '"';
	if (quoted) {
		r->at++;
	}
	for (;; r->at++) {
		char c = *r->at;
		if (c == '\0' && quoted) {
			return err_set(e, -EINVAL, "line %d: a quote is not closed", r->line);
		}
		if (quoted && c == '"') {
			if (r->at[1] != '"') {
				r->at++;
				break;
			}
			r->at++;
		} else if (!quoted && (c == ',' || c == '\n' || c == '\r' || c == '\0')) {
			break;
		}
		r->next_line += c == '\n';
		if (buf_add(field, &c, 1)) {
			return err_set(e, -EINVAL, "line %d: a field is longer than %d bytes",
				r->line, FIELD_LIMIT);
		}
	}
	*more = *r->at == ',';
	if (*more) {
		r->at++;
	} else if (*r->at && *r->at != '\n' && *r->at != '\r') {
		return err_set(e, -EINVAL, "line %d: text after a closing quote", r->line);
	}
	return 0;
}

static void skip_line_end(struct csv_reader *r)
{
	if (*r->at == '\r') {
		r->at++;
	}
	if (*r->at == '\n') {
		r->at++;
		r->next_line++;
	}
}

int csv_next(struct csv_reader *r, struct csv_record *out, struct err *e)
{
	*out = (struct csv_record){.count = 0};
	while (*r->at == '\r' || *r->at == '\n') {
		skip_line_end(r);
	}
	if (*r->at == '\0') {
		return 0;
	}
	r->line = r->next_line;
	bool more = true;
	while (more) {
		struct buf field;
		buf_init(&field, FIELD_LIMIT);
		int rc = out->count == CSV_FIELDS
				 ? err_set(e, -EINVAL, "line %d: more than %d fields", r->line,
					   CSV_FIELDS)
				 : read_field(r, &field, &more, e);
		if (rc) {
			buf_clear(&field);
			csv_clear(out);
			return rc;
		}
		out->fields[out->count++] = buf_steal(&field);
	}
	skip_line_end(r);
	return 1;
}

void csv_write(struct buf *out, const char *field, int last)
{
	if (strpbrk(field, ",\"\r\n")) {
		(void)buf_add(out, "\"", 1);
		for (const char *at = field; *at; at++) {
			(void)buf_add(out, "\"\"", *at == '"' ? 2 : 0);
			if (*at != '"') {
				(void)buf_add(out, at, 1);
			}
		}
		(void)buf_add(out, "\"", 1);
	} else {
		(void)buf_add_text(out, field);
	}
	(void)buf_add_text(out, last ? "\r\n" : ",");
}
