/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/properties/telegram.h"

#include "base/buf.h"
#include "ingest/decode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT = 256 * 1024 };

static struct wall_time after(int64_t seconds)
{
	struct wall_time t;
	(void)wall_time_parse(SCENARIO_BEGINS, strlen(SCENARIO_BEGINS), &t, NULL);
	t.ms += seconds * 1000;
	return t;
}

static const char *japan(int64_t seconds, char out[WALL_TIME_TEXT_SIZE])
{
	return wall_time_format(after(seconds), CLOCK_JST_OFFSET_MINUTES, out);
}

static const char *text(const char *value, const char *instead)
{
	return value ? value : instead;
}

static struct alert *decode(struct buf *xml)
{
	struct alert *alert = NULL;
	struct decode_refusal refusal;
	if (decode_telegram(xml->data, xml->size, NULL, &alert, &refusal)) {
		(void)fprintf(stderr, "%s: %s\n%s\n", refusal.code, refusal.reason, buf_text(xml));
		abort();
	}
	buf_clear(xml);
	return alert;
}

/* ---- JMX ---- */

static void open_report(struct buf *b, const struct step *s, const char *title, const char *office)
{
	char issued[WALL_TIME_TEXT_SIZE];
	char sent[WALL_TIME_TEXT_SIZE];
	int64_t lag = s->sent_after_s ? s->sent_after_s : 8;
	buf_init(b, LIMIT);
	(void)wall_time_format(after(s->at_s + lag), 0, sent);
	(void)buf_addf(b,
		"<Report xmlns=\"http://xml.kishou.go.jp/jmaxml1/\"><Control><Title>%s</Title>"
		"<DateTime>%s</DateTime><Status>%s</Status><EditorialOffice>%s</EditorialOffice>"
		"<PublishingOffice>%s</PublishingOffice></Control>"
		"<Head xmlns=\"http://xml.kishou.go.jp/jmaxml1/informationBasis1/\">"
		"<Title>%s</Title><ReportDateTime>%s</ReportDateTime>"
		"<TargetDateTime>%s</TargetDateTime><EventID>%s</EventID><InfoType>%s</InfoType>"
		"<Serial>%s</Serial><InfoKind>-</InfoKind><InfoKindVersion>1.0_0</InfoKindVersion>"
		"<Headline><Text>%sについて。</Text>",
		title, sent, text(s->status, "通常"), office, office, title, japan(s->at_s, issued),
		issued, text(s->event, ""), text(s->info, "発表"), text(s->serial, ""), title);
}

static void open_body(struct buf *b, const char *family)
{
	(void)buf_addf(b,
		"</Headline></Head><Body xmlns=\"http://xml.kishou.go.jp/jmaxml1/body/%s/\" "
		"xmlns:jmx_eb=\"http://xml.kishou.go.jp/jmaxml1/elementBasis1/\">",
		family);
}

static struct alert *close_report(struct buf *b)
{
	(void)buf_add_text(b, "</Body></Report>");
	return decode(b);
}

static void head_area(
	struct buf *b, const char *type, const char *kind, const char *name, const char *code)
{
	(void)buf_addf(b,
		"<Information type=\"%s\"><Item>%s<Areas codeType=\"-\"><Area><Name>%s</Name>"
		"<Code>%s</Code></Area></Areas></Item></Information>",
		type, kind, name, code);
}

static void coast(
	struct buf *b, const char *name, const char *area, const char *code, const char *height)
{
	if (!code) {
		return;
	}
	(void)buf_addf(b,
		"<Item><Area><Name>%s</Name><Code>%s</Code></Area><Category><Kind><Name>津波</Name>"
		"<Code>%s</Code></Kind></Category>",
		name, area, code);
	if (height) {
		(void)buf_addf(b,
			"<MaxHeight><jmx_eb:TsunamiHeight type=\"津波の高さ\" unit=\"m\" "
			"description=\"%sｍ\">%s</jmx_eb:TsunamiHeight></MaxHeight>",
			height, height);
	}
	(void)buf_add_text(b, "</Item>");
}

struct alert *make_tsunami(const struct step *s)
{
	struct buf b;
	open_report(&b, s, "津波警報・注意報・予報a", "気象庁本庁");
	open_body(&b, "seismology1");
	(void)buf_add_text(&b, "<Tsunami><Forecast>");
	coast(&b, "福島県", "250", s->ours, s->more);
	coast(&b, "北海道太平洋沿岸東部", "100", s->other, NULL);
	(void)buf_add_text(&b, "</Forecast></Tsunami>");
	return close_report(&b);
}

/* ---- weather ---- */

static void kind(struct buf *b, const char *code)
{
	bool ended = code && code[0] == '-';
	if (!code) {
		(void)buf_add_text(b, "<Kind><Status>発表警報・注意報はなし</Status></Kind>");
	} else {
		(void)buf_addf(b,
			"<Kind><Name>警報・注意報</Name><Code>%s</Code><Status>%s</Status></Kind>",
			code + ended, ended ? "解除" : "発表");
	}
}

static void open_item(struct buf *b)
{
	(void)buf_add_text(b, "<Item>");
}

