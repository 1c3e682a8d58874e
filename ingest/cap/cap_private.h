/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by the files of the CAP decoder, by nobody else.
 */
#pragma once

#include "ingest/cap/shape.h"
#include "ingest/decode.h"
#include "schemas/alert.h"

#include <libxml/tree.h>
#include <stddef.h>

/* Checked before anything is copied: what one message may hold. */
enum {
	CAP_INFO_LIMIT = 64,
	CAP_AREA_LIMIT = 4096,	   /* per info */
	CAP_POLYGON_LIMIT = 1024,  /* per area */
	CAP_GEOCODE_LIMIT = 20000, /* per area */
	CAP_REFERENCE_LIMIT = 1000,
	CAP_TEXT_LIMIT = 256 * 1024,
	CAP_JOINED_LIMIT = 64 * 1024, /* a text that grows no further by more pieces */
	CAP_PROSE_LIMIT = 16,	      /* description or instruction elements per info */
	CAP_WARNING_LIMIT = 100,      /* further ones say nothing new */
	CAP_WORD_LIMIT = 200,	      /* addresses, incidents, codes, blocked channels */
	CAP_NAME_LIMIT = 240,	      /* of an area, repeated for every code of it */
};

/* One decoding. */
struct cap {
	struct alert *alert;
	const char *ns; /* of the root: the version */
	struct decode_refusal *refusal;
	size_t points; /* polygon points so far */
};

/* A child's text, at most CAP_TEXT_LIMIT bytes; 0 or -EBADMSG with the refusal set. */
int cap_text(struct cap *c, const xmlNode *parent, const char *name, const char **out);
/* The text of the node itself; longer than the limit: NULL and the refusal is set. */
const char *cap_node_text(struct cap *c, const xmlNode *node);

/* Adds a warning unless there are very many already. */
void cap_warn(struct cap *c, const char *code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Reads a time and says what was odd about it. *out is WALL_TIME_NONE when absent or unreadable. */
void cap_warn_time(struct cap *c, const char *name, const char *text, struct wall_time *out,
	int *offset_minutes);

/* All info elements: items, texts, times. 0 or -EBADMSG. */
int cap_read_infos(struct cap *c, const xmlNode *root);

/* Several languages: one text per language, made of the pieces of its infos. */
void cap_add_piece(struct cap *c, struct alert_texts *texts, const char *lang, const char *piece);

/* The area elements of one info, into item. 0 or -EBADMSG. */
int cap_read_areas(struct cap *c, const xmlNode *info, struct alert_item *item);

/* The references element, into the alert. 0 or -EBADMSG. */
int cap_read_references(struct cap *c, const xmlNode *root);
