/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/guards.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

enum { AHEAD_LIMIT_MS = 5 * 60 * 1000 };

/* "This is not a test", "exercise caution": such words are in real alerts. */
static bool is_denied(const char *text, const char *at, size_t size)
{
	static const char *const before[] = {"not a ", "not an ", "isn't a ", "no "};
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		size_t length = strlen(before[i]);
		if ((size_t)(at - text) >= length &&
			strncasecmp(at - length, before[i], length) == 0) {
			return true;
		}
	}
	return strncasecmp(at, "exercise ", size + 1) == 0 &&
	       strncasecmp(at + size, " caution", strlen(" caution")) == 0;
}

static bool is_denied_in_japanese(const char *after)
{
	static const char *const denials[] = {"ではありません", "ではない", "でない", "じゃない"};
	for (size_t i = 0; i < sizeof(denials) / sizeof(denials[0]); i++) {
		if (strncmp(after, denials[i], strlen(denials[i])) == 0) {
			return true;
		}
	}
	return false;
}

/* A word of Latin letters counts only when it stands alone: "latest" is no test. */
static bool has_latin_word(const char *text, const char *word)
{
	size_t size = strlen(word);
	const char *at = text;
	while ((at = strcasestr(at, word)) != NULL) {
		bool starts = at == text || !isalpha((unsigned char)at[-1]);
		if (starts && !isalpha((unsigned char)at[size]) && !is_denied(text, at, size)) {
			return true;
		}
		at += size;
	}
	return false;
}

static bool has_japanese_word(const char *text, const char *word)
{
	size_t size = strlen(word);
	while ((text = strstr(text, word)) != NULL) {
		text += size;
		if (!is_denied_in_japanese(text)) {
			return true;
		}
	}
	return false;
}

/* In prose "drill" and "exercise" are too common: they count in titles only. */
static bool has_test_word(const char *text, bool title)
{
	static const char *const latin[] = {"test", "drill", "exercise"};
	static const char *const japanese[] = {"テスト", "試験", "訓練", "ﾃｽﾄ"};
	for (size_t i = 0; i < (title ? sizeof(latin) / sizeof(latin[0]) : 1); i++) {
		if (has_latin_word(text, latin[i])) {
			return true;
		}
	}
	for (size_t i = 0; i < sizeof(japanese) / sizeof(japanese[0]); i++) {
		if (has_japanese_word(text, japanese[i])) {
			return true;
		}
	}
	return false;
}

static bool texts_have_test_word(const struct alert_texts *texts, bool title)
{
	for (size_t i = 0; i < texts->count; i++) {
		if (has_test_word(texts->list[i].text, title)) {
			return true;
		}
	}
	return false;
}

static bool says_test(const struct alert *a)
{
	for (size_t i = 0; i < a->warning_count; i++) {
		if (strcmp(a->warnings[i].code, "test-words") == 0) {
			return true;
		}
	}
	return has_test_word(a->title, true) || texts_have_test_word(&a->headline, true) ||
	       texts_have_test_word(&a->description, false) ||
	       texts_have_test_word(&a->instruction, false);
}

/* The strictest kind among what changed decides. */
static int64_t fresh_limit_ms(const struct judgement *j)
{
	int64_t limit = INT64_MAX;
	for (size_t i = 0; i < j->effect_count; i++) {
		const struct effect *e = &j->effects[i];
		if (e->has_event && e->row.kind->fresh_ms < limit) {
			limit = e->row.kind->fresh_ms;
		}
	}
	return limit;
}

/* An end that comes late is still true; its own `expires` often equals the time of sending. */
static bool only_ends(const struct judgement *j)
{
	for (size_t i = 0; i < j->effect_count; i++) {
		const struct effect *e = &j->effects[i];
		if (e->has_event && e->event != EVENT_RELEASED && e->event != EVENT_CANCELLED) {
			return false;
		}
	}
	return true;
}

/* JMA ends the updates of a warning 180 seconds after it has detected the quake; what comes later
 * under its name is odd, and the shaking is over. */
static bool is_late_update(const struct judgement *j)
{
	const int64_t limit_ms = INT64_C(180) * 1000;
	const struct alert *a = j->alert;
	return j->family->shape == FAMILY_EEW && a->action == ALERT_ACTION_UPDATE &&
	       !wall_time_is_none(a->onset) && a->issued.ms - a->onset.ms > limit_ms &&
	       !only_ends(j);
}

/* A CAP Cancel names the very message it withdraws and repeats its words: were it held because that
 * one spoke of a test, the mislabelled test would stand for real. */
static bool withdraws(const struct judgement *j)
{
	return j->alert->format == ALERT_FORMAT_CAP && j->alert->action == ALERT_ACTION_CANCEL &&
	       only_ends(j);
}

void guards_check(struct judgement *j)
{
	const struct alert *a = j->alert;
	int64_t age_ms = wall_time_is_none(a->issued) ? INT64_MAX : j->now.ms - a->issued.ms;
	if (age_ms > fresh_limit_ms(j)) {
		j->hold_reason = pool_printf(j->pool,
			"too old to go out by itself: issued %" PRId64 " minutes ago",
			age_ms / 60000);
	} else if (age_ms < -AHEAD_LIMIT_MS) {
		j->hold_reason = pool_printf(j->pool,
			"issued %" PRId64 " minutes in the future: check the clocks",
			-age_ms / 60000);
	} else if (!wall_time_is_none(a->expires) && a->expires.ms <= j->now.ms && !only_ends(j)) {
		j->hold_reason = "it had expired before it arrived";
	} else if (is_late_update(j)) {
		j->hold_reason = "an update of an early warning 180 seconds after the quake";
	} else if (a->status == ALERT_STATUS_ACTUAL && says_test(a) && !withdraws(j)) {
		j->hold_reason = "it speaks of a test or a drill under an actual status";
	}
	if (j->hold_reason) {
		j->decision->alarm = true;
		judgement_trace(j, "held: %s", j->hold_reason);
	}
}
