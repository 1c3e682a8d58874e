/* SPDX-License-Identifier: Apache-2.0
 *
 * English, for residents and visitors who read it as a second language: short sentences, plain
 * words, no idioms. "Level n equivalent" is JMA's; "Alert Level n" only the municipality's order.
 */
#include "rules/words.h"
#include "rules/words_private.h"

#include "base/buf.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AWAY                                                                                       \
	{                                                                                          \
		"{t}: corrected", "Correction: the {n} does not apply to {m}.", NULL, NULL         \
	}
#define WITHDRAWN                                                                                  \
	{                                                                                          \
		"{t}: cancelled", "The {n} sent earlier has been cancelled by its issuer.", NULL,  \
			NULL                                                                       \
	}
#define CANCELLED                                                                                  \
	{                                                                                          \
		"{t}: cancelled", "The {n} sent earlier is cancelled. It was a false report.",     \
			NULL, NULL                                                                 \
	}

#define UNSEEN                                                                                     \
	{                                                                                          \
		"Earthquake: no data yet",                                                         \
			"The seismic intensity in {m} may have been 5 Lower or more. No data "     \
			"yet.",                                                                    \
			NULL, NULL                                                                 \
	}

static const struct words_phrase phrases[WORDS_STYLE_COUNT][WORDS_ACT_COUNT] = {
	[WORDS_WARNING] =
		{
			[WORDS_ISSUED] = {"{t}", "{n} issued for {m}.", NULL, NULL},
			[WORDS_RAISED] = {"{t}: raised", "The {o} for {m} is raised to {n}.",
				"Raised to {n} for {m}.", NULL},
			[WORDS_UPDATED] = {"{t}: updated", "{n} for {m} updated.", NULL, NULL},
			[WORDS_LOWERED] = {"{t}: lowered", "The {o} for {m} is lowered to {n}.",
				"Lowered to {n} for {m}.", NULL},
			[WORDS_RELEASED] = {"{t}: lifted", "The {n} for {m} is lifted.", NULL,
				NULL},
			[WORDS_WITHDRAWN] = WITHDRAWN,
			[WORDS_CANCELLED] = CANCELLED,
			[WORDS_CORRECTED] = {"{t}: corrected", "The {n} for {m} is corrected.",
				NULL, NULL},
			[WORDS_CORRECTED_AWAY] = AWAY,
			[WORDS_INFO] = {"{t}", "{n} about {m}.", NULL, NULL},
		},
	[WORDS_ORDER] =
		{
			[WORDS_ISSUED] = {"{t}", "{n} in force for {m}.", NULL, NULL},
			[WORDS_RAISED] = {"{t}", "The {o} for {m} is raised to {n}.",
				"Raised to {n} for {m}.", NULL},
			[WORDS_UPDATED] = {"{t}: updated", "{n} for {m} updated.", NULL, NULL},
			[WORDS_LOWERED] = {"{t}: lowered", "The {o} for {m} is lowered to {n}.",
				"Lowered to {n} for {m}.", NULL},
			[WORDS_RELEASED] = {"{t}: lifted", "The {n} for {m} is lifted.", NULL,
				NULL},
			[WORDS_WITHDRAWN] = WITHDRAWN,
			[WORDS_CANCELLED] =
				{"{t}: cancelled",
					"The {n} sent earlier is cancelled. It was sent by "
					"mistake.",
					NULL, NULL},
			[WORDS_CORRECTED] =
				{"{t}: corrected", "The {n} for {m} is corrected.", NULL, NULL},
			[WORDS_CORRECTED_AWAY] = AWAY,
			[WORDS_INFO] = {"{t}", "{n}: information for {m}.", NULL, NULL},
		},
	[WORDS_SHOCK] =
		{
			[WORDS_ISSUED] = {"Earthquake: intensity {v}",
				"Seismic intensity {v} was observed in {m}.", NULL, NULL},
			[WORDS_RAISED] = {"Earthquake: intensity {v}",
				"The seismic intensity in {m} is now given as {v}.", NULL, NULL},
			[WORDS_UPDATED] = {"Earthquake: intensity {v}",
				"The seismic intensity in {m} is now given as {v}.", NULL, NULL},
			[WORDS_LOWERED] = {"Earthquake: intensity {v}",
				"The seismic intensity in {m} is now given as {v}.", NULL, NULL},
			[WORDS_RELEASED] = {"{t}: ended", "The {n} for {m} has ended.", NULL, NULL},
			[WORDS_WITHDRAWN] = WITHDRAWN,
			[WORDS_CANCELLED] = CANCELLED,
			[WORDS_CORRECTED] = {"Correction: intensity {v}",
				"Correction: seismic intensity {v} was observed in {m}.", NULL,
				NULL},
			[WORDS_CORRECTED_AWAY] = AWAY,
			[WORDS_INFO] =
				{"Earthquake: intensity {v}",
					"Seismic intensity {v} was observed in {m}.", NULL, NULL},
		},
	[WORDS_UNSEEN] =
		{
			[WORDS_ISSUED] = UNSEEN,
			[WORDS_RAISED] = UNSEEN,
			[WORDS_UPDATED] = UNSEEN,
			[WORDS_LOWERED] = UNSEEN,
			[WORDS_RELEASED] = {"{t}: ended", "The {n} for {m} has ended.", NULL, NULL},
			[WORDS_WITHDRAWN] = WITHDRAWN,
			[WORDS_CANCELLED] = CANCELLED,
			[WORDS_CORRECTED] = UNSEEN,
			[WORDS_CORRECTED_AWAY] = AWAY,
			[WORDS_INFO] = UNSEEN,
		},
	[WORDS_INQUIRY] =
		{
			[WORDS_ISSUED] = {"{t}", "{n} announced for {m}.", NULL, NULL},
			[WORDS_RAISED] = {"{t}", "{n} announced for {m}.", NULL, NULL},
			[WORDS_UPDATED] = {"{t}: updated", "{n} for {m} updated.", NULL, NULL},
			[WORDS_LOWERED] = {"{t}", "The {o} for {m} is lowered to {n}.",
				"Lowered to {n} for {m}.", NULL},
			[WORDS_RELEASED] = {"{t}: ended",
				"The {n} has ended: no higher chance of a great quake was found.",
				NULL, NULL},
			[WORDS_WITHDRAWN] = WITHDRAWN,
			[WORDS_CANCELLED] = CANCELLED,
			[WORDS_CORRECTED] = {"{t}: corrected", "The {n} is corrected.", NULL, NULL},
			[WORDS_CORRECTED_AWAY] = AWAY,
			[WORDS_INFO] = {"{t}", "{n} announced for {m}.", NULL, NULL},
		},
	[WORDS_EEW] =
		{
			[WORDS_ISSUED] = {"{t}", "{n} for {m}. Expect strong shaking.", NULL,
				"Expect strong shaking."},
			[WORDS_RAISED] = {"{t}", "{n} for {m}. Expect strong shaking.", NULL,
				"Expect strong shaking."},
			[WORDS_UPDATED] = {"{t}", "{n} for {m}. Expect strong shaking.", NULL,
				"Expect strong shaking."},
			[WORDS_LOWERED] = {"{t}: updated", "{n} for {m} updated.", NULL, NULL},
			[WORDS_RELEASED] = {"{t}: ended", "The {n} for {m} has ended.", NULL, NULL},
			[WORDS_WITHDRAWN] = WITHDRAWN,
			[WORDS_CANCELLED] = CANCELLED,
			[WORDS_CORRECTED] = {"{t}: corrected", "The {n} for {m} is corrected.",
				NULL, NULL},
			[WORDS_CORRECTED_AWAY] = AWAY,
			[WORDS_INFO] = {"{t}", "{n} about {m}.", NULL, NULL},
		},
	[WORDS_PLAIN] =
		{
			[WORDS_ISSUED] = {"{t}", "{n} from {m}.", NULL, NULL},
			[WORDS_RAISED] = {"{t}: updated", "{n} from {m}, updated.", NULL, NULL},
			[WORDS_UPDATED] = {"{t}: updated", "{n} from {m}, updated.", NULL, NULL},
			[WORDS_LOWERED] = {"{t}: updated", "{n} from {m}, updated.", NULL, NULL},
			[WORDS_RELEASED] = {"{t}: ended", "{n} from {m} has ended.", NULL, NULL},
			[WORDS_WITHDRAWN] = WITHDRAWN,
			[WORDS_CANCELLED] = {"{t}: cancelled",
				"The {n} sent earlier is cancelled. It was sent by mistake.", NULL,
				NULL},
			[WORDS_CORRECTED] =
				{"{t}: corrected", "{n} from {m}, corrected.", NULL, NULL},
			[WORDS_CORRECTED_AWAY] = AWAY,
			[WORDS_INFO] = {"{t}", "{n} from {m}.", NULL, NULL},
		},
};

