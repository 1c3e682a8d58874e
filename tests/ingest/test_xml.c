/* SPDX-License-Identifier: Apache-2.0
 *
 * xml.h against hostile and odd documents.
 */
#include "ingest/xml.h"

#include "base/buf.h"
#include "base/digest.h"
#include "tests/cmocka_all.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int parse_text(const char *text, xmlDoc **doc, int *line)
{
	struct err e = {0};
	return xml_parse(text, strlen(text), doc, line, &e);
}

static void test_refused(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *text;
		int rc;
		int line;
	} rows[] = {
		{"empty", "", -EBADMSG, 1},
		{"no XML", "alert!", -EBADMSG, 1},
		{"cut off", "<a>\n<b>text", -EBADMSG, 2},
		{"two roots", "<a/>\n<b/>", -EBADMSG, 2},
		{"unknown entity", "<a>&ghost;</a>", -EBADMSG, 1},
		{"bad UTF-8", "<a>\xff\xfe</a>", -EBADMSG, 1},
		{"plain DOCTYPE", "<!DOCTYPE a><a/>", -EPERM, 0},
		{"external DTD", "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", -EPERM, 0},
		{"billion laughs",
			"<!DOCTYPE a [<!ENTITY b \"lol\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;\">"
			"<!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;\">]><a>&d;</a>",
			-EPERM, 0},
		{"external entity",
			"<!DOCTYPE a [<!ENTITY x SYSTEM \"http://127.0.0.1/x\">]><a>&x;</a>",
			-EPERM, 0},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		xmlDoc *doc = NULL;
		int line = -1;
		print_message("%s\n", rows[i].name);
		assert_int_equal(parse_text(rows[i].text, &doc, &line), rows[i].rc);
		assert_null(doc);
		assert_int_equal(line, rows[i].line);
	}
}

/* A document of count pieces between a head and a tail. */
static void build(
	struct buf *b, const char *head, const char *piece, size_t count, const char *tail)
{
	buf_reset(b);
	(void)buf_add_text(b, head);
	for (size_t i = 0; i < count; i++) {
		(void)buf_add_text(b, piece);
	}
	(void)buf_add_text(b, tail);
	assert_int_equal(b->failed, 0);
}

static int parse_buf(const struct buf *b)
{
	xmlDoc *doc = NULL;
	struct err e = {0};
	int rc = xml_parse(b->data, b->size, &doc, NULL, &e);
	if (doc) {
		xmlFreeDoc(doc);
	}
	assert_true(rc == 0 || e.text[0] != '\0');
	return rc;
}

static void test_depth(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 1 << 20);
	build(&b, "", "<a>", XML_DEPTH_LIMIT, "");
	for (size_t i = 0; i < XML_DEPTH_LIMIT; i++) {
		(void)buf_add_text(&b, "</a>");
	}
	assert_int_equal(parse_buf(&b), 0);
	build(&b, "", "<a>", XML_DEPTH_LIMIT + 1, "");
	assert_int_equal(parse_buf(&b), -EMSGSIZE);
	build(&b, "", "<a>", 100000, "");
	assert_int_equal(parse_buf(&b), -EMSGSIZE);
	buf_clear(&b);
}

static void test_size_and_nodes(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 10 * 1024 * 1024);
	build(&b, "<a>", "123456789\n", 9 * 1024 * 1024 / 10, "</a>");
	assert_int_equal(parse_buf(&b), -EMSGSIZE);
	build(&b, "<a>", "<b/>x", XML_NODE_LIMIT / 2, "</a>");
	assert_int_equal(parse_buf(&b), -EMSGSIZE);
	build(&b, "<a ", "", 0, "");
	for (int i = 0; i < 100; i++) {
		(void)buf_addf(&b, "n%d='' ", i);
	}
	(void)buf_add_text(&b, "/>");
	assert_int_equal(parse_buf(&b), -EMSGSIZE);
	buf_clear(&b);
}

