/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/edxl.h"

#include "ingest/xml.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char ns[] = "urn:oasis:names:tc:emergency:EDXL:DE:1.0";

static const struct {
	const char *word;
	enum alert_status status;
} statuses[] = {
	{"Actual", ALERT_STATUS_ACTUAL},
	{"Exercise", ALERT_STATUS_EXERCISE},
	{"System", ALERT_STATUS_TEST},
	{"Test", ALERT_STATUS_TEST},
};

static const struct {
	const char *word;
	enum edxl_type type;
} types[] = {
	{"Report", EDXL_NEWS},
	{"Update", EDXL_NEWS},
	{"Dispatch", EDXL_NEWS},
	{"Cancel", EDXL_CANCEL},
	{"Request", EDXL_NO_NEWS},
	{"Response", EDXL_NO_NEWS},
	{"Ack", EDXL_NO_NEWS},
	{"Error", EDXL_NO_NEWS},
	{"SensorConfiguration", EDXL_NO_NEWS},
	{"SensorControl", EDXL_NO_NEWS},
	{"SensorStatus", EDXL_NO_NEWS},
	{"SensorDetection", EDXL_NO_NEWS},
};

bool edxl_is(const xmlNode *root)
{
	return xml_is(root, ns, "EDXLDistribution");
}

int edxl_read(const xmlNode *root, struct edxl *out, struct decode_refusal *refusal)
{
	struct pool *pool = pool_new();
	const char *status = xml_child_text(pool, root, ns, "distributionStatus");
	const char *type = xml_child_text(pool, root, ns, "distributionType");
	*out = (struct edxl){.type = EDXL_NEWS};
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (strcasecmp(status, statuses[i].word) == 0) {
			out->status = statuses[i].status;
			out->status_known = true;
		}
	}
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcasecmp(type, types[i].word) == 0) {
			out->type = types[i].type;
		}
	}
	size_t size = utf8_cut(type, strlen(type), sizeof(out->type_word) - 1);
	memcpy(out->type_word, type, size);
	int rc = out->status_known
			 ? 0
			 : decode_refuse(refusal, "unknown-status", (int)xmlGetLineNo(root),
				   "distributionStatus \"%.60s\"", status);
	pool_free(pool);
	return rc;
}

bool edxl_is_foreign(const xmlNode *content)
{
	return xml_is(content, ns, "nonXMLContent");
}

static const xmlNode *first_element(const xmlNode *node)
{
	while (node && node->type != XML_ELEMENT_NODE) {
		node = node->next;
	}
	return node;
}

/* The first content at or after the children `node` of a contentObject or of what is in it. */
static const xmlNode *content_from(const xmlNode *node)
{
	for (node = first_element(node); node; node = first_element(node->next)) {
		if (edxl_is_foreign(node)) {
			return node;
		}
		const xmlNode *inside = NULL;
		if (xml_is(node, ns, "xmlContent")) {
			inside = content_from(node->children);
		} else if (xml_is(node, ns, "embeddedXMLContent")) {
			inside = first_element(node->children);
		}
		if (inside) {
			return inside;
		}
	}
	return NULL;
}

const xmlNode *edxl_next(const xmlNode *root, const xmlNode *before)
{
	if (before && !edxl_is_foreign(before)) {
		const xmlNode *beside = first_element(before->next);
		if (beside) {
			return beside;
		}
	}
	/* Up to the contentObject, looking behind each step. */
	const xmlNode *at = before ? before : NULL;
	while (at && !xml_is(at, ns, "contentObject")) {
		if (at != before || edxl_is_foreign(at)) {
			const xmlNode *found = content_from(at->next);
			if (found) {
				return found;
			}
		}
		at = at->parent;
	}
	const xmlNode *object = at ? xml_next(at) : xml_child(root, ns, "contentObject");
	for (; object; object = xml_next(object)) {
		const xmlNode *found = content_from(object->children);
		if (found) {
			return found;
		}
	}
	return NULL;
}

static void lower_status(const struct edxl *envelope, struct alert *a)
{
	char text[DIGEST_HEX_SIZE + 32];
	alert_add_warning(a, "status-lowered", "the envelope says %s, the message %s",
		alert_status_name(envelope->status), alert_status_name(a->status));
	a->status = envelope->status;
	(void)snprintf(text, sizeof(text), "%s/%s", alert_status_name(a->status), a->digest);
	digest_of(text, strlen(text), a->digest);
}

int edxl_apply(const struct edxl *envelope, struct alert *a, struct decode_refusal *refusal)
{
	if (envelope->type == EDXL_NO_NEWS) {
		return decode_refuse(refusal, "not-handled", 0,
			"distributionType %s carries nothing for residents", envelope->type_word);
	}
	bool ends = a->action == ALERT_ACTION_CANCEL || a->action == ALERT_ACTION_RELEASE;
	if (envelope->type == EDXL_CANCEL && !ends) {
		return decode_refuse(refusal, "envelope-mismatch", 0,
			"the envelope cancels, the message in it does not (%s)",
			alert_action_name(a->action));
	}
	if (envelope->status < a->status) {
		lower_status(envelope, a);
	}
	return 0;
}
