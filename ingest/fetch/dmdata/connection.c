/* SPDX-License-Identifier: Apache-2.0
 *
 * ticket (Socket Start) -> WebSocket -> start -> data and pings -> the end -> a pause -> ticket ...
 */
#include "base/json.h"
#include "base/log.h"
#include "ingest/fetch/dmdata/dmdata.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RETRY_MAX_MS = 60 * 1000, TICKET_BYTES_MAX = 64 * 1024, URL_SIZE = 1024 };

struct connection {
	struct dmdata *dmdata;
	const char *server;
	struct rest_call *call;	   /* Socket Start under way */
	struct web_socket *socket; /* NULL: none */
	struct event *retry;
	int64_t retry_ms;
	int64_t socket_id; /* at the service; -1 none */
	bool up;	   /* the service has said start */
	struct wall_time heard;
	char why[DMDATA_WHY_SIZE];
	char said[DMDATA_WHY_SIZE]; /* by the service, before it ends the connection */
};

static void retry_later(struct connection *c, const char *why)
{
	(void)snprintf(c->why, sizeof(c->why), "%s", why);
	c->why[utf8_cut(c->why, strlen(c->why), sizeof(c->why) - 4)] = '\0';
	int64_t ms = c->retry_ms + random() % (c->retry_ms / 4 + 1);
	const struct timeval pause = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
	event_add(c->retry, &pause);
	c->retry_ms = c->retry_ms * 2 < RETRY_MAX_MS ? c->retry_ms * 2 : RETRY_MAX_MS;
	dmdata_changed(c->dmdata);
}

/* ---- what comes over the WebSocket ---- */

static void on_start(struct connection *c, const struct dmdata_message *m)
{
	c->up = true;
	c->why[0] = '\0';
	c->retry_ms = dmdata_settings(c->dmdata)->retry_first_ms;
	c->socket_id = m->socket_id;
	log_info("connected", "server=%s", LOG_TEXT(c->server));
	dmdata_note_socket(c->dmdata, c->socket_id, true);
	dmdata_changed(c->dmdata);
	dmdata_look(c->dmdata);
}

static void on_ping(struct connection *c, const struct dmdata_message *m)
{
	json_t *pong = json_pack("{s:s}", "type", "pong");
	json_put_text(pong, "pingId", m->ping_id);
	char *text = json_dumps(pong, JSON_COMPACT);
	web_socket_send(c->socket, text);
	free(text);
	json_decref(pong);
}

static void on_data(struct connection *c, const struct dmdata_message *m)
{
	if (!m->is_xml || dmdata_knows(c->dmdata, m->id)) {
		return;
	}
	if (!dmdata_has_room(c->dmdata)) {
		dmdata_look(c->dmdata);
		return;
	}
	char *xml = NULL;
	size_t size = 0;
	struct err e = {0};
	if (dmdata_unpack(m, &xml, &size, &e) != 0) {
		/* The list has it too: nothing is lost, and the round says so when it is. */
		log_error("a telegram cannot be unpacked", "type=%s reason=%s",
			LOG_TEXT(m->head_type), LOG_TEXT(e.text));
		dmdata_look(c->dmdata);
		return;
	}
	dmdata_submit(c->dmdata, m->id, xml, size);
	free(xml);
}

static void on_error(struct connection *c, const struct dmdata_message *m)
{
	log_warning("the service reports an error", "code=%d text=%s", m->code, LOG_TEXT(m->text));
	if (m->close) {
		(void)snprintf(c->said, sizeof(c->said), "the service says: %.150s (%d)", m->text,
			m->code);
	}
}

static void opened(void *data)
{
	struct connection *c = data;
	/* It counts when the service says start. */
	(void)snprintf(c->why, sizeof(c->why), "the service has not said start yet");
}

static void message(void *data, const char *text, size_t size)
{
	struct connection *c = data;
	struct dmdata_message m;
	struct err e = {0};
	c->heard = clock_wall_now();
	if (dmdata_message_read(text, size, &m, &e) != 0) {
		log_error("a message cannot be read", "reason=%s", LOG_TEXT(e.text));
	} else if (m.type == DMDATA_START) {
		on_start(c, &m);
	} else if (m.type == DMDATA_PING) {
		on_ping(c, &m);
	} else if (m.type == DMDATA_DATA) {
		on_data(c, &m);
	} else if (m.type == DMDATA_ERROR) {
		on_error(c, &m);
	}
	dmdata_message_clear(&m);
}

