/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/mail/html.h"

#include <libxml/HTMLparser.h>
#include <libxml/tree.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

static bool is_one_of(const xmlNode *node, const char *const *names)
{
	for (; *names; names++) {
		if (strcasecmp((const char *)node->name, *names) == 0) {
			return true;
		}
	}
	return false;
}

static bool is_hidden(const xmlNode *node)
{
	static const char *const names[] = {"script", "style", "head", "title", NULL};
	return node->type != XML_ELEMENT_NODE || is_one_of(node, names);
}

static bool is_block(const xmlNode *node)
{
	static const char *const names[] = {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4",
		"table", "ul", "ol", "blockquote", "pre", NULL};
	return node->type == XML_ELEMENT_NODE && is_one_of(node, names);
}

static void add_node(const xmlNode *node, struct buf *out)
{
	if ((node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) &&
		node->content) {
		(void)buf_add_text(out, (const char *)node->content);
	}
}

/* Without recursion: how deep it nests is the sender's choice. */
static void walk(const xmlNode *root, struct buf *out)
{
	const xmlNode *node = root;
	while (node) {
		add_node(node, out);
		if (node->children && !is_hidden(node)) {
			node = node->children;
			continue;
		}
		while (node) {
			if (is_block(node)) {
				(void)buf_add(out, "\n", 1);
			}
			if (node == root) {
				return;
			}
			if (node->next) {
				node = node->next;
				break;
			}
			node = node->parent;
		}
	}
}

void html_to_text(const char *html, size_t size, struct buf *out)
{
	if (size == 0 || size > INT_MAX) {
		return;
	}
	htmlDocPtr doc = htmlReadMemory(html, (int)size, NULL, "UTF-8",
		HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
			HTML_PARSE_COMPACT);
	if (doc) {
		walk(xmlDocGetRootElement(doc), out);
		xmlFreeDoc(doc);
	}
}
