/* SPDX-License-Identifier: Apache-2.0
 *
 * What residents read and hear beside the sentence: when the wave comes, how high, what the tide
 * gauges tell, whether there is a tsunami at all, what a volcanic level asks of people.
 */
#include "tests/cmocka_all.h"
#include "tests/rules/world.h"

#include <string.h>

#define QUAKE "20261120135500"

enum { JA, EN };

struct row {
	const char *name;
	const char *type;
	const char *kind;
	const char *code;
	enum severity severity;
	const char *value;
	const char *comments;
	struct alert_arrival arrival;
	const char *certainty;
	const char *body[2]; /* must occur; NULL: nothing to check */
	const char *speech[2];
	const char *never; /* in no form */
};

#define AT(MINUTES)                                                                                \
	{                                                                                          \
		.ms = INT64_C(1795150800000) + INT64_C(60000) * (MINUTES)                          \
	}

static const struct row rows[] = {
	{"expected", "VTSE41", "tsunami.warning", "51", SEVERITY_SEVERE, "3m", "",
		{ARRIVAL_EXPECTED, AT(30)}, "",
		{"予想到達時刻：14時30分", "Expected arrival: 14:30"},
		{"津波の予想到達時刻は、14時30分です", "Expected arrival: 14:30"}, NULL},
	{"expected on another day", "VTSE41", "tsunami.warning", "51", SEVERITY_SEVERE, "3m", "",
		{ARRIVAL_EXPECTED, AT(630)}, "",
		{"予想到達時刻：11月21日0時30分", "Expected arrival: 21 Nov 00:30 JST"},
		{"11月21日0時30分", "21 Nov"}, NULL},
	{"at any moment", "VTSE41", "tsunami.major_warning", "53", SEVERITY_EXTREME, "巨大", "0141",
		{ARRIVAL_IMMINENT, AT(0)}, "", {"ただちに津波が来襲", "expected at any moment"},
		{"東日本大震災クラスの津波", "as great as that of March 2011"}, NULL},
	{"no height, huge", "VTSE41", "tsunami.major_warning", "53", SEVERITY_EXTREME, "巨大", "",
		{ARRIVAL_PRESUMED, WALL_TIME_NONE}, "",
		{"予想される津波の高さ：巨大", "Expected tsunami height: huge"},
		{"すでに到達していると推測", "thought to have arrived"}, "東日本大震災"},
	{"ten metres or more", "VTSE41", "tsunami.major_warning", "53", SEVERITY_EXTREME, "10m超",
		"", {ARRIVAL_OBSERVED, WALL_TIME_NONE}, "", {"高さ：10m超", "height: 10m or more"},
		{"10メートル超", "10 metres or more"}, "0141"},
	{"no height at all", "VTSE41", "tsunami.advisory", "62", SEVERITY_MODERATE, "", "",
		{ARRIVAL_NONE, AT(0)}, "", {"津波注意報", "Tsunami Advisory"},
		{"津波注意報", "Tsunami Advisory"}, "高さ"},
	{"no tsunami", "VXSE53", "earthquake.intensity", "", SEVERITY_SEVERE, "5-", "0215 0241",
		{ARRIVAL_NONE, AT(0)}, "", {"津波の心配はありません", "no danger of a tsunami"},
		{"津波の心配はありません", "no danger of a tsunami"}, "可能性"},
	{"a tsunami is warned of", "VXSE53", "earthquake.intensity", "", SEVERITY_SEVERE, "6-",
		"0211", {ARRIVAL_NONE, AT(0)}, "",
		{"津波警報や津波注意報などが発表", "warnings or advisories are in force"},
		{NULL, NULL}, "心配はありません"},
	{"no data from the town", "VXSE53", "earthquake.intensity", "", SEVERITY_SEVERE, "5-", "",
		{ARRIVAL_NONE, AT(0)}, "possible",
		{"震度５弱以上の揺れだった可能性", "may have been 5 Lower or more"},
		{"震度５弱以上の揺れだった可能性", NULL}, "観測しました"},
	{"early warning", "VXSE43", "eew.warning", "10", SEVERITY_SEVERE, "5+", "",
		{ARRIVAL_EXPECTED, AT(1)}, "", {"予想される震度：５強", "intensity: 5 Upper"},
		{"強い揺れに警戒", "Expect strong shaking"}, "予想到達時刻"},
	{"long-period motion", "VXSE62", "earthquake.long_period", "", SEVERITY_SEVERE, "3", "",
		{ARRIVAL_NONE, AT(0)}, "", {"長周期地震動階級：３", "class 3 of 4"},
		{"高層の建物", "tall buildings"}, NULL},
	{"volcanic level 4", "VFVO50", "volcano.warning_residential", "01", SEVERITY_EXTREME,
		"噴火警戒レベル4", "", {ARRIVAL_NONE, AT(0)}, "",
		{"噴火警戒レベル４（高齢者等避難）", "4 of 5 (elderly people evacuate)"},
		{"高齢者等避難", "elderly people evacuate"}, "警戒レベル４相当"},
	{"volcanic level 5", "VFVO50", "volcano.warning_residential", "01", SEVERITY_EXTREME,
		"噴火警戒レベル5", "", {ARRIVAL_NONE, AT(0)}, "",
		{"噴火警戒レベル５（避難）", "5 of 5 (evacuate)"}, {"避難です", "evacuate"},
		"高齢者等"},
	{"falling stones", "VFVO54", "volcano.ash", "75", SEVERITY_MODERATE, "", "",
		{ARRIVAL_NONE, AT(0)}, "", {"小さな噴石の落下", "falling stones"},
		{"頑丈な屋根の下", "strong roof"}, NULL},
};