static void close_item(struct buf *b, const char *name, const char *code)
{
	(void)buf_addf(b, "<Area><Name>%s</Name><Code>%s</Code></Area></Item>", name, code);
}

static void open_warning(struct buf *b, const struct step *s, const char *title)
{
	open_report(b, s, title, "福島地方気象台");
	head_area(b, "気象警報・注意報（府県予報区等）",
		"<Kind><Name>-</Name><Code>00</Code></Kind>", "福島県", "070000");
	open_body(b, "meteorology1");
	(void)buf_add_text(b, "<Warning type=\"気象警報・注意報（市町村等）\">");
}

static struct alert *parts(const struct step *s, const char *title)
{
	struct buf b;
	const char *const codes[] = {s->ours, s->second, s->other};
	static const char *const areas[] = {"0720400", "0720401", "0754200"};
	static const char *const names[] = {"いわき市平地", "いわき市山地", "楢葉町"};
	open_warning(&b, s, title);
	for (size_t i = 0; i < 3; i++) {
		open_item(&b);
		kind(&b, codes[i]);
		close_item(&b, names[i], areas[i]);
	}
	(void)buf_add_text(&b, "</Warning>");
	return close_report(&b);
}

struct alert *make_rain(const struct step *s)
{
	return parts(s, "気象警報・注意報（Ｒ０６）（大雨）");
}

struct alert *make_rain_h27(const struct step *s)
{
	return parts(s, "気象警報・注意報（Ｈ２７）");
}

struct alert *make_advisories(const struct step *s)
{
	struct buf b;
	open_warning(&b, s, "気象警報・注意報（Ｒ０６）（その他注意報）");
	open_item(&b);
	kind(&b, s->ours);
	if (s->second) {
		kind(&b, s->second);
	}
	close_item(&b, "いわき市", "0720400");
	(void)buf_add_text(&b, "</Warning>");
	return close_report(&b);
}

struct alert *make_flood(const struct step *s)
{
	struct buf b;
	char words[256];
	open_report(&b, s, "指定河川洪水予報", "福島地方気象台");
	(void)snprintf(words, sizeof(words), "<Kind><Name>夏井川</Name><Code>%s</Code></Kind>",
		text(s->ours, "10"));
	head_area(&b, "指定河川洪水予報（予報区域）", words, "福島県夏井川", "070028000100");
	open_body(&b, "meteorology1");
	if (!s->other) {
		(void)buf_add_text(&b,
			"<Warning type=\"指定河川洪水予報\"><Item><Kind><Name>浸水想定地区</Name>"
			"</Kind><Areas><Area><Name>鎌田</Name><City>いわき市</City>"
			"<CityCode>0720400</CityCode></Area></Areas></Item></Warning>");
	}
	return close_report(&b);
}

struct alert *make_flash(const struct step *s)
{
	struct buf b;
	char words[256];
	open_report(&b, s, "府県気象防災速報", "福島地方気象台");
	(void)snprintf(words, sizeof(words),
		"<Kind><Name>情報タグ</Name><Condition>%s</Condition></Kind>", s->ours);
	head_area(&b, "情報タグ", words, "浜通り", "070020");
	open_body(&b, "meteorology1");
	(void)buf_add_text(&b,
		"<MeteorologicalInfos type=\"観測実況\"><MeteorologicalInfo><Item><Kind><Property>"
		"<PrecipitationPart><jmx_eb:Precipitation unit=\"mm\" "
		"description=\"約１１０ミリ\">110"
		"</jmx_eb:Precipitation></PrecipitationPart></Property></Kind>");
	(void)buf_add_text(&b,
		"<Area><Name>いわき市</Name><Code>0720400</Code><Status>付近</Status></Area></Item>"
		"</MeteorologicalInfo></MeteorologicalInfos>");
	return close_report(&b);
}

struct alert *make_flash_old(const struct step *s)
{
	struct buf b;
	char words[256];
	open_report(&b, s, "記録的短時間大雨情報", "福島地方気象台");
	(void)snprintf(words, sizeof(words),
		"<Kind><Name>記録的短時間大雨情報</Name><Code>%s</Code><Condition>発表</Condition>"
		"</Kind>",
		s->ours);
	head_area(&b, "記録的短時間大雨情報（発表細分）", words, "浜通り", "070020");
	open_body(&b, "meteorology1");
	(void)buf_addf(&b,
		"<Warning type=\"記録的短時間大雨情報（発表細分）\"><Item><Kind>"
		"<Name>記録的短時間大雨情報</Name><Code>%s</Code><Status>発表</Status></Kind>"
		"<Area><Name>浜通り</Name><Code>070020</Code></Area></Item></Warning>",
		s->ours);
	return close_report(&b);
}

/* ---- earthquakes, volcanoes ---- */

