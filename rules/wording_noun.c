/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/wording_noun.h"

#include "rules/wording_text.h"

#include <string.h>

/* Kinds without a level that have several names; 0: the severity decides. */
static int grade_by_name(const struct state_row *row)
{
	static const struct {
		const char *kind;
		const char *value;
		int grade;
	} grades[] = {
		{"weather.tornado", "目撃", 4},
		{"weather.rainband", "発生", 5},
		{"weather.rainband", "直前", 4},
	};
	for (size_t i = 0; i < sizeof(grades) / sizeof(grades[0]); i++) {
		if (strcmp(row->kind->name, grades[i].kind) == 0 &&
			strcmp(row->value, grades[i].value) == 0) {
			return grades[i].grade;
		}
	}
	return 0;
}

static int grade_of(const struct state_row *row)
{
	int named = grade_by_name(row);
	if (named > 0 || row->level >= 2) {
		return named > 0 ? named : row->level;
	}
	return row->severity == SEVERITY_EXTREME ? 5 : row->severity == SEVERITY_MINOR ? 2 : 3;
}

struct wording_thing wording_thing_of(const struct state_row *row)
{
	return (struct wording_thing){row->kind, grade_of(row), row->name};
}

const struct words_noun *wording_noun_row(const struct words *w, const struct wording_thing *t)
{
	for (const struct words_part *const *p = w->parts; *p; p++) {
		for (size_t i = 0; i < (*p)->noun_count; i++) {
			const struct words_noun *row = &(*p)->nouns[i];
			if (strcmp(row->kind, t->kind->name) == 0 && row->grade <= t->grade) {
				return row;
			}
		}
	}
	return NULL;
}

const char *wording_noun_of(const struct words *w, const struct wording_thing *t)
{
	const struct words_noun *row = wording_noun_row(w, t);
	if (row && row->noun) {
		return row->noun;
	}
	if (row) {
		return t->name[0] && wording_length(t->name) <= 11 ? t->name : w->fallback_noun;
	}
	return strcmp(w->lang, "ja") == 0 ? t->kind->ja : t->kind->en;
}

const char *wording_title_noun_of(const struct words *w, const struct wording_thing *t)
{
	const struct words_noun *row = wording_noun_row(w, t);
	return row && row->title ? row->title : wording_noun_of(w, t);
}

const char *wording_spoken_noun_of(const struct words *w, const struct wording_thing *t)
{
	const struct words_noun *row = wording_noun_row(w, t);
	return row && row->spoken ? row->spoken : wording_noun_of(w, t);
}

static const struct words_advice no_advice = {"*", 0, "", "", ""};

static const struct words_advice *advice_in(
	const struct words_advice *list, size_t count, const struct wording_thing *t)
{
	for (size_t i = 0; i < count; i++) {
		if (kind_matches(list[i].kinds, t->kind->name) && list[i].grade_min <= t->grade) {
			return &list[i];
		}
	}
	return NULL;
}

const struct words_advice *wording_advice_of(const struct words *w, const struct wording_thing *t)
{
	const struct words_advice *row = NULL;
	for (const struct words_part *const *p = w->parts; *p && !row; p++) {
		row = advice_in((*p)->advice, (*p)->advice_count, t);
	}
	return row ? row : &no_advice;
}

/* "*" is for what was never true; it is the last of all. */
const struct words_advice *wording_advice_at_end(
	const struct words *w, const struct wording_thing *t, enum words_act act)
{
	const struct words_advice *row = NULL;
	const struct words_advice *general = &no_advice;
	for (const struct words_part *const *p = w->parts; *p; p++) {
		row = row ? row : advice_in((*p)->after, (*p)->after_count, t);
		general = (*p)->after_count > 0 ? &(*p)->after[(*p)->after_count - 1] : general;
	}
	if (!row) {
		return &no_advice;
	}
	return act != WORDS_RELEASED && row->body[0] ? general : row;
}
