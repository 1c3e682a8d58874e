/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/group.h"

#include "rules/slot.h"
#include "rules/wording_earth.h"

#include <stdlib.h>
#include <string.h>

static enum event_class class_of(enum event_type event)
{
	static const enum event_class classes[] = {
		[EVENT_ISSUED] = CLASS_NEWS,
		[EVENT_RAISED] = CLASS_NEWS,
		[EVENT_ADDED] = CLASS_NEWS,
		[EVENT_LOWERED] = CLASS_LOWERED,
		[EVENT_CORRECTED] = CLASS_CORRECTED,
		[EVENT_RELEASED] = CLASS_RELEASED,
		[EVENT_CANCELLED] = CLASS_CANCELLED,
		[EVENT_INFO] = CLASS_INFO,
	};
	return classes[event];
}

static bool worse(const struct effect *a, const struct effect *b)
{
	if (a->row.severity != b->row.severity) {
		return a->row.severity > b->row.severity;
	}
	if (a->row.level != b->row.level) {
		return a->row.level > b->row.level;
	}
	return slot_intensity(a->row.value) > slot_intensity(b->row.value);
}

static void insert(struct judgement *j, struct group *g, struct effect *e)
{
	struct effect **larger = pool_take(j->pool, (g->count + 1) * sizeof(*larger));
	size_t at = 0;
	while (at < g->count && !worse(e, g->effects[at])) {
		larger[at] = g->effects[at];
		at++;
	}
	larger[at] = e;
	for (size_t i = at; i < g->count; i++) {
		larger[i + 1] = g->effects[i];
	}
	g->effects = larger;
	g->count++;
}

static bool said_alike(const struct state_row *a, const struct state_row *b)
{
	return a->kind == b->kind && a->severity == b->severity && a->level == b->level &&
	       strcmp(a->value, b->value) == 0;
}

static bool is_raised_or_lowered(const struct effect *e)
{
	return e->event == EVENT_RAISED || e->event == EVENT_LOWERED;
}

/* One sentence names all municipalities of a message, so it must be true of each of them: a town
 * under level 4 must not be told the level 5 of its neighbour. */
static bool fits(const struct group *g, const struct effect *e)
{
	for (size_t i = 0; i < g->count; i++) {
		const struct effect *other = g->effects[i];
		if (other->unheard != e->unheard) {
			return false;
		}
		if (other->view == e->view) {
			continue;
		}
		bool moves = is_raised_or_lowered(e);
		if (!said_alike(&other->row, &e->row) ||
			wording_earth_is_unseen(other) != wording_earth_is_unseen(e) ||
			moves != is_raised_or_lowered(other) ||
			(moves && !said_alike(other->old, e->old))) {
			return false;
		}
	}
	return true;
}

void group_add(struct judgement *j, struct groups *all, struct effect *e)
{
	struct route route;
	route_effect(j, e, &route);
	enum event_class class = class_of(e->event);
	const char *thread = e->row.thread;
	for (size_t i = 0; i < all->count; i++) {
		struct group *g = &all->list[i];
		if (g->class == class && route_same(&g->route, &route) && fits(g, e) &&
			(route.matched || strcmp(g->thread, thread) == 0)) {
			insert(j, g, e);
			return;
		}
	}
	struct group *g =
		judgement_add(j, (void **)&all->list, &all->capacity, &all->count, sizeof(*g));
	*g = (struct group){.class = class, .route = route, .thread = thread};
	insert(j, g, e);
}

static int by_class(const void *a, const void *b)
{
	const struct group *x = a;
	const struct group *y = b;
	if (x->class != y->class) {
		return x->class < y->class ? -1 : 1;
	}
	if (x->effects[0]->row.severity != y->effects[0]->row.severity) {
		return x->effects[0]->row.severity > y->effects[0]->row.severity ? -1 : 1;
	}
	/* Deterministic identifiers need a total order. */
	int rule = strcmp(x->route.rule, y->route.rule);
	return rule ? rule : strcmp(x->effects[0]->row.slot, y->effects[0]->row.slot);
}

void group_sort(struct groups *all)
{
	if (all->count > 0) {
		qsort(all->list, all->count, sizeof(*all->list), by_class);
	}
}
