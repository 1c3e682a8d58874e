/* SPDX-License-Identifier: Apache-2.0
 *
 * Japanese: civil protection, evacuation, the town's own news, and what has no row elsewhere.
 */
#include "rules/words_private.h"

#include <stddef.h>

static const struct words_noun nouns[] = {
	{"civil.missile", 0, WORDS_WARNING, "弾道ミサイル情報", NULL, NULL},
	{"civil.air_attack", 0, WORDS_WARNING, "航空攻撃情報", NULL, NULL},
	{"civil.guerrilla", 0, WORDS_WARNING, "ゲリラ・特殊部隊攻撃情報", "ゲリラ攻撃情報",
		"ゲリラ、特殊部隊攻撃情報"},
	{"civil.terror", 0, WORDS_WARNING, "大規模テロ情報", NULL, NULL},
	{"civil.other", 0, WORDS_WARNING, "国民保護に関する情報", "国民保護情報", NULL},
	{"evacuation.elderly", 0, WORDS_ORDER, "警戒レベル３高齢者等避難", "高齢者等避難", NULL},
	{"evacuation.order", 0, WORDS_ORDER, "警戒レベル４避難指示", "避難指示", NULL},
	{"evacuation.emergency", 0, WORDS_ORDER, "警戒レベル５緊急安全確保", "緊急安全確保", NULL},
	{"evacuation.shelter", 0, WORDS_PLAIN, "避難所に関するお知らせ", "避難所情報", NULL},
	{"safety.fire", 0, WORDS_PLAIN, "火災に関するお知らせ", "火災情報", NULL},
	{"safety.crime", 0, WORDS_PLAIN, "防犯に関するお知らせ", "防犯情報", NULL},
	{"safety.missing_person", 0, WORDS_PLAIN, "行方不明の方に関するお知らせ", "行方不明者情報",
		NULL},
	{"safety.other", 0, WORDS_PLAIN, "緊急のお知らせ", NULL, NULL},
	{"city.notice", 0, WORDS_PLAIN, "お知らせ", NULL, NULL},
	{"sensor.river_level", 0, WORDS_PLAIN, "河川の水位に関するお知らせ", "河川水位情報", NULL},
	{"sensor.rain", 0, WORDS_PLAIN, "雨量に関するお知らせ", "雨量情報", NULL},
	{"system.canary", 0, WORDS_PLAIN, "動作確認", NULL, NULL},
	{"system.alarm", 0, WORDS_PLAIN, "職員向け警報", NULL, NULL},
};

static const struct words_advice advice[] = {
	{"civil.missile", 0, "建物の中、または地下に避難してください。",
		"ただちに頑丈な建物の中、または地下に避難してください。\n"
		"近くに建物がない場合は、物陰に身を隠すか、地面に伏せて頭を守ってください。\n"
		"屋内では窓から離れてください。",
		"ただちに建物の中、または地下に避難してください。"},
	{"civil.*", 0, "屋内に避難し、今後の情報に注意してください。",
		"屋内に避難し、テレビやラジオ、市町村からの情報に注意してください。",
		"屋内に避難し、テレビやラジオをつけてください。"},
	{"evacuation.emergency", 0, "命の危険があります。ただちに安全を確保してください。",
		"災害がすでに発生、または切迫しています。命の危険があります。\n"
		"建物の上の階や、がけから離れた部屋など、少しでも安全な場所でただちに命を守ってくだ"
		"さい。",
		"命の危険があります。\nただちに身の安全を確保してください。"},
	{"evacuation.order", 0, "危険な場所から全員避難してください。",
		"危険な場所にいる方は、全員避難してください。\n"
		"避難場所への避難が危険な場合は、少しでも安全な場所へ移動してください。",
		"危険な場所から全員避難してください。"},
	{"evacuation.elderly", 0, "避難に時間のかかる方は避難してください。",
		"高齢者や障害のある方など避難に時間のかかる方は、危険な場所から避難してください。\n"
		"そのほかの方も、避難の準備をしてください。",
		"避難に時間のかかる方は、危険な場所から避難してください。"},
	{"safety.fire", 0, "火の取り扱いに注意してください。", "", ""},
	{"sensor.river_level", 0, "川に近づかないでください。", "川に近づかないでください。",
		"川に近づかないでください。"},
};

static const struct words_advice after[] = {
	{"city.*", 0, "", "", ""},
	{"safety.*", 0, "", "", ""},
	{"system.*", 0, "", "", ""},
	{"*", 0, "今後の情報に注意してください。", "今後の情報に注意してください。",
		"今後の情報に注意してください。"},
};

const struct words_part words_ja_town = {
	.nouns = nouns,
	.noun_count = sizeof(nouns) / sizeof(nouns[0]),
	.advice = advice,
	.advice_count = sizeof(advice) / sizeof(advice[0]),
	.after = after,
	.after_count = sizeof(after) / sizeof(after[0]),
};
