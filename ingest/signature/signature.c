/* SPDX-License-Identifier: Apache-2.0
 *
 * Some authorities sign twice, side by side, each over the alert without either signature (NAADS);
 * so each Signature is checked in a copy from which the others are gone, and only then, as the
 * standard has it, in a copy with all of them.
 */
#include "ingest/signature/signature_private.h"
#include "ingest/xml.h"

#include <assert.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <xmlsec/crypto.h>
#include <xmlsec/errors.h>
#include <xmlsec/keyinfo.h>
#include <xmlsec/keysmngr.h>
#include <xmlsec/openssl/app.h>
#include <xmlsec/openssl/x509.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>

/* Each try copies the alert and writes it out canonically: bounded, so that no message holds up the
 * next ones. */
enum { SIGNATURES_MAX = 4, TRIED_MAX = 8, NODES_MAX = 100000, NAME_MAX_BYTES = 200 };

static void say_nothing(const char *file, int line, const char *function, const char *object,
	const char *subject, int reason, const char *message)
{
	(void)file;
	(void)line;
	(void)function;
	(void)object;
	(void)subject;
	(void)reason;
	(void)message;
}

/* As the library's own state, the process's: made once, because making it reads the system's
 * certificates, which are of no use here. Empty. */
static xmlSecKeysMngrPtr no_keys;

void signature_setup(void)
{
	if (no_keys) {
		return;
	}
	if (xmlSecInit() < 0 || xmlSecCryptoAppInit(NULL) < 0 || xmlSecCryptoInit() < 0) {
		abort(); /* the library is not the one we were built with */
	}
	xmlSecErrorsSetCallback(say_nothing);
	no_keys = xmlSecKeysMngrCreate();
	if (!no_keys || xmlSecCryptoAppDefaultKeysMngrInit(no_keys) < 0) {
		abort(); /* out of memory: as mem.h */
	}
}

bool signature_is_trusted(const struct alert *a)
{
	for (size_t i = 0; i < a->signature_count; i++) {
		if (a->signatures[i].state == SIGNATURE_VALID_TRUSTED) {
			return true;
		}
	}
	return false;
}

/* ---- the copy that is checked ---- */

static xmlNode *nth_signature(xmlNode *root, size_t index)
{
	for (xmlNode *n = root->children; n; n = n->next) {
		if (xml_is(n, signature_ns, "Signature") && index-- == 0) {
			return n;
		}
	}
	return NULL;
}

static void drop_other_signatures(xmlNode *root, const xmlNode *kept)
{
	for (xmlNode *n = root->children, *next; n; n = next) {
		next = n->next;
		if (n != kept && xml_is(n, signature_ns, "Signature")) {
			xmlUnlinkNode(n);
			xmlFreeNode(n);
		}
	}
}

/* What else stands in a Signature (objects, also in no namespace: NAADS) is signed by nothing that
 * is taken here, and the library stumbles over it. */
static void drop_extras(xmlNode *signature)
{
	static const char *const parts[] = {"SignedInfo", "SignatureValue", "KeyInfo"};
	assert(signature);
	for (xmlNode *n = signature->children, *next; n; n = next) {
		next = n->next;
		bool kept = n->type != XML_ELEMENT_NODE;
		for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
			kept = kept || xml_is(n, signature_ns, parts[i]);
		}
		if (!kept) {
			xmlUnlinkNode(n);
			xmlFreeNode(n);
		}
	}
}

/* Inside an envelope, canonical XML 1.0 sees the namespaces that the envelope declares. */
static void declare_namespaces_around(const xmlNode *root, xmlNode *copy)
{
	xmlNs **list = root->parent && root->parent->type == XML_ELEMENT_NODE
			       ? xmlGetNsList(root->doc, root)
			       : NULL;
	for (size_t i = 0; list && list[i]; i++) {
		bool declared = false;
		for (const xmlNs *ns = copy->nsDef; ns; ns = ns->next) {
			declared = declared || xmlStrEqual(ns->prefix, list[i]->prefix);
		}
		if (!declared) {
			(void)xmlNewNs(copy, list[i]->href, list[i]->prefix);
		}
	}
	xmlFree(list);
}

static void declare_id(xmlDoc *doc, xmlNode *root)
{
	static const char *const names[] = {"Id", "ID", "id"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		xmlAttr *attribute = xmlHasProp(root, (const xmlChar *)names[i]);
		xmlChar *value = attribute ? xmlNodeGetContent((xmlNode *)attribute) : NULL;
		if (value && value[0]) {
			(void)xmlAddID(NULL, doc, value, attribute);
		}
		xmlFree(value);
	}
}

struct view {
	bool alone;  /* without the other signatures */
	bool around; /* with the namespaces of the envelope */
};

