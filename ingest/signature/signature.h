/* SPDX-License-Identifier: Apache-2.0
 *
 * XML signatures of an alert (CAP 1.2, section 3.3; xmldsig-core): enveloped, over the whole alert
 * element, and over nothing else. Checked by xmlsec on a copy of the very tree that is decoded, so
 * that what was signed is what is used; nothing is fetched, no transform runs but the enveloped one
 * and canonical XML. Neither the tree nor the alert's digest changes.
 */
#pragma once

#include "base/clock.h"
#include "base/err.h"
#include "config/config.h"
#include "schemas/alert.h"

#include <libxml/tree.h>
#include <stdbool.h>

/* Before any sandbox; a second call does nothing. Called by xml_setup(). */
void signature_setup(void);

/* Whose signatures count: certificates of signers, or of authorities above them. */
struct trust;

/* Reads PEM files, each with one or more certificates. 0, or a negative errno and *e naming the
 * file. An empty list trusts nobody. Before any sandbox. */
int trust_load(const struct text_list *files, struct trust **out, struct err *e);
void trust_free(struct trust *t);

struct signature_rules {
	const struct trust *trust; /* NULL: nobody */
	bool sha1;		   /* whether SHA-1 still counts */
	struct wall_time now;	   /* certificates must hold then; WALL_TIME_NONE: at any time */
};

/* Adds to a->signatures what each signature among root's children is worth, and a warning for each
 * that is not valid. root is not changed. */
void signature_check(const xmlNode *root, const struct signature_rules *rules, struct alert *a);

/* At least one signature is of somebody trusted. */
bool signature_is_trusted(const struct alert *a);