static void closed(void *data, const char *why)
{
	struct connection *c = data;
	char told[DMDATA_WHY_SIZE];
	bool was_up = c->up;
	c->socket = NULL;
	c->up = false;
	dmdata_note_socket(c->dmdata, c->socket_id, false);
	c->socket_id = -1;
	/* What the service said itself tells more than how the line ended. */
	(void)snprintf(told, sizeof(told), "%s", c->said[0] ? c->said : why);
	c->said[0] = '\0';
	log_warning("disconnected", "server=%s reason=%s", LOG_TEXT(c->server), LOG_TEXT(told));
	retry_later(c, told);
	if (was_up && dmdata_is_cut_off(c->dmdata)) {
		dmdata_look(c->dmdata);
	}
}

/* ---- opening ---- */

/* The ticket's host is one of the service's own, or the one the configuration names instead. */
static bool build_url(const struct connection *c, const char *ticket, char url[URL_SIZE])
{
	const char *api = strstr(dmdata_settings(c->dmdata)->api_url, "://") + 3;
	const char *scheme_end = strstr(ticket, "://") + 3;
	size_t host = strcspn(scheme_end, "/?#");
	size_t bare = strcspn(scheme_end, ":/?#");
	size_t api_bare = strcspn(api, ":");
	bool tls_wanted = strncmp(dmdata_settings(c->dmdata)->api_url, "https", 5) == 0;
	bool ours = bare >= api_bare && strncmp(scheme_end + bare - api_bare, api, api_bare) == 0 &&
		    (bare == api_bare || scheme_end[bare - api_bare - 1] == '.');
	bool tls = strncmp(ticket, "wss", 3) == 0;
	if (!ours || tls != tls_wanted) {
		return false;
	}
	const char *server = c->server;
	int size = server[0] ? snprintf(url, URL_SIZE, "%s%s%s", tls_wanted ? "wss://" : "ws://",
				       server, scheme_end + host)
			     : snprintf(url, URL_SIZE, "%s", ticket);
	return size > 0 && size < URL_SIZE;
}

static void connect_with(struct connection *c, const json_t *object)
{
	static const struct web_socket_handler handler = {opened, message, closed};
	struct err e = {0};
	char url[URL_SIZE];
	const char *ticket = dmdata_ticket(object, &e);
	if (!ticket) {
		retry_later(c, e.text);
	} else if (!build_url(c, ticket, url)) {
		retry_later(c, "the ticket leads to a host that is not the service's");
	} else {
		c->why[0] = '\0';
		c->socket = transport_connect(dmdata_transport(c->dmdata), url, "dmdata.v2",
			DMDATA_MESSAGE_BYTES_MAX, &handler, c);
		if (!c->socket) {
			retry_later(c, "the ticket is no address of a WebSocket");
		}
	}
}

static void on_ticket(void *data, const struct rest_answer *answer)
{
	struct connection *c = data;
	char why[DMDATA_WHY_SIZE];
	struct err e = {0};
	c->call = NULL;
	if (answer->status == 0) {
		(void)snprintf(why, sizeof(why), "no ticket: %.150s", answer->fault);
		retry_later(c, why);
		return;
	}
	json_t *object = json_read(answer->body, answer->size, &e);
	const json_t *error = json_object_get(object, "error");
	if (answer->status == 200 && object && !error) {
		connect_with(c, object);
	} else {
		(void)snprintf(why, sizeof(why), "no ticket: %.120s (%d)",
			json_text(error, "message", "the service refuses"), answer->status);
		retry_later(c, why);
	}
	json_decref(object);
}

static void ask_for_ticket(evutil_socket_t fd, short what, void *data)
{
	struct connection *c = data;
	const struct dmdata_settings *s = dmdata_settings(c->dmdata);
	char url[URL_SIZE];
	(void)fd;
	(void)what;
	(void)snprintf(url, sizeof(url), "%s/v2/socket", s->api_url);
	c->call = transport_request(dmdata_transport(c->dmdata), "POST", url, s->start_body,
		TICKET_BYTES_MAX, on_ticket, c);
	if (!c->call) {
		retry_later(c, "api_url is no address");
	}
}

struct connection *connection_new(struct dmdata *d, const char *server)
{
	struct connection *c = mem_new(sizeof(*c));
	*c = (struct connection){.dmdata = d,
		.server = server,
		.retry_ms = dmdata_settings(d)->retry_first_ms,
		.socket_id = -1,
		.heard = WALL_TIME_NONE,
		.why = "connecting"};
	c->retry = event_new(fetch_base(dmdata_fetch(d)), -1, 0, ask_for_ticket, c);
	event_active(c->retry, EV_TIMEOUT, 0);
	return c;
}

void connection_free(struct connection *c)
{
	if (!c) {
		return;
	}
	if (c->call) {
		rest_call_cancel(c->call);
	}
	if (c->socket) {
		web_socket_close(c->socket);
	}
	event_free(c->retry);
	free(c);
}

bool connection_is_up(const struct connection *c)
{
	return c->up;
}

const char *connection_why(const struct connection *c)
{
	return c->up ? "" : c->why;
}

struct wall_time connection_heard(const struct connection *c)
{
	return c->heard;
}
