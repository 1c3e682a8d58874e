/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/http_answer.h"

#include "base/json.h"

#include <stdlib.h>
#include <string.h>

/* Refusals of a decoder are 422; these are about the request itself. */
static const struct {
	const char *code;
	int status;
} request_faults[] = {
	{"bad-request", 400},
	{"bad-frame", 400},
	{"unauthorized", 401},
	{"source-not-allowed", 403},
	{"identity-unknown", 403},
	{"not-found", 404},
	{"method-not-allowed", 405},
	{"length-required", 411},
	{"too-large", 413},
	{"unsupported-media-type", 415},
	{"expectation-failed", 417},
	{"header-too-large", 431},
};

static const struct {
	int status;
	const char *reason;
	const char *fields; /* that this status demands */
} statuses[] = {
	{200, "OK", ""},
	{201, "Created", ""},
	{400, "Bad Request", ""},
	{401, "Unauthorized", "WWW-Authenticate: Bearer\r\n"},
	{403, "Forbidden", ""},
	{404, "Not Found", ""},
	{405, "Method Not Allowed", "Allow: POST\r\n"},
	{408, "Request Timeout", ""},
	{411, "Length Required", ""},
	{413, "Content Too Large", ""},
	{415, "Unsupported Media Type", ""},
	{417, "Expectation Failed", ""},
	{422, "Unprocessable Content", ""},
	{431, "Request Header Fields Too Large", ""},
	{500, "Internal Server Error", ""},
	{503, "Service Unavailable", "Retry-After: 5\r\n"},
};

int http_answer_status(const json_t *answer)
{
	if (json_object_get(answer, "accepted")) {
		return 201;
	}
	if (json_object_get(answer, "duplicate") || json_object_get(answer, "health")) {
		return 200;
	}
	if (json_object_get(answer, "retry")) {
		return strcmp(json_text(answer, "retry", ""), "timeout") == 0 ? 408 : 503;
	}
	const char *code = json_text(answer, "refused", "");
	for (size_t i = 0; i < sizeof(request_faults) / sizeof(request_faults[0]); i++) {
		if (strcmp(request_faults[i].code, code) == 0) {
			return request_faults[i].status;
		}
	}
	return code[0] ? 422 : 503; /* never a success that nobody said */
}

void http_answer_write(struct evbuffer *out, const char *answer, bool closing)
{
	json_t *object = json_loads(answer, 0, NULL);
	int status = http_answer_status(object);
	json_decref(object);
	size_t i = 0;
	while (statuses[i].status != status) {
		i++;
	}
	if (evbuffer_add_printf(out,
		    "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\n"
		    "Content-Length: %zu\r\nCache-Control: no-store\r\n%s%s\r\n%s\n",
		    status, statuses[i].reason, strlen(answer) + 1, statuses[i].fields,
		    closing ? "Connection: close\r\n" : "", answer) < 0) {
		abort();
	}
}
