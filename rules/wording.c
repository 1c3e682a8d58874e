/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/wording.h"

#include "base/buf.h"
#include "rules/slot.h"
#include "rules/transition.h"
#include "rules/wording_earth.h"
#include "rules/wording_noun.h"
#include "rules/wording_stage.h"
#include "rules/wording_text.h"
#include "rules/words.h"

#include <string.h>
#include <strings.h>

enum { NOTE_MAX = 400, OWN_TEXT_MAX = 4000 };

struct writing {
	struct judgement *j;
	struct pool *pool;
	const struct words *w;
	const struct broadcast *b;
	struct effect *const *effects;
	size_t effect_count;
	struct wording_thing now; /* of the worst effect */
	enum words_act act;
	const struct words_phrase *phrase;
	const struct words_advice *advice;
	const char *noun;
	const char *old_noun;
	const char *title_noun;
	const char *spoken_noun;
	const char *spoken_old_noun;
	const char *about;
	const char *all; /* municipalities */
	const char *short_list;
	const char *value; /* as people say it */
	bool in_force;
	bool staged; /* a link of a missile's chain: `stage` has all its words */
	struct wording_stage stage;
};

static enum words_act act_of(const struct writing *w)
{
	static const enum words_act acts[] = {
		[EVENT_ISSUED] = WORDS_ISSUED,
		[EVENT_RAISED] = WORDS_RAISED,
		[EVENT_LOWERED] = WORDS_LOWERED,
		[EVENT_ADDED] = WORDS_ISSUED,
		[EVENT_RELEASED] = WORDS_RELEASED,
		[EVENT_CANCELLED] = WORDS_CANCELLED,
		[EVENT_CORRECTED] = WORDS_CORRECTED,
		[EVENT_INFO] = WORDS_INFO,
	};
	enum words_act act = acts[w->b->event];
	/* JMX 取消 and staff take back what was never true; CAP's Cancel does not say. */
	if (act == WORDS_CANCELLED && w->j->alert->format == ALERT_FORMAT_CAP) {
		act = WORDS_WITHDRAWN;
	}
	/* News is in force nowhere, and has an end all the same. */
	const struct state_row *row = &w->effects[0]->row;
	if (act == WORDS_CORRECTED && !row->in_force && wall_time_is_none(row->expires)) {
		return WORDS_CORRECTED_AWAY;
	}
	bool same = strcmp(w->noun, w->old_noun) == 0;
	return (act == WORDS_RAISED || act == WORDS_LOWERED) && same ? WORDS_UPDATED : act;
}

static const char *name_of(const struct words *w, const struct municipality *m)
{
	if (w->name_is_reading && m->reading[0] && (unsigned char)m->reading[0] < 0x80) {
		return m->reading;
	}
	return m->name[0] ? m->name : m->code;
}

static const char *list_names(struct writing *w, size_t limit)
{
	const char *text = "";
	size_t shown = 0;
	for (size_t v = 0; v < w->j->view_count; v++) {
		bool in = false;
		for (size_t i = 0; i < w->effect_count; i++) {
			in = in || w->effects[i]->view == &w->j->views[v];
		}
		if (in && shown++ < limit) {
			text = pool_printf(w->pool, "%s%s%s", text, text[0] ? w->w->separator : "",
				name_of(w->w, w->j->views[v].municipality));
		}
	}
	return shown > limit ? pool_printf(w->pool, "%s%s", text, w->w->and_others) : text;
}

static const char *fill(struct writing *w, const char *template, const char *noun,
	const char *old_noun, const char *municipalities)
{
	return WORDING_EXPAND(w->pool, template, {'m', municipalities}, {'n', noun},
		{'o', old_noun}, {'t', w->title_noun}, {'v', w->value});
}

static const char *with_about(struct writing *w, const char *noun)
{
	return w->about[0] ? WORDING_EXPAND(w->pool, w->w->of, {'m', w->about}, {'n', noun}) : noun;
}

/* From 4 to 5 the warning keeps its name and the order to people changes: speak of the level. */
static void name_by_volcano_level(struct writing *w)
{
	const struct effect *worst = w->effects[0];
	int level = slot_volcano_level(worst->row.value);
	int old = worst->was_live ? slot_volcano_level(worst->old->value) : 0;
	bool moves = worst->event == EVENT_RAISED || worst->event == EVENT_LOWERED;
	if (!moves || level == 0 || old == 0 || level == old ||
		strcmp(w->now.kind->hazard, "volcano") != 0 ||
		worst->row.kind != worst->old->kind) {
		return;
	}
	const struct words *words = w->w;
	w->noun =
		WORDING_EXPAND(w->pool, words->volcano_level, {'v', words->number(w->pool, level)});
	w->old_noun =
		WORDING_EXPAND(w->pool, words->volcano_level, {'v', words->number(w->pool, old)});
	w->title_noun = w->noun;
	w->spoken_noun = w->noun;
	w->spoken_old_noun = w->old_noun;
}

