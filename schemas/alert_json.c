/* SPDX-License-Identifier: Apache-2.0
 *
 * The alert as JSON and back. Members that would be empty are left out.
 */
#include "base/json.h"
#include "schemas/alert.h"

#include <errno.h>
#include <string.h>

static void put_time(json_t *object, const char *key, struct wall_time t, int offset_minutes)
{
	char text[WALL_TIME_TEXT_SIZE];
	if (!wall_time_is_none(t)) {
		json_put_text(object, key, wall_time_format(t, offset_minutes, text));
	}
}

static void put_texts(json_t *object, const char *key, const struct alert_texts *texts)
{
	if (texts->count == 0) {
		return;
	}
	json_t *by_lang = json_object();
	for (size_t i = 0; i < texts->count; i++) {
		/* Several descriptions in one language form one text (CAP reference, section 9). */
		const char *lang = texts->list[i].lang;
		const char *before = json_text(by_lang, lang, NULL);
		if (before) {
			json_t *joined = json_sprintf("%s\n%s", before, texts->list[i].text);
			json_put(by_lang, lang, joined);
		} else {
			json_put_text(by_lang, lang, texts->list[i].text);
		}
	}
	json_put(object, key, by_lang);
}

static void put_words(json_t *object, const char *key, const struct alert_words *words)
{
	if (words->count == 0) {
		return;
	}
	json_t *list = json_array();
	for (size_t i = 0; i < words->count; i++) {
		json_t *word = json_string(words->list[i]);
		if (word) {
			(void)json_array_append_new(list, word);
		}
	}
	json_put(object, key, list);
}

static void put_signatures(json_t *object, const struct alert *a)
{
	if (a->signature_count == 0) {
		return;
	}
	json_t *list = json_array();
	for (size_t i = 0; i < a->signature_count; i++) {
		json_t *one = json_object();
		json_put_text(one, "state", signature_state_name(a->signatures[i].state));
		json_put_text(one, "signer", a->signatures[i].signer);
		json_put_text(one, "reason", a->signatures[i].reason);
		(void)json_array_append_new(list, one);
	}
	json_put(object, "signatures", list);
}

static json_t *area_to_json(const struct alert_area *area)
{
	json_t *object = json_object();
	json_put_text(object, "system", area->system);
	json_put_text(object, "code", area->code);
	json_put_text(object, "name", area->name);
	json_put_text(object, "polygon", area->polygon);
	json_put_text(object, "circle", area->circle);
	return object;
}

static void put_arrival(json_t *object, const struct alert_arrival *arrival, int offset_minutes)
{
	if (arrival->state == ARRIVAL_NONE) {
		return;
	}
	json_t *one = json_object();
	json_put_text(one, "state", arrival_state_name(arrival->state));
	put_time(one, "at", arrival->at, offset_minutes);
	json_put(object, "arrival", one);
}

static json_t *point_to_json(const struct alert_point *point, int offset_minutes)
{
	json_t *object = json_object();
	json_put_text(object, "code", point->code);
	json_put_text(object, "name", point->name);
	put_arrival(object, &point->arrival, offset_minutes);
	put_time(object, "high_tide", point->high_tide, offset_minutes);
	json_put_text(object, "height", point->height);
	put_time(object, "height_at", point->height_at, offset_minutes);
	return object;
}

static json_t *item_to_json(const struct alert_item *item, int offset_minutes)
{
	json_t *object = json_object();
	json_put_text(object, "kind", item->kind->name);
	json_put_text(object, "code", item->code);
	json_put_text(object, "name", item->name);
	json_put_text(object, "severity", severity_name(item->severity));
	json_put_text(object, "urgency", item->urgency);
	json_put_text(object, "certainty", item->certainty);
	json_put_int(object, "level", item->level);
	json_put_text(object, "transition", transition_name(item->transition));
	json_put_text(object, "value", item->value);
	put_time(object, "expires", item->expires, offset_minutes);
	json_t *areas = json_array();
	for (size_t i = 0; i < item->area_count; i++) {
		(void)json_array_append_new(areas, area_to_json(&item->areas[i]));
	}
	json_put(object, "areas", areas);
	put_arrival(object, &item->arrival, offset_minutes);
	if (item->point_count > 0) {
		json_t *points = json_array();
		for (size_t i = 0; i < item->point_count; i++) {
			(void)json_array_append_new(
				points, point_to_json(&item->points[i], offset_minutes));
		}
		json_put(object, "points", points);
	}
	return object;
}

