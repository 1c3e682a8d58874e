/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/banner/board.h"

#include "base/json.h"
#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAST_MS (INT64_C(30) * 24 * 3600 * 1000)
/* How long a warning without an end of its own stays when nothing more is heard of it. */
#define OPEN_MS (INT64_C(72) * 3600 * 1000)

static const char *const state_names[] = {
	[ENTRY_IN_FORCE] = "in_force",
	[ENTRY_RELEASED] = "released",
	[ENTRY_CANCELLED] = "cancelled",
	[ENTRY_WITHDRAWN] = "withdrawn",
	[ENTRY_PAST] = "past",
};

const char *entry_state_name(enum entry_state state)
{
	return state_names[state];
}

void board_init(struct board *b)
{
	*b = (struct board){0};
}

void board_clear(struct board *b)
{
	for (size_t i = 0; i < b->count; i++) {
		broadcast_free(b->entries[i].broadcast);
	}
	free(b->entries);
	board_init(b);
}

static struct wall_time later(struct wall_time t, int64_t ms)
{
	struct wall_time out;
	if (__builtin_add_overflow(t.ms, ms, &out.ms)) {
		out.ms = INT64_MAX;
	}
	return out;
}

static size_t index_of(const struct board *b, const char *id)
{
	size_t i = 0;
	while (i < b->count && strcmp(b->entries[i].broadcast->id, id) != 0) {
		i++;
	}
	return i;
}

const struct board_entry *board_find(const struct board *b, const char *id)
{
	size_t i = index_of(b, id);
	return i < b->count ? &b->entries[i] : NULL;
}

size_t board_count(const struct board *b, enum entry_state state)
{
	size_t count = 0;
	for (size_t i = 0; i < b->count; i++) {
		count += b->entries[i].state == state;
	}
	return count;
}

static bool replaces(const struct broadcast *b, const char *id)
{
	for (size_t i = 0; i < b->replace_count; i++) {
		if (strcmp(b->replaces[i], id) == 0) {
			return true;
		}
	}
	return false;
}

/* A late retry must not bring back what a newer one has ended. */
static bool is_replaced(const struct board *b, const char *id)
{
	for (size_t i = 0; i < b->count; i++) {
		if (replaces(b->entries[i].broadcast, id)) {
			return true;
		}
	}
	return false;
}

static bool is_end(const struct broadcast *b)
{
	return b->event == EVENT_RELEASED || b->event == EVENT_CANCELLED;
}

/* An end that names nothing ends its whole thread. */
static bool ends(const struct broadcast *newer, const struct broadcast *older)
{
	if (newer->replace_count == 0 && is_end(newer) && newer->thread[0] != '\0') {
		return strcmp(newer->thread, older->thread) == 0;
	}
	return replaces(newer, older->id);
}

static int rank(const struct board_entry *entry)
{
	return entry->state == ENTRY_IN_FORCE ? 0 : entry->state == ENTRY_PAST ? 2 : 1;
}

static int compare(const void *left, const void *right)
{
	const struct board_entry *a = left;
	const struct board_entry *b = right;
	if (rank(a) != rank(b)) {
		return rank(a) - rank(b);
	}
	if (a->broadcast->severity != b->broadcast->severity) {
		return (int)b->broadcast->severity - (int)a->broadcast->severity;
	}
	if (a->broadcast->issued.ms != b->broadcast->issued.ms) {
		return a->broadcast->issued.ms > b->broadcast->issued.ms ? -1 : 1;
	}
	return strcmp(a->broadcast->id, b->broadcast->id);
}

static void sort(struct board *b)
{
	if (b->count > 0) {
		qsort(b->entries, b->count, sizeof(*b->entries), compare);
	}
}

static void set_past(struct board_entry *entry, struct wall_time now)
{
	entry->state = ENTRY_PAST;
	entry->until = later(now, PAST_MS);
}

struct wall_time board_end_of(const struct broadcast *b)
{
	return b->until_ended ? later(b->issued, OPEN_MS) : b->expires;
}

static void set_first_state(struct board_entry *entry, struct wall_time now, int64_t notice_ms)
{
	const struct broadcast *b = entry->broadcast;
	if (is_end(b)) {
		entry->state = b->event == EVENT_CANCELLED ? ENTRY_CANCELLED : ENTRY_RELEASED;
		entry->until = later(now, notice_ms);
		return;
	}
	struct wall_time end = board_end_of(b);
	if (end.ms <= now.ms) {
		set_past(entry, now);
	} else {
		entry->state = ENTRY_IN_FORCE;
		entry->until = end;
	}
}

