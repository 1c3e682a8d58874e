/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mqtt/pattern.h"

#include "base/json.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOTAL_MAX_S = 1200 };

/* Tsunami: 予報警報標識規則; the rule gives no number of repetitions for the advisory and about
 * one minute for the release. Evacuation: 水防信号 signal 4 as Oita, Kyoto, Hokkaido use it.
 * Civil protection is one sound file issued by the State, never a rhythm. */
static const struct siren_pattern defaults[] = {
	{.match = "tsunami.major_warning", .on_s = 3, .off_s = 2, .repeat = 3, .phrase = ""},
	{.match = "tsunami.warning", .on_s = 5, .off_s = 6, .repeat = 2, .phrase = ""},
	{.match = "tsunami.advisory", .on_s = 10, .off_s = 2, .repeat = 5, .phrase = ""},
	{.match = "tsunami.release", .on_s = 10, .off_s = 3, .repeat = 5, .phrase = ""},
	{.match = "civil.*", .repeat = 1, .phrase = "civil_protection"},
	{.match = "evacuation.order", .on_s = 60, .off_s = 5, .repeat = 2, .phrase = ""},
	{.match = "evacuation.emergency", .on_s = 60, .off_s = 5, .repeat = 2, .phrase = ""},
};

struct siren_patterns {
	struct pool *pool;
	struct siren_pattern *rows;
	size_t count;
};

static int read_row(struct pool *pool, const char *match, const json_t *value,
	struct siren_pattern *row, struct err *e)
{
	int64_t on_s = json_int(value, "on_s", 0);
	int64_t off_s = json_int(value, "off_s", 0);
	int64_t repeat = json_int(value, "repeat", 1);
	const char *phrase = json_text(value, "phrase", "");
	if (on_s < 0 || off_s < 0 || repeat < 0 || on_s > 600 || off_s > 600 || repeat > 100 ||
		(on_s + off_s) * repeat > TOTAL_MAX_S) {
		return err_set(e, -EINVAL,
			"patterns: \"%s\": must last at most %d seconds (on and off at most 600)",
			match, TOTAL_MAX_S);
	}
	if (repeat > 0 && (on_s > 0) == (phrase[0] != '\0')) {
		return err_set(e, -EINVAL,
			"patterns: \"%s\": give on_s or phrase, one of them (repeat: 0 for no "
			"siren)",
			match);
	}
	*row = (struct siren_pattern){
		.match = pool_copy_text(pool, match),
		.on_s = (int)on_s,
		.off_s = (int)off_s,
		.repeat = (int)repeat,
		.phrase = pool_copy_text(pool, phrase),
	};
	return 0;
}

int siren_patterns_new(const json_t *map, struct siren_patterns **out, struct err *e)
{
	struct pool *pool = pool_new();
	struct siren_patterns *patterns = pool_take(pool, sizeof(*patterns));
	patterns->pool = pool;
	patterns->rows = pool_take(pool, (json_object_size(map) + 1) * sizeof(*patterns->rows));
	const char *match;
	json_t *value;
	json_object_foreach((json_t *)map, match, value)
	{
		int rc = read_row(pool, match, value, &patterns->rows[patterns->count], e);
		if (rc) {
			pool_free(pool);
			return rc;
		}
		patterns->count++;
	}
	*out = patterns;
	return 0;
}

void siren_patterns_free(struct siren_patterns *patterns)
{
	if (patterns) {
		pool_free(patterns->pool);
	}
}

static const struct siren_pattern *find_in(
	const struct siren_pattern *rows, size_t count, const char *kind)
{
	const struct siren_pattern *best = NULL;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(rows[i].match, kind) == 0) {
			return &rows[i];
		}
		if (kind_matches(rows[i].match, kind) &&
			(!best || strlen(rows[i].match) > strlen(best->match))) {
			best = &rows[i];
		}
	}
	return best;
}

const struct siren_pattern *siren_patterns_find(
	const struct siren_patterns *patterns, const char *kind)
{
	const struct siren_pattern *row = find_in(patterns->rows, patterns->count, kind);
	if (!row) {
		row = find_in(defaults, sizeof(defaults) / sizeof(defaults[0]), kind);
	}
	return row && row->repeat > 0 ? row : NULL;
}

const struct siren_pattern *siren_patterns_for(const struct siren_patterns *patterns,
	const struct kind *kind, enum event_type event, bool release_sirens)
{
	static const bool sounds[] = {
		[EVENT_ISSUED] = true,
		[EVENT_RAISED] = true,
		[EVENT_ADDED] = true,
		[EVENT_INFO] = false,
	};
	if (event == EVENT_RELEASED && release_sirens) {
		char name[128];
		(void)snprintf(name, sizeof(name), "%s.release", kind->hazard);
		return siren_patterns_find(patterns, name);
	}
	return sounds[event] ? siren_patterns_find(patterns, kind->name) : NULL;
}
