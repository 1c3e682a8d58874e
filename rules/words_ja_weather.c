/* SPDX-License-Identifier: Apache-2.0
 *
 * Japanese: weather and rivers.
 */
#include "rules/words_private.h"

#include <stddef.h>

static const struct words_noun nouns[] = {
	{"weather.rain", 5, WORDS_WARNING, "大雨特別警報", NULL, NULL},
	{"weather.rain", 4, WORDS_WARNING, "大雨危険警報", NULL, NULL},
	{"weather.rain", 3, WORDS_WARNING, "大雨警報", NULL, NULL},
	{"weather.rain", 0, WORDS_WARNING, "大雨注意報", NULL, NULL},
	{"weather.landslide", 5, WORDS_WARNING, "土砂災害特別警報", NULL, NULL},
	{"weather.landslide", 4, WORDS_WARNING, "土砂災害危険警報", NULL, NULL},
	{"weather.landslide", 3, WORDS_WARNING, "土砂災害警報", NULL, NULL},
	{"weather.landslide", 0, WORDS_WARNING, "土砂災害注意報", NULL, NULL},
	{"weather.storm_surge", 5, WORDS_WARNING, "高潮特別警報", NULL, NULL},
	{"weather.storm_surge", 4, WORDS_WARNING, "高潮危険警報", NULL, NULL},
	{"weather.storm_surge", 3, WORDS_WARNING, "高潮警報", NULL, NULL},
	{"weather.storm_surge", 0, WORDS_WARNING, "高潮注意報", NULL, NULL},
	{"flood.river", 5, WORDS_WARNING, "氾濫特別警報", NULL, NULL},
	{"flood.river", 4, WORDS_WARNING, "氾濫危険警報", NULL, NULL},
	{"flood.river", 3, WORDS_WARNING, "氾濫警報", NULL, NULL},
	{"flood.river", 0, WORDS_WARNING, "氾濫注意報", NULL, NULL},
	{"weather.storm", 5, WORDS_WARNING, "暴風特別警報", NULL, NULL},
	{"weather.storm", 3, WORDS_WARNING, "暴風警報", NULL, NULL},
	{"weather.storm", 0, WORDS_WARNING, "強風注意報", NULL, NULL},
	{"weather.snowstorm", 5, WORDS_WARNING, "暴風雪特別警報", NULL, NULL},
	{"weather.snowstorm", 3, WORDS_WARNING, "暴風雪警報", NULL, NULL},
	{"weather.snowstorm", 0, WORDS_WARNING, "風雪注意報", NULL, NULL},
	{"weather.waves", 5, WORDS_WARNING, "波浪特別警報", NULL, NULL},
	{"weather.waves", 3, WORDS_WARNING, "波浪警報", NULL, NULL},
	{"weather.waves", 0, WORDS_WARNING, "波浪注意報", NULL, NULL},
	{"weather.snow", 5, WORDS_WARNING, "大雪特別警報", NULL, NULL},
	{"weather.snow", 3, WORDS_WARNING, "大雪警報", NULL, NULL},
	{"weather.snow", 0, WORDS_WARNING, "大雪注意報", NULL, NULL},
	{"weather.advisory_other", 0, WORDS_WARNING, NULL, NULL, NULL},
	{"weather.record_rain", 0, WORDS_WARNING, "記録的短時間大雨情報", NULL, NULL},
	{"weather.rainband", 5, WORDS_WARNING, "線状降水帯発生の速報", "線状降水帯発生", NULL},
	{"weather.rainband", 4, WORDS_WARNING, "線状降水帯直前の速報", "線状降水帯直前", NULL},
	{"weather.rainband", 0, WORDS_WARNING, "線状降水帯に関する情報", "線状降水帯情報", NULL},
	{"weather.heavy_snow_flash", 0, WORDS_WARNING, "顕著な大雪に関する情報", "顕著な大雪情報",
		NULL},
	{"weather.tornado", 4, WORDS_WARNING, "竜巻注意情報（目撃情報あり）",
		"竜巻注意情報（目撃）", "目撃情報のある竜巻注意情報"},
	{"weather.tornado", 0, WORDS_WARNING, "竜巻注意情報", NULL, NULL},
	{"weather.heat", 0, WORDS_WARNING, "熱中症警戒アラート", NULL, NULL},
	{"weather.info", 0, WORDS_WARNING, "気象情報", NULL, NULL},
};

