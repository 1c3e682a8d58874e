/* SPDX-License-Identifier: Apache-2.0
 *
 * Which effects become one message: those of one class that the rules send the same way, and of
 * which one sentence is true for every municipality that it names.
 */
#pragma once

#include "rules/route.h"
#include "rules/rules_private.h"

/* One broadcast per class, in this order. */
enum event_class {
	CLASS_NEWS, /* issued, raised, added */
	CLASS_LOWERED,
	CLASS_CORRECTED,
	CLASS_RELEASED,
	CLASS_CANCELLED,
	CLASS_INFO,
};

struct group {
	struct effect **effects; /* worst first, at least one */
	size_t count;
	enum event_class class;
	struct route route;
	const char *thread;
};

struct groups {
	struct group *list;
	size_t count;
	size_t capacity;
};

/* Routes an effect with an event and puts it where it fits. Its thread is settled. */
void group_add(struct judgement *j, struct groups *all, struct effect *e);

/* The order in which they are numbered: by class, worst first. */
void group_sort(struct groups *all);
