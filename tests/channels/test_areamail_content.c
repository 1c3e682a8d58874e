/* SPDX-License-Identifier: Apache-2.0
 *
 * Area mail: the closed list, what is taken out of texts, the limits, the template.
 */
#include "base/mem.h"
#include "channels/areamail/content.h"
#include "channels/areamail/template.h"
#include "channels/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <stdlib.h>
#include <string.h>

#define TEN   "避難避難避難避難避難"
#define FIFTY TEN TEN TEN TEN TEN
#define MARK  "【訓練】"

extern const unsigned char areamail_template_bytes[];

static const struct clean_case {
	const char *name;
	const char *text;
	const char *expected;
} cleans[] = {
	{"plain", "高台へ避難。\nただちに", "高台へ避難。\nただちに"},
	{"empty", "", ""},
	{"address", "詳細はhttps://city.example.jp/a?b=1へ", "詳細はへ"},
	{"address in brackets", "(https://city.example.jp/)です", "()です"},
	{"address after a colon", "詳細:https://city.example.jp/", "詳細:"},
	{"address in capitals", "HTTP://CITY.EXAMPLE.JP", ""},
	{"www", "www.example.jpで", "で"},
	{"name of a host", "city.example.jp/bosai を", " を"},
	{"full stop after an address", "https://a.example.jp/x.", "."},
	{"mailto", "mailto:a@example.jp", ""},
	{"mail", "bousai+x@city.example.jpへ", "へ"},
	{"mail after a colon", "mail:bousai@city.example.jp", "mail:"},
	{"mail with the wide sign", "bousai＠city.example.jp", ""},
	{"no mail", "3人@公民館", "3人@公民館"},
	{"telephone", "電話0187-12-3456まで", "電話まで"},
	{"telephone after letters and a colon", "FAX:0187-12-3456", "FAX:"},
	{"telephone as an address", "TEL:0187-12-3456", ""},
	{"telephone with brackets", "(0187)12-3456", ""},
	{"telephone, wide", "電話０１８７－１２－３４５６まで", "電話まで"},
	{"telephone, wide brackets", "０１８７（１２）３４５６", ""},
	{"telephone, long mark for a hyphen", "0187ー12ー3456", ""},
	{"telephone, abroad", "+81-187-12-3456", ""},
	{"telephone, free", "0120-123-456", ""},
	{"service number", "#7119へ", "へ"},
	{"service number, wide", "＃７１１９へ", "へ"},
	{"a number with something invisible inside", "電話0187-12\u200B-3456", "電話"},
	{"a number in circles", "電話0187-①2-3456", "電話"},
	{"half of a half-width kana", "ｱ\xEF\xBE", "ア〓〓"},
	{"emergency numbers stay", "119番", "119番"},
	{"date stays", "2026-11-20", "2026-11-20"},
	{"date with day stays", "2026-11-20(1)", "2026-11-20(1)"},
	{"range stays", "1000-2000人、10000-20000戸", "1000-2000人、10000-20000戸"},
	{"time and decimals stay", "14:30 5.5m 1.2km 0.5m", "14:30 5.5m 1.2km 0.5m"},
	{"level stays", "警戒レベル4（避難）", "警戒レベル4（避難）"},
	{"numbers in circles", "①⑩⑪", "(1)(10)11"},
	{"roman numerals", "ⅢⅣⅲ", "IIIIViii"},
	{"units", "㍍㎞㎜㍉", "メートルkmmmミリ"},
	{"company", "㈱半鐘", "(株)半鐘"},
	{"kana of half width", "ﾎｰﾙｶﾞﾊﾟ", "ホールガパ"},
	{"names", "髙橋﨑", "高橋崎"},
	{"outside the BMP", "𠮷野家", "吉野家"},
	{"picture", "津波🚨警報", "津波〓警報"},
	{"picture with selector", "☂\uFE0F", "〓"},
	{"invisible", "津\u200B波\uFEFF警\u202E報\x07", "津波警報"},
	{"tab", "a\tb", "a b"},
	{"waves and minus", "10〜20−5", "10～20－5"},
	{"XML is left to the template", "<b>&\"'", "<b>&\"'"},
	{"not UTF-8", "a\xFF", "a〓"},
};

