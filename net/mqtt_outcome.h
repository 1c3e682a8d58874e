/* SPDX-License-Identifier: Apache-2.0
 *
 * From what MQTT 5 says to an outcome. Pure; a test row per code.
 */
#pragma once

#include "schemas/outcome.h"

/* Reason code of a PUBACK. Codes the standard does not give to PUBACK are UNKNOWN: never infer
 * success, never infer that nothing happened. */
void mqtt_outcome_of_puback(int reason, struct outcome *out);
/* Reason code of a CONNACK that refused us: surely nothing was taken, the whole channel is away. */
void mqtt_outcome_of_connack(int reason, struct outcome *out);
/* No CONNACK at all; why is text for a person. */
void mqtt_outcome_of_no_connection(const char *why, struct outcome *out);
/* Published, then the connection was lost or the deadline came before the PUBACK. */
void mqtt_outcome_of_silence(const char *why, struct outcome *out);
