/* SPDX-License-Identifier: Apache-2.0
 *
 * Which forms of an XML signature are taken. Everything that could make a signature speak of
 * something else than the alert it stands in is refused before the library sees it: other
 * references, XPath, XSLT, keys by URI, keys that are secrets.
 */
#include "ingest/signature/signature_private.h"
#include "ingest/xml.h"

#include <stddef.h>
#include <string.h>

const char signature_ns[] = "http://www.w3.org/2000/09/xmldsig#";

enum { TRANSFORMS_MAX = 4, CERTIFICATES_MAX = 8, NODES_MAX = 400 };

struct algorithm {
	const char *uri;
	bool sha1;
};

#define XMLDSIG "http://www.w3.org/2000/09/xmldsig#"
#define MORE	"http://www.w3.org/2001/04/xmldsig-more#"
#define XMLENC	"http://www.w3.org/2001/04/xmlenc#"

static const char enveloped[] = XMLDSIG "enveloped-signature";

static const struct algorithm canonical[] = {
	{"http://www.w3.org/TR/2001/REC-xml-c14n-20010315", false},
	{"http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments", false},
	{"http://www.w3.org/2001/10/xml-exc-c14n#", false},
	{"http://www.w3.org/2001/10/xml-exc-c14n#WithComments", false},
	{"http://www.w3.org/2006/12/xml-c14n11", false},
	{"http://www.w3.org/2006/12/xml-c14n11#WithComments", false},
	{NULL, false},
};

static const struct algorithm digests[] = {
	{XMLDSIG "sha1", true},
	{XMLENC "sha256", false},
	{MORE "sha384", false},
	{XMLENC "sha512", false},
	{NULL, false},
};

static const struct algorithm signings[] = {
	{XMLDSIG "rsa-sha1", true},
	{XMLDSIG "dsa-sha1", true},
	{MORE "ecdsa-sha1", true},
	{MORE "rsa-sha256", false},
	{MORE "rsa-sha384", false},
	{MORE "rsa-sha512", false},
	{MORE "ecdsa-sha256", false},
	{MORE "ecdsa-sha384", false},
	{MORE "ecdsa-sha512", false},
	{NULL, false},
};

static bool attribute_is(const xmlNode *node, const char *name, const char *value)
{
	xmlChar *have = xmlGetNoNsProp(node, (const xmlChar *)name);
	bool same = have && strcmp((const char *)have, value) == 0;
	xmlFree(have);
	return same;
}

/* The algorithm that node names, out of a list; NULL when it is none of them. */
static const struct algorithm *find(const xmlNode *node, const struct algorithm *list)
{
	for (; node && list->uri; list++) {
		if (attribute_is(node, "Algorithm", list->uri)) {
			return list;
		}
	}
	return NULL;
}

static const xmlNode *first_element(const xmlNode *node)
{
	while (node && node->type != XML_ELEMENT_NODE) {
		node = node->next;
	}
	return node;
}

static const char *transforms_fault(const xmlNode *transforms)
{
	size_t count = 0;
	bool leaves_itself_out = false;
	for (const xmlNode *n = transforms ? first_element(transforms->children) : NULL; n;
		n = first_element(n->next)) {
		bool is_enveloped = attribute_is(n, "Algorithm", enveloped);
		leaves_itself_out = leaves_itself_out || is_enveloped;
		if (!xml_is(n, signature_ns, "Transform") || ++count > TRANSFORMS_MAX ||
			(!is_enveloped && !find(n, canonical))) {
			return "a transform that is not allowed";
		}
	}
	return leaves_itself_out ? NULL : "not an enveloped signature";
}

static bool names_root(const xmlNode *reference, const xmlNode *root)
{
	static const char *const names[] = {"Id", "ID", "id"};
	xmlChar *uri = xmlGetNoNsProp(reference, (const xmlChar *)"URI");
	bool named = uri && uri[0] == '\0';
	for (size_t i = 0; uri && uri[0] == '#' && i < sizeof(names) / sizeof(names[0]); i++) {
		named = named || (uri[1] && attribute_is(root, names[i], (const char *)uri + 1));
	}
	xmlFree(uri);
	return named;
}

static const char *reference_fault(const xmlNode *reference, const xmlNode *root, bool sha1)
{
	if (!reference || xml_next(reference)) {
		return "not exactly one reference";
	}
	if (!names_root(reference, root)) {
		return "the reference is not to the alert as a whole";
	}
	const struct algorithm *digest =
		find(xml_child(reference, signature_ns, "DigestMethod"), digests);
	if (!digest) {
		return "a digest algorithm that is not taken";
	}
	if (digest->sha1 && !sha1) {
		return "SHA-1 is not accepted here";
	}
	return transforms_fault(xml_child(reference, signature_ns, "Transforms"));
}

static const char *key_fault(const xmlNode *key)
{
	static const char *const allowed[] = {"X509Data", "KeyValue", "KeyName"};
	size_t certificates = 0;
	for (const xmlNode *n = key ? first_element(key->children) : NULL; n;
		n = first_element(n->next)) {
		bool known = false;
		for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
			known = known || xml_is(n, signature_ns, allowed[i]);
		}
		if (!known) {
			return "a kind of key that is not taken";
		}
		for (const xmlNode *c = xml_child(n, signature_ns, "X509Certificate"); c;
			c = xml_next(c)) {
			certificates++;
		}
	}
	return certificates > CERTIFICATES_MAX ? "too many certificates" : NULL;
}

static size_t count_nodes(const xmlNode *node)
{
	size_t count = 1;
	for (const xmlNode *n = node->children; n && count <= NODES_MAX; n = n->next) {
		count += count_nodes(n);
	}
	return count;
}

const char *signature_form_fault(const xmlNode *signature, const xmlNode *root, bool sha1)
{
	const xmlNode *info = xml_child(signature, signature_ns, "SignedInfo");
	const struct algorithm *signing =
		find(info ? xml_child(info, signature_ns, "SignatureMethod") : NULL, signings);
	if (count_nodes(signature) > NODES_MAX) {
		return "too large";
	}
	if (!info || !find(xml_child(info, signature_ns, "CanonicalizationMethod"), canonical)) {
		return "a canonical form that is not taken";
	}
	if (!signing) {
		return "a signature algorithm that is not taken";
	}
	if (signing->sha1 && !sha1) {
		return "SHA-1 is not accepted here";
	}
	const char *fault = reference_fault(xml_child(info, signature_ns, "Reference"), root, sha1);
	return fault ? fault : key_fault(xml_child(signature, signature_ns, "KeyInfo"));
}