static void test_cleaning(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cleans) / sizeof(cleans[0]); i++) {
		char *got = areamail_clean(cleans[i].text);
		if (strcmp(got, cleans[i].expected) != 0) {
			fail_msg("%s: %s", cleans[i].name, got);
		}
		char *again = areamail_clean(got);
		if (strcmp(again, got) != 0) {
			fail_msg("%s: a second pass changes it: %s", cleans[i].name, again);
		}
		free(got);
		free(again);
	}
}

static struct broadcast *make(
	const char *kind, const char *title, const char *brief, const char *body)
{
	struct broadcast *b = broadcast_new();
	b->id = "0011.1";
	b->status = ALERT_STATUS_ACTUAL;
	b->kind = kind_find(kind);
	b->event = EVENT_ISSUED;
	b->texts = pool_take(b->pool, sizeof(*b->texts));
	b->texts[0] = (struct broadcast_text){
		.lang = "ja", .title = title, .brief = brief, .body = body, .speech = ""};
	b->text_count = 1;
	return b;
}

static const struct list_case {
	const char *name;
	const char *kind;
	enum event_type event;
	int level;
	enum severity severity;
	size_t replaces;
	bool allowed;
} list[] = {
	{"missile", "civil.missile", EVENT_ISSUED, 0, SEVERITY_EXTREME, 0, true},
	{"the elderly", "evacuation.elderly", EVENT_ISSUED, 3, SEVERITY_MODERATE, 0, true},
	{"evacuation", "evacuation.order", EVENT_ISSUED, 4, SEVERITY_SEVERE, 0, true},
	{"save your life", "evacuation.emergency", EVENT_ISSUED, 5, SEVERITY_EXTREME, 0, true},
	{"major tsunami", "tsunami.major_warning", EVENT_ISSUED, 0, SEVERITY_EXTREME, 0, true},
	{"tsunami", "tsunami.warning", EVENT_ISSUED, 0, SEVERITY_SEVERE, 0, true},
	{"tsunami advisory", "tsunami.advisory", EVENT_ISSUED, 0, SEVERITY_MODERATE, 0, true},
	{"eruption", "volcano.warning_residential", EVENT_ISSUED, 0, SEVERITY_SEVERE, 0, true},
	{"landslide 4", "weather.landslide", EVENT_ISSUED, 4, SEVERITY_SEVERE, 0, true},
	{"landslide 3", "weather.landslide", EVENT_ISSUED, 3, SEVERITY_SEVERE, 0, false},
	{"landslide 3, extreme", "weather.landslide", EVENT_ISSUED, 3, SEVERITY_EXTREME, 0, true},
	{"river 3", "flood.river", EVENT_ISSUED, 3, SEVERITY_SEVERE, 0, true},
	{"river 2", "flood.river", EVENT_ISSUED, 2, SEVERITY_SEVERE, 0, false},
	{"special warning", "weather.rain", EVENT_ISSUED, 5, SEVERITY_EXTREME, 0, true},
	{"rain warning", "weather.rain", EVENT_ISSUED, 3, SEVERITY_SEVERE, 0, false},
	{"crime", "safety.crime", EVENT_ISSUED, 0, SEVERITY_EXTREME, 0, false},
	{"crime, released", "safety.crime", EVENT_RELEASED, 0, SEVERITY_MINOR, 1, false},
	{"lost person", "safety.missing_person", EVENT_ISSUED, 0, SEVERITY_EXTREME, 0, false},
	{"notice", "city.notice", EVENT_ISSUED, 0, SEVERITY_EXTREME, 0, false},
	{"quake that is over", "earthquake.intensity", EVENT_ISSUED, 0, SEVERITY_EXTREME, 0, false},
	{"tsunami released", "tsunami.warning", EVENT_RELEASED, 0, SEVERITY_MINOR, 1, true},
	{"river lowered after a message", "flood.river", EVENT_LOWERED, 2, SEVERITY_MINOR, 1, true},
	{"river lowered, nothing before", "flood.river", EVENT_LOWERED, 2, SEVERITY_MINOR, 0,
		false},
	{"rain released, nothing before", "weather.rain", EVENT_RELEASED, 0, SEVERITY_MINOR, 0,
		false},
};

