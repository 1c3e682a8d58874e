/* SPDX-License-Identifier: Apache-2.0
 *
 * English, for residents and visitors who read it as a second language: short sentences, plain
 * words, no idioms. "Level n equivalent" is JMA's; "Alert Level n" only the municipality's order.
 */
#include "rules/words.h"

#include "base/buf.h"

#include <stdio.h>
#include <string.h>

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
	{"tsunami.forecast", 0, WORDS_WARNING, "Tsunami Forecast", NULL, NULL},
	{"volcano.warning_residential", 0, WORDS_WARNING, "Volcanic Warning", NULL, NULL},
	{"volcano.warning_crater", 0, WORDS_WARNING, "Volcanic Crater Warning", NULL, NULL},
	{"volcano.flash", 0, WORDS_WARNING, "Eruption Notice", NULL, NULL},
	{"eew.warning", 0, WORDS_EEW, "Earthquake Early Warning", NULL, NULL},
	{"eew.forecast", 0, WORDS_EEW, "Earthquake Early Warning", NULL, NULL},
	{"earthquake.intensity", 0, WORDS_SHOCK, "Earthquake Information", NULL, NULL},
	{"nankai.alert", 0, WORDS_WARNING, "Nankai Trough Megaquake Alert", NULL, NULL},
	{"nankai.caution", 0, WORDS_WARNING, "Nankai Trough Megaquake Caution", NULL, NULL},
	{"nankai.investigating", 0, WORDS_WARNING, "Nankai Trough Investigation", NULL, NULL},
	{"hokkaido.caution", 0, WORDS_WARNING, "Hokkaido-Sanriku Quake Caution", NULL, NULL},
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
};

#define AWAY                                                                                       \
	{                                                                                          \
		"{t}: corrected", "Correction: the {n} does not apply to {m}.", NULL, NULL         \
	}
#define CANCELLED                                                                                  \
	{                                                                                          \
		"{t}: cancelled", "The {n} sent earlier is cancelled. It was a false report.",     \
			NULL, NULL                                                                 \
	}

