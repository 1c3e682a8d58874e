/* SPDX-License-Identifier: Apache-2.0
 *
 * One HTTPS request.
 */
#include "base/mem.h"
#include "ingest/fetch/dmdata/transport_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rest_call {
	struct transport_link link;
	char *body; /* with LWS_PRE bytes before it; NULL: none */
	size_t body_size;
	struct buf answer;
	int status;
	bool delimited; /* the answer says where it ends: what came before that is not all of it */
	bool complete;
	void (*done)(void *data, const struct rest_answer *answer);
	void *data;
};

static void finish(struct transport_link *link)
{
	struct rest_call *call = (struct rest_call *)link;
	const char *why = link->why[0] ? link->why : "the answer ended early";
	struct rest_answer answer = {
		.status = call->complete ? call->status : 0,
		.body = buf_text(&call->answer),
		.size = call->answer.size,
		.fault = call->complete ? "" : why,
	};
	transport_link_clear(link);
	if (!link->abandoned) {
		call->done(call->data, &answer);
	}
	buf_clear(&call->answer);
	free(call->body);
	free(call);
}

static void leave(struct transport_link *link)
{
	transport_link_kill(link, "cancelled");
}

struct rest_call *transport_request(struct transport *t, const char *method, const char *url,
	const char *body, size_t limit, void (*done)(void *data, const struct rest_answer *answer),
	void *data)
{
	struct transport_target target;
	if (transport_target_read(&target, url, "http", "https") != 0) {
		return NULL;
	}
	struct rest_call *call = mem_new(sizeof(*call));
	call->link.finish = finish;
	call->link.leave = leave;
	call->done = done;
	call->data = data;
	buf_init(&call->answer, limit);
	if (body) {
		call->body_size = strlen(body);
		call->body = mem_new(LWS_PRE + call->body_size + 1);
		memcpy(call->body + LWS_PRE, body, call->body_size);
	}
	transport_link_open(t, &call->link, &target, method, NULL);
	return call;
}

void rest_call_cancel(struct rest_call *call)
{
	call->link.abandoned = true;
	leave(&call->link);
}

/* ---- what the library asks ---- */

static bool add_header(struct lws *wsi, enum lws_token_indexes token, const char *value,
	unsigned char **at, unsigned char *end)
{
	return lws_add_http_header_by_token(
		       wsi, token, (const unsigned char *)value, (int)strlen(value), at, end) == 0;
}

static int add_headers(struct rest_call *call, struct lws *wsi, unsigned char **at, size_t room)
{
	unsigned char *end = *at + room;
	char length[24];
	bool added = add_header(
		wsi, WSI_TOKEN_HTTP_AUTHORIZATION, call->link.transport->authorization, at, end);
	if (call->body) {
		(void)snprintf(length, sizeof(length), "%zu", call->body_size);
		added = added &&
			add_header(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, "application/json", at, end) &&
			add_header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, length, at, end);
		lws_client_http_body_pending(wsi, 1);
		lws_callback_on_writable(wsi);
	}
	return added ? 0 : -1;
}

static int send_body(struct rest_call *call, struct lws *wsi)
{
	if (!call->body) {
		return 0;
	}
	lws_client_http_body_pending(wsi, 0);
	int written = lws_write(
		wsi, (unsigned char *)call->body + LWS_PRE, call->body_size, LWS_WRITE_HTTP_FINAL);
	return written == (int)call->body_size ? 0 : -1;
}

static int read_some(struct lws *wsi)
{
	char room[LWS_PRE + 4096];
	char *at = room + LWS_PRE;
	int size = (int)sizeof(room) - LWS_PRE;
	return lws_http_client_read(wsi, &at, &size) < 0 ? -1 : 0;
}

static int take(struct rest_call *call, const void *bytes, size_t size)
{
	if (buf_add(&call->answer, bytes, size) == 0) {
		return 0;
	}
	(void)snprintf(call->link.why, sizeof(call->link.why),
		"the answer is larger than %zu bytes", call->answer.limit);
	return -1;
}

int rest_callback(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size)
{
	struct rest_call *call = user;
	if (!call) {
		return 0; /* of the library's own life */
	}
	switch ((int)reason) {
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
		return add_headers(call, wsi, in, size);
	case LWS_CALLBACK_CLIENT_HTTP_WRITEABLE:
		return send_body(call, wsi);
	case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP:
		call->status = (int)lws_http_client_http_response(wsi);
		call->delimited = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) > 0 ||
				  lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0;
		return 0;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP:
		return read_some(wsi);
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ:
		return take(call, in, size);
	case LWS_CALLBACK_COMPLETED_CLIENT_HTTP:
		call->complete = call->delimited;
		return -1; /* the connection is not used again */
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		transport_link_end(&call->link, in ? in : "no connection");
		return 0;
	case LWS_CALLBACK_CLOSED_CLIENT_HTTP:
		transport_link_end(&call->link, "");
		return 0;
	default:
		return 0;
	}
}
