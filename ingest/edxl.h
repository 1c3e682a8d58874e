/* SPDX-License-Identifier: Apache-2.0
 *
 * EDXL-DE 1.0 (OASIS EDXL-DE-V1.0): an envelope round one or more messages, as agencies that share
 * feeds and L-Alert use it. Here only what the envelope says is read; its contents are decoded as
 * telegrams of their own.
 */
#pragma once

#include "ingest/decode.h"

#include <libxml/tree.h>
#include <stdbool.h>

struct edxl {
	enum alert_status status;
	bool status_known;
	enum edxl_type {
		EDXL_NEWS,    /* Report, Update, Dispatch, and words we do not know */
		EDXL_CANCEL,  /* only an end may be in it */
		EDXL_NO_NEWS, /* Ack, Error, Request, Response, Sensor...: nothing for residents */
	} type;
	char type_word[40]; /* as it came, for people */
};

bool edxl_is(const xmlNode *root);

/* 0, or -EBADMSG with the refusal: an unknown distributionStatus has no safe road. */
int edxl_read(const xmlNode *root, struct edxl *out, struct decode_refusal *refusal);

/* The content after `before` (NULL: the first): an element inside embeddedXMLContent, or a
 * nonXMLContent element. NULL: there is no more. */
const xmlNode *edxl_next(const xmlNode *root, const xmlNode *before);
bool edxl_is_foreign(const xmlNode *content);

/* What the envelope does to the alert a that was in it: a status is lowered, never raised, and then
 * the digest is another, so that the real alert is no duplicate of a test. 0, or -EBADMSG with the
 * refusal when the envelope says that this is no news. */
int edxl_apply(const struct edxl *envelope, struct alert *a, struct decode_refusal *refusal);
