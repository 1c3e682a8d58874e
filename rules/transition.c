/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/transition.h"

#include "rules/diff.h"
#include "rules/diff_mail.h"
#include "rules/diff_private.h"
#include "rules/slot.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)
/* The newer telegram comes minutes before the older one, so what was seen today proves enough. Not
 * longer: were the newer set lost, the older one would be silent for as long. */
#define SET_WINDOW_MS DAY_MS
/* Record rain is rare: some prefectures see it once in a year. */
#define FLASH_WINDOW_MS (400 * DAY_MS)
#define PAIR_WINDOW_MS	(30 * INT64_C(60000))

static bool row_type_is(const struct state_row *row, const char *type)
{
	size_t size = strlen(type);
	return strncmp(row->source, type, size) == 0 && row->source[size] == '/';
}

static bool row_type_in(const struct state_row *row, const char *const *types)
{
	for (; *types; types++) {
		if (row_type_is(row, *types)) {
			return true;
		}
	}
	return false;
}

static bool type_in(const char *type, const char *const *types)
{
	for (; *types; types++) {
		if (strcmp(*types, type) == 0) {
			return true;
		}
	}
	return false;
}

/* ---- what has come from the office ---- */

/* Rows of the municipalities that the telegram names or that its office watches. */
static bool has_come(const struct judgement *j, const char *const *types, int64_t window_ms)
{
	const struct alert *a = j->alert;
	for (size_t v = 0; v < j->view_count; v++) {
		const struct view *view = &j->views[v];
		if (!view->listed && !text_list_has(&view->municipality->offices, a->office)) {
			continue;
		}
		for (size_t r = 0; r < view->row_count; r++) {
			const struct state_row *row = &view->rows[r];
			if (row_type_in(row, types) && row->issued.ms > a->issued.ms - window_ms) {
				return true;
			}
		}
	}
	return false;
}

enum transition_use transition_use(const struct judgement *j, const char **newer)
{
	const char *const *primary = j->family->primary;
	if (!primary) {
		return TRANSITION_SERVES;
	}
	if (newer) {
		*newer = primary[0];
	}
	if (has_come(j, primary, SET_WINDOW_MS)) {
		return TRANSITION_IDLE;
	}
	if (primary == family_warnings_2026 || !has_come(j, family_warnings_2026, SET_WINDOW_MS)) {
		return TRANSITION_SERVES;
	}
	return has_come(j, primary, FLASH_WINDOW_MS) ? TRANSITION_IDLE : TRANSITION_DOUBTFUL;
}

void transition_note(struct judgement *j)
{
	if (!type_in(j->alert->type, family_flash_2026)) {
		return;
	}
	for (size_t v = 0; v < j->view_count; v++) {
		struct view *view = &j->views[v];
		const char *mark =
			pool_printf(j->pool, "seen/%s/%s", j->alert->type, j->alert->office);
		if (text_list_has(&view->municipality->offices, j->alert->office) &&
			!diff_seen_newer(j, view, mark)) {
			diff_mark_seen(j, view, mark);
		}
	}
}

/* ---- one hazard, two types of telegram ---- */

static bool is_transition_row(const struct state_row *row)
{
	static const char *const types[] = {"VPWW53", "VPWW54", "VXWW50", "VPNO50", NULL};
	return row_type_in(row, types);
}

bool transition_takes_over(const struct judgement *j, const struct state_row *old,
	const struct alert_item *item, bool ends)
{
	return type_in(j->alert->type, family_warnings_2026) && diff_is_live(j, old) &&
	       is_transition_row(old) && !ends && slot_compare(item, old) >= 0 &&
	       old->issued.ms - j->alert->issued.ms <= PAIR_WINDOW_MS;
}

static bool is_old_warning(const struct alert *a)
{
	return strcmp(a->type, "VPWW53") == 0 || strcmp(a->type, "VPWW54") == 0;
}

bool transition_hides_more(const struct judgement *j, int level)
{
	return is_old_warning(j->alert) && level == 3;
}