static const struct words_phrase phrases[WORDS_STYLE_COUNT][WORDS_ACT_COUNT] = {
	[WORDS_WARNING] =
		{
			[WORDS_ISSUED] = {"{t}", "{n} issued for {m}.", NULL, NULL},
			[WORDS_RAISED] = {"{t}: raised", "The {o} for {m} is raised to {n}.",
				"Raised to {n} for {m}.", NULL},
			[WORDS_UPDATED] = {"{t}: updated", "{n} for {m} updated.", NULL, NULL},
			[WORDS_LOWERED] = {"{t}: lowered", "The {o} for {m} is lowered to {n}.",
				"Lowered to {n} for {m}.", NULL},
			[WORDS_RELEASED] = {"{t}: lifted", "The {n} for {m} is lifted.", NULL,
				NULL},
			[WORDS_CANCELLED] = CANCELLED,
			[WORDS_CORRECTED] = {"{t}: corrected", "The {n} for {m} is corrected.",
				NULL, NULL},
			[WORDS_CORRECTED_AWAY] = AWAY,
			[WORDS_INFO] = {"{t}", "{n} about {m}.", NULL, NULL},
		},
	[WORDS_ORDER] =
		{
			[WORDS_ISSUED] = {"{t}", "{n} in force for {m}.", NULL, NULL},
			[WORDS_RAISED] = {"{t}", "The {o} for {m} is raised to {n}.",
				"Raised to {n} for {m}.", NULL},
			[WORDS_UPDATED] = {"{t}: updated", "{n} for {m} updated.", NULL, NULL},
			[WORDS_LOWERED] = {"{t}: lowered", "The {o} for {m} is lowered to {n}.",
				"Lowered to {n} for {m}.", NULL},
			[WORDS_RELEASED] = {"{t}: lifted", "The {n} for {m} is lifted.", NULL,
				NULL},
			[WORDS_CANCELLED] =
				{"{t}: cancelled",
					"The {n} sent earlier is cancelled. It was sent by "
					"mistake.",
					NULL, NULL},
			[WORDS_CORRECTED] =
				{"{t}: corrected", "The {n} for {m} is corrected.", NULL, NULL},
			[WORDS_CORRECTED_AWAY] = AWAY,
			[WORDS_INFO] = {"{t}", "{n}: information for {m}.", NULL, NULL},
		},
	[WORDS_SHOCK] =
		{
			[WORDS_ISSUED] = {"Earthquake: intensity {v}",
				"Seismic intensity {v} was observed in {m}.", NULL, NULL},
			[WORDS_RAISED] = {"Earthquake: intensity {v}",
				"The seismic intensity in {m} is now given as {v}.", NULL, NULL},
			[WORDS_UPDATED] = {"Earthquake: intensity {v}",
				"The seismic intensity in {m} is now given as {v}.", NULL, NULL},
			[WORDS_LOWERED] = {"Earthquake: intensity {v}",
				"The seismic intensity in {m} is now given as {v}.", NULL, NULL},
			[WORDS_RELEASED] = {"{t}: ended", "The {n} for {m} has ended.", NULL, NULL},
			[WORDS_CANCELLED] = CANCELLED,
			[WORDS_CORRECTED] = {"Correction: intensity {v}",
				"Correction: seismic intensity {v} was observed in {m}.", NULL,
				NULL},
			[WORDS_CORRECTED_AWAY] = AWAY,
			[WORDS_INFO] =
				{"Earthquake: intensity {v}",
					"Seismic intensity {v} was observed in {m}.", NULL, NULL},
		},
	[WORDS_EEW] =
		{
			[WORDS_ISSUED] = {"{t}", "{n} for {m}. Expect strong shaking.", NULL,
				"Expect strong shaking."},
			[WORDS_RAISED] = {"{t}", "{n} for {m}. Expect strong shaking.", NULL,
				"Expect strong shaking."},
			[WORDS_UPDATED] = {"{t}", "{n} for {m}. Expect strong shaking.", NULL,
				"Expect strong shaking."},
			[WORDS_LOWERED] = {"{t}: updated", "{n} for {m} updated.", NULL, NULL},
			[WORDS_RELEASED] = {"{t}: ended", "The {n} for {m} has ended.", NULL, NULL},
			[WORDS_CANCELLED] = CANCELLED,
			[WORDS_CORRECTED] = {"{t}: corrected", "The {n} for {m} is corrected.",
				NULL, NULL},
			[WORDS_CORRECTED_AWAY] = AWAY,
			[WORDS_INFO] = {"{t}", "{n} about {m}.", NULL, NULL},
		},
	[WORDS_PLAIN] =
		{
			[WORDS_ISSUED] = {"{t}", "{n} from {m}.", NULL, NULL},
			[WORDS_RAISED] = {"{t}: updated", "{n} from {m}, updated.", NULL, NULL},
			[WORDS_UPDATED] = {"{t}: updated", "{n} from {m}, updated.", NULL, NULL},
			[WORDS_LOWERED] = {"{t}: updated", "{n} from {m}, updated.", NULL, NULL},
			[WORDS_RELEASED] = {"{t}: ended", "{n} from {m} has ended.", NULL, NULL},
			[WORDS_CANCELLED] = {"{t}: cancelled",
				"The {n} sent earlier is cancelled. It was sent by mistake.", NULL,
				NULL},
			[WORDS_CORRECTED] =
				{"{t}: corrected", "{n} from {m}, corrected.", NULL, NULL},
			[WORDS_CORRECTED_AWAY] = AWAY,
			[WORDS_INFO] = {"{t}", "{n} from {m}.", NULL, NULL},
		},
};

