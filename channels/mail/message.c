/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mail/message.h"

#include "base/digest.h"
#include "base/mem.h"
#include "channels/text.h"

#include <errno.h>
#include <gmime/gmime.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	BODY_LIMIT = 1024 * 1024,
	SUBJECT_LIMIT = 120,
	TOKEN_MAC_BYTES = 16,
	HEADER_LINE_MAX = 900,
	RECIPIENT_ID_MAX = 256,
};

void mail_message_init(void)
{
	g_mime_init();
}

/* ---- the shared part ---- */

static void add_expiry(struct buf *body, const struct broadcast *b, const char *lang)
{
	static const char *const months[] = {"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December"};
	if (wall_time_is_none(b->expires)) {
		return;
	}
	time_t seconds = (time_t)(b->expires.ms / 1000 + CLOCK_JST_OFFSET_MINUTES * 60);
	struct tm t;
	if (!gmtime_r(&seconds, &t)) {
		return;
	}
	bool japanese = strcmp(lang, "ja") == 0;
	if (b->until_ended) {
		/* A time here would read as the end of the warning, and send people home to it. */
		(void)buf_add_text(
			body, japanese ? "\n\nこの情報は、解除または切替の発表があるまで続きます。"
					 "最新の情報を確認してください。"
				       : "\n\nThis holds until it is lifted or changed. Look for "
					 "the latest "
					 "information.");
	} else if (japanese) {
		(void)buf_addf(body, "\n\nこの情報の有効期限: %d年%d月%d日 %d時%02d分",
			t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min);
	} else {
		(void)buf_addf(body, "\n\nValid until %d:%02d on %d %s %d (Japan time)", t.tm_hour,
			t.tm_min, t.tm_mday, months[t.tm_mon], t.tm_year + 1900);
	}
}

/* Controls have no business in a mail; a lone CR least of all. */
static void clean_body(struct buf *body)
{
	size_t out = 0;
	for (size_t i = 0; i < body->size; i++) {
		unsigned char c = (unsigned char)body->data[i];
		if (c == '\r') {
			continue;
		}
		body->data[out++] =
			(c < ' ' && c != '\n' && c != '\t') || c == 0x7f ? ' ' : (char)c;
	}
	body->size = out;
}

static bool is_ascii(const struct buf *b)
{
	for (size_t i = 0; i < b->size; i++) {
		if ((unsigned char)b->data[i] >= 0x80) {
			return false;
		}
	}
	return true;
}

/* Base64 encodes the canonical form, whose lines end in CRLF. */
static void add_with_crlf(struct buf *out, const struct buf *in)
{
	for (size_t at = 0; at < in->size;) {
		const char *line = in->data + at;
		const char *end = memchr(line, '\n', in->size - at);
		size_t size = end ? (size_t)(end - line) : in->size - at;
		(void)buf_add(out, line, size);
		(void)buf_add(out, "\r\n", 2);
		at += size + 1;
	}
}

static GMimePart *make_body(
	const struct mail_settings *s, const struct broadcast *b, const char *lang)
{
	struct buf body;
	struct buf canonical;
	buf_init(&body, BODY_LIMIT);
	buf_init(&canonical, 2 * BODY_LIMIT);
	char *text = text_of(b, lang, TEXT_BODY, TEXT_BYTES, BODY_LIMIT / 2);
	(void)buf_add_text(&body, text);
	free(text);
	add_expiry(&body, b, lang);
	if (s->footer[0] != '\0') {
		(void)buf_addf(&body, "\n\n%s", s->footer);
	}
	(void)buf_add(&body, "\n", 1);
	clean_body(&body);
	bool ascii = is_ascii(&body);
	if (ascii) {
		(void)buf_add(&canonical, body.data, body.size);
	} else {
		add_with_crlf(&canonical, &body);
	}
	GMimePart *part = g_mime_part_new_with_type("text", "plain");
	g_mime_object_set_content_type_parameter(
		GMIME_OBJECT(part), "charset", ascii ? "us-ascii" : "utf-8");
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(canonical.data, canonical.size);
	GMimeDataWrapper *content =
		g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part,
		ascii ? GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE : GMIME_CONTENT_ENCODING_BASE64);
	g_object_unref(content);
	g_object_unref(stream);
	buf_clear(&body);
	buf_clear(&canonical);
	return part;
}

