/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/wording_stage.h"

#include "rules/wording_text.h"

#include <string.h>

enum { PLACE_BYTES_MAX = 90 }; /* thirty characters */

static const struct words_stage *find(const struct words *w, const char *stage)
{
	const struct words_stage *s = w->stages;
	while (s->stage && strcmp(s->stage, stage) != 0) {
		s++;
	}
	return s->stage ? s : NULL;
}

/* Japanese in an English sentence tells nobody anything. */
static bool can_say(const struct words *w, const char *text)
{
	for (const char *c = text; w->name_is_reading && *c; c++) {
		if ((unsigned char)*c >= 0x80) {
			return false;
		}
	}
	return text[0] != '\0';
}

bool wording_stage_of(struct pool *pool, const struct words *w, const struct alert *a,
	const struct state_row *row, struct wording_stage *out)
{
	const struct words_stage *s = find(w, row->code);
	if (!s || a->format != ALERT_FORMAT_JALERT_MAIL ||
		strcmp(row->kind->name, "civil.missile") != 0) {
		return false;
	}
	const char *when = w->clock(pool, wording_clean(pool, row->value, PLACE_BYTES_MAX));
	const char *where = wording_clean(pool, row->name, PLACE_BYTES_MAX);
	const char *time = when[0] ? WORDING_EXPAND(pool, s->time, {'v', when}) : "";
	const char *place =
		can_say(w, where) ? WORDING_EXPAND(pool, s->place, {'p', where}) : s->nowhere;
	const struct wording_pair said[] = {{'v', time}, {'p', place}};
	const struct wording_pair bare[] = {{'v', ""}, {'p', s->nowhere}};
	out->title = s->title;
	out->brief = wording_expand(pool, s->brief, said, 2);
	if (wording_length(out->brief) > w->brief_limit) {
		out->brief = wording_expand(pool, s->brief, bare, 2);
	}
	out->sentence = wording_expand(pool, s->sentence, said, 2);
	out->speech = wording_expand(pool, s->speech, said, 2);
	return true;
}
