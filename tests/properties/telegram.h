/* SPDX-License-Identifier: Apache-2.0
 *
 * Telegrams for scenarios, written in the formats in which they are really sent and decoded by the
 * product's own decoder: one row of a scenario's table is one telegram. Every scenario begins at
 * 2026-12-31T23:50+09:00, so that ten minutes later day, month and year have changed.
 *
 * The places: いわき市 (0720400 and 0720401: a municipality that JMA warns in two parts), 楢葉町
 * (0754200), the coast 250, the river 070028000100, the volcano 213.
 */
#pragma once

#include "schemas/alert.h"

struct step {
	struct alert *(*make)(const struct step *s);
	int64_t at_s;	      /* issued so many seconds after the beginning */
	int64_t sent_after_s; /* sent later than issued by this; 0: 8 seconds */
	const char *event;    /* EventID; CAP: identifier */
	const char *serial;   /* CAP: what it references, as an identifier; NULL: nothing */
	const char *info;     /* InfoType, CAP msgType; NULL: 発表, Alert */
	const char *status;   /* NULL: 通常, Actual */
	const char *ours;     /* code or value for Iwaki; NULL: not mentioned */
	const char *second;   /* for Iwaki's second part */
	const char *other;    /* for Naraha, or a coast that is not ours */
	const char *more;     /* of the builder */
};

#define SCENARIO_BEGINS "2026-12-31T23:50:00+09:00"

/* VTSE41. ours: of coast 250; other: of coast 100. more: height of ours. */
struct alert *make_tsunami(const struct step *s);
/* VPWW55. Codes; "-10": what ended, Status 解除; NULL: 発表警報・注意報はなし. */
struct alert *make_rain(const struct step *s);
/* VPWW54, the transition telegram. */
struct alert *make_rain_h27(const struct step *s);
/* VPWW61. ours and second are two advisories of one municipality. */
struct alert *make_advisories(const struct step *s);
/* VXKO. ours: code of the river area; other: lists no municipality (short form). */
struct alert *make_flood(const struct step *s);
/* VXSE43. ours: code of area 251. */
struct alert *make_eew(const struct step *s);
/* VXSE51, VXSE53. ours: intensity. */
struct alert *make_intensity_flash(const struct step *s);
struct alert *make_earthquake(const struct step *s);
/* VFVO50. ours: code of the municipality; more: the volcano's, 11 to 15. */
struct alert *make_volcano(const struct step *s);
/* VPBS50. ours: tag. */
struct alert *make_flash(const struct step *s);
/* VPOA50, its transition telegram. ours: code. */
struct alert *make_flash_old(const struct step *s);
/* CAP 1.2. ours: severity, NULL: no info; more: hansho:kind, a leading '!' makes it AllClear. */
struct alert *make_cap(const struct step *s);
