/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_client.h"

#include "base/json.h"
#include "base/loopback.h"
#include "base/mem.h"

#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { RESPONSE_LIMIT = 64 * 1024, MAX_HEADERS = 32, RETRY_AFTER_MAX_S = 24 * 3600 };

struct http_client {
	CURLM *multi;
};

/* One request under way. */
struct transfer {
	struct http_request *request;
	CURL *easy;
	struct curl_slist *headers;
	bool done;
};

void http_settings_read(
	struct http_settings *s, const json_t *options, const json_t *remote, bool reuse)
{
	*s = (struct http_settings){
		.connect_timeout_ms = json_int(options, "connect_timeout", 5000),
		.timeout_ms = json_int(options, "timeout", 15000),
		.ca_file = mem_copy_text(json_text(remote, "ca_file", "")),
		.cert_file = mem_copy_text(json_text(remote, "cert_file", "")),
		.key_file = mem_copy_text(json_text(remote, "key_file", "")),
		.reuse = reuse,
	};
}

void http_settings_clear(struct http_settings *s)
{
	free(s->ca_file);
	free(s->cert_file);
	free(s->key_file);
	*s = (struct http_settings){0};
}

struct http_client *http_client_new(struct err *e)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
		(void)err_set(e, -EIO, "libcurl cannot be started");
		return NULL;
	}
	struct http_client *c = mem_new(sizeof(*c));
	c->multi = curl_multi_init();
	if (!c->multi) {
		abort();
	}
	return c;
}

void http_client_free(struct http_client *c)
{
	if (c) {
		(void)curl_multi_cleanup(c->multi);
		free(c);
		curl_global_cleanup();
	}
}

int http_check_url(const char *url, struct err *e)
{
	CURLU *parts = curl_url();
	char *scheme = NULL;
	char *host = NULL;
	char *user = NULL;
	int rc = 0;
	if (curl_url_set(parts, CURLUPART_URL, url, 0) != CURLUE_OK ||
		curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
		curl_url_get(parts, CURLUPART_HOST, &host, 0) != CURLUE_OK) {
		rc = err_set(e, -EINVAL, "is no URL");
	} else if (curl_url_get(parts, CURLUPART_USER, &user, 0) == CURLUE_OK) {
		rc = err_set(e, -EINVAL, "must not hold a user name or password");
	} else if (strcmp(scheme, "http") == 0 && !loopback_is_host(host)) {
		rc = err_set(e, -EINVAL, "must be https (http only towards this machine)");
	} else if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0) {
		rc = err_set(e, -EINVAL, "must be https");
	}
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	curl_url_cleanup(parts);
	return rc;
}

static size_t on_body(char *data, size_t size, size_t count, void *to)
{
	struct transfer *t = to;
	struct buf *response = &t->request->response;
	size_t bytes = size * count;
	size_t room = response->limit - response->size;
	(void)buf_add(response, data, bytes < room ? bytes : room);
	/* Beyond the cap the transfer is ended: the status, which is known by now, decides. */
	return bytes <= room ? bytes : 0;
}

static void set_headers(struct transfer *t)
{
	const char *const *headers = t->request->headers;
	for (size_t i = 0; headers && headers[i] && i < MAX_HEADERS; i++) {
		assert(!strpbrk(headers[i], "\r\n"));
		t->headers = curl_slist_append(t->headers, headers[i]);
	}
	/* No "Expect: 100-continue": it costs a round trip and some servers never answer it. */
	t->headers = curl_slist_append(t->headers, "Expect:");
}

