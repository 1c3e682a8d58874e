/* SPDX-License-Identifier: Apache-2.0
 *
 * What is in force, in memory: lets `hansho explain` and `hansho replay` follow a sequence of
 * telegrams without a hub.
 */
#pragma once

#include "rules/rules.h"

struct memory_state;

struct memory_state *memory_state_new(void);
void memory_state_free(struct memory_state *m);

/* The reader is valid as long as m. */
void memory_state_reader(struct memory_state *m, struct rules_reader *out);

/* true for a telegram (by its digest) that was asked about before: the hub notes it and goes on. */
bool memory_state_repeats(struct memory_state *m, const struct alert *alert);

/* Takes over what a decision changed, as the hub's transaction would. */
void memory_state_apply(
	struct memory_state *m, const struct alert *alert, const struct rules_decision *d);

/* The row of the same status, municipality and slot; NULL: there is none. */
const struct state_row *memory_state_find(
	const struct memory_state *m, const struct state_row *like);

/* Calls each() for every row whose own end lies after `after` and not after `until`, earliest
 * first. m must not change meanwhile. */
void memory_state_ended(const struct memory_state *m, struct wall_time after,
	struct wall_time until, void (*each)(void *to, const struct state_row *row), void *to);

/* Calls each() for every row in force at this time. */
void memory_state_in_force(const struct memory_state *m, struct wall_time at,
	void (*each)(void *to, const struct state_row *row), void *to);
