/* SPDX-License-Identifier: Apache-2.0 */
#include "schemas/broadcast.h"

#include "base/json.h"

#include <errno.h>
#include <string.h>

struct broadcast *broadcast_new(void)
{
	struct pool *pool = pool_new();
	struct broadcast *b = pool_take(pool, sizeof(*b));
	b->pool = pool;
	b->id = b->alert = b->thread = b->code = b->value = b->rule = b->source = "";
	b->status = ALERT_STATUS_TEST;
	b->update = 1;
	b->priority = 9;
	b->issued = b->expires = WALL_TIME_NONE;
	return b;
}

void broadcast_free(struct broadcast *b)
{
	if (b) {
		pool_free(b->pool);
	}
}

static void put_time(json_t *object, const char *key, struct wall_time t)
{
	char text[WALL_TIME_TEXT_SIZE];
	if (!wall_time_is_none(t)) {
		json_put_text(object, key, wall_time_format(t, CLOCK_JST_OFFSET_MINUTES, text));
	}
}

static json_t *texts_to_json(const struct broadcast *b)
{
	json_t *texts = json_object();
	for (size_t i = 0; i < b->text_count; i++) {
		const struct broadcast_text *from = &b->texts[i];
		json_t *one = json_object();
		json_put_text(one, "title", from->title);
		json_put_text(one, "short", from->brief);
		json_put_text(one, "body", from->body);
		json_put_text(one, "speech", from->speech);
		json_put(texts, from->lang, one);
	}
	return texts;
}

json_t *broadcast_to_json(const struct broadcast *b)
{
	json_t *object = json_object();
	json_put_text(object, "id", b->id);
	json_put_text(object, "alert", b->alert);
	json_put_text(object, "thread", b->thread);
	json_put_text(object, "status", alert_status_name(b->status));
	json_put_text(object, "kind", b->kind->name);
	json_put_text(object, "event", event_type_name(b->event));
	json_put_text(object, "severity", severity_name(b->severity));
	json_put_int(object, "level", b->level);
	json_put_text(object, "code", b->code);
	json_put_text(object, "value", b->value);
	json_put_text(object, "rule", b->rule);
	json_put_text(object, "source", b->source);
	json_put_int(object, "update", b->update);
	json_put_int(object, "priority", b->priority);
	put_time(object, "issued", b->issued);
	put_time(object, "expires", b->expires);
	json_put_flag(object, "until_ended", b->until_ended);
	json_t *areas = json_array();
	for (size_t i = 0; i < b->area_count; i++) {
		json_t *area = json_object();
		json_put_text(area, "system", b->areas[i].system);
		json_put_text(area, "code", b->areas[i].code);
		json_put_text(area, "name", b->areas[i].name);
		json_put_text(area, "polygon", b->areas[i].polygon);
		json_put_text(area, "circle", b->areas[i].circle);
		(void)json_array_append_new(areas, area);
	}
	json_put(object, "areas", areas);
	json_put(object, "texts", texts_to_json(b));
	json_t *replaces = json_array();
	for (size_t i = 0; i < b->replace_count; i++) {
		(void)json_array_append_new(replaces, json_string(b->replaces[i]));
	}
	json_put(object, "replaces", replaces);
	return object;
}

bool broadcast_json_drop_shapes(json_t *object)
{
	static const char *const shapes[] = {"polygon", "circle"};
	bool any = false;
	size_t i;
	json_t *area;
	json_array_foreach(json_object_get(object, "areas"), i, area)
	{
		for (size_t k = 0; k < sizeof(shapes) / sizeof(shapes[0]); k++) {
			any = json_object_del(area, shapes[k]) == 0 || any;
		}
	}
	return any;
}

static const char *copy(struct broadcast *b, const json_t *object, const char *key)
{
	const char *text = json_text(object, key, "");
	return text[0] ? pool_copy_text(b->pool, text) : "";
}

static void read_areas(struct broadcast *b, const json_t *list)
{
	b->areas = pool_take(b->pool, (json_array_size(list) + 1) * sizeof(*b->areas));
	size_t i;
	json_t *area;
	json_array_foreach(list, i, area)
	{
		b->areas[b->area_count++] = (struct alert_area){
			.system = copy(b, area, "system"),
			.code = copy(b, area, "code"),
			.name = copy(b, area, "name"),
			.polygon = copy(b, area, "polygon"),
			.circle = copy(b, area, "circle"),
		};
	}
}

