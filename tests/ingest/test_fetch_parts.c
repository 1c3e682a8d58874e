/* SPDX-License-Identifier: Apache-2.0
 *
 * The pure parts of the fetch programs: cadence, names, hourly share, feed documents, memory,
 * addresses, names of spooled files.
 */
#include "tests/cmocka_all.h"

#include "ingest/fetch/atom/budget.h"
#include "ingest/fetch/atom/cadence.h"
#include "ingest/fetch/atom/memory.h"
#include "ingest/fetch/atom/names.h"
#include "ingest/fetch/atom/reader.h"
#include "ingest/fetch/registry.h"
#include "ingest/fetch/spool/spool.h"
#include "ingest/xml.h"
#include "net/http_get.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MINUTE_MS = 60000 };

/* ---- cadence ---- */

static void test_polls_at_second_twenty(void **state)
{
	(void)state;
	static const struct {
		int64_t now;
		int64_t late;
		int64_t next;
	} rows[] = {
		{0, 0, 20000},
		{19999, 0, 20000},
		{20000, 0, 80000}, /* never twice for one moment */
		{20001, 0, 80000},
		{59999, 0, 80000},
		{22000, 3000, 23000},
		{23000, 3000, 83000},
		{-40001, 0, -40000},
		{-40000, 0, 20000},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct cadence c = {
			.interval_ms = MINUTE_MS, .at_ms = 20000, .late_ms = rows[i].late};
		struct wall_time now = {.ms = rows[i].now};
		assert_int_equal(cadence_next(&c, now).ms, rows[i].next);
	}
}

static void test_a_place_beyond_the_interval_wraps(void **state)
{
	(void)state;
	const struct cadence c = {.interval_ms = 1000, .at_ms = 20000, .late_ms = 1500};
	assert_int_equal(cadence_next(&c, (struct wall_time){.ms = 100}).ms, 500);
}

static void test_the_delay_is_the_installations_own(void **state)
{
	(void)state;
	bool differs = false;
	int64_t first = cadence_delay("iwaki", "jma", 5000);
	char site[16];
	assert_int_equal(first, cadence_delay("iwaki", "jma", 5000));
	for (int i = 0; i < 50; i++) {
		(void)snprintf(site, sizeof(site), "town%d", i);
		int64_t delay = cadence_delay(site, "jma", 5000);
		assert_true(delay >= 0 && delay <= 5000);
		differs = differs || delay != first;
	}
	assert_true(differs);
	assert_int_equal(cadence_delay("iwaki", "jma", 0), 0);
}

/* ---- names ---- */

static void test_names_of_telegrams(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		const char *type; /* NULL: no such name */
		const char *office;
	} rows[] = {
		{"https://x/developer/xml/data/20240725051641_0_VPWW53_260000.xml", "VPWW53",
			"260000"},
		{"20211124001234_12_VXKO70_150000.xml", "VXKO70", "150000"},
		{"20240725051641_0_VPWW53_260000.xml.gz", NULL, NULL},
		{"2024072505164_0_VPWW53_260000.xml", NULL, NULL},
		{"20240725051641_VPWW53_260000.xml", NULL, NULL},
		{"20240725051641_0_VPWW53.xml", NULL, NULL},
		{"20240725051641_0_vpww53_260000.xml", NULL, NULL},
		{"20240725051641_99999999999_VPWW53_260000.xml", NULL, NULL},
		{"20240725051641_0_VPWW5333333333333333_260000.xml", NULL, NULL},
		{"typhoon2.xml", NULL, NULL},
		{"", NULL, NULL},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct jma_name name;
		bool is_name = jma_name_parse(rows[i].path, &name);
		assert_int_equal(is_name, rows[i].type != NULL);
		if (is_name) {
			assert_string_equal(name.type, rows[i].type);
			assert_string_equal(name.office, rows[i].office);
		}
	}
}

