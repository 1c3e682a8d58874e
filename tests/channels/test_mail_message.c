/* SPDX-License-Identifier: Apache-2.0
 *
 * The mail as bytes, read back by GMime: what a mail reader would see, and what no text may do.
 */
#include "base/mem.h"
#include "channels/mail/address.h"
#include "channels/mail/message.h"

#include <gmime/gmime.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char key[] = "the key of the tokens";

static struct mail_settings settings_of(void)
{
	return (struct mail_settings){
		.from = "bousai@city.example.jp",
		.from_name = "半鐘市 危機管理課",
		.subject_prefix = "",
		.footer = "登録解除は下記まで",
		.list_id = "bousai.city.example.jp",
		.unsubscribe_mailto = "leave@city.example.jp",
		.unsubscribe_url = "https://city.example.jp/u?t={token}&l=ja",
		.unsubscribe_secret = key,
		.site = "hansho-test",
	};
}

static const char evil[] = "a\r\nBcc: x@example.jp\r\n\r\nb\x01\x1b[2J";

static const struct sample {
	const char *name;
	const char *title;
	const char *body;
	const char *lang;
	enum alert_status status;
	const char *subject_has;
	const char *body_has;
} samples[] = {
	{"japanese", "津波警報", "高い所へ避難してください。\n川から離れてください。", "ja",
		ALERT_STATUS_ACTUAL, "津波警報", "高い所へ避難してください。\r\n川から"},
	{"english", "Tsunami warning", "Go to high ground.", "en", ALERT_STATUS_ACTUAL,
		"Tsunami warning", "Valid until 15:30 on 20 November 2026"},
	{"a warning has no end of its own", "津波警報", "高い所へ。", "ja", ALERT_STATUS_ACTUAL,
		"津波警報", "解除または切替の発表があるまで"},
	{"the same in English", "Tsunami warning", "Go up.", "en", ALERT_STATUS_ACTUAL,
		"Tsunami warning", "until it is lifted or changed"},
	{"drill", "津波警報", "高い所へ避難してください。", "ja", ALERT_STATUS_EXERCISE,
		"【訓練】津波警報", "【訓練】"},
	{"header lines in the texts", evil, evil, "en", ALERT_STATUS_ACTUAL, "Bcc: x", "Bcc: x"},
	{"dots and from lines", "t", ".\n..\nFrom here\n.", "en", ALERT_STATUS_ACTUAL, "t",
		"From here"},
	{"emoji beyond the basic plane", "𠮷野家前", "𠮷野川が氾濫 🌊", "ja", ALERT_STATUS_ACTUAL,
		"𠮷野家前", "𠮷野川が氾濫 🌊"},
	{"empty body", "題", "", "ja", ALERT_STATUS_ACTUAL, "題",
		"有効期限: 2026年11月20日 15時30分"},
};

static struct broadcast *broadcast_of(const struct sample *sample, const char *body)
{
	struct broadcast *b = broadcast_new();
	b->id = "0011.1";
	b->thread = "tsunami-1";
	b->status = sample->status;
	b->until_ended =
		strstr(sample->body_has, "解除または") || strstr(sample->body_has, "lifted");
	b->expires.ms = INT64_C(1795156200000); /* 2026-11-20T15:30+09:00 */
	b->texts = pool_take(b->pool, sizeof(*b->texts));
	b->text_count = 1;
	b->texts[0] = (struct broadcast_text){.lang = sample->lang,
		.title = sample->title,
		.brief = sample->title,
		.body = body,
		.speech = ""};
	return b;
}

static GMimeMessage *parse(const struct buf *bytes)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes->data, bytes->size);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(stream);
	assert_non_null(message);
	return message;
}

static void make(const struct mail_settings *s, const struct broadcast *b, const char *lang,
	const struct mail_head *head, struct buf *out)
{
	struct err e = {0};
	char *rest = NULL;
	size_t size = 0;
	assert_int_equal(mail_head_add(s, head, out), 0);
	assert_int_equal(mail_rest(s, b, lang, &rest, &size, &e), 0);
	assert_int_equal(buf_add(out, rest, size), 0);
	free(rest);
}