static void read_texts(struct broadcast *b, json_t *texts)
{
	b->texts = pool_take(b->pool, (json_object_size(texts) + 1) * sizeof(*b->texts));
	const char *lang;
	json_t *one;
	json_object_foreach(texts, lang, one)
	{
		b->texts[b->text_count++] = (struct broadcast_text){
			.lang = pool_copy_text(b->pool, lang),
			.title = copy(b, one, "title"),
			.brief = copy(b, one, "short"),
			.body = copy(b, one, "body"),
			.speech = copy(b, one, "speech"),
		};
	}
}

static int read_words(struct broadcast *b, const json_t *object, struct err *e)
{
	b->kind = kind_find(json_text(object, "kind", ""));
	if (!b->kind) {
		return err_set(e, -EINVAL, "broadcast: member \"kind\": missing or unknown");
	}
	if (alert_status_parse(json_text(object, "status", ""), &b->status)) {
		return err_set(e, -EINVAL, "broadcast: member \"status\": missing or unknown");
	}
	if (event_type_parse(json_text(object, "event", ""), &b->event)) {
		return err_set(e, -EINVAL, "broadcast: member \"event\": missing or unknown");
	}
	if (severity_parse(json_text(object, "severity", ""), &b->severity)) {
		return err_set(e, -EINVAL, "broadcast: member \"severity\": missing or unknown");
	}
	const char *issued = json_text(object, "issued", "");
	const char *expires = json_text(object, "expires", "");
	if (wall_time_parse(issued, strlen(issued), &b->issued, NULL) ||
		wall_time_parse(expires, strlen(expires), &b->expires, NULL)) {
		return err_set(e, -EINVAL, "broadcast: \"issued\" and \"expires\" must be times");
	}
	return 0;
}

struct broadcast *broadcast_from_json(const json_t *object, struct err *e)
{
	struct broadcast *b = broadcast_new();
	if (read_words(b, object, e)) {
		broadcast_free(b);
		return NULL;
	}
	b->id = copy(b, object, "id");
	b->alert = copy(b, object, "alert");
	b->thread = copy(b, object, "thread");
	b->code = copy(b, object, "code");
	b->value = copy(b, object, "value");
	b->rule = copy(b, object, "rule");
	b->source = copy(b, object, "source");
	b->level = (int)json_int(object, "level", 0);
	b->update = (int)json_int(object, "update", 1);
	b->until_ended = json_flag(object, "until_ended", false);
	b->priority = (int)json_int(object, "priority", 9);
	read_areas(b, json_object_get(object, "areas"));
	read_texts(b, json_object_get(object, "texts"));
	const json_t *replaces = json_object_get(object, "replaces");
	b->replaces = pool_take(b->pool, (json_array_size(replaces) + 1) * sizeof(*b->replaces));
	size_t i;
	json_t *id;
	json_array_foreach(replaces, i, id)
	{
		if (json_is_string(id)) {
			b->replaces[b->replace_count++] =
				pool_copy_text(b->pool, json_string_value(id));
		}
	}
	if (b->id[0] == '\0' || b->text_count == 0) {
		broadcast_free(b);
		(void)err_set(e, -EINVAL, "broadcast: \"id\" and at least one text are needed");
		return NULL;
	}
	return b;
}

const struct broadcast_text *broadcast_text_in(const struct broadcast *b, const char *lang)
{
	for (size_t i = 0; i < b->text_count; i++) {
		if (strcasecmp(b->texts[i].lang, lang) == 0) {
			return &b->texts[i];
		}
	}
	return &b->texts[0];
}

void delivery_key(
	const char *broadcast, const char *channel, const char *target, char out[DELIVERY_KEY_SIZE])
{
	char whole[DIGEST_HEX_SIZE];
	digest_of_fields(whole, broadcast, channel, target, NULL);
	memcpy(out, whole, DELIVERY_KEY_SIZE - 1);
	out[DELIVERY_KEY_SIZE - 1] = '\0';
}
