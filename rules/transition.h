/* SPDX-License-Identifier: Apache-2.0
 *
 * The transition set: telegrams of before 2026-05-28 (VPWW53, VPWW54, VXWW50, VPNO50, VPOA50) that
 * are sent beside the newer ones for some years. They say the same and less, so they serve an
 * office only while nothing of the newer set comes from it; what has come stands in the state, as
 * the rows and marks (slot seen/...) that every newer telegram leaves. When the newer one comes
 * after all, in whatever order, it takes the row over and tells only what differs.
 */
#pragma once

#include "rules/rules_private.h"

enum transition_use {
	TRANSITION_SERVES, /* no transition telegram, or nothing newer is there */
	TRANSITION_IDLE,   /* the newer set says the same and more */
	/* The newer set comes from this office, but the one type that would replace this telegram
	 * never did: staff must look. */
	TRANSITION_DOUBTFUL,
};

/* After localise(). newer (may be NULL) receives the type that makes it idle or is missed. */
enum transition_use transition_use(const struct judgement *j, const char **newer);

/* A newer telegram about something else leaves a mark for its office where its rows do not. */
void transition_note(struct judgement *j);

/* The telegram is the newer of two that tell the row's hazard, and decides from now on although the
 * row's older kind of telegram was sent later. */
bool transition_takes_over(const struct judgement *j, const struct state_row *old,
	const struct alert_item *item, bool ends);

/* The telegram cannot say that the row is lower or over: its codes stop below the row's level, or
 * it only ever raises. */
bool transition_hides(const struct judgement *j, const struct state_row *old,
	const struct alert_item *item, bool ends);

/* Level 3 of an old warning may be 4, or for a flood 5. */
bool transition_hides_more(const struct judgement *j, int level);

/* Another type of telegram has told the same happening under another name: what is new here is its
 * slot, no news. */
bool transition_told_already(const struct judgement *j, const struct effect *e);

/* The telegram states the row's hazard for this municipality, and does not mention the row, which
 * another type of telegram of the same office wrote: it is over. */
bool transition_leaves_out(
	const struct judgement *j, const struct view *view, const struct state_row *row);

/* For an idle telegram: what it began itself while it served, and no newer one has taken over, ends
 * when it says so. */
void transition_finish(struct judgement *j);
