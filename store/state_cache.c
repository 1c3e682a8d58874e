/* SPDX-License-Identifier: Apache-2.0 */
#include "store/state_cache.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* The rows of one status and municipality; each row is one block with its texts behind it. */
struct state_set {
	struct state_set *next;
	enum alert_status status;
	char *municipality;
	struct state_row **rows;
	size_t count;
	size_t capacity;
};

struct state_cache {
	struct state_set *sets;
};

struct state_cache *state_cache_new(void)
{
	return mem_new(sizeof(struct state_cache));
}

void state_cache_free(struct state_cache *c)
{
	if (c) {
		state_cache_drop(c);
		free(c);
	}
}

static void free_first(struct state_set **at)
{
	struct state_set *set = *at;
	*at = set->next;
	for (size_t i = 0; i < set->count; i++) {
		free(set->rows[i]);
	}
	free(set->rows);
	free(set->municipality);
	free(set);
}

void state_cache_drop(struct state_cache *c)
{
	while (c->sets) {
		free_first(&c->sets);
	}
}

static struct state_set *find(
	const struct state_cache *c, enum alert_status status, const char *municipality)
{
	struct state_set *set = c->sets;
	while (set && (set->status != status || strcmp(set->municipality, municipality) != 0)) {
		set = set->next;
	}
	return set;
}

const struct state_row *const *state_cache_rows(const struct state_cache *c,
	enum alert_status status, const char *municipality, size_t *count)
{
	static const struct state_row *const none[1];
	const struct state_set *set = find(c, status, municipality);
	if (!set) {
		return NULL;
	}
	*count = set->count;
	return set->rows ? (const struct state_row *const *)set->rows : none;
}

void state_cache_open(struct state_cache *c, enum alert_status status, const char *municipality)
{
	struct state_set *set = mem_new(sizeof(*set));
	set->status = status;
	set->municipality = mem_copy_text(municipality);
	set->next = c->sets;
	c->sets = set;
}

void state_cache_close(struct state_cache *c, enum alert_status status, const char *municipality)
{
	struct state_set **at = &c->sets;
	const struct state_set *set = find(c, status, municipality);
	while (*at && *at != set) {
		at = &(*at)->next;
	}
	if (*at) {
		free_first(at);
	}
}

static struct state_row *copy_row(const struct state_row *row)
{
	static const size_t texts[] = {
		offsetof(struct state_row, municipality),
		offsetof(struct state_row, slot),
		offsetof(struct state_row, code),
		offsetof(struct state_row, name),
		offsetof(struct state_row, value),
		offsetof(struct state_row, source),
		offsetof(struct state_row, series),
		offsetof(struct state_row, event),
		offsetof(struct state_row, thread),
		offsetof(struct state_row, alert),
	};
	enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };
	const char *text[TEXTS];
	size_t size[TEXTS];
	size_t sum = sizeof(*row);
	for (size_t i = 0; i < TEXTS; i++) {
		memcpy(&text[i], (const char *)row + texts[i], sizeof(text[i]));
		size[i] = strlen(text[i]) + 1;
		sum += size[i];
	}
	char *block = mem_new(sum);
	memcpy(block, row, sizeof(*row));
	char *at = block + sizeof(*row);
	for (size_t i = 0; i < TEXTS; i++) {
		memcpy(at, text[i], size[i]);
		memcpy(block + texts[i], &at, sizeof(at));
		at += size[i];
	}
	return (struct state_row *)(void *)block;
}

/* The place of a slot among the sorted rows: the database's order, whichever way a row came in. */
static size_t place_of(const struct state_set *set, const char *slot)
{
	size_t low = 0;
	size_t high = set->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(set->rows[middle]->slot, slot) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

void state_cache_put(struct state_cache *c, const struct state_row *row)
{
	struct state_set *set = find(c, row->status, row->municipality);
	if (!set) {
		return;
	}
	struct state_row *copy = copy_row(row);
	size_t at = place_of(set, row->slot);
	if (at < set->count && strcmp(set->rows[at]->slot, row->slot) == 0) {
		free(set->rows[at]);
		set->rows[at] = copy;
		return;
	}
	mem_grow((void **)&set->rows, &set->capacity, set->count, sizeof(struct state_row *));
	memmove(set->rows + at + 1, set->rows + at, (set->count - at) * sizeof(*set->rows));
	set->rows[at] = copy;
	set->count++;
}
