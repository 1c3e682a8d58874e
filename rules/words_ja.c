/* SPDX-License-Identifier: Apache-2.0
 *
 * Japanese. A level of JMA is 警戒レベルn相当; only the municipality's own order is 警戒レベルn.
 * 解除 (it is over) and 取消 (it was never true) are never worded alike.
 */
#include "rules/words.h"

#include "base/buf.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	{"weather.rainband", 0, WORDS_WARNING, "線状降水帯に関する情報", "線状降水帯情報", NULL},
	{"weather.heavy_snow_flash", 0, WORDS_WARNING, "顕著な大雪に関する情報", "顕著な大雪情報",
		NULL},
	{"weather.tornado", 0, WORDS_WARNING, "竜巻注意情報", NULL, NULL},
	{"weather.heat", 0, WORDS_WARNING, "熱中症警戒アラート", NULL, NULL},
	{"weather.info", 0, WORDS_WARNING, "気象情報", NULL, NULL},
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
	{"nankai.investigating", 0, WORDS_WARNING, "南海トラフ地震臨時情報（調査中）",
		"南海トラフ調査中", "南海トラフ地震臨時情報、調査中"},
	{"nankai.info", 0, WORDS_WARNING, "南海トラフ地震関連解説情報", "南海トラフ解説情報", NULL},
	{"hokkaido.caution", 0, WORDS_WARNING, "北海道・三陸沖後発地震注意情報", "後発地震注意情報",
		"北海道、三陸沖、後発地震注意情報"},
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
};