bool transition_hides(const struct judgement *j, const struct state_row *old,
	const struct alert_item *item, bool ends)
{
	if (!j->family->primary || !diff_is_live(j, old)) {
		return false;
	}
	const char *type = j->alert->type;
	if (strcmp(type, "VPNO50") == 0) {
		return slot_compare(item, old) <= 0;
	}
	if (strcmp(type, "VXWW50") == 0) {
		return old->level != 4 && (ends || slot_compare(item, old) <= 0);
	}
	/* 大雨警報 of an old telegram may be a 大雨危険警報. */
	return !ends && item->level == 3 && old->level == 4;
}

static bool is_near(const struct state_row *row, const struct alert *a)
{
	const int64_t window_ms = INT64_C(30) * 60 * 1000;
	int64_t apart = row->issued.ms - a->issued.ms;
	return apart >= -window_ms && apart <= window_ms;
}

/* Record rain by any two types of telegram within half an hour; a flood by river (VXKO) and, in the
 * old warnings, by municipality. */
static bool may_tell_the_same(const struct alert *a, const struct state_row *row)
{
	if (strcmp(row->kind->hazard, "weather.record_rain") == 0) {
		return !row_type_is(row, a->type) && is_near(row, a);
	}
	bool old = strncmp(a->type, "VPWW", 4) == 0;
	return strcmp(row->kind->hazard, "flood.river") == 0 &&
	       strncmp(row->source, old ? "VXKO" : "VPWW", 4) == 0 &&
	       (old || strncmp(a->type, "VXKO", 4) == 0);
}

bool transition_told_already(const struct judgement *j, const struct effect *e)
{
	for (size_t i = 0; i < e->view->row_count; i++) {
		const struct state_row *row = &e->view->rows[i];
		if (diff_is_live(j, row) && may_tell_the_same(j->alert, row) &&
			!diff_mail_wrote(row) &&
			strcmp(row->kind->hazard, e->item->kind->hazard) == 0 &&
			slot_compare(e->item, row) <= 0) {
			return true;
		}
	}
	return false;
}

static bool is_stated(const struct judgement *j, const struct view *view, const char *hazard)
{
	for (size_t i = 0; i < j->touch_count; i++) {
		if (j->touches[i].view == view &&
			strcmp(j->touches[i].item->kind->hazard, hazard) == 0) {
			return true;
		}
	}
	return false;
}

/* 土砂災害警戒情報 presupposes a warning of heavy rain. */
static bool has_rain_warning(const struct judgement *j, const struct view *view)
{
	for (size_t i = 0; i < j->touch_count; i++) {
		const struct alert_item *item = j->touches[i].item;
		bool wet = strcmp(item->kind->hazard, "weather.rain") == 0 ||
			   strcmp(item->kind->hazard, "weather.landslide") == 0;
		if (j->touches[i].view == view && wet && item->level >= 3) {
			return true;
		}
	}
	return false;
}

/* Asked for every row of every telegram: the cheap questions first. */
bool transition_leaves_out(
	const struct judgement *j, const struct view *view, const struct state_row *row)
{
	bool newer = type_in(j->alert->type, family_warnings_2026);
	if (!newer && !is_old_warning(j->alert)) {
		return false;
	}
	if (!is_transition_row(row) && (newer || !row_type_in(row, family_warnings_2026))) {
		return false;
	}
	if (!newer && row_type_is(row, "VXWW50") && has_rain_warning(j, view)) {
		return false;
	}
	return is_stated(j, view, row->kind->hazard);
}

/* ---- idle ---- */

static bool is_in_force_there(
	struct judgement *j, const struct view *view, const struct state_row *row)
{
	for (size_t i = 0; i < j->touch_count; i++) {
		const struct alert_item *item = j->touches[i].item;
		if (j->touches[i].view == view && !slot_is_none(j, item) &&
			!slot_ends(j->alert, item) && strcmp(slot_of(j, item), row->slot) == 0) {
			return true;
		}
	}
	return false;
}

void transition_finish(struct judgement *j)
{
	for (size_t v = 0; v < j->view_count; v++) {
		struct view *view = &j->views[v];
		for (size_t r = 0; view->listed && r < view->row_count; r++) {
			const struct state_row *row = &view->rows[r];
			if (diff_is_live(j, row) && row_type_is(row, j->alert->type) &&
				strcmp(row->series, j->alert->series) == 0 &&
				!diff_is_newer(row, j->alert) && !is_in_force_there(j, view, row)) {
				diff_end(j, diff_add_effect(j, view, row, row->slot),
					EVENT_RELEASED);
			}
		}
	}
}
