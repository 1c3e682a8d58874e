/* SPDX-License-Identifier: Apache-2.0
 *
 * English: what is said of earthquakes, tsunami and volcanoes beside the sentence.
 */
#include "rules/words_private.h"

#include <stddef.h>

static const struct words_pair heights[] = {
	{"巨大", "huge"},
	{"高い", "high"},
	{"超", " or more"},
	{"以上", " or more"},
	{"未満", " or less"},
	{"観測中", "being measured"},
	{"微弱", "slight"},
	{"欠測", "no data"},
	{NULL, NULL},
};

static const struct words_pair ash[] = {
	{"70", "ash"},
	{"71", "light ash"},
	{"72", "moderate ash"},
	{"73", "heavy ash"},
	{"75", "falling stones"},
	{NULL, NULL},
};

/* 0141: the class of 2011. 0203 stands for 0215 in telegrams of before. */
static const struct words_comment comments[] = {
	{"0141", "tsunami.major_warning", "A tsunami as great as that of March 2011 is coming."},
	{"0211", "earthquake.*", "Tsunami warnings or advisories are in force."},
	{"0212", "earthquake.*", "The sea level may change a little. No tsunami damage expected."},
	{"0215", "earthquake.*", "There is no danger of a tsunami."},
	{"0203", "earthquake.*", "There is no danger of a tsunami."},
	{"0217", "earthquake.*", "Tsunami: watch for further information."},
	{"0229", "earthquake.*", "Whether there will be a tsunami is being examined."},
	{"0230", "earthquake.*", "No tsunami will reach Japan."},
	{NULL, NULL, NULL},
};

static const char *hour_minute(struct pool *pool, const struct words_clock *c)
{
	return pool_printf(pool, "%02d:%02d", c->hour, c->minute);
}

const struct words_earth words_en_telling = {
	.height = "Expected tsunami height: {v}",
	.height_spoken = "Expected tsunami height: {v}.",
	.heights = heights,
	.metres = " metres",
	.arrival =
		{
			[ARRIVAL_EXPECTED] = "Expected arrival: {v}",
			[ARRIVAL_IMMINENT] = "The tsunami is expected at any moment.",
			[ARRIVAL_PRESUMED] = "The tsunami is thought to have arrived.",
			[ARRIVAL_OBSERVED] = "The first wave has arrived.",
		},
	.arrival_spoken =
		{
			[ARRIVAL_EXPECTED] = "Expected arrival: {v}.",
			[ARRIVAL_IMMINENT] = "The tsunami is expected at any moment.",
			[ARRIVAL_PRESUMED] = "The tsunami is thought to have arrived.",
			[ARRIVAL_OBSERVED] = "The first wave has arrived.",
		},
	.point = "{m}: {n}",
	.point_arrival =
		{
			[ARRIVAL_EXPECTED] = "expected {v}",
			[ARRIVAL_OBSERVED] = "first wave {v}",
		},
	.point_tide = "high tide {v}",
	.point_height = "highest wave {v}",
	.point_height_at = "highest wave {v} at {u}",
	.volcano = "Volcanic alert level {v} of 5 ({n})",
	.volcano_spoken = "The volcanic alert level is {v} of 5, {n}.",
	.volcano_levels = {"active volcano", "keep away from the crater", "do not climb",
		"elderly people evacuate", "evacuate"},
	.ash_line = "Expected: {v}",
	.ash = ash,
	.intensity = "Expected seismic intensity: {v}",
	.long_period = "Long-period motion, class {v} of 4",
	.comments = comments,
	.hour_minute = hour_minute,
};
