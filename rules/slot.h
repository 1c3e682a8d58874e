/* SPDX-License-Identifier: Apache-2.0
 *
 * What a row of state is called (schemas/state.h), and how two rows compare.
 *
 * tsunami                      every source
 * tsunami/<event>              of another event, not above the row tsunami: tsunami.h
 * nankai                       each bulletin has an EventID of its own
 * weather.rain, ...            warnings by municipality
 * weather.advisory_other/14    several of them can be in force at once
 * flood.river/180000001        river section
 * volcano/312
 * eew/<event> earthquake/<event> weather.record_rain/<event> civil.missile/<series> ...
 * seen/<type>/<series>         not a hazard: the newest telegram of a full-state series
 */
#pragma once

/* Begins the slots of alerts that are not for the public (CAP scope): what only some were told must
 * neither hide nor end what all are told. */
#define SLOT_CLOSED "closed/"

#include "rules/rules_private.h"

const char *slot_of(struct judgement *j, const struct alert_item *item);
/* The same where the item must not touch the row that it would be. */
const char *slot_of_news(struct judgement *j, const struct alert_item *item);
/* The broadcasts about a slot when none is in force yet. */
const char *slot_thread(struct judgement *j, const struct alert_item *item, const char *slot);
/* The mark of the n-th series that the telegram tells: one, but of a tsunami one for each of its
 * events (up to SLOT_SEEN_MAX); NULL when there are no more. */
enum { SLOT_SEEN_MAX = 8 };
const char *slot_seen(struct judgement *j, size_t n);

/* Carries nothing that is in force: tells, and is over. */
bool slot_is_info(const struct alert *a, const struct alert_item *item);
/* Such, from JMA: the row remembers who was told, for a correction or a cancellation. */
bool slot_is_told(const struct alert *a, const struct alert_item *item);
/* The item says that its slot is over. */
bool slot_ends(const struct alert *a, const struct alert_item *item);
/* "00": nothing of this family here. */
bool slot_is_none(const struct judgement *j, const struct alert_item *item);

/* "5-" < "5+" < "6-": 0 when text is no intensity. */
int slot_intensity(const char *text);
/* Of a volcano item's value, 1 to 5; 0: none. */
int slot_volcano_level(const char *value);
/* > 0: item is worse than row. */
int slot_compare(const struct alert_item *item, const struct state_row *row);
/* The same between two rows, and between two items. */
int slot_compare_rows(const struct state_row *a, const struct state_row *b);
int slot_compare_items(const struct alert_item *a, const struct alert_item *b);

/* Any EventID of list (blank separated) that is also in other. */
bool slot_share_event(const char *list, const char *other);
