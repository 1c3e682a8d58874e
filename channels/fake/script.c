/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/fake/script.h"

#include "base/json.h"
#include "base/mem.h"
#include "schemas/outcome.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct fake_script {
	json_t *source; /* owns the rows' texts */
	struct fake_row *rows;
	size_t count;
};

static const struct {
	const char *word;
	enum fake_act act;
} acts[] = {
	{"delivered", FAKE_DELIVERED},
	{"transient", FAKE_TRANSIENT},
	{"permanent", FAKE_PERMANENT},
	{"unknown", FAKE_UNKNOWN},
	{"forget", FAKE_FORGET},
	{"crash", FAKE_CRASH},
	{"crash_marked", FAKE_CRASH_MARKED},
	{"crash_delivered", FAKE_CRASH_DELIVERED},
	{"hang", FAKE_HANG},
	{"lie_twice", FAKE_LIE_TWICE},
	{"lie_stranger", FAKE_LIE_STRANGER},
	{"garbage", FAKE_GARBAGE},
	{"receipts", FAKE_RECEIPTS},
};

static const char *const members[] = {"op", "target", "broadcast", "attempt", "do", "ms", "count",
	"code", "retry_after_s", "text", "scope", "reason", "state"};

static int check_members(const json_t *object, struct err *e)
{
	for (void *at = json_object_iter((json_t *)object); at;
		at = json_object_iter_next((json_t *)object, at)) {
		const char *key = json_object_iter_key(at);
		size_t i = 0;
		while (i < sizeof(members) / sizeof(members[0]) && strcmp(members[i], key) != 0) {
			i++;
		}
		if (i == sizeof(members) / sizeof(members[0])) {
			return err_set(e, -EINVAL, "unknown member \"%s\"", key);
		}
	}
	return 0;
}

static int find_act(const char *word, enum fake_act *out, struct err *e)
{
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		if (strcmp(acts[i].word, word) == 0) {
			*out = acts[i].act;
			return 0;
		}
	}
	return err_set(e, -EINVAL, "member \"do\": unknown word \"%s\"", word);
}

static int read_row(const json_t *object, struct fake_row *row, struct err *e)
{
	if (!json_is_object(object)) {
		return err_set(e, -EINVAL, "not an object");
	}
	*row = (struct fake_row){
		.op = json_text(object, "op", "deliver"),
		.target = json_text(object, "target", ""),
		.broadcast = json_text(object, "broadcast", ""),
		.attempt = json_int(object, "attempt", 0),
		.ms = json_int(object, "ms", 0),
		.count = json_int(object, "count", 1),
		.code = json_int(object, "code", 0),
		.retry_after_s = json_int(object, "retry_after_s", 0),
		.text = json_text(object, "text", ""),
		.scope = json_text(object, "scope", "target"),
		.reason = json_text(object, "reason", "refused"),
		.state = json_text(object, "state", "confirmed"),
	};
	enum outcome_scope scope;
	enum outcome_reason reason;
	enum receipt_state state;
	if (outcome_scope_parse(row->scope, &scope) || outcome_reason_parse(row->reason, &reason) ||
		receipt_state_parse(row->state, &state)) {
		return err_set(e, -EINVAL, "unknown word in scope, reason or state");
	}
	int rc = check_members(object, e);
	return rc ? rc : find_act(json_text(object, "do", "delivered"), &row->act, e);
}

/* Appends each line of text as one value. */
static int read_lines(json_t *list, const char *text, struct err *e)
{
	size_t line = 1;
	for (const char *at = text; *at; line++) {
		size_t size = strcspn(at, "\n");
		if (strspn(at, " \t\r") < size && at[0] != '#') {
			json_t *row = json_read(at, size, e);
			if (!row) {
				return err_prefix(e, "line %zu", line);
			}
			(void)json_array_append_new(list, row);
		}
		at += size + (at[size] == '\n');
	}
	return 0;
}

struct fake_script *fake_script_new(const json_t *rules, const char *text, struct err *e)
{
	struct fake_script *s = mem_new(sizeof(*s));
	s->source = json_array();
	if (rules) {
		(void)json_array_extend(s->source, (json_t *)rules);
	}
	if (text && read_lines(s->source, text, e)) {
		fake_script_free(s);
		return NULL;
	}
	size_t count = json_array_size(s->source);
	s->rows = mem_new_array(count + 1, sizeof(*s->rows));
	for (size_t i = 0; i < count; i++) {
		if (read_row(json_array_get(s->source, i), &s->rows[i], e)) {
			(void)err_prefix(e, "row %zu", i + 1);
			fake_script_free(s);
			return NULL;
		}
	}
	s->count = count;
	return s;
}

void fake_script_free(struct fake_script *s)
{
	if (s) {
		json_decref(s->source);
		free(s->rows);
		free(s);
	}
}

static int fits(const char *wanted, const char *given)
{
	return wanted[0] == '\0' || strcmp(wanted, given) == 0;
}

const struct fake_row *fake_script_find(const struct fake_script *s, const char *op,
	const char *target, const char *broadcast, int attempt)
{
	static const struct fake_row plain = {
		.op = "deliver",
		.target = "",
		.broadcast = "",
		.act = FAKE_DELIVERED,
		.text = "",
		.scope = "target",
		.reason = "none",
		.state = "confirmed",
	};
	for (size_t i = 0; i < s->count; i++) {
		const struct fake_row *row = &s->rows[i];
		if (strcmp(row->op, op) == 0 && fits(row->target, target) &&
			fits(row->broadcast, broadcast) &&
			(row->attempt == 0 || row->attempt == attempt)) {
			return row;
		}
	}
	return &plain;
}
