/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mqtt/compose.h"

#include "channels/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What a loudspeaker can say in about three minutes, and what a display line can show. */
enum { SPEAK_CHARACTERS = 1000, SHOW_CHARACTERS = 140 };

static bool broadcast_has_lang(const struct broadcast *b, const char *lang)
{
	for (size_t i = 0; i < b->text_count; i++) {
		if (strcasecmp(b->texts[i].lang, lang) == 0) {
			return true;
		}
	}
	return false;
}

static void add_text(struct siren_order *order, const struct broadcast *b, const char *lang,
	enum text_form form, size_t limit, struct siren_text *list, size_t *count)
{
	char *text = text_of(b, lang, form, TEXT_CHARACTERS, limit);
	if (text[0]) {
		list[(*count)++] = (struct siren_text){
			.lang = pool_copy_text(order->pool, lang),
			.text = pool_copy_text(order->pool, text),
			.phrase = "",
		};
	}
	free(text);
}

static void add_words(
	struct siren_order *order, const struct siren_plan *plan, const struct broadcast *b)
{
	size_t room = (plan->lang_count + 1) * sizeof(struct siren_text);
	struct siren_text *speak = pool_take(order->pool, room);
	struct siren_text *show = pool_take(order->pool, room);
	order->speak = speak;
	order->show = show;
	for (size_t i = 0; i < plan->lang_count && order->speak_count < SIREN_TEXTS_MAX; i++) {
		if (broadcast_has_lang(b, plan->langs[i])) {
			add_text(order, b, plan->langs[i], TEXT_SPEECH, SPEAK_CHARACTERS, speak,
				&order->speak_count);
			add_text(order, b, plan->langs[i], TEXT_BRIEF, SHOW_CHARACTERS, show,
				&order->show_count);
		}
	}
	if (order->speak_count + order->show_count == 0) {
		add_text(order, b, b->texts[0].lang, TEXT_SPEECH, SPEAK_CHARACTERS, speak,
			&order->speak_count);
		add_text(order, b, b->texts[0].lang, TEXT_BRIEF, SHOW_CHARACTERS, show,
			&order->show_count);
	}
}

static void add_siren(struct siren_order *order, const struct siren_pattern *pattern)
{
	if (!pattern) {
		return;
	}
	order->repeat = pattern->repeat;
	if (pattern->phrase[0]) {
		order->siren = pool_copy_text(order->pool, pattern->phrase);
		return;
	}
	struct siren_step *step = pool_take(order->pool, sizeof(*step));
	step->on_ms = (int64_t)pattern->on_s * 1000;
	step->off_ms = (int64_t)pattern->off_s * 1000;
	order->siren = pool_copy_text(order->pool, pattern->match);
	order->pattern = step;
	order->step_count = 1;
}

/* A self test, and whatever is not meant for the public: verified and acknowledged, not heard. */
static bool is_silent(const struct broadcast *b)
{
	return b->status == ALERT_STATUS_TEST || strcmp(b->kind->name, "system.canary") == 0;
}

static struct siren_order *common_new(
	const struct siren_plan *plan, const struct broadcast *b, struct wall_time now)
{
	struct pool *pool = pool_new();
	struct siren_order *order = pool_take(pool, sizeof(*order));
	*order = (struct siren_order){
		.pool = pool,
		.id = "",
		.kid = "",
		.siren = "",
		.iat = now,
		.exp = {.ms = now.ms + plan->ttl_ms},
		.priority = b->priority,
		.drill = b->status == ALERT_STATUS_EXERCISE,
	};
	return order;
}

struct siren_order *siren_compose(const struct siren_plan *plan, const struct broadcast *b,
	struct wall_time now, struct err *e)
{
	/* Below two seconds the whole seconds of `exp` would not outlive the way to the device. */
	if (!wall_time_is_none(b->expires) && b->expires.ms - now.ms < 2000) {
		(void)err_set(e, -ETIME, "the broadcast has expired");
		return NULL;
	}
	struct siren_order *order = common_new(plan, b, now);
	if (!wall_time_is_none(b->expires) && b->expires.ms < order->exp.ms) {
		order->exp = b->expires;
	}
	order->test_silent = is_silent(b);
	if (order->test_silent) {
		return order;
	}
	order->stagger_ms = plan->stagger_ms;
	add_words(order, plan, b);
	if (order->speak_count + order->show_count == 0) {
		siren_order_free(order);
		(void)err_set(e, -ENODATA, "the broadcast has no words to speak or show");
		return NULL;
	}
	add_siren(
		order, siren_patterns_for(plan->patterns, b->kind, b->event, plan->release_sirens));
	return order;
}

struct siren_order *siren_compose_withdrawal(
	const struct siren_plan *plan, const struct broadcast *b, struct wall_time now)
{
	return common_new(plan, b, now);
}

static const char *const *one_name(const struct siren_order *common, const char *name)
{
	const char **list = pool_take(common->pool, sizeof(*list));
	list[0] = name;
	return list;
}

static void address(
	const struct siren_order *common, bool is_area, const char *name, struct siren_order *order)
{
	const char *const *list = one_name(common, name);
	order->areas = is_area ? list : NULL;
	order->area_count = is_area ? 1 : 0;
	order->targets = is_area ? NULL : list;
	order->target_count = is_area ? 0 : 1;
}

/* An end (released, cancelled, lowered) names the orders it ends, so that it can never silence
 * another alert that is sounding at the same time. */
static bool ends_earlier(enum event_type event)
{
	return event == EVENT_RELEASED || event == EVENT_CANCELLED || event == EVENT_LOWERED;
}

void siren_compose_address(const struct siren_plan *plan, const struct siren_order *common,
	const struct broadcast *b, const char *delivery, bool is_area, const char *name,
	int64_t seq, struct siren_order *order)
{
	*order = *common;
	order->seq = seq;
	order->id = pool_printf(common->pool, "%s/%s", delivery, name);
	address(common, is_area, name, order);
	if (!ends_earlier(b->event) || b->replace_count == 0 || common->test_silent) {
		return;
	}
	size_t count = b->replace_count < SIREN_STOPS_MAX ? b->replace_count : SIREN_STOPS_MAX;
	const char **stop = pool_take(common->pool, count * sizeof(*stop));
	for (size_t i = 0; i < count; i++) {
		stop[i] = pool_printf(common->pool, "%s/%s/%s",
			b->replaces[b->replace_count - count + i], plan->channel, name);
	}
	order->stop = stop;
	order->stop_count = count;
}

void siren_compose_withdrawal_address(const struct siren_order *common, const char *delivery,
	bool is_area, const char *name, int64_t seq, struct siren_order *order)
{
	*order = *common;
	order->seq = seq;
	order->id = pool_printf(common->pool, "%s/%s#stop", delivery, name);
	address(common, is_area, name, order);
	order->stop = one_name(common, pool_printf(common->pool, "%s/%s", delivery, name));
	order->stop_count = 1;
}
