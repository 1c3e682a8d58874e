/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "ingest/fetch/dmdata/dmdata.h"

#include <errno.h>
#include <event2/http.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_ITEMS = 100 };

/* One server in each region: the service restarts them in turn. */
static const char *const usual_servers[] = {"ws-tokyo.api.dmdata.jp", "ws-osaka.api.dmdata.jp"};
static const char usual_api[] = "https://api.dmdata.jp";

static struct text_list copy_list(struct pool *pool, const json_t *list, size_t max)
{
	struct text_list copy = {
		.list = pool_take(pool, (json_array_size(list) + 1) * sizeof(*copy.list))};
	size_t i;
	json_t *text;
	json_array_foreach(list, i, text)
	{
		if (copy.count < max) {
			copy.list[copy.count++] = pool_copy_text(pool, json_string_value(text));
		}
	}
	return copy;
}

/* RFC 7617: the key is the user, the password is empty. */
static int read_key(struct dmdata_settings *s, const json_t *options, struct err *e)
{
	char *key = NULL;
	int rc = file_read_secret(json_text(options, "key_file", ""), &key, e);
	if (rc != 0) {
		return err_prefix(e, "key_file: ");
	}
	char *pair = pool_printf(s->pool, "%s:", key);
	size_t size = strlen(pair);
	s->authorization = mem_new(sizeof("Basic ") + base64_size(size));
	memcpy(s->authorization, "Basic ", sizeof("Basic ") - 1);
	base64_encode(pair, size, s->authorization + sizeof("Basic ") - 1);
	explicit_bzero(pair, size);
	explicit_bzero(key, strlen(key));
	free(key);
	return 0;
}

static const char *start_body(struct pool *pool, const json_t *options)
{
	json_t *body = json_object();
	json_object_set(body, "classifications", json_object_get(options, "classifications"));
	if (json_array_size(json_object_get(options, "types")) > 0) {
		json_object_set(body, "types", json_object_get(options, "types"));
	}
	json_put_text(body, "test", json_text(options, "test", "no"));
	json_put_text(body, "appName", "hansho");
	json_put_text(body, "formatMode", "raw");
	char *text = json_dumps(body, JSON_COMPACT);
	const char *kept = pool_copy_text(pool, text);
	free(text);
	json_decref(body);
	return kept;
}

static const char *list_query(struct pool *pool, const json_t *options)
{
	const char *query = "";
	size_t i;
	json_t *name;
	json_array_foreach(json_object_get(options, "classifications"), i, name)
	{
		char *escaped = evhttp_encode_uri(json_string_value(name));
		query = pool_printf(pool, "%s%s%s", query, i ? "," : "classification=", escaped);
		free(escaped);
	}
	return pool_printf(pool, "%s&test=%s&formatMode=raw&limit=%d", query,
		json_text(options, "test", "no"), PAGE_ITEMS);
}

static struct text_list servers(struct pool *pool, const json_t *options)
{
	const json_t *named = json_object_get(options, "servers");
	if (json_array_size(named) > 0) {
		return copy_list(pool, named, DMDATA_SERVERS_MAX);
	}
	if (strcmp(json_text(options, "api_url", ""), usual_api) != 0) {
		return (struct text_list){0};
	}
	struct text_list usual = {.list = pool_take(pool, sizeof(usual_servers)),
		.count = sizeof(usual_servers) / sizeof(usual_servers[0])};
	memcpy(usual.list, usual_servers, sizeof(usual_servers));
	return usual;
}

int dmdata_settings_new(const json_t *options, struct dmdata_settings **out, struct err *e)
{
	struct pool *pool = pool_new();
	struct dmdata_settings *s = pool_take(pool, sizeof(*s));
	int64_t quiet_ms = json_int(options, "quiet", 40000);
	*s = (struct dmdata_settings){
		.pool = pool,
		.api_url = pool_copy_text(pool, json_text(options, "api_url", usual_api)),
		.data_url = pool_copy_text(pool, json_text(options, "data_url", "")),
		.list_query = list_query(pool, options),
		.start_body = start_body(pool, options),
		.servers = servers(pool, options),
		.types = copy_list(pool, json_object_get(options, "types"), SIZE_MAX),
		.ca_file = pool_copy_text(pool, json_text(options, "ca_file", "")),
		.list_interval_ms = json_int(options, "list_interval", 300000),
		.timeout_ms = json_int(options, "timeout", 15000),
		.retry_first_ms = json_int(options, "retry_first", 1000),
		.quiet_s = (int)((quiet_ms + 999) / 1000),
	};
	int rc = read_key(s, options, e);
	if (rc != 0) {
		dmdata_settings_free(s);
		return rc;
	}
	*out = s;
	return 0;
}

void dmdata_settings_free(struct dmdata_settings *s)
{
	if (!s) {
		return;
	}
	if (s->authorization) {
		explicit_bzero(s->authorization, strlen(s->authorization));
		free(s->authorization);
	}
	pool_free(s->pool);
}

bool dmdata_settings_want(const struct dmdata_settings *s, const char *type)
{
	bool named = false;
	bool only = false;
	for (size_t i = 0; i < s->types.count; i++) {
		const char *row = s->types.list[i];
		if (row[0] == '!' && strcmp(row + 1, type) == 0) {
			return false;
		}
		only = only || row[0] != '!';
		named = named || strcmp(row, type) == 0;
	}
	return named || !only;
}