#define SAFE_NOW "Lives are in danger. Make sure you are safe now."
#define ELDERLY	 "Elderly people and others who need time: leave dangerous places."

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
	{"volcano.warning_crater", 0, "Keep away from the crater.",
		"Do not enter the area around the crater.", "Keep away from the crater."},
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
	{"nankai.alert", 0, "Follow the city's instructions.",
		"The chance of a huge earthquake is higher than usual.\nEvacuate if the city tells "
		"you. Be ready to leave at once.",
		"Follow the city's instructions."},
	{"nankai.*", 0, "Check that you are prepared.", "Check that you are prepared for a quake.",
		"Check that you are prepared."},
	{"hokkaido.*", 0, "Check that you are prepared.",
		"For about one week, be ready to leave at once after a strong quake.",
		"Check that you are prepared."},
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
	{"tsunami.*", 0, "The sea may still change.",
		"The sea level may still change for a while. Be careful in the water.",
		"Be careful near the sea."},
	{"weather.rain", 0, "Be careful near rivers and slopes.",
		"Ground may be loose and rivers high. Be careful.",
		"Be careful near rivers and slopes."},
	{"weather.landslide", 0, "Be careful near slopes.", "Ground may be loose. Be careful.",
		"Be careful near slopes."},
	{"safety.*", 0, "", "", ""},
	{"city.*", 0, "", "", ""},
	{"system.*", 0, "", "", ""},
	{"*", 0, "Watch for further information.", "Watch for further information.",
		"Watch for further information."},
};

static const char *number(struct pool *pool, int value)
{
	return pool_printf(pool, "%d", value);
}

static const char *scale(struct pool *pool, const char *value)
{
	const char *half = value[0] == '\0'  ? ""
			   : value[1] == '+' ? " Upper"
			   : value[1] == '-' ? " Lower"
					     : "";
	return half[0] ? pool_printf(pool, "%c%s", value[0], half) : pool_copy_text(pool, value);
}

static const char *show_time(struct pool *pool, struct wall_time t)
{
	static const char *const months[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct words_clock c;
	words_clock_of(t, &c);
	return pool_printf(
		pool, "%d %s %02d:%02d JST", c.day, months[c.month - 1], c.hour, c.minute);
}

static const char *speak(struct pool *pool, const char *text)
{
	char *out = pool_copy_text(pool, text);
	char *to = out;
	for (const char *from = out; *from; from++) {
		if (*from == ' ' && from[1] == '(') {
			*to++ = ','; /* a bracket is a pause */
		} else if (*from == '(') {
			*to++ = ' ';
		} else if (!strchr(")[]{}<>*#\"", *from)) {
			*to++ = *from;
		}
	}
	*to = '\0';
	return out;
}

const struct words words_en = {
	.lang = "en",
	.nouns = nouns,
	.noun_count = sizeof(nouns) / sizeof(nouns[0]),
	.phrases = phrases,
	.advice = advice,
	.advice_count = sizeof(advice) / sizeof(advice[0]),
	.after = after,
	.after_count = sizeof(after) / sizeof(after[0]),
	.fallback_noun = "Advisory",
	.drill = "This is a drill.",
	.first_line = "[{t}] {n}",
	.areas = "Area: {m}",
	.issued_at = "Issued: {v}{u}",
	.report = " (No. {u})",
	.level = "Equivalent to Alert Level {u}",
	.order_level = "{n}",
	.height = "Expected tsunami height: {v}",
	.quote_wide = "Bulletin (includes other areas):",
	.volcano_level = "Volcanic alert level {v} of 5",
	.volcano_level_spoken = "The volcanic alert level is {v} of 5.",
	.height_spoken = "Expected tsunami height: {v}.",
	.intensity = "Expected seismic intensity: {v}",
	.also = "Also: {n}",
	.source = "Source: {n}",
	.of = "{n} ({m})",
	.twice = "{n}. {n}.",
	.separator = ", ",
	.and_others = " and others",
	.join = " ",
	.number = number,
	.scale = scale,
	.time = show_time,
	.speak = speak,
	.title_limit = 45,
	.brief_limit = 140,
	.name_is_reading = 1,
};
