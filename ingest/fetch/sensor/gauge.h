/* SPDX-License-Identifier: Apache-2.0
 *
 * One gauge (river level, rainfall) and its thresholds. Pure: readings and times in, changes out.
 *
 * Each step has a mark where it begins and a lower one where it ends, so that a level that swings
 * about a mark does not alert again and again; and a change must be confirmed by several readings
 * in a row, so that one splash does not alert at all.
 */
#pragma once

#include "base/clock.h"
#include "schemas/kinds.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum { GAUGE_STEPS_MAX = 8, GAUGE_WINDOW_READINGS_MAX = 2048 };

struct gauge_step {
	double on;  /* begins at this value or above */
	double off; /* ends below this value; never above `on` */
	enum severity severity;
	const char *name; /* as the town calls it: "避難判断水位" */
};

/* Texts are borrowed; "" where absent. */
struct gauge_rule {
	const char *name;  /* identifier: [a-z0-9-] */
	const char *place; /* for people: "夏井川 鎌田" */
	const struct kind *kind;
	const char *unit;		/* "m", "mm" */
	const struct gauge_step *steps; /* rising; `off` rises too */
	size_t step_count;		/* 1 to GAUGE_STEPS_MAX */
	int confirm;			/* readings in a row that must agree; at least 1 */
	int64_t window_ms;		/* > 0: what counts is the sum of this time */
	int64_t no_data_ms;		/* older readings say nothing about now */
	int64_t renew_ms;		/* how often a step in force is told again */
	double min;			/* outside of min..max: a broken gauge */
	double max;
};

enum gauge_answer {
	GAUGE_TAKEN,
	GAUGE_KNOWN,	   /* not newer than the last one: a repetition, or out of order */
	GAUGE_STALE,	   /* older than no_data_ms: it cannot say how things are now */
	GAUGE_AHEAD,	   /* more than five minutes ahead of our clock */
	GAUGE_IMPLAUSIBLE, /* not between min and max, or not a number */
};

enum gauge_change {
	GAUGE_SAME,
	GAUGE_RAISED,
	GAUGE_LOWERED,
	GAUGE_RELEASED, /* below all steps */
	GAUGE_RENEWED,	/* still in force, told again before the last notice expires */
};

struct gauge_reading {
	double value;
	struct wall_time at;
};

struct gauge {
	const struct gauge_rule *rule;
	size_t step;		  /* in force: 1 is the first of the rule's steps; 0 none */
	double value;		  /* what was compared: the last reading or the sum of the window */
	struct wall_time last;	  /* time of the last reading taken; WALL_TIME_NONE before */
	struct wall_time episode; /* when the first step came into force */
	struct wall_time told;	  /* time of the last change */
	/* A change on its way: how many readings in a row want another step, up (> 0) or down
	 * (< 0), and the step all of them can vouch for: the one nearest to the present. */
	int streak;
	size_t vouched;
	struct gauge_reading *window; /* oldest first; owned; NULL without a window */
	size_t window_count;
};

/* rule is borrowed for the gauge's life. */
void gauge_init(struct gauge *g, const struct gauge_rule *rule);
void gauge_clear(struct gauge *g);

/* Takes a reading. *change is GAUGE_SAME unless the answer is GAUGE_TAKEN. */
enum gauge_answer gauge_read(struct gauge *g, double value, struct wall_time at,
	struct wall_time now, enum gauge_change *change);

/* No reading for so long that nobody knows how things are. A gauge that never spoke is silent. */
bool gauge_is_silent(const struct gauge *g, struct wall_time now);

/* The step in force; NULL when none is. */
const struct gauge_step *gauge_step(const struct gauge *g);

/* What must survive a restart, and back. Reading ignores what does not fit the rule (a step that
 * was taken out of the configuration counts as the highest left). The caller releases. */
json_t *gauge_save(const struct gauge *g);
void gauge_restore(struct gauge *g, const json_t *saved);
