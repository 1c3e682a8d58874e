/* SPDX-License-Identifier: Apache-2.0
 *
 * What the WebSockets missed, by Telegram List v2: everything after the cursor, oldest first. The
 * cursor moves on when all of it has been answered for good, never before; so a crash in mid-round
 * reads the same list again.
 */
#include "base/json.h"
#include "base/log.h"
#include "ingest/fetch/dmdata/dmdata.h"
#include "ingest/fetch/whole.h"

#include <event2/http.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LIST_BYTES_MAX = 8 * 1024 * 1024,
	PAGES_MAX = 50,
	TRIES = 3,
	TRY_PAUSE_MS = 1000,
	MISSING_MAX = 5,     /* after as many in a round it is not the telegrams: not on and on */
	ROUNDS_FOR_GONE = 3, /* after these the cursor moves on without what is not there */
	SHORTEST_RETRY_MS = 2000,
	CUT_OFF_MS = 20 * 1000, /* between rounds while no connection is up */
	URL_SIZE = 4096,
};

struct gap {
	struct dmdata *dmdata;
	struct event *timer;
	void (*due)(struct gap *g); /* what the timer is for */
	struct rest_call *call;
	json_t *ids;	    /* wanted and not known, newest first */
	char *next_polling; /* of the first page: the cursor after this round */
	size_t pages;
	int tries;
	size_t missing; /* not fetched in this round, for whatever reason */
	size_t gone;	/* of these: the service says that there is no such telegram */
	int rounds_gone;
	char fault[DMDATA_WHY_SIZE]; /* of the last one missing */
	bool busy;		     /* a round is under way */
	bool again;		     /* asked for meanwhile */
	char why[DMDATA_WHY_SIZE];
};

static void fetch_next(struct gap *g);
static void ask_list(struct gap *g, const char *cursor);
static void begin(struct gap *g);

static void after(struct gap *g, int64_t ms, void (*due)(struct gap *g))
{
	const struct timeval pause = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
	g->due = due;
	event_add(g->timer, &pause);
}

static void on_timer(evutil_socket_t fd, short what, void *data)
{
	struct gap *g = data;
	(void)fd;
	(void)what;
	g->due(g);
}

/* ---- the end of a round ---- */

static void end_round(struct gap *g, const char *why)
{
	int64_t interval = dmdata_settings(g->dmdata)->list_interval_ms;
	bool failed = why[0] != '\0';
	(void)snprintf(g->why, sizeof(g->why), "%.*s",
		(int)utf8_cut(why, strlen(why), sizeof(g->why) - 1), why);
	g->busy = false;
	if (dmdata_is_cut_off(g->dmdata) && interval > CUT_OFF_MS) {
		interval = CUT_OFF_MS;
	}
	if (failed && interval > SHORTEST_RETRY_MS) {
		interval = SHORTEST_RETRY_MS + random() % SHORTEST_RETRY_MS;
	}
	bool at_once = g->again && !failed;
	g->again = false;
	after(g, at_once ? 0 : interval, begin);
	dmdata_changed(g->dmdata);
}

static void move_cursor(struct gap *g)
{
	if (g->next_polling && g->next_polling[0]) {
		dmdata_set_cursor(g->dmdata, g->next_polling);
	}
	free(g->next_polling);
	g->next_polling = NULL;
	end_round(g, "");
}

/* All is submitted; the cursor waits for the answers. */
static void finish_fetching(struct gap *g)
{
	bool all_gone = g->missing > 0 && g->gone == g->missing;
	g->rounds_gone = all_gone ? g->rounds_gone + 1 : 0;
	if (g->missing > 0 && g->rounds_gone < ROUNDS_FOR_GONE) {
		char why[DMDATA_WHY_SIZE];
		(void)snprintf(why, sizeof(why),
			"%zu telegrams of the list cannot be fetched: %.100s", g->missing,
			g->fault);
		end_round(g, why);
		return;
	}
	if (g->missing > 0) {
		log_error("telegrams of the list are given up", "count=%zu", g->missing);
	}
	g->rounds_gone = 0;
	if (dmdata_waiting(g->dmdata) == 0) {
		move_cursor(g);
	}
}

void gap_answered(struct gap *g)
{
	bool done = g->busy && !g->call && json_array_size(g->ids) == 0 && g->next_polling;
	if (done && dmdata_waiting(g->dmdata) == 0) {
		move_cursor(g);
	}
}

/* ---- bodies, oldest first ---- */

static void drop_last(struct gap *g)
{
	json_array_remove(g->ids, json_array_size(g->ids) - 1);
	g->tries = 0;
}

static const char *last_id(const struct gap *g)
{
	size_t count = json_array_size(g->ids);
	return count > 0 ? json_string_value(json_array_get(g->ids, count - 1)) : NULL;
}

static const char *judge_body(const struct rest_answer *answer)
{
	if (answer->status == 0) {
		return answer->fault;
	}
	if (answer->status != 200) {
		return "the service refuses it";
	}
	return fetch_is_whole(answer->body, answer->size) ? "" : "what came is no whole telegram";
}

/* One that cannot be had now holds neither those behind it nor is it forgotten: the cursor stays
 * before it. */
static void miss(struct gap *g, const char *id, int status, const char *fault)
{
	(void)snprintf(g->fault, sizeof(g->fault), "%.100s (%d)", fault, status);
	if (++g->tries < TRIES) {
		after(g, TRY_PAUSE_MS, fetch_next);
		return;
	}
	log_warning("a telegram cannot be fetched", "id=%.16s reason=%s", id, LOG_TEXT(g->fault));
	g->missing++;
	g->gone += status == 404 || status == 410;
	drop_last(g);
	if (g->missing >= MISSING_MAX && g->gone < g->missing) {
		finish_fetching(g);
	} else {
		fetch_next(g);
	}
}

