/* SPDX-License-Identifier: Apache-2.0
 *
 * Mails as gear writes them -> text, and the shipped rules on the texts the government publishes.
 */
#include "tests/cmocka_all.h"
#include "tests/ingest/mail_rules.h"

#include "base/buf.h"
#include "ingest/mail/charset.h"
#include "ingest/mail/normalise.h"
#include "ingest/mail/read.h"
#include "ingest/mail/words.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define HEAD                                                                                       \
	"Return-Path: <receiver@city.example.jp>\r\nFrom: =?UTF-8?B?5Y+X5L+h5qmf?= "               \
	"<Receiver@City.example.jp>\r\nDate: Fri, 20 Nov 2026 14:00:00 +0900\r\n"

/* ---- charsets ---- */

static void test_charsets(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *charset;
		const char *bytes;
		const char *text;
		bool damaged;
	} rows[] = {
		{"utf-8", "UTF-8", "\xe8\xa8\x93\xe7\xb7\xb4", "訓練", false},
		{"shift_jis", "Shift_JIS", "\x8c\x50\x97\xfb", "訓練", false},
		{"shift_jis with row 13", "shift_jis", "\x87\x40\x87\x8a", "①㈱", false},
		{"shift_jis half-width kana", "Shift_JIS", "\xd0\xbb\xb2\xd9", "ﾐｻｲﾙ", false},
		{"shift_jis, dots in a name", "x-sjis", "\x83\x7e\x83\x54\x83\x43\x83\x8b",
			"ミサイル", false},
		{"euc-jp", "euc-jp", "\xb7\xb1\xce\xfd", "訓練", false},
		{"iso-2022-jp", "ISO-2022-JP", "\033$B71N}\033(B", "訓練", false},
		{"iso-2022-jp of 1978", "iso-2022-jp", "\033$@71N}\033(J", "訓練", false},
		{"iso-2022-jp half-width kana", "iso-2022-jp", "\033(IP;2Y\033(B", "ﾐｻｲﾙ", false},
		{"iso-2022-jp kana by shift out", "iso-2022-jp", "\016P;2Y\017 x", "ﾐｻｲﾙ x", false},
		{"iso-2022-jp bare kana", "iso-2022-jp", "\033$B71N}\033(B\xd0\xbb", "訓練ﾐｻ",
			false},
		{"iso-2022-jp row 13", "iso-2022-jp-ms", "\033$B-!-j\033(B", "①㈱", false},
		{"iso-2022-jp without end", "iso-2022-jp", "\033$B71N}", "訓練", false},
		{"an escape lost at the line's end", "iso-2022-jp", "\033$B71N}\nabc", "訓練\nabc",
			false},
		{"declared ASCII, is ISO-2022-JP", "us-ascii", "\033$B71N}\033(B", "訓練", false},
		{"declared ISO-2022-JP, is Shift_JIS", "iso-2022-jp", "\x83\x7e\x83\x54\x83\x43",
			"ミサイ", false},
		{"declared UTF-8, is Shift_JIS", "utf-8", "\x8c\x50\x97\xfb", "訓練", false},
		{"declared nothing, is EUC", "", "\xb7\xb1\xce\xfd\xa4\xc7\xa4\xb9", "訓練です",
			false},
		{"unknown name, is UTF-8", "x-nonsense", "\xe8\xa8\x93", "訓", false},
		{"nothing known", "utf-8", "a\xff\xffz", "a\xef\xbf\xbd\xef\xbf\xbdz", true},
	};
	struct pool *pool = pool_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool damaged = false;
		const char *text = charset_to_utf8(
			pool, rows[i].charset, rows[i].bytes, strlen(rows[i].bytes), &damaged);
		if (strcmp(text, rows[i].text) != 0 || damaged != rows[i].damaged) {
			fail_msg("%s: \"%s\" %d", rows[i].name, text, damaged);
		}
	}
	pool_free(pool);
}

/* ---- header lines ---- */

