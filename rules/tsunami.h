/* SPDX-License-Identifier: Apache-2.0
 *
 * A coast under tsunami of several events at once. JMA tells each event's whole state in telegrams
 * of its own until it joins them under both EventIDs. The worst stands in the row "tsunami", which
 * is what residents hear of; the others stand beside it:
 *
 *	tsunami                  大津波警報 of event A       heard
 *	tsunami/<event B>        津波注意報 of event B       kept in silence
 *
 * A coast is free only when no event has it: when A ends, B's row takes its place, and that is told
 * as lowered.
 */
#pragma once

#include "rules/rules_private.h"

bool tsunami_is_beside(const struct state_row *row);

/* One item of a VTSE41 where another event has a part in it. False: nothing special, to be judged
 * as any other slot. */
bool tsunami_of_several(struct judgement *j, const struct touch *t, const struct state_row *old);

/* The row is that of another event, as far as this telegram is concerned: whichever was issued
 * later says nothing about the other. */
bool tsunami_is_of_others(const struct judgement *j, const struct state_row *row);

/* row, of view, is to end by this telegram, but another event holds: it takes its place. */
bool tsunami_goes_on(struct judgement *j, struct view *view, const struct state_row *row);

/* Information about a warning or advisory (by its code) that is not in force here: VTSE41 did not
 * come. */
bool tsunami_is_missing(const struct judgement *j, const struct touch *t);

/* Ends the rows beside that the telegram speaks of and does not name again. */
void tsunami_settle(struct judgement *j, struct view *view);
