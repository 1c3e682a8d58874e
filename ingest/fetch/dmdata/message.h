/* SPDX-License-Identifier: Apache-2.0
 *
 * The messages of DMDATA.JP's WebSocket v2 (subprotocol dmdata.v2) and of its Telegram List v2, as
 * its API reference describes them. Pure; every byte comes from outside.
 */
#pragma once

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	/* A great earthquake's telegram packs to some 100 KB; base64 adds a third. */
	DMDATA_MESSAGE_BYTES_MAX = 4 * 1024 * 1024,
	DMDATA_BODY_BYTES_MAX = 8 * 1024 * 1024,
	DMDATA_ID_SIZE = 129, /* 384 bits in hexadecimal are 96 */
};

enum dmdata_type {
	DMDATA_START,
	DMDATA_PING, /* wants a pong with its ping_id */
	DMDATA_PONG,
	DMDATA_DATA,
	DMDATA_ERROR,
	DMDATA_OTHER, /* added later by the service: nothing of ours */
};

/* Texts point into object, never NULL. */
struct dmdata_message {
	json_t *object; /* owned */
	enum dmdata_type type;
	const char *ping_id;
	char id[DMDATA_ID_SIZE]; /* DATA: of the telegram */
	const char *head_type;	 /* DATA: "VXSE53" */
	bool is_xml;		 /* DATA: the body is a JMX telegram; others are not ours */
	const char *compression; /* "", "gzip", "zip" */
	const char *encoding;	 /* "utf-8", "base64" */
	const char *body;
	const char *text;  /* ERROR: what the service says */
	int code;	   /* ERROR */
	bool close;	   /* ERROR: the service ends the connection */
	int64_t socket_id; /* START: for Socket Close; -1 unknown */
};

/* 0, or -EBADMSG with what is wrong. dmdata_message_clear() afterwards in both cases. */
int dmdata_message_read(const char *text, size_t size, struct dmdata_message *out, struct err *e);
void dmdata_message_clear(struct dmdata_message *m);

/* Unpacks the body of a DATA message: *xml (the caller frees) has a zero behind *size bytes.
 * -EBADMSG (damaged), -EMSGSIZE (more than DMDATA_BODY_BYTES_MAX) or -ENOTSUP (packed otherwise).
 */
int dmdata_unpack(const struct dmdata_message *m, char **xml, size_t *size, struct err *e);

/* One page of Telegram List v2, newest first. */
struct dmdata_list {
	json_t *object;		  /* owned */
	const json_t *items;	  /* array, in object */
	const char *next_page;	  /* older ones; "" when this was the last page */
	const char *next_polling; /* cursor for what comes after this; "" when absent */
};

int dmdata_list_read(const char *text, size_t size, struct dmdata_list *out, struct err *e);
void dmdata_list_clear(struct dmdata_list *l);

/* The id of one item when it is a JMX telegram: a valid id (hexadecimal digits only, for it becomes
 * part of a URL). NULL otherwise. */
const char *dmdata_item_id(const json_t *item);

/* Socket Start's answer: where to connect. The text is borrowed from object; NULL and *e when the
 * service refused, with its own words. */
const char *dmdata_ticket(const json_t *object, struct err *e);
