/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading XML from outside with libxml2. Parsing stops at the first "<!DOCTYPE", so no entity is
 * ever declared or fetched, and at the caps on depth and on the number of nodes.
 */
#include "ingest/xml.h"

#include "base/digest.h"
#include "ingest/signature/signature.h"

#include <assert.h>
#include <errno.h>
#include <libxml/parser.h>
#include <libxml/SAX2.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* More attributes than this on one element is no telegram of ours; also bounds sorting. */
enum { ATTRIBUTE_LIMIT = 64 };

/* Why a parse was stopped by us; the sentence goes to the feed. */
struct parse_guard {
	size_t nodes;
	int rc;
	const char *why;
};

/* What the options do not silence (a charset that cannot be converted) would stand in the log
 * between our lines; the fault itself comes back from the parse. */
static void say_nothing(void *data, const char *format, ...)
{
	(void)data;
	(void)format;
}

void xml_setup(void)
{
	xmlInitParser();
	xmlSetGenericErrorFunc(NULL, say_nothing);
	signature_setup();
}

static void stop(xmlParserCtxt *ctxt, int rc, const char *why)
{
	struct parse_guard *guard = ctxt->_private;
	if (guard->rc == 0) {
		guard->rc = rc;
		guard->why = why;
	}
	xmlStopParser(ctxt);
}

static void on_start_element(void *data, const xmlChar *name, const xmlChar *prefix,
	const xmlChar *uri, int namespace_count, const xmlChar **namespaces, int attribute_count,
	int defaulted_count, const xmlChar **attributes)
{
	xmlParserCtxt *ctxt = data;
	struct parse_guard *guard = ctxt->_private;
	/* One for the element and one for the text that may stand before it. */
	guard->nodes += 2 + (size_t)attribute_count;
	if (guard->nodes > XML_NODE_LIMIT) {
		stop(ctxt, -EMSGSIZE, "too many elements and attributes");
		return;
	}
	if (attribute_count > ATTRIBUTE_LIMIT) {
		stop(ctxt, -EMSGSIZE, "an element with too many attributes");
		return;
	}
	if (ctxt->nodeNr >= XML_DEPTH_LIMIT) {
		stop(ctxt, -EMSGSIZE, "elements nested too deeply");
		return;
	}
	xmlSAX2StartElementNs(data, name, prefix, uri, namespace_count, namespaces, attribute_count,
		defaulted_count, attributes);
}

static void on_doctype(
	void *data, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
	(void)name;
	(void)public_id;
	(void)system_id;
	stop(data, -EPERM, "a DOCTYPE is not allowed");
}

/* libxml2's sentence ends with a newline. */
static int not_well_formed(const xmlParserCtxt *ctxt, int *line, struct err *e)
{
	const xmlError *fault = &ctxt->lastError;
	if (line && fault->line > 0) {
		*line = fault->line;
	}
	const char *text = fault->message ? fault->message : "no document";
	return err_set(e, -EBADMSG, "not well-formed XML: %.*s", (int)strcspn(text, "\r\n"), text);
}