/* A document of its own with a copy of root; *signature is the one to check in it. */
static xmlDoc *copy_for(
	const xmlNode *root, size_t index, const struct view *view, xmlNode **signature)
{
	xmlDoc *doc = xmlNewDoc((const xmlChar *)"1.0");
	xmlNode *copy = doc ? xmlDocCopyNode((xmlNode *)root, doc, 1) : NULL;
	if (!copy) {
		abort(); /* out of memory: as mem.h */
	}
	(void)xmlDocSetRootElement(doc, copy);
	if (view->around) {
		declare_namespaces_around(root, copy);
	}
	*signature = nth_signature(copy, index);
	if (view->alone) {
		drop_other_signatures(copy, *signature);
	}
	drop_extras(*signature);
	declare_id(doc, copy);
	return doc;
}

/* ---- one signature ---- */

struct finding {
	enum signature_state state;
	char signer[NAME_MAX_BYTES];
	const char *reason;
};

static void limit(xmlSecDSigCtx *ctx)
{
	const xmlSecTransformId transforms[] = {xmlSecTransformEnvelopedId,
		xmlSecTransformInclC14NId, xmlSecTransformInclC14NWithCommentsId,
		xmlSecTransformInclC14N11Id, xmlSecTransformInclC14N11WithCommentsId,
		xmlSecTransformExclC14NId, xmlSecTransformExclC14NWithCommentsId,
		xmlSecTransformSha1Id, xmlSecTransformSha256Id, xmlSecTransformSha384Id,
		xmlSecTransformSha512Id};
	ctx->enabledReferenceUris =
		xmlSecTransformUriTypeEmpty | xmlSecTransformUriTypeSameDocument;
	for (size_t i = 0; i < sizeof(transforms) / sizeof(transforms[0]); i++) {
		(void)xmlSecDSigCtxEnableReferenceTransform(ctx, transforms[i]);
	}
	xmlSecKeyInfoCtx *key = &ctx->keyInfoReadCtx;
	/* The way up to somebody trusted is followed by trust_fault(). */
	key->flags |= XMLSEC_KEYINFO_FLAGS_X509DATA_DONT_VERIFY_CERTS;
	key->maxRetrievalMethodLevel = 0;
	key->maxEncryptedKeyLevel = 0;
	key->retrievalMethodCtx.enabledUris = xmlSecTransformUriTypeNone;
	const xmlSecKeyDataId data[] = {xmlSecKeyDataX509Id, xmlSecKeyDataValueId,
		xmlSecKeyDataRsaId, xmlSecKeyDataDsaId, xmlSecKeyDataEcdsaId};
	for (size_t i = 0; i < sizeof(data) / sizeof(data[0]); i++) {
		(void)xmlSecPtrListAdd(&key->enabledKeyData, (void *)data[i]);
	}
}

