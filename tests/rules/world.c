/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/rules/world.h"

#include "base/buf.h"
#include "geo/geometry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 400, SENT_MAX = 400, TOMBSTONES_MAX = 50, DECISIONS_MAX = 400 };

struct sent {
	enum alert_status status;
	const struct broadcast *broadcast;
	struct text_list channels;
	struct text_list areas;
	bool held;
};

struct tombstone {
	enum alert_status status;
	const char *series;
	const char *revision;
};

struct world {
	struct pool *pool;
	struct config config;
	struct state_row rows[ROWS_MAX];
	size_t row_count;
	struct sent sent[SENT_MAX];
	size_t sent_count;
	struct tombstone tombstones[TOMBSTONES_MAX];
	size_t tombstone_count;
	struct rules_decision *decisions[DECISIONS_MAX];
	struct alert *alerts[DECISIONS_MAX];
	size_t decision_count;
};

/* ---- configuration ---- */

static struct text_list list_of(struct pool *p, const char *words)
{
	struct text_list list = {.list = pool_take(p, 16 * sizeof(char *))};
	char *copy = pool_copy_text(p, words);
	for (char *save = NULL, *word = strtok_r(copy, " ", &save); word;
		word = strtok_r(NULL, " ", &save)) {
		list.list[list.count++] = word;
	}
	return list;
}

static struct municipality town(struct pool *p, const char *code, const char *name,
	const char *reading, const char *weather, const char *seismic)
{
	return (struct municipality){.code = code,
		.name = name,
		.reading = reading,
		.prefecture = "福島県",
		.weather = list_of(p, weather),
		.seismic = list_of(p, seismic),
		.seismic_area = list_of(p, "250"),
		.tsunami = list_of(p, "250"),
		.offices = list_of(p, "福島地方気象台"),
		.volcanoes = list_of(p, "212"),
		.rivers = list_of(p, "070001000101"),
		.parents = list_of(p, "070000 070010")};
}

static struct channel_config channel(struct pool *p, const char *name, bool drill)
{
	return (struct channel_config){.name = name,
		.driver = "fake",
		.enabled = true,
		.drill = drill,
		.languages = list_of(p, "ja en")};
}

static struct rule rule(struct pool *p, const char *name, const char *kinds, enum severity min,
	const char *channels)
{
	return (struct rule){.name = name,
		.kinds = list_of(p, kinds),
		.severity_min = min,
		.channels = list_of(p, channels),
		.priority = -1};
}

static void build_config(struct world *w)
{
	struct pool *p = w->pool;
	struct config *c = &w->config;
	c->pool = p;
	c->languages = list_of(p, "ja en");
	c->municipality_count = 2;
	c->municipalities = pool_take(p, 2 * sizeof(*c->municipalities));
	c->municipalities[0] = town(p, IWAKI, "いわき市", "Iwaki", "0720400", "0720400 0720401");
	c->municipalities[1] = town(p, NARAHA, "楢葉町", "Naraha", "0754200", "0754200");
	c->channel_count = 3;
	c->channels = pool_take(p, 3 * sizeof(*c->channels));
	c->channels[0] = channel(p, "siren", true);
	c->channels[1] = channel(p, "mail", true);
	c->channels[2] = channel(p, "web", false);
	c->live = (struct rule){.name = "live", .priority = -1, .child_count = 3};
	c->live.children = pool_take(p, 3 * sizeof(struct rule));
	c->live.children[0] = rule(p, "life", "", SEVERITY_SEVERE, "siren mail web");
	c->live.children[1] = rule(p, "advisories", "weather.advisory_other", SEVERITY_UNKNOWN, "");
	c->live.children[1].none = true;
	c->live.children[2] = rule(p, "rest", "", SEVERITY_MODERATE, "mail");
	c->drill = (struct rule){.name = "drill", .priority = -1, .child_count = 1};
	c->drill.children = pool_take(p, sizeof(struct rule));
	c->drill.children[0] = rule(p, "practice", "", SEVERITY_UNKNOWN, "siren web");
}

struct world *world_new(void)
{
	struct pool *pool = pool_new();
	struct world *w = pool_take(pool, sizeof(*w));
	w->pool = pool;
	build_config(w);
	return w;
}

