/* SPDX-License-Identifier: Apache-2.0 */
#include "net/broker_options.h"

#include "base/file.h"
#include "base/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct option_row tls_rows[] = {
	{.key = "ca_file",
		.type = OPTION_FILE,
		.required = true,
		.help = "Certificate authorities the broker's certificate is checked against."},
	{.key = "cert_file", .type = OPTION_FILE, .help = "Our client certificate, PEM."},
	{.key = "key_file", .type = OPTION_SECRET, .help = "Its private key, PEM."},
	{0},
};

const struct option_row broker_option_rows[] = {
	{.key = "host", .type = OPTION_TEXT, .required = true, .help = "Name or address."},
	{.key = "port",
		.type = OPTION_INT,
		.fallback = "8883",
		.min = 1,
		.max = 65535,
		.help = "TCP port; 8883 is MQTT over TLS, 1883 plain."},
	{.key = "tls",
		.type = OPTION_TABLE,
		.rows = tls_rows,
		.help = "TLS 1.2 or later; without it the connection is plain, for closed networks "
			"only."},
	{.key = "username", .type = OPTION_TEXT, .help = "User name at the broker."},
	{.key = "password_file", .type = OPTION_SECRET, .help = "File with the password."},
	{0},
};

int broker_options_check(const json_t *brokers, struct err *e)
{
	if (json_array_size(brokers) == 0) {
		return err_set(e, -EINVAL, "at least one broker is needed");
	}
	size_t i;
	json_t *broker;
	json_array_foreach(brokers, i, broker)
	{
		const json_t *tls = json_object_get(broker, "tls");
		bool cert = json_object_get(tls, "cert_file");
		if (cert != (json_object_get(tls, "key_file") != NULL)) {
			return err_set(e, -EINVAL, "tls: cert_file and key_file go together");
		}
		if (json_object_get(broker, "password_file") &&
			json_text(broker, "username", "")[0] == '\0') {
			return err_set(e, -EINVAL, "password_file needs a username");
		}
	}
	return 0;
}

static int read_broker(
	struct broker_address *to, struct pool *pool, const json_t *row, struct err *e)
{
	const json_t *tls = json_object_get(row, "tls");
	*to = (struct broker_address){
		.host = pool_copy_text(pool, json_text(row, "host", "")),
		.port = (int)json_int(row, "port", tls ? 8883 : 1883),
		.ca_file = pool_copy_text(pool, json_text(tls, "ca_file", "")),
		.cert_file = pool_copy_text(pool, json_text(tls, "cert_file", "")),
		.key_file = pool_copy_text(pool, json_text(tls, "key_file", "")),
		.username = pool_copy_text(pool, json_text(row, "username", "")),
		.password = "",
	};
	const char *path = json_text(row, "password_file", "");
	if (path[0] == '\0') {
		return 0;
	}
	char *secret = NULL;
	int rc = file_read_secret(path, &secret, e);
	if (rc) {
		return err_prefix(e, "brokers: %s: password_file: ", to->host);
	}
	to->password = pool_copy_text(pool, secret);
	explicit_bzero(secret, strlen(secret));
	free(secret);
	return 0;
}

int broker_addresses_read(
	struct broker_addresses *a, struct pool *pool, const json_t *brokers, struct err *e)
{
	*a = (struct broker_addresses){
		.list = pool_take(pool, (json_array_size(brokers) + 1) * sizeof(*a->list))};
	size_t i;
	json_t *row;
	json_array_foreach(brokers, i, row)
	{
		int rc = read_broker(&a->list[i], pool, row, e);
		if (rc) {
			return rc;
		}
		a->count++;
	}
	return 0;
}

void broker_addresses_clear(struct broker_addresses *a)
{
	for (size_t i = 0; i < a->count; i++) {
		char *password = (char *)a->list[i].password;
		explicit_bzero(password, strlen(password));
	}
	a->count = 0;
}
