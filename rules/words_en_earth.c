/* SPDX-License-Identifier: Apache-2.0
 *
 * English: earthquakes, tsunami, volcanoes.
 */
#include "rules/words_private.h"

#include <stddef.h>

static const struct words_noun nouns[] = {
	{"tsunami.forecast", 0, WORDS_WARNING, "Tsunami Forecast", NULL, NULL},
	{"volcano.warning_residential", 0, WORDS_WARNING, "Volcanic Warning", NULL, NULL},
	{"volcano.warning_crater", 0, WORDS_WARNING, "Volcanic Crater Warning", NULL, NULL},
	{"volcano.flash", 0, WORDS_WARNING, "Eruption Notice", NULL, NULL},
	{"eew.warning", 0, WORDS_EEW, "Earthquake Early Warning", NULL, NULL},
	{"eew.forecast", 0, WORDS_EEW, "Earthquake Early Warning", NULL, NULL},
	{"earthquake.intensity", 0, WORDS_SHOCK, "Earthquake Information", NULL, NULL},
	{"nankai.alert", 0, WORDS_WARNING, "Nankai Trough Megaquake Alert", NULL, NULL},
	{"nankai.caution", 0, WORDS_WARNING, "Nankai Trough Megaquake Caution", NULL, NULL},
	{"nankai.investigating", 0, WORDS_INQUIRY, "Nankai Trough Investigation", NULL, NULL},
	{"hokkaido.caution", 0, WORDS_WARNING, "Hokkaido-Sanriku Quake Caution", NULL, NULL},
};

static const struct words_advice advice[] = {
	{"tsunami.major_warning", 0, "Go to high ground now.",
		"Huge waves are expected.\nLeave the coast and rivers. Go to high ground or an "
		"evacuation building now.\nWaves come again and again. Stay until the warning is "
		"lifted.",
		"Go to high ground now.\nStay away from the sea and rivers."},
	{"tsunami.warning", 0, "Go to high ground now.",
		"Leave the coast and rivers. Go to high ground or an evacuation building now.\n"
		"Waves come again and again. Stay until the warning is lifted.",
		"Go to high ground now.\nStay away from the sea and rivers."},
	{"tsunami.advisory", 0, "Leave the sea and the beach.",
		"Get out of the sea and leave the beach now.\nStay away until the advisory is "
		"lifted.",
		"Get out of the sea.\nLeave the beach."},
	{"tsunami.info", 0, "Stay away from the sea and rivers.",
		"Stay away from the sea and rivers until warnings end.\nWaves may come higher "
		"and earlier than measured elsewhere.",
		"Stay away from the sea and rivers until warnings end."},
	{"eew.warning", 0, "Protect yourself.",
		"Stay calm and protect your head.\nTake cover under a strong table.\nOutdoors, "
		"keep "
		"away from walls and things that may fall.",
		"Protect your head."},
	{"earthquake.intensity", 3, "Check for fire and falling objects.",
		"Stay calm and check for fire.\nKeep away from damaged buildings and cliffs.\n"
		"Watch for aftershocks and tsunami information.",
		"Stay calm and check for fire."},
	{"volcano.warning_residential", 0, "Evacuate as the city tells you.",
		"An eruption that can reach homes has started or is near.\nEvacuate as the city "
		"tells you.",
		"Evacuate as the city tells you."},
	{"volcano.flash", 0, "Get away from the crater.",
		"The volcano has erupted.\nGet away from the crater and take cover.",
		"Get away from the crater and take cover."},
	{"volcano.ash", 3, "Go inside.",
		"Small stones or much ash may fall.\nGo inside or under a strong roof. Do not "
		"drive.",
		"Go inside or under a strong roof."},
	{"volcano.ash", 0, "Protect yourself from ash.",
		"Use an umbrella and a mask. Drive slowly.", "Use an umbrella and a mask."},
	{"earthquake.long_period", 3, "Be careful in tall buildings.",
		"Upper floors of tall buildings may have swayed very strongly.\nBeware of falling "
		"furniture and stuck lifts.",
		"Be careful in tall buildings."},
	{"volcano.warning_crater", 0, "Keep away from the crater.",
		"Do not enter the area around the crater.", "Keep away from the crater."},
	{"nankai.alert", 0, "Follow the city's instructions.",
		"The chance of a huge earthquake is higher than usual.\nEvacuate if the city tells "
		"you. Be ready to leave at once.",
		"Follow the city's instructions."},
	{"nankai.*", 0, "Check that you are prepared.", "Check that you are prepared for a quake.",
		"Check that you are prepared."},
	{"hokkaido.*", 0, "Check that you are prepared.",
		"For about one week, be ready to leave at once after a strong quake.",
		"Check that you are prepared."},
};

static const struct words_advice after[] = {
	{"tsunami.*", 0, "The sea may still change.",
		"The sea level may still change for a while. Be careful in the water.",
		"Be careful near the sea."},
};

const struct words_part words_en_earth = {
	.nouns = nouns,
	.noun_count = sizeof(nouns) / sizeof(nouns[0]),
	.advice = advice,
	.advice_count = sizeof(advice) / sizeof(advice[0]),
	.after = after,
	.after_count = sizeof(after) / sizeof(after[0]),
};
