/* SPDX-License-Identifier: Apache-2.0
 *
 * hansho-fetch-dmdata: two WebSockets and the list. Whichever brings a telegram first submits it.
 */
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "ingest/fetch/dmdata/dmdata.h"
#include "ingest/xml.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

enum {
	KNOWN_MAX = 16384, /* ids: a busy day has some thousand telegrams */
	MEMORY_BYTES_MAX = 64 * 1024,
	MEMORY_MODE = 0600,
	SOCKETS_MAX = 8,
	WAITING_BYTES_MAX = 128 * 1024 * 1024,
};

/* A telegram without an answer. */
struct errand {
	TAILQ_ENTRY(errand) next;
	struct dmdata *dmdata;
	size_t size;
};

struct dmdata {
	struct fetch *fetch;
	struct dmdata_settings *settings;
	struct transport *transport;
	struct connection *connections[DMDATA_SERVERS_MAX];
	size_t connection_count;
	struct gap *gap;
	uint64_t known[KNOWN_MAX]; /* the first 64 bits of ids, a ring */
	size_t known_count;
	TAILQ_HEAD(errand_list, errand) errands;
	size_t waiting;
	size_t waiting_bytes;
	char *memory_path;
	char *cursor;
	int64_t sockets[SOCKETS_MAX]; /* open at the service, as far as we know */
	size_t socket_count;
	size_t closing; /* requests to close what an earlier life left open */
	bool ending;
};

const struct dmdata_settings *dmdata_settings(const struct dmdata *d)
{
	return d->settings;
}

struct transport *dmdata_transport(const struct dmdata *d)
{
	return d->transport;
}

struct fetch *dmdata_fetch(const struct dmdata *d)
{
	return d->fetch;
}

/* ---- telegrams ---- */

/* Ids are digests: their first 64 bits tell them apart. Short ids of a test are taken whole. */
static uint64_t key_of(const char *id)
{
	char first[17];
	(void)snprintf(first, sizeof(first), "%.16s", id);
	return strtoull(first, NULL, 16);
}

bool dmdata_knows(const struct dmdata *d, const char *id)
{
	uint64_t key = key_of(id);
	size_t count = d->known_count < KNOWN_MAX ? d->known_count : KNOWN_MAX;
	for (size_t i = 0; i < count; i++) {
		if (d->known[i] == key) {
			return true;
		}
	}
	return false;
}

size_t dmdata_waiting(const struct dmdata *d)
{
	return d->waiting;
}

bool dmdata_has_room(const struct dmdata *d)
{
	return d->waiting_bytes < WAITING_BYTES_MAX;
}

static void drop_errand(struct errand *errand)
{
	TAILQ_REMOVE(&errand->dmdata->errands, errand, next);
	errand->dmdata->waiting--;
	errand->dmdata->waiting_bytes -= errand->size;
	free(errand);
}

static void answered(void *data, const struct fetch_answer *answer)
{
	struct errand *errand = data;
	struct dmdata *d = errand->dmdata;
	(void)answer; /* a refusal is on record at the hub, with its reason */
	drop_errand(errand);
	gap_answered(d->gap);
}

void dmdata_submit(struct dmdata *d, const char *id, const void *xml, size_t size)
{
	if (dmdata_knows(d, id)) {
		return;
	}
	struct errand *errand = mem_new(sizeof(*errand));
	errand->dmdata = d;
	errand->size = size;
	TAILQ_INSERT_TAIL(&d->errands, errand, next);
	d->known[d->known_count++ % KNOWN_MAX] = key_of(id);
	d->waiting++;
	d->waiting_bytes += size;
	fetch_submit(d->fetch, xml, size, answered, errand);
}

/* ---- health ---- */

bool dmdata_is_cut_off(const struct dmdata *d)
{
	for (size_t i = 0; i < d->connection_count; i++) {
		if (connection_is_up(d->connections[i])) {
			return false;
		}
	}
	return true;
}

void dmdata_changed(struct dmdata *d)
{
	size_t up = 0;
	const char *why = "";
	struct wall_time heard = WALL_TIME_NONE;
	if (d->ending || !d->gap) {
		return; /* not all parts are there */
	}
	for (size_t i = 0; i < d->connection_count; i++) {
		const struct connection *c = d->connections[i];
		struct wall_time t = connection_heard(c);
		up += connection_is_up(c);
		why = connection_is_up(c) ? why : connection_why(c);
		heard = t.ms > heard.ms ? t : heard;
	}
	enum fetch_state state = up == 0		    ? FETCH_DOWN
				 : up < d->connection_count ? FETCH_DEGRADED
							    : FETCH_OK;
	if (state == FETCH_OK && gap_why(d->gap)[0]) {
		state = FETCH_DEGRADED;
		why = gap_why(d->gap);
	}
	fetch_health(d->fetch, state, heard, why);
}

void dmdata_look(struct dmdata *d)
{
	if (d->gap) {
		gap_fill(d->gap);
	}
}

/* ---- what survives ---- */

static void remember(const struct dmdata *d)
{
	struct err e = {0};
	json_t *object = json_object();
	json_t *sockets = json_array();
	for (size_t i = 0; i < d->socket_count; i++) {
		json_array_append_new(sockets, json_integer(d->sockets[i]));
	}
	json_put_text(object, "cursor", d->cursor);
	json_put(object, "sockets", sockets);
	char *text = json_dumps(object, JSON_COMPACT);
	if (file_replace(d->memory_path, text, strlen(text), MEMORY_MODE, &e) != 0) {
		log_error("cannot remember the cursor", "reason=%s", LOG_TEXT(e.text));
	}
	free(text);
	json_decref(object);
}

