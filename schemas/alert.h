/* SPDX-License-Identifier: Apache-2.0
 *
 * The canonical alert: one object whatever the telegram's format. Contract: alert.schema.json.
 * Made by a decoder, sent as JSON to the hub, read by the rules. All text is UTF-8, never NULL
 * (empty where absent) and owned by the alert's pool; so is every array.
 */
#pragma once

#include "base/clock.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/mem.h"
#include "schemas/areas.h"
#include "schemas/kinds.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct alert_text {
	const char *lang; /* RFC 5646, as sent or "ja" */
	const char *text;
};

struct alert_texts {
	struct alert_text *list;
	size_t count;
	size_t capacity;
};

struct alert_area {
	const char *system; /* one of areas.h; empty for a shape without code */
	const char *code;
	const char *name;
	const char *polygon; /* CAP form "lat,lon lat,lon ..."; empty when none */
	const char *circle;  /* CAP form "lat,lon radius_km" */
};

struct alert_arrival {
	enum arrival_state state;
	struct wall_time at; /* meaningless when state is none; WALL_TIME_NONE: no time is given */
};

/* A place where the sea is measured. */
struct alert_point {
	const char *code;
	const char *name;
	struct alert_arrival arrival;
	struct wall_time high_tide; /* WALL_TIME_NONE where unknown, as height_at */
	const char *height; /* highest wave so far: "3.3m", "9.3m以上", "観測中", "微弱" */
	struct wall_time height_at;
};

struct alert_item {
	const struct kind *kind; /* never NULL */
	const char *code;	 /* as in the telegram, trimmed */
	const char *name;	 /* as in the telegram */
	enum severity severity;
	const char *urgency;   /* CAP words, lower case; empty when the format has none */
	const char *certainty; /* likewise */
	int level;	       /* 警戒レベル相当 0-5; 0: no level */
	enum transition transition;
	const char *value;	      /* "6+", "10m", "巨大" */
	struct wall_time expires;     /* of this item alone; WALL_TIME_NONE: as the alert says */
	struct alert_arrival arrival; /* in the areas */
	struct alert_point *points;   /* within the areas */
	size_t point_count;
	size_t point_capacity;
	struct alert_area *areas;
	size_t area_count;
	size_t area_capacity;
};

struct alert_reference {
	const char *series;
	const char *revision;
};

struct alert_warning {
	const char *code; /* stable: "unknown-status", "missing-expires", ... */
	const char *text;
};

/* An XML signature over the whole alert, and what checking it gave. */
struct alert_signature {
	enum signature_state state;
	const char *signer; /* subject of the certificate; "" when there is none */
	const char *reason; /* why it is not trusted; "" for VALID_TRUSTED */
};

/* A growing list of texts. */
struct alert_words {
	const char **list;
	size_t count;
	size_t capacity;
};

struct alert {
	struct pool *pool; /* owns all below */
	enum alert_format format;
	const char *type;  /* "VTSE41", "CAP" */
	const char *title; /* JMX Control/Title, CAP event: for people */
	const char *sender;
	const char *office; /* JMX EditorialOffice, CAP senderName of the first info */
	enum alert_status status;
	enum alert_action action;
	const char *scope;	      /* CAP scope in lower case; "public" for JMX */
	const char *restriction;      /* CAP: whom scope restricted means, in the sender's words */
	struct alert_words addresses; /* CAP: whom scope private means */
	struct alert_words
		incidents;	  /* CAP: names of the happening; they group, and decide nothing */
	struct alert_words codes; /* CAP code: profiles and handling flags, as sent */
	struct alert_words blocked; /* CAP BLOCKCHANNEL (IPAWS): where it must not go, upper case */
	const char *note;	    /* CAP: why it was cancelled, which exercise it is */
	bool over;	      /* CAP: the cancel says that the event has passed (AllClear, Past) */
	const char *series;   /* identity of the series (JMX reference section 2; CAP triple) */
	const char *revision; /* identity within the series */
	const char *events;   /* JMX EventIDs, blank separated; empty when none */
	const char *comments; /* JMX codes of the fixed comments, blank separated: "0215 0241" */
	char digest[DIGEST_HEX_SIZE]; /* of the parsed content; the same from every source */
	struct wall_time issued;      /* official time of issue */
	struct wall_time sent;	      /* when the sender's system sent it; orders equal issued */
	struct wall_time effective;   /* WALL_TIME_NONE where unknown, as the next two */
	struct wall_time onset;
	struct wall_time expires;
	int offset_minutes; /* of issued, for showing it as the sender wrote it */
	struct alert_texts headline;
	struct alert_texts description;
	struct alert_texts instruction;
	struct alert_reference *references;
	size_t reference_count;
	size_t reference_capacity;
	struct alert_item *items;
	size_t item_count;
	size_t item_capacity;
	struct alert_warning *warnings;
	size_t warning_count;
	size_t warning_capacity;
	struct alert_signature *signatures;
	size_t signature_count;
	size_t signature_capacity;
};

/* An empty alert: status test, every text "", every time unknown. */
struct alert *alert_new(void);
void alert_free(struct alert *a);

/* Each copies its text arguments into the pool; NULL counts as "". The returned element stays where
 * it is only until the next call of the same function. */
struct alert_item *alert_add_item(struct alert *a, const struct kind *kind);
/* All members "": for the caller to point at pool text. */
struct alert_area *alert_add_empty_area(struct alert *a, struct alert_item *item);
void alert_add_area(struct alert *a, struct alert_item *item, const char *system, const char *code,
	const char *name);
void alert_add_shape(struct alert *a, struct alert_item *item, const char *name,
	const char *polygon, const char *circle);
/* Texts "", times unknown: for the caller to fill. */
struct alert_point *alert_add_point(struct alert *a, struct alert_item *item);
void alert_add_text(struct alert *a, struct alert_texts *texts, const char *lang, const char *text);
void alert_add_reference(struct alert *a, const char *series, const char *revision);
void alert_add_warning(struct alert *a, const char *code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void alert_add_signature(
	struct alert *a, enum signature_state state, const char *signer, const char *reason);
/* words is a list of a. */
void alert_add_word(struct alert *a, struct alert_words *words, const char *word);
bool alert_has_word(const struct alert_words *words, const char *word);
/* Whether everybody may know. */
bool alert_is_public(const struct alert *a);

/* The text in lang, else in its primary tag, else the first; "" when there is none. */
const char *alert_text_in(const struct alert_texts *texts, const char *lang);

/* The worst severity of all items. */
enum severity alert_severity(const struct alert *a);

/* The contract's object. The caller releases it. */
json_t *alert_to_json(const struct alert *a);
/* Reads it back; NULL and *e (naming the member) when it breaks the contract. */
struct alert *alert_from_json(const json_t *object, struct err *e);

/* The identifier everybody sees: the first 16 hexadecimal digits of the digest. */
enum { ALERT_ID_SIZE = 17 };
void alert_id(const struct alert *a, char out[ALERT_ID_SIZE]);
