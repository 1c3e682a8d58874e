/* SPDX-License-Identifier: Apache-2.0
 *
 * What is in force, in memory: lets `hansho explain` follow a sequence of telegrams without a hub.
 */
#pragma once

#include "rules/rules.h"

struct memory_state;

struct memory_state *memory_state_new(void);
void memory_state_free(struct memory_state *m);

/* The reader is valid as long as m. */
void memory_state_reader(struct memory_state *m, struct rules_reader *out);

/* Takes over what a decision changed, as the hub's transaction would. */
void memory_state_apply(
	struct memory_state *m, const struct alert *alert, const struct rules_decision *d);
