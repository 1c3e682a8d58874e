/* SPDX-License-Identifier: Apache-2.0
 *
 * Entries as they are really sent: Atom with links, Atom that holds the alert in its content (as
 * elements or as text), RSS with cap: elements beside the link. Which link leads to the telegram is
 * said by its type where there is one.
 */
#include "ingest/fetch/atom/reader.h"

#include "base/buf.h"
#include "ingest/xml.h"

#include <curl/curl.h>
#include <errno.h>
#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ATOM "http://www.w3.org/2005/Atom"

/* Roots of telegrams, by their local names. */
static const char *const roots[] = {"alert", "EDXLDistribution", "Report", NULL};

struct reading {
	struct feed_document *doc;
	size_t capacity;
};

/* ---- times ---- */

static void note_time(struct wall_time *newest, struct wall_time t)
{
	if (!wall_time_is_none(t) && (wall_time_is_none(*newest) || t.ms > newest->ms)) {
		*newest = t;
	}
}

/* RFC 3339 as Atom wants it, or a mail's date as RSS does. */
static struct wall_time read_time(const char *text)
{
	struct wall_time t = WALL_TIME_NONE;
	if (text[0] && wall_time_parse(text, strlen(text), &t, NULL) != 0) {
		time_t seconds = curl_getdate(text, NULL);
		t = seconds == -1 ? WALL_TIME_NONE
				  : (struct wall_time){.ms = (int64_t)seconds * 1000};
	}
	return t;
}

static struct wall_time child_time(
	struct pool *pool, const xmlNode *parent, const char *ns, const char *name)
{
	return read_time(xml_child_text(pool, parent, ns, name));
}

/* ---- embedded telegrams ---- */

static bool is_telegram(const xmlNode *node)
{
	for (size_t i = 0; roots[i]; i++) {
		if (node->ns && xml_is(node, NULL, roots[i])) {
			return true;
		}
	}
	return false;
}

static const xmlNode *telegram_below(const xmlNode *parent)
{
	for (const xmlNode *n = parent ? parent->children : NULL; n; n = n->next) {
		if (n->type == XML_ELEMENT_NODE && is_telegram(n)) {
			return n;
		}
	}
	return NULL;
}

/* The copy carries the namespaces it uses, and no others. */
static void put_element(struct pool *pool, const xmlNode *node, struct feed_entry *out)
{
	xmlDoc *doc = xmlNewDoc((const xmlChar *)"1.0");
	xmlNode *copy = doc ? xmlDocCopyNode((xmlNode *)node, doc, 1) : NULL;
	if (!copy) {
		abort(); /* out of memory: as mem.h */
	}
	(void)xmlDocSetRootElement(doc, copy);
	xmlChar *bytes = NULL;
	int size = 0;
	xmlDocDumpMemoryEnc(doc, &bytes, &size, "UTF-8");
	if (bytes && size > 0) {
		out->embedded = pool_copy(pool, (const char *)bytes, (size_t)size);
		out->embedded_size = (size_t)size;
	}
	xmlFree(bytes);
	xmlFreeDoc(doc);
}

static void put_embedded(struct pool *pool, const xmlNode *content, struct feed_entry *out)
{
	const xmlNode *telegram = telegram_below(content);
	if (telegram) {
		put_element(pool, telegram, out);
		return;
	}
	const char *text = content ? xml_text(pool, content) : "";
	if (text[0] == '<' && strstr(text, "urn:oasis:names:tc:emergency:")) {
		out->embedded = text;
		out->embedded_size = strlen(text);
	}
}

/* ---- links ---- */

static bool holds(const char *text, const char *piece)
{
	return strcasestr(text, piece) != NULL;
}

/* How surely the link leads to a telegram; 0: it does not. */
static int rate_link(const char *rel, const char *type)
{
	if (rel[0] && strcmp(rel, "alternate") != 0 && strcmp(rel, "enclosure") != 0 &&
		strcmp(rel, "self") != 0) {
		return 0;
	}
	if (holds(type, "html") || holds(type, "image/")) {
		return 0;
	}
	int rating = holds(type, "cap") || holds(type, "common-alerting") ? 6
		     : holds(type, "xml")				  ? 4
									  : 2;
	return strcmp(rel, "self") == 0 ? rating - 1 : rating;
}

static const char *atom_link(struct pool *pool, const xmlNode *entry)
{
	const char *best = "";
	int best_rating = 0;
	for (const xmlNode *n = xml_child(entry, ATOM, "link"); n; n = xml_next(n)) {
		const char *href = xml_attribute(pool, n, "href");
		int rating =
			rate_link(xml_attribute(pool, n, "rel"), xml_attribute(pool, n, "type"));
		if (href[0] && rating > best_rating) {
			best = href;
			best_rating = rating;
		}
	}
	if (best[0]) {
		return best;
	}
	const char *id = xml_child_text(pool, entry, ATOM, "id");
	return strncmp(id, "http://", 7) == 0 || strncmp(id, "https://", 8) == 0 ? id : "";
}

static const char *rss_link(struct pool *pool, const xmlNode *item)
{
	for (const xmlNode *n = xml_child(item, NULL, "enclosure"); n; n = xml_next(n)) {
		if (rate_link("", xml_attribute(pool, n, "type")) >= 4) {
			return xml_attribute(pool, n, "url");
		}
	}
	/* Atom links stand in RSS too; theirs have no text. */
	for (const xmlNode *n = xml_child(item, NULL, "link"); n; n = xml_next(n)) {
		const char *text = xml_text(pool, n);
		if (text[0]) {
			return text;
		}
	}
	const xmlNode *guid = xml_child(item, NULL, "guid");
	bool is_link = guid && strcmp(xml_attribute(pool, guid, "isPermaLink"), "false") != 0;
	const char *id = is_link ? xml_text(pool, guid) : "";
	return strncmp(id, "http", 4) == 0 ? id : "";
}

