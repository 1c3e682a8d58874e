/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mqtt/siren_order.h"

#include "base/digest.h"
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

static const char *const refusal_names[] = {
	[SIREN_ACCEPTED] = "accepted",
	[SIREN_MALFORMED] = "malformed",
	[SIREN_UNKNOWN_KEY] = "unknown_key",
	[SIREN_SIGNATURE] = "signature",
	[SIREN_DRILL_KEY] = "drill_key",
	[SIREN_RETAINED] = "retained",
	[SIREN_AREA] = "area",
	[SIREN_EXPIRED] = "expired",
	[SIREN_NOT_YET] = "not_yet",
	[SIREN_SEEN] = "seen",
	[SIREN_SEQUENCE] = "sequence",
	[SIREN_NO_TEXT] = "no_text",
};

const char *siren_refusal_name(enum siren_refusal refusal)
{
	return refusal_names[refusal];
}

bool siren_refusal_unverified(enum siren_refusal refusal)
{
	return refusal == SIREN_MALFORMED || refusal == SIREN_UNKNOWN_KEY ||
	       refusal == SIREN_SIGNATURE;
}

int64_t siren_order_sound_ms(const struct siren_order *order)
{
	int64_t once = 0;
	for (size_t i = 0; i < order->step_count; i++) {
		once += order->pattern[i].on_ms + order->pattern[i].off_ms;
	}
	if (once == 0) {
		return 0;
	}
	return once * order->repeat - order->pattern[order->step_count - 1].off_ms;
}

enum siren_refusal siren_order_check_time(const struct siren_order *order, struct wall_time now)
{
	if (now.ms >= order->exp.ms) {
		return SIREN_EXPIRED;
	}
	return order->iat.ms - now.ms > SIREN_IAT_AHEAD_MS ? SIREN_NOT_YET : SIREN_ACCEPTED;
}

/* ---- building ---- */

static json_t *list_to_json(const char *const *list, size_t count)
{
	json_t *array = json_array();
	for (size_t i = 0; i < count; i++) {
		(void)json_array_append_new(array, json_string(list[i]));
	}
	return array;
}

static json_t *texts_to_json(const struct siren_text *texts, size_t count)
{
	json_t *array = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *one = json_object();
		json_put_text(one, "lang", texts[i].lang);
		json_put_text(one, "text", texts[i].text);
		json_put_text(one, "phrase", texts[i].phrase);
		(void)json_array_append_new(array, one);
	}
	return array;
}

static json_t *action_to_json(const struct siren_order *order)
{
	json_t *action = json_object();
	json_put_text(action, "siren", order->siren);
	if (order->speak_count > 0) {
		json_put(action, "speak", texts_to_json(order->speak, order->speak_count));
	}
	if (order->show_count > 0) {
		json_put(action, "show", texts_to_json(order->show, order->show_count));
	}
	if (order->stop_count > 0) {
		json_put(action, "stop", list_to_json(order->stop, order->stop_count));
	}
	if (order->test_silent) {
		json_put_flag(action, "test-silent", true);
	}
	return action;
}

static json_t *body_to_json(const struct siren_order *order)
{
	json_t *body = json_object();
	json_put(body, "id", json_string(order->id));
	json_put_int(body, "seq", order->seq);
	json_put_int(body, "iat", order->iat.ms / 1000);
	json_put_int(body, "exp", order->exp.ms / 1000);
	json_put(body, "areas", list_to_json(order->areas, order->area_count));
	json_put(body, "targets", list_to_json(order->targets, order->target_count));
	json_put(body, "action", action_to_json(order));
	json_t *pattern = json_array();
	for (size_t i = 0; i < order->step_count; i++) {
		json_t *step = json_array();
		(void)json_array_append_new(step, json_integer(order->pattern[i].on_ms));
		(void)json_array_append_new(step, json_integer(order->pattern[i].off_ms));
		(void)json_array_append_new(pattern, step);
	}
	json_put(body, "pattern", pattern);
	json_put_int(body, "repeat", order->repeat);
	json_put_int(body, "priority", order->priority);
	json_put_flag(body, "drill", order->drill);
	if (order->stagger_ms > 0) {
		json_put_int(body, "stagger_ms", order->stagger_ms);
	}
	return body;
}

