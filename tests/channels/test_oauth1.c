/* SPDX-License-Identifier: Apache-2.0
 *
 * OAuth 1.0a: signatures computed with another implementation (HMAC of Python's standard library).
 */
#include "channels/social/oauth1.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

static const struct {
	const char *name;
	struct oauth1 keys;
	const char *url;
	const char *expected;
} cases[] = {
	{"keys as services give them",
		{.consumer_key = "xvz1evFS4wEEPTGEFPHBog",
			.consumer_secret = "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
			.token = "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPr9EyMZeS9weJAEb",
			.token_secret = "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
			.nonce = "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
			.timestamp = "1318622958"},
		"https://api.twitter.com/2/tweets",
		"OAuth oauth_consumer_key=\"xvz1evFS4wEEPTGEFPHBog\", "
		"oauth_nonce=\"kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg\", "
		"oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"1318622958\", "
		"oauth_token=\"370773112-GmHxMAgYyLbNEtIKZeRNFsMKPr9EyMZeS9weJAEb\", "
		"oauth_version=\"1.0\", oauth_signature=\"MmEpU%2B0E4%2FXb1UdwRJzp9l6dukI%3D\""},
	{"every key needs escaping, twice in the signed text",
		{.consumer_key = "key %&+/=~",
			.consumer_secret = "s&e=c r/e+t",
			.token = "tok日本",
			.token_secret = "~-._!*'()",
			.nonce = "n",
			.timestamp = "1"},
		"http://127.0.0.1:8080/2/tweets",
		"OAuth oauth_consumer_key=\"key%20%25%26%2B%2F%3D~\", oauth_nonce=\"n\", "
		"oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"1\", "
		"oauth_token=\"tok%E6%97%A5%E6%9C%AC\", oauth_version=\"1.0\", "
		"oauth_signature=\"wLb2THMazU28aGZyP1RZBVi1R%2BU%3D\""},
};

static void test_signatures(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char line[1024];
		int rc = oauth1_authorization(
			&cases[i].keys, "POST", cases[i].url, line, sizeof(line));
		if (rc || strcmp(line, cases[i].expected) != 0) {
			fail_msg("%s: %d %s", cases[i].name, rc, line);
		}
	}
}

static void test_no_room(void **state)
{
	(void)state;
	char line[1024];
	size_t size = strlen(cases[1].expected);
	assert_int_equal(
		oauth1_authorization(&cases[1].keys, "POST", cases[1].url, line, size), -EMSGSIZE);
	assert_int_equal(
		oauth1_authorization(&cases[1].keys, "POST", cases[1].url, line, size + 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_no_room),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