/* What holds for every connection, of a request or of a probe. */
static void set_connection(CURL *easy, const struct http_settings *s, int64_t timeout_ms)
{
	int64_t connect = s->connect_timeout_ms < timeout_ms ? s->connect_timeout_ms : timeout_ms;
	(void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* A name lookup that hangs is left behind, not waited for: the deadline counts. */
	(void)curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(timeout_ms > 0 ? timeout_ms : 1));
	(void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(connect > 0 ? connect : 1));
	(void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (s->ca_file[0]) {
		(void)curl_easy_setopt(easy, CURLOPT_CAINFO, s->ca_file);
	}
	/* Debian's default CA folder costs 28 ms of processor per fresh connection. */
	(void)curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	if (s->cert_file[0]) {
		(void)curl_easy_setopt(easy, CURLOPT_SSLCERT, s->cert_file);
		(void)curl_easy_setopt(easy, CURLOPT_SSLKEY, s->key_file);
	}
}

static void set_limits(CURL *easy, const struct http_settings *s, int64_t left_ms)
{
	set_connection(easy, s, s->timeout_ms < left_ms ? s->timeout_ms : left_ms);
	(void)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	(void)curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
	/* What is known of the library's silent repetitions was seen with this version. */
	(void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	(void)curl_easy_setopt(easy, CURLOPT_USERAGENT, "hansho/" HANSHO_VERSION);
	if (!s->reuse) {
		(void)curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
		(void)curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	}
}

static void set_method(CURL *easy, const struct http_request *request)
{
	if (strcmp(request->method, "GET") == 0) { /* as POST it would carry a body's headers */
		(void)curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
		return;
	}
	(void)curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
	(void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body);
	(void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size);
}

static void start(
	struct http_client *c, struct transfer *t, struct http_request *request, int64_t left_ms)
{
	*t = (struct transfer){.request = request, .easy = curl_easy_init()};
	if (!t->easy) {
		abort();
	}
	buf_init(&request->response, RESPONSE_LIMIT);
	set_headers(t);
	set_limits(t->easy, request->settings, left_ms);
	(void)curl_easy_setopt(t->easy, CURLOPT_URL, request->url);
	set_method(t->easy, request);
	(void)curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
	(void)curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
	(void)curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
	if (curl_multi_add_handle(c->multi, t->easy) != CURLM_OK) {
		abort();
	}
}

static const struct {
	CURLcode code;
	enum http_end end;
} ends[] = {
	{CURLE_OK, HTTP_END_COMPLETE},
	{CURLE_COULDNT_RESOLVE_HOST, HTTP_END_UNREACHABLE},
	{CURLE_COULDNT_CONNECT, HTTP_END_UNREACHABLE},
	{CURLE_OPERATION_TIMEDOUT, HTTP_END_TIMEOUT},
	{CURLE_PEER_FAILED_VERIFICATION, HTTP_END_TLS},
	{CURLE_SSL_CONNECT_ERROR, HTTP_END_TLS},
	{CURLE_SSL_CACERT_BADFILE, HTTP_END_LOCAL},
	{CURLE_SSL_CERTPROBLEM, HTTP_END_LOCAL},
	{CURLE_URL_MALFORMAT, HTTP_END_LOCAL},
	{CURLE_UNSUPPORTED_PROTOCOL, HTTP_END_LOCAL},
};

static enum http_end end_of(CURLcode code)
{
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (ends[i].code == code) {
			return ends[i].end;
		}
	}
	return HTTP_END_BROKEN;
}

/* Two services, one header, two forms: seconds since 1970 (X) and a date (Mastodon). */
static int64_t reset_after_s(CURL *easy)
{
	struct curl_header *header;
	struct wall_time at;
	if (curl_easy_header(easy, "x-rate-limit-reset", 0, CURLH_HEADER, -1, &header) !=
			CURLHE_OK &&
		curl_easy_header(easy, "x-ratelimit-reset", 0, CURLH_HEADER, -1, &header) !=
			CURLHE_OK) {
		return 0;
	}
	char *end;
	errno = 0;
	int64_t seconds = strtoll(header->value, &end, 10);
	if (errno || end == header->value || *end != '\0') {
		if (wall_time_parse(header->value, strlen(header->value), &at, NULL)) {
			return 0;
		}
		seconds = at.ms / 1000;
	}
	int64_t now = clock_wall_now().ms / 1000;
	return seconds > now ? seconds - now : 0;
}

static int64_t retry_after_s(CURL *easy, long status)
{
	curl_off_t asked = 0;
	(void)curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &asked);
	int64_t seconds = asked > 0 ? (int64_t)asked : 0;
	if (seconds == 0 && status == 429) {
		seconds = reset_after_s(easy);
	}
	return seconds < RETRY_AFTER_MAX_S ? seconds : RETRY_AFTER_MAX_S;
}

