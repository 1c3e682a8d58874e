/* SPDX-License-Identifier: Apache-2.0
 *
 * The judgement: alert + what is in force + configuration -> what changed for our municipalities,
 * what goes out, by which channels, with which words. Pure: same input, same output; no clock, no
 * store, no network. The hub applies the result in one transaction; `hansho explain` prints it.
 */
#pragma once

#include "config/config.h"
#include "schemas/alert.h"
#include "schemas/broadcast.h"
#include "schemas/state.h"

/* A broadcast of a thread. */
struct rules_sent {
	const char *broadcast;
	int update;
	enum event_type event;
	const struct text_list *channels; /* that it used: followers inherit them */
	const struct text_list *areas;	  /* codes of what it was about */
	bool waits;			  /* for staff: nobody has been told */
};

/* How the rules look at what is in force. The hub answers from the store. */
struct rules_reader {
	/* Calls each() for every state row (in force or released) of this status and municipality.
	 * The rows' texts stay until rules_decide() returns. */
	void (*state)(void *data, enum alert_status status, const char *municipality,
		void (*each)(void *to, const struct state_row *row), void *to);
	/* Calls each() for every broadcast of a thread, oldest first. */
	void (*thread)(void *data, enum alert_status status, const char *thread,
		void (*each)(void *to, const struct rules_sent *sent), void *to);
	/* Whether the series/revision (or any of the series when revision is "") is known, and
	 * whether a cancel that came first has left a tombstone. */
	bool (*tombstone)(
		void *data, enum alert_status status, const char *series, const char *revision);
	void *data;
};

enum rules_verdict {
	RULES_ACTED,	 /* at least one broadcast */
	RULES_NO_CHANGE, /* concerns us, but nothing changed */
	RULES_NOT_OURS,	 /* no area of ours */
	RULES_NO_RULE,	 /* a change, but no rule sends it */
	RULES_HELD,	 /* too old, test words, or a rule's hold: waits for staff */
	RULES_OLD,	 /* superseded by what is already in force */
	RULES_TEST,	 /* status test: logged, reaches nobody */
	RULES_NOTHING,	 /* carries nothing for residents */
};

const char *rules_verdict_name(enum rules_verdict verdict);

enum rules_how {
	RULES_HOW_EXACT,   /* its code stands in our profile */
	RULES_HOW_AROUND,  /* a larger area that holds us */
	RULES_HOW_GUESSED, /* no table says that it is not ours */
};

const char *rules_how_name(enum rules_how how);

/* An item that concerns a municipality of ours. Borrowed from the alert and the configuration. */
struct rules_touch {
	const char *municipality;
	const struct alert_item *item;
	const struct alert_area *area; /* NULL: the item names none */
	enum rules_how how;
};

/* A change of state: the row to write. */
struct rules_change {
	struct state_row row;
	enum event_type event;
	bool has_event; /* false: same level, only the times move on */
};

struct rules_broadcast {
	struct broadcast *broadcast; /* owned by the decision */
	struct text_list channels;
	const char *slot; /* of its worst effect, in the pool: what later telegrams about the same
			     replace */
	bool hold;	  /* waits for `hansho release` */
	/* Nobody was told what it replaces: that is withdrawn although this one may wait itself, so
	 * that staff do not release a warning that is over or has changed. */
	bool replaces_unheard;
	const char *hold_reason;
};

struct rules_decision {
	struct pool *pool;
	enum rules_verdict verdict;
	const char *reason; /* one sentence for the log and `hansho show` */
	struct rules_touch *touches;
	size_t touch_count;
	struct rules_change *changes;
	size_t change_count;
	struct rules_broadcast *broadcasts;
	size_t broadcast_count;
	bool tombstone;	    /* a cancel of something never seen: remember its references */
	const char **trace; /* step by step, for `hansho explain` */
	size_t trace_count;
	bool alarm; /* staff must look (held, unknown code of ours, conflict) */
};

/* now decides freshness and expiry. alert_id is the alert's public id. The caller frees with
 * rules_decision_free(); texts point into its pool. */
struct rules_decision *rules_decide(const struct config *config, const struct alert *alert,
	const struct rules_reader *reader, struct wall_time now);
void rules_decision_free(struct rules_decision *d);