static const char *number(struct pool *pool, int value)
{
	return pool_printf(pool, "%d", value);
}

static const char *scale(struct pool *pool, const char *value)
{
	const char *half = value[0] == '\0'  ? ""
			   : value[1] == '+' ? " Upper"
			   : value[1] == '-' ? " Lower"
					     : "";
	return half[0] ? pool_printf(pool, "%c%s", value[0], half) : pool_copy_text(pool, value);
}

static const char *show_time(struct pool *pool, struct wall_time t)
{
	static const char *const months[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct words_clock c;
	words_clock_of(t, &c);
	return pool_printf(
		pool, "%d %s %02d:%02d JST", c.day, months[c.month - 1], c.hour, c.minute);
}

/* "7時40分" -> "7:40"; what is no such time is not told. */
static const char *show_clock(struct pool *pool, const char *text)
{
	char *end;
	long hour = strtol(text, &end, 10);
	if (end == text || strncmp(end, "時", strlen("時")) != 0) {
		return "";
	}
	const char *rest = end + strlen("時");
	long minute = strtol(rest, &end, 10);
	bool whole = end != rest && strncmp(end, "分", strlen("分")) == 0 && hour >= 0 &&
		     hour < 25 && minute >= 0 && minute < 60;
	return whole ? pool_printf(pool, "%ld:%02ld", hour, minute) : "";
}

static const char *speak(struct pool *pool, const char *text)
{
	char *out = pool_copy_text(pool, text);
	char *to = out;
	for (const char *from = out; *from; from++) {
		if (*from == ' ' && from[1] == '(') {
			*to++ = ','; /* a bracket is a pause */
		} else if (*from == '(') {
			*to++ = ' ';
		} else if (!strchr(")[]{}<>*#\"", *from)) {
			*to++ = *from;
		}
	}
	*to = '\0';
	return out;
}

/* The town's part is last: its "*" rows are for what nobody else words. */
static const struct words_part *const parts[] = {
	&words_en_earth, &words_en_weather, &words_en_town, NULL};

const struct words words_en = {
	.lang = "en",
	.earth = &words_en_telling,
	.parts = parts,
	.phrases = phrases,
	.stages = words_en_stages,
	.clock = show_clock,
	.fallback_noun = "Advisory",
	.drill = "This is a drill.",
	.first_line = "[{t}] {n}",
	.areas = "Area: {m}",
	.issued_at = "Issued: {v}{u}",
	.report = " (No. {u})",
	.level = "Equivalent to Alert Level {u}",
	.level_or_more = "Equivalent to Alert Level {u} or more",
	.order_level = "{n}",
	.quote_wide = "Bulletin (includes other areas):",
	.volcano_level = "Volcanic alert level {v} of 5",
	.also = "Also: {n}",
	.source = "Source: {n}",
	.note = "The issuer says: {n}",
	.of = "{n} ({m})",
	.twice = "{n}. {n}.",
	.separator = ", ",
	.and_others = " and others",
	.join = " ",
	.number = number,
	.scale = scale,
	.time = show_time,
	.speak = speak,
	.title_limit = 45,
	.brief_limit = 140,
	.name_is_reading = 1,
};