static void test_header_lines(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *raw;
		const char *text;
	} rows[] = {
		{"plain", " J-Alert", "J-Alert"},
		{"base64 of ISO-2022-JP", "=?ISO-2022-JP?B?GyRCNzFOfRsoQg==?=", "訓練"},
		{"two words, a fold between", "=?UTF-8?B?6KiT?=\r\n =?UTF-8?B?57e0?=", "訓練"},
		{"a character split between words",
			"=?UTF-8?B?6KiT5w==?=\r\n =?UTF-8?B?t7Q=?=", "訓練"},
		{"quoted", "=?utf-8?q?=E8=A8=93=E7=B7=B4_1?=", "訓練 1"},
		{"lower case b, Shift_JIS", "=?shift_jis?b?jFCX+w==?=", "訓練"},
		{"words among text", "[J] =?UTF-8?B?6KiT57e0?= end", "[J] 訓練 end"},
		{"a language", "=?utf-8*ja?B?6KiT57e0?=", "訓練"},
		{"raw bytes", "\033$B71N}\033(B", "訓練"},
		{"raw Shift_JIS", "\x8c\x50\x97\xfb", "訓練"},
		{"broken word", "=?utf-8?B?", "=?utf-8?B?"},
		{"no padding", "=?utf-8?B?6KiT57e0MQ?=", "訓練1"},
		{"unfolded", "a\r\n\tb", "a b"},
	};
	struct pool *pool = pool_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool damaged = false;
		const char *text = words_decode(pool, rows[i].raw, &damaged);
		if (strcmp(text, rows[i].text) != 0) {
			fail_msg("%s: \"%s\"", rows[i].name, text);
		}
	}
	pool_free(pool);
}

static void test_normal_form(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *normal;
	} rows[] = {
		{"Ｊアラート　ﾐｻｲﾙ発射。", "Jアラートミサイル発射。"},
		{"ミサイ\nル発\r\n射", "ミサイル発射"},
		{"１４時　５分頃（訓練）", "14時5分頃(訓練)"},
		{"take \r\n shelter", "take shelter"},
		{"  ", ""},
	};
	struct pool *pool = pool_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_string_equal(mail_normalise(pool, rows[i].text), rows[i].normal);
	}
	pool_free(pool);
}

/* ---- whole mails ---- */

static void test_bodies(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *mail;
		const char *body;
		const char *note; /* code of the first note */
	} rows[] = {
		{"ISO-2022-JP, 7bit",
			HEAD "Content-Type: text/plain; charset=ISO-2022-JP\r\n"
			     "Content-Transfer-Encoding: 7bit\r\n\r\n\033$B71N}\033(B\r\n",
			"訓練", ""},
		{"no MIME at all", HEAD "Subject: x\r\n\r\n\033$B71N}\033(B", "訓練", ""},
		{"base64 Shift_JIS",
			HEAD "Content-Type: text/plain; charset=\"Shift_JIS\"\r\n"
			     "Content-Transfer-Encoding: base64\r\n\r\njFCX+w==\r\n",
			"訓練", ""},
		{"quoted-printable UTF-8, soft line break inside a character",
			HEAD
			"Content-Type: text/plain; charset=utf-8\r\n"
			"Content-Transfer-Encoding: quoted-printable\r\n\r\n=E8=A8=\r\n=93=E7=B7="
			"B4\r\n",
			"訓練", ""},
		{"alternative: plain before HTML",
			HEAD "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n"
			     "Content-Type: text/html; charset=utf-8\r\n\r\n<p>html</p>\r\n--b\r\n"
			     "Content-Type: text/plain; charset=utf-8\r\n\r\nplain\r\n--b--\r\n",
			"plain", ""},
		{"HTML alone",
			HEAD
			"Content-Type: text/html; charset=utf-8\r\n\r\n"
			"<html><head><style>p{}</style></head><body><p>ミサイル&amp;<b>発射</b>"
			"<br>避難</p><script>x</script></body></html>",
			"ミサイル&発射\n避難", ""},
		{"an attachment",
			HEAD "Content-Type: multipart/mixed; "
			     "boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n"
			     "Content-Type: application/pdf; name=a.pdf\r\n"
			     "Content-Disposition: attachment\r\n\r\n%PDF\r\n--b--\r\n",
			"text", "mail-attachment"},
		{"a text that is attached",
			HEAD "Content-Type: multipart/mixed; "
			     "boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n"
			     "Content-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\n"
			     "not this\r\n--b--\r\n",
			"text", "mail-attachment"},
		{"cut off in the middle of a part",
			HEAD "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext",
			"text", ""},
		{"bytes nobody can read", HEAD "\r\na\xff\xff", "a\xef\xbf\xbd\xef\xbf\xbd",
			"mail-damaged"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pool *pool = pool_new();
		struct mail m;
		mail_read(pool, rows[i].mail, strlen(rows[i].mail), &m);
		const char *first = m.note_count > 0 ? m.notes[0].code : "";
		if (strcmp(m.body, rows[i].body) != 0 || strcmp(first, rows[i].note) != 0) {
			fail_msg("%s: \"%s\" %s", rows[i].name, m.body, first);
		}
		assert_string_equal(m.from, "receiver@city.example.jp");
		assert_string_equal(m.envelope, "receiver@city.example.jp");
		assert_int_equal(m.date.ms, INT64_C(1795150800000));
		pool_free(pool);
	}
}

