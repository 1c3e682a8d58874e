/* SPDX-License-Identifier: Apache-2.0
 *
 * Recognises a telegram by its first character and root element and hands it to the decoder of
 * that vocabulary. What a policy forbids is refused here, so that no decoder has to know of it.
 */
#include "ingest/decode.h"

#include "base/json.h"
#include "ingest/edxl.h"
#include "ingest/mail/mail.h"
#include "ingest/mail/read.h"
#include "ingest/signature/signature.h"
#include "ingest/xml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct decoder *const decoders[] = {
	&decoder_jmx,
	&decoder_cap,
};

int decode_refuse(
	struct decode_refusal *refusal, const char *code, int line, const char *format, ...)
{
	char text[1024];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	size_t size = utf8_cut(text, strlen(text), sizeof(refusal->reason) - 1);
	memcpy(refusal->reason, text, size);
	refusal->reason[size] = '\0';
	refusal->code = code;
	refusal->line = line;
	return -EBADMSG;
}

static bool list_allows(const struct text_list *list, const char *word)
{
	if (!list || list->count == 0) {
		return true;
	}
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->list[i], word) == 0) {
			return true;
		}
	}
	return false;
}

static int check_format(
	const struct decode_policy *policy, const char *format, struct decode_refusal *refusal)
{
	if (policy && !list_allows(policy->formats, format)) {
		return decode_refuse(refusal, "format-not-allowed", 0,
			"this feed does not take the format %s", format);
	}
	return 0;
}

static const struct decoder *find_decoder(const xmlNode *root)
{
	for (size_t i = 0; i < sizeof(decoders) / sizeof(decoders[0]); i++) {
		for (const char *const *ns = decoders[i]->namespaces; *ns; ns++) {
			if (xml_is(root, *ns, decoders[i]->root_name)) {
				return decoders[i];
			}
		}
	}
	return NULL;
}

static void set_digest(struct alert *a, const xmlNode *root)
{
	struct digest *d = digest_new();
	xml_digest(d, root);
	digest_end_hex(d, a->digest);
	digest_free(d);
}

static int refuse_unsigned(const struct alert *a, struct decode_refusal *refusal)
{
	const struct alert_signature *first = a->signature_count > 0 ? a->signatures : NULL;
	return decode_refuse(refusal, "signature", 0,
		"this feed takes only what somebody it trusts has signed: %s%s%s",
		first ? signature_state_name(first->state) : "there is no signature",
		first && first->reason[0] ? ", " : "", first ? first->reason : "");
}

/* What the feed asks of an alert, whatever its vocabulary. root NULL: the format has no signatures.
 */
static int apply_policy(const xmlNode *root, const struct decode_policy *policy, struct alert *a,
	struct decode_refusal *refusal)
{
	const struct decode_policy any = {.received = WALL_TIME_NONE};
	const struct decode_policy *p = policy ? policy : &any;
	if (a->format == ALERT_FORMAT_CAP && !list_allows(p->senders, a->sender)) {
		return decode_refuse(refusal, "sender-not-allowed", 0,
			"this feed does not take the sender %s", a->sender);
	}
	if (p->signature != SIGNATURE_POLICY_IGNORE && a->format == ALERT_FORMAT_CAP) {
		const struct signature_rules rules = {
			.trust = p->trust, .sha1 = p->sha1, .now = p->received};
		signature_check(root, &rules, a);
	}
	bool enough = p->signature != SIGNATURE_POLICY_REQUIRE || signature_is_trusted(a);
	return enough ? 0 : refuse_unsigned(a, refusal);
}

/* Roots that hold alerts by the dozen: the programs that fetch feeds take them apart. */
static bool is_feed(const xmlNode *root)
{
	static const char *const names[] = {"feed", "rss", "RDF", "alerts"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (xml_is(root, NULL, names[i])) {
			return true;
		}
	}
	return false;
}

static int decode_root(const xmlNode *root, const struct decode_policy *policy, struct alert **out,
	struct decode_refusal *refusal)
{
	const struct decoder *decoder = find_decoder(root);
	if (!decoder) {
		return decode_refuse(refusal, "not-handled", (int)xmlGetLineNo(root),
			"the root element %s in namespace %s is %s", (const char *)root->name,
			root->ns && root->ns->href ? (const char *)root->ns->href : "(none)",
			is_feed(root) ? "a list of alerts, not an alert: configure it as a feed "
					"that is fetched, or send its alerts one by one"
				      : "no telegram known here");
	}
	int rc = check_format(policy, decoder->format, refusal);
	if (rc != 0) {
		return rc;
	}
	struct alert *a = alert_new();
	(void)alert_format_parse(decoder->format, &a->format);
	set_digest(a, root);
	rc = decoder->decode(root, a, refusal);
	rc = rc ? rc : apply_policy(root, policy, a, refusal);
	if (rc != 0) {
		alert_free(a);
		return rc;
	}
	*out = a;
	return 0;
}

static int decode_content(const struct edxl *envelope, const xmlNode *content,
	const struct decode_policy *policy, struct alert **out, struct decode_refusal *refusal)
{
	if (edxl_is_foreign(content)) {
		return decode_refuse(refusal, "not-handled", (int)xmlGetLineNo(content),
			"content that is not XML is not read");
	}
	int rc = decode_root(content, policy, out, refusal);
	rc = rc ? rc : edxl_apply(envelope, *out, refusal);
	if (rc) {
		alert_free(*out);
		*out = NULL;
	}
	return rc;
}