static void prepare(struct writing *w)
{
	const struct effect *worst = w->effects[0];
	const struct words *words = w->w;
	w->now = wording_thing_of(&worst->row);
	struct wording_thing old = worst->was_live ? wording_thing_of(worst->old) : w->now;
	w->noun = wording_noun_of(words, &w->now);
	w->old_noun = wording_noun_of(words, &old);
	w->title_noun = wording_title_noun_of(words, &w->now);
	w->spoken_noun = wording_spoken_noun_of(words, &w->now);
	w->spoken_old_noun = wording_spoken_noun_of(words, &old);
	name_by_volcano_level(w);
	w->about = wording_clean(w->pool, worst->about, 60);
	w->value = words->scale(w->pool, worst->row.value);
	w->all = list_names(w, SIZE_MAX);
	w->short_list = list_names(w, 1);
	w->act = act_of(w);
	const struct words_noun *row = wording_noun_row(words, &w->now);
	enum words_style style = row ? row->style : WORDS_WARNING;
	if (style == WORDS_SHOCK && w->value[0] == '\0') {
		style = WORDS_WARNING; /* no intensity is known: say only that there is news */
	}
	if (style == WORDS_SHOCK && wording_earth_is_unseen(worst)) {
		style = WORDS_UNSEEN;
	}
	/* News that an inquiry beside a greater alert has ended. */
	if (style == WORDS_INQUIRY && worst->item &&
		worst->item->transition == TRANSITION_RELEASED && w->act == WORDS_INFO) {
		w->act = WORDS_RELEASED;
	}
	w->phrase = &words->phrases[style][w->act];
	w->in_force = w->act != WORDS_RELEASED && w->act != WORDS_CANCELLED &&
		      w->act != WORDS_WITHDRAWN && w->act != WORDS_CORRECTED_AWAY;
	w->advice = w->in_force ? wording_advice_of(words, &w->now)
				: wording_advice_at_end(words, &w->now, w->act);
	w->staged = w->in_force &&
		    wording_stage_of(w->pool, words, w->j->alert, &worst->row, &w->stage);
}

/* ---- the telegram's own words ---- */

static bool same_language(const char *a, const char *b)
{
	size_t size = strcspn(b, "-");
	return strncasecmp(a, b, size) == 0 && (a[size] == '\0' || a[size] == '-');
}

static const char *own_text(struct writing *w, const struct alert_texts *texts, bool any_language)
{
	for (size_t i = 0; i < texts->count; i++) {
		if (same_language(texts->list[i].lang, w->w->lang)) {
			return wording_clean(w->pool, texts->list[i].text, OWN_TEXT_MAX);
		}
	}
	return any_language && texts->count > 0
		       ? wording_clean(w->pool, texts->list[0].text, OWN_TEXT_MAX)
		       : "";
}

/* Staff's and safety news are nothing but their own words. */
static bool is_plain(const struct writing *w)
{
	const struct words_noun *row = wording_noun_row(w->w, &w->now);
	return row && row->style == WORDS_PLAIN;
}

/* Civil protection speaks in the government's own words: "has passed" must not be told as "take
 * shelter". */
static bool speaks_for_itself(const struct writing *w)
{
	return is_plain(w) || (kind_matches("civil.*", w->now.kind->name) && w->in_force &&
				      w->j->alert->headline.count > 0);
}

/* A CAP Cancel often repeats the old text ("Shelter now"): at an end only JMX is quoted. */
static bool may_quote(const struct writing *w)
{
	return w->in_force || w->j->alert->format == ALERT_FORMAT_JMX;
}

static const char *headline(struct writing *w)
{
	return may_quote(w) ? own_text(w, &w->j->alert->headline, is_plain(w)) : "";
}

/* A mail's whole text is the operator's template; what residents are told of it is its headline. */
static const char *description(struct writing *w, bool any_language)
{
	const struct alert *a = w->j->alert;
	return a->format == ALERT_FORMAT_JALERT_MAIL ? ""
						     : own_text(w, &a->description, any_language);
}

/* ---- the forms ---- */

static void line(struct buf *out, const char *text)
{
	if (text[0]) {
		(void)buf_add_text(out, text);
		(void)buf_add(out, "\n", 1);
	}
}