static void name_signer(struct finding *f, X509 *certificate)
{
	BIO *out = BIO_new(BIO_s_mem());
	char *text = NULL;
	if (out && X509_NAME_print_ex(out, X509_get_subject_name(certificate), 0,
			   XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0) {
		long size = BIO_get_mem_data(out, &text);
		size_t kept = utf8_cut(text, size > 0 ? (size_t)size : 0, sizeof(f->signer) - 1);
		memcpy(f->signer, text, kept);
		f->signer[kept] = '\0';
	}
	BIO_free(out);
}

static STACK_OF(X509) * certificates_of(xmlSecKeyDataPtr data)
{
	STACK_OF(X509) *list = sk_X509_new_null();
	for (xmlSecSize i = 0; list && i < xmlSecOpenSSLKeyDataX509GetCertsSize(data); i++) {
		(void)sk_X509_push(list, xmlSecOpenSSLKeyDataX509GetCert(data, i));
	}
	return list;
}

/* The signature is sound: whose is it? certificate NULL: the one that came with it. */
static void judge_signer(
	struct finding *f, xmlSecKeyPtr key, X509 *certificate, const struct signature_rules *rules)
{
	xmlSecKeyDataPtr data = xmlSecKeyGetData(key, xmlSecKeyDataX509Id);
	certificate = certificate ? certificate
		      : data	  ? xmlSecOpenSSLKeyDataX509GetKeyCert(data)
				  : NULL;
	f->state = SIGNATURE_VALID_UNTRUSTED;
	f->reason = "only a bare key, no certificate";
	if (!certificate) {
		return;
	}
	name_signer(f, certificate);
	STACK_OF(X509) *others = data ? certificates_of(data) : NULL;
	f->reason = trust_fault(rules->trust, certificate, others, rules->now);
	sk_X509_free(others);
	if (!f->reason) {
		f->state = SIGNATURE_VALID_TRUSTED;
		f->reason = "";
	}
}

static xmlSecKeyPtr key_of(X509 *certificate)
{
	BIO *pem = BIO_new(BIO_s_mem());
	if (!pem || PEM_write_bio_X509(pem, certificate) != 1) {
		abort(); /* out of memory: as mem.h */
	}
	xmlSecKeyPtr key = xmlSecOpenSSLAppKeyFromCertLoadBIO(pem, xmlSecKeyDataFormatPem);
	BIO_free(pem);
	return key;
}

/* By the key of a certificate; NULL: by the key that the signature brings. */
static bool verify(const xmlNode *root, size_t index, const struct view *view, X509 *certificate,
	const struct signature_rules *rules, struct finding *f)
{
	xmlNode *signature;
	xmlDoc *doc = copy_for(root, index, view, &signature);
	xmlSecDSigCtx *ctx = xmlSecDSigCtxCreate(no_keys);
	if (!ctx) {
		abort(); /* out of memory: as mem.h */
	}
	limit(ctx);
	ctx->signKey = certificate ? key_of(certificate) : NULL;
	bool done = xmlSecDSigCtxVerify(ctx, signature) == 0;
	bool valid = done && ctx->status == xmlSecDSigStatusSucceeded;
	f->state = SIGNATURE_INVALID;
	if (valid) {
		judge_signer(f, ctx->signKey, certificate, rules);
	} else if (done || ctx->signKey) {
		f->reason = "the content or the signature was changed";
	} else {
		f->state = SIGNATURE_UNSUPPORTED;
		f->reason = "no key to check it with";
	}
	xmlSecDSigCtxDestroy(ctx);
	xmlFreeDoc(doc);
	ERR_clear_error();
	return valid;
}

/* A signature without a key of its own: one of those that are trusted must fit. */
static bool verify_by_trusted(const xmlNode *root, size_t index, const struct view *view,
	const struct signature_rules *rules, struct finding *f)
{
	STACK_OF(X509) *list = trust_certificates(rules->trust);
	for (int i = 0; i < sk_X509_num(list) && i < TRIED_MAX; i++) {
		struct finding tried = {.signer = "", .reason = ""};
		if (verify(root, index, view, sk_X509_value(list, i), rules, &tried)) {
			*f = tried;
			return true;
		}
	}
	return false;
}

/* Counts no further than the limit. */
static size_t count_nodes(const xmlNode *node, size_t count)
{
	count++;
	for (const xmlNode *n = node->children; n && count <= NODES_MAX; n = n->next) {
		count = count_nodes(n, count);
	}
	return count;
}

static void check_one(const xmlNode *root, const xmlNode *signature, size_t index, size_t count,
	const struct signature_rules *rules, struct finding *f)
{
	f->state = SIGNATURE_UNSUPPORTED;
	f->reason = count_nodes(root, 0) > NODES_MAX
			    ? "the alert is too large"
			    : signature_form_fault(signature, root, rules->sha1);
	const int ways = count > 1 ? 2 : 1;
	bool enveloped = root->parent && root->parent->type == XML_ELEMENT_NODE;
	for (int around = 0; !f->reason && around <= enveloped; around++) {
		for (int together = 0; together < ways; together++) {
			const struct view view = {.alone = !together, .around = around};
			bool valid = verify(root, index, &view, NULL, rules, f);
			if (!valid && f->state == SIGNATURE_UNSUPPORTED && view.alone && !around) {
				valid = verify_by_trusted(root, index, &view, rules, f);
			}
			if (valid) {
				return;
			}
		}
		f->reason = around < enveloped ? NULL : f->reason;
	}
}

void signature_check(const xmlNode *root, const struct signature_rules *rules, struct alert *a)
{
	size_t count = 0;
	for (const xmlNode *n = xml_child(root, signature_ns, "Signature"); n; n = xml_next(n)) {
		count++;
	}
	size_t index = 0;
	for (const xmlNode *n = xml_child(root, signature_ns, "Signature"); n; n = xml_next(n)) {
		struct finding f = {.signer = "", .reason = "one of too many"};
		if (index < SIGNATURES_MAX) {
			check_one(root, n, index, count, rules, &f);
		}
		alert_add_signature(a, f.state, f.signer, f.reason);
		if (f.state < SIGNATURE_VALID_UNTRUSTED) {
			alert_add_warning(a,
				f.state == SIGNATURE_INVALID ? "signature-invalid"
							     : "signature-unsupported",
				"%s: %s", f.signer[0] ? f.signer : "signature", f.reason);
		}
		if (++index > SIGNATURES_MAX) {
			break;
		}
	}
}