/* ---- documents ---- */

static void add_entry(struct reading *r, const struct feed_entry *entry)
{
	struct feed_document *doc = r->doc;
	note_time(&doc->updated, entry->updated);
	if (!entry->embedded && !entry->link[0]) {
		doc->unusable++;
		return;
	}
	mem_grow((void **)&doc->list, &r->capacity, doc->count, sizeof(*doc->list));
	doc->list[doc->count++] = *entry;
}

/* An alert beside the link, as an index has it, is a summary: it counts only without a link. */
static void finish_entry(
	struct reading *r, const xmlNode *node, const char *link, struct feed_entry *entry)
{
	if (!entry->embedded && link[0]) {
		entry->link = link;
	} else if (!entry->embedded) {
		put_embedded(r->doc->pool, node, entry);
	}
	add_entry(r, entry);
}

static void read_atom(struct reading *r, const xmlNode *feed)
{
	struct pool *pool = r->doc->pool;
	note_time(&r->doc->updated, child_time(pool, feed, ATOM, "updated"));
	for (const xmlNode *n = xml_child(feed, ATOM, "entry"); n; n = xml_next(n)) {
		struct feed_entry entry = {
			.link = "", .updated = child_time(pool, n, ATOM, "updated")};
		put_embedded(pool, xml_child(n, ATOM, "content"), &entry);
		finish_entry(r, n, atom_link(pool, n), &entry);
	}
}

static void read_rss(struct reading *r, const xmlNode *channel)
{
	struct pool *pool = r->doc->pool;
	note_time(&r->doc->updated, child_time(pool, channel, NULL, "lastBuildDate"));
	note_time(&r->doc->updated, child_time(pool, channel, NULL, "pubDate"));
	for (const xmlNode *n = xml_child(channel, NULL, "item"); n; n = xml_next(n)) {
		struct feed_entry entry = {
			.link = "", .updated = child_time(pool, n, NULL, "pubDate")};
		put_embedded(pool, xml_child(n, NULL, "encoded"), &entry);
		finish_entry(r, n, rss_link(pool, n), &entry);
	}
}

static int read_tree(struct feed_document *out, const xmlDoc *tree, struct err *e)
{
	struct reading r = {.doc = out};
	const xmlNode *root = xmlDocGetRootElement((xmlDoc *)tree);
	if (xml_is(root, ATOM, "feed")) {
		read_atom(&r, root);
		return 0;
	}
	const xmlNode *channel = xml_child(root, NULL, "channel");
	if (xml_is(root, NULL, "rss") && channel) {
		read_rss(&r, channel);
		return 0;
	}
	return err_set(e, -EPROTO, "neither an Atom feed nor an RSS channel, but <%.60s>",
		(const char *)root->name);
}

/* ---- broken text ---- */

/* Bytes of the character at text, or 0 when it is no UTF-8. */
static size_t character(const unsigned char *text, size_t size)
{
	static const struct {
		unsigned char mask;
		unsigned char lead;
		size_t size;
	} forms[] = {{0x80, 0x00, 1}, {0xe0, 0xc0, 2}, {0xf0, 0xe0, 3}, {0xf8, 0xf0, 4}};
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if ((text[0] & forms[i].mask) != forms[i].lead) {
			continue;
		}
		size_t rest = 1;
		while (rest < forms[i].size && rest < size && (text[rest] & 0xc0) == 0x80) {
			rest++;
		}
		return rest == forms[i].size ? rest : 0;
	}
	return 0;
}

/* false: the bytes are UTF-8 already, there is nothing to mend. */
static bool mend(const void *bytes, size_t size, struct buf *out)
{
	const unsigned char *at = bytes;
	const unsigned char *end = at + size;
	const unsigned char *good = at;
	bool broken = false;
	buf_init(out, FEED_SIZE_LIMIT);
	while (at < end) {
		size_t step = character(at, (size_t)(end - at));
		if (step > 0) {
			at += step;
			continue;
		}
		broken = true;
		(void)buf_add(out, good, (size_t)(at - good));
		(void)buf_add_text(out, "\xef\xbf\xbd");
		good = ++at;
	}
	(void)buf_add(out, good, (size_t)(end - good));
	return broken && out->failed == 0;
}

int feed_document_read(const void *bytes, size_t size, struct feed_document *out, struct err *e)
{
	*out = (struct feed_document){.pool = pool_new(), .updated = WALL_TIME_NONE};
	xmlDoc *tree = NULL;
	int line = 0;
	int rc = xml_parse_within(FEED_SIZE_LIMIT, bytes, size, &tree, &line, e);
	if (rc == -EBADMSG && size <= FEED_SIZE_LIMIT) {
		struct buf mended;
		struct err ignored = {0};
		if (mend(bytes, size, &mended) &&
			xml_parse_within(FEED_SIZE_LIMIT, mended.data, mended.size, &tree, &line,
				&ignored) == 0) {
			out->repaired = true;
			rc = 0;
		}
		buf_clear(&mended);
	}
	if (rc == 0) {
		rc = read_tree(out, tree, e);
		xmlFreeDoc(tree);
	}
	if (rc) {
		feed_document_clear(out);
	}
	return rc;
}

void feed_document_clear(struct feed_document *doc)
{
	free(doc->list);
	pool_free(doc->pool);
	*doc = (struct feed_document){0};
}
