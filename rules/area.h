/* SPDX-License-Identifier: Apache-2.0
 *
 * One area of a telegram against one municipality: a row for each code system (schemas/areas.h).
 */
#pragma once

#include "rules/rules_private.h"

#include <stdbool.h>

/* Ordered: a greater value is surer. */
enum touch_answer {
	TOUCH_NO,
	TOUCH_CANNOT_TELL, /* no table says where this is */
	TOUCH_COARSE,	   /* a larger area that holds us */
	TOUCH_YES,
	TOUCH_UNKNOWN_CODE, /* not in our profile, but its first five digits are ours */
};

/* area is one of item's. */
enum touch_answer area_touches(struct judgement *j, const struct alert_item *item,
	const struct alert_area *area, const struct municipality *m);

/* A 7-digit code that is this municipality, or by its first five digits must be. */
bool area_is_city(const struct municipality *m, const char *code);
