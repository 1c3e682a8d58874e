/* SPDX-License-Identifier: Apache-2.0
 *
 * Names and sentences of alarms, in Japanese and English.
 */
#pragma once

#include "dispatcher/alarms.h"
#include "schemas/broadcast.h"

const char *alarm_name(enum alarm_what what);
bool alarm_is_standing(enum alarm_what what);

/* Writes the texts of a message: alarms as store_alarm_list() gives them, and the sentences of
 * what has ended since the last one (JSON array of {what, subject}). */
void alarm_words_write(
	struct broadcast *b, const char *site, const json_t *alarms, const json_t *ended);