/* Compact JSON as base64url; the caller frees. */
static char *encode(const json_t *value)
{
	char *text = json_to_text(value);
	size_t size = strlen(text);
	char *out = mem_new(base64url_size(size));
	(void)base64url_encode(text, size, out);
	free(text);
	return out;
}

/* What is signed: both parts as they stand in the message. */
static void add_signing_input(struct buf *out, const char *protected_part, const char *payload)
{
	(void)buf_add_text(out, protected_part);
	(void)buf_add_text(out, ".");
	(void)buf_add_text(out, payload);
}

int siren_order_sign(const struct siren_order *order, const struct siren_key *key, struct buf *out)
{
	json_t *header = json_object();
	json_put_text(header, "alg", "EdDSA");
	json_put_text(header, "kid", siren_key_kid(key));
	json_t *body = body_to_json(order);
	char *protected_part = encode(header);
	char *payload = encode(body);
	json_decref(header);
	json_decref(body);

	struct buf input;
	buf_init(&input, SIREN_ORDER_BYTES);
	add_signing_input(&input, protected_part, payload);
	unsigned char signature[SIREN_SIGNATURE_BYTES];
	char text[SIREN_SIGNATURE_BYTES * 2];
	siren_key_sign(key, buf_text(&input), input.size, signature);
	(void)base64url_encode(signature, sizeof(signature), text);
	(void)buf_add_text(out, "{\"payload\":\"");
	(void)buf_add_text(out, payload);
	(void)buf_addf(out, "\",\"protected\":\"%s\",\"signature\":\"%s\"}", protected_part, text);
	int rc = input.failed ? input.failed : out->failed;
	buf_clear(&input);
	free(protected_part);
	free(payload);
	return rc;
}

/* ---- reading ---- */

/* The JSON object inside a base64url member; NULL when it is none. */
static json_t *decode(const char *text)
{
	struct err e = {0};
	size_t size = 0;
	unsigned char *raw = mem_new(strlen(text) * 3 / 4 + 1);
	json_t *value = NULL;
	if (base64url_decode(text, strlen(text), raw, &size) == 0) {
		value = json_read((const char *)raw, size, &e);
	}
	free(raw);
	if (!json_is_object(value)) {
		json_decref(value);
		return NULL;
	}
	return value;
}

static bool read_list(struct pool *pool, const json_t *array, size_t limit,
	const char *const **list, size_t *count)
{
	size_t size = json_array_size(array);
	if ((array && !json_is_array(array)) || size > limit) {
		return false;
	}
	const char **copy = pool_take(pool, (size + 1) * sizeof(*copy));
	for (size_t i = 0; i < size; i++) {
		const char *text = json_string_value(json_array_get(array, i));
		if (!text) {
			return false;
		}
		copy[i] = pool_copy_text(pool, text);
	}
	*list = copy;
	*count = size;
	return true;
}

static bool read_texts(
	struct pool *pool, const json_t *array, const struct siren_text **texts, size_t *count)
{
	size_t size = json_array_size(array);
	if ((array && !json_is_array(array)) || size > SIREN_TEXTS_MAX) {
		return false;
	}
	struct siren_text *copy = pool_take(pool, (size + 1) * sizeof(*copy));
	for (size_t i = 0; i < size; i++) {
		const json_t *one = json_array_get(array, i);
		copy[i] = (struct siren_text){
			.lang = pool_copy_text(pool, json_text(one, "lang", "")),
			.text = pool_copy_text(pool, json_text(one, "text", "")),
			.phrase = pool_copy_text(pool, json_text(one, "phrase", "")),
		};
		if (copy[i].text[0] == '\0') {
			return false; /* a phrase id alone is not enough: it may be missing there */
		}
	}
	*texts = copy;
	*count = size;
	return true;
}