json_t *alert_to_json(const struct alert *a)
{
	json_t *object = json_object();
	json_put_text(object, "format", alert_format_name(a->format));
	json_put_text(object, "type", a->type);
	json_put_text(object, "title", a->title);
	json_put_text(object, "sender", a->sender);
	json_put_text(object, "office", a->office);
	json_put_text(object, "status", alert_status_name(a->status));
	json_put_text(object, "action", alert_action_name(a->action));
	json_put_text(object, "scope", a->scope);
	json_put_text(object, "restriction", a->restriction);
	put_words(object, "addresses", &a->addresses);
	put_words(object, "incidents", &a->incidents);
	put_words(object, "codes", &a->codes);
	put_words(object, "blocked", &a->blocked);
	json_put_text(object, "note", a->note);
	if (a->over) {
		json_put_flag(object, "over", true);
	}
	json_put_text(object, "series", a->series);
	json_put_text(object, "revision", a->revision);
	json_put_text(object, "events", a->events);
	json_put_text(object, "comments", a->comments);
	json_put_text(object, "digest", a->digest);
	put_time(object, "issued", a->issued, a->offset_minutes);
	put_time(object, "sent", a->sent, a->offset_minutes);
	put_time(object, "effective", a->effective, a->offset_minutes);
	put_time(object, "onset", a->onset, a->offset_minutes);
	put_time(object, "expires", a->expires, a->offset_minutes);
	put_texts(object, "headline", &a->headline);
	put_texts(object, "description", &a->description);
	put_texts(object, "instruction", &a->instruction);
	json_t *references = json_array();
	for (size_t i = 0; i < a->reference_count; i++) {
		json_t *reference = json_object();
		json_put_text(reference, "series", a->references[i].series);
		json_put_text(reference, "revision", a->references[i].revision);
		(void)json_array_append_new(references, reference);
	}
	json_put(object, "references", references);
	json_t *items = json_array();
	for (size_t i = 0; i < a->item_count; i++) {
		(void)json_array_append_new(items, item_to_json(&a->items[i], a->offset_minutes));
	}
	json_put(object, "items", items);
	json_t *warnings = json_array();
	for (size_t i = 0; i < a->warning_count; i++) {
		json_t *warning = json_object();
		json_put_text(warning, "code", a->warnings[i].code);
		json_put_text(warning, "text", a->warnings[i].text);
		(void)json_array_append_new(warnings, warning);
	}
	json_put(object, "warnings", warnings);
	put_signatures(object, a);
	return object;
}

static const char *copy(struct alert *a, const json_t *object, const char *key)
{
	const char *text = json_text(object, key, "");
	return text[0] ? pool_copy_text(a->pool, text) : "";
}

static int read_time(
	const json_t *object, const char *key, struct wall_time *out, int *offset, struct err *e)
{
	const char *text = json_text(object, key, "");
	if (text[0] == '\0') {
		return 0;
	}
	if (wall_time_parse(text, strlen(text), out, offset)) {
		return err_set(
			e, -EINVAL, "member \"%s\": \"%s\" is not an RFC 3339 time", key, text);
	}
	return 0;
}

static void read_texts(
	struct alert *a, const json_t *object, const char *key, struct alert_texts *texts)
{
	const char *lang;
	json_t *value;
	json_object_foreach(json_object_get(object, key), lang, value)
	{
		if (json_is_string(value)) {
			alert_add_text(a, texts, lang, json_string_value(value));
		}
	}
}

static void read_list(
	struct alert *a, const json_t *object, const char *key, struct alert_words *words)
{
	size_t i;
	json_t *word;
	json_array_foreach(json_object_get(object, key), i, word)
	{
		if (json_is_string(word)) {
			alert_add_word(a, words, json_string_value(word));
		}
	}
}

static int read_signatures(struct alert *a, const json_t *object, struct err *e)
{
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(object, "signatures"), i, one)
	{
		enum signature_state state;
		if (signature_state_parse(json_text(one, "state", ""), &state)) {
			return err_set(e, -EINVAL, "signatures[%zu]: unknown state", i);
		}
		alert_add_signature(
			a, state, json_text(one, "signer", ""), json_text(one, "reason", ""));
	}
	return 0;
}

static int read_arrival(const json_t *object, struct alert_arrival *out, struct err *e)
{
	const json_t *one = json_object_get(object, "arrival");
	if (!one) {
		return 0;
	}
	if (arrival_state_parse(json_text(one, "state", ""), &out->state)) {
		return err_set(e, -EINVAL, "member \"arrival\": missing or unknown state");
	}
	out->at = WALL_TIME_NONE;
	return read_time(one, "at", &out->at, NULL, e);
}

static int read_points(
	struct alert *a, struct alert_item *item, const json_t *object, struct err *e)
{
	size_t i;
	json_t *from;
	json_array_foreach(json_object_get(object, "points"), i, from)
	{
		struct alert_point *to = alert_add_point(a, item);
		to->code = copy(a, from, "code");
		to->name = copy(a, from, "name");
		to->height = copy(a, from, "height");
		if (read_arrival(from, &to->arrival, e) ||
			read_time(from, "high_tide", &to->high_tide, NULL, e) ||
			read_time(from, "height_at", &to->height_at, NULL, e)) {
			return err_prefix(e, "points[%zu]: ", i);
		}
	}
	return 0;
}

