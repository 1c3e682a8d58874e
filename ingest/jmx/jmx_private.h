/* SPDX-License-Identifier: Apache-2.0
 *
 * What the families of the JMX decoder share. Runs in the ingest process on bytes from outside;
 * pure. Dispatch is on Control/Title and codes, never on text meant for people.
 *
 * What the rules may rely on:
 * - series: TYPE/KEY. KEY is the EventID (the lowest of several) for seismic types, the volcano,
 *   the river forecast area, the part of the EventID before "_" for VPBS50, and the 府県予報区 code
 *   for VPWW, VPNO50, VPHW and VPWP50 (the editorial office where the telegram names none, as in
 * some cancels); EventID and editorial office for bulletins. The office is never part of a seismic
 * key: the backup centre may take over in the middle of an event.
 * - revision orders by strcmp() within a series and is unique: serial, time of issue, InfoType
 *   (0 issue, 1 correction, 2 cancel) and sending time; types whose serials start anew or are
 *   empty put the time of issue first. So a cancel that repeats the last serial comes after it,
 *   and the same EventID and serial some years later is another telegram.
 * - A released item (TRANSITION_RELEASED) says by its kind what ended; its severity is unknown and
 *   its level 0; code and name are the telegram's. Code "00" in a VPWW: nothing of this hazard is
 * in force in these areas, whether it ended now or was never there.
 * - action release: at least one item released and nothing left but 津波予報 or 噴火予報.
 * - A cancel has no items; its reference names the series.
 */
#pragma once

#include "base/buf.h"
#include "ingest/decode.h"
#include "ingest/xml.h"

#define JMX_NS	      "http://xml.kishou.go.jp/jmaxml1/"
#define JMX_NS_HEAD   "http://xml.kishou.go.jp/jmaxml1/informationBasis1/"
#define JMX_NS_SEIS   "http://xml.kishou.go.jp/jmaxml1/body/seismology1/"
#define JMX_NS_VOLC   "http://xml.kishou.go.jp/jmaxml1/body/volcanology1/"
#define JMX_NS_METE   "http://xml.kishou.go.jp/jmaxml1/body/meteorology1/"
#define JMX_NS_BASIS  "http://xml.kishou.go.jp/jmaxml1/elementBasis1/"
#define JMX_NO_CHANGE "00"

/* More than any real telegram has; bounds the work a hostile one can cause. */
enum {
	JMX_ITEM_LIMIT = 1000,
	JMX_AREA_LIMIT = 10000,
	JMX_POINT_LIMIT = 2000,
	JMX_WARNING_LIMIT = 100,
	JMX_TEXT_LIMIT = 64 * 1024
};

enum jmx_key {
	JMX_KEY_EVENT,	      /* lowest EventID */
	JMX_KEY_PREFIX,	      /* EventID up to "_" */
	JMX_KEY_OFFICE,	      /* 府県予報区 code, else the editorial office */
	JMX_KEY_EVENT_OFFICE, /* EventID and editorial office: each office counts for itself */
};

struct jmx;

struct jmx_type {
	const char *title;	       /* Control/Title */
	const char *type;	       /* data type code */
	void (*decode)(struct jmx *j); /* items and texts of the Body; NULL: not handled */
	enum jmx_key key;
	bool serial_first; /* the serial orders within the series */
	/* The data type where two share a title; NULL: type. Called before anything is decoded. */
	const char *(*subtype)(struct jmx *j);
	const char *const *kinds; /* of a VPWW title, ends with NULL: the hazards it states */
	const char *why;	  /* of a refusal; NULL: nothing special */
};

/* One telegram while it is decoded. */
struct jmx {
	struct alert *a;
	struct pool *pool; /* a's */
	const struct jmx_type *type;
	const xmlNode *control;
	const xmlNode *head;
	const xmlNode *body; /* NULL when there is none */
	const char *serial;
	struct buf description;
	struct buf instruction;
	size_t area_count;
	size_t point_count;
	bool crowded; /* the item limit was reached, and said */
};

