/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether an area that an alert gives as a shape reaches ours. Each shape is read once a judgement,
 * whatever the number of municipalities and districts it is held against.
 */
#pragma once

#include "geo/geometry.h"
#include "rules/rules_private.h"

/* area is one of item's, and is a polygon or a circle. Without an outline of m: GEO_APART when it
 * does not reach the prefecture, else GEO_CANNOT_TELL. */
enum geo_answer reach_municipality(struct judgement *j, const struct alert_item *item,
	const struct alert_area *area, const struct municipality *m);

/* The districts of m that item's shapes reach: d[i] is set for the i-th. False when that must not
 * narrow the alert: the districts do not make up the municipality, the alert names it whole or a
 * shape cannot be placed, or no district is reached. */
bool reach_districts(
	struct judgement *j, const struct alert_item *item, const struct municipality *m, bool *d);

/* Frees what the judgement has read. */
void reach_clear(struct judgement *j);