static void test_finding(void **state)
{
	(void)state;
	xmlDoc *doc = NULL;
	assert_int_equal(
		parse_text("<p:a xmlns:p='urn:1' xmlns:q='urn:2'><q:b>other</q:b><!-- c -->"
			   "<p:b n=' v '> \n\xe3\x80\x80 fi<!-- cut -->rst\xe3\x80\x80</p:b>"
			   "<p:c/><p:b><p:d><![CDATA[deep]]></p:d></p:b></p:a>",
			&doc, NULL),
		0);
	struct pool *pool = pool_new();
	const xmlNode *root = xmlDocGetRootElement(doc);
	assert_true(xml_is(root, "urn:1", "a"));
	assert_false(xml_is(root, "urn:2", "a"));
	const xmlNode *b = xml_child(root, "urn:1", "b");
	assert_string_equal(xml_text(pool, b), "first");
	assert_string_equal(xml_attribute(pool, b, "n"), "v");
	assert_string_equal(xml_attribute(pool, b, "none"), "");
	b = xml_next(b);
	assert_string_equal(xml_child_text(pool, b, "urn:1", "d"), "deep");
	assert_null(xml_next(b));
	assert_string_equal(xml_child_text(pool, root, NULL, "b"), "other");
	assert_null(xml_path(root, "urn:1", "b/d"));
	assert_ptr_equal(xml_path(root, "urn:1", "c"), xml_child(root, "urn:1", "c"));
	assert_string_equal(xml_text(pool, NULL), "");
	assert_null(xml_child(NULL, NULL, "b"));
	pool_free(pool);
	xmlFreeDoc(doc);
}

static void digest_text(const char *text, char out[DIGEST_HEX_SIZE])
{
	xmlDoc *doc = NULL;
	assert_int_equal(parse_text(text, &doc, NULL), 0);
	struct digest *d = digest_new();
	xml_digest(d, xmlDocGetRootElement(doc));
	digest_end_hex(d, out);
	digest_free(d);
	xmlFreeDoc(doc);
}

static void test_digest(void **state)
{
	(void)state;
	static const char base[] = "<a xmlns='urn:1' x='1' y='2'><b>text</b><c/></a>";
	static const struct {
		const char *name;
		const char *text;
		bool same;
	} rows[] = {
		{"declaration and white space",
			"<?xml version='1.0' encoding='UTF-8'?>\n<a xmlns='urn:1' x='1' y='2'>\n"
			"  <b> text\n</b>\n<c></c></a>\n",
			true},
		{"prefixes and comments",
			"<p:a xmlns:p='urn:1' x='1' y='2'><!-- x --><p:b>text</p:b><p:c /></p:a>",
			true},
		{"order of attributes", "<a xmlns='urn:1' y='2' x='1'><b>text</b><c/></a>", true},
		{"another text", "<a xmlns='urn:1' x='1' y='2'><b>texts</b><c/></a>", false},
		{"another namespace", "<a xmlns='urn:2' x='1' y='2'><b>text</b><c/></a>", false},
		{"another attribute", "<a xmlns='urn:1' x='1' y='3'><b>text</b><c/></a>", false},
		{"text elsewhere", "<a xmlns='urn:1' x='1' y='2'><b/><c>text</c></a>", false},
		{"nested", "<a xmlns='urn:1' x='1' y='2'><b>text<c/></b></a>", false},
	};
	char expected[DIGEST_HEX_SIZE];
	digest_text(base, expected);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char got[DIGEST_HEX_SIZE];
		print_message("%s\n", rows[i].name);
		digest_text(rows[i].text, got);
		assert_int_equal(strcmp(got, expected) == 0, rows[i].same);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_size_and_nodes),
		cmocka_unit_test(test_finding),
		cmocka_unit_test(test_digest),
	};
	xml_setup();
	return cmocka_run_group_tests_name("xml", tests, NULL, NULL);
}
