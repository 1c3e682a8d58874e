/* SPDX-License-Identifier: Apache-2.0
 *
 * The program's parts and what they share: connections bring telegrams at once, the gap brings what
 * they missed, main.c submits each telegram once and says how things are.
 */
#pragma once

#include "base/clock.h"
#include "base/mem.h"
#include "config/config.h"
#include "ingest/fetch/dmdata/message.h"
#include "ingest/fetch/dmdata/transport.h"
#include "ingest/fetch/fetch.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DMDATA_WHY_SIZE = 200, DMDATA_SERVERS_MAX = 4 };

struct dmdata;
struct connection;
struct gap;

struct dmdata_settings {
	struct pool *pool;
	const char *api_url;
	const char *data_url;
	const char *list_query;	  /* of the list, without a cursor */
	const char *start_body;	  /* of Socket Start */
	struct text_list servers; /* count 0: as the ticket says, one connection */
	struct text_list types;
	const char *ca_file;
	char *authorization; /* secret */
	int64_t list_interval_ms;
	int64_t timeout_ms;
	int64_t retry_first_ms;
	int quiet_s;
};

int dmdata_settings_new(const json_t *options, struct dmdata_settings **out, struct err *e);
void dmdata_settings_free(struct dmdata_settings *s);
/* Whether a telegram of this type is subscribed (the list knows no exclusions). */
bool dmdata_settings_want(const struct dmdata_settings *s, const char *type);

/* ---- main.c ---- */

const struct dmdata_settings *dmdata_settings(const struct dmdata *d);
struct transport *dmdata_transport(const struct dmdata *d);
struct fetch *dmdata_fetch(const struct dmdata *d);

/* Submits a telegram unless its id is known already. */
void dmdata_submit(struct dmdata *d, const char *id, const void *xml, size_t size);
/* Known: submitted in this life, whoever brought it. */
bool dmdata_knows(const struct dmdata *d, const char *id);
/* Telegrams submitted and not answered for good. */
size_t dmdata_waiting(const struct dmdata *d);
/* False: the hub has been away so long that no more can be kept; the list keeps it. */
bool dmdata_has_room(const struct dmdata *d);

/* Something changed: health is told anew. */
void dmdata_changed(struct dmdata *d);
/* A connection came, or the last one went, or something was lost on the way: the list has it. */
void dmdata_look(struct dmdata *d);
/* No connection is up: the list is all there is. */
bool dmdata_is_cut_off(const struct dmdata *d);

/* What must survive: the cursor of the list and the sockets open at the service. */
const char *dmdata_cursor(const struct dmdata *d);
void dmdata_set_cursor(struct dmdata *d, const char *cursor);
void dmdata_note_socket(struct dmdata *d, int64_t id, bool open);

/* ---- connection.c: one WebSocket, opened again and again ---- */

/* server "": as the ticket says. */
struct connection *connection_new(struct dmdata *d, const char *server);
void connection_free(struct connection *c);
bool connection_is_up(const struct connection *c);
/* Why it is not up; "" when it is. */
const char *connection_why(const struct connection *c);
/* When anything last came over it. */
struct wall_time connection_heard(const struct connection *c);

/* ---- gap.c: the list ---- */

struct gap *gap_new(struct dmdata *d);
void gap_free(struct gap *g);
/* Reads the list as soon as it may. */
void gap_fill(struct gap *g);
/* A telegram has been answered for good: the cursor may move when none is left. */
void gap_answered(struct gap *g);
/* What went wrong in the last round; "" when it went well. */
const char *gap_why(const struct gap *g);
