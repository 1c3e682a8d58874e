/* SPDX-License-Identifier: Apache-2.0
 *
 * libcurl's multi interface on libevent: the library says which sockets and which time it waits
 * for, we tell it what happened.
 */
#include "net/http_get.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	REDIRECTS = 5,
	URL_SIZE = 4096,
	HOST_CONNECTIONS = 2,
	TOTAL_CONNECTIONS = 8,
	RETRY_AFTER_MAX_S = 24 * 3600,
};

struct transfer {
	TAILQ_ENTRY(transfer) next;
	struct http_getter *getter;
	CURL *easy;
	struct curl_slist *headers;
	struct http_get_request request;
	char url[URL_SIZE];
	struct buf body;
	struct mono_time deadline;
	size_t received;
	int redirects;
	bool private_address;
	const char *fault; /* ours, when libcurl's would not tell */
};

struct http_getter {
	struct event_base *base;
	struct http_get_settings settings;
	CURLM *multi;
	struct event *timer;
	TAILQ_HEAD(transfers, transfer) transfers;
};

/* ---- the loop ---- */

static void take_finished(struct http_getter *g);

static void on_socket_ready(int fd, short what, void *data)
{
	struct http_getter *g = data;
	int running;
	int action =
		(what & EV_READ ? CURL_CSELECT_IN : 0) | (what & EV_WRITE ? CURL_CSELECT_OUT : 0);
	(void)curl_multi_socket_action(g->multi, fd, action, &running);
	take_finished(g);
}

static void on_timer(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	struct http_getter *g = data;
	int running;
	(void)curl_multi_socket_action(g->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	take_finished(g);
}

static int want_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *known)
{
	(void)easy;
	struct http_getter *g = data;
	struct event *event = known;
	if (event) {
		event_free(event);
	}
	if (what == CURL_POLL_REMOVE) {
		(void)curl_multi_assign(g->multi, fd, NULL);
		return 0;
	}
	short events = (short)(EV_PERSIST | (what & CURL_POLL_IN ? EV_READ : 0) |
			       (what & CURL_POLL_OUT ? EV_WRITE : 0));
	event = event_new(g->base, fd, events, on_socket_ready, g);
	if (!event || event_add(event, NULL)) {
		abort();
	}
	(void)curl_multi_assign(g->multi, fd, event);
	return 0;
}

static int want_time(CURLM *multi, long ms, void *data)
{
	(void)multi;
	struct http_getter *g = data;
	if (ms < 0) {
		(void)event_del(g->timer);
		return 0;
	}
	const struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
	(void)event_add(g->timer, &tv);
	return 0;
}

/* ---- one transfer ---- */

static curl_socket_t open_socket(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *t = data;
	const struct http_get_settings *s = &t->getter->settings;
	(void)purpose;
	if (!s->private_addresses && !s->proxy[0] && http_address_is_private(&address->addr)) {
		t->private_address = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t on_body(char *data, size_t size, size_t count, void *to)
{
	struct transfer *t = to;
	size_t bytes = size * count;
	if (buf_add(&t->body, data, bytes)) {
		t->fault = "the answer is larger than allowed";
		return 0;
	}
	return bytes;
}

static void add_header(struct transfer *t, const char *name, const char *value)
{
	char line[1024];
	if (value[0] && !strpbrk(value, "\r\n")) {
		(void)snprintf(line, sizeof(line), "%s: %s", name, value);
		t->headers = curl_slist_append(t->headers, line);
	}
}

static void set_options(struct transfer *t)
{
	const struct http_get_settings *s = &t->getter->settings;
	CURL *easy = t->easy;
	(void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)s->connect_timeout_ms);
	(void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	(void)curl_easy_setopt(easy, CURLOPT_PROXY, s->proxy);
	(void)curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	(void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	(void)curl_easy_setopt(easy, CURLOPT_USERAGENT, "hansho/" HANSHO_VERSION);
	(void)curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
	if (s->ca_file[0]) {
		(void)curl_easy_setopt(easy, CURLOPT_CAINFO, s->ca_file);
	}
	/* Debian's default CA folder costs 28 ms of processor per fresh connection. */
	(void)curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	(void)curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	(void)curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, t);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
	(void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers);
	(void)curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
}

static void begin(struct transfer *t)
{
	int64_t left = mono_time_left_ms(t->deadline);
	buf_reset(&t->body);
	(void)curl_easy_setopt(t->easy, CURLOPT_URL, t->url);
	(void)curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, (long)(left > 0 ? left : 1));
	if (curl_multi_add_handle(t->getter->multi, t->easy) != CURLM_OK) {
		abort();
	}
}

void http_get(struct http_getter *g, const struct http_get_request *request)
{
	struct transfer *t = mem_new(sizeof(*t));
	t->getter = g;
	t->request = *request;
	t->easy = curl_easy_init();
	if (!t->easy) {
		abort();
	}
	(void)snprintf(t->url, sizeof(t->url), "%s", request->url);
	t->deadline = mono_time_add(clock_mono_now(), g->settings.timeout_ms);
	buf_init(&t->body, request->limit);
	add_header(t, "If-None-Match", request->if_none_match);
	add_header(t, "If-Modified-Since", request->if_modified_since);
	set_options(t);
	TAILQ_INSERT_TAIL(&g->transfers, t, next);
	begin(t);
}

/* true: it goes on with another address. */
static bool redirected(struct transfer *t, long status)
{
	char *there = NULL;
	char next[URL_SIZE];
	if (status < 301 || status > 308 || status == 304 || status == 305 || status == 306) {
		return false;
	}
	(void)curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &there);
	if (!there || ++t->redirects > REDIRECTS) {
		t->fault = there ? "too many redirects" : "a redirect to nowhere";
		return false;
	}
	if (http_url_resolve(t->url, there, next, sizeof(next)) ||
		(strncmp(t->url, "https:", 6) == 0 && strncmp(next, "https:", 6) != 0) ||
		!t->getter->settings.may_redirect(t->url, next, t->getter->settings.data)) {
		t->fault = "a redirect to an address that is not allowed";
		return false;
	}
	(void)snprintf(t->url, sizeof(t->url), "%s", next);
	begin(t);
	return true;
}

