/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading XML from outside: no DTD, no entities, no network, capped size and depth. Elements are
 * found by namespace URI and local name, never by prefix; values are trimmed.
 */
#pragma once

#include "base/err.h"
#include "base/mem.h"

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

enum { XML_SIZE_LIMIT = 8 * 1024 * 1024, XML_DEPTH_LIMIT = 64, XML_NODE_LIMIT = 2000000 };

/* Once per process, before the first xml_parse() and before any sandbox: the libraries for XML and
 * for its signatures. */
void xml_setup(void);

/* Parses a whole document. -EBADMSG: not well-formed; -EPERM: it carries a DOCTYPE; -EMSGSIZE: too
 * large, too deep, too many nodes. line (may be NULL) receives the line of the fault, 0 if none.
 * The caller frees with xmlFreeDoc(). */
int xml_parse(const void *bytes, size_t size, xmlDoc **out, int *line, struct err *e);

/* The same with another limit on the bytes: for lists of telegrams, which are longer than one. */
int xml_parse_within(
	size_t limit, const void *bytes, size_t size, xmlDoc **out, int *line, struct err *e);

bool xml_is(const xmlNode *node, const char *ns, const char *name);

/* First child element (NULL when none), and the next sibling of the same name. ns NULL: any. */
const xmlNode *xml_child(const xmlNode *parent, const char *ns, const char *name);
const xmlNode *xml_next(const xmlNode *node);
/* Follows a path of local names within one namespace: xml_path(root, ns, "Body/Tsunami/Forecast").
 */
const xmlNode *xml_path(const xmlNode *parent, const char *ns, const char *path);

/* The text content, trimmed (ASCII white space and U+3000), in the pool; "" for NULL or empty. */
const char *xml_text(struct pool *pool, const xmlNode *node);
/* Text of the first child of that name. */
const char *xml_child_text(
	struct pool *pool, const xmlNode *parent, const char *ns, const char *name);
/* Attribute value, trimmed; "" when absent. */
const char *xml_attribute(struct pool *pool, const xmlNode *node, const char *name);

struct digest;
/* Adds the parsed content under node to d: names, namespaces, attributes, and text without leading
 * and trailing white space, so that two spellings of one telegram have one digest. */
void xml_digest(struct digest *d, const xmlNode *node);