static void test_nesting_is_bounded(void **state)
{
	(void)state;
	struct buf mail;
	buf_init(&mail, MAIL_BYTES_MAX);
	(void)buf_add_text(&mail, HEAD "Content-Type: multipart/mixed; boundary=b0\r\n\r\n");
	for (int i = 0; i < 2000; i++) {
		(void)buf_addf(&mail,
			"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n", i, i + 1);
	}
	struct pool *pool = pool_new();
	struct mail m;
	mail_read(pool, mail.data, mail.size, &m);
	assert_string_equal(m.body, "");
	assert_string_equal(m.notes[0].code, "mail-damaged");
	pool_free(pool);
	buf_clear(&mail);
}

/* ---- what is refused ---- */

static void test_refusals(void **state)
{
	(void)state;
	static const struct {
		const char *mail;
		const char *code;
	} rows[] = {
		{"From: other@city.example.jp\r\nDate: Fri, 20 Nov 2026 14:00:00 +0900\r\n\r\nx",
			"sender-not-allowed"},
		{"Subject: no sender\r\nDate: Fri, 20 Nov 2026 14:00:00 +0900\r\n\r\nx",
			"sender-not-allowed"},
		{"From: receiver@city.example.jp\r\nSubject: x\r\n\r\nx", "no-identity"},
		{"From: receiver@city.example.jp\r\nDate: Fri, 20 Nov 2026 14:00:00 +0900\r\n\r\n",
			"empty"},
		{"<Report/>", "not-handled"},
		{"\r\n\r\n", "empty"},
	};
	struct mail_rules *rules = example_rules();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct decode_refusal refusal;
		assert_null(decode_mail(rules, rows[i].mail, strlen(rows[i].mail), &refusal));
		assert_string_equal(refusal.code, rows[i].code);
	}
	mail_rules_free(rules);
}

static void test_a_mail_too_large_is_refused(void **state)
{
	(void)state;
	size_t size = MAIL_BYTES_MAX + 1;
	char *mail = mem_new(size);
	memset(mail, 'x', size);
	memcpy(mail, "From: receiver@city.example.jp\r\n", 32);
	struct decode_refusal refusal;
	assert_null(decode_mail(NULL, mail, size, &refusal));
	assert_string_equal(refusal.code, "too-large");
	free(mail);
}

/* ---- the shipped rules ---- */

