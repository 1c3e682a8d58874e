/* SPDX-License-Identifier: Apache-2.0
 *
 * The ingest process's end of the link to the hub (docs/internals/ingest-link.md): what may be
 * said in either direction, and nothing about sockets of feeds.
 */
#pragma once

#include "base/clock.h"
#include "base/err.h"
#include "ingest/decode.h"
#include "schemas/alert.h"

#include <event2/event.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hub_link;

struct hub_handler {
	void (*hello)(json_t *hello, void *data); /* borrowed for the call */
	void (*answer)(uint64_t ref, const json_t *answer, void *data);
	void (*paused)(bool paused, const char *reason, void *data);
	void (*renew)(void *data);   /* certificates and tokens are to be read again */
	void (*drained)(void *data); /* everything queued has been written */
	/* Over; e->code 0 at a clean end. The last call. */
	void (*lost)(const struct err *e, void *data);
	void *data; /* borrowed */
};

/* Takes ownership of fd. */
struct hub_link *hub_link_new(struct event_base *base, int fd, const struct hub_handler *handler);
void hub_link_free(struct hub_link *link);

void hub_link_ready(struct hub_link *link, json_t *listeners); /* steals listeners */
void hub_link_fault(struct hub_link *link, const char *feed, const char *text);

/* text "": everything is in use. */
void hub_link_renewed(struct hub_link *link, const char *text);

struct hub_alert {
	uint64_t ref;
	const char *feed;
	struct wall_time received;
	const struct alert *alert;
	const char *raw;
	size_t raw_size;
};

/* 0, or -EMSGSIZE when alert and bytes are more than the link carries. */
int hub_link_alert(struct hub_link *link, const struct hub_alert *message);

/* Tells of a refusal, with the first 64 KiB of the bytes. */
void hub_link_refused(struct hub_link *link, const char *feed, const struct decode_refusal *refusal,
	struct wall_time received, const char *raw, size_t raw_size);

struct feed;
void hub_link_feed(struct hub_link *link, const struct feed *feed);

/* So much is queued that nothing more should be read from feeds. */
bool hub_link_busy(const struct hub_link *link);
/* Nothing is queued. */
bool hub_link_idle(const struct hub_link *link);