void world_free(struct world *w)
{
	for (size_t i = 0; i < w->decision_count; i++) {
		rules_decision_free(w->decisions[i]);
		alert_free(w->alerts[i]);
	}
	for (size_t i = 0; i < w->config.municipality_count; i++) {
		geo_shape_free(w->config.municipalities[i].shape);
	}
	pool_free(w->pool);
}

void world_outline(struct world *w, size_t municipality, const char *polygon)
{
	struct municipality *m = &w->config.municipalities[municipality];
	struct err e;
	geo_shape_free(m->shape);
	if (geo_shape_from_cap(polygon, &m->shape, &e)) {
		abort();
	}
}

struct config *world_config(struct world *w)
{
	return &w->config;
}

/* ---- the store ---- */

static void read_state(void *data, enum alert_status status, const char *municipality,
	void (*each)(void *to, const struct state_row *row), void *to)
{
	struct world *w = data;
	for (size_t i = 0; i < w->row_count; i++) {
		if (w->rows[i].status == status &&
			strcmp(w->rows[i].municipality, municipality) == 0) {
			each(to, &w->rows[i]);
		}
	}
}

static void read_thread(void *data, enum alert_status status, const char *thread,
	void (*each)(void *to, const struct rules_sent *sent), void *to)
{
	struct world *w = data;
	for (size_t i = 0; i < w->sent_count; i++) {
		const struct broadcast *b = w->sent[i].broadcast;
		if (w->sent[i].status == status && strcmp(b->thread, thread) == 0) {
			const struct rules_sent sent = {.broadcast = b->id,
				.update = b->update,
				.event = b->event,
				.channels = &w->sent[i].channels,
				.areas = &w->sent[i].areas,
				.waits = w->sent[i].held};
			each(to, &sent);
		}
	}
}

static bool read_tombstone(
	void *data, enum alert_status status, const char *series, const char *revision)
{
	struct world *w = data;
	for (size_t i = 0; i < w->tombstone_count; i++) {
		const struct tombstone *t = &w->tombstones[i];
		if (t->status == status && strcmp(t->series, series) == 0 &&
			(revision[0] == '\0' || t->revision[0] == '\0' ||
				strcmp(t->revision, revision) == 0)) {
			return true;
		}
	}
	return false;
}

static void put_row(struct world *w, const struct state_row *row)
{
	size_t i = 0;
	while (i < w->row_count &&
		(w->rows[i].status != row->status ||
			strcmp(w->rows[i].municipality, row->municipality) != 0 ||
			strcmp(w->rows[i].slot, row->slot) != 0)) {
		i++;
	}
	if (i == ROWS_MAX) {
		return; /* only a fuzzer writes so much */
	}
	w->rows[i] = *row;
	w->row_count = i == w->row_count ? i + 1 : w->row_count;
}

static void bury(struct world *w, const struct alert *a)
{
	for (size_t i = 0; i < a->reference_count && w->tombstone_count < TOMBSTONES_MAX - 1; i++) {
		w->tombstones[w->tombstone_count++] = (struct tombstone){
			a->status, a->references[i].series, a->references[i].revision};
	}
	if (a->reference_count == 0 && w->tombstone_count < TOMBSTONES_MAX) {
		w->tombstones[w->tombstone_count++] = (struct tombstone){a->status, a->series, ""};
	}
}

static struct text_list codes_of(struct pool *p, const struct broadcast *b)
{
	struct text_list codes = {.list = pool_take(p, (b->area_count + 1) * sizeof(char *))};
	for (size_t i = 0; i < b->area_count; i++) {
		codes.list[codes.count++] = b->areas[i].code;
	}
	return codes;
}

const struct rules_decision *world_take(struct world *w, struct alert *a, struct wall_time now)
{
	const struct rules_reader reader = {
		.state = read_state, .thread = read_thread, .tombstone = read_tombstone, .data = w};
	struct rules_decision *d = rules_decide(&w->config, a, &reader, now);
	w->decisions[w->decision_count] = d;
	w->alerts[w->decision_count++] = a;
	for (size_t i = 0; i < d->change_count; i++) {
		put_row(w, &d->changes[i].row);
	}
	for (size_t i = 0; i < d->broadcast_count && w->sent_count < SENT_MAX; i++) {
		w->sent[w->sent_count++] = (struct sent){a->status, d->broadcasts[i].broadcast,
			d->broadcasts[i].channels, codes_of(w->pool, d->broadcasts[i].broadcast),
			d->broadcasts[i].hold};
	}
	if (d->tombstone) {
		bury(w, a);
	}
	return d;
}

