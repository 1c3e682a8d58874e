/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/mail/match.h"

#include "base/json.h"
#include "config/mail_pattern.h"
#include "ingest/mail/normalise.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { EXTRACT_COUNT = 4, EXTRACT_BYTES_MAX = 1000, FIRST_GROUP = 1, GROUPS = 2 };

struct expression {
	regex_t pattern;
	bool given;
};

struct condition {
	struct text_list from;
	struct text_list subject;
	struct text_list body;
	struct text_list text;
	struct text_list not_in;
	struct expression subject_regex;
	struct expression body_regex;
};

struct status_rule {
	struct condition when;
	enum alert_status status;
};

struct mail_rule {
	struct condition when;
	struct mail_outcome gives; /* without what is taken out of a mail */
	bool has_status;
	struct expression extracts[EXTRACT_COUNT];
};

struct mail_rules {
	struct pool *pool;
	struct status_rule *statuses;
	size_t status_count;
	struct mail_rule *rules;
	size_t rule_count;
};

static const char *const extract_keys[EXTRACT_COUNT] = {"time", "place", "value", "text"};

/* ---- reading ---- */

static struct text_list read_texts(struct pool *pool, const json_t *object, const char *key)
{
	const json_t *list = json_object_get(object, key);
	struct text_list out = {
		.list = pool_take(pool, (json_array_size(list) + 1) * sizeof(*out.list))};
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));
		out.list[out.count++] = mail_normalise(pool, text ? text : "");
	}
	return out;
}

static int read_expression(
	const json_t *object, const char *key, struct expression *out, struct err *e)
{
	const char *text = json_text(object, key, NULL);
	if (!text) {
		return 0;
	}
	int rc = mail_pattern_compile(text, &out->pattern, e);
	out->given = rc == 0;
	return rc ? err_prefix(e, "%s: ", key) : 0;
}

static int read_condition(
	struct pool *pool, const json_t *when, struct condition *out, struct err *e)
{
	out->from = read_texts(pool, when, "from");
	out->subject = read_texts(pool, when, "subject");
	out->body = read_texts(pool, when, "body");
	out->text = read_texts(pool, when, "text");
	out->not_in = read_texts(pool, when, "not");
	for (size_t i = 0; i < out->from.count; i++) {
		char *address = pool_copy_text(pool, out->from.list[i]);
		for (char *c = address; *c; c++) {
			*c = (char)tolower((unsigned char)*c);
		}
		out->from.list[i] = address;
	}
	int rc = read_expression(when, "subject_regex", &out->subject_regex, e);
	return rc ? rc : read_expression(when, "body_regex", &out->body_regex, e);
}

static int read_rule(struct pool *pool, const json_t *object, struct mail_rule *out, struct err *e)
{
	struct mail_outcome *gives = &out->gives;
	*gives = (struct mail_outcome){
		.name = pool_copy_text(pool, json_text(object, "name", "")),
		.kind = kind_find(json_text(object, "kind", "")),
		.stage = pool_copy_text(pool, json_text(object, "stage", "")),
		.level = (int)json_int(object, "level", 0),
		.status = ALERT_STATUS_ACTUAL,
		.areas = read_texts(pool, object, "areas"),
		.time = "",
		.place = "",
		.value = "",
		.text = "",
	};
	const char *status = json_text(object, "status", NULL);
	out->has_status = status != NULL;
	if (!gives->kind || severity_parse(json_text(object, "severity", ""), &gives->severity) ||
		alert_action_parse(json_text(object, "action", "issue"), &gives->action) ||
		(status && alert_status_parse(status, &gives->status))) {
		return err_set(e, -EINVAL, "mail rule \"%s\" breaks the contract", gives->name);
	}
	int rc = read_condition(pool, json_object_get(object, "when"), &out->when, e);
	for (size_t i = 0; rc == 0 && i < EXTRACT_COUNT; i++) {
		rc = read_expression(
			json_object_get(object, "extract"), extract_keys[i], &out->extracts[i], e);
	}
	return rc;
}

static int read_all(struct mail_rules *r, const json_t *object, struct err *e)
{
	const json_t *statuses = json_object_get(object, "statuses");
	const json_t *rules = json_object_get(object, "rules");
	r->statuses = pool_take(r->pool, (json_array_size(statuses) + 1) * sizeof(*r->statuses));
	r->rules = pool_take(r->pool, (json_array_size(rules) + 1) * sizeof(*r->rules));
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < json_array_size(statuses); i++) {
		const json_t *one = json_array_get(statuses, i);
		struct status_rule *to = &r->statuses[r->status_count++];
		rc = read_condition(r->pool, json_object_get(one, "when"), &to->when, e);
		if (rc == 0 && alert_status_parse(json_text(one, "status", ""), &to->status)) {
			rc = err_set(e, -EINVAL, "a status of the mail rules is unknown");
		}
	}
	for (size_t i = 0; rc == 0 && i < json_array_size(rules); i++) {
		rc = read_rule(r->pool, json_array_get(rules, i), &r->rules[r->rule_count++], e);
	}
	return rc;
}

