/* SPDX-License-Identifier: Apache-2.0
 *
 * Japanese: earthquakes, tsunami, volcanoes.
 */
#include "rules/words_private.h"

#include <stddef.h>

static const struct words_noun nouns[] = {
	{"tsunami.major_warning", 0, WORDS_WARNING, "大津波警報", NULL, NULL},
	{"tsunami.warning", 0, WORDS_WARNING, "津波警報", NULL, NULL},
	{"tsunami.advisory", 0, WORDS_WARNING, "津波注意報", NULL, NULL},
	{"tsunami.forecast", 0, WORDS_WARNING, "津波予報（若干の海面変動）", "津波予報",
		"若干の海面変動の予報"},
	{"tsunami.info", 0, WORDS_WARNING, "津波情報", NULL, NULL},
	{"volcano.warning_residential", 0, WORDS_WARNING, "噴火警報（居住地域）", "噴火警報",
		"居住地域への噴火警報"},
	{"volcano.warning_crater", 0, WORDS_WARNING, "噴火警報（火口周辺）", "火口周辺警報",
		"火口周辺への噴火警報"},
	{"volcano.forecast", 0, WORDS_WARNING, "噴火予報", NULL, NULL},
	{"volcano.flash", 0, WORDS_WARNING, "噴火速報", NULL, NULL},
	{"volcano.ash", 0, WORDS_WARNING, "降灰予報", NULL, NULL},
	{"volcano.info", 0, WORDS_WARNING, "火山の情報", NULL, NULL},
	{"eew.warning", 0, WORDS_EEW, "緊急地震速報", NULL, NULL},
	{"eew.forecast", 0, WORDS_EEW, "緊急地震速報（予報）", "緊急地震速報", "緊急地震速報"},
	{"earthquake.intensity", 0, WORDS_SHOCK, "地震情報", NULL, NULL},
	{"earthquake.hypocentre", 0, WORDS_WARNING, "震源に関する情報", "震源情報", NULL},
	{"earthquake.long_period", 0, WORDS_WARNING, "長周期地震動に関する観測情報",
		"長周期地震動情報", NULL},
	{"earthquake.count", 0, WORDS_WARNING, "地震回数に関する情報", "地震回数情報", NULL},
	{"earthquake.info", 0, WORDS_WARNING, "地震に関する情報", "地震情報", NULL},
	{"nankai.alert", 0, WORDS_WARNING, "南海トラフ地震臨時情報（巨大地震警戒）",
		"南海トラフ地震警戒", "南海トラフ地震臨時情報、巨大地震警戒"},
	{"nankai.caution", 0, WORDS_WARNING, "南海トラフ地震臨時情報（巨大地震注意）",
		"南海トラフ地震注意", "南海トラフ地震臨時情報、巨大地震注意"},
	{"nankai.investigating", 0, WORDS_INQUIRY, "南海トラフ地震臨時情報（調査中）",
		"南海トラフ調査中", "南海トラフ地震臨時情報、調査中"},
	{"nankai.info", 0, WORDS_WARNING, "南海トラフ地震関連解説情報", "南海トラフ解説情報", NULL},
	{"hokkaido.caution", 0, WORDS_WARNING, "北海道・三陸沖後発地震注意情報", "後発地震注意情報",
		"北海道、三陸沖、後発地震注意情報"},
};

