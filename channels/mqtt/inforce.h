/* SPDX-License-Identifier: Apache-2.0
 *
 * "In force now": a retained, expiring note per area and hazard, for displays and for devices that
 * were away. Information, never an order: it is not signed and no device acts on it.
 */
#pragma once

#include "schemas/broadcast.h"

#include <stdbool.h>

/* True when b changes what is in force for the public. */
bool inforce_applies(const struct broadcast *b);
/* The note's JSON, "" when b ends the hazard (an empty retained message removes the note). The
 * caller frees. */
char *inforce_note(const struct broadcast *b);
/* Seconds until the note must go; 0 when it is a removal. */
unsigned inforce_expiry_s(const struct broadcast *b, struct wall_time now);
