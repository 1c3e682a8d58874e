/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/properties/town.h"

#include "base/buf.h"
#include "channels/registry.h"
#include "cli/memory_state.h"
#include "rules/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STORY_LIMIT = 1 << 20, FAULT_SIZE = 600, LINES_MAX = 100 };

/* What people of a municipality believe about one slot. */
struct belief {
	struct state_row row; /* texts in the town's pool */
	bool told;	      /* false: they know of nothing in force */
	bool over_by_word;    /* the end of another link of its chain was told since */
	bool waits;	      /* something about it is held for staff */
};

struct town {
	struct config *config;
	struct memory_state *memory;
	struct rules_reader reader;
	struct pool *pool;
	struct belief *beliefs;
	size_t belief_count;
	size_t belief_capacity;
	struct wall_time clock;
	struct town_counts counts;
	struct buf story;
	char fault[FAULT_SIZE];
};

static const char yaml[] =
	"site: orders\n"
	"municipalities:\n"
	"  - {code: \"07204\", name: いわき市, reading: いわきし, prefecture: 福島県,\n"
	"     weather: [\"0720400\", \"0720401\"], seismic: [\"0720400\"], seismic_area: "
	"[\"251\"],\n"
	"     tsunami: [\"250\"], volcanoes: [], rivers: [\"070028000100\"],\n"
	"     parents: [\"070000\", \"070020\", \"070023\"], offices: [福島地方気象台]}\n"
	"  - {code: \"07542\", name: 楢葉町, reading: ならはまち, prefecture: 福島県,\n"
	"     weather: [\"0754200\"], seismic: [\"0754200\"], seismic_area: [\"251\"],\n"
	"     tsunami: [\"250\"], volcanoes: [], rivers: [],\n"
	"     parents: [\"070000\", \"070020\", \"070022\"], offices: [福島地方気象台]}\n"
	"feeds: [{name: local, unix: local.sock}]\n"
	"channels:\n"
	"  - {name: siren, driver: fake, drill: true}\n"
	"  - {name: mail, driver: fake, drill: true}\n"
	"rules:\n"
	"  live:\n"
	"    - {name: life, match: {severity: severe}, channels: [siren, mail]}\n"
	"    - {name: rest, match: {kinds: [\"*\"]}, channels: [mail]}\n"
	"  drill:\n"
	"    - {name: drill, match: {kinds: [\"*\"]}, channels: [mail]}\n";

static struct config *load(void)
{
	struct config_faults faults;
	config_faults_init(&faults);
	struct config *c = config_load_text(
		"town", yaml, sizeof(yaml) - 1, &channel_registry_drivers, &faults);
	for (size_t i = 0; i < faults.count; i++) {
		(void)fprintf(stderr, "town:%d: %s: %s\n", faults.list[i].line, faults.list[i].key,
			faults.list[i].text);
	}
	config_faults_clear(&faults);
	if (!c) {
		abort();
	}
	return c;
}

struct town *town_new(void)
{
	static struct config *config; /* read-only, the same for all towns */
	config = config ? config : load();
	struct town *t = mem_new(sizeof(*t));
	t->config = config;
	t->memory = memory_state_new();
	t->pool = pool_new();
	t->clock = WALL_TIME_NONE;
	memory_state_reader(t->memory, &t->reader);
	buf_init(&t->story, STORY_LIMIT);
	return t;
}

void town_free(struct town *t)
{
	memory_state_free(t->memory);
	pool_free(t->pool);
	buf_clear(&t->story);
	free(t->beliefs);
	free(t);
}

struct town_counts town_counts(const struct town *t)
{
	return t->counts;
}

