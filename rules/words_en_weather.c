/* SPDX-License-Identifier: Apache-2.0
 *
 * English: weather and rivers.
 */
#include "rules/words_private.h"

#include <stddef.h>

#define SAFE_NOW "Lives are in danger. Make sure you are safe now."
#define ELDERLY	 "Elderly people and others who need time: leave dangerous places."

static const struct words_noun nouns[] = {
	{"weather.rain", 5, WORDS_WARNING, "Heavy Rain Emergency Warning", NULL, NULL},
	{"weather.rain", 4, WORDS_WARNING, "Heavy Rain Danger Warning", NULL, NULL},
	{"weather.rain", 3, WORDS_WARNING, "Heavy Rain Warning", NULL, NULL},
	{"weather.rain", 0, WORDS_WARNING, "Heavy Rain Advisory", NULL, NULL},
	{"weather.landslide", 5, WORDS_WARNING, "Landslide Emergency Warning", NULL, NULL},
	{"weather.landslide", 4, WORDS_WARNING, "Landslide Danger Warning", NULL, NULL},
	{"weather.landslide", 3, WORDS_WARNING, "Landslide Warning", NULL, NULL},
	{"weather.landslide", 0, WORDS_WARNING, "Landslide Advisory", NULL, NULL},
	{"weather.storm_surge", 5, WORDS_WARNING, "Storm Surge Emergency Warning", NULL, NULL},
	{"weather.storm_surge", 4, WORDS_WARNING, "Storm Surge Danger Warning", NULL, NULL},
	{"weather.storm_surge", 3, WORDS_WARNING, "Storm Surge Warning", NULL, NULL},
	{"weather.storm_surge", 0, WORDS_WARNING, "Storm Surge Advisory", NULL, NULL},
	{"flood.river", 5, WORDS_WARNING, "Flood Emergency Warning", NULL, NULL},
	{"flood.river", 4, WORDS_WARNING, "Flood Danger Warning", NULL, NULL},
	{"flood.river", 3, WORDS_WARNING, "Flood Warning", NULL, NULL},
	{"flood.river", 0, WORDS_WARNING, "Flood Advisory", NULL, NULL},
	{"weather.storm", 5, WORDS_WARNING, "Storm Emergency Warning", NULL, NULL},
	{"weather.storm", 3, WORDS_WARNING, "Storm Warning", NULL, NULL},
	{"weather.storm", 0, WORDS_WARNING, "Gale Advisory", NULL, NULL},
	{"weather.snowstorm", 5, WORDS_WARNING, "Snowstorm Emergency Warning", NULL, NULL},
	{"weather.snowstorm", 3, WORDS_WARNING, "Snowstorm Warning", NULL, NULL},
	{"weather.snowstorm", 0, WORDS_WARNING, "Gale and Snow Advisory", NULL, NULL},
	{"weather.waves", 5, WORDS_WARNING, "High Wave Emergency Warning", NULL, NULL},
	{"weather.waves", 3, WORDS_WARNING, "High Wave Warning", NULL, NULL},
	{"weather.waves", 0, WORDS_WARNING, "High Wave Advisory", NULL, NULL},
	{"weather.snow", 5, WORDS_WARNING, "Heavy Snow Emergency Warning", NULL, NULL},
	{"weather.snow", 3, WORDS_WARNING, "Heavy Snow Warning", NULL, NULL},
	{"weather.snow", 0, WORDS_WARNING, "Heavy Snow Advisory", NULL, NULL},
	{"weather.advisory_other", 0, WORDS_WARNING, "Weather Advisory", NULL, NULL},
	{"weather.record_rain", 0, WORDS_WARNING, "Record Rain Information", NULL, NULL},
	{"weather.rainband", 0, WORDS_WARNING, "Heavy Rain Band Information", NULL, NULL},
	{"weather.heavy_snow_flash", 0, WORDS_WARNING, "Significant Snow Information", NULL, NULL},
	{"weather.tornado", 0, WORDS_WARNING, "Tornado Watch", NULL, NULL},
	{"weather.heat", 0, WORDS_WARNING, "Heat Stroke Alert", NULL, NULL},
};