static const char *header(CURL *easy, const char *name)
{
	struct curl_header *found;
	return curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &found) == CURLHE_OK ? found->value
										      : "";
}

static const char *fault_of(const struct transfer *t, CURLcode code)
{
	if (t->private_address) {
		return "the name leads to a private address";
	}
	if (t->fault) {
		return t->fault;
	}
	return code == CURLE_OK ? "" : curl_easy_strerror(code);
}

static void release(struct transfer *t)
{
	TAILQ_REMOVE(&t->getter->transfers, t, next);
	curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->headers);
	buf_clear(&t->body);
	free(t);
}

static void finish(struct transfer *t, CURLcode code)
{
	long status = 0;
	curl_off_t bytes = 0;
	curl_off_t retry_after = 0;
	(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(t->easy, CURLINFO_SIZE_DOWNLOAD_T, &bytes);
	(void)curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &retry_after);
	(void)curl_multi_remove_handle(t->getter->multi, t->easy);
	t->received += (size_t)bytes;
	if (code == CURLE_OK && redirected(t, status)) {
		return;
	}
	const struct http_get_response response = {
		.status = (int)status,
		.whole = code == CURLE_OK && !t->fault,
		.fault = fault_of(t, code),
		.url = t->url,
		.body = buf_text(&t->body),
		.size = t->body.size,
		.received = t->received,
		.etag = header(t->easy, "etag"),
		.last_modified = header(t->easy, "last-modified"),
		.retry_after_s = retry_after < RETRY_AFTER_MAX_S ? retry_after : RETRY_AFTER_MAX_S,
	};
	t->request.done(t->request.data, &response);
	release(t);
}

static void take_finished(struct http_getter *g)
{
	int left;
	for (CURLMsg *m; (m = curl_multi_info_read(g->multi, &left));) {
		if (m->msg == CURLMSG_DONE) {
			struct transfer *t = NULL;
			CURLcode code = m->data.result;
			(void)curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&t);
			finish(t, code);
		}
	}
}

/* ---- the whole ---- */

struct http_getter *http_getter_new(
	struct event_base *base, const struct http_get_settings *settings, struct err *e)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
		(void)err_set(e, -EIO, "libcurl cannot be started");
		return NULL;
	}
	struct http_getter *g = mem_new(sizeof(*g));
	g->base = base;
	g->settings = *settings;
	TAILQ_INIT(&g->transfers);
	g->timer = evtimer_new(base, on_timer, g);
	g->multi = curl_multi_init();
	if (!g->timer || !g->multi) {
		abort();
	}
	(void)curl_multi_setopt(g->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
	(void)curl_multi_setopt(g->multi, CURLMOPT_SOCKETDATA, g);
	(void)curl_multi_setopt(g->multi, CURLMOPT_TIMERFUNCTION, want_time);
	(void)curl_multi_setopt(g->multi, CURLMOPT_TIMERDATA, g);
	(void)curl_multi_setopt(g->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)HOST_CONNECTIONS);
	(void)curl_multi_setopt(g->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)TOTAL_CONNECTIONS);
	return g;
}

void http_getter_free(struct http_getter *g)
{
	if (!g) {
		return;
	}
	while (!TAILQ_EMPTY(&g->transfers)) {
		struct transfer *t = TAILQ_FIRST(&g->transfers);
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): release() takes it off. */
		(void)curl_multi_remove_handle(g->multi, t->easy);
		release(t);
	}
	(void)curl_multi_cleanup(g->multi);
	event_free(g->timer);
	free(g);
	curl_global_cleanup();
}
