/* SPDX-License-Identifier: Apache-2.0
 *
 * GMime takes the mail apart; charsets are ours (charset.h), because its converter refuses what
 * Japanese gear adds to ISO-2022-JP.
 */
#include "ingest/mail/read.h"

#include "base/buf.h"
#include "base/err.h"
#include "ingest/mail/charset.h"
#include "ingest/mail/html.h"
#include "ingest/mail/words.h"

#include <ctype.h>
#include <gmime/gmime.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

struct reading {
	struct mail *mail;
	struct buf plain;
	struct buf html;
	size_t parts;
	bool damaged;
	bool attached;
	bool cut;
};

int mail_is_likely(const char *bytes, size_t size)
{
	size_t at = 0;
	while (at < size && at < 77 && (isalnum((unsigned char)bytes[at]) || bytes[at] == '-')) {
		at++;
	}
	bool header = at > 0 && at < size && bytes[at] == ':' && isalpha((unsigned char)bytes[0]);
	return header || (size > 5 && memcmp(bytes, "From ", 5) == 0);
}

static void note(struct mail *m, const char *code, const char *text)
{
	if (m->note_count < MAIL_NOTE_MAX) {
		m->notes[m->note_count++] = (struct mail_note){code, text};
	}
}

/* ---- header ---- */

/* The first line of that name: later ones came before our own server touched it. */
static const char *header(GMimeObject *object, const char *name)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(object);
	int count = g_mime_header_list_get_count(list);
	for (int i = 0; i < count; i++) {
		GMimeHeader *h = g_mime_header_list_get_header_at(list, i);
		if (strcasecmp(g_mime_header_get_name(h), name) == 0) {
			const char *raw = g_mime_header_get_raw_value(h);
			return raw ? raw : "";
		}
	}
	return "";
}

static const char *lower(struct pool *pool, const char *text)
{
	char *copy = pool_copy_text(pool, text);
	for (char *c = copy; *c; c++) {
		*c = (char)tolower((unsigned char)*c);
	}
	return copy;
}

/* The first mailbox of an address line, lower case. */
static const char *address_of(struct reading *r, const char *raw)
{
	struct pool *pool = r->mail->pool;
	const char *found = "";
	bool damaged = false;
	const char *line = words_decode(pool, raw, &damaged);
	InternetAddressList *list = internet_address_list_parse(NULL, line);
	if (!list) {
		return "";
	}
	if (internet_address_list_length(list) > 0) {
		InternetAddress *first = internet_address_list_get_address(list, 0);
		if (INTERNET_ADDRESS_IS_MAILBOX(first)) {
			const char *address =
				internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(first));
			found = lower(pool, address ? address : "");
		}
	}
	g_object_unref(list);
	return found;
}

/* An instant may be shown with these offsets; the year is the sender's clock, not history. */
enum { OFFSET_LIMIT_MINUTES = 14 * 60, FIRST_YEAR = 1970, LAST_YEAR = 2999 };

static struct wall_time time_of(const char *raw, int *offset_minutes)
{
	struct wall_time t = WALL_TIME_NONE;
	raw += strspn(raw, " \t\r\n");
	GDateTime *date = raw[0] ? g_mime_utils_header_decode_date(raw) : NULL;
	if (!date) {
		return t;
	}
	int offset = (int)(g_date_time_get_utc_offset(date) / G_TIME_SPAN_MINUTE);
	int year = g_date_time_get_year(date);
	if (year >= FIRST_YEAR && year <= LAST_YEAR) {
		t.ms = g_date_time_to_unix(date) * INT64_C(1000);
		bool usual = offset >= -OFFSET_LIMIT_MINUTES && offset <= OFFSET_LIMIT_MINUTES;
		*offset_minutes = usual ? offset : CLOCK_JST_OFFSET_MINUTES;
	}
	g_date_time_unref(date);
	return t;
}

static void read_header(struct reading *r, GMimeObject *message)
{
	struct mail *m = r->mail;
	const char *received = strrchr(header(message, "Received"), ';');
	m->subject = words_decode(m->pool, header(message, "Subject"), &r->damaged);
	m->from = address_of(r, header(message, "From"));
	m->envelope = address_of(r, header(message, "Return-Path"));
	m->received = time_of(received ? received + 1 : "", &m->offset_minutes);
	m->date = time_of(header(message, "Date"), &m->offset_minutes);
}

/* ---- body ---- */

static void add_text(struct reading *r, struct buf *out, const char *text)
{
	size_t size = strlen(text);
	size_t room = out->size < MAIL_TEXT_MAX ? MAIL_TEXT_MAX - out->size : 0;
	if (size > room) {
		size = utf8_cut(text, size, room);
		r->cut = true;
	}
	(void)buf_add(out, text, size);
}