struct mail_rules *mail_rules_new(const json_t *object, struct err *e)
{
	struct mail_rules *r = mem_new(sizeof(*r));
	r->pool = pool_new();
	if (read_all(r, object, e)) {
		mail_rules_free(r);
		return NULL;
	}
	return r;
}

static void free_expression(struct expression *x)
{
	if (x->given) {
		regfree(&x->pattern);
	}
}

static void free_condition(struct condition *c)
{
	free_expression(&c->subject_regex);
	free_expression(&c->body_regex);
}

void mail_rules_free(struct mail_rules *r)
{
	if (!r) {
		return;
	}
	for (size_t i = 0; i < r->status_count; i++) {
		free_condition(&r->statuses[i].when);
	}
	for (size_t i = 0; i < r->rule_count; i++) {
		free_condition(&r->rules[i].when);
		for (size_t k = 0; k < EXTRACT_COUNT; k++) {
			free_expression(&r->rules[i].extracts[k]);
		}
	}
	pool_free(r->pool);
	free(r);
}

/* ---- matching ---- */

bool mail_address_matches(const char *pattern, const char *address)
{
	const char *at = strrchr(address, '@');
	const char *part = pattern[0] == '@' ? at : address;
	return part && part[0] && strcmp(pattern, part) == 0;
}

static bool has_any(const struct text_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strstr(text, list->list[i])) {
			return true;
		}
	}
	return false;
}

static bool is_from(const struct text_list *list, const struct mail_texts *m)
{
	for (size_t i = 0; i < list->count; i++) {
		if (mail_address_matches(list->list[i], m->from) ||
			mail_address_matches(list->list[i], m->envelope)) {
			return true;
		}
	}
	return false;
}

static bool finds(const struct expression *x, const char *text)
{
	return !x->given || mail_pattern_find(&x->pattern, text, NULL, 0);
}

static bool holds(const struct condition *c, const struct mail_texts *m)
{
	return (c->from.count == 0 || is_from(&c->from, m)) &&
	       (c->subject.count == 0 || has_any(&c->subject, m->subject)) &&
	       (c->body.count == 0 || has_any(&c->body, m->body)) &&
	       (c->text.count == 0 || has_any(&c->text, m->subject) ||
		       has_any(&c->text, m->body)) &&
	       !has_any(&c->not_in, m->subject) && !has_any(&c->not_in, m->body) &&
	       finds(&c->subject_regex, m->subject) && finds(&c->body_regex, m->body);
}

/* Of the body, else of the subject. */
static const char *extract(
	const struct expression *x, const struct mail_texts *m, struct pool *pool)
{
	const char *const texts[] = {m->body, m->subject};
	for (size_t i = 0; x->given && i < sizeof(texts) / sizeof(texts[0]); i++) {
		regmatch_t found[GROUPS];
		if (mail_pattern_find(&x->pattern, texts[i], found, GROUPS) &&
			found[FIRST_GROUP].rm_so >= 0) {
			const char *from = texts[i] + found[FIRST_GROUP].rm_so;
			size_t size = (size_t)(found[FIRST_GROUP].rm_eo - found[FIRST_GROUP].rm_so);
			return pool_copy(pool, from, utf8_cut(from, size, EXTRACT_BYTES_MAX));
		}
	}
	return "";
}

bool mail_rules_match(const struct mail_rules *r, const struct mail_texts *mail, struct pool *pool,
	struct mail_outcome *out)
{
	size_t i = 0;
	while (i < r->rule_count && !holds(&r->rules[i].when, mail)) {
		i++;
	}
	if (i == r->rule_count) {
		return false;
	}
	const struct mail_rule *rule = &r->rules[i];
	*out = rule->gives;
	for (size_t k = 0; !rule->has_status && k < r->status_count; k++) {
		if (holds(&r->statuses[k].when, mail)) {
			out->status = r->statuses[k].status;
			break;
		}
	}
	const char **texts[EXTRACT_COUNT] = {&out->time, &out->place, &out->value, &out->text};
	for (size_t k = 0; k < EXTRACT_COUNT; k++) {
		*texts[k] = extract(&rule->extracts[k], mail, pool);
	}
	return true;
}