static void test_filters(void **state)
{
	(void)state;
	static const char *const some[] = {"VPWW*", "VTSE41", "VPWS50", "VXKO*"};
	static const char *const ours[] = {"070000"};
	static const struct {
		const char *type;
		const char *office;
		bool in_all;
		bool in_some;
		bool with_office;
	} rows[] = {
		{"VPWW55", "070000", true, true, true},
		{"VPWW55", "130000", true, true, false},
		{"VTSE41", "270000", true, true, true}, /* Osaka writes for Tokyo */
		{"VTSE51", "010000", true, false, true},
		{"VXKO70", "150000", true, true, true}, /* a river of two prefectures */
		{"VPHW51", "130000", true, false, false},
		{"VPWS50", "070000", false, false, false},
	};
	struct text_list none = {0};
	struct text_list types = {.list = (const char **)some, .count = COUNT_OF(some)};
	struct text_list offices = {.list = (const char **)ours, .count = COUNT_OF(ours)};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct jma_name name = {0};
		(void)snprintf(name.type, sizeof(name.type), "%s", rows[i].type);
		(void)snprintf(name.office, sizeof(name.office), "%s", rows[i].office);
		assert_int_equal(jma_name_wanted(&name, &none, &none), rows[i].in_all);
		assert_int_equal(jma_name_wanted(&name, &types, &none), rows[i].in_some);
		assert_int_equal(jma_name_wanted(&name, &none, &offices), rows[i].with_office);
	}
}

/* ---- the hour's share ---- */

static void test_old_telegrams_leave_room_for_new_ones_and_for_polls(void **state)
{
	(void)state;
	struct wall_time now = {.ms = 5000000};
	struct budget b = {.requests_max = 10, .bytes_max = 1000};
	assert_true(budget_allows(&b, BUDGET_BACKLOG, now));
	budget_count(&b, 6, 0);
	assert_false(budget_allows(&b, BUDGET_BACKLOG, now));
	assert_true(budget_allows(&b, BUDGET_FRESH, now));
	budget_count(&b, 3, 0);
	assert_false(budget_allows(&b, BUDGET_FRESH, now));
	assert_true(budget_allows(&b, BUDGET_POLL, now));
	budget_count(&b, 0, 1000);
	assert_false(budget_allows(&b, BUDGET_POLL, now));
	now.ms += 3600 * 1000 - 1;
	assert_false(budget_allows(&b, BUDGET_POLL, now));
	now.ms += 1;
	assert_true(budget_allows(&b, BUDGET_BACKLOG, now));
	budget_count(&b, 10, 0);
	assert_false(budget_allows(&b, BUDGET_POLL, now));
	now.ms -= 7200 * 1000; /* the clock was set back */
	assert_true(budget_allows(&b, BUDGET_POLL, now));
}

/* ---- documents ---- */

#define FEED(text)  "<feed xmlns='http://www.w3.org/2005/Atom'>" text "</feed>"
#define RSS(text)   "<rss version='2.0'><channel>" text "</channel></rss>"
#define ENTRY(text) FEED("<entry>" text "</entry>")
#define ALERT                                                                                      \
	"<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>1</identifier></alert>"

static const struct {
	const char *text;
	int rc;
	size_t count;
	size_t unusable;
	const char *link;     /* of the first; "" embedded */
	const char *embedded; /* a piece of it; NULL: none */
} documents[] = {
	{FEED(""), 0, 0, 0, NULL, NULL},
	{ENTRY("<link href='a.xml'/>"), 0, 1, 0, "a.xml", NULL},
	{ENTRY("<link rel='self' href='s'/><link rel='alternate' type='text/html' href='h'/>"), 0,
		1, 0, "s", NULL},
	{ENTRY("<link href='page'/><link type='application/cap+xml' href='cap'/>"), 0, 1, 0, "cap",
		NULL},
	{ENTRY("<link rel='edit' href='no'/><id>http://x/1.xml</id>"), 0, 1, 0, "http://x/1.xml",
		NULL},
	{ENTRY("<link type='image/png' href='no'/><id>urn:x</id>"), 0, 0, 1, NULL, NULL},
	{ENTRY("<title>nothing</title>"), 0, 0, 1, NULL, NULL},
	{ENTRY("<content type='text/xml'>" ALERT "</content>"), 0, 1, 0, "", "<identifier>1"},
	{ENTRY("<content type='text'>&lt;alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'/>"
	       "</content>"),
		0, 1, 0, "", "<alert xmlns="},
	{ENTRY("<content>&lt;b&gt;words&lt;/b&gt;</content><link href='a'/>"), 0, 1, 0, "a", NULL},
	{ENTRY("<link href='whole'/>" ALERT), 0, 1, 0, "whole", NULL},
	{ENTRY(ALERT), 0, 1, 0, "", "<identifier>1"},
	{RSS(""), 0, 0, 0, NULL, NULL},
	{RSS("<item><link>a.xml</link></item><item><link>b.xml</link></item>"), 0, 2, 0, "a.xml",
		NULL},
	{RSS("<item><link>page</link><enclosure type='application/cap+xml' url='e.xml'/></item>"),
		0, 1, 0, "e.xml", NULL},
	{RSS("<item><guid>http://x/g.xml</guid></item>"), 0, 1, 0, "http://x/g.xml", NULL},
	{RSS("<item><guid isPermaLink='false'>http://x/g</guid></item>"), 0, 0, 1, NULL, NULL},
	{"<rss version='2.0'/>", -EPROTO, 0, 0, NULL, NULL},
	{"<feed/>", -EPROTO, 0, 0, NULL, NULL},
	{"<html/>", -EPROTO, 0, 0, NULL, NULL},
	{"", -EBADMSG, 0, 0, NULL, NULL},
	{"<feed xmlns='http://www.w3.org/2005/Atom'><entry>", -EBADMSG, 0, 0, NULL, NULL},
	{"<!DOCTYPE feed []><feed xmlns='http://www.w3.org/2005/Atom'/>", -EPERM, 0, 0, NULL, NULL},
};

