/* SPDX-License-Identifier: Apache-2.0
 *
 * One outgoing message, made by the rules from an event: what it says, about where, until when.
 * Which channels carry it is decided beside it (rules.h); how each words it, by the driver.
 * Contract: `broadcast` in channel-protocol.schema.json. Text is never NULL and owned by the pool.
 */
#pragma once

#include "schemas/alert.h"

#include <stdbool.h>
#include <stdint.h>

/* The forms a text exists in; a driver picks one. Lengths are what the wording aims at. */
struct broadcast_text {
	const char *lang;  /* "ja", "en" */
	const char *title; /* <= 15 characters where the kind allows it */
	const char
		*brief;	  /* "short" on the wire: <= 70 characters, whole message in one sentence */
	const char *body; /* paragraphs, newline separated */
	const char *speech; /* for loudspeakers: short sentences, newline = pause, no symbols */
};

struct broadcast {
	struct pool *pool;
	const char *id;	    /* "<alert id>.<n>" */
	const char *alert;  /* alert id */
	const char *thread; /* links issue, updates, release and cancellation of one event */
	enum alert_status status;
	const struct kind *kind;
	enum event_type event;
	enum severity severity;
	int level;	    /* 警戒レベル相当, 0 none */
	const char *code;   /* as in the telegram */
	const char *value;  /* "6+", "10m" */
	const char *rule;   /* name of the rule that matched */
	const char *source; /* "気象庁", office or CAP sender: shown as the author of the facts */
	int update;	    /* 1 first, 2, ...: 第N報 */
	int priority;	    /* 0 most urgent .. 9 */
	struct wall_time issued;
	struct wall_time expires; /* nothing is sent after it */
	bool until_ended;	  /* what it says holds beyond expires, until a later broadcast of
				     the thread ends it: never show expires as the warning's end */
	struct alert_area *areas; /* municipalities (and districts, shapes) it is about */
	size_t area_count;
	struct broadcast_text *texts;
	size_t text_count;
	const char **replaces; /* ids of earlier broadcasts of the thread that this one ends or
				  updates */
	size_t replace_count;
};

struct broadcast *broadcast_new(void);
void broadcast_free(struct broadcast *b);

json_t *broadcast_to_json(const struct broadcast *b);
/* Takes the polygons and circles out of broadcast_to_json()'s object; the areas stay. False: there
 * were none. */
bool broadcast_json_drop_shapes(json_t *object);
struct broadcast *broadcast_from_json(const json_t *object, struct err *e);

/* The texts in lang, else the first. Never NULL (a broadcast has at least one text). */
const struct broadcast_text *broadcast_text_in(const struct broadcast *b, const char *lang);

/* Stable key of one target of one delivery: 32 hexadecimal digits of
 * SHA-256(broadcast id, channel, target). Message-ID, Idempotency-Key, siren order id. */
enum { DELIVERY_KEY_SIZE = 33 };
void delivery_key(const char *broadcast, const char *channel, const char *target,
	char out[DELIVERY_KEY_SIZE]);