void board_put(
	struct board *b, struct broadcast *broadcast, struct wall_time now, int64_t notice_ms)
{
	size_t at = index_of(b, broadcast->id);
	if (at < b->count) { /* again, after a crash: the state it has reached stays */
		broadcast_free(b->entries[at].broadcast);
		b->entries[at].broadcast = broadcast;
		return;
	}
	bool late = is_replaced(b, broadcast->id);
	for (size_t i = 0; i < b->count; i++) {
		if (b->entries[i].state != ENTRY_PAST && ends(broadcast, b->entries[i].broadcast)) {
			set_past(&b->entries[i], now);
		}
	}
	mem_grow((void **)&b->entries, &b->capacity, b->count, sizeof(*b->entries));
	struct board_entry *entry = &b->entries[b->count++];
	*entry = (struct board_entry){.broadcast = broadcast};
	if (late) {
		set_past(entry, now);
	} else {
		set_first_state(entry, now, notice_ms);
	}
	sort(b);
}

void board_withdraw(struct board *b, const char *id, struct wall_time now, int64_t notice_ms)
{
	size_t at = index_of(b, id);
	if (at < b->count && b->entries[at].state == ENTRY_IN_FORCE) {
		b->entries[at].state = ENTRY_WITHDRAWN;
		b->entries[at].until = later(now, notice_ms);
		sort(b);
	}
}

bool board_expire(struct board *b, struct wall_time now)
{
	bool changed = false;
	size_t kept = 0;
	for (size_t i = 0; i < b->count; i++) {
		struct board_entry entry = b->entries[i];
		if (entry.until.ms > now.ms) {
			b->entries[kept++] = entry;
		} else if (entry.state == ENTRY_PAST) {
			broadcast_free(entry.broadcast);
			changed = true;
		} else {
			set_past(&entry, now);
			b->entries[kept++] = entry;
			changed = true;
		}
	}
	b->count = kept;
	sort(b);
	return changed;
}

/* ---- between runs ---- */

json_t *board_to_json(const struct board *b)
{
	json_t *list = json_array();
	for (size_t i = 0; i < b->count; i++) {
		char text[WALL_TIME_TEXT_SIZE];
		json_t *entry = json_object();
		json_put_text(entry, "state", state_names[b->entries[i].state]);
		json_put_text(entry, "until",
			wall_time_format(b->entries[i].until, CLOCK_JST_OFFSET_MINUTES, text));
		json_put(entry, "broadcast", broadcast_to_json(b->entries[i].broadcast));
		(void)json_array_append_new(list, entry);
	}
	json_t *object = json_object();
	json_put(object, "entries", list);
	return object;
}

static int read_entry(struct board *b, const json_t *from, struct err *e)
{
	struct board_entry entry = {0};
	const char *state = json_text(from, "state", "");
	size_t i = 0;
	while (i < sizeof(state_names) / sizeof(state_names[0]) &&
		strcmp(state_names[i], state) != 0) {
		i++;
	}
	if (i == sizeof(state_names) / sizeof(state_names[0])) {
		return err_set(e, -EINVAL, "member \"state\": unknown word");
	}
	entry.state = (enum entry_state)i;
	const char *until = json_text(from, "until", "");
	if (wall_time_parse(until, strlen(until), &entry.until, NULL)) {
		return err_set(e, -EINVAL, "member \"until\" is no time");
	}
	entry.broadcast = broadcast_from_json(json_object_get(from, "broadcast"), e);
	if (!entry.broadcast) {
		return e->code;
	}
	mem_grow((void **)&b->entries, &b->capacity, b->count, sizeof(*b->entries));
	b->entries[b->count++] = entry;
	return 0;
}

int board_from_json(struct board *b, const json_t *object, struct err *e)
{
	const json_t *list = json_object_get(object, "entries");
	int rc = json_is_array(list) ? 0 : err_set(e, -EINVAL, "member \"entries\" is missing");
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct err one = {0};
		if (read_entry(b, json_array_get(list, i), &one)) {
			rc = err_set(e, -EINVAL, "entries[%zu]: %s", i, one.text);
		}
	}
	sort(b);
	return rc;
}
