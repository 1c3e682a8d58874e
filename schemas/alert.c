/* SPDX-License-Identifier: Apache-2.0 */
#include "schemas/alert.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct alert *alert_new(void)
{
	struct pool *pool = pool_new();
	struct alert *a = pool_take(pool, sizeof(*a));
	a->pool = pool;
	a->status = ALERT_STATUS_TEST;
	a->type = a->title = a->sender = a->office = a->series = a->revision = a->events =
		a->comments = "";
	a->scope = "public";
	a->restriction = a->note = "";
	a->issued = a->sent = a->effective = a->onset = a->expires = WALL_TIME_NONE;
	a->offset_minutes = CLOCK_JST_OFFSET_MINUTES;
	return a;
}

void alert_free(struct alert *a)
{
	if (a) {
		pool_free(a->pool);
	}
}

static const char *keep(struct alert *a, const char *text)
{
	return text && text[0] ? pool_copy_text(a->pool, text) : "";
}

/* Pools cannot resize: growing copies, and the old half stays until the alert goes. */
static void *grow(struct pool *pool, void *list, size_t *capacity, size_t count, size_t size)
{
	if (count < *capacity) {
		return list;
	}
	*capacity = *capacity ? *capacity * 2 : 4;
	void *larger = pool_take(pool, *capacity * size);
	if (count > 0) {
		memcpy(larger, list, count * size);
	}
	return larger;
}

struct alert_item *alert_add_item(struct alert *a, const struct kind *kind)
{
	a->items = grow(a->pool, a->items, &a->item_capacity, a->item_count, sizeof(*a->items));
	struct alert_item *item = &a->items[a->item_count++];
	*item = (struct alert_item){
		.kind = kind,
		.code = "",
		.name = "",
		.urgency = "",
		.certainty = "",
		.value = "",
		.expires = WALL_TIME_NONE,
	};
	return item;
}

struct alert_area *alert_add_empty_area(struct alert *a, struct alert_item *item)
{
	item->areas = grow(
		a->pool, item->areas, &item->area_capacity, item->area_count, sizeof(*item->areas));
	struct alert_area *area = &item->areas[item->area_count++];
	*area = (struct alert_area){
		.system = "", .code = "", .name = "", .polygon = "", .circle = ""};
	return area;
}

struct alert_point *alert_add_point(struct alert *a, struct alert_item *item)
{
	item->points = grow(a->pool, item->points, &item->point_capacity, item->point_count,
		sizeof(*item->points));
	struct alert_point *point = &item->points[item->point_count++];
	*point = (struct alert_point){
		.code = "",
		.name = "",
		.high_tide = WALL_TIME_NONE,
		.height = "",
		.height_at = WALL_TIME_NONE,
	};
	return point;
}

void alert_add_area(struct alert *a, struct alert_item *item, const char *system, const char *code,
	const char *name)
{
	struct alert_area *area = alert_add_empty_area(a, item);
	area->system = keep(a, system);
	area->code = keep(a, code);
	area->name = keep(a, name);
}

void alert_add_shape(struct alert *a, struct alert_item *item, const char *name,
	const char *polygon, const char *circle)
{
	struct alert_area *area = alert_add_empty_area(a, item);
	area->name = keep(a, name);
	area->polygon = keep(a, polygon);
	area->circle = keep(a, circle);
}

void alert_add_text(struct alert *a, struct alert_texts *texts, const char *lang, const char *text)
{
	texts->list =
		grow(a->pool, texts->list, &texts->capacity, texts->count, sizeof(*texts->list));
	texts->list[texts->count++] = (struct alert_text){
		.lang = keep(a, lang),
		.text = keep(a, text),
	};
}

void alert_add_reference(struct alert *a, const char *series, const char *revision)
{
	a->references = grow(a->pool, a->references, &a->reference_capacity, a->reference_count,
		sizeof(*a->references));
	a->references[a->reference_count++] = (struct alert_reference){
		.series = keep(a, series),
		.revision = keep(a, revision),
	};
}

void alert_add_warning(struct alert *a, const char *code, const char *format, ...)
{
	char text[512];
	va_list args;
	va_start(args, format);
	utf8_vprint(text, sizeof(text), format, args);
	va_end(args);
	a->warnings = grow(
		a->pool, a->warnings, &a->warning_capacity, a->warning_count, sizeof(*a->warnings));
	a->warnings[a->warning_count++] = (struct alert_warning){
		.code = keep(a, code),
		.text = keep(a, text),
	};
}

void alert_add_signature(
	struct alert *a, enum signature_state state, const char *signer, const char *reason)
{
	a->signatures = grow(a->pool, a->signatures, &a->signature_capacity, a->signature_count,
		sizeof(*a->signatures));
	a->signatures[a->signature_count++] = (struct alert_signature){
		.state = state,
		.signer = keep(a, signer),
		.reason = keep(a, reason),
	};
}

void alert_add_word(struct alert *a, struct alert_words *words, const char *word)
{
	words->list =
		grow(a->pool, words->list, &words->capacity, words->count, sizeof(*words->list));
	words->list[words->count++] = keep(a, word);
}

bool alert_has_word(const struct alert_words *words, const char *word)
{
	for (size_t i = 0; i < words->count; i++) {
		if (strcmp(words->list[i], word) == 0) {
			return true;
		}
	}
	return false;
}

bool alert_is_public(const struct alert *a)
{
	return a->scope[0] == '\0' || strcmp(a->scope, "public") == 0;
}

const char *alert_text_in(const struct alert_texts *texts, const char *lang)
{
	size_t primary = strcspn(lang, "-");
	const char *near = NULL;
	for (size_t i = 0; i < texts->count; i++) {
		const char *have = texts->list[i].lang;
		if (strcasecmp(have, lang) == 0) {
			return texts->list[i].text;
		}
		if (!near && strcspn(have, "-") == primary &&
			strncasecmp(have, lang, primary) == 0) {
			near = texts->list[i].text;
		}
	}
	if (near) {
		return near;
	}
	return texts->count > 0 ? texts->list[0].text : "";
}

enum severity alert_severity(const struct alert *a)
{
	enum severity worst = SEVERITY_UNKNOWN;
	for (size_t i = 0; i < a->item_count; i++) {
		if (a->items[i].severity > worst) {
			worst = a->items[i].severity;
		}
	}
	return worst;
}

void alert_id(const struct alert *a, char out[ALERT_ID_SIZE])
{
	memcpy(out, a->digest, ALERT_ID_SIZE - 1);
	out[ALERT_ID_SIZE - 1] = '\0';
}