static int parse_with(
	xmlParserCtxt *ctxt, const void *bytes, int size, xmlDoc **out, int *line, struct err *e)
{
	struct parse_guard guard = {0};
	/* cppcheck-suppress autoVariables; the caller frees ctxt without another parse */
	ctxt->_private = &guard;
	ctxt->sax->startElementNs = on_start_element;
	ctxt->sax->internalSubset = on_doctype;
	/* A comment carries nothing and would cut a text in two. */
	ctxt->sax->comment = NULL;
	xmlDoc *doc = xmlCtxtReadMemory(ctxt, bytes, size, NULL, NULL,
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
	if (guard.rc == 0 && doc && xmlDocGetRootElement(doc)) {
		*out = doc;
		return 0;
	}
	if (doc) {
		xmlFreeDoc(doc);
	}
	if (guard.rc != 0) {
		return err_set(e, guard.rc, "%s", guard.why);
	}
	return not_well_formed(ctxt, line, e);
}

int xml_parse(const void *bytes, size_t size, xmlDoc **out, int *line, struct err *e)
{
	return xml_parse_within(XML_SIZE_LIMIT, bytes, size, out, line, e);
}

int xml_parse_within(
	size_t limit, const void *bytes, size_t size, xmlDoc **out, int *line, struct err *e)
{
	assert(limit <= INT_MAX);
	*out = NULL;
	if (line) {
		*line = 0;
	}
	if (size > limit) {
		return err_set(
			e, -EMSGSIZE, "%zu bytes are too many, the limit is %zu", size, limit);
	}
	xmlParserCtxt *ctxt = xmlNewParserCtxt();
	if (!ctxt) {
		abort(); /* out of memory: as mem.h */
	}
	int rc = parse_with(ctxt, bytes, (int)size, out, line, e);
	xmlFreeParserCtxt(ctxt);
	return rc;
}

bool xml_is(const xmlNode *node, const char *ns, const char *name)
{
	if (node->type != XML_ELEMENT_NODE || strcmp((const char *)node->name, name) != 0) {
		return false;
	}
	return !ns || (node->ns && strcmp((const char *)node->ns->href, ns) == 0);
}

static const xmlNode *first_from(const xmlNode *node, const char *ns, const char *name)
{
	while (node && !xml_is(node, ns, name)) {
		node = node->next;
	}
	return node;
}

const xmlNode *xml_child(const xmlNode *parent, const char *ns, const char *name)
{
	return parent ? first_from(parent->children, ns, name) : NULL;
}

const xmlNode *xml_next(const xmlNode *node)
{
	const char *ns = node->ns ? (const char *)node->ns->href : NULL;
	return first_from(node->next, ns, (const char *)node->name);
}

const xmlNode *xml_path(const xmlNode *parent, const char *ns, const char *path)
{
	char name[64];
	while (parent && *path) {
		size_t size = strcspn(path, "/");
		assert(size > 0 && size < sizeof(name));
		memcpy(name, path, size);
		name[size] = '\0';
		parent = xml_child(parent, ns, name);
		path += size + (path[size] == '/');
	}
	return parent;
}

/* Bytes of white space at the start of text: ASCII or U+3000. */
static size_t blank_at(const char *text, size_t size)
{
	if (size > 0 && strchr(" \t\r\n", text[0]) && text[0] != '\0') {
		return 1;
	}
	return size >= 3 && memcmp(text, "\xe3\x80\x80", 3) == 0 ? 3 : 0;
}

static void trim(const char **text, size_t *size)
{
	for (size_t n; (n = blank_at(*text, *size)) > 0;) {
		*text += n;
		*size -= n;
	}
	for (;;) {
		if (*size > 0 && blank_at(*text + *size - 1, 1) == 1) {
			*size -= 1;
		} else if (*size >= 3 && blank_at(*text + *size - 3, 3) == 3) {
			*size -= 3;
		} else {
			return;
		}
	}
}

static const char *take_trimmed(struct pool *pool, xmlChar *content)
{
	if (!content) {
		return "";
	}
	const char *text = (const char *)content;
	size_t size = strlen(text);
	trim(&text, &size);
	const char *copy = size > 0 ? pool_copy(pool, text, size) : "";
	xmlFree(content);
	return copy;
}

const char *xml_text(struct pool *pool, const xmlNode *node)
{
	return node ? take_trimmed(pool, xmlNodeGetContent(node)) : "";
}

const char *xml_child_text(
	struct pool *pool, const xmlNode *parent, const char *ns, const char *name)
{
	return xml_text(pool, xml_child(parent, ns, name));
}

const char *xml_attribute(struct pool *pool, const xmlNode *node, const char *name)
{
	return node ? take_trimmed(pool, xmlGetNoNsProp(node, (const xmlChar *)name)) : "";
}

static const char *uri_of(const xmlNs *ns)
{
	return ns && ns->href ? (const char *)ns->href : "";
}

static int compare_attributes(const void *a, const void *b)
{
	const xmlAttr *left = *(const xmlAttr *const *)a;
	const xmlAttr *right = *(const xmlAttr *const *)b;
	int order = strcmp(uri_of(left->ns), uri_of(right->ns));
	return order ? order : strcmp((const char *)left->name, (const char *)right->name);
}

/* Sorted, because XML gives attributes no order and another source may write another one. */
static void digest_attributes(struct digest *d, const xmlNode *node)
{
	const xmlAttr *sorted[ATTRIBUTE_LIMIT] = {0};
	size_t count = 0;
	for (const xmlAttr *at = node->properties; at && count < ATTRIBUTE_LIMIT; at = at->next) {
		sorted[count++] = at;
	}
	qsort(sorted, count, sizeof(sorted[0]), compare_attributes);
	for (size_t i = 0; i < count; i++) {
		xmlChar *value = xmlNodeGetContent((const xmlNode *)sorted[i]);
		digest_add_field(d, "@");
		digest_add_field(d, uri_of(sorted[i]->ns));
		digest_add_field(d, (const char *)sorted[i]->name);
		digest_add_field(d, value ? (const char *)value : "");
		xmlFree(value);
	}
}

static void digest_text(struct digest *d, const xmlNode *node)
{
	const char *text = node->content ? (const char *)node->content : "";
	size_t size = strlen(text);
	trim(&text, &size);
	if (size > 0) {
		digest_add_field(d, "=");
		digest_add(d, text, size);
		digest_add_field(d, "");
	}
}

/* Recursion is bounded by XML_DEPTH_LIMIT. */
void xml_digest(struct digest *d, const xmlNode *node)
{
	digest_add_field(d, "<");
	digest_add_field(d, uri_of(node->ns));
	digest_add_field(d, (const char *)node->name);
	digest_attributes(d, node);
	for (const xmlNode *child = node->children; child; child = child->next) {
		if (child->type == XML_ELEMENT_NODE) {
			xml_digest(d, child);
		} else if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) {
			digest_text(d, child);
		}
	}
	digest_add_field(d, ">");
}