const struct rules_decision *world_take_fresh(struct world *w, struct alert *a)
{
	return world_take(w, a, (struct wall_time){.ms = a->issued.ms + 30000});
}

const struct state_row *world_row(
	struct world *w, enum alert_status status, const char *municipality, const char *slot)
{
	for (size_t i = 0; i < w->row_count; i++) {
		const struct state_row *row = &w->rows[i];
		if (row->status == status && strcmp(row->municipality, municipality) == 0 &&
			strcmp(row->slot, slot) == 0) {
			return row;
		}
	}
	return NULL;
}

bool world_in_force(struct world *w, const char *municipality, const char *slot)
{
	const struct state_row *row = world_row(w, ALERT_STATUS_ACTUAL, municipality, slot);
	return row && row->in_force;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char *world_picture(struct world *w, enum alert_status status)
{
	char *lines[ROWS_MAX];
	size_t count = 0;
	for (size_t i = 0; i < w->row_count; i++) {
		const struct state_row *row = &w->rows[i];
		if (row->in_force && row->status == status) {
			lines[count++] = pool_printf(w->pool, "%s %s %s %s %s\n", row->municipality,
				row->slot, row->kind->name, severity_name(row->severity),
				row->code);
		}
	}
	qsort(lines, count, sizeof(lines[0]), by_text);
	struct buf out;
	buf_init(&out, 1 << 20);
	(void)buf_add_text(&out, "");
	for (size_t i = 0; i < count; i++) {
		(void)buf_add_text(&out, lines[i]);
	}
	char *text = mem_copy_text(buf_text(&out));
	buf_clear(&out);
	return text;
}

bool world_traced(const struct rules_decision *d, const char *part)
{
	for (size_t i = 0; i < d->trace_count; i++) {
		if (strstr(d->trace[i], part)) {
			return true;
		}
	}
	return false;
}

bool world_sends(const struct rules_decision *d, size_t broadcast, const char *channel_name)
{
	return broadcast < d->broadcast_count &&
	       text_list_has(&d->broadcasts[broadcast].channels, channel_name);
}

/* ---- alerts ---- */

struct wall_time world_at(int minutes)
{
	struct wall_time t;
	(void)wall_time_parse("2026-11-20T14:00:00+09:00", 25, &t, NULL);
	t.ms += (int64_t)minutes * 60000;
	return t;
}

struct alert *world_alert(const char *type, const char *key, int minutes)
{
	static unsigned number;
	char text[64];
	struct alert *a = alert_new();
	a->format = strcmp(type, "CAP") == 0 ? ALERT_FORMAT_CAP : ALERT_FORMAT_JMX;
	a->type = pool_copy_text(a->pool, type);
	a->title = "防災気象情報";
	a->sender = "気象庁";
	a->office = "気象庁本庁";
	a->status = ALERT_STATUS_ACTUAL;
	a->action = ALERT_ACTION_ISSUE;
	a->series = pool_copy_text(a->pool, key);
	a->revision = pool_printf(a->pool, "%d", minutes);
	a->issued = world_at(minutes);
	a->sent = a->issued;
	(void)snprintf(text, sizeof(text), "%u", ++number);
	digest_of(text, strlen(text), a->digest);
	return a;
}

struct alert_item *world_item(struct alert *a, const char *kind, const char *code,
	enum severity severity, int level, const char *system, const char *area)
{
	struct alert_item *item = alert_add_item(a, kind_find(kind));
	item->code = pool_copy_text(a->pool, code);
	item->severity = severity;
	item->level = level;
	if (area) {
		alert_add_area(a, item, system, area, "");
	}
	return item;
}

struct alert *world_tsunami(int minutes, const char *kind, const char *code, enum severity severity)
{
	struct alert *a = world_alert("VTSE41", "VTSE41 " WORLD_QUAKE, minutes);
	a->events = WORLD_QUAKE;
	world_item(a, kind, code, severity, 0, AREA_JMA_TSUNAMI, "250");
	return a;
}
