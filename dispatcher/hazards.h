/* SPDX-License-Identifier: Apache-2.0
 *
 * What is known about each hazard: none, some, or that nobody can say. "None" is claimed only while
 * a feed that would tell (`carries`) is known to live.
 */
#pragma once

#include <jansson.h>

struct hub;

/* [{hazard, state: none/some/unknown, age_s (since somebody could say; -1 never), feeds[]}] of the
 * hazards that a feed carries or that are in force. in_force as store_state_list() gives it. */
json_t *hazards_status(const struct hub *hub, const json_t *in_force);
