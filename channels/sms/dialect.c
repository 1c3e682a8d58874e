/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/sms/dialect.h"

#include "base/mem.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { URL_LIMIT = 32 * 1024, BODY_LIMIT = 64 * 1024, DIGITS_MIN = 3, DIGITS_MAX = 20 };

static const struct sms_dialect *const dialects[] = {&sms_dialect_json, &sms_dialect_kannel};

const struct sms_dialect *sms_dialect_find(const char *name)
{
	for (size_t i = 0; i < sizeof(dialects) / sizeof(dialects[0]); i++) {
		if (strcmp(dialects[i]->name, name) == 0) {
			return dialects[i];
		}
	}
	return NULL;
}

void sms_request_init(struct sms_request *r)
{
	*r = (struct sms_request){0};
	buf_init(&r->url, URL_LIMIT);
	buf_init(&r->body, BODY_LIMIT);
}

void sms_request_clear(struct sms_request *r)
{
	for (size_t i = 0; i < r->header_count; i++) {
		explicit_bzero(r->headers[i], strlen(r->headers[i]));
		free(r->headers[i]);
	}
	if (r->url.data) {
		explicit_bzero(r->url.data, r->url.size);
	}
	buf_clear(&r->url);
	buf_clear(&r->body);
}

void sms_request_header(
	struct sms_request *r, const char *name, const char *scheme, const char *value)
{
	size_t size = strlen(name) + strlen(scheme) + strlen(value) + 4;
	char *line = mem_new(size);
	(void)snprintf(line, size, "%s: %s%s%s", name, scheme, scheme[0] ? " " : "", value);
	if (r->header_count == SMS_HEADERS || strpbrk(line, "\r\n")) {
		r->failed = true;
		explicit_bzero(line, size);
		free(line);
		return;
	}
	r->headers[r->header_count++] = line;
}

bool sms_number(const char *address, char out[SMS_NUMBER_SIZE])
{
	size_t count = 0;
	size_t digits = 0;
	for (const char *at = address; *at; at++) {
		if (strchr(" -()", *at)) {
			continue;
		}
		bool digit = *at >= '0' && *at <= '9';
		if ((!digit && !(*at == '+' && count == 0)) || count == DIGITS_MAX + 1) {
			return false;
		}
		out[count++] = *at;
		digits += digit;
	}
	out[count] = '\0';
	return digits >= DIGITS_MIN && digits <= DIGITS_MAX;
}

char *sms_url_encode(const char *text)
{
	char *escaped = curl_easy_escape(NULL, text, (int)strlen(text));
	if (!escaped) {
		abort();
	}
	char *copy = mem_copy_text(escaped);
	explicit_bzero(escaped, strlen(escaped));
	curl_free(escaped);
	return copy;
}
