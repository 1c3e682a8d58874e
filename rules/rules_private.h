/* SPDX-License-Identifier: Apache-2.0
 *
 * One judgement under way, shared by the steps of this folder: localise -> diff -> guards ->
 * compose (route, expiry, wording). Everything lives in the decision's pool and dies with it.
 */
#pragma once

#include "rules/rules.h"

#include <stdbool.h>
#include <stddef.h>

/* How a telegram speaks about what is in force. */
enum family_shape {
	FAMILY_EVENT,	   /* one happening by EventID; what it does not mention stays */
	FAMILY_FULL_STATE, /* all that is in force for an office: what is missing is over */
	FAMILY_TSUNAMI,	   /* all coasts of Japan under its EventIDs */
	FAMILY_EEW,	   /* only adds areas */
	FAMILY_EARTHQUAKE, /* observations that grow */
	FAMILY_CHAIN,	   /* CAP and JSON: linked by references */
	FAMILY_OUTLOOK,	   /* a forecast, told anew every few hours */
	FAMILY_MAIL,	   /* the J-Alert receiver's mail: names nothing it belongs to */
};

struct family {
	const char *prefix; /* of the type */
	/* Sent beside a newer type for some years: serves only where the newer one is missing. */
	const char *const *primary; /* types, NULL-terminated; NULL: this is primary */
	enum family_shape shape;
	/* The series is the office: one state per hazard, without EventID, and a cancel without a
	 * Body names nothing but the office. */
	bool by_office;
};

/* A municipality of ours and its rows of the alert's status. */
struct view {
	const struct municipality *municipality;
	struct state_row *rows;
	size_t row_count;
	size_t row_capacity;
	bool listed; /* the telegram names it */
};

/* An item that concerns a municipality. */
struct touch {
	struct view *view;
	const struct alert_item *item;
	const char *about; /* river or volcano, for people; "" */
};

/* A slot of one municipality after this telegram. */
struct effect {
	struct view *view;
	const struct state_row *old;   /* NULL: never had a row */
	bool was_live;		       /* old was in force */
	struct state_row row;	       /* as it will be */
	const struct alert_item *item; /* NULL: the telegram does not mention it any more */
	const char *about;
	enum event_type event;
	bool has_event;
	bool write;	   /* the row goes to the store */
	bool unheard;	   /* nobody was told of the row as it was */
	bool only_unheard; /* nothing else makes it an event: no news for staff who have it */
	const char *joins; /* the thread of another slot it goes on with; NULL: its own */
	bool beside;	   /* of a tsunami of several events: no news, and its thread stays */
};

struct judgement {
	const struct config *config;
	const struct alert *alert;
	const struct rules_reader *reader;
	struct wall_time now;
	struct pool *pool;
	struct rules_decision *decision;
	char id[ALERT_ID_SIZE];
	const struct family *family;
	const struct rule *tree;
	struct view *views;
	size_t view_count;
	struct touch *touches;
	size_t touch_count;
	size_t touch_capacity;
	struct effect *effects;
	size_t effect_count;
	size_t effect_capacity;
	size_t told_touch_capacity; /* of the decision's touches */
	size_t change_capacity;
	size_t broadcast_capacity;
	size_t trace_capacity;
	struct probes *probes;	 /* shapes read so far: reach.c */
	bool superseded;	 /* something newer was there already */
	const char *hold_reason; /* NULL: goes out by itself */
};

/* One line for `hansho explain`. */
void judgement_trace(struct judgement *j, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Room for one more in a pool array; the new element is zeroed. */
void *judgement_add(struct judgement *j, void **list, size_t *capacity, size_t *count, size_t size);

/* First word of a blank-separated list, copied; "" when there is none. */
const char *judgement_first_word(struct judgement *j, const char *words);

/* The set of 2026: warnings, of which each office sends some every few days; and flash bulletins.
 */
extern const char *const family_warnings_2026[];
extern const char *const family_flash_2026[];

const struct family *family_of(const struct alert *a);