static bool read_pattern(struct siren_order *order, const json_t *array)
{
	size_t size = json_array_size(array);
	if (!json_is_array(array) || size > SIREN_STEPS_MAX) {
		return false;
	}
	struct siren_step *steps = pool_take(order->pool, (size + 1) * sizeof(*steps));
	for (size_t i = 0; i < size; i++) {
		const json_t *step = json_array_get(array, i);
		const json_t *on = json_array_get(step, 0);
		const json_t *off = json_array_get(step, 1);
		if (json_array_size(step) != 2 || !json_is_integer(on) || !json_is_integer(off)) {
			return false;
		}
		steps[i].on_ms = json_integer_value(on);
		steps[i].off_ms = json_integer_value(off);
		if (steps[i].on_ms <= 0 || steps[i].on_ms > SIREN_STEP_MS_MAX ||
			steps[i].off_ms < 0 || steps[i].off_ms > SIREN_STEP_MS_MAX) {
			return false;
		}
	}
	order->pattern = steps;
	order->step_count = size;
	return true;
}

static bool read_action(struct siren_order *order, const json_t *action)
{
	struct pool *pool = order->pool;
	if (!json_is_object(action)) {
		return false;
	}
	order->siren = pool_copy_text(pool, json_text(action, "siren", ""));
	order->test_silent = json_flag(action, "test-silent", false);
	return read_texts(pool, json_object_get(action, "speak"), &order->speak,
		       &order->speak_count) &&
	       read_texts(
		       pool, json_object_get(action, "show"), &order->show, &order->show_count) &&
	       read_list(pool, json_object_get(action, "stop"), SIREN_STOPS_MAX, &order->stop,
		       &order->stop_count);
}

static bool int_between(const json_t *body, const char *key, int64_t min, int64_t max, int64_t *out)
{
	struct err e = {0};
	return json_need_int(body, key, out, &e) == 0 && *out >= min && *out <= max;
}

/* Every member the contract requires must be there with its type: a missing `drill` is not false.
 */
static bool read_body(struct siren_order *order, const json_t *body)
{
	const int64_t seconds_max = 100000000000; /* so that milliseconds cannot overflow */
	const char *id = json_text(body, "id", "");
	int64_t iat = 0, exp = 0, repeat = 0, priority = 0;
	if (id[0] == '\0' || strlen(id) >= SIREN_ID_SIZE ||
		!json_is_boolean(json_object_get(body, "drill")) ||
		!json_is_array(json_object_get(body, "areas")) ||
		!int_between(body, "seq", 1, INT64_MAX / 2, &order->seq) ||
		!int_between(body, "iat", 0, seconds_max, &iat) ||
		!int_between(body, "exp", 0, seconds_max, &exp) ||
		!int_between(body, "repeat", 0, SIREN_REPEAT_MAX, &repeat) ||
		!int_between(body, "priority", 0, 9, &priority)) {
		return false;
	}
	order->id = pool_copy_text(order->pool, id);
	order->iat.ms = iat * 1000;
	order->exp.ms = exp * 1000;
	order->repeat = (int)repeat;
	order->priority = (int)priority;
	order->drill = json_flag(body, "drill", false);
	if (json_object_get(body, "stagger_ms") &&
		!int_between(body, "stagger_ms", 0, SIREN_STEP_MS_MAX, &order->stagger_ms)) {
		return false;
	}
	return read_list(order->pool, json_object_get(body, "areas"), SIREN_AREAS_MAX,
		       &order->areas, &order->area_count) &&
	       read_list(order->pool, json_object_get(body, "targets"), SIREN_TARGETS_MAX,
		       &order->targets, &order->target_count) &&
	       read_pattern(order, json_object_get(body, "pattern")) &&
	       read_action(order, json_object_get(body, "action"));
}