static void test_the_shipped_rules(void **state)
{
	(void)state;
	static const struct {
		const char *subject;
		const char *body;
		const char *kind;
		const char *stage;
		const char *status;
		const char *action;
		const char *place;
		const char *time;
	} rows[] = {
		{"国民保護情報",
			"ミサイル発射。ミサイル発射。北朝鮮からミサイルが発射されたものとみられます"
			"。"
			"建物の中、又は地下に避難してください。",
			"civil.missile", "launch", "actual", "issue", "北朝鮮", ""},
		{"国民保護情報",
			"直ちに避難。直ちに避難。直ちに建物の中、又は地下に避難してください。ミサイ"
			"ルが、"
			"７時４０分頃、青森県周辺に落下するものとみられます。",
			"civil.missile", "take_shelter", "actual", "issue", "青森県周辺",
			"7時40分"},
		{"国民保護情報",
			"ミサイル通過。ミサイル通過。先程のミサイルは、７時４４分頃、太平洋へ通過し"
			"たものと"
			"みられます。不審な物を発見した場合には、直ちに避難せず警察へ。",
			"civil.missile", "passed", "actual", "issue", "太平洋", "7時44分"},
		{"国民保護情報",
			"ミサイル落下。ミサイル落下。ミサイルが、７時４４分頃、青森県周辺に落下した"
			"ものと"
			"みられます。続報をお伝えしますので、引き続き屋内に避難してください。",
			"civil.missile", "fell", "actual", "issue", "青森県周辺", "7時44分"},
		{"国民保護情報",
			"先程のミサイルは、我が国の領海外の海域に落下したものとみられます。",
			"civil.missile", "outside_waters", "actual", "issue", "", ""},
		{"国民保護情報", "先程のミサイルに関する避難の呼びかけを解除します。",
			"civil.missile", "", "actual", "release", "", ""},
		{"国民保護情報", "先程のミサイル発射の情報は、誤報でした。", "civil.missile", "",
			"actual", "cancel", "", ""},
		{"国民保護情報",
			"航空攻撃情報。航空攻撃情報。当地域に航空攻撃の可能性があります。屋内に避難"
			"し、"
			"テレビ・ラジオをつけてください。",
			"civil.air_attack", "", "actual", "issue", "", ""},
		{"国民保護情報", "ゲリラ攻撃情報。当地域にゲリラ攻撃の可能性があります。",
			"civil.guerrilla", "", "actual", "issue", "", ""},
		{"国民保護情報", "大規模テロ情報。当地域にテロの危険が及ぶ可能性があります。",
			"civil.terror", "", "actual", "issue", "", ""},
		{"国民保護に係る警報", "市内で不審物が見つかりました。", "civil.other", "",
			"actual", "issue", "", ""},
		{"Ｊアラート", "これは、Ｊアラートのテストです。", "civil.other", "", "exercise",
			"issue", "", ""},
		{"【訓練】国民保護情報", "これは訓練です。ミサイル発射。ミサイル発射。",
			"civil.missile", "launch", "exercise", "issue", "", ""},
		{"テスト送信", "緊急地震速報のメールの動作確認", "eew.warning", "", "test", "issue",
			"", ""},
		{"J-ALERT", "緊急地震速報。大地震です。大地震です。", "eew.warning", "", "actual",
			"issue", "", ""},
		{"津波", "大津波警報。大津波警報。東日本大震災クラスの津波が来襲します。",
			"tsunami.major_warning", "", "actual", "issue", "", ""},
		{"津波", "津波警報が発表されました。海岸付近の方は高台に避難してください。",
			"tsunami.warning", "", "actual", "issue", "", ""},
		{"津波", "津波注意報が発表されました。", "tsunami.advisory", "", "actual", "issue",
			"", ""},
		{"津波", "津波注意報は解除されました。", "tsunami.warning", "", "actual", "release",
			"", ""},
		{"気象", "大雨特別警報。大雨特別警報。", "weather.rain", "", "actual", "issue", "",
			""},
		{"気象", "暴風雪特別警報が発表されました。", "weather.snowstorm", "", "actual",
			"issue", "", ""},
		{"火山", "噴火警報（居住地域）が発表されました。", "volcano.warning_residential",
			"", "actual", "issue", "", ""},
		{"火山", "噴火速報", "volcano.flash", "", "actual", "issue", "", ""},
		{"気象", "竜巻注意情報", "weather.tornado", "", "actual", "issue", "", ""},
	};
	struct mail_rules *rules = example_rules();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct decode_refusal refusal = {0};
		char *mail = write_mail((int)i, rows[i].subject, rows[i].body);
		struct alert *a = decode_mail(rules, mail, strlen(mail), &refusal);
		if (!a || a->item_count != 1) {
			fail_msg("row %zu: %s %s", i, refusal.code, refusal.reason);
		}
		const struct alert_item *item = &a->items[0];
		if (strcmp(item->kind->name, rows[i].kind) != 0 ||
			strcmp(item->code, rows[i].stage) != 0 ||
			strcmp(alert_status_name(a->status), rows[i].status) != 0 ||
			strcmp(alert_action_name(a->action), rows[i].action) != 0 ||
			strcmp(item->name, rows[i].place) != 0 ||
			strcmp(item->value, rows[i].time) != 0) {
			fail_msg("row %zu: %s %s %s %s \"%s\" \"%s\" by %s", i, item->kind->name,
				item->code, alert_status_name(a->status),
				alert_action_name(a->action), item->name, item->value, a->revision);
		}
		alert_free(a);
		free(mail);
	}
	mail_rules_free(rules);
}

