/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/alarm_words.h"

#include "base/buf.h"
#include "base/json.h"

#include <stdio.h>
#include <string.h>

enum { LINES_LIMIT = 20, TEXT_LIMIT = 16 * 1024 };

struct words {
	const char *name;
	bool standing;
	const char *ja; /* subject, then this */
	const char *en; /* this, then subject */
};

static const struct words table[] = {
	[ALARM_FEED_SILENT] = {"feed-silent", true, "受信元から電文が届いていません",
		"nothing comes from feed"},
	[ALARM_EEW_SILENT] = {"eew-silent", true, "緊急地震速報の試験電文が届いていません",
		"no test of the early warning line from feed"},
	[ALARM_SOURCE_DOWN] = {"source-down", true, "取得元に届きません",
		"the source cannot be reached by feed"},
	[ALARM_INGEST_AWAY] = {"ingest-away", true, "受信処理が止まっています",
		"telegrams are not taken in by"},
	[ALARM_CERTIFICATES] = {"certificates", true, "証明書を読み直せません",
		"certificates could not be read again for"},
	[ALARM_CHANNEL_PAUSED] = {"channel-paused", true, "配信手段が止まっています",
		"paused: channel"},
	[ALARM_CHANNEL_FAULT] = {"channel-fault", true, "配信手段の設定に誤りがあります",
		"wrongly configured: channel"},
	[ALARM_STORE] = {"store", true, "記録に書き込めません", "nothing can be written to the"},
	[ALARM_DISK_LOW] = {"disk-low", true, "ディスクの空きが少なくなっています",
		"the disk is nearly full below"},
	[ALARM_HELD] = {"held", false, "電文が職員の確認を待っています",
		"staff must decide about alert"},
	[ALARM_CHECK] = {"check", false, "電文を確認してください", "please look at alert"},
	[ALARM_MAIL_UNKNOWN] = {"mail-unknown", false, "受信機のメールに合う規則がありません",
		"no rule knows the receiver's mail"},
	[ALARM_REFUSED] = {"refused", false, "電文を受け付けませんでした",
		"a telegram was refused from"},
	[ALARM_SET_ASIDE] = {"set-aside", false, "配信できない宛先を除外しました",
		"a recipient was set aside from delivery"},
	[ALARM_EXPIRED] = {"expired", false, "期限までに配信できませんでした",
		"not delivered in time:"},
	[ALARM_OVER_CAP] = {"over-cap", false, "配信数の上限を超え、職員の確認を待っています",
		"over the channel's cap, staff must decide about delivery"},
	[ALARM_CLOCK] = {"clock", false, "時計が大きく変わりました", "the clock jumped:"},
};
enum { COUNT = sizeof(table) / sizeof(table[0]) };

const char *alarm_name(enum alarm_what what)
{
	return table[what].name;
}

bool alarm_is_standing(enum alarm_what what)
{
	return table[what].standing;
}

static const struct words *words_of(const json_t *alarm)
{
	static const struct words unknown = {"", false, "警報", "alarm about"};
	for (size_t i = 0; i < COUNT; i++) {
		if (strcmp(table[i].name, json_text(alarm, "what", "")) == 0) {
			return &table[i];
		}
	}
	return &unknown; /* of a newer version's store */
}

static const char *sentence(struct pool *p, const json_t *alarm, bool ja)
{
	const char *subject = json_text(alarm, "subject", "");
	return ja ? pool_printf(p, "%s：%s", subject, words_of(alarm)->ja)
		  : pool_printf(p, "%s %s", words_of(alarm)->en, subject);
}

static void add_alarms(struct buf *out, struct pool *p, const json_t *alarms, bool ja)
{
	size_t i;
	json_t *alarm;
	json_array_foreach(alarms, i, alarm)
	{
		if (i == LINES_LIMIT) {
			(void)buf_addf(out, ja ? "ほか%zu件\n" : "and %zu more\n",
				json_array_size(alarms) - i);
			return;
		}
		const char *detail = json_text(alarm, "detail", "");
		int64_t count = json_int(alarm, "count", 1);
		(void)buf_addf(out, "%s%s%s%s%s", ja ? "・" : "- ", sentence(p, alarm, ja),
			detail[0] ? (ja ? "（" : " (") : "", detail,
			detail[0] ? (ja ? "）" : ")") : "");
		(void)buf_addf(out, " %s", json_text(alarm, "first", ""));
		if (count > 1) {
			(void)buf_addf(out, ja ? " %lld回" : " %lld times", (long long)count);
		}
		(void)buf_add_text(out, "\n");
	}
}

static void add_ended(struct buf *out, struct pool *p, const json_t *ended, bool ja)
{
	size_t i;
	json_t *alarm;
	json_array_foreach(ended, i, alarm)
	{
		if (i < LINES_LIMIT) {
			(void)buf_addf(
				out, ja ? "・解消：%s\n" : "- over: %s\n", sentence(p, alarm, ja));
		}
	}
}

static struct broadcast_text write_text(
	struct pool *p, const char *site, const json_t *alarms, const json_t *ended, bool ja)
{
	const json_t *first = json_array_get(alarms, 0);
	size_t more = json_array_size(alarms);
	const char *head =
		first ? sentence(p, first, ja) : sentence(p, json_array_get(ended, 0), ja);
	const char *over = first ? "" : ja ? "（解消）" : " (over)";
	const char *rest = more < 2 ? ""
			   : ja	    ? pool_printf(p, " ほか%zu件", more - 1)
				    : pool_printf(p, " and %zu more", more - 1);
	struct buf body;
	buf_init(&body, TEXT_LIMIT);
	(void)buf_addf(&body,
		ja ? "%sの半鐘から職員への知らせです。\n" : "Hansho at %s tells its staff:\n",
		site);
	add_alarms(&body, p, alarms, ja);
	add_ended(&body, p, ended, ja);
	(void)buf_add_text(&body, ja ? "確認は hansho alarms、了解は hansho ack で行います。"
				     : "See hansho alarms; take note with hansho ack.");
	const char *brief = pool_printf(p, "%s%s%s", head, over, rest);
	struct broadcast_text text = {
		.lang = ja ? "ja" : "en",
		.title = ja ? "半鐘 職員向け警報" : "Hansho: alarm to staff",
		.brief = brief,
		.body = pool_copy_text(p, buf_text(&body)),
		.speech = brief,
	};
	buf_clear(&body);
	return text;
}

void alarm_words_write(
	struct broadcast *b, const char *site, const json_t *alarms, const json_t *ended)
{
	b->texts = pool_take(b->pool, 2 * sizeof(*b->texts));
	b->texts[0] = write_text(b->pool, site, alarms, ended, true);
	b->texts[1] = write_text(b->pool, site, alarms, ended, false);
	b->text_count = 2;
}