static void test_closed_list(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		struct broadcast *b = make(list[i].kind, "t", "s", "b");
		assert_non_null(b->kind);
		b->event = list[i].event;
		b->level = list[i].level;
		b->severity = list[i].severity;
		b->replace_count = list[i].replaces;
		if (areamail_allows(b) != list[i].allowed) {
			fail_msg("%s", list[i].name);
		}
		b->status = ALERT_STATUS_EXERCISE;
		assert_int_equal(areamail_allows(b), list[i].allowed);
		broadcast_free(b);
	}
}

static const struct word_case {
	const char *name;
	const char *title;
	const char *brief;
	const char *body;
	enum alert_status status;
	const char *subject;
	const char *text;
} words[] = {
	{"fits", "津波警報", "短", "高台へ", ALERT_STATUS_ACTUAL, "津波警報", "高台へ"},
	{"drill", "津波警報", "短", "高台へ", ALERT_STATUS_EXERCISE, MARK "津波警報",
		MARK "高台へ"},
	{"200 exactly", "t", "短", FIFTY FIFTY FIFTY FIFTY, ALERT_STATUS_ACTUAL, "t",
		FIFTY FIFTY FIFTY FIFTY},
	{"201", "t", "短", FIFTY FIFTY FIFTY FIFTY "。", ALERT_STATUS_ACTUAL, "t", "短"},
	{"198 and a newline", "t", "短", FIFTY FIFTY FIFTY TEN TEN TEN TEN "\n避難避難避難避難",
		ALERT_STATUS_ACTUAL, "t", FIFTY FIFTY FIFTY TEN TEN TEN TEN "\n避難避難避難避難"},
	{"199 and a newline", "t", "短", FIFTY FIFTY FIFTY TEN TEN TEN TEN "\n避難避難避難避難避",
		ALERT_STATUS_ACTUAL, "t", "短"},
	{"the mark counts", "t", "短", FIFTY FIFTY FIFTY FIFTY, ALERT_STATUS_EXERCISE, MARK "t",
		MARK "短"},
	{"long subject is cut", TEN TEN, "短", "b", ALERT_STATUS_ACTUAL, TEN "避難避難…", "b"},
	{"long subject of a drill", TEN TEN, "短", "b", ALERT_STATUS_EXERCISE, MARK TEN "…",
		MARK "b"},
	{"cleaning makes it fit", "①②③④⑤⑥", "短", FIFTY FIFTY FIFTY FIFTY "https://a.example.jp",
		ALERT_STATUS_ACTUAL, "(1)(2)(3)(4)(5…", FIFTY FIFTY FIFTY FIFTY},
	{"nothing left of the subject", "https://a.example.jp", "", "b", ALERT_STATUS_ACTUAL, "b",
		"b"},
};

static void test_wording(void **state)
{
	(void)state;
	const struct areamail_limits limits = {.subject_max = 15, .body_max = 200};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct broadcast *b =
			make("tsunami.warning", words[i].title, words[i].brief, words[i].body);
		struct areamail_text text;
		b->status = words[i].status;
		areamail_word(b, &limits, &text);
		if (text_length(text.subject, TEXT_CHARACTERS) > 15 ||
			text_length(text.body, TEXT_NEWLINE_TWO) > 200 ||
			strcmp(text.body, words[i].text) != 0 ||
			strcmp(text.subject, words[i].subject) != 0) {
			fail_msg("%s: %s / %s", words[i].name, text.subject, text.body);
		}
		areamail_text_clear(&text);
		broadcast_free(b);
	}
}