static void complain(struct town *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void complain(struct town *t, const char *format, ...)
{
	va_list args;
	if (t->fault[0]) {
		return; /* the first tells most */
	}
	va_start(args, format);
	utf8_vprint(t->fault, sizeof(t->fault), format, args);
	va_end(args);
}

/* ---- beliefs ---- */

static bool is_mark(const struct state_row *row)
{
	return strncmp(row->slot, "seen/", strlen("seen/")) == 0;
}

static struct belief *belief_of(struct town *t, const struct state_row *row)
{
	for (size_t i = 0; i < t->belief_count; i++) {
		const struct state_row *other = &t->beliefs[i].row;
		if (other->status == row->status &&
			strcmp(other->municipality, row->municipality) == 0 &&
			strcmp(other->slot, row->slot) == 0) {
			return &t->beliefs[i];
		}
	}
	mem_grow((void **)&t->beliefs, &t->belief_capacity, t->belief_count, sizeof(*t->beliefs));
	struct belief *b = &t->beliefs[t->belief_count++];
	*b = (struct belief){.row = *row};
	b->row.municipality = pool_copy_text(t->pool, row->municipality);
	b->row.slot = pool_copy_text(t->pool, row->slot);
	return b;
}

static void believe(struct town *t, struct belief *b, const struct state_row *row)
{
	b->told = row->in_force;
	b->over_by_word = false;
	b->row.kind = row->kind;
	b->row.severity = row->severity;
	b->row.level = row->level;
	b->row.expires = row->expires;
	b->row.code = pool_copy_text(t->pool, row->code);
	b->row.value = pool_copy_text(t->pool, row->value);
}

static void forget_what_ended_by_itself(struct town *t)
{
	for (size_t i = 0; i < t->belief_count; i++) {
		struct belief *b = &t->beliefs[i];
		bool over = !wall_time_is_none(b->row.expires) && b->row.expires.ms <= t->clock.ms;
		b->told = b->told && !over;
		b->waits = b->waits && !over;
	}
}

/* The slot of a CAP chain is named after the link that came first, so it differs with the order;
 * and a link that comes between two others ends the older one without a word, because the newer one
 * is in force. What people know is the hazard. */
static bool is_chain(const struct state_row *row)
{
	return strchr(row->slot, '@') != NULL;
}

static bool is_told_by_one_word(const struct state_row *a, const struct state_row *b)
{
	return a->status == b->status && strcmp(a->municipality, b->municipality) == 0 &&
	       strcmp(a->kind->hazard, b->kind->hazard) == 0 && is_chain(a) && is_chain(b);
}

/* ---- one event ---- */

static bool names(const struct broadcast *b, const char *municipality)
{
	for (size_t i = 0; i < b->area_count; i++) {
		if (strcmp(b->areas[i].code, municipality) == 0) {
			return true;
		}
	}
	return false;
}

static const struct rules_broadcast *broadcast_of(
	const struct rules_decision *d, const struct rules_change *change)
{
	for (size_t i = 0; i < d->broadcast_count; i++) {
		const struct broadcast *b = d->broadcasts[i].broadcast;
		if (strcmp(b->thread, change->row.thread) == 0 &&
			names(b, change->row.municipality)) {
			return &d->broadcasts[i];
		}
	}
	return NULL;
}

static bool is_about_the_same(const struct state_row *a, const struct state_row *b)
{
	return a->kind == b->kind && a->severity == b->severity && a->level == b->level &&
	       strcmp(a->value, b->value) == 0;
}

static bool is_news(enum event_type event)
{
	return event == EVENT_ISSUED || event == EVENT_RAISED || event == EVENT_ADDED;
}

static void check_event(struct town *t, const struct rules_change *c,
	const struct rules_broadcast *rb, struct belief *b)
{
	const struct state_row *row = &c->row;
	const char *event = event_type_name(c->event);
	bool tells_each = strcmp(row->kind->category, "disaster") != 0 ||
			  kind_matches("civil.*", row->kind->name) ||
			  kind_matches("safety.*", row->kind->name);
	if (!rb) {
		complain(t, "%s %s %s: nothing tells it", row->municipality, row->slot, event);
	} else if (rb->hold) {
		return;
	} else if (!is_news(c->event) && !b->told && c->event != EVENT_CORRECTED) {
		complain(t, "%s %s: people are told that it is %s, but not what", row->municipality,
			row->slot, event);
	} else if (row->in_force && b->told && !tells_each && is_about_the_same(row, &b->row)) {
		complain(t, "%s %s: told again as %s, though nothing changed", row->municipality,
			row->slot, event);
	}
}

/* "The storm is over" is heard as the end of every link of it that came before. Where a link in the
 * middle is lost, the older one stays in force until its own end: nobody can know better. */
static void end_the_rest_of_the_chain(struct town *t, const struct state_row *end)
{
	for (size_t i = 0; !end->in_force && i < t->belief_count; i++) {
		struct belief *b = &t->beliefs[i];
		b->over_by_word = b->over_by_word || is_told_by_one_word(&b->row, end);
	}
}

static void hear(struct town *t, const struct rules_decision *d)
{
	for (size_t i = 0; i < d->change_count; i++) {
		const struct rules_change *c = &d->changes[i];
		if (is_mark(&c->row)) {
			continue;
		}
		struct belief *b = belief_of(t, &c->row);
		if (c->has_event) {
			const struct rules_broadcast *rb = broadcast_of(d, c);
			check_event(t, c, rb, b);
			b->waits = rb && rb->hold && c->row.in_force;
			if (rb && !rb->hold) {
				believe(t, b, &c->row);
				end_the_rest_of_the_chain(t, &c->row);
			}
		} else if (b->told && c->row.in_force) {
			b->row.expires = c->row.expires; /* the same, for longer */
		}
		b->waits = b->waits && c->row.in_force;
	}
}

/* ---- the words ---- */

static void check_words(struct town *t, const struct rules_broadcast *rb)
{
	const struct broadcast *b = rb->broadcast;
	const struct broadcast_text *text = broadcast_text_in(b, "ja");
	bool takes_back = strstr(text->body, "誤報") || strstr(text->body, "取り消");
	bool says_over = strstr(text->title, "解除") != NULL;
	if ((b->event == EVENT_CANCELLED) != takes_back) {
		complain(t, "%s is worded: %s", event_type_name(b->event), text->body);
	}
	if (says_over != (b->event == EVENT_RELEASED)) {
		complain(t, "%s has the title %s", event_type_name(b->event), text->title);
	}
	bool drill = strstr(text->body, "訓練") != NULL && strstr(text->speech, "訓練") != NULL;
	if (drill != (b->status == ALERT_STATUS_EXERCISE)) {
		complain(t, "%s: %s", alert_status_name(b->status), text->body);
	}
}

static void check_decision(
	struct town *t, const struct alert *alert, const struct rules_decision *d)
{
	for (size_t i = 0; i < d->change_count; i++) {
		if (d->changes[i].row.status != alert->status) {
			complain(t, "a row of another status is written: %s",
				d->changes[i].row.slot);
		}
	}
	for (size_t i = 0; i < d->broadcast_count; i++) {
		const struct rules_broadcast *rb = &d->broadcasts[i];
		t->counts.told += rb->hold ? 0 : 1;
		t->counts.held += rb->hold ? 1 : 0;
		if (rb->broadcast->status != alert->status) {
			complain(t, "a broadcast of another status: %s", rb->broadcast->thread);
		}
		check_words(t, rb);
	}
}

/* ---- afterwards ---- */

struct looking {
	struct town *t;
	const struct belief *belief;
	bool found;
};

static int badness(const struct state_row *row)
{
	return (int)row->severity * 10 + row->level;
}

/* An early warning is told once, and an earthquake's own intensity may be below its region's. */
static bool is_told_once(const struct state_row *row)
{
	return strcmp(row->kind->hazard, "eew") == 0 ||
	       strcmp(row->kind->hazard, "earthquake") == 0;
}

static void check_told(void *to, const struct state_row *row)
{
	struct town *t = ((struct looking *)to)->t;
	for (size_t i = 0; i < t->belief_count; i++) {
		const struct belief *b = &t->beliefs[i];
		bool about = b->row.status == row->status &&
			     strcmp(b->row.municipality, row->municipality) == 0 &&
			     strcmp(b->row.kind->hazard, row->kind->hazard) == 0;
		bool enough = b->told && (is_told_once(row) || badness(&b->row) >= badness(row));
		if (about && (enough || b->waits)) {
			return;
		}
	}
	complain(t, "%s %s %s is in force, and nobody was told", row->municipality, row->slot,
		row->kind->name);
}

static void match_belief(void *to, const struct state_row *row)
{
	struct looking *l = to;
	const struct state_row *told = &l->belief->row;
	bool about = told->status == row->status &&
		     strcmp(told->municipality, row->municipality) == 0 &&
		     strcmp(told->slot, row->slot) == 0;
	if (is_told_by_one_word(told, row)) {
		l->found = true;
		return;
	}
	bool same = is_told_once(row) || (row->kind == told->kind && badness(row) == badness(told));
	l->found = l->found || (about && (same || l->belief->waits));
}

static void check_beliefs(struct town *t)
{
	struct looking l = {.t = t};
	memory_state_in_force(t->memory, t->clock, check_told, &l);
	for (size_t i = 0; i < t->belief_count; i++) {
		l.belief = &t->beliefs[i];
		l.found = false;
		if (!l.belief->told || l.belief->over_by_word) {
			continue;
		}
		memory_state_in_force(t->memory, t->clock, match_belief, &l);
		if (!l.found) {
			complain(t, "people still believe %s %s %s", l.belief->row.municipality,
				l.belief->row.slot, l.belief->row.kind->name);
		}
	}
}

/* ---- a telegram ---- */

static void tell_story(struct town *t, const struct alert *a, const struct rules_decision *d)
{
	(void)buf_addf(&t->story, "%s %s %s: %s\n", a->type, a->revision,
		alert_action_name(a->action), rules_verdict_name(d->verdict));
	for (size_t i = 0; i < d->trace_count; i++) {
		(void)buf_addf(&t->story, "    %s\n", d->trace[i]);
	}
}

const char *town_take(struct town *t, const struct alert *alert)
{
	int64_t at = alert->sent.ms + 2000;
	char *live =
		alert->status == ALERT_STATUS_ACTUAL ? NULL : town_picture(t, ALERT_STATUS_ACTUAL);
	t->clock.ms = wall_time_is_none(t->clock) || at > t->clock.ms ? at : t->clock.ms;
	t->fault[0] = '\0';
	forget_what_ended_by_itself(t);
	struct rules_decision *d = rules_decide(t->config, alert, &t->reader, t->clock);
	memory_state_apply(t->memory, alert, d);
	tell_story(t, alert, d);
	check_decision(t, alert, d);
	hear(t, d);
	check_beliefs(t);
	if (live) {
		char *now = town_picture(t, ALERT_STATUS_ACTUAL);
		if (strcmp(now, live) != 0) {
			complain(t, "an exercise changed what is real");
		}
		free(now);
		free(live);
	}
	rules_decision_free(d);
	return t->fault[0] ? t->fault : NULL;
}

/* ---- pictures ---- */

struct drawing {
	enum alert_status status;
	char *lines[LINES_MAX];
	size_t count;
};

static void draw(void *to, const struct state_row *row)
{
	struct drawing *p = to;
	char line[512];
	if (row->status != p->status || p->count == LINES_MAX) {
		return;
	}
	(void)snprintf(line, sizeof(line), "%s %s %s %s %d %s\n", row->municipality,
		is_chain(row) ? "(chain)" : row->slot, row->kind->name,
		severity_name(row->severity), row->level, row->code);
	p->lines[p->count++] = mem_copy_text(line);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char *town_picture(const struct town *t, enum alert_status status)
{
	struct drawing p = {.status = status};
	struct buf out;
	buf_init(&out, STORY_LIMIT);
	if (!wall_time_is_none(t->clock)) {
		memory_state_in_force(t->memory, t->clock, draw, &p);
	}
	qsort(p.lines, p.count, sizeof(p.lines[0]), by_text);
	for (size_t i = 0; i < p.count; i++) {
		(void)buf_add_text(&out, p.lines[i]);
		free(p.lines[i]);
	}
	char *text = mem_copy_text(buf_text(&out));
	buf_clear(&out);
	return text;
}

char *town_story(const struct town *t)
{
	return mem_copy_text(buf_text(&t->story));
}
