/* SPDX-License-Identifier: Apache-2.0
 *
 * What DMDATA.JP's WebSocket and list say: messages, bodies, pages.
 */
#include "base/digest.h"
#include "base/mem.h"
#include "ingest/fetch/dmdata/message.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

static const struct {
	const char *text;
	int rc;
	enum dmdata_type type;
} messages[] = {
	{"{\"type\":\"ping\",\"pingId\":\"012345\"}", 0, DMDATA_PING},
	{"{\"type\":\"ping\"}", 0, DMDATA_PING},
	{"{\"type\":\"pong\"}", 0, DMDATA_PONG},
	{"{\"type\":\"start\",\"socketId\":17}", 0, DMDATA_START},
	{"{\"type\":\"error\",\"error\":\"Server error.\",\"code\":4503,\"close\":true}", 0,
		DMDATA_ERROR},
	{"{\"type\":\"news\"}", 0, DMDATA_OTHER},
	{"{}", 0, DMDATA_OTHER},
	{"[]", -EBADMSG, DMDATA_OTHER},
	{"{\"type\":", -EBADMSG, DMDATA_OTHER},
	{"", -EBADMSG, DMDATA_OTHER},
	{"{\"type\":\"data\",\"id\":\"0af3\",\"format\":\"xml\"}", 0, DMDATA_DATA},
	/* The id becomes part of a URL. */
	{"{\"type\":\"data\",\"id\":\"../v2/socket\"}", -EBADMSG, DMDATA_DATA},
	{"{\"type\":\"data\",\"id\":\"\"}", -EBADMSG, DMDATA_DATA},
	{"{\"type\":\"data\",\"id\":5}", -EBADMSG, DMDATA_DATA},
	{"{\"type\":\"data\"}", -EBADMSG, DMDATA_DATA},
};

static void test_messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		struct dmdata_message m;
		struct err e = {0};
		int rc = dmdata_message_read(messages[i].text, strlen(messages[i].text), &m, &e);
		if (rc != messages[i].rc) {
			print_error("%s: %d %s\n", messages[i].text, rc, e.text);
		}
		assert_int_equal(rc, messages[i].rc);
		if (rc == 0) {
			assert_int_equal(m.type, messages[i].type);
		} else {
			assert_true(e.text[0] != '\0');
		}
		dmdata_message_clear(&m);
	}
}

static void test_members(void **state)
{
	(void)state;
	struct dmdata_message m;
	struct err e = {0};
	assert_int_equal(
		dmdata_message_read(messages[0].text, strlen(messages[0].text), &m, &e), 0);
	assert_string_equal(m.ping_id, "012345");
	dmdata_message_clear(&m);
	assert_int_equal(
		dmdata_message_read(messages[3].text, strlen(messages[3].text), &m, &e), 0);
	assert_int_equal(m.socket_id, 17);
	dmdata_message_clear(&m);
	assert_int_equal(
		dmdata_message_read(messages[4].text, strlen(messages[4].text), &m, &e), 0);
	assert_string_equal(m.text, "Server error.");
	assert_int_equal(m.code, 4503);
	assert_true(m.close);
	dmdata_message_clear(&m);
}

/* text, packed as the service packs it. */
static char *packed(const char *text, size_t size)
{
	z_stream z = {0};
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, 0), Z_OK);
	size_t room = deflateBound(&z, size) + 64;
	unsigned char *bytes = mem_new(room);
	z.next_in = (unsigned char *)text;
	z.avail_in = (unsigned int)size;
	z.next_out = bytes;
	z.avail_out = (unsigned int)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	char *out = mem_new(base64_size(z.total_out));
	base64_encode(bytes, z.total_out, out);
	deflateEnd(&z);
	free(bytes);
	return out;
}

static int unpack(const char *compression, const char *encoding, const char *body, char **xml)
{
	struct dmdata_message m = {
		.id = "0af3", .compression = compression, .encoding = encoding, .body = body};
	struct err e = {0};
	size_t size;
	int rc = dmdata_unpack(&m, xml, &size, &e);
	assert_true((rc == 0) == (e.text[0] == '\0'));
	assert_true(rc != 0 || strlen(*xml) == size);
	return rc;
}

static void test_bodies(void **state)
{
	(void)state;
	static const char text[] = "<Report>津波</Report>";
	char *xml = NULL;
	char *body = packed(text, sizeof(text) - 1);
	assert_int_equal(unpack("gzip", "base64", body, &xml), 0);
	assert_string_equal(xml, text);
	free(xml);
	assert_int_equal(unpack("", "utf-8", text, &xml), 0);
	assert_string_equal(xml, text);
	free(xml);
	assert_int_equal(unpack("zip", "base64", body, &xml), -ENOTSUP);
	assert_int_equal(unpack("gzip", "hex", body, &xml), -ENOTSUP);
	assert_int_equal(unpack("gzip", "base64", "!!!", &xml), -EBADMSG);
	assert_int_equal(unpack("gzip", "base64", "", &xml), -EBADMSG);
	assert_int_equal(unpack("gzip", "base64", "AAAA", &xml), -EBADMSG);
	body[strlen(body) / 8 * 4] = '\0'; /* the connection broke */
	assert_int_equal(unpack("gzip", "base64", body, &xml), -EBADMSG);
	free(body);
}

static void test_body_that_never_ends(void **state)
{
	(void)state;
	size_t size = DMDATA_BODY_BYTES_MAX + 1000;
	char *zeros = mem_new(size);
	char *xml = NULL;
	char *body = packed(zeros, size);
	assert_int_equal(unpack("gzip", "base64", body, &xml), -EMSGSIZE);
	free(body);
	free(zeros);
}

static void test_list(void **state)
{
	(void)state;
	static const char page[] =
		"{\"status\":\"ok\",\"items\":[{\"id\":\"ab\",\"format\":\"xml\"},"
		"{\"id\":\"cd\",\"format\":\"a/n\"},{\"id\":\"x/y\",\"format\":\"xml\"},7],"
		"\"nextToken\":\"older\",\"nextPooling\":\"newer\"}";
	struct dmdata_list list;
	struct err e = {0};
	assert_int_equal(dmdata_list_read(page, sizeof(page) - 1, &list, &e), 0);
	assert_string_equal(list.next_page, "older");
	assert_string_equal(list.next_polling, "newer");
	assert_string_equal(dmdata_item_id(json_array_get(list.items, 0)), "ab");
	for (size_t i = 1; i < 4; i++) {
		assert_null(dmdata_item_id(json_array_get(list.items, i)));
	}
	dmdata_list_clear(&list);

	static const char refusal[] =
		"{\"status\":\"error\",\"error\":{\"message\":\"Authorization required.\","
		"\"code\":401}}";
	assert_int_equal(dmdata_list_read(refusal, sizeof(refusal) - 1, &list, &e), -EPROTO);
	assert_non_null(strstr(e.text, "Authorization required. (401)"));
	dmdata_list_clear(&list);
	assert_int_equal(dmdata_list_read("{\"status\":\"ok\"}", 15, &list, &e), -EBADMSG);
	dmdata_list_clear(&list);
	assert_int_equal(dmdata_list_read("<html>", 6, &list, &e), -EBADMSG);
	dmdata_list_clear(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_body_that_never_ends),
		cmocka_unit_test(test_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
