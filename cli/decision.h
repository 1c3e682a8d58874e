/* SPDX-License-Identifier: Apache-2.0
 *
 * What the rules decided, for staff and for programs: the parts that explain, replay and the
 * comparison of two configurations show alike.
 */
#pragma once

#include "cli/cli.h"
#include "rules/rules.h"

/* Room for the channels or the towns of a broadcast on one line; more is cut with "…". */
enum { DECISION_LIST_SIZE = 1024 };

/* "siren, mail". Each returns out. */
const char *decision_channels(const struct text_list *channels, char out[DECISION_LIST_SIZE]);
/* "いわき市、楢葉町": municipalities and districts. */
const char *decision_towns(const struct broadcast *b, char out[DECISION_LIST_SIZE]);
/* "Tsunami Warning, raised": the name in the reader's language with its level, if it has one. */
const char *decision_event(
	const struct cli *cli, const struct broadcast *b, char out[DECISION_LIST_SIZE]);

/* "Heavy rain (weather.rain) [33] レベル５大雨特別警報, extreme, level 5, raised". */
const char *decision_item(
	const struct cli *cli, const struct alert_item *item, char out[DECISION_LIST_SIZE]);

/* What a telegram is: type, title, status, action, times, series, headline. */
void decision_print_head(const struct alert *a);

/* Broadcast, channels, hold. The caller releases. */
json_t *decision_broadcast_json(const struct rules_broadcast *rb);
json_t *decision_broadcasts_json(const struct rules_decision *d);