static void on_body(void *data, const struct rest_answer *answer)
{
	struct gap *g = data;
	const char *id = last_id(g);
	const char *fault = judge_body(answer);
	g->call = NULL;
	if (fault[0]) {
		miss(g, id, answer->status, fault);
		return;
	}
	dmdata_submit(g->dmdata, id, answer->body, answer->size);
	drop_last(g);
	fetch_next(g);
}

static void fetch_next(struct gap *g)
{
	const char *id = last_id(g);
	while (id && dmdata_knows(g->dmdata, id)) { /* a WebSocket brought it meanwhile */
		drop_last(g);
		id = last_id(g);
	}
	if (!id) {
		finish_fetching(g);
		return;
	}
	if (!fetch_may_submit(dmdata_fetch(g->dmdata))) {
		after(g, TRY_PAUSE_MS, fetch_next);
		return;
	}
	char url[URL_SIZE];
	(void)snprintf(url, sizeof(url), "%s/v1/%s", dmdata_settings(g->dmdata)->data_url, id);
	g->call = transport_request(
		dmdata_transport(g->dmdata), "GET", url, NULL, DMDATA_BODY_BYTES_MAX, on_body, g);
	if (!g->call) {
		end_round(g, "data_url is no address");
	}
}

/* ---- pages, newest first ---- */

static void note_items(struct gap *g, const json_t *items)
{
	size_t i;
	json_t *item;
	json_array_foreach(items, i, item)
	{
		const char *id = dmdata_item_id(item);
		const char *type = json_text(json_object_get(item, "head"), "type", "");
		if (id && dmdata_settings_want(dmdata_settings(g->dmdata), type) &&
			!dmdata_knows(g->dmdata, id)) {
			json_array_append_new(g->ids, json_string(id));
		}
	}
}

static void take_page(struct gap *g, const struct dmdata_list *list)
{
	bool first_day = dmdata_cursor(g->dmdata)[0] == '\0';
	note_items(g, list->items);
	if (g->pages++ == 0) {
		free(g->next_polling);
		g->next_polling = mem_copy_text(list->next_polling);
	}
	/* On the first day one page tells what is in force; history is nobody's news. */
	if (list->next_page[0] && !first_day && g->pages < PAGES_MAX) {
		ask_list(g, list->next_page);
	} else {
		if (list->next_page[0] && !first_day) {
			log_error("the list is longer than is read: its oldest are left out",
				"pages=%d", PAGES_MAX);
		}
		fetch_next(g);
	}
}

static void on_list(void *data, const struct rest_answer *answer)
{
	struct gap *g = data;
	struct dmdata_list list;
	struct err e = {0};
	g->call = NULL;
	if (answer->status == 0) {
		char why[DMDATA_WHY_SIZE];
		(void)snprintf(why, sizeof(why), "the list cannot be read: %.120s", answer->fault);
		end_round(g, why);
		return;
	}
	if (dmdata_list_read(answer->body, answer->size, &list, &e) == 0) {
		take_page(g, &list);
	} else if (answer->status == 400 && dmdata_cursor(g->dmdata)[0] &&
		   strstr(e.text, "cursorToken")) {
		/* The service has forgotten it: begin as on the first day. */
		log_warning(
			"the list's cursor is not valid any more", "reason=%s", LOG_TEXT(e.text));
		dmdata_set_cursor(g->dmdata, "");
		end_round(g, e.text);
	} else {
		(void)err_prefix(&e, "the list cannot be read: ");
		end_round(g, e.text);
	}
	dmdata_list_clear(&list);
}

static void ask_list(struct gap *g, const char *cursor)
{
	const struct dmdata_settings *s = dmdata_settings(g->dmdata);
	char url[URL_SIZE];
	char *escaped = evhttp_encode_uri(cursor);
	int size = snprintf(url, sizeof(url), "%s/v2/telegram?%s%s%s", s->api_url, s->list_query,
		cursor[0] ? "&cursorToken=" : "", escaped ? escaped : "");
	free(escaped);
	g->call = size < (int)sizeof(url) ? transport_request(dmdata_transport(g->dmdata), "GET",
						    url, NULL, LIST_BYTES_MAX, on_list, g)
					  : NULL;
	if (!g->call) {
		end_round(g, "api_url is no address, or the cursor is too long");
	}
}

static void begin(struct gap *g)
{
	g->busy = true;
	g->again = false;
	g->pages = 0;
	g->missing = 0;
	g->gone = 0;
	g->tries = 0;
	json_array_clear(g->ids);
	ask_list(g, dmdata_cursor(g->dmdata));
}

/* ---- outside ---- */

struct gap *gap_new(struct dmdata *d)
{
	struct gap *g = mem_new(sizeof(*g));
	*g = (struct gap){.dmdata = d, .ids = json_array(), .why = ""};
	g->timer = event_new(fetch_base(dmdata_fetch(d)), -1, 0, on_timer, g);
	after(g, 0, begin);
	return g;
}

void gap_free(struct gap *g)
{
	if (!g) {
		return;
	}
	if (g->call) {
		rest_call_cancel(g->call);
	}
	event_free(g->timer);
	json_decref(g->ids);
	free(g->next_polling);
	free(g);
}

void gap_fill(struct gap *g)
{
	if (g->busy) {
		g->again = true;
	} else {
		after(g, 0, begin);
	}
}

const char *gap_why(const struct gap *g)
{
	return g->why;
}
