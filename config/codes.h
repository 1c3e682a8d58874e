/* SPDX-License-Identifier: Apache-2.0
 *
 * The shipped code tables (config/codes/, made by scripts/codes/make_codes.py from the tables of
 * the Japan Meteorological Agency, 出典：気象庁ホームページ). They age: a code that is not in them
 * is not wrong for that reason.
 */
#pragma once

#include "config/config.h"

/* Whether there is a sea. */
enum code_coast { CODE_COAST_NONE, CODE_COAST_PERHAPS, CODE_COAST_SEA };

/* The municipality by 5-digit code, 6-digit code (its check digit is checked) or name ("府中市" is
 * several: "東京都府中市"). Lists and texts go into pool. 0; -ENOENT; -EINVAL for a wrong check
 * digit; -EEXIST for a name that several have. coast may be NULL. */
int code_town(struct pool *pool, const char *query, struct municipality *out,
	enum code_coast *coast, struct err *e);

/* The 推進地域 (AREA_PROMOTION) of which the prefecture has a part. Which municipalities are in
 * it, the tables do not say: too many is the safe side. */
struct text_list code_promotion(struct pool *pool, const char *code);

/* Name of a code of one of the systems in schemas/areas.h; NULL when it is not in the tables. */
const char *code_name(struct pool *pool, const char *system, const char *code);

/* Calls each() for every code of a system that belongs to the prefecture ("07"). Texts live in
 * pool. */
void code_each(struct pool *pool, const char *system, const char *prefecture,
	void (*each)(void *data, const char *code, const char *name), void *data);