static void set_subject(GMimeMessage *message, const struct mail_settings *s,
	const struct broadcast *b, const char *lang)
{
	char *title = text_of(b, lang, TEXT_TITLE, TEXT_CHARACTERS, SUBJECT_LIMIT);
	struct buf whole;
	buf_init(&whole, BODY_LIMIT);
	(void)buf_addf(&whole, "%s%s%s", s->subject_prefix, s->subject_prefix[0] ? " " : "", title);
	char *line = text_one_line(buf_text(&whole));
	g_mime_message_set_subject(message, line, "utf-8");
	free(line);
	free(title);
	buf_clear(&whole);
}

static void set_header(GMimeMessage *message, const char *name, const char *value)
{
	char *line = text_one_line(value);
	g_mime_object_set_header(GMIME_OBJECT(message), name, line, "utf-8");
	free(line);
}

static void set_date(GMimeMessage *message)
{
	GTimeZone *zone = g_time_zone_new_offset(CLOCK_JST_OFFSET_MINUTES * 60);
	GDateTime *utc = g_date_time_new_from_unix_utc(clock_wall_now().ms / 1000);
	GDateTime *date = g_date_time_to_timezone(utc, zone);
	g_mime_message_set_date(message, date);
	g_date_time_unref(date);
	g_date_time_unref(utc);
	g_time_zone_unref(zone);
}

/* Updates and releases of one event show as one conversation. */
static void set_thread(
	GMimeMessage *message, const struct mail_settings *s, const struct broadcast *b)
{
	if (b->thread[0] == '\0') {
		return;
	}
	char digest[DIGEST_HEX_SIZE];
	char line[128];
	digest_of_fields(digest, "thread", b->thread, NULL);
	(void)snprintf(line, sizeof(line), "<thread-%.32s@%.63s>", digest, s->site);
	set_header(message, "References", line);
}

static void set_headers(GMimeMessage *message, const struct mail_settings *s,
	const struct broadcast *b, const char *lang)
{
	set_date(message);
	char *name = text_one_line(s->from_name);
	InternetAddress *from =
		internet_address_mailbox_new(name[0] != '\0' ? name : NULL, s->from);
	internet_address_set_charset(from, "utf-8");
	internet_address_list_add(g_mime_message_get_from(message), from);
	g_object_unref(from);
	free(name);
	set_subject(message, s, b, lang);
	set_thread(message, s, b);
	set_header(message, "Auto-Submitted", "auto-generated");
	if (s->list_id[0] != '\0') {
		char line[HEADER_LINE_MAX];
		(void)snprintf(line, sizeof(line), "<%s>", s->list_id);
		set_header(message, "List-Id", line);
	}
	set_header(message, "Content-Language", lang);
	set_header(message, "X-Hansho-Broadcast", b->id);
	if (b->status == ALERT_STATUS_EXERCISE) {
		set_header(message, "X-Hansho-Drill", "yes");
	}
}

static bool is_fit(const char *data, size_t size)
{
	size_t line = 0;
	for (size_t i = 0; i < size; i++) {
		bool end = data[i] == '\n';
		if (end && (i == 0 || data[i - 1] != '\r')) {
			return false;
		}
		line = end ? 0 : line + 1;
		if (line > 999) {
			return false; /* 998 and the CR */
		}
	}
	return size > 1 && data[size - 1] == '\n';
}

static int write_message(GMimeMessage *message, char **out, size_t *size, struct err *e)
{
	GMimeFormatOptions *format = g_mime_format_options_new();
	g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
	GMimeStream *stream = g_mime_stream_mem_new();
	ssize_t written = g_mime_object_write_to_stream(GMIME_OBJECT(message), format, stream);
	GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	int rc = 0;
	if (written <= 0 || !is_fit((const char *)bytes->data, bytes->len)) {
		rc = err_set(e, -EINVAL, "the text cannot be made a mail");
	} else {
		*size = bytes->len;
		*out = mem_copy(bytes->data, bytes->len);
	}
	g_object_unref(stream);
	g_mime_format_options_free(format);
	return rc;
}

