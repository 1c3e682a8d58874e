/* SPDX-License-Identifier: Apache-2.0
 *
 * The staff's socket: JSON Lines, one request, one answer, in order. Who asks is known from the
 * kernel (SO_PEERCRED); what they may is in rights.h. Contract: control-protocol.schema.json.
 */
#pragma once

#include "base/err.h"

#include <jansson.h>

struct control;
struct hub;

int control_new(struct hub *hub, struct control **out, struct err *e);
void control_free(struct control *c);

/* Passes an event to everybody who watches; borrowed. */
void control_tell(struct control *c, const json_t *event);

/* Asks again those who wait for an alert to settle: after a commit that may have settled it. */
void control_settle(struct control *c);