static void test_no_drill_is_taken_for_real_by_a_denial(void **state)
{
	(void)state;
	struct mail_rules *rules = example_rules();
	struct decode_refusal refusal;
	char *mail = write_mail(0, "【訓練ではありません】国民保護情報",
		"これは訓練ではありません。ミサイル発射。ミサイル発射。");
	struct alert *a = decode_mail(rules, mail, strlen(mail), &refusal);
	assert_int_equal(a->status, ALERT_STATUS_ACTUAL);
	alert_free(a);
	free(mail);
	mail_rules_free(rules);
}

static void test_a_mail_no_rule_knows_is_kept_for_staff(void **state)
{
	(void)state;
	struct mail_rules *rules = example_rules();
	struct decode_refusal refusal;
	char *mail = write_mail(0, "機器状態通知", "電源が復旧しました。");
	struct alert *a = decode_mail(rules, mail, strlen(mail), &refusal);
	assert_non_null(a);
	assert_int_equal(a->item_count, 0);
	assert_int_equal(a->status, ALERT_STATUS_TEST);
	assert_string_equal(a->warnings[0].code, "mail-unmatched");
	alert_free(a);
	free(mail);
	mail_rules_free(rules);
}

/* ---- identity ---- */

static struct alert *launch(const struct mail_rules *rules, int seconds, const char *body)
{
	struct decode_refusal refusal;
	char *mail = write_mail(seconds, "国民保護情報", body);
	struct alert *a = decode_mail(rules, mail, strlen(mail), &refusal);
	free(mail);
	assert_non_null(a);
	return a;
}

static void test_identity_is_words_and_time(void **state)
{
	(void)state;
	struct mail_rules *rules = example_rules();
	struct alert *a = launch(rules, 0, "ミサイル発射。ミサイル発射。");
	struct alert *folded = launch(rules, 0, "ミサイル発射。ミサ\r\nイル発射。");
	struct alert *wide = launch(rules, 0, "ﾐｻｲﾙ発射。ミサイル発射。　");
	struct alert *later = launch(rules, 60, "ミサイル発射。ミサイル発射。");
	assert_string_equal(a->digest, folded->digest);
	assert_string_equal(a->digest, wide->digest);
	assert_string_not_equal(a->digest, later->digest);
	assert_string_equal(a->events, later->events);
	alert_free(a);
	alert_free(folded);
	alert_free(wide);
	alert_free(later);
	mail_rules_free(rules);
}