static void test_documents(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(documents); i++) {
		struct feed_document doc;
		struct err e = {0};
		int rc = feed_document_read(documents[i].text, strlen(documents[i].text), &doc, &e);
		assert_int_equal(rc, documents[i].rc);
		if (rc) {
			continue;
		}
		assert_int_equal(doc.count, documents[i].count);
		assert_int_equal(doc.unusable, documents[i].unusable);
		if (documents[i].count > 0) {
			assert_string_equal(doc.list[0].link, documents[i].link);
			assert_int_equal(
				doc.list[0].embedded != NULL, documents[i].embedded != NULL);
		}
		if (documents[i].embedded) {
			assert_non_null(strstr(doc.list[0].embedded, documents[i].embedded));
		}
		feed_document_clear(&doc);
	}
}

static void test_the_newest_time_anywhere_counts(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t newest_s;
	} rows[] = {
		{FEED("<updated>2026-11-20T09:00:00+09:00</updated>"), 1795132800},
		{FEED("<updated>2026-11-20T09:00:00+09:00</updated>"
		      "<entry><link href='a'/><updated>2026-11-20T00:00:01Z</updated></entry>"),
			1795132801},
		{RSS("<lastBuildDate>Thu, 13 Jul 2023 06:47:59 +0000</lastBuildDate>"
		     "<pubDate>Fri, 20 Nov 2026 00:00:00 +0000</pubDate>"),
			1795132800},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct feed_document doc;
		struct err e = {0};
		assert_int_equal(
			feed_document_read(rows[i].text, strlen(rows[i].text), &doc, &e), 0);
		assert_int_equal(doc.updated.ms / 1000, rows[i].newest_s);
		feed_document_clear(&doc);
	}
	struct feed_document doc;
	struct err e = {0};
	assert_int_equal(feed_document_read(FEED("<updated>today</updated>"),
				 strlen(FEED("<updated>today</updated>")), &doc, &e),
		0);
	assert_true(wall_time_is_none(doc.updated));
	feed_document_clear(&doc);
}

static void test_bad_utf8_is_mended_and_declared_charsets_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool repaired;
	} rows[] = {
		{ENTRY("<title>m\xe9t\xe9o</title><link href='a'/>"), true},
		{ENTRY("<title>cut \xe3\x81</title><link href='a'/>"), true},
		{"<?xml version='1.0' encoding='iso-8859-1'?>" ENTRY(
			 "<title>m\xe9t\xe9o</title><link href='a'/>"),
			false},
		{ENTRY("<title>気象</title><link href='a'/>"), false},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct feed_document doc;
		struct err e = {0};
		assert_int_equal(
			feed_document_read(rows[i].text, strlen(rows[i].text), &doc, &e), 0);
		assert_int_equal(doc.count, 1);
		assert_int_equal(doc.repaired, rows[i].repaired);
		feed_document_clear(&doc);
	}
}

/* A long feed of a bad week is larger than any telegram may be. */
static void test_a_feed_may_be_larger_than_a_telegram(void **state)
{
	(void)state;
	static const char entry[] = "<entry><link href='20240725051641_0_VPWW53_260000.xml'/>"
				    "<updated>2026-11-20T00:00:01Z</updated></entry>";
	size_t copies = (size_t)12 * 1024 * 1024 / strlen(entry);
	char *text = malloc(copies * strlen(entry) + 100);
	assert_non_null(text);
	size_t at = strlen(FEED("")) - strlen("</feed>");
	memcpy(text, FEED(""), at);
	for (size_t i = 0; i < copies; i++) {
		memcpy(text + at, entry, strlen(entry));
		at += strlen(entry);
	}
	memcpy(text + at, "</feed>", 7);
	struct feed_document doc;
	struct err e = {0};
	assert_int_equal(feed_document_read(text, at + 7, &doc, &e), 0);
	assert_int_equal(doc.count, copies);
	feed_document_clear(&doc);
	free(text);
}

