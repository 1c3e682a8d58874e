/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/hazards.h"

#include "base/json.h"
#include "config/config.h"
#include "dispatcher/feed_watch.h"
#include "dispatcher/feeds.h"
#include "dispatcher/hub.h"

#include <string.h>

static bool carries(const struct feed_config *feed, const struct kind *kind)
{
	for (size_t i = 0; i < feed->carries.count; i++) {
		if (kind_matches(feed->carries.list[i], kind->name)) {
			return true;
		}
	}
	return false;
}

static bool is_in_force(const json_t *rows, const char *hazard)
{
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row)
	{
		const struct kind *kind = kind_find(json_text(row, "kind", ""));
		if (kind && strcmp(kind->hazard, hazard) == 0 &&
			strcmp(json_text(row, "status", ""), "actual") == 0) {
			return true;
		}
	}
	return false;
}

static json_t *find(json_t *list, const char *hazard)
{
	size_t i;
	json_t *one;
	json_array_foreach(list, i, one)
	{
		if (strcmp(json_text(one, "hazard", ""), hazard) == 0) {
			return one;
		}
	}
	return NULL;
}

/* One feed that lives is enough to say "none". */
static void add_feed(json_t *one, const struct feed_watch *watch, const struct kind *kind)
{
	json_t *names = json_object_get(one, "feeds");
	const char *name = watch->config->name;
	int64_t age_s = feed_watch_age_s(watch);
	int64_t before_s = json_int(one, "age_s", -1);
	size_t i;
	json_t *known;
	json_array_foreach(names, i, known)
	{
		if (strcmp(json_string_value(known), name) == 0) {
			return;
		}
	}
	(void)json_array_append_new(names, json_string(name));
	if (age_s >= 0 && (before_s < 0 || age_s < before_s)) {
		json_put_int(one, "age_s", age_s);
	}
	if (feed_watch_life(watch, kind) == FEED_ALIVE &&
		strcmp(json_text(one, "state", ""), "unknown") == 0) {
		json_put_text(one, "state", "none");
	}
}

static json_t *add_hazard(json_t *list, const char *hazard, bool some)
{
	json_t *one = json_pack("{s:s,s:s,s:i,s:[]}", "hazard", hazard, "state",
		some ? "some" : "unknown", "age_s", -1, "feeds");
	(void)json_array_append_new(list, one);
	return one;
}

json_t *hazards_status(const struct hub *hub, const json_t *in_force)
{
	json_t *list = json_array();
	size_t count;
	const struct kind *kinds = kind_table(&count);
	for (size_t k = 0; k < count; k++) {
		const struct kind *kind = &kinds[k];
		json_t *one = find(list, kind->hazard);
		bool some = !one && is_in_force(in_force, kind->hazard);
		one = some ? add_hazard(list, kind->hazard, true) : one;
		for (size_t i = 0; i < hub->config->feed_count; i++) {
			if (carries(&hub->config->feeds[i], kind)) {
				one = one ? one : add_hazard(list, kind->hazard, false);
				add_feed(one, feeds_watch(hub->feeds, i), kind);
			}
		}
	}
	return list;
}
