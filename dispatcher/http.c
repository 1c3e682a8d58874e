/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/http.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "dispatcher/channel.h"
#include "dispatcher/feeds.h"
#include "dispatcher/hazards.h"
#include "dispatcher/hub.h"
#include "dispatcher/metrics.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/http.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { METRICS_LIMIT = 4 * 1024 * 1024, REQUEST_LIMIT = 8192, IDLE_S = 30, ALARMS_LIMIT = 1000 };

struct http {
	struct hub *hub;
	struct evhttp *server;
	int port;
};

static void reply(struct evhttp_request *request, int code, const char *type, const char *body)
{
	struct evbuffer *out = evbuffer_new();
	(void)evbuffer_add(out, body, strlen(body));
	struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
	(void)evhttp_add_header(headers, "Content-Type", type);
	(void)evhttp_add_header(headers, "Cache-Control", "no-store");
	evhttp_send_reply(request, code, code == 200 ? "OK" : "Service Unavailable", out);
	evbuffer_free(out);
}

static void set_knowledge(struct hub *hub)
{
	struct err e = {0};
	json_t *rows = store_state_list(hub->store, &e);
	json_t *alarms = store_alarm_list(hub->store, false, ALARMS_LIMIT, &e);
	json_t *hazards = hazards_status(hub, rows);
	size_t i;
	json_t *one;
	json_array_foreach(hazards, i, one)
	{
		char labels[96];
		(void)snprintf(
			labels, sizeof(labels), "hazard=\"%s\"", json_text(one, "hazard", ""));
		metrics_gauge(hub->metrics, "hansho_hazard_known", labels,
			strcmp(json_text(one, "state", ""), "unknown") != 0);
	}
	metrics_gauge(hub->metrics, "hansho_alarms_open", "", (int64_t)json_array_size(alarms));
	json_decref(hazards);
	json_decref(alarms);
	json_decref(rows);
}

static void set_gauges(struct hub *hub)
{
	struct err e = {0};
	json_t *totals = store_totals(hub->store, &e);
	static const char *const states[] = {"waiting", "unknown", "failed"};
	for (size_t i = 0; totals && i < sizeof(states) / sizeof(states[0]); i++) {
		char labels[64];
		(void)snprintf(labels, sizeof(labels), "state=\"%s\"", states[i]);
		metrics_gauge(hub->metrics, "hansho_queue_targets", labels,
			json_int(totals, states[i], 0));
	}
	json_decref(totals);
	for (size_t i = 0; i < hub->channel_count; i++) {
		json_t *status = channel_status(hub->channels[i]);
		char labels[224];
		(void)snprintf(
			labels, sizeof(labels), "channel=\"%s\"", json_text(status, "name", ""));
		metrics_gauge(hub->metrics, "hansho_breaker_open", labels,
			json_flag(status, "breaker_open", false));
		metrics_gauge(hub->metrics, "hansho_agents", labels, json_int(status, "agents", 0));
		json_decref(status);
	}
	json_t *feeds = feeds_status(hub->feeds);
	size_t i;
	json_t *feed;
	json_array_foreach(feeds, i, feed)
	{
		char labels[224];
		(void)snprintf(labels, sizeof(labels), "feed=\"%s\"", json_text(feed, "name", ""));
		metrics_gauge(hub->metrics, "hansho_feed_age_seconds", labels,
			json_int(feed, "age_s", -1));
		metrics_gauge(hub->metrics, "hansho_feed_alive", labels,
			strcmp(json_text(feed, "state", ""), "alive") == 0);
	}
	json_decref(feeds);
	set_knowledge(hub);
}

static void on_metrics(struct evhttp_request *request, void *data)
{
	struct http *h = data;
	set_gauges(h->hub);
	struct buf text;
	buf_init(&text, METRICS_LIMIT);
	metrics_write(h->hub->metrics, &text);
	reply(request, 200, "text/plain; version=0.0.4; charset=utf-8", buf_text(&text));
	buf_clear(&text);
}

static void on_health(struct evhttp_request *request, void *data)
{
	struct http *h = data;
	json_t *health = hub_health(h->hub);
	char *text = json_dumps(health, JSON_COMPACT);
	bool down = strcmp(json_text(health, "state", "down"), "down") == 0;
	reply(request, down ? 503 : 200, "application/json", text);
	free(text);
	json_decref(health);
}

int http_port(const struct http *h)
{
	return h ? h->port : -1;
}

int http_new(struct hub *hub, struct http **out, struct err *e)
{
	*out = NULL;
	if (hub->config->http_port < 0) {
		return 0;
	}
	struct evhttp *server = evhttp_new(hub->base);
	struct evhttp_bound_socket *bound = evhttp_bind_socket_with_handle(
		server, hub->config->http_host, (ev_uint16_t)hub->config->http_port);
	if (!bound) {
		int saved = errno;
		evhttp_free(server);
		return err_set(e, saved ? -saved : -EIO, "http.listen %s:%d: %s",
			hub->config->http_host, hub->config->http_port, strerror(saved));
	}
	struct http *h = mem_new(sizeof(*h));
	h->hub = hub;
	h->server = server;
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} address = {.in6 = {0}};
	socklen_t size = sizeof(address);
	if (getsockname(evhttp_bound_socket_get_fd(bound), &address.any, &size) == 0) {
		h->port = ntohs(address.any.sa_family == AF_INET6 ? address.in6.sin6_port
								  : address.in.sin_port);
	}
	evhttp_set_allowed_methods(server, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
	evhttp_set_max_headers_size(server, REQUEST_LIMIT);
	evhttp_set_max_body_size(server, REQUEST_LIMIT);
	evhttp_set_timeout(server, IDLE_S);
	(void)evhttp_set_cb(server, "/metrics", on_metrics, h);
	(void)evhttp_set_cb(server, "/healthz", on_health, h);
	log_info("serving metrics", "address=%s port=%d", hub->config->http_host, h->port);
	*out = h;
	return 0;
}

void http_free(struct http *h)
{
	if (h) {
		evhttp_free(h->server);
		free(h);
	}
}
