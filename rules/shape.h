/* SPDX-License-Identifier: Apache-2.0
 *
 * Polygons and circles in CAP's form, as far as a municipality needs them: do they meet?
 * Flat arithmetic on degrees: good for areas of some hundred kilometres, not near the poles.
 */
#pragma once

enum shape_answer { SHAPE_APART, SHAPE_MEET, SHAPE_UNREADABLE };

/* polygon is "lat,lon lat,lon ...", both. */
enum shape_answer shape_polygons_meet(const char *a, const char *b);
/* circle is "lat,lon radius_km". */
enum shape_answer shape_circle_meets(const char *circle, const char *polygon);
