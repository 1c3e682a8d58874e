/* SPDX-License-Identifier: Apache-2.0
 *
 * A town hall in memory and the people who hear its broadcasts. Telegrams are judged by the real
 * rules one after another; beside the state of the rules stands what people were told, and after
 * each telegram both are compared:
 *
 *   - an event has a broadcast that names the town;
 *   - nothing is told twice at one level, and what is in force was told at least at its level;
 *   - an end, a cancellation or a lowering is told only of what was told before, and nothing stays
 * told that is over;
 *   - an exercise changes and tells nothing of what is real, and says that it is one.
 *
 * What is held for staff counts as not told.
 */
#pragma once

#include "schemas/alert.h"

struct town;

struct town *town_new(void);
void town_free(struct town *t);

/* The telegram arrives. The clock stands at the newest time of sending that has come so far, plus
 * two seconds: what is issued earlier comes late. NULL, or what is wrong, valid until the next
 * call. */
const char *town_take(struct town *t, const struct alert *alert);

/* What is in force, sorted; the caller frees. */
char *town_picture(const struct town *t, enum alert_status status);
/* What was decided so far, step by step, for a message of failure; the caller frees. */
char *town_story(const struct town *t);

struct town_counts {
	size_t told; /* broadcasts that went out */
	size_t held;
};
struct town_counts town_counts(const struct town *t);