static const struct words_phrase phrases[WORDS_STYLE_COUNT][WORDS_ACT_COUNT] = {
	[WORDS_WARNING] =
		{
			[WORDS_ISSUED] = {"{t} 発表", "{m}に{n}が発表されました。", NULL, NULL},
			[WORDS_RAISED] = {"{t} 引上げ", "{m}の{o}は、{n}に引き上げられました。",
				"{m}は{n}に引き上げられました。", NULL},
			[WORDS_UPDATED] = {"{t} 更新", "{m}の{n}の内容が更新されました。", NULL,
				NULL},
			[WORDS_LOWERED] = {"{t}に切替", "{m}の{o}は、{n}に切り替えられました。",
				"{m}は{n}に切り替えられました。", NULL},
			[WORDS_RELEASED] = {"{t} 解除", "{m}の{n}は解除されました。", NULL, NULL},
			[WORDS_CANCELLED] = {"{t} 取消",
				"先ほどの{n}は取り消されました（誤報でした）。", NULL,
				"先ほどの{n}は取り消されました。誤報でした。"},
			[WORDS_CORRECTED] = {"{t} 訂正", "{m}の{n}の内容が訂正されました。", NULL,
				NULL},
			[WORDS_CORRECTED_AWAY] = {"{t} 訂正",
				"先ほどの{n}は訂正され、{m}は対象ではなくなりました。", NULL, NULL},
			[WORDS_INFO] = {"{t}", "{m}に関係する{n}が発表されました。", NULL, NULL},
		},
	[WORDS_ORDER] =
		{
			[WORDS_ISSUED] = {"{t} 発令", "{m}に{n}が発令されました。", NULL, NULL},
			[WORDS_RAISED] = {"{t} 発令", "{m}の{o}は、{n}に引き上げられました。",
				"{m}に{n}が発令されました。", NULL},
			[WORDS_UPDATED] = {"{t} 更新", "{m}の{n}の内容が更新されました。", NULL,
				NULL},
			[WORDS_LOWERED] =
				{"{t}に切替", "{m}の{o}は、{n}に切り替えられました。",
					"{m}は{n}に切り替えられました。", NULL},
			[WORDS_RELEASED] = {"{t} 解除", "{m}の{n}は解除されました。", NULL, NULL},
			[WORDS_CANCELLED] =
				{"{t} 取消",
					"先ほどの{n}は取り消されました（誤って発令されました）。",
					NULL,
					"先ほどの{n}"
					"は取り消されました。誤って発令されたものです。"},
			[WORDS_CORRECTED] =
				{"{t} 訂正", "{m}の{n}の内容を訂正します。", NULL, NULL},
			[WORDS_CORRECTED_AWAY] =
				{"{t} 訂正", "先ほどの{n}は訂正され、{m}は対象ではなくなりました。",
					NULL, NULL},
			[WORDS_INFO] = {"{t}", "{m}の{n}についてお知らせします。", NULL, NULL},
		},
	[WORDS_SHOCK] =
		{
			[WORDS_ISSUED] = {"震度{v}の地震", "{m}で震度{v}の揺れを観測しました。",
				NULL, NULL},
			[WORDS_RAISED] = {"震度{v}の地震（更新）",
				"{m}で観測した震度は{v}に更新されました。", NULL, NULL},
			[WORDS_UPDATED] = {"震度{v}の地震（更新）",
				"{m}で観測した震度は{v}に更新されました。", NULL, NULL},
			[WORDS_LOWERED] = {"震度{v}の地震（更新）",
				"{m}で観測した震度は{v}に更新されました。", NULL, NULL},
			[WORDS_RELEASED] = {"{t} 終了", "{m}の{n}のお知らせを終わります。", NULL,
				NULL},
			[WORDS_CANCELLED] =
				{"{t} 取消", "先ほどの{n}は取り消されました（誤報でした）。", NULL,
					"先ほどの{n}は取り消されました。誤報でした。"},
			[WORDS_CORRECTED] =
				{"震度{v}の地震（訂正）",
					"{m}で観測した震度は{v}に訂正されました。", NULL, NULL},
			[WORDS_CORRECTED_AWAY] =
				{"{t} 訂正", "先ほどの{n}は訂正され、{m}は対象ではなくなりました。",
					NULL, NULL},
			[WORDS_INFO] =
				{"震度{v}の地震", "{m}で震度{v}の揺れを観測しました。", NULL, NULL},
		},
	[WORDS_EEW] =
		{
			[WORDS_ISSUED] =
				{"{t}", "{m}に{n}が発表されました。強い揺れに警戒してください。",
					NULL, "強い揺れに警戒してください。"},
			[WORDS_RAISED] =
				{"{t}", "{m}に{n}が発表されました。強い揺れに警戒してください。",
					NULL, "強い揺れに警戒してください。"},
			[WORDS_UPDATED] =
				{"{t}", "{m}に{n}が発表されました。強い揺れに警戒してください。",
					NULL, "強い揺れに警戒してください。"},
			[WORDS_LOWERED] =
				{"{t} 更新", "{m}の{n}の内容が更新されました。", NULL, NULL},
			[WORDS_RELEASED] = {"{t} 終了", "{m}の{n}は終わりました。", NULL, NULL},
			[WORDS_CANCELLED] =
				{"{t} 取消", "先ほどの{n}は取り消されました（誤報でした）。", NULL,
					"先ほどの{n}は取り消されました。誤報でした。"},
			[WORDS_CORRECTED] =
				{"{t} 訂正", "{m}の{n}の内容が訂正されました。", NULL, NULL},
			[WORDS_CORRECTED_AWAY] =
				{"{t} 訂正", "先ほどの{n}は訂正され、{m}は対象ではなくなりました。",
					NULL, NULL},
			[WORDS_INFO] = {"{t}", "{m}に関係する{n}が発表されました。", NULL, NULL},
		},
	[WORDS_PLAIN] =
		{
			[WORDS_ISSUED] = {"{t}", "{m}から{n}です。", NULL, NULL},
			[WORDS_RAISED] = {"{t} 更新", "{m}から{n}の続報です。", NULL, NULL},
			[WORDS_UPDATED] = {"{t} 更新", "{m}から{n}の続報です。", NULL, NULL},
			[WORDS_LOWERED] = {"{t} 更新", "{m}から{n}の続報です。", NULL, NULL},
			[WORDS_RELEASED] = {"{t} 終了", "{m}からの{n}は終了しました。", NULL, NULL},
			[WORDS_CANCELLED] =
				{"{t} 取消", "先ほどの{n}は取り消します（誤りでした）。", NULL,
					"先ほどの{n}は取り消します。誤りでした。"},
			[WORDS_CORRECTED] = {"{t} 訂正", "先ほどの{n}を訂正します。", NULL, NULL},
			[WORDS_CORRECTED_AWAY] =
				{"{t} 訂正", "先ほどの{n}は訂正され、{m}は対象ではなくなりました。",
					NULL, NULL},
			[WORDS_INFO] = {"{t}", "{m}から{n}です。", NULL, NULL},
		},
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
	{"volcano.warning_crater", 0, "火口周辺に近づかないでください。",
		"火口周辺には立ち入らないでください。登山者はただちに下山してください。",
		"火口周辺には立ち入らないでください。"},
	{"volcano.*", 0, "今後の情報に注意してください。", "今後の情報に注意してください。",
		"今後の情報に注意してください。"},
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
	{"weather.rainband", 0, "身の安全を確保してください。",
		"非常に激しい雨が同じ場所に降り続き、災害の危険度が急激に高まるおそれがあります。\n"
		"がけや川の近くなど危険な場所から離れ、身の安全を確保してください。",
		"危険な場所から離れ、身の安全を確保してください。"},
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
	{"tsunami.*", 0, "海面の変動に注意してください。",
		"しばらくは海面の変動が続くことがあります。海に入るときは注意してください。",
		"しばらくは海面の変動に注意してください。"},
	{"weather.rain", 0, "川の増水などに引き続き注意してください。",
		"地盤のゆるみや川の増水に、引き続き注意してください。",
		"地盤のゆるみや川の増水に、引き続き注意してください。"},
	{"weather.landslide", 0, "地盤のゆるみに引き続き注意してください。",
		"地盤のゆるみに、引き続き注意してください。",
		"地盤のゆるみに、引き続き注意してください。"},
	{"city.*", 0, "", "", ""},
	{"safety.*", 0, "", "", ""},
	{"system.*", 0, "", "", ""},
	{"*", 0, "今後の情報に注意してください。", "今後の情報に注意してください。",
		"今後の情報に注意してください。"},
};