static const struct siren_trusted *find_key(
	const struct siren_trusted *trust, size_t count, const char *kid)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(siren_key_kid(trust[i].key), kid) == 0) {
			return &trust[i];
		}
	}
	return NULL;
}

static enum siren_refusal check_signature(
	const struct siren_key *key, const char *header, const char *payload, const char *signature)
{
	/* 64 bytes are 86 characters; anything longer cannot be one. */
	unsigned char raw[SIREN_SIGNATURE_BYTES + 2];
	size_t raw_size = 0;
	if (strlen(signature) > 86 ||
		base64url_decode(signature, strlen(signature), raw, &raw_size)) {
		return SIREN_SIGNATURE;
	}
	struct buf input;
	buf_init(&input, SIREN_ORDER_BYTES * 2);
	add_signing_input(&input, header, payload);
	bool good =
		!input.failed && siren_key_verify(key, buf_text(&input), input.size, raw, raw_size);
	buf_clear(&input);
	return good ? SIREN_ACCEPTED : SIREN_SIGNATURE;
}

static bool has_words(const struct siren_order *order)
{
	return order->speak_count > 0 || order->show_count > 0;
}

static enum siren_refusal judge(const json_t *header, const json_t *body, const json_t *jws,
	const struct siren_trusted *trust, size_t trust_count, struct siren_order *order)
{
	/* `crit` names extensions a reader must understand (RFC 7515, 4.1.11): we know none. */
	if (strcmp(json_text(header, "alg", ""), "EdDSA") != 0 || json_object_get(header, "crit")) {
		return SIREN_MALFORMED;
	}
	const struct siren_trusted *trusted =
		find_key(trust, trust_count, json_text(header, "kid", ""));
	if (!trusted) {
		return SIREN_UNKNOWN_KEY;
	}
	enum siren_refusal refusal = check_signature(trusted->key, json_text(jws, "protected", ""),
		json_text(jws, "payload", ""), json_text(jws, "signature", ""));
	if (refusal) {
		return refusal;
	}
	if (!read_body(order, body)) {
		return SIREN_MALFORMED;
	}
	order->kid = pool_copy_text(order->pool, siren_key_kid(trusted->key));
	if (order->drill != trusted->drill) {
		return SIREN_DRILL_KEY;
	}
	return order->siren[0] && !has_words(order) ? SIREN_NO_TEXT : SIREN_ACCEPTED;
}

static struct siren_order *order_new(void)
{
	struct pool *pool = pool_new();
	struct siren_order *order = pool_take(pool, sizeof(*order));
	order->pool = pool;
	order->id = order->kid = order->siren = "";
	return order;
}

enum siren_refusal siren_order_open(const char *jws, size_t size, const struct siren_trusted *trust,
	size_t trust_count, struct siren_order **out, char signed_id[SIREN_ID_SIZE])
{
	struct err e = {0};
	*out = NULL;
	signed_id[0] = '\0';
	json_t *whole = size <= SIREN_ORDER_BYTES ? json_read(jws, size, &e) : NULL;
	json_t *header = decode(json_text(whole, "protected", ""));
	json_t *body = decode(json_text(whole, "payload", ""));
	enum siren_refusal refusal = SIREN_MALFORMED;
	if (header && body) {
		struct siren_order *order = order_new();
		refusal = judge(header, body, whole, trust, trust_count, order);
		if (!siren_refusal_unverified(refusal)) {
			memcpy(signed_id, order->id, strlen(order->id) + 1);
		}
		if (refusal == SIREN_ACCEPTED) {
			*out = order;
		} else {
			siren_order_free(order);
		}
	}
	json_decref(body);
	json_decref(header);
	json_decref(whole);
	return refusal;
}

void siren_order_free(struct siren_order *order)
{
	if (order) {
		pool_free(order->pool);
	}
}
