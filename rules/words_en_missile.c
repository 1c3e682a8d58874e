/* SPDX-License-Identifier: Apache-2.0
 *
 * The messages of a ballistic missile. Places come as the Japanese text names them and are left
 * out.
 */
#include "rules/words_private.h"

#include <stddef.h>

const struct words_stage words_en_stages[] = {
	{
		.stage = "launch",
		.title = "Missile launched",
		.brief = "Missile launched{p}, it appears. Go inside a building or underground.",
		.sentence = "A missile appears to have been launched{p}. Go inside a building or "
			    "underground.",
		.speech = "Missile launch. Missile launch. A missile appears to have been "
			  "launched{p}. Go inside a building or underground.",
		.time = "",
		.place = " from {p}",
		.nowhere = "",
	},
	{
		.stage = "take_shelter",
		.title = "Take shelter now",
		.brief = "Take shelter now, inside a building or underground. A missile may "
			 "fall{v}{p}.",
		.sentence = "Go inside a building or underground immediately. A missile may "
			    "fall{v}{p}.",
		.speech = "Take shelter now. Take shelter now. Go inside a building or "
			  "underground immediately. A missile may fall{v}{p}. Take shelter now.",
		.time = " at about {v}",
		.place = " near {p}",
		.nowhere = "",
	},
	{
		.stage = "fell",
		.title = "Missile has fallen",
		.brief = "The missile appears to have fallen{v}{p}. Stay inside. More will follow.",
		.sentence = "The missile appears to have fallen{v}{p}. Stay inside. More will "
			    "follow.",
		.speech = "The missile has fallen. The missile has fallen. It appears to have "
			  "fallen{v}{p}. Stay inside. More will follow.",
		.time = " at about {v}",
		.place = " near {p}",
		.nowhere = "",
	},
	{
		.stage = "passed",
		.title = "Missile has passed",
		.brief = "The missile appears to have passed{v}{p}. Keep away from suspicious "
			 "objects.",
		.sentence = "The missile appears to have passed{v}{p}. If you find a suspicious "
			    "object, keep away and call the police or fire service.",
		.speech = "The missile has passed. The missile has passed. It appears to have "
			  "passed{v}{p}. If you find a suspicious object, keep away and call the "
			  "police or fire service.",
		.time = " at about {v}",
		.place = " towards {p}",
		.nowhere = "",
	},
	{
		.stage = "outside_waters",
		.title = "Missile fell outside Japan's waters",
		.brief = "The missile appears to have fallen{v}{p}. Keep away from suspicious "
			 "objects.",
		.sentence = "The missile appears to have fallen{v}{p}. If you find a suspicious "
			    "object, keep away and call the police or fire service.",
		.speech = "The missile appears to have fallen{v}{p}. If you find a suspicious "
			  "object, keep away and call the police or fire service.",
		.time = " at about {v}",
		.place = " near {p}",
		.nowhere = " outside Japan's territorial waters",
	},
	{.stage = NULL},
};