static int decode_envelope(const xmlNode *root, size_t size, const struct decode_policy *policy,
	struct decoded *out, struct decode_refusal *refusal)
{
	struct edxl envelope;
	int rc = edxl_read(root, &envelope, refusal);
	const xmlNode *content = rc ? NULL : edxl_next(root, NULL);
	if (rc == 0 && !content) {
		return decode_refuse(
			refusal, "not-handled", (int)xmlGetLineNo(root), "the envelope is empty");
	}
	for (; content; content = edxl_next(root, content)) {
		if (out->count == DECODE_PARTS_MAX ||
			size * (out->count + 1) > DECODE_PARTS_BYTES) {
			return decode_refuse(refusal, "too-large", (int)xmlGetLineNo(content),
				"an envelope of %zu bytes with more than %zu messages", size,
				out->count);
		}
		struct decode_part *part = &out->parts[out->count++];
		(void)decode_content(&envelope, content, policy, &part->alert, &part->refusal);
	}
	return rc;
}

static int refuse_xml(struct decode_refusal *refusal, int rc, int line, const struct err *e)
{
	static const struct {
		int rc;
		const char *code;
	} codes[] = {{-EPERM, "doctype"}, {-EMSGSIZE, "too-large"}, {-EBADMSG, "not-xml"}};
	const char *code = "not-xml";
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (codes[i].rc == rc) {
			code = codes[i].code;
		}
	}
	return decode_refuse(refusal, code, line, "%s", e->text);
}

static int decode_xml(const void *bytes, size_t size, const struct decode_policy *policy,
	struct decoded *out, struct decode_refusal *refusal)
{
	struct err e = {0};
	xmlDoc *doc = NULL;
	int line = 0;
	int rc = xml_parse(bytes, size, &doc, &line, &e);
	if (rc != 0) {
		return refuse_xml(refusal, rc, line, &e);
	}
	const xmlNode *root = xmlDocGetRootElement(doc);
	if (edxl_is(root)) {
		rc = decode_envelope(root, size, policy, out, refusal);
	} else {
		rc = decode_root(root, policy, &out->parts[0].alert, refusal);
		out->count = 1;
	}
	xmlFreeDoc(doc);
	return rc;
}

static int decode_json(const void *bytes, size_t size, const struct decode_policy *policy,
	struct alert **out, struct decode_refusal *refusal)
{
	int rc = check_format(policy, "json", refusal);
	if (rc != 0) {
		return rc;
	}
	struct err e = {0};
	json_t *object = json_read(bytes, size, &e);
	if (!object) {
		return decode_refuse(refusal, "not-alert", 0, "%s", e.text);
	}
	*out = alert_from_json(object, &e);
	json_decref(object);
	if (!*out) {
		return decode_refuse(refusal, "not-alert", 0, "%s", e.text);
	}
	(*out)->signature_count = 0; /* what it says of itself proves nothing */
	return apply_policy(NULL, policy, *out, refusal);
}

/* Where the document starts: behind a byte order mark and white space. */
static size_t skip_blank(const char *text, size_t size)
{
	size_t at = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	while (at < size && memchr(" \t\r\n", text[at], 4)) {
		at++;
	}
	return at;
}

static int decode_any(const char *text, size_t size, const struct decode_policy *policy,
	struct decoded *out, struct decode_refusal *refusal)
{
	size_t limit = policy && policy->limit > 0 ? policy->limit : XML_SIZE_LIMIT;
	if (size > limit) {
		return decode_refuse(refusal, "too-large", 0,
			"%zu bytes are more than the %zu this feed takes", size, limit);
	}
	size_t start = size > 0 ? skip_blank(text, size) : 0;
	struct alert **only = &out->parts[0].alert;
	if (start == size) {
		return decode_refuse(refusal, "empty", 0, "the message holds no document");
	}
	out->count = 1;
	if (text[start] == '{') {
		return decode_json(text + start, size - start, policy, only, refusal);
	}
	if (list_allows(policy ? policy->formats : NULL, "jalert-mail") &&
		mail_is_likely(text + start, size - start)) {
		int rc = mail_decode(text + start, size - start, policy, only, refusal);
		return rc ? rc : apply_policy(NULL, policy, *only, refusal);
	}
	out->count = 0;
	/* Line breaks before the XML declaration are not well-formed but do occur on pipes. A
	 * declaration in UTF-16 starts with other bytes and is left whole. */
	return decode_xml(text + start, size - start, policy, out, refusal);
}

int decode_message(const void *bytes, size_t size, const struct decode_policy *policy,
	struct decoded *out, struct decode_refusal *refusal)
{
	*out = (struct decoded){.count = 0};
	*refusal = (struct decode_refusal){.code = ""};
	int rc = decode_any(bytes, size, policy, out, refusal);
	if (rc == 0 && out->count == 1 && !out->parts[0].alert) {
		*refusal = out->parts[0].refusal;
		rc = -EBADMSG;
	}
	if (rc) {
		decoded_clear(out);
	}
	return rc;
}

void decoded_clear(struct decoded *d)
{
	for (size_t i = 0; i < d->count; i++) {
		alert_free(d->parts[i].alert);
	}
	d->count = 0;
}

int decode_telegram(const void *bytes, size_t size, const struct decode_policy *policy,
	struct alert **out, struct decode_refusal *refusal)
{
	*out = NULL;
	struct decoded d;
	int rc = decode_message(bytes, size, policy, &d, refusal);
	if (rc == 0 && d.count > 1) {
		rc = decode_refuse(refusal, "several", 0, "the message holds %zu alerts", d.count);
	} else if (rc == 0) {
		*out = d.parts[0].alert;
		d.count = 0;
	}
	decoded_clear(&d);
	return rc;
}
