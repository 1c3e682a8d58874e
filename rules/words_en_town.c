/* SPDX-License-Identifier: Apache-2.0
 *
 * English: civil protection, evacuation, the town's own news, and what has no row elsewhere.
 */
#include "rules/words_private.h"

#include <stddef.h>

#define SAFE_NOW "Lives are in danger. Make sure you are safe now."
#define ELDERLY	 "Elderly people and others who need time: leave dangerous places."

static const struct words_noun nouns[] = {
	{"civil.missile", 0, WORDS_WARNING, "Ballistic Missile Alert", NULL, NULL},
	{"civil.air_attack", 0, WORDS_WARNING, "Air Attack Alert", NULL, NULL},
	{"civil.guerrilla", 0, WORDS_WARNING, "Guerrilla Attack Alert", NULL, NULL},
	{"civil.terror", 0, WORDS_WARNING, "Terror Attack Alert", NULL, NULL},
	{"civil.other", 0, WORDS_WARNING, "Civil Protection Alert", NULL, NULL},
	{"evacuation.elderly", 0, WORDS_ORDER, "Alert Level 3 (Evacuation of the Elderly)",
		"Elderly Evacuate", "Alert Level 3, Evacuation of the Elderly"},
	{"evacuation.order", 0, WORDS_ORDER, "Alert Level 4 Evacuation Order", "Evacuation Order",
		NULL},
	{"evacuation.emergency", 0, WORDS_ORDER, "Alert Level 5 Emergency Safety Measures",
		"Emergency Safety", NULL},
	{"evacuation.shelter", 0, WORDS_PLAIN, "Shelter information", NULL, NULL},
	{"safety.fire", 0, WORDS_PLAIN, "Fire information", NULL, NULL},
	{"safety.crime", 0, WORDS_PLAIN, "Crime prevention notice", NULL, NULL},
	{"safety.missing_person", 0, WORDS_PLAIN, "Missing person notice", NULL, NULL},
	{"safety.other", 0, WORDS_PLAIN, "Emergency notice", NULL, NULL},
	{"city.notice", 0, WORDS_PLAIN, "City notice", NULL, NULL},
	{"sensor.river_level", 0, WORDS_PLAIN, "River level notice", NULL, NULL},
	{"sensor.rain", 0, WORDS_PLAIN, "Rainfall notice", NULL, NULL},
	{"system.canary", 0, WORDS_PLAIN, "Self test", NULL, NULL},
	{"system.alarm", 0, WORDS_PLAIN, "Alarm to staff", NULL, NULL},
};

static const struct words_advice advice[] = {
	{"civil.missile", 0, "Go inside or underground now.",
		"Go into a strong building or underground now.\nIf there is none, take cover or "
		"lie "
		"down and protect your head.\nInside, keep away from windows.",
		"Go inside or underground now."},
	{"civil.*", 0, "Go inside and watch for news.",
		"Go inside. Watch TV, radio and information from the city.",
		"Go inside and turn on TV or radio."},
	{"evacuation.emergency", 0, "Protect your life now.",
		SAFE_NOW "\nGo to an upper floor or any safer place.", SAFE_NOW},
	{"evacuation.order", 0, "Everyone: leave dangerous places.",
		"Everyone in dangerous places must evacuate.\nIf the way is dangerous, go to any "
		"safer place.",
		"Everyone, leave dangerous places."},
	{"evacuation.elderly", 0, "Elderly people: evacuate.",
		ELDERLY "\nEverybody else: get ready.", ELDERLY},
	{"safety.*", 0, "", "", ""},
	{"city.*", 0, "", "", ""},
	{"system.*", 0, "", "", ""},
	{"evacuation.shelter", 0, "", "", ""},
	{"*", 0, "Watch for further information.", "Watch for further information.",
		"Watch for further information."},
};

static const struct words_advice after[] = {
	{"safety.*", 0, "", "", ""},
	{"city.*", 0, "", "", ""},
	{"system.*", 0, "", "", ""},
	{"*", 0, "Watch for further information.", "Watch for further information.",
		"Watch for further information."},
};

const struct words_part words_en_town = {
	.nouns = nouns,
	.noun_count = sizeof(nouns) / sizeof(nouns[0]),
	.advice = advice,
	.advice_count = sizeof(advice) / sizeof(advice[0]),
	.after = after,
	.after_count = sizeof(after) / sizeof(after[0]),
};
