/* SPDX-License-Identifier: Apache-2.0
 *
 * Japanese: what is said of earthquakes, tsunami and volcanoes beside the sentence.
 */
#include "rules/words_private.h"

#include <stddef.h>

/* As JMA writes them. */
static const struct words_pair heights[] = {{NULL, NULL}};

static const struct words_pair ash[] = {
	{"70", "降灰"},
	{"71", "少量の降灰"},
	{"72", "やや多量の降灰"},
	{"73", "多量の降灰"},
	{"75", "小さな噴石の落下"},
	{NULL, NULL},
};

/* 0141: the class of 2011. 0203 stands for 0215 in telegrams of before. */
static const struct words_comment comments[] = {
	{"0141", "tsunami.major_warning", "東日本大震災クラスの津波が来襲します。"},
	{"0211", "earthquake.*", "津波警報や津波注意報などが発表されています。"},
	{"0212", "earthquake.*",
		"若干の海面変動があるかもしれませんが、津波の被害の心配はありません。"},
	{"0215", "earthquake.*", "津波の心配はありません。"},
	{"0203", "earthquake.*", "津波の心配はありません。"},
	{"0217", "earthquake.*", "津波については、今後の情報に注意してください。"},
	{"0229", "earthquake.*", "津波があるかどうかは現在調査中です。"},
	{"0230", "earthquake.*", "日本への津波の影響はありません。"},
	{NULL, NULL, NULL},
};

static const char *hour_minute(struct pool *pool, const struct words_clock *c)
{
	return pool_printf(pool, "%d時%02d分", c->hour, c->minute);
}

const struct words_earth words_ja_telling = {
	.height = "予想される津波の高さ：{v}",
	.height_spoken = "予想される津波の高さは、{v}です。",
	.heights = heights,
	.metres = "メートル",
	.arrival =
		{
			[ARRIVAL_EXPECTED] = "予想到達時刻：{v}",
			[ARRIVAL_IMMINENT] = "ただちに津波が来襲すると予測されます。",
			[ARRIVAL_PRESUMED] = "津波はすでに到達していると推測されます。",
			[ARRIVAL_OBSERVED] = "津波の第１波の到達が確認されました。",
		},
	.arrival_spoken =
		{
			[ARRIVAL_EXPECTED] = "津波の予想到達時刻は、{v}です。",
			[ARRIVAL_IMMINENT] = "ただちに津波が来襲すると予測されます。",
			[ARRIVAL_PRESUMED] = "津波はすでに到達していると推測されます。",
			[ARRIVAL_OBSERVED] = "津波の第１波の到達が確認されました。",
		},
	.point = "{m}、{n}",
	.point_arrival =
		{
			[ARRIVAL_EXPECTED] = "到達予想{v}",
			[ARRIVAL_OBSERVED] = "第１波{v}",
		},
	.point_tide = "満潮{v}",
	.point_height = "最大波{v}",
	.point_height_at = "{u}に最大波{v}",
	.volcano = "噴火警戒レベル{v}（{n}）",
	.volcano_spoken = "噴火警戒レベルは、{v}、{n}です。",
	.volcano_levels = {"活火山であることに留意", "火口周辺規制", "入山規制", "高齢者等避難",
		"避難"},
	.ash_line = "予想されるもの：{v}",
	.ash = ash,
	.intensity = "予想される震度：{v}",
	.long_period = "観測した長周期地震動階級：{v}",
	.comments = comments,
	.hour_minute = hour_minute,
};
