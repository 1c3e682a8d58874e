/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/fetch/dmdata/transport.h"

#include "base/clock.h"
#include "base/mem.h"
#include "ingest/fetch/dmdata/transport_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GOODBYE_MS = 300, KILL_AGAIN_MS = 1000 };

static const struct lws_protocols protocols[] = {
	{.name = "rest", .callback = rest_callback},
	{.name = "dmdata.v2", .callback = web_socket_callback},
	{0},
};

/* ---- one loop inside the other ---- */

static void rearm(struct transport *t)
{
	int ms = uv_backend_timeout(&t->loop);
	if (ms < 0) {
		event_del(t->due);
		return;
	}
	struct timeval wait = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
	event_add(t->due, &wait);
}

static void run_inner(evutil_socket_t fd, short what, void *data)
{
	struct transport *t = data;
	(void)fd;
	(void)what;
	uv_run(&t->loop, UV_RUN_NOWAIT);
	rearm(t);
}

void transport_kick(struct transport *t)
{
	/* It looks at its own timers only when something wakes it, at the latest after seconds. */
	lws_cancel_service(t->context);
	event_active(t->due, EV_TIMEOUT, 0);
}

/* ---- start and end ---- */

static void quiet_library(int level, const char *line)
{
	(void)level;
	(void)line; /* it prints addresses and headers; what matters reaches the owner as a fault */
}

static bool start_library(struct transport *t, const struct transport_settings *settings)
{
	void *loops[] = {&t->loop};
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN,
		.protocols = protocols,
		.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_LIBUV |
			   (settings->ca_file[0] ? LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS : 0),
		.foreign_loops = loops,
		.client_ssl_ca_filepath = settings->ca_file[0] ? settings->ca_file : NULL,
		.ssl_client_options_set = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1,
		.gid = -1,
		.uid = -1,
	};
	lws_set_log_level(LLL_ERR | LLL_WARN, quiet_library);
	t->context = lws_create_context(&info);
	return t->context != NULL;
}

struct transport *transport_new(
	struct event_base *base, const struct transport_settings *settings, struct err *e)
{
	struct transport *t = mem_new(sizeof(*t));
	TAILQ_INIT(&t->links);
	t->base = base;
	t->timeout_ms = settings->timeout_ms;
	t->authorization = mem_copy_text(settings->authorization);
	t->patience = (lws_retry_bo_t){
		.secs_since_valid_ping = (uint16_t)settings->quiet_s,
		.secs_since_valid_hangup = (uint16_t)(2 * settings->quiet_s),
	};
	if (uv_loop_init(&t->loop) != 0 || !start_library(t, settings)) {
		(void)err_set(
			e, -EIO, "libwebsockets cannot start: is its libuv plugin installed?");
		free(t->authorization);
		free(t);
		return NULL;
	}
	t->readable = event_new(base, uv_backend_fd(&t->loop), EV_READ | EV_PERSIST, run_inner, t);
	t->due = event_new(base, -1, 0, run_inner, t);
	event_add(t->readable, NULL);
	transport_kick(t);
	return t;
}

/* Runs the library alone until every link is gone, but not for long. */
static void say_goodbye(struct transport *t)
{
	struct mono_time until = mono_time_add(clock_mono_now(), GOODBYE_MS);
	struct transport_link *link;
	TAILQ_FOREACH(link, &t->links, next)
	{
		link->abandoned = true;
		link->leave(link);
	}
	for (;;) {
		bool open = false;
		TAILQ_FOREACH(link, &t->links, next)
		{
			open = open || !link->ended;
		}
		if (!open || mono_time_left_ms(until) <= 0) {
			return;
		}
		uv_run(&t->loop, UV_RUN_NOWAIT);
		usleep(1000);
	}
}