static const struct words_advice advice[] = {
	{"tsunami.major_warning", 0, "ただちに高台へ避難してください。",
		"大きな津波が襲い、甚大な被害が発生するおそれがあります。\n"
		"沿岸部や川沿いにいる人は、ただちに高台や避難ビルなど安全な場所へ避難してください。"
		"\n"
		"津波は繰り返し襲ってきます。警報が解除されるまで安全な場所から離れないでください"
		"。",
		"ただちに高台や避難ビルへ避難してください。\n海岸や川に近づかないでください。"},
	{"tsunami.warning", 0, "ただちに高台へ避難してください。",
		"津波による被害が発生するおそれがあります。\n"
		"沿岸部や川沿いにいる人は、ただちに高台や避難ビルなど安全な場所へ避難してください。"
		"\n"
		"津波は繰り返し襲ってきます。警報が解除されるまで安全な場所から離れないでください"
		"。",
		"ただちに高台や避難ビルへ避難してください。\n海岸や川に近づかないでください。"},
	{"tsunami.advisory", 0, "海から上がり、海岸から離れてください。",
		"海の中や海岸は危険です。\n"
		"海の中にいる人は、ただちに海から上がって海岸から離れてください。\n"
		"注意報が解除されるまで、海に入ったり海岸に近づいたりしないでください。",
		"海の中にいる人は、ただちに海から上がってください。\n海岸から離れてください。"},
	{"tsunami.info", 0, "海岸や川に近づかないでください。",
		"警報や注意報が解除されるまで、海岸や川に近づかないでください。\n"
		"津波は、観測された高さや時刻より高く、早く来ることがあります。",
		"警報や注意報が解除されるまで、海岸や川に近づかないでください。"},
	{"tsunami.*", 0, "今後の情報に注意してください。",
		"海岸付近では、今後の情報に注意してください。",
		"海岸付近では、今後の情報に注意してください。"},
	{"eew.warning", 0, "身の安全を確保してください。",
		"あわてずに身の安全を確保してください。\n"
		"頭を守り、丈夫な机の下などに隠れてください。\n"
		"屋外ではブロック塀や倒れやすい物から離れてください。",
		"頭を守り、身の安全を確保してください。"},
	{"earthquake.intensity", 3, "落下物に注意し、火の元を確認してください。",
		"落ち着いて身の安全を確保し、火の元を確認してください。\n"
		"壊れた建物やがけの近くには近づかないでください。\n"
		"今後の揺れと津波の情報に注意してください。",
		"落ち着いて火の元を確認してください。\n今後の揺れに注意してください。"},
	{"earthquake.long_period", 3, "高層の建物では注意してください。",
		"高層の建物の上の階では、非常に大きな揺れだったおそれがあります。\n"
		"家具の転倒やエレベーターの閉じ込めに注意してください。",
		"高層の建物では、家具の転倒などに注意してください。"},
	{"earthquake.*", 0, "今後の情報に注意してください。", "今後の情報に注意してください。",
		"今後の情報に注意してください。"},
	{"volcano.warning_residential", 0, "市町村の指示に従い避難してください。",
		"居住地域に重大な被害を及ぼす噴火が発生、または切迫しています。\n"
		"市町村の指示に従い、危険な地域から避難してください。",
		"市町村の指示に従い、危険な地域から避難してください。"},
	{"volcano.flash", 0, "火口から離れ、身を守ってください。",
		"火山が噴火しました。\n"
		"火口付近にいる人は、ただちに火口から離れ、建物や岩陰などで身を守ってください。",
		"火口付近にいる人は、ただちに身を守ってください。"},
	{"volcano.ash", 3, "建物の中に入ってください。",
		"小さな噴石や多量の火山灰が降るおそれがあります。\n"
		"建物の中や頑丈な屋根の下に入り、外出や車の運転を控えてください。",
		"建物の中や頑丈な屋根の下に入ってください。"},
	{"volcano.ash", 0, "傘やマスクで火山灰を防いでください。",
		"傘やマスクで火山灰を防ぎ、車は徐行してください。",
		"傘やマスクで火山灰を防いでください。"},
	{"volcano.warning_crater", 0, "火口周辺に近づかないでください。",
		"火口周辺には立ち入らないでください。登山者はただちに下山してください。",
		"火口周辺には立ち入らないでください。"},
	{"volcano.*", 0, "今後の情報に注意してください。", "今後の情報に注意してください。",
		"今後の情報に注意してください。"},
	{"nankai.alert", 0, "市町村の指示に従い避難してください。",
		"南海トラフ沿いで、巨大地震の発生する可能性が平常時と比べて高まっています。\n"
		"地震が起きてからの避難が間に合わない地域の方は、市町村の指示に従って避難してくださ"
		"い。\n"
		"日ごろからの備えを再確認し、すぐに避難できる準備をしてください。",
		"市町村の指示に従い、避難と備えをお願いします。"},
	{"nankai.*", 0, "地震への備えを確認してください。",
		"家具の固定や避難経路など、日ごろからの地震への備えを再確認してください。",
		"地震への備えを確認してください。"},
	{"hokkaido.*", 0, "地震への備えを確認してください。",
		"今後一週間ほど、大きな地震への備えを再確認し、すぐに避難できる態勢をとってください"
		"。",
		"地震への備えを確認してください。"},
};

static const struct words_advice after[] = {
	{"tsunami.*", 0, "海面の変動に注意してください。",
		"しばらくは海面の変動が続くことがあります。海に入るときは注意してください。",
		"しばらくは海面の変動に注意してください。"},
};

const struct words_part words_ja_earth = {
	.nouns = nouns,
	.noun_count = sizeof(nouns) / sizeof(nouns[0]),
	.advice = advice,
	.advice_count = sizeof(advice) / sizeof(advice[0]),
	.after = after,
	.after_count = sizeof(after) / sizeof(after[0]),
};