static const char *take(struct writing *w, struct buf *out)
{
	while (out->size > 0 && out->data[out->size - 1] == '\n') {
		out->data[--out->size] = '\0';
	}
	const char *kept = pool_copy_text(w->pool, buf_text(out));
	buf_clear(out);
	return kept;
}

static const char *write_title(struct writing *w)
{
	if (w->staged) {
		return w->stage.title;
	}
	const char *own = headline(w);
	if (is_plain(w) && w->act == WORDS_ISSUED && own[0] && !strchr(own, '\n') &&
		wording_length(own) <= w->w->title_limit) {
		return own;
	}
	return fill(w, w->phrase->title, w->noun, w->old_noun, w->short_list);
}

static const char *write_brief(struct writing *w)
{
	if (w->staged) {
		return w->stage.brief;
	}
	size_t limit = w->w->brief_limit;
	const char *own = headline(w);
	if (speaks_for_itself(w) && w->in_force && own[0] && wording_length(own) <= limit) {
		return own;
	}
	const char *template = w->phrase->brief ? w->phrase->brief : w->phrase->sentence;
	const char *text = fill(w, template, with_about(w, w->noun), w->old_noun, w->short_list);
	if (wording_length(text) > limit) {
		text = fill(w, template, w->noun, w->old_noun, w->short_list);
	}
	const char *both = pool_printf(w->pool, "%s%s%s", text, w->w->join, w->advice->brief);
	return w->advice->brief[0] && wording_length(both) <= limit ? both : text;
}

static const char *level_line(struct writing *w)
{
	bool own_order = kind_matches("evacuation.*", w->now.kind->name);
	if (!w->in_force || own_order || w->b->level < 1) {
		return ""; /* the order's noun names its level */
	}
	const char *level =
		transition_hides_more(w->j, w->b->level) ? w->w->level_or_more : w->w->level;
	return WORDING_EXPAND(w->pool, level, {'u', w->w->number(w->pool, w->b->level)});
}

static const char *also_line(struct writing *w)
{
	const char *list = "";
	for (size_t i = 1; i < w->effect_count; i++) {
		struct wording_thing t = wording_thing_of(&w->effects[i]->row);
		const char *noun = wording_noun_of(w->w, &t);
		if (strcmp(noun, w->noun) != 0 && !strstr(list, noun)) {
			list = pool_printf(
				w->pool, "%s%s%s", list, list[0] ? w->w->separator : "", noun);
		}
	}
	return list[0] ? WORDING_EXPAND(w->pool, w->w->also, {'n', list}) : "";
}

/* Prose: there is nothing else in it than its text. */
static bool is_bulletin(const struct writing *w)
{
	static const char *const kinds[] = {"weather.info", "weather.heat", "earthquake.info",
		"earthquake.count", "earthquake.hypocentre", "volcano.info", "nankai.info"};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i], w->now.kind->name) == 0) {
			return true;
		}
	}
	return false;
}

/* Why it is over, in the words of who ended it: the only new words of a CAP Cancel. */
static const char *note_line(struct writing *w)
{
	const char *note = w->j->alert->format == ALERT_FORMAT_CAP && !w->in_force
				   ? wording_clean(w->pool, w->j->alert->note, NOTE_MAX)
				   : "";
	return note[0] ? WORDING_EXPAND(w->pool, w->w->note, {'n', note}) : "";
}

static void quote(struct writing *w, struct buf *out)
{
	const struct alert *a = w->j->alert;
	const char *first = headline(w);
	if (first[0]) {
		(void)buf_add(out, "\n", 1);
	}
	/* "…に特別警報を発表しています" may speak of the next valley. */
	const struct family *f = w->j->family;
	bool wide = a->format == ALERT_FORMAT_JMX &&
		    (f->shape == FAMILY_FULL_STATE || f->shape == FAMILY_TSUNAMI || f->by_office);
	line(out, wide && first[0] ? w->w->quote_wide : "");
	line(out, first);
	line(out, note_line(w));
	if ((a->format != ALERT_FORMAT_JMX || is_bulletin(w)) && w->in_force) {
		line(out, description(w, is_plain(w)));
		line(out, own_text(w, &a->instruction, is_plain(w)));
	}
}

