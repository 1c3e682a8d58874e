/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/expiry.h"

#include <string.h>

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS	  (60 * MINUTE_MS)

struct lifetime {
	const char *kinds; /* pattern */
	int64_t broadcast_ms;
	int64_t state_ms; /* 0: until a telegram ends it */
};

/* First match. Longer than the thing itself is harmless for a state, never for a siren. */
static const struct lifetime lifetimes[] = {
	{"eew.*", 5 * MINUTE_MS, 10 * MINUTE_MS},
	{"earthquake.*", HOUR_MS, 3 * HOUR_MS},
	{"tsunami.*", 3 * HOUR_MS, 0},
	{"civil.*", HOUR_MS, 24 * HOUR_MS},
	{"volcano.flash", 2 * HOUR_MS, 6 * HOUR_MS},
	{"volcano.*", 12 * HOUR_MS, 0},
	{"weather.record_rain", 2 * HOUR_MS, 2 * HOUR_MS},
	{"weather.rainband", 2 * HOUR_MS, 3 * HOUR_MS},
	{"weather.tornado", HOUR_MS, HOUR_MS},
	{"weather.heavy_snow_flash", 2 * HOUR_MS, 6 * HOUR_MS},
	{"weather.heat", 12 * HOUR_MS, 24 * HOUR_MS},
	{"weather.*", 6 * HOUR_MS, 24 * HOUR_MS},
	{"flood.*", 6 * HOUR_MS, 0},
	{"nankai.*", 12 * HOUR_MS, INT64_C(7) * 24 * HOUR_MS},
	{"hokkaido.*", 12 * HOUR_MS, INT64_C(7) * 24 * HOUR_MS},
	{"evacuation.*", 6 * HOUR_MS, 0},
	{"sensor.*", HOUR_MS, HOUR_MS},
	{"system.*", 15 * MINUTE_MS, 15 * MINUTE_MS},
	{"*", 6 * HOUR_MS, 24 * HOUR_MS},
};

static const struct lifetime *lifetime_of(const struct kind *kind)
{
	const struct lifetime *l = lifetimes;
	while (!kind_matches(l->kinds, kind->name)) {
		l++;
	}
	return l;
}

static struct wall_time after(struct wall_time from, int64_t ms)
{
	return (struct wall_time){.ms = from.ms + ms};
}

struct wall_time expiry_of_state(const struct judgement *j, const struct alert_item *item)
{
	const struct alert *a = j->alert;
	bool kept = j->family->shape == FAMILY_FULL_STATE || j->family->shape == FAMILY_TSUNAMI;
	if (kept) {
		return WALL_TIME_NONE;
	}
	if (!wall_time_is_none(item->expires) && item->expires.ms > a->issued.ms) {
		return item->expires;
	}
	if (!wall_time_is_none(a->expires) && a->expires.ms > a->issued.ms) {
		return a->expires;
	}
	int64_t ms = lifetime_of(item->kind)->state_ms;
	bool mail = a->format == ALERT_FORMAT_JALERT_MAIL;
	if (mail && strcmp(item->kind->name, "civil.missile") == 0) {
		ms = 2 * HOUR_MS; /* nobody need say that a missile's chain is over */
	}
	if (ms == 0 && (mail || a->format == ALERT_FORMAT_CAP)) {
		ms = 24 * HOUR_MS; /* CAP: the recipient sets it when the sender does not */
	}
	return ms == 0 || wall_time_is_none(a->issued) ? WALL_TIME_NONE : after(a->issued, ms);
}

struct wall_time expiry_of_news(const struct judgement *j, const struct alert_item *item)
{
	const struct alert *a = j->alert;
	if (wall_time_is_none(a->issued)) {
		return WALL_TIME_NONE;
	}
	struct wall_time end = after(a->issued, lifetime_of(item->kind)->broadcast_ms);
	return !wall_time_is_none(a->expires) && a->expires.ms > end.ms ? a->expires : end;
}

static bool is_end(enum event_type event)
{
	return event == EVENT_RELEASED || event == EVENT_CANCELLED;
}

struct wall_time expiry_of_broadcast(
	const struct judgement *j, const struct kind *kind, enum event_type event, int64_t limit_ms)
{
	const struct alert *a = j->alert;
	int64_t ms = is_end(event) ? 6 * HOUR_MS : lifetime_of(kind)->broadcast_ms;
	if (limit_ms > 0 && limit_ms < ms) {
		ms = limit_ms;
	}
	/* What waits for staff starts to live when they release it, soon after now. */
	bool fresh = a->issued.ms <= j->now.ms && j->hold_reason == NULL;
	struct wall_time end = after(fresh ? a->issued : j->now, ms);
	if (fresh && is_end(event) && end.ms < after(j->now, HOUR_MS).ms) {
		end = after(j->now, HOUR_MS); /* an end is never too late to hear */
	}
	if (!is_end(event) && !wall_time_is_none(a->expires) && a->expires.ms > j->now.ms) {
		/* 津波予報 alone is neither updated nor cancelled: it ends at its ValidDateTime. */
		bool explicit_end =
			limit_ms == 0 && (a->format != ALERT_FORMAT_JMX ||
						 strcmp(kind->name, "tsunami.forecast") == 0);
		if (explicit_end || a->expires.ms < end.ms) {
			end = a->expires;
		}
	}
	return end;
}

bool expiry_is_open(const struct judgement *j, const struct kind *kind, enum event_type event)
{
	const struct alert *a = j->alert;
	if (is_end(event) || event == EVENT_INFO) {
		return false;
	}
	if (j->family->shape == FAMILY_FULL_STATE || j->family->shape == FAMILY_TSUNAMI) {
		return true;
	}
	return wall_time_is_none(a->expires) && a->format != ALERT_FORMAT_CAP &&
	       a->format != ALERT_FORMAT_JALERT_MAIL && lifetime_of(kind)->state_ms == 0;
}

int expiry_priority(const struct kind *kind, enum severity severity, enum event_type event)
{
	static const char *const first[] = {"eew.warning", "civil.*", "tsunami.major_warning"};
	static const int by_severity[] = {
		[SEVERITY_EXTREME] = 1,
		[SEVERITY_SEVERE] = 2,
		[SEVERITY_MODERATE] = 4,
		[SEVERITY_MINOR] = 6,
		[SEVERITY_UNKNOWN] = 6,
	};
	if (strcmp(kind->category, "city") == 0) {
		return 8;
	}
	if (strcmp(kind->category, "system") == 0) {
		return 9;
	}
	if (event == EVENT_RELEASED) {
		return severity >= SEVERITY_EXTREME ? 3 : severity == SEVERITY_SEVERE ? 4 : 5;
	}
	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		if (kind_matches(first[i], kind->name)) {
			return 0;
		}
	}
	return event == EVENT_INFO && severity < SEVERITY_SEVERE ? 6 : by_severity[severity];
}
