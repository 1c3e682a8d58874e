/* SPDX-License-Identifier: Apache-2.0
 *
 * Any gateway that takes one message as one JSON document. The configured body is a JSON value; its
 * texts hold places that are filled in after parsing, so nothing in a message can break out of it.
 */
#include "channels/sms/dialect.h"

#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_LIMIT = 32 * 1024 };

static const char *const places[] = {"{to}", "{text}", "{id}", "{validity_s}"};

enum { PLACE_TO, PLACE_TEXT, PLACE_ID, PLACE_VALIDITY, PLACES };

/* The place that text begins with; PLACES: none. */
static size_t place_at(const char *text)
{
	size_t i = 0;
	while (i < PLACES && strncmp(text, places[i], strlen(places[i])) != 0) {
		i++;
	}
	return i;
}

/* "{word}" of small letters: meant as a place. */
static bool looks_like_place(const char *text)
{
	size_t size = strspn(text + 1, "abcdefghijklmnopqrstuvwxyz_");
	return text[0] == '{' && size > 0 && text[1 + size] == '}';
}

/* ---- check ---- */

static int check_text(const char *text, bool seen[PLACES], struct err *e)
{
	for (const char *at = strchr(text, '{'); at; at = strchr(at + 1, '{')) {
		size_t place = place_at(at);
		if (place < PLACES) {
			seen[place] = true;
		} else if (looks_like_place(at)) {
			return err_set(e, -EINVAL,
				"%.40s: not one of {to}, {text}, {id}, {validity_s}", at);
		}
	}
	return 0;
}

static int check_value(const json_t *value, bool seen[PLACES], struct err *e)
{
	const char *key;
	json_t *member;
	size_t i;
	int rc = 0;
	if (json_is_string(value)) {
		return check_text(json_string_value(value), seen, e);
	}
	json_object_foreach((json_t *)value, key, member)
	{
		rc = rc ? rc : check_value(member, seen, e);
	}
	json_array_foreach(value, i, member)
	{
		rc = rc ? rc : check_value(member, seen, e);
	}
	return rc;
}

int sms_body_check(const json_t *body, struct err *e)
{
	bool seen[PLACES] = {false};
	int rc = check_value(body, seen, e);
	if (rc) {
		return rc;
	}
	return seen[PLACE_TO] && seen[PLACE_TEXT]
		       ? 0
		       : err_set(e, -EINVAL, "a body holds {to} and {text}");
}

/* ---- write ---- */

static json_t *fill_text(const char *text, const struct sms_message *m)
{
	char seconds[24];
	(void)snprintf(seconds, sizeof(seconds), "%lld", (long long)m->validity_s);
	const char *const values[PLACES] = {m->to, m->text, m->key, seconds};
	if (strcmp(text, places[PLACE_VALIDITY]) == 0) {
		return json_integer(m->validity_s);
	}
	struct buf out;
	buf_init(&out, TEXT_LIMIT);
	while (*text) {
		size_t place = place_at(text);
		if (place < PLACES) {
			(void)buf_add_text(&out, values[place]);
			text += strlen(places[place]);
		} else {
			(void)buf_add(&out, text++, 1);
		}
	}
	json_t *filled = out.failed ? NULL : json_string(buf_text(&out));
	buf_clear(&out);
	return filled;
}

/* NULL when it grew too large. */
static json_t *fill(const json_t *value, const struct sms_message *m)
{
	const char *key;
	json_t *member;
	size_t i;
	if (json_is_string(value)) {
		return fill_text(json_string_value(value), m);
	}
	if (!json_is_object(value) && !json_is_array(value)) {
		return json_deep_copy(value);
	}
	json_t *copy = json_is_object(value) ? json_object() : json_array();
	int rc = 0;
	json_object_foreach((json_t *)value, key, member)
	{
		rc |= json_object_set_new(copy, key, fill(member, m));
	}
	json_array_foreach(value, i, member)
	{
		rc |= json_array_append_new(copy, fill(member, m));
	}
	if (rc) {
		json_decref(copy);
		return NULL;
	}
	return copy;
}

static void write_request(
	const struct sms_account *a, const struct sms_message *m, struct sms_request *r)
{
	json_t *body = fill(a->body, m);
	r->method = a->method;
	(void)buf_add_text(&r->url, a->url);
	sms_request_header(r, "Content-Type", "", "application/json");
	if (a->secret[0]) {
		sms_request_header(r, a->header, a->scheme, a->secret);
	}
	if (a->key_header[0]) {
		sms_request_header(r, a->key_header, "", m->key);
	}
	if (body) {
		json_write(&r->body, body);
	}
	r->failed |= !body || r->body.failed || r->url.failed;
	json_decref(body);
}

/* ---- judge ---- */

/* A text, number or flag as the configuration would write it; "" for others. */
static void scalar_text(const json_t *value, char *out, size_t capacity)
{
	out[0] = '\0';
	if (json_is_string(value)) {
		(void)snprintf(out, capacity, "%s", json_string_value(value));
	} else if (json_is_integer(value)) {
		(void)snprintf(out, capacity, "%lld", (long long)json_integer_value(value));
	} else if (json_is_boolean(value)) {
		(void)snprintf(out, capacity, "%s", json_is_true(value) ? "true" : "false");
	}
}

/* A 2xx that does not say success by the configured member: a no by the gateway's own words when
 * the member is there, otherwise nobody knows. */
static void judge(const struct sms_account *a, int status, const char *body, struct outcome *o)
{
	(void)status;
	if (o->class != OUTCOME_DELIVERED) {
		return;
	}
	struct err e = {0};
	char text[OUTCOME_REMOTE_ID_SIZE];
	json_t *answer = json_read(body, strlen(body), &e);
	if (a->success_member[0]) {
		scalar_text(json_object_get(answer, a->success_member), text, sizeof(text));
		if (text[0] == '\0') {
			o->class = OUTCOME_UNKNOWN;
			o->reason = OUTCOME_REASON_PROTOCOL;
		} else if (strcmp(text, a->success_value) != 0) {
			o->class = OUTCOME_PERMANENT;
			o->reason = OUTCOME_REASON_REFUSED;
		}
	}
	if (o->class == OUTCOME_DELIVERED && a->id_member[0]) {
		scalar_text(
			json_object_get(answer, a->id_member), o->remote_id, sizeof(o->remote_id));
	}
	json_decref(answer);
}

const struct sms_dialect sms_dialect_json = {
	.name = "json",
	.write = write_request,
	.judge = judge,
};
