/* SPDX-License-Identifier: Apache-2.0
 *
 * How long a state and a broadcast live, and how urgent a broadcast is. One table.
 */
#pragma once

#include "rules/rules_private.h"

/* When the row ends by itself; WALL_TIME_NONE where only a telegram ends it. */
struct wall_time expiry_of_state(const struct judgement *j, const struct alert_item *item);

/* When news is no longer worth taking back. */
struct wall_time expiry_of_news(const struct judgement *j, const struct alert_item *item);

/* Nothing is sent after it. limit_ms: of the rule, 0 none. */
struct wall_time expiry_of_broadcast(const struct judgement *j, const struct kind *kind,
	enum event_type event, int64_t limit_ms);

/* true when what such a broadcast says holds until a telegram ends it, however long that takes. */
bool expiry_is_open(const struct judgement *j, const struct kind *kind, enum event_type event);

/* 0 most urgent .. 9. */
int expiry_priority(const struct kind *kind, enum severity severity, enum event_type event);