static int read_item(struct alert *a, const json_t *object, struct err *e)
{
	const char *kind_name = json_text(object, "kind", "");
	const struct kind *kind = kind_find(kind_name);
	if (!kind) {
		return err_set(e, -EINVAL, "member \"kind\": unknown kind \"%s\"", kind_name);
	}
	struct alert_item *item = alert_add_item(a, kind);
	item->code = copy(a, object, "code");
	item->name = copy(a, object, "name");
	item->urgency = copy(a, object, "urgency");
	item->certainty = copy(a, object, "certainty");
	item->value = copy(a, object, "value");
	if (read_time(object, "expires", &item->expires, NULL, e)) {
		return e->code;
	}
	int64_t level = json_int(object, "level", 0);
	if (level < 0 || level > 5) {
		return err_set(e, -EINVAL, "member \"level\": must be 0 to 5");
	}
	item->level = (int)level;
	if (severity_parse(json_text(object, "severity", "unknown"), &item->severity)) {
		return err_set(e, -EINVAL, "member \"severity\": unknown word");
	}
	if (transition_parse(json_text(object, "transition", "none"), &item->transition)) {
		return err_set(e, -EINVAL, "member \"transition\": unknown word");
	}
	size_t i;
	json_t *area;
	json_array_foreach(json_object_get(object, "areas"), i, area)
	{
		struct alert_area *to = alert_add_empty_area(a, item);
		to->system = copy(a, area, "system");
		to->code = copy(a, area, "code");
		to->name = copy(a, area, "name");
		to->polygon = copy(a, area, "polygon");
		to->circle = copy(a, area, "circle");
	}
	if (read_arrival(object, &item->arrival, e)) {
		return e->code;
	}
	return read_points(a, item, object, e);
}

static int read_words(struct alert *a, const json_t *object, struct err *e)
{
	if (alert_format_parse(json_text(object, "format", ""), &a->format)) {
		return err_set(e, -EINVAL, "member \"format\": missing or unknown word");
	}
	if (alert_status_parse(json_text(object, "status", ""), &a->status)) {
		return err_set(e, -EINVAL, "member \"status\": missing or unknown word");
	}
	if (alert_action_parse(json_text(object, "action", ""), &a->action)) {
		return err_set(e, -EINVAL, "member \"action\": missing or unknown word");
	}
	const char *digest = json_text(object, "digest", "");
	if (strlen(digest) != DIGEST_HEX_SIZE - 1 ||
		strspn(digest, "0123456789abcdef") != DIGEST_HEX_SIZE - 1) {
		return err_set(e, -EINVAL, "member \"digest\": not 64 hexadecimal digits");
	}
	memcpy(a->digest, digest, DIGEST_HEX_SIZE);
	return 0;
}

static int read_alert(struct alert *a, const json_t *object, struct err *e)
{
	int rc = read_words(a, object, e);
	if (rc) {
		return rc;
	}
	a->type = copy(a, object, "type");
	a->title = copy(a, object, "title");
	a->sender = copy(a, object, "sender");
	a->office = copy(a, object, "office");
	a->scope = copy(a, object, "scope");
	a->restriction = copy(a, object, "restriction");
	a->note = copy(a, object, "note");
	a->over = json_flag(object, "over", false);
	read_list(a, object, "addresses", &a->addresses);
	read_list(a, object, "incidents", &a->incidents);
	read_list(a, object, "codes", &a->codes);
	read_list(a, object, "blocked", &a->blocked);
	a->series = copy(a, object, "series");
	a->revision = copy(a, object, "revision");
	a->events = copy(a, object, "events");
	a->comments = copy(a, object, "comments");
	if (read_time(object, "issued", &a->issued, &a->offset_minutes, e) ||
		read_time(object, "sent", &a->sent, NULL, e) ||
		read_time(object, "effective", &a->effective, NULL, e) ||
		read_time(object, "onset", &a->onset, NULL, e) ||
		read_time(object, "expires", &a->expires, NULL, e)) {
		return e->code;
	}
	if (a->type[0] == '\0' || a->series[0] == '\0' || wall_time_is_none(a->issued)) {
		return err_set(e, -EINVAL, "\"type\", \"series\" and \"issued\" are all needed");
	}
	read_texts(a, object, "headline", &a->headline);
	read_texts(a, object, "description", &a->description);
	read_texts(a, object, "instruction", &a->instruction);
	size_t i;
	json_t *element;
	json_array_foreach(json_object_get(object, "references"), i, element)
	{
		alert_add_reference(
			a, json_text(element, "series", ""), json_text(element, "revision", ""));
	}
	json_array_foreach(json_object_get(object, "items"), i, element)
	{
		if (read_item(a, element, e)) {
			return err_prefix(e, "items[%zu]: ", i);
		}
	}
	json_array_foreach(json_object_get(object, "warnings"), i, element)
	{
		alert_add_warning(
			a, json_text(element, "code", ""), "%s", json_text(element, "text", ""));
	}
	return read_signatures(a, object, e);
}

struct alert *alert_from_json(const json_t *object, struct err *e)
{
	struct alert *a = alert_new();
	if (read_alert(a, object, e)) {
		alert_free(a);
		return NULL;
	}
	return a;
}