static void check_lines(const char *name, const struct buf *bytes)
{
	size_t line = 0;
	bool body = false;
	for (size_t i = 0; i < bytes->size; i++) {
		char c = bytes->data[i];
		if (c == '\n') {
			if (i == 0 || bytes->data[i - 1] != '\r') {
				fail_msg("%s: bare LF at %zu", name, i);
			}
			body = body || line == 1;
			line = 0;
			continue;
		}
		if (c == '\r' && (i + 1 == bytes->size || bytes->data[i + 1] != '\n')) {
			fail_msg("%s: bare CR at %zu", name, i);
		}
		if ((unsigned char)c >= 0x80 || (c < ' ' && c != '\r' && c != '\t')) {
			fail_msg("%s: byte %02x on the wire", name, (unsigned char)c);
		}
		line++;
		if (line > (body ? 77U : 999U)) {
			fail_msg("%s: line too long at %zu", name, i);
		}
	}
}

static int count_in(GMimeObject *object, const char *name)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(object);
	int found = 0;
	for (int i = 0; i < g_mime_header_list_get_count(list); i++) {
		GMimeHeader *h = g_mime_header_list_get_header_at(list, i);
		found += g_ascii_strcasecmp(g_mime_header_get_name(h), name) == 0;
	}
	return found;
}

/* The parser gives Content-* to the part, all else to the message. */
static int count_header(GMimeMessage *message, const char *name)
{
	return count_in(GMIME_OBJECT(message), name) +
	       count_in(g_mime_message_get_mime_part(message), name);
}

static void check_headers(const struct sample *sample, GMimeMessage *message)
{
	static const char *const once[] = {"To", "From", "Date", "Subject", "Message-ID", "List-Id",
		"Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post", "MIME-Version",
		"Content-Type", "Content-Transfer-Encoding", "References", "Content-Language"};
	for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++) {
		if (count_header(message, once[i]) != 1) {
			fail_msg("%s: %d times %s", sample->name, count_header(message, once[i]),
				once[i]);
		}
	}
	assert_int_equal(count_header(message, "Bcc"), 0);
	assert_int_equal(count_header(message, "Precedence"), 0);
	const char *subject = g_mime_message_get_subject(message);
	if (!strstr(subject, sample->subject_has)) {
		fail_msg("%s: subject \"%s\"", sample->name, subject);
	}
	InternetAddress *from =
		internet_address_list_get_address(g_mime_message_get_from(message), 0);
	assert_string_equal(internet_address_get_name(from), "半鐘市 危機管理課");
	assert_string_equal(g_mime_object_get_header(GMIME_OBJECT(message), "Auto-Submitted"),
		"auto-generated");
	assert_string_equal(g_mime_message_get_message_id(message), "abc123@hansho-test");
}

static void check_body(const struct sample *sample, GMimeMessage *message)
{
	GMimeObject *part = g_mime_message_get_mime_part(message);
	assert_true(GMIME_IS_TEXT_PART(part));
	char *text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
	struct buf crlf;
	buf_init(&crlf, 1 << 20);
	for (const char *c = text; *c; c++) { /* the parser may hand out either line end */
		if (*c != '\r') {
			(void)buf_add(&crlf, *c == '\n' ? "\r\n" : c, *c == '\n' ? 2 : 1);
		}
	}
	if (!strstr(buf_text(&crlf), sample->body_has)) {
		fail_msg("%s: body \"%s\"", sample->name, buf_text(&crlf));
	}
	assert_non_null(strstr(text, "登録解除は下記まで"));
	buf_clear(&crlf);
	g_free(text);
}

static void test_messages(void **state)
{
	const struct mail_settings s = settings_of();
	const struct mail_head head = {
		.message_id = "abc123", .to = "a@example.jp", .recipient = "r1"};
	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct buf bytes;
		struct broadcast *b = broadcast_of(&samples[i], samples[i].body);
		buf_init(&bytes, 1 << 20);
		make(&s, b, samples[i].lang, &head, &bytes);
		check_lines(samples[i].name, &bytes);
		GMimeMessage *message = parse(&bytes);
		check_headers(&samples[i], message);
		check_body(&samples[i], message);
		g_object_unref(message);
		buf_clear(&bytes);
		broadcast_free(b);
	}
}

static void test_long_lines(void **state)
{
	const struct mail_settings s = settings_of();
	const struct mail_head head = {.message_id = "abc123"};
	(void)state;
	for (int wide = 0; wide < 2; wide++) {
		struct buf body;
		struct buf bytes;
		buf_init(&body, 1 << 20);
		buf_init(&bytes, 1 << 20);
		for (int i = 0; i < 5000; i++) {
			(void)buf_add_text(&body, wide ? "水" : "x");
		}
		struct broadcast *b = broadcast_of(&samples[wide ? 0 : 1], buf_text(&body));
		make(&s, b, b->texts[0].lang, &head, &bytes);
		check_lines("one line of 5,000", &bytes);
		buf_clear(&bytes);
		buf_clear(&body);
		broadcast_free(b);
	}
}