/* A remote that repeats our own words must not bring a secret into the record. */
static void blot_secrets(struct buf *response, const char *const *secrets)
{
	for (size_t i = 0; secrets && secrets[i] && response->data; i++) {
		size_t size = strlen(secrets[i]);
		char *at = response->data;
		while (size > 0 && (at = strstr(at, secrets[i]))) {
			memset(at, '*', size);
		}
	}
}

static void finish(struct transfer *t, CURLcode code)
{
	struct http_exchange *x = &t->request->exchange;
	long status = 0;
	long sent = 0;
	curl_off_t upload = 0;
	curl_off_t microseconds = 0;
	(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &sent);
	(void)curl_easy_getinfo(t->easy, CURLINFO_SIZE_UPLOAD_T, &upload);
	(void)curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &microseconds);
	*x = (struct http_exchange){
		.end = end_of(code),
		.status = (int)status,
		.request_bytes = sent + (long)upload,
		.retry_after_s = retry_after_s(t->easy, status),
		.duration_ms = (int64_t)microseconds / 1000,
	};
	blot_secrets(&t->request->response, t->request->secrets);
	/* curl's own message holds the address, and an address may hold a token: only the kind of
	 * fault is kept. */
	x->text = code == CURLE_OK || t->request->response.size > 0
			  ? buf_text(&t->request->response)
			  : curl_easy_strerror(code);
	t->done = true;
}

static void release(struct http_client *c, struct transfer *t)
{
	(void)curl_multi_remove_handle(c->multi, t->easy);
	curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->headers);
}

static void take_finished(struct http_client *c)
{
	int left;
	for (CURLMsg *m; (m = curl_multi_info_read(c->multi, &left));) {
		if (m->msg != CURLMSG_DONE) {
			continue;
		}
		struct transfer *t = NULL;
		(void)curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&t);
		finish(t, m->data.result);
	}
}

static void run_until(struct http_client *c, struct mono_time deadline)
{
	enum { TURN_MS = 1000 };
	int running = 1;
	while (running > 0 && mono_time_left_ms(deadline) > 0) {
		if (curl_multi_perform(c->multi, &running) != CURLM_OK) {
			return;
		}
		take_finished(c);
		int64_t left = mono_time_left_ms(deadline);
		if (running > 0 && left > 0) {
			(void)curl_multi_poll(
				c->multi, NULL, 0, left < TURN_MS ? (int)left : TURN_MS, NULL);
		}
	}
}

void http_client_run(struct http_client *c, struct http_request *requests, size_t count,
	struct mono_time deadline, void (*at_risk)(void *data, size_t index), void *data)
{
	struct transfer *transfers = mem_new_array(count, sizeof(*transfers));
	for (size_t i = 0; i < count; i++) {
		at_risk(data, i);
		start(c, &transfers[i], &requests[i], mono_time_left_ms(deadline));
	}
	run_until(c, deadline);
	for (size_t i = 0; i < count; i++) {
		if (!transfers[i].done) {
			finish(&transfers[i], CURLE_OPERATION_TIMEDOUT);
		}
		release(c, &transfers[i]);
	}
	free(transfers);
}

int http_probe(const struct http_settings *settings, const char *url, int timeout_ms, struct err *e)
{
	CURL *easy = curl_easy_init();
	if (!easy) {
		abort();
	}
	set_connection(easy, settings, timeout_ms);
	(void)curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_URL, url);
	CURLcode code = curl_easy_perform(easy);
	curl_easy_cleanup(easy);
	return code == CURLE_OK ? 0 : err_set(e, -ECONNREFUSED, "%s", curl_easy_strerror(code));
}