/* 0 to 99 in full width, as the law and JMA write levels and reports. */
static const char *number(struct pool *pool, int value)
{
	static const char *const digits[] = {
		"０", "１", "２", "３", "４", "５", "６", "７", "８", "９"};
	char narrow[16];
	(void)snprintf(narrow, sizeof(narrow), "%d", value);
	const char *wide = "";
	for (const char *c = narrow; *c; c++) {
		wide = pool_printf(
			pool, "%s%s", wide, isdigit((unsigned char)*c) ? digits[*c - '0'] : "");
	}
	return wide;
}

static const char *scale(struct pool *pool, const char *value)
{
	if (!isdigit((unsigned char)value[0])) {
		return pool_copy_text(pool, value);
	}
	const char *half = value[1] == '+' ? "強" : value[1] == '-' ? "弱" : "";
	return pool_printf(pool, "%s%s", number(pool, value[0] - '0'), half);
}

static const char *show_time(struct pool *pool, struct wall_time t)
{
	struct words_clock c;
	words_clock_of(t, &c);
	return pool_printf(pool, "%d月%d日%d時%02d分", c.month, c.day, c.hour, c.minute);
}

static const struct {
	const char *from;
	const char *to;
} spoken[] = {{"（", "、"}, {"）", ""}, {"(", "、"}, {")", ""}, {"【", ""}, {"】", "。"},
	{"「", ""}, {"」", ""}, {"『", ""}, {"』", ""}, {"［", ""}, {"］", "。"}, {"[", ""},
	{"]", "。"}, {"・", "、"}, {"＊", ""}, {"*", ""}, {"※", ""}, {"■", ""}, {"●", ""},
	{"○", ""}, {"◆", ""}, {"<", ""}, {">", ""}, {"＜", ""}, {"＞", ""}, {"#", ""},
	{"→", "から"}, {"～", "から"}, {"　", "\n"}, {"、。", "。"}, {"。。", "。"}};

static const char *speak(struct pool *pool, const char *text)
{
	struct buf out;
	buf_init(&out, 64 * 1024);
	while (*text) {
		size_t i = 0;
		size_t count = sizeof(spoken) / sizeof(spoken[0]);
		while (i < count && strncmp(text, spoken[i].from, strlen(spoken[i].from)) != 0) {
			i++;
		}
		if (i < count) {
			(void)buf_add_text(&out, spoken[i].to);
			text += strlen(spoken[i].from);
		} else {
			(void)buf_add(&out, text++, 1);
		}
	}
	const char *kept = pool_copy_text(pool, buf_text(&out));
	buf_clear(&out);
	return kept;
}

const struct words words_ja = {
	.lang = "ja",
	.nouns = nouns,
	.noun_count = sizeof(nouns) / sizeof(nouns[0]),
	.phrases = phrases,
	.advice = advice,
	.advice_count = sizeof(advice) / sizeof(advice[0]),
	.after = after,
	.after_count = sizeof(after) / sizeof(after[0]),
	.fallback_noun = "注意報",
	.drill = "これは訓練です。",
	.first_line = "【{t}】{n}",
	.areas = "対象地域：{m}",
	.issued_at = "発表時刻：{v}{u}",
	.report = "　第{u}報",
	.level = "警戒レベル{u}相当",
	.order_level = "{n}",
	.height = "予想される津波の高さ：{v}",
	.quote_wide = "発表文（ほかの地域を含む）：",
	.volcano_level = "噴火警戒レベル{v}",
	.volcano_level_spoken = "噴火警戒レベルは、{v}です。",
	.height_spoken = "予想される津波の高さは、{v}です。",
	.intensity = "予想される震度：{v}",
	.also = "あわせて対象となるもの：{n}",
	.source = "発表：{n}",
	.of = "{m}の{n}",
	.twice = "{n}。{n}。",
	.separator = "、",
	.and_others = "など",
	.join = "",
	.number = number,
	.scale = scale,
	.time = show_time,
	.speak = speak,
	.title_limit = 15,
	.brief_limit = 70,
};