/* ---- memory ---- */

static void test_memory_outlives_the_process(void **state)
{
	(void)state;
	char folder[] = "/tmp/hansho-memory-XXXXXX";
	struct err e = {0};
	assert_non_null(mkdtemp(folder));
	struct memory *m = memory_open(folder);
	assert_false(memory_has_seen(m, "a"));
	assert_true(wall_time_is_none(memory_source(m, "u").covered));
	memory_see(m, "a", (struct wall_time){.ms = 10000000});
	memory_see(m, "b", (struct wall_time){.ms = 20000000});
	const struct memory_source source = {.etag = "\"x\"",
		.last_modified = "",
		.newest = WALL_TIME_NONE,
		.covered = {.ms = 7}};
	const struct budget spent = {.begin = {.ms = 1}, .requests = 2, .bytes = 3};
	memory_put_source(m, "u", &source);
	memory_put_budget(m, &spent);
	assert_true(memory_changed(m));
	assert_int_equal(memory_save(m, &e), 0);
	assert_false(memory_changed(m));
	memory_free(m);

	m = memory_open(folder);
	assert_true(memory_has_seen(m, "a"));
	assert_string_equal(memory_source(m, "u").etag, "\"x\"");
	assert_int_equal(memory_source(m, "u").covered.ms, 7);
	assert_true(wall_time_is_none(memory_source(m, "u").newest));
	struct budget b = {0};
	memory_get_budget(m, &b);
	assert_int_equal(b.requests, 2);
	memory_forget(m, (struct wall_time){.ms = 15000000});
	assert_false(memory_has_seen(m, "a"));
	assert_true(memory_has_seen(m, "b"));
	memory_free(m);

	char path[64];
	(void)snprintf(path, sizeof(path), "%s/polled.json", folder);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
}

/* ---- addresses ---- */

static void test_addresses(void **state)
{
	(void)state;
	static const struct {
		const char *base;
		const char *ref;
		const char *whole; /* NULL: refused */
	} rows[] = {
		{"https://x.jp/feed/a.xml", "../data/1.xml", "https://x.jp/data/1.xml"},
		{"https://x.jp/feed/a.xml", "https://y.jp/1.xml#r1", "https://y.jp/1.xml"},
		{"https://x.jp/feed/a.xml", "//y.jp/1", "https://y.jp/1"},
		{"https://x.jp/", "file:///etc/passwd", NULL},
		{"https://x.jp/", "ftp://x.jp/1", NULL},
		{"https://x.jp/", "https://user:word@x.jp/1", NULL},
		{"https://x.jp/", "https://user@x.jp/1", NULL},
		{"nonsense", "1.xml", NULL},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char out[256];
		int rc = http_url_resolve(rows[i].base, rows[i].ref, out, sizeof(out));
		assert_int_equal(rc == 0, rows[i].whole != NULL);
		if (rows[i].whole) {
			assert_string_equal(out, rows[i].whole);
		}
	}
	char small[8];
	assert_int_equal(http_url_resolve("https://x.jp/", "long-name.xml", small, sizeof(small)),
		-EMSGSIZE);
	char host[64];
	assert_int_equal(http_url_host("https://X.JP:443/a", host, sizeof(host)), 0);
	assert_string_equal(host, "x.jp");
	assert_int_equal(http_url_host("http://x.jp:8080/a", host, sizeof(host)), 0);
	assert_string_equal(host, "x.jp:8080");
	assert_int_equal(http_url_path("https://x.jp/a/b?c=d#e", host, sizeof(host)), 0);
	assert_string_equal(host, "/a/b?c=d");
}