static void test_the_time_our_server_took_it_serves_where_the_mail_has_none(void **state)
{
	(void)state;
	static const char mail[] =
		"Received: from receiver by mail.city.example.jp (Postfix);\r\n"
		"\tFri, 20 Nov 2026 14:00:05 +0900 (JST)\r\n"
		"Received: from nowhere; Fri, 20 Nov 2020 14:00:05 +0900\r\n"
		"From: receiver@city.example.jp\r\nSubject: x\r\n\r\nミサイル発射";
	struct mail_rules *rules = example_rules();
	struct decode_refusal refusal;
	struct alert *a = decode_mail(rules, mail, strlen(mail), &refusal);
	assert_non_null(a);
	assert_int_equal(a->issued.ms, INT64_C(1795150805000));
	assert_string_equal(a->warnings[0].code, "mail-no-date");
	alert_free(a);
	mail_rules_free(rules);
}

static void test_a_time_no_alert_can_bear_is_shown_as_ours(void **state)
{
	(void)state;
	static const struct {
		const char *date;
		int64_t ms;
		int offset;
	} rows[] = {
		{"Fri, 20 Nov 2026 14:00:00 +0900", INT64_C(1795150800000), 540},
		{"Fri, 20 Nov 2026 05:00:00 GMT", INT64_C(1795150800000), 0},
		{"Fri, 20 Nov 2026 23:00:00 +1800", INT64_C(1795150800000), 540},
		{"Fri, 20 Nov 1826 14:00:00 +0900", INT64_MIN, 540},
		{"yesterday", INT64_MIN, 540},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pool *pool = pool_new();
		const char *text = pool_printf(pool, "Date: %s\r\n\r\nx", rows[i].date);
		struct mail m;
		mail_read(pool, text, strlen(text), &m);
		if (m.date.ms != rows[i].ms || m.offset_minutes != rows[i].offset) {
			fail_msg("%s: %lld %d", rows[i].date, (long long)m.date.ms,
				m.offset_minutes);
		}
		pool_free(pool);
	}
}

/* ---- conditions ---- */

static void test_conditions(void **state)
{
	(void)state;
	static const struct {
		const char *when;
		const char *subject;
		const char *body;
		bool matches;
	} rows[] = {
		{"{subject: [Ｊアラート]}", "Jアラート", "x", true},
		{"{subject: [a, b]}", "b", "x", true},
		{"{subject: [a], body: [b]}", "a", "x", false},
		{"{text: [a], not: [b]}", "a", "b", false},
		{"{from: ['@city.example.jp']}", "x", "x", true},
		{"{from: ['@example.jp']}", "x", "x", false},
		{"{from: ['Receiver@City.example.jp']}", "x", "x", true},
		{"{body_regex: '^[0-9]{2}時$'}", "x", "１４時", true},
		{"{body_regex: '^.時$'}", "x", "朝時", true},
		{"{subject_regex: '訓練|試験'}", "試験", "x", true},
		{"{subject_regex: '訓練|試験'}", "x", "試験", false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *yaml = NULL;
		assert_true(asprintf(&yaml,
				    "rules: [{name: r, when: %s, kind: civil.other, severity: "
				    "extreme}]",
				    rows[i].when) > 0);
		struct mail_rules *rules = rules_of(yaml);
		char *mail = write_mail(0, rows[i].subject, rows[i].body);
		struct decode_refusal refusal;
		struct alert *a = decode_mail(rules, mail, strlen(mail), &refusal);
		if (!a || (a->item_count == 1) != rows[i].matches) {
			fail_msg("%s", rows[i].when);
		}
		alert_free(a);
		free(mail);
		mail_rules_free(rules);
		free(yaml);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_charsets),
		cmocka_unit_test(test_header_lines),
		cmocka_unit_test(test_normal_form),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_nesting_is_bounded),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_a_mail_too_large_is_refused),
		cmocka_unit_test(test_the_shipped_rules),
		cmocka_unit_test(test_no_drill_is_taken_for_real_by_a_denial),
		cmocka_unit_test(test_a_mail_no_rule_knows_is_kept_for_staff),
		cmocka_unit_test(test_identity_is_words_and_time),
		cmocka_unit_test(test_the_time_our_server_took_it_serves_where_the_mail_has_none),
		cmocka_unit_test(test_a_time_no_alert_can_bear_is_shown_as_ours),
		cmocka_unit_test(test_conditions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
