/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of one language, as tables: a further language is one more file of this form.
 * Templates hold {m} municipalities, {n} noun, {o} noun before, {t} short noun for titles,
 * {v} value, {u} number.
 */
#pragma once

#include "base/clock.h"
#include "base/mem.h"
#include "schemas/kinds.h"

#include <stddef.h>

/* How a language speaks of a kind. */
enum words_style {
	WORDS_WARNING, /* is issued, raised, released by an authority */
	WORDS_ORDER,   /* the municipality's own order */
	WORDS_SHOCK,   /* an observed earthquake */
	WORDS_UNSEEN,  /* one that no data came of */
	WORDS_INQUIRY, /* whether a great quake may follow is looked into, then not any more */
	WORDS_EEW,
	WORDS_PLAIN, /* news: the sender's own sentence comes first */
	WORDS_STYLE_COUNT,
};

/* What is told; finer than the event. */
enum words_act {
	WORDS_ISSUED,
	WORDS_RAISED,
	WORDS_UPDATED, /* raised within the same noun */
	WORDS_LOWERED,
	WORDS_RELEASED,
	WORDS_CANCELLED,
	WORDS_WITHDRAWN, /* cancelled by a sender who does not say whether it was a mistake */
	WORDS_CORRECTED,
	WORDS_CORRECTED_AWAY, /* the correction takes us out */
	WORDS_INFO,
	WORDS_ACT_COUNT,
};

struct words_phrase {
	const char *title;
	const char *sentence;
	const char *brief;  /* NULL: the sentence */
	const char *speech; /* NULL: the sentence */
};

struct words_noun {
	const char *kind;
	int grade; /* 5 special warning, 4, 3 warning, 2 advisory; 0: any */
	enum words_style style;
	const char *noun;   /* NULL: the item's own name */
	const char *title;  /* NULL: the noun */
	const char *spoken; /* NULL: the noun */
};

/* What to do. First match by kind and grade. */
struct words_advice {
	const char *kinds;
	int grade_min;
	const char *brief;
	const char *body;
	const char *speech;
};

/* One link of a missile's chain, as the government words it. {v} and {p} are `time` and `place`
 * filled in with what the message says, or nothing. */
struct words_stage {
	const char *stage;
	const char *title;
	const char *brief;
	const char *sentence;
	const char *speech;
	const char *time;    /* {v} */
	const char *place;   /* {p} */
	const char *nowhere; /* instead of place when the message names none */
};

/* Nouns and advice of some kinds. */
struct words_part {
	const struct words_noun *nouns;
	size_t noun_count;
	const struct words_advice *advice; /* in force */
	size_t advice_count;
	const struct words_advice *after; /* released or cancelled */
	size_t after_count;
};

struct words_pair {
	const char *from;
	const char *to;
};

/* A comment that JMA gives as a code. */
struct words_comment {
	const char *code;
	const char *kinds;
	const char *text;
};

struct words_clock;

/* Of earthquakes, tsunami and volcanoes. Lists end with NULL. */
struct words_earth {
	const char *height; /* {v} */
	const char *height_spoken;
	const struct words_pair *heights; /* "巨大", and what stands behind a number: "超" */
	const char *metres;		  /* behind a number, aloud */
	const char *arrival[ARRIVAL_OBSERVED + 1]; /* {v} time; NULL: say nothing */
	const char *arrival_spoken[ARRIVAL_OBSERVED + 1];
	const char *point;				 /* {m} tide gauge, {n} what it tells */
	const char *point_arrival[ARRIVAL_OBSERVED + 1]; /* {v} time */
	const char *point_tide;				 /* {v} time */
	const char *point_height;			 /* {v} */
	const char *point_height_at;			 /* {v}, {u} time */
	const char *volcano;				 /* {v} 1 to 5, {n} its name */
	const char *volcano_spoken;
	const char *volcano_levels[5];
	const char *ash_line;	      /* {v} */
	const struct words_pair *ash; /* by code */
	const char *intensity;	      /* expected, {v} */
	const char *long_period;      /* {v} */
	const struct words_comment *comments;
	const char *(*hour_minute)(struct pool *pool, const struct words_clock *c);
};

struct words {
	const char *lang;
	const struct words_earth *earth;
	const struct words_part *const *parts; /* ends with NULL; searched in order */
	const struct words_phrase (*phrases)[WORDS_ACT_COUNT];
	const struct words_stage *stages;			   /* ends with a NULL stage */
	const char *(*clock)(struct pool *pool, const char *text); /* "7時40分" as it is told */
	const char *fallback_noun;
	const char *drill;
	const char *first_line;	   /* {t} title, {n} sentence */
	const char *areas;	   /* {m} */
	const char *issued_at;	   /* {v} time, {u} report number or "" */
	const char *report;	   /* {u} */
	const char *level;	   /* 相当: {u} */
	const char *level_or_more; /* where the telegram cannot tell it from the next */
	const char *order_level;   /* the municipality's own: {u}, {n} */
	const char *height;	   /* {v} */
	const char *height_spoken;
	const char *quote_wide;	   /* before the words of a telegram about many places */
	const char *volcano_level; /* "{v}" is 1 to 5 */
	const char *also;	   /* {n}: other nouns in the same message */
	const char *source;	   /* {n} */
	const char *note;	   /* {n}: the words of who withdrew or ended it */
	const char *of;		   /* {m} river or volcano, {n} noun */
	const char *twice;	   /* {n}, for extreme */
	const char *separator;	   /* of a list */
	const char *and_others;	   /* after the first names of a long list */
	const char *join;	   /* between sentences */
	const char *(*number)(struct pool *pool, int number);
	const char *(*scale)(struct pool *pool, const char *intensity);
	const char *(*time)(struct pool *pool, struct wall_time t);
	const char *(*speak)(struct pool *pool, const char *text); /* no brackets, no symbols */
	size_t title_limit;					   /* characters; tests measure */
	size_t brief_limit;
	int name_is_reading; /* municipalities by their reading where it is Latin */
};

extern const struct words words_ja;
extern const struct words words_en;

/* Month, day, hour and minute in Japan. */
struct words_clock {
	int month;
	int day;
	int hour;
	int minute;
};
void words_clock_of(struct wall_time t, struct words_clock *out);