static void test_private_networks(void **state)
{
	(void)state;
	static const struct {
		const char *address;
		bool is_private;
	} rows[] = {
		{"8.8.8.8", false},
		{"127.0.0.1", true},
		{"10.1.2.3", true},
		{"172.15.0.1", false},
		{"172.31.255.255", true},
		{"192.168.0.1", true},
		{"169.254.169.254", true},
		{"100.64.0.1", true},
		{"224.0.0.1", true},
		{"0.0.0.0", true},
		{"198.51.100.1", false},
		{"::1", true},
		{"fe80::1", true},
		{"fd00::1", true},
		{"::ffff:10.0.0.1", true},
		{"2001:db8::1", false},
		{"::ffff:8.8.8.8", false},
		{"ff02::1", true},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct sockaddr_in v4 = {.sin_family = AF_INET};
		struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
		bool is_v4 = inet_pton(AF_INET, rows[i].address, &v4.sin_addr) == 1;
		assert_true(is_v4 || inet_pton(AF_INET6, rows[i].address, &v6.sin6_addr) == 1);
		assert_int_equal(http_address_is_private(is_v4 ? (const void *)&v4 : &v6),
			rows[i].is_private);
	}
}

/* ---- options ---- */

static void test_urls_that_may_be_polled(void **state)
{
	(void)state;
	static const struct {
		const char *url;
		const char *more;
		bool good;
	} rows[] = {
		{"https://www.data.jma.go.jp/developer/xml/feed/extra.xml", "", true},
		{"http://www.data.jma.go.jp/developer/xml/feed/extra.xml", "", false},
		{"http://feed.example/a", "'plain_http':true,", true},
		{"http://127.0.0.1:8080/a", "'private_addresses':true,", true},
		{"http://127.0.0.1:8080/a", "", false},
		{"http://[::1]:8080/a", "'private_addresses':true,", true},
		{"http://127.0.0.1/a", "'private_addresses':true,'interval':100,", true},
		{"https://feed.example/a", "'interval':100,", false},
		{"https://user:word@feed.example/a", "", false},
		{"https:///a", "", false},
		{"ftp://feed.example/a", "", false},
		{"feed.example", "", false},
		{"https://feed.example/a b", "", false},
	};
	const struct fetch_declaration *atom = fetch_registry_find("atom");
	assert_non_null(atom);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		json_t *options = json_pack("{s:[{s:s}]}", "feeds", "url", rows[i].url);
		(void)json_object_set_new(options, "plain_http",
			json_boolean(strstr(rows[i].more, "plain_http") != NULL));
		(void)json_object_set_new(options, "private_addresses",
			json_boolean(strstr(rows[i].more, "private") != NULL));
		(void)json_object_set_new(options, "interval",
			json_integer(strstr(rows[i].more, "interval") ? 100 : MINUTE_MS));
		const char *key = "";
		struct err e = {0};
		assert_int_equal(atom->check(options, &key, &e) == 0, rows[i].good);
		if (!rows[i].good) {
			assert_string_equal(key, "feeds[0]");
		}
		json_decref(options);
	}
}

static void test_names_of_files(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum spool_name verdict;
	} rows[] = {
		{"a.xml", SPOOL_NAME_GOOD},
		{"電文.xml", SPOOL_NAME_GOOD},
		{"-rf", SPOOL_NAME_GOOD},
		{"a.tmp", SPOOL_NAME_UNFINISHED},
		{"a.part", SPOOL_NAME_UNFINISHED},
		{".hidden", SPOOL_NAME_UNFINISHED},
		{"done", SPOOL_NAME_OURS},
		{"refused", SPOOL_NAME_OURS},
		{"a\nb", SPOOL_NAME_BAD},
		{"a\x1b[31m", SPOOL_NAME_BAD},
		{"\xff.xml", SPOOL_NAME_BAD},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(spool_judge_name(rows[i].name), rows[i].verdict);
	}
	char name[256] = {0};
	memset(name, 'x', 201);
	assert_int_equal(spool_judge_name(name), SPOOL_NAME_BAD);
	name[200] = '\0';
	assert_int_equal(spool_judge_name(name), SPOOL_NAME_GOOD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_polls_at_second_twenty),
		cmocka_unit_test(test_a_place_beyond_the_interval_wraps),
		cmocka_unit_test(test_the_delay_is_the_installations_own),
		cmocka_unit_test(test_names_of_telegrams),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_old_telegrams_leave_room_for_new_ones_and_for_polls),
		cmocka_unit_test(test_documents),
		cmocka_unit_test(test_the_newest_time_anywhere_counts),
		cmocka_unit_test(test_bad_utf8_is_mended_and_declared_charsets_are_read),
		cmocka_unit_test(test_a_feed_may_be_larger_than_a_telegram),
		cmocka_unit_test(test_memory_outlives_the_process),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_private_networks),
		cmocka_unit_test(test_urls_that_may_be_polled),
		cmocka_unit_test(test_names_of_files),
	};
	xml_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