static const char *system_of(const char *type)
{
	return strncmp(type, "VT", 2) == 0   ? AREA_JMA_TSUNAMI
	       : strncmp(type, "VX", 2) == 0 ? AREA_JMA_SEISMIC_AREA
					     : AREA_JMA_CITY;
}

static struct alert *alert_of(const struct row *r)
{
	const char *system = system_of(r->type);
	struct alert *a = world_alert(r->type, r->type, 0);
	a->events = QUAKE;
	a->comments = r->comments;
	struct alert_item *item = world_item(a, r->kind, r->code, r->severity, 0, system,
		strcmp(system, AREA_JMA_CITY) == 0 ? "0720400" : "250");
	item->value = r->value;
	item->arrival = r->arrival;
	item->certainty = r->certainty;
	return a;
}

static void has(const char *name, const char *text, const char *part)
{
	if (part && !strstr(text, part)) {
		fail_msg("%s: \"%s\" is not in:\n%s", name, part, text);
	}
}

static void test_what_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct world *w = world_new();
		world_config(w)->live.children[2].severity_min = SEVERITY_UNKNOWN;
		const struct rules_decision *d = world_take(w, alert_of(&rows[i]), world_at(0));
		assert_true(d->broadcast_count > 0);
		const struct broadcast *b = d->broadcasts[0].broadcast;
		for (int lang = JA; lang <= EN; lang++) {
			has(rows[i].name, b->texts[lang].body, rows[i].body[lang]);
			has(rows[i].name, b->texts[lang].speech, rows[i].speech[lang]);
			if (rows[i].never) {
				assert_null(strstr(b->texts[lang].body, rows[i].never));
				assert_null(strstr(b->texts[lang].speech, rows[i].never));
			}
		}
		world_free(w);
	}
}

/* One that has data and one that has none are not told in one sentence. */
static void test_a_town_without_data_stands_alone(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct alert *a = world_alert("VXSE53", "VXSE53", 0);
	a->events = QUAKE;
	struct alert_item *seen = world_item(a, "earthquake.intensity", "", SEVERITY_SEVERE, 0,
		AREA_JMA_SEISMIC_CITY, "0720400");
	seen->value = "5-";
	struct alert_item *unseen = world_item(a, "earthquake.intensity", "", SEVERITY_SEVERE, 0,
		AREA_JMA_SEISMIC_CITY, "0754200");
	unseen->value = "5-";
	unseen->certainty = "possible";
	const struct rules_decision *d = world_take(w, a, world_at(0));
	assert_int_equal(d->broadcast_count, 2);
	for (size_t i = 0; i < 2; i++) {
		const char *body = d->broadcasts[i].broadcast->texts[JA].body;
		bool possible = strstr(body, "可能性") != NULL;
		assert_true(possible == (strstr(body, "楢葉町") != NULL));
		assert_true(possible != (strstr(body, "いわき市") != NULL));
	}
	world_free(w);
}

static void test_tide_gauges(void **state)
{
	(void)state;
	struct world *w = world_new();
	world_config(w)->live.children[2].severity_min = SEVERITY_UNKNOWN;
	struct alert *a = world_alert("VTSE51", "VTSE51", 0);
	a->events = QUAKE;
	struct alert_item *item =
		world_item(a, "tsunami.info", "71", SEVERITY_MINOR, 0, AREA_JMA_TSUNAMI, "250");
	struct alert_point *p = alert_add_point(a, item);
	p->name = "小名浜";
	p->arrival = (struct alert_arrival){ARRIVAL_OBSERVED, world_at(39)};
	p->high_tide = world_at(369);
	p->height = "3.3m";
	p->height_at = world_at(99);
	p = alert_add_point(a, item);
	p->name = "相馬";
	p->arrival = (struct alert_arrival){ARRIVAL_EXPECTED, world_at(100)};
	p->height = "観測中";
	const struct rules_decision *d = world_take(w, a, world_at(0));
	assert_int_equal(d->broadcast_count, 1);
	const struct broadcast_text *ja = &d->broadcasts[0].broadcast->texts[JA];
	const struct broadcast_text *en = &d->broadcasts[0].broadcast->texts[EN];
	has("gauge", ja->body, "小名浜、第１波14時39分、満潮20時09分、15時39分に最大波3.3m");
	has("gauge", ja->body, "相馬、到達予想15時40分、最大波観測中");
	has("gauge", ja->speech, "15時39分に最大波3.3メートル");
	has("gauge", en->body, "first wave 14:39, high tide 20:09, highest wave 3.3m at 15:39");
	has("gauge", en->body, "highest wave being measured");
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_told),
		cmocka_unit_test(test_a_town_without_data_stands_alone),
		cmocka_unit_test(test_tide_gauges),
	};
	return cmocka_run_group_tests_name("rules_telling", tests, NULL, NULL);
}