static const struct words_advice advice[] = {
	{"weather.storm", 5, "Do not go outside.",
		"Extraordinary winds are expected.\nStay in a strong building away from windows.",
		"Do not go outside.\nStay away from windows."},
	{"weather.rain", 5, "Protect your life now.", SAFE_NOW, SAFE_NOW},
	{"weather.landslide", 5, "Protect your life now.",
		SAFE_NOW "\nKeep away from slopes; go to an upper floor.", SAFE_NOW},
	{"weather.storm_surge", 5, "Protect your life now.", SAFE_NOW "\nGo as high as you can.",
		SAFE_NOW},
	{"flood.river", 5, "Protect your life now.", SAFE_NOW "\nGo as high as you can.", SAFE_NOW},
	{"weather.rain", 4, "Leave dangerous places.", "Leave low places that may flood.",
		"Leave dangerous places."},
	{"weather.landslide", 4, "Leave dangerous places.",
		"A landslide can happen at any time.\nLeave slopes and streams.",
		"Leave slopes and streams."},
	{"weather.storm_surge", 4, "Leave the coast.", "Leave low places near the sea.",
		"Leave low places near the sea."},
	{"flood.river", 4, "Leave the river.",
		"The river can flood at any time.\nLeave places that may flood.",
		"Leave places near the river."},
	{"weather.rain", 3, "Elderly people: leave dangerous places.", ELDERLY, ELDERLY},
	{"weather.landslide", 3, "Elderly people: leave dangerous places.", ELDERLY, ELDERLY},
	{"weather.storm_surge", 3, "Stay away from the coast.",
		"Stay away from the coast.\n" ELDERLY, "Stay away from the coast."},
	{"flood.river", 3, "Stay away from the river.", "Stay away from the river.\n" ELDERLY,
		"Stay away from the river."},
	{"weather.storm", 3, "Stay inside if you can.", "Stay inside if you can.",
		"Stay inside if you can."},
	{"weather.snowstorm", 3, "Stay inside if you can.",
		"Do not drive unless you must. Stay inside if you can.", "Stay inside if you can."},
	{"weather.snow", 3, "Stay inside if you can.",
		"Do not drive unless you must. Stay inside if you can.", "Stay inside if you can."},
	{"weather.heavy_snow_flash", 0, "Do not drive.",
		"Very heavy snow in a short time. Cars may get stuck. Do not drive.",
		"Do not drive."},
	{"weather.waves", 3, "Stay away from the coast.", "Stay away from the coast.",
		"Stay away from the coast."},
	{"weather.record_rain", 0, "Leave dangerous places.",
		"Extreme rain has fallen. Keep away from slopes, rivers and low places.",
		"Keep away from slopes and rivers."},
	{"weather.rainband", 0, "Make sure you are safe.",
		"Very heavy rain goes on in the same place. Keep away from slopes and rivers.",
		"Keep away from slopes and rivers."},
	{"weather.tornado", 0, "Go into a strong building.",
		"Violent gusts are possible. When dark clouds come near, go into a strong "
		"building.",
		"Go into a strong building."},
	{"weather.heat", 0, "Stay cool and drink water.",
		"Use air conditioning, drink water often, avoid exercise outside.",
		"Use air conditioning and drink water."},
	{"flood.*", 0, "Stay away from the river.", "Stay away from the river.",
		"Stay away from the river."},
};

static const struct words_advice after[] = {
	{"weather.rain", 0, "Be careful near rivers and slopes.",
		"Ground may be loose and rivers high. Be careful.",
		"Be careful near rivers and slopes."},
	{"weather.landslide", 0, "Be careful near slopes.", "Ground may be loose. Be careful.",
		"Be careful near slopes."},
};

const struct words_part words_en_weather = {
	.nouns = nouns,
	.noun_count = sizeof(nouns) / sizeof(nouns[0]),
	.advice = advice,
	.advice_count = sizeof(advice) / sizeof(advice[0]),
	.after = after,
	.after_count = sizeof(after) / sizeof(after[0]),
};