static void take_text(struct reading *r, GMimePart *part, bool html)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	if (!content) {
		return;
	}
	const char *charset =
		g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");
	GMimeStream *memory = g_mime_stream_mem_new();
	(void)g_mime_data_wrapper_write_to_stream(content, memory);
	GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
	const char *text = charset_to_utf8(r->mail->pool, charset ? charset : "",
		bytes->data ? (const char *)bytes->data : "", bytes->len, &r->damaged);
	if (html) {
		struct buf stripped;
		buf_init(&stripped, MAIL_BYTES_MAX);
		html_to_text(text, strlen(text), &stripped);
		add_text(r, &r->html, buf_text(&stripped));
		buf_clear(&stripped);
	} else {
		add_text(r, &r->plain, text);
		add_text(r, &r->plain, "\n");
	}
	g_object_unref(memory);
}

static void take_leaf(struct reading *r, GMimeObject *object)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	bool plain = !type || g_mime_content_type_is_type(type, "text", "plain");
	bool html = type && g_mime_content_type_is_type(type, "text", "html");
	if (!GMIME_IS_PART(object) || g_mime_part_is_attachment(GMIME_PART(object)) ||
		(!plain && !html)) {
		r->attached = true;
		return;
	}
	take_text(r, GMIME_PART(object), html);
}

static void take_object(struct reading *r, GMimeObject *object, int depth)
{
	if (!object || ++r->parts > MAIL_PART_MAX || depth > MAIL_DEPTH_MAX) {
		r->damaged = r->damaged || object;
		return;
	}
	if (!GMIME_IS_MULTIPART(object)) {
		take_leaf(r, object);
		return;
	}
	GMimeMultipart *many = GMIME_MULTIPART(object);
	int count = g_mime_multipart_get_count(many);
	for (int i = 0; i < count && r->parts <= MAIL_PART_MAX; i++) {
		take_object(r, g_mime_multipart_get_part(many, i), depth + 1);
	}
}

/* "\r\n" and bare "\r" to "\n", blanks at line ends and beyond one empty line away. */
static const char *tidy(struct pool *pool, const char *text)
{
	char *out = pool_copy_text(pool, text);
	char *to = out;
	for (const char *c = text; *c; c++) {
		bool line_end = *c == '\n' || *c == '\r';
		if (*c == '\r' && c[1] == '\n') {
			continue;
		}
		if (!line_end) {
			*to++ = *c;
			continue;
		}
		while (to > out && (to[-1] == ' ' || to[-1] == '\t')) {
			to--;
		}
		bool empty_twice = to - out >= 2 && to[-1] == '\n' && to[-2] == '\n';
		if (to > out && !empty_twice) {
			*to++ = '\n';
		}
	}
	while (to > out && isspace((unsigned char)to[-1])) {
		to--;
	}
	*to = '\0';
	return out;
}

static void conclude(struct reading *r)
{
	struct mail *m = r->mail;
	const char *plain = tidy(m->pool, buf_text(&r->plain));
	m->body = plain[0] ? plain : tidy(m->pool, buf_text(&r->html));
	if (r->damaged) {
		note(m, "mail-damaged", "parts of the mail cannot be read as any charset or part");
	}
	if (r->cut) {
		note(m, "mail-cut", "the mail's text is longer than is looked at");
	}
	if (r->attached) {
		note(m, "mail-attachment", "what is attached is not looked at");
	}
}

void mail_read(struct pool *pool, const char *bytes, size_t size, struct mail *out)
{
	g_mime_init(); /* counts its calls; nothing after the first */
	*out = (struct mail){.pool = pool,
		.subject = "",
		.from = "",
		.envelope = "",
		.body = "",
		.date = WALL_TIME_NONE,
		.received = WALL_TIME_NONE,
		.offset_minutes = CLOCK_JST_OFFSET_MINUTES};
	struct reading r = {.mail = out};
	buf_init(&r.plain, MAIL_TEXT_MAX + 16);
	buf_init(&r.html, MAIL_TEXT_MAX + 16);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, size);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	if (message) {
		read_header(&r, GMIME_OBJECT(message));
		take_object(&r, g_mime_message_get_mime_part(message), 0);
		g_object_unref(message);
	} else {
		r.damaged = true;
	}
	g_object_unref(parser);
	g_object_unref(stream);
	conclude(&r);
	buf_clear(&r.plain);
	buf_clear(&r.html);
}
