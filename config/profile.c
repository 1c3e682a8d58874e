/* SPDX-License-Identifier: Apache-2.0 */
#include "config/profile.h"

#include "config/codes.h"
#include "config/fault.h"
#include "schemas/areas.h"

#include <stdio.h>
#include <string.h>

/* Cities whose warnings are given for parts of them since 2026-05-28. */
static const char *const divided_2026[] = {
	"14100", "14150", "20201", "20209", "16201", "24201", "24204", "12221", NULL};

struct writer {
	struct pool *pool;
	struct buf *yaml;
	const char *key;
	size_t count;
};

static void write_head(struct buf *yaml, const struct municipality *m)
{
	(void)buf_addf(yaml,
		"# %s%s（%s）のプロファイル / municipality profile\n"
		"# "
		"コード表の出典：気象庁ホームページ（https://xml.kishou.go.jp/"
		"tec_material.html）を加工\n"
		"# 確認: 沿岸・河川・火山は地域防災計画と照らし合わせること\n",
		m->prefecture, m->name, m->code);
	(void)buf_addf(yaml, "code: \"%s\"\nname: %s\nreading: %s\nprefecture: %s\n", m->code,
		m->name, m->reading, m->prefecture);
}

static void write_list(struct writer *w, const char *key, const char *comment, const char *system,
	const struct text_list *list)
{
	if (list->count == 0) {
		(void)buf_addf(w->yaml, "# %s\n%s: []\n", comment, key);
		return;
	}
	(void)buf_addf(w->yaml, "# %s\n%s:\n", comment, key);
	for (size_t i = 0; i < list->count; i++) {
		const char *name = system ? code_name(w->pool, system, list->list[i]) : NULL;
		if (system) {
			(void)buf_addf(w->yaml, "  - \"%s\" # %s\n", list->list[i],
				name ? name : "（表にない / not in the tables）");
		} else {
			(void)buf_addf(w->yaml, "  - %s\n", list->list[i]);
		}
	}
}

static void write_weather(struct writer *w, const struct municipality *m)
{
	write_list(w, "weather", "気象警報等の区域 / weather, landslide, volcano (7 digits)",
		AREA_JMA_CITY, &m->weather);
	for (size_t i = 0; divided_2026[i]; i++) {
		if (strcmp(divided_2026[i], m->code) == 0) {
			(void)buf_addf(w->yaml,
				"  # 2026-05-28 "
				"から警報の区域が分割された市。新しいコードが表になくても、\n"
				"  # 先頭5桁が %s の区域はすべて本市として扱われる。\n"
				"  # Divided since 2026-05-28: any code beginning with %s counts "
				"as ours, "
				"listed or not.\n",
				m->code, m->code);
		}
	}
}

static void write_tsunami(struct writer *w, const struct municipality *m, enum code_coast coast)
{
	const char *comment = "津波予報区 / tsunami forecast area";
	if (coast == CODE_COAST_NONE) {
		comment = "津波予報区: 海に面していない / none: no coast";
	}
	write_list(w, "tsunami", comment, AREA_JMA_TSUNAMI, &m->tsunami);
	if (coast == CODE_COAST_PERHAPS) {
		(void)buf_add_text(w->yaml, "  # 高潮だけが対象の区域。沿岸でなければ消す / storm "
					    "surge only: remove if "
					    "inland\n");
	} else if (m->tsunami.count > 1) {
		(void)buf_add_text(w->yaml,
			"  # 面していない予報区は消す / remove the ones that are not your coast\n");
	}
}

static void write_candidate(void *data, const char *code, const char *name)
{
	struct writer *w = data;
	if (w->count++ == 0) {
		(void)buf_addf(w->yaml, "%s:\n", w->key);
	}
	(void)buf_addf(w->yaml, "#  - \"%s\" # %s\n", code, name);
}

/* The tables do not say which of the prefecture's rivers and volcanoes concern whom. */
static void write_candidates(struct writer *w, const char *key, const char *comment,
	const char *system, const char *code)
{
	char prefecture[3] = {code[0], code[1], '\0'};
	(void)buf_addf(w->yaml, "# %s\n", comment);
	w->key = key;
	w->count = 0;
	code_each(w->pool, system, prefecture, write_candidate, w);
	if (w->count == 0) {
		(void)buf_addf(w->yaml, "%s: []\n", key);
	}
}