/* ---- template ---- */

static const struct template_value values[] = {
	{"key", "k1"},
	{"subject", "<script>&\"'"},
	{"body", "]]> {{key}} \x01\n<!-- -->"},
	{"sent", "2026-11-20T14:30:00+09:00"},
	{"kind_of_message", "Alert"},
	{NULL, NULL},
};

static void test_template_escapes(void **state)
{
	(void)state;
	struct buf out;
	buf_init(&out, 1000);
	assert_int_equal(
		template_fill("<a b=\"{{subject}}\">{{body}}{{sender}}</a>", values, &out), 0);
	assert_string_equal(buf_text(&out),
		"<a b=\"&lt;script&gt;&amp;&quot;&#39;\">]]&gt; {{key}}  \n&lt;!-- --&gt;</a>");
	buf_clear(&out);
	buf_init(&out, 10);
	assert_true(template_fill("{{sent}}", values, &out) != 0);
	buf_clear(&out);
}

static const struct {
	const char *text;
	const char *fault; /* NULL: fine */
} templates[] = {
	{"<a>{{subject}}</a>", NULL},
	{"<a>no names</a>", NULL},
	{"<a>\n\n{{wrong}}</a>", "line 3: unknown placeholder {{wrong}}"},
	{"<a>{{ subject }}</a>", "unknown placeholder"},
	{"<a>{{subject</a>", "line 1"},
	{"{{}}", "unknown placeholder {{}}"},
	{"{{subjects}}", "unknown placeholder {{subjects}}"},
};

static void test_template_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(templates) / sizeof(templates[0]); i++) {
		struct err e = {0};
		int rc = template_check(templates[i].text, &e);
		if (rc != (templates[i].fault ? -EINVAL : 0) ||
			(templates[i].fault && !strstr(e.text, templates[i].fault))) {
			fail_msg("%s: %d %s", templates[i].text, rc, e.text);
		}
	}
}

static char *xpath(xmlDocPtr doc, const char *path)
{
	xmlXPathContextPtr context = xmlXPathNewContext(doc);
	xmlXPathRegisterNs(context, BAD_CAST "c", BAD_CAST "urn:oasis:names:tc:emergency:cap:1.2");
	xmlXPathObjectPtr found = xmlXPathEvalExpression(BAD_CAST path, context);
	char *text = (char *)xmlXPathCastToString(found);
	xmlXPathFreeObject(found);
	xmlXPathFreeContext(context);
	return text;
}

static void test_shipped_template_is_well_formed(void **state)
{
	(void)state;
	struct err e = {0};
	struct buf out;
	buf_init(&out, 100000);
	assert_int_equal(template_check((const char *)areamail_template_bytes, &e), 0);
	assert_int_equal(template_fill((const char *)areamail_template_bytes, values, &out), 0);
	xmlDocPtr doc = xmlReadMemory(out.data, (int)out.size, "a.xml", NULL, XML_PARSE_NONET);
	assert_non_null(doc);
	char *headline = xpath(doc, "string(//c:alert/c:info/c:headline)");
	char *body = xpath(doc, "string(//c:alert/c:info/c:description)");
	assert_string_equal(headline, "<script>&\"'");
	assert_string_equal(body, "]]> {{key}}  \n<!-- -->");
	xmlFree(headline);
	xmlFree(body);
	xmlFreeDoc(doc);
	buf_clear(&out);
	xmlCleanupParser();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cleaning),
		cmocka_unit_test(test_closed_list),
		cmocka_unit_test(test_wording),
		cmocka_unit_test(test_template_escapes),
		cmocka_unit_test(test_template_faults),
		cmocka_unit_test(test_shipped_template_is_well_formed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