struct alert *make_eew(const struct step *s)
{
	struct buf b;
	open_report(&b, s, "緊急地震速報（警報）", "気象庁本庁");
	open_body(&b, "seismology1");
	if (s->ours) {
		(void)buf_addf(&b,
			"<Intensity><Forecast><Pref><Name>福島</Name><Code>9070</Code><Area>"
			"<Name>福島県浜通り</Name><Code>251</Code><Category><Kind><Name>-</Name>"
			"<Code>%s</Code></Kind></Category><ForecastInt><From>%s</From><To>%s</To>"
			"</ForecastInt></Area></Pref></Forecast></Intensity>",
			s->ours, text(s->more, "5-"), text(s->more, "5-"));
	}
	return close_report(&b);
}

static struct alert *intensity(const struct step *s, const char *title, const char *city)
{
	struct buf b;
	open_report(&b, s, title, "気象庁本庁");
	open_body(&b, "seismology1");
	if (s->ours) {
		(void)buf_addf(&b,
			"<Intensity><Observation><MaxInt>%s</MaxInt><Pref><Name>福島県</Name>"
			"<Code>07</Code><MaxInt>%s</MaxInt><Area><Name>福島県浜通り</Name>"
			"<Code>251</Code><MaxInt>%s</MaxInt>%s%s%s</Area></Pref></Observation>"
			"</Intensity>",
			s->ours, s->ours, s->ours, city, city[0] ? s->ours : "",
			city[0] ? "</MaxInt></City>" : "");
	}
	return close_report(&b);
}

struct alert *make_intensity_flash(const struct step *s)
{
	return intensity(s, "震度速報", "");
}

struct alert *make_earthquake(const struct step *s)
{
	return intensity(s, "震源・震度に関する情報",
		"<City><Name>いわき市</Name><Code>0720400</Code><MaxInt>");
}

struct alert *make_volcano(const struct step *s)
{
	struct buf b;
	char words[256];
	open_report(&b, s, "噴火警報・予報", "仙台管区気象台");
	(void)snprintf(words, sizeof(words), "<Kind><Name>-</Name><Code>%s</Code></Kind>", s->more);
	head_area(&b, "噴火警報・予報（対象火山）", words, "吾妻山", "213");
	(void)snprintf(words, sizeof(words), "<Kind><Name>-</Name><Code>%s</Code></Kind>", s->ours);
	head_area(&b, "噴火警報・予報（対象市町村等）", words, "福島県いわき市", "0720400");
	open_body(&b, "volcanology1");
	(void)snprintf(words, sizeof(words), "<Kind><Name>-</Name><Code>%s</Code></Kind>", s->more);
	(void)buf_addf(&b,
		"<VolcanoInfo type=\"噴火警報・予報（対象火山）\"><Item>%s<Areas><Area>"
		"<Name>吾妻山</Name><Code>213</Code></Area></Areas></Item></VolcanoInfo>",
		words);
	(void)buf_addf(&b,
		"<VolcanoInfo type=\"噴火警報・予報（対象市町村等）\"><Item><Kind><Name>-</Name>"
		"<Code>%s</Code></Kind><Areas><Area><Name>福島県いわき市</Name><Code>0720400</Code>"
		"</Area></Areas></Item></VolcanoInfo>",
		s->ours);
	return close_report(&b);
}

/* ---- CAP ---- */

/* "n-3" was sent 3 minutes after the beginning: so a reference can be written from its identifier.
 */
static void add_reference(struct buf *b, const char *identifier)
{
	char sent[WALL_TIME_TEXT_SIZE];
	const char *minutes = strchr(identifier, '-');
	int64_t at_s = minutes ? strtoll(minutes + 1, NULL, 10) * 60 : 0;
	(void)buf_addf(b, "<references>relay@pref.example,%s,%s</references>", identifier,
		japan(at_s, sent));
}

struct alert *make_cap(const struct step *s)
{
	struct buf b;
	char sent[WALL_TIME_TEXT_SIZE];
	char end[WALL_TIME_TEXT_SIZE];
	bool all_clear = s->more && s->more[0] == '!';
	buf_init(&b, LIMIT);
	(void)buf_addf(&b,
		"<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"><identifier>%s</identifier>"
		"<sender>relay@pref.example</sender><sent>%s</sent><status>%s</status>"
		"<msgType>%s</msgType><scope>Public</scope>",
		s->event, japan(s->at_s, sent), text(s->status, "Actual"), text(s->info, "Alert"));
	if (s->serial) {
		add_reference(&b, s->serial);
	}
	if (s->ours) {
		(void)buf_addf(&b,
			"<info><language>ja</language><category>Safety</category>"
			"<event>お知らせ</event>%s<urgency>Immediate</urgency><severity>%s</"
			"severity>"
			"<certainty>Observed</certainty><expires>%s</expires>"
			"<headline>%sの%s</headline><parameter><valueName>hansho:kind</valueName>"
			"<value>%s</value></parameter><area><areaDesc>いわき市</areaDesc><geocode>"
			"<valueName>JIS</valueName><value>07204</value></geocode></area></info>",
			all_clear ? "<responseType>AllClear</responseType>" : "", s->ours,
			japan(s->at_s + 4 * 3600, end), s->event, s->ours, s->more + all_clear);
	}
	(void)buf_add_text(&b, "</alert>");
	return decode(&b);
}