int profile_write(const char *query, struct buf *yaml, struct err *e)
{
	struct pool *pool = pool_new();
	struct municipality m;
	enum code_coast coast;
	int rc = code_town(pool, query, &m, &coast, e);
	if (rc == 0) {
		struct writer w = {.pool = pool, .yaml = yaml};
		write_head(yaml, &m);
		write_weather(&w, &m);
		write_list(&w, "seismic", "地震情報の市町村 / intensity reports (7 digits)",
			AREA_JMA_SEISMIC_CITY, &m.seismic);
		write_list(&w, "seismic_area", "地震の細分区域 / early warning area (3 digits)",
			AREA_JMA_SEISMIC_AREA, &m.seismic_area);
		write_tsunami(&w, &m, coast);
		write_list(&w, "parents", "上位の予報区 / forecast areas above (6 digits)",
			AREA_JMA_FORECAST, &m.parents);
		write_list(&w, "offices", "気象警報を書く官署 / who writes its warnings", NULL,
			&m.offices);
		write_list(&w, "promotion_areas",
			"推進地域: 県で判断したもの。指定されていなければ消す / great-quake "
			"bulletins, by prefecture: remove what the town is not designated for",
			NULL, &m.promotion);
		write_candidates(&w, "rivers",
			"指定河川の予報区域: 流域に入るものの # を外す / uncomment the rivers that "
			"can flood you",
			AREA_JMA_RIVER, m.code);
		write_candidates(&w, "volcanoes",
			"火山: 電文の対象市町村は自動で判る。すべての電文を受けたい火山の # "
			"を外す\n"
			"# telegrams name the municipalities concerned; uncomment to take all of a "
			"volcano's",
			AREA_JMA_VOLCANO, m.code);
		if (yaml->failed) {
			rc = err_set(e, yaml->failed, "the profile is larger than expected");
		}
	}
	pool_free(pool);
	return rc;
}

struct checked {
	const char *key;
	const char *system;
	const struct text_list *ours;
	const struct text_list *theirs; /* NULL: the tables do not say which belong to us */
};

static void check_list(struct pool *pool, const struct checked *c, const char *file,
	const char *key, struct config_faults *faults)
{
	for (size_t i = 0; i < c->ours->count; i++) {
		const char *code = c->ours->list[i];
		bool known = !c->system || code_name(pool, c->system, code);
		const char *whole = pool_printf(pool, "%s.%s", key, c->key);
		if (!known) {
			config_fault_add(faults, file, 0, 0, whole,
				"%s is not in the shipped tables: mistyped, or newer than they are",
				code);
		} else if (c->theirs && !text_list_has(c->theirs, code)) {
			config_fault_add(faults, file, 0, 0, whole,
				"%s does not belong to this municipality by the shipped tables",
				code);
		}
	}
	for (size_t i = 0; c->theirs && i < c->theirs->count; i++) {
		/* Of several tsunami areas the tables offer, the staff choose. */
		bool choice = strcmp(c->key, "tsunami") == 0 && c->ours->count > 0;
		if (!choice && !text_list_has(c->ours, c->theirs->list[i])) {
			config_fault_add(faults, file, 0, 0,
				pool_printf(pool, "%s.%s", key, c->key),
				"%s is missing: by the shipped tables it belongs to this "
				"municipality",
				c->theirs->list[i]);
		}
	}
}

void profile_check(const struct municipality *m, const char *file, const char *key,
	struct config_faults *faults)
{
	struct pool *pool = pool_new();
	struct municipality table;
	enum code_coast coast;
	struct err e = {0};
	if (code_town(pool, m->code, &table, &coast, &e)) {
		config_fault_add(
			faults, file, 0, 0, pool_printf(pool, "%s.code", key), "%s", e.text);
		pool_free(pool);
		return;
	}
	if (strcmp(m->name, table.name) != 0) {
		config_fault_add(faults, file, 0, 0, pool_printf(pool, "%s.name", key),
			"%s is %s in the shipped tables, not %s", m->code, table.name, m->name);
	}
	const struct checked lists[] = {
		{"weather", AREA_JMA_CITY, &m->weather, &table.weather},
		{"seismic", AREA_JMA_SEISMIC_CITY, &m->seismic, &table.seismic},
		{"seismic_area", AREA_JMA_SEISMIC_AREA, &m->seismic_area, &table.seismic_area},
		{"tsunami", AREA_JMA_TSUNAMI, &m->tsunami,
			coast == CODE_COAST_PERHAPS ? NULL : &table.tsunami},
		{"volcanoes", AREA_JMA_VOLCANO, &m->volcanoes, NULL},
		{"rivers", AREA_JMA_RIVER, &m->rivers, NULL},
		{"parents", AREA_JMA_FORECAST, &m->parents, &table.parents},
		{"offices", NULL, &m->offices, &table.offices},
	};
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		check_list(pool, &lists[i], file, key, faults);
	}
	pool_free(pool);
}