void transport_free(struct transport *t)
{
	if (!t) {
		return;
	}
	say_goodbye(t);
	event_free(t->readable);
	event_free(t->due);
	/* With a loop of ours the library needs turns of it between the two steps. */
	lws_context_destroy(t->context);
	for (int i = 0; i < 100 && uv_loop_alive(&t->loop); i++) {
		uv_run(&t->loop, UV_RUN_NOWAIT);
	}
	lws_context_destroy(t->context);
	(void)uv_loop_close(&t->loop);
	struct transport_link *link;
	while ((link = TAILQ_FIRST(&t->links)) != NULL) {
		link->finish(link);
	}
	explicit_bzero(t->authorization, strlen(t->authorization));
	free(t->authorization);
	free(t);
}

/* ---- links ---- */

int transport_target_read(struct transport_target *target, const char *url, const char *scheme,
	const char *scheme_tls)
{
	const char *found = "";
	const char *path = "";
	if (strlen(url) >= sizeof(target->text)) {
		return -EINVAL;
	}
	memcpy(target->text, url, strlen(url) + 1);
	if (lws_parse_uri(target->text, &found, &target->host, &target->port, &path) != 0) {
		return -EINVAL;
	}
	target->tls = strcmp(found, scheme_tls) == 0;
	(void)snprintf(target->path, sizeof(target->path), "/%s", path);
	return target->tls || strcmp(found, scheme) == 0 ? 0 : -EINVAL;
}

static void conclude(evutil_socket_t fd, short what, void *data)
{
	struct transport_link *link = data;
	(void)fd;
	(void)what;
	link->finish(link);
}

/* Again and again until the library has let go: it forgets that it was to end a connection when
 * something arrives on it in the same turn. */
static void give_up(evutil_socket_t fd, short what, void *data)
{
	static const struct timeval again = {.tv_sec = KILL_AGAIN_MS / 1000};
	struct transport_link *link = data;
	(void)fd;
	(void)what;
	event_add(link->timeout, &again);
	transport_link_kill(link, "no answer in time");
}

void transport_link_open(struct transport *t, struct transport_link *link,
	const struct transport_target *target, const char *method, const char *protocol)
{
	struct timeval wait = {
		.tv_sec = t->timeout_ms / 1000, .tv_usec = t->timeout_ms % 1000 * 1000};
	link->transport = t;
	link->conclude = event_new(t->base, -1, 0, conclude, link);
	link->timeout = event_new(t->base, -1, 0, give_up, link);
	event_add(link->timeout, &wait);
	TAILQ_INSERT_TAIL(&t->links, link, next);
	struct lws_client_connect_info info = {
		.context = t->context,
		.address = target->host,
		.port = target->port,
		/* A redirect would take the key along, wherever it leads. */
		.ssl_connection =
			(target->tls ? LCCSCF_USE_SSL : 0) | LCCSCF_HTTP_NO_FOLLOW_REDIRECT,
		.path = target->path,
		.host = target->host,
		.method = method,
		.protocol = protocol,
		.local_protocol_name = method ? "rest" : protocol,
		.alpn = "http/1.1",
		.userdata = link,
		.pwsi = &link->wsi,
		.retry_and_idle_policy = &t->patience,
	};
	if (!lws_client_connect_via_info(&info)) {
		transport_link_end(link, "no connection");
	}
	transport_kick(t);
}

void transport_link_end(struct transport_link *link, const char *why)
{
	if (link->why[0] == '\0') {
		(void)snprintf(link->why, sizeof(link->why), "%s", why);
	}
	link->wsi = NULL;
	if (!link->ended) {
		link->ended = true;
		event_active(link->conclude, EV_TIMEOUT, 0);
	}
}

void transport_link_kill(struct transport_link *link, const char *why)
{
	if (link->why[0] == '\0') {
		(void)snprintf(link->why, sizeof(link->why), "%s", why);
	}
	if (link->wsi) {
		lws_set_timeout(link->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
		transport_kick(link->transport);
	} else {
		transport_link_end(link, why);
	}
}

void transport_link_clear(struct transport_link *link)
{
	TAILQ_REMOVE(&link->transport->links, link, next);
	event_free(link->conclude);
	event_free(link->timeout);
}