static void recall(struct dmdata *d)
{
	char *text = NULL;
	size_t size = 0;
	struct err e = {0};
	d->cursor = mem_copy_text("");
	if (file_read(d->memory_path, MEMORY_BYTES_MAX, &text, &size, &e) != 0) {
		return; /* the first day */
	}
	json_t *object = json_read(text, size, &e);
	free(text);
	if (!object) {
		log_error("the cursor is damaged", "reason=%s", LOG_TEXT(e.text));
	}
	dmdata_set_cursor(d, json_text(object, "cursor", ""));
	size_t i;
	json_t *id;
	json_array_foreach(json_object_get(object, "sockets"), i, id)
	{
		if (json_is_integer(id) && d->socket_count < SOCKETS_MAX) {
			d->sockets[d->socket_count++] = json_integer_value(id);
		}
	}
	json_decref(object);
}

const char *dmdata_cursor(const struct dmdata *d)
{
	return d->cursor;
}

void dmdata_set_cursor(struct dmdata *d, const char *cursor)
{
	if (strcmp(d->cursor, cursor) == 0) {
		return;
	}
	char *copy = mem_copy_text(cursor);
	free(d->cursor);
	d->cursor = copy;
	if (d->gap) {
		remember(d);
	}
}

void dmdata_note_socket(struct dmdata *d, int64_t id, bool open)
{
	if (id < 0) {
		return;
	}
	if (open && d->socket_count < SOCKETS_MAX) {
		d->sockets[d->socket_count++] = id;
	}
	for (size_t i = 0; !open && i < d->socket_count; i++) {
		if (d->sockets[i] == id) {
			d->sockets[i] = d->sockets[--d->socket_count];
			break;
		}
	}
	remember(d);
}

/* ---- start and end ---- */

static void start_connections(struct dmdata *d)
{
	const struct text_list *servers = &d->settings->servers;
	d->connection_count = servers->count ? servers->count : 1;
	for (size_t i = 0; i < d->connection_count; i++) {
		d->connections[i] = connection_new(d, servers->count ? servers->list[i] : "");
	}
	d->gap = gap_new(d);
}

static void closed_leftover(void *data, const struct rest_answer *answer)
{
	struct dmdata *d = data;
	(void)answer; /* gone already is as good */
	if (--d->closing == 0) {
		start_connections(d);
	}
}

/* After a crash the service counts our old sockets against the contract's limit until it misses
 * their pongs: they are closed first (API reference, "Socket Close v2"). */
static void close_leftovers(struct dmdata *d)
{
	size_t count = d->socket_count;
	d->closing = 1;
	for (size_t i = 0; i < count; i++) {
		char url[512];
		(void)snprintf(url, sizeof(url), "%.400s/v2/socket/%" PRId64, d->settings->api_url,
			d->sockets[i]);
		d->closing += transport_request(d->transport, "DELETE", url, NULL, MEMORY_BYTES_MAX,
				      closed_leftover, d) != NULL;
	}
	d->socket_count = 0;
	const struct rest_answer none = {.body = "", .fault = ""};
	closed_leftover(d, &none);
}

static int open_dmdata(struct fetch *f, const json_t *options, void **instance, struct err *e)
{
	struct dmdata_settings *settings = NULL;
	xml_setup();
	int rc = dmdata_settings_new(options, &settings, e);
	if (rc != 0) {
		return rc;
	}
	const struct transport_settings transport = {
		.authorization = settings->authorization,
		.ca_file = settings->ca_file,
		.timeout_ms = settings->timeout_ms,
		.quiet_s = settings->quiet_s,
	};
	struct dmdata *d = mem_new(sizeof(*d));
	size_t size = strlen(fetch_state_dir(f)) + sizeof("/dmdata.json");
	*d = (struct dmdata){.fetch = f, .settings = settings, .memory_path = mem_new(size)};
	(void)snprintf(d->memory_path, size, "%s/dmdata.json", fetch_state_dir(f));
	TAILQ_INIT(&d->errands);
	d->transport = transport_new(fetch_base(f), &transport, e);
	if (!d->transport) {
		free(d->memory_path);
		free(d);
		dmdata_settings_free(settings);
		return e->code;
	}
	recall(d);
	fetch_health(f, FETCH_DOWN, WALL_TIME_NONE, "connecting");
	close_leftovers(d);
	*instance = d;
	return 0;
}

static void close_dmdata(void *instance)
{
	struct dmdata *d = instance;
	struct errand *errand;
	d->ending = true;
	for (size_t i = 0; i < d->connection_count; i++) {
		connection_free(d->connections[i]);
	}
	gap_free(d->gap);
	transport_free(d->transport);
	if (d->gap) { /* else what an earlier life left open may be open still */
		d->socket_count = 0;
		remember(d);
	}
	while ((errand = TAILQ_FIRST(&d->errands)) != NULL) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it leaves the list there. */
		drop_errand(errand);
	}
	dmdata_settings_free(d->settings);
	free(d->memory_path);
	free(d->cursor);
	free(d);
}

int main(int argc, char **argv)
{
	const struct fetch_program program = {
		.declaration = &fetch_dmdata, .open = open_dmdata, .close = close_dmdata};
	return fetch_main(argc, argv, &program);
}