/* NULL for a title nobody has heard of. A known one that is not handled has decode NULL. */
const struct jmx_type *jmx_type_find(const char *title);

/* Families. Each reads j->body, which is not NULL. */
void jmx_tsunami(struct jmx *j);
void jmx_tsunami_info(struct jmx *j);
void jmx_eew(struct jmx *j);
void jmx_eew_forecast(struct jmx *j);
void jmx_eew_test(struct jmx *j);
void jmx_intensity(struct jmx *j);
void jmx_long_period(struct jmx *j);
void jmx_hypocentre(struct jmx *j);
void jmx_earthquake_count(struct jmx *j);
void jmx_earthquake_text(struct jmx *j);
void jmx_nankai(struct jmx *j);
void jmx_nankai_text(struct jmx *j);
const char *jmx_nankai_type(struct jmx *j);
void jmx_hokkaido(struct jmx *j);
void jmx_warning(struct jmx *j);
void jmx_flood(struct jmx *j);
void jmx_volcano(struct jmx *j);
void jmx_eruption(struct jmx *j);
void jmx_volcano_info(struct jmx *j);
void jmx_volcano_text(struct jmx *j);
void jmx_ash(struct jmx *j);
void jmx_flash(struct jmx *j);
void jmx_tornado(struct jmx *j);
void jmx_bulletin(struct jmx *j);
void jmx_outlook(struct jmx *j);
/* Of the transition set: VXWW50, VPOA50, VPNO50. */
void jmx_landslide(struct jmx *j);
void jmx_record_rain(struct jmx *j);
void jmx_special_notice(struct jmx *j);

/* Sets series and revision from the envelope. */
void jmx_identify(struct jmx *j, int info_rank);

/* The item equal to like in everything but areas, added when there is none yet; NULL when the
 * limit is reached (with a warning). Valid until the next call. */
struct alert_item *jmx_item(struct jmx *j, const struct alert_item *like);
/* The same, but an item of its own even where an equal one is there. */
struct alert_item *jmx_new_item(struct jmx *j, const struct alert_item *like);
/* Puts an Area element (Name, Code) under an item. */
void jmx_area(struct jmx *j, struct alert_item *item, const char *system, const xmlNode *area);
void jmx_area_text(struct jmx *j, struct alert_item *item, const char *system, const char *code,
	const char *name);

/* Whether an area of this code stands under any item. */
bool jmx_lists(const struct alert *a, const char *code);

/* alert_add_warning() up to JMX_WARNING_LIMIT. Too long a text is cut. */
void jmx_warn(struct jmx *j, const char *code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Trimmed text at a path below node, in one namespace; "" when absent. */
const char *jmx_at(struct jmx *j, const xmlNode *node, const char *ns, const char *path);
/* A time at such a path; WALL_TIME_NONE when there is none that can be read. */
struct wall_time jmx_time(struct jmx *j, const xmlNode *parent, const char *ns, const char *path);
/* "20日15時10分" in Japan. */
const char *jmx_clock(struct jmx *j, struct wall_time t);
/* Height in a TsunamiHeight element under parent: "10m", "10m超", "巨大"; "" when none is given. */
const char *jmx_tsunami_height(struct jmx *j, const xmlNode *parent);
/* Of a FirstHeight element, which may be NULL. */
struct alert_arrival jmx_tsunami_arrival(struct jmx *j, const xmlNode *first);
/* "噴火警戒レベル3" for code 13; "" for a volcano without levels. */
const char *jmx_volcano_level(struct jmx *j, const char *code);
/* "震源：福島県沖 深さ　２０ｋｍ Ｍ７．９" into the description. */
void jmx_say_hypocentre(struct jmx *j);
/* Appends a paragraph unless it is empty. */
void jmx_say(struct buf *text, const char *paragraph);

/* What a lower or higher severity than before means; last_known false: issued anew. */
enum transition jmx_compare(bool last_known, enum severity last, enum severity now);
