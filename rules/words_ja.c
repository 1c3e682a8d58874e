/* SPDX-License-Identifier: Apache-2.0
 *
 * Japanese. A level of JMA is 警戒レベルn相当; only the municipality's own order is 警戒レベルn.
 * 解除 (it is over) and 取消 (it was never true) are never worded alike.
 */
#include "rules/words.h"
#include "rules/words_private.h"

#include "base/buf.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNSEEN(TITLE)                                                                              \
	{                                                                                          \
		TITLE, "{m}は震度５弱以上の揺れだった可能性があります（データ未着）。", NULL,      \
			"{m}は、震度５弱以上の揺れだった可能性があります。" \
	}
#define WITHDRAWN                                                                                  \
	{                                                                                          \
		"{t} 取消", "先ほどの{n}は、発表した機関により取り消されました。", NULL, NULL      \
	}

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
			[WORDS_WITHDRAWN] = WITHDRAWN,
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
			[WORDS_WITHDRAWN] = WITHDRAWN,
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
			[WORDS_WITHDRAWN] = WITHDRAWN,
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
	[WORDS_UNSEEN] =
		{
			[WORDS_ISSUED] = UNSEEN("震度５弱以上か"),
			[WORDS_RAISED] = UNSEEN("震度５弱以上か"),
			[WORDS_UPDATED] = UNSEEN("震度５弱以上か"),
			[WORDS_LOWERED] = UNSEEN("震度５弱以上か"),
			[WORDS_RELEASED] = {"{t} 終了", "{m}の{n}のお知らせを終わります。", NULL,
				NULL},
			[WORDS_WITHDRAWN] = WITHDRAWN,
			[WORDS_CANCELLED] =
				{"{t} 取消", "先ほどの{n}は取り消されました（誤報でした）。", NULL,
					"先ほどの{n}は取り消されました。誤報でした。"},
			[WORDS_CORRECTED] = UNSEEN("地震情報 訂正"),
			[WORDS_CORRECTED_AWAY] =
				{"{t} 訂正", "先ほどの{n}は訂正され、{m}は対象ではなくなりました。",
					NULL, NULL},
			[WORDS_INFO] = UNSEEN("震度５弱以上か"),
		},
	[WORDS_INQUIRY] =
		{
			[WORDS_ISSUED] = {"{t} 発表", "{m}に関係する{n}が発表されました。", NULL,
				NULL},
			[WORDS_RAISED] =
				{"{t} 発表", "{m}に関係する{n}が発表されました。", NULL, NULL},
			[WORDS_UPDATED] =
				{"{t} 更新", "{m}に関係する{n}の内容が更新されました。", NULL,
					NULL},
			[WORDS_LOWERED] =
				{"{t}に切替", "{m}の{o}は、{n}に切り替えられました。",
					"{m}は{n}に切り替えられました。", NULL},
			[WORDS_RELEASED] =
				{"南海トラフ調査終了",
					"{n}"
					"は、大規模地震の可能性が高まったとは考えられないとして調査"
					"を"
					"終えました（調査終了）。",
					"南海トラフ地震臨時情報（調査終了）が発表されました。",
					"南海トラフ地震臨時情報、調査終了が発表されました。"},
			[WORDS_WITHDRAWN] = WITHDRAWN,
			[WORDS_CANCELLED] =
				{"{t} 取消", "先ほどの{n}は取り消されました（誤報でした）。", NULL,
					"先ほどの{n}は取り消されました。誤報でした。"},
			[WORDS_CORRECTED] = {"{t} 訂正", "{n}の内容が訂正されました。", NULL, NULL},
			[WORDS_CORRECTED_AWAY] =
				{"{t} 訂正", "先ほどの{n}は訂正され、{m}は対象ではなくなりました。",
					NULL, NULL},
			[WORDS_INFO] = {"{t}", "{m}に関係する{n}が発表されました。", NULL, NULL},
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
			[WORDS_WITHDRAWN] = WITHDRAWN,
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
			[WORDS_WITHDRAWN] = WITHDRAWN,
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

static const char *show_clock(struct pool *pool, const char *text)
{
	return pool_copy_text(pool, text);
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

/* The town's part is last: its "*" rows are for what nobody else words. */
static const struct words_part *const parts[] = {
	&words_ja_earth, &words_ja_weather, &words_ja_town, NULL};

const struct words words_ja = {
	.lang = "ja",
	.earth = &words_ja_telling,
	.parts = parts,
	.phrases = phrases,
	.stages = words_ja_stages,
	.clock = show_clock,
	.fallback_noun = "注意報",
	.drill = "これは訓練です。",
	.first_line = "【{t}】{n}",
	.areas = "対象地域：{m}",
	.issued_at = "発表時刻：{v}{u}",
	.report = "　第{u}報",
	.level = "警戒レベル{u}相当",
	.level_or_more = "警戒レベル{u}相当以上",
	.order_level = "{n}",
	.quote_wide = "発表文（ほかの地域を含む）：",
	.volcano_level = "噴火警戒レベル{v}",
	.also = "あわせて対象となるもの：{n}",
	.source = "発表：{n}",
	.note = "発表した機関の説明：{n}",
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