int mail_rest(const struct mail_settings *s, const struct broadcast *b, const char *lang,
	char **out, size_t *size, struct err *e)
{
	GMimeMessage *message = g_mime_message_new(FALSE);
	set_headers(message, s, b, lang);
	GMimePart *part = make_body(s, b, lang);
	g_mime_message_set_mime_part(message, GMIME_OBJECT(part));
	g_object_unref(part);
	int rc = write_message(message, out, size, e);
	g_object_unref(message);
	return rc;
}

/* ---- the own part ---- */

/* Opaque to others, verifiable without a table: whoever holds the key can tell the recipient. */
static int add_token(const struct mail_settings *s, const char *recipient, struct buf *out)
{
	unsigned char mac[DIGEST_BYTES];
	char text[RECIPIENT_ID_MAX * 2];
	size_t size = strlen(recipient);
	if (size > RECIPIENT_ID_MAX || !s->unsubscribe_secret) {
		return -EMSGSIZE;
	}
	digest_hmac(s->unsubscribe_secret, strlen(s->unsubscribe_secret), recipient, size, mac);
	(void)base64url_encode(recipient, size, text);
	(void)buf_addf(out, "%s.", text);
	(void)base64url_encode(mac, TOKEN_MAC_BYTES, text);
	return buf_add_text(out, text);
}

/* The https way, or nothing when it needs a token and the mail has several recipients. */
static int add_url(const struct mail_settings *s, const char *recipient, struct buf *out)
{
	static const char mark[] = "{token}";
	const char *at = strstr(s->unsubscribe_url, mark);
	if (s->unsubscribe_url[0] == '\0' || (at && !recipient)) {
		return -ENOENT;
	}
	if (!at) {
		return buf_add_text(out, s->unsubscribe_url);
	}
	(void)buf_add(out, s->unsubscribe_url, (size_t)(at - s->unsubscribe_url));
	int rc = add_token(s, recipient, out);
	return rc ? rc : buf_add_text(out, at + strlen(mark));
}

static void add_unsubscribe(
	const struct mail_settings *s, const struct mail_head *head, struct buf *out)
{
	struct buf url;
	buf_init(&url, HEADER_LINE_MAX);
	bool by_url = add_url(s, head->recipient, &url) == 0 && url.failed == 0;
	bool by_mail = s->unsubscribe_mailto[0] != '\0';
	if (by_mail || by_url) {
		(void)buf_add_text(out, "List-Unsubscribe:");
		if (by_mail) {
			(void)buf_addf(out, " <mailto:%s>%s", s->unsubscribe_mailto,
				by_url ? ",\r\n" : "");
		}
		if (by_url) {
			(void)buf_addf(out, " <%s>", buf_text(&url));
		}
		(void)buf_add(out, "\r\n", 2);
	}
	if (by_url) {
		(void)buf_add_text(out, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
	}
	buf_clear(&url);
}

int mail_head_add(const struct mail_settings *s, const struct mail_head *head, struct buf *out)
{
	if (head->to) {
		(void)buf_addf(out, "To: %s\r\n", head->to);
	} else {
		(void)buf_add_text(out, "To: undisclosed-recipients:;\r\n");
	}
	(void)buf_addf(out, "Message-ID: <%s@%s>\r\n", head->message_id, s->site);
	add_unsubscribe(s, head, out);
	return out->failed;
}

void mail_group_id(const char *delivery, const struct channel_target *const *targets, size_t count,
	char out[MAIL_ID_SIZE])
{
	char hex[DIGEST_HEX_SIZE];
	struct digest *d = digest_new();
	digest_add_field(d, "mail group");
	digest_add_field(d, delivery);
	for (size_t i = 0; i < count; i++) {
		digest_add_field(d, targets[i]->key);
	}
	digest_end_hex(d, hex);
	digest_free(d);
	memcpy(out, hex, MAIL_ID_SIZE - 1);
	out[MAIL_ID_SIZE - 1] = '\0';
}