static const char *write_body(struct writing *w, const char *title)
{
	struct buf out;
	buf_init(&out, WORDING_TEXT_MAX);
	const char *sentence = w->staged ? w->stage.sentence
					 : fill(w, w->phrase->sentence, with_about(w, w->noun),
						   w->old_noun, w->all);
	if (w->b->status == ALERT_STATUS_EXERCISE) {
		line(&out, w->w->drill);
	}
	line(&out, WORDING_EXPAND(w->pool, w->w->first_line, {'t', title}, {'n', sentence}));
	line(&out, WORDING_EXPAND(w->pool, w->w->areas, {'m', w->all}));
	const char *report = w->b->update > 1 ? WORDING_EXPAND(w->pool, w->w->report,
							{'u', w->w->number(w->pool, w->b->update)})
					      : "";
	if (!wall_time_is_none(w->b->issued)) {
		line(&out, WORDING_EXPAND(w->pool, w->w->issued_at,
				   {'v', w->w->time(w->pool, w->b->issued)}, {'u', report}));
	}
	line(&out, level_line(w));
	if (w->in_force) {
		wording_earth_body(w->pool, w->w, w->j->alert, w->effects[0], &out);
	}
	line(&out, also_line(w));
	if (!w->staged && w->advice->body[0] && (is_plain(w) || !speaks_for_itself(w))) {
		(void)buf_add(&out, "\n", 1);
		line(&out, w->advice->body);
	}
	quote(w, &out);
	(void)buf_add(&out, "\n", 1);
	line(&out, WORDING_EXPAND(w->pool, w->w->source, {'n', w->b->source}));
	return take(w, &out);
}

static const char *write_speech(struct writing *w)
{
	struct buf out;
	buf_init(&out, WORDING_TEXT_MAX);
	if (w->b->status == ALERT_STATUS_EXERCISE) {
		line(&out, w->w->drill);
	}
	if (w->staged) {
		line(&out, w->stage.speech);
		return take(w, &out);
	}
	bool urgent = w->act == WORDS_ISSUED || w->act == WORDS_RAISED;
	bool observed = strcmp(w->now.kind->hazard, "earthquake") == 0;
	if (urgent && !observed && !is_plain(w) &&
		(w->b->severity == SEVERITY_EXTREME || strcmp(w->now.kind->hazard, "eew") == 0)) {
		line(&out, WORDING_EXPAND(w->pool, w->w->twice, {'n', w->spoken_noun}));
	}
	const char *template = w->phrase->speech ? w->phrase->speech : w->phrase->sentence;
	const char *about = w->about[0] ? with_about(w, w->spoken_noun) : w->spoken_noun;
	line(&out, w->w->speak(w->pool, fill(w, template, about, w->spoken_old_noun, w->all)));
	bool order = kind_matches("evacuation.*", w->now.kind->name);
	if (speaks_for_itself(w) || order) {
		line(&out, w->w->speak(w->pool, headline(w)));
		if (w->in_force && !order) {
			line(&out, w->w->speak(w->pool, description(w, true)));
		}
	}
	if (w->in_force) {
		wording_earth_speech(w->pool, w->w, w->j->alert, w->effects[0], &out);
	}
	if (is_plain(w) || !speaks_for_itself(w)) {
		line(&out, w->advice->speech);
	}
	return take(w, &out);
}

/* ---- languages ---- */

static const struct words *const languages[] = {&words_ja, &words_en};

static bool is_wanted(const struct config *c, const char *lang)
{
	for (size_t i = 0; i < c->languages.count; i++) {
		if (same_language(c->languages.list[i], lang)) {
			return true;
		}
	}
	for (size_t k = 0; k < c->channel_count; k++) {
		for (size_t i = 0; i < c->channels[k].languages.count; i++) {
			if (same_language(c->channels[k].languages.list[i], lang)) {
				return true;
			}
		}
	}
	return false;
}

static void write_language(struct judgement *j, struct broadcast *b, const struct words *words,
	struct effect *const *effects, size_t effect_count)
{
	struct writing w = {.j = j,
		.pool = b->pool,
		.w = words,
		.b = b,
		.effects = effects,
		.effect_count = effect_count};
	prepare(&w);
	const char *title = write_title(&w);
	b->texts[b->text_count++] = (struct broadcast_text){
		.lang = words->lang,
		.title = title,
		.brief = write_brief(&w),
		.body = write_body(&w, title),
		.speech = write_speech(&w),
	};
}

void wording_write(struct judgement *j, struct broadcast *b, struct effect *const *effects,
	size_t effect_count)
{
	size_t count = sizeof(languages) / sizeof(languages[0]);
	b->texts = pool_take(b->pool, count * sizeof(*b->texts));
	for (size_t i = 0; i < count; i++) {
		if (is_wanted(j->config, languages[i]->lang)) {
			write_language(j, b, languages[i], effects, effect_count);
		}
	}
	if (b->text_count == 0) {
		write_language(j, b, &words_ja, effects, effect_count);
	}
}