static void test_group_shows_nobody(void **state)
{
	const struct mail_settings s = settings_of();
	struct buf head;
	(void)state;
	buf_init(&head, 4096);
	assert_int_equal(mail_head_add(&s, &(struct mail_head){.message_id = "g"}, &head), 0);
	assert_string_equal(buf_text(&head),
		"To: undisclosed-recipients:;\r\n"
		"Message-ID: <g@hansho-test>\r\n"
		"List-Unsubscribe: <mailto:leave@city.example.jp>\r\n");
	buf_clear(&head);
}

static void test_token(void **state)
{
	const struct mail_settings s = settings_of();
	struct buf heads[3];
	static const char *const ids[] = {"r1", "r2", "r1"};
	(void)state;
	for (int i = 0; i < 3; i++) {
		const struct mail_head head = {
			.message_id = "m", .to = "a@example.jp", .recipient = ids[i]};
		buf_init(&heads[i], 4096);
		assert_int_equal(mail_head_add(&s, &head, &heads[i]), 0);
	}
	/* printf r1 | openssl dgst -sha256 -hmac "the key of the tokens": its first 16 bytes */
	assert_non_null(strstr(buf_text(&heads[0]),
		"<https://city.example.jp/u?t=cjE.ExHO9DzUenx-0CE4n9Cojg&l=ja>"));
	assert_non_null(strstr(buf_text(&heads[0]), "&l=ja>\r\nList-Unsubscribe-Post: "
						    "List-Unsubscribe=One-Click\r\n"));
	assert_string_not_equal(buf_text(&heads[0]), buf_text(&heads[1]));
	assert_string_equal(buf_text(&heads[0]), buf_text(&heads[2]));
	for (int i = 0; i < 3; i++) {
		buf_clear(&heads[i]);
	}
}

static void test_group_id(void **state)
{
	const struct channel_target a = {.key = "ka"};
	const struct channel_target b = {.key = "kb"};
	const struct channel_target *const ab[] = {&a, &b};
	const struct channel_target *const ba[] = {&b, &a};
	char one[MAIL_ID_SIZE];
	char two[MAIL_ID_SIZE];
	(void)state;
	mail_group_id("d/mail", ab, 2, one);
	mail_group_id("d/mail", ab, 2, two);
	assert_string_equal(one, two);
	mail_group_id("d/mail", ba, 2, two);
	assert_string_not_equal(one, two);
	mail_group_id("e/mail", ab, 2, two);
	assert_string_not_equal(one, two);
}

static void test_addresses(void **state)
{
	static const struct {
		const char *in;
		const char *out; /* NULL: refused */
	} addresses[] = {
		{"a@example.jp", "a@example.jp"},
		{"a+b=c_d@sub.example.jp", "a+b=c_d@sub.example.jp"},
		{"a..b@docomo.example", "\"a..b\"@docomo.example"},
		{"a.@docomo.example", "\"a.\"@docomo.example"},
		{".a@docomo.example", "\".a\"@docomo.example"},
		{"\"a..b\"@docomo.example", "\"a..b\"@docomo.example"},
		{"", NULL},
		{"a", NULL},
		{"@example.jp", NULL},
		{"a@", NULL},
		{"a@b@c.jp", NULL},
		{"a b@example.jp", NULL},
		{"a@exa mple.jp", NULL},
		{"a@example..jp", NULL},
		{"a@.example.jp", NULL},
		{"a@[127.0.0.1]", NULL},
		{"<a@example.jp>", NULL},
		{"a@example.jp\r\nDATA", NULL},
		{"a\n@example.jp", NULL},
		{"\"a\\\"b\"@example.jp", NULL},
		{"山@example.jp", NULL},
		{"a@山.jp", NULL},
		{"a,b@example.jp", NULL},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		char out[ADDRESS_SIZE];
		const char *why;
		int rc = address_form(addresses[i].in, out, &why);
		if ((rc == 0) != (addresses[i].out != NULL) ||
			(rc == 0 && strcmp(out, addresses[i].out) != 0) || (rc != 0 && !why)) {
			fail_msg("\"%s\": %d %s", addresses[i].in, rc, rc ? why : out);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_group_shows_nobody),
		cmocka_unit_test(test_token),
		cmocka_unit_test(test_group_id),
		cmocka_unit_test(test_addresses),
	};
	mail_message_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