static const struct words_advice advice[] = {
	{"weather.rain", 5, "命を守る最善の行動をとってください。",
		"災害がすでに発生しているおそれが極めて高い状況です。\n"
		"命の危険が迫っています。ただちに身の安全を確保してください。",
		"命の危険が迫っています。\nただちに身の安全を確保してください。"},
	{"weather.landslide", 5, "命を守る最善の行動をとってください。",
		"土砂災害がすでに発生しているおそれが極めて高い状況です。\n"
		"命の危険が迫っています。がけから離れた場所や建物の上の階で、ただちに身の安全を確保"
		"してください。",
		"命の危険が迫っています。\nただちに身の安全を確保してください。"},
	{"weather.storm_surge", 5, "命を守る最善の行動をとってください。",
		"高潮による災害がすでに発生しているおそれが極めて高い状況です。\n"
		"命の危険が迫っています。少しでも高い場所で、ただちに身の安全を確保してください。",
		"命の危険が迫っています。\nただちに身の安全を確保してください。"},
	{"flood.river", 5, "命を守る最善の行動をとってください。",
		"川の氾濫がすでに発生しているおそれが極めて高い状況です。\n"
		"命の危険が迫っています。少しでも高い場所で、ただちに身の安全を確保してください。",
		"命の危険が迫っています。\nただちに身の安全を確保してください。"},
	{"weather.landslide", 4, "危険な場所から避難してください。",
		"いつ土砂災害が発生してもおかしくない状況です。\n"
		"がけや渓流の近くなど危険な場所にいる人は、避難してください。",
		"がけや渓流の近くにいる人は、避難してください。"},
	{"weather.storm_surge", 4, "海岸から離れ、避難してください。",
		"高潮による災害が発生するおそれが高い状況です。\n"
		"海岸や河口に近い低い土地にいる人は、避難してください。",
		"海岸や河口に近い低い土地にいる人は、避難してください。"},
	{"weather.rain", 4, "危険な場所から避難してください。",
		"大雨による災害が発生するおそれが高い状況です。\n"
		"低い土地など浸水の危険がある場所にいる人は、避難してください。",
		"危険な場所にいる人は、避難してください。"},
	{"flood.river", 4, "川から離れ、避難してください。",
		"いつ川が氾濫してもおかしくない状況です。\n"
		"浸水のおそれがある場所にいる人は、避難してください。",
		"川の近くなど危険な場所にいる人は、避難してください。"},
	{"weather.landslide", 3, "避難に時間のかかる方は避難してください。",
		"土砂災害に警戒してください。\n"
		"高齢者など避難に時間のかかる方は、危険な場所から避難してください。",
		"避難に時間のかかる方は、危険な場所から避難してください。"},
	{"weather.rain", 3, "避難に時間のかかる方は避難してください。",
		"大雨による災害に警戒してください。\n"
		"高齢者など避難に時間のかかる方は、危険な場所から避難してください。",
		"避難に時間のかかる方は、危険な場所から避難してください。"},
	{"weather.storm_surge", 3, "海岸に近づかないでください。",
		"高潮による災害に警戒し、海岸に近づかないでください。\n"
		"高齢者など避難に時間のかかる方は、危険な場所から避難してください。",
		"海岸に近づかないでください。\n避難に時間のかかる方は、避難してください。"},
	{"flood.river", 3, "避難に時間のかかる方は避難してください。",
		"川の氾濫に警戒し、川に近づかないでください。\n"
		"高齢者など避難に時間のかかる方は、浸水のおそれがある場所から避難してください。",
		"川に近づかないでください。\n避難に時間のかかる方は、避難してください。"},
	{"weather.storm", 5, "命を守るため、外に出ないでください。",
		"数十年に一度の暴風となるおそれがあります。\n"
		"外出せず、窓から離れた頑丈な建物の中で身の安全を確保してください。",
		"外に出ないでください。\n窓から離れ、身の安全を確保してください。"},
	{"weather.storm", 3, "不要な外出を控えてください。",
		"暴風に警戒し、不要な外出を控えてください。\n飛ばされやすい物は固定してください。",
		"不要な外出を控えてください。"},
	{"weather.snowstorm", 3, "外出を控えてください。",
		"暴風雪による吹きだまりや視界不良に警戒してください。\n"
		"外出や車の運転を控えてください。",
		"外出や車の運転を控えてください。"},
	{"weather.snow", 3, "外出を控えてください。",
		"大雪による交通の障害に警戒してください。\n外出や車の運転を控えてください。",
		"外出や車の運転を控えてください。"},
	{"weather.heavy_snow_flash", 0, "外出や車の運転を控えてください。",
		"短い時間に顕著な大雪となっています。\n"
		"車が立ち往生するおそれがあります。外出や車の運転を控えてください。",
		"外出や車の運転を控えてください。"},
	{"weather.waves", 3, "海岸に近づかないでください。",
		"高波に警戒し、海岸に近づかないでください。", "海岸に近づかないでください。"},
	{"weather.record_rain", 0, "危険な場所から離れてください。",
		"災害の発生につながるような猛烈な雨が降りました。\n"
		"がけや川、低い土地に近づかず、身の安全を確保してください。",
		"がけや川に近づかず、身の安全を確保してください。"},
	{"weather.rainband", 5, "身の安全を確保してください。",
		"非常に激しい雨が同じ場所に降り続いています。災害の危険度が急激に高まっています。\n"
		"がけや川の近くなど危険な場所から離れ、身の安全を確保してください。",
		"危険な場所から離れ、身の安全を確保してください。"},
	{"weather.rainband", 0, "身の安全を確保してください。",
		"非常に激しい雨が同じ場所に降り続き、災害の危険度が急激に高まるおそれがあります。\n"
		"がけや川の近くなど危険な場所から離れ、身の安全を確保してください。",
		"危険な場所から離れ、身の安全を確保してください。"},
	{"weather.tornado", 4, "ただちに頑丈な建物に入ってください。",
		"近くで竜巻などの激しい突風が発生したとみられます。\n"
		"ただちに頑丈な建物の中に入り、窓から離れてください。",
		"ただちに頑丈な建物の中に入り、窓から離れてください。"},
	{"weather.tornado", 0, "頑丈な建物に入ってください。",
		"竜巻などの激しい突風が発生しやすい状況です。\n"
		"空の様子に注意し、積乱雲が近づく兆しがあるときは頑丈な建物の中に移動してください"
		"。",
		"空の様子に注意し、頑丈な建物の中に入ってください。"},
	{"weather.heat", 0, "涼しい場所で過ごしてください。",
		"熱中症の危険が高くなります。\n"
		"エアコンを使い、水分と塩分をとり、外での運動や作業を控えてください。",
		"エアコンを使い、こまめに水分をとってください。"},
	{"weather.*", 0, "今後の情報に注意してください。", "今後の情報に注意してください。",
		"今後の情報に注意してください。"},
	{"flood.*", 0, "川に近づかないでください。",
		"川の水位が上がっています。川に近づかず、今後の情報に注意してください。",
		"川に近づかないでください。"},
};

static const struct words_advice after[] = {
	{"weather.rain", 0, "川の増水などに引き続き注意してください。",
		"地盤のゆるみや川の増水に、引き続き注意してください。",
		"地盤のゆるみや川の増水に、引き続き注意してください。"},
	{"weather.landslide", 0, "地盤のゆるみに引き続き注意してください。",
		"地盤のゆるみに、引き続き注意してください。",
		"地盤のゆるみに、引き続き注意してください。"},
};

const struct words_part words_ja_weather = {
	.nouns = nouns,
	.noun_count = sizeof(nouns) / sizeof(nouns[0]),
	.advice = advice,
	.advice_count = sizeof(advice) / sizeof(advice[0]),
	.after = after,
	.after_count = sizeof(after) / sizeof(after[0]),
};
