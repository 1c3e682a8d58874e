/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows in force of the municipalities, as the database has them: every alert is judged against
 * all rows of its municipality, and reading hundreds anew each time costs more than the judgement.
 * Rows are kept from the first reading on; what is put goes into both. A rollback, or a fault in
 * between, drops all.
 */
#pragma once

#include "schemas/state.h"

#include <stddef.h>

struct state_cache;

struct state_cache *state_cache_new(void);
void state_cache_free(struct state_cache *c);
void state_cache_drop(struct state_cache *c);

/* The rows of a municipality in the order of their slots: *count of them, valid until the next call
 * that changes them. NULL when they have not been read yet. */
const struct state_row *const *state_cache_rows(const struct state_cache *c,
	enum alert_status status, const char *municipality, size_t *count);
/* From now on the municipality is known; its rows follow by state_cache_put(). */
void state_cache_open(struct state_cache *c, enum alert_status status, const char *municipality);
/* Reading them failed half-way. What was read of others stays. */
void state_cache_close(struct state_cache *c, enum alert_status status, const char *municipality);
/* Copies row in place of the one with its slot, or adds it; nothing when its municipality is not
 * known. */
void state_cache_put(struct state_cache *c, const struct state_row *row);
