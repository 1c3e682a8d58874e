/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/http_head.h"

#include "base/digest.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { FIELD_LIMIT = 64, LENGTH_DIGITS = 10 };

struct span {
	const char *at;
	size_t size;
};

struct reading {
	struct http_head *head;
	struct http_fault *fault;
	bool old; /* HTTP/1.0 */
	bool found;
	int hosts;
	bool good_type;
	bool encoded;
	struct span token;
};

static bool refuse(struct reading *r, const char *code, const char *text)
{
	*r->fault = (struct http_fault){code, text};
	return false;
}

static bool bad(struct reading *r, const char *text)
{
	return refuse(r, "bad-request", text);
}

static bool is(struct span s, const char *text)
{
	return strlen(text) == s.size && strncasecmp(s.at, text, s.size) == 0;
}

static bool is_exactly(struct span s, const char *text)
{
	return strlen(text) == s.size && memcmp(s.at, text, s.size) == 0;
}

static bool is_token_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
}

/* Up to the next end char, which is passed over. */
static struct span cut(struct span *rest, char end)
{
	const char *found = memchr(rest->at, end, rest->size);
	struct span piece = {rest->at, found ? (size_t)(found - rest->at) : rest->size};
	size_t used = piece.size + (found ? 1 : 0);
	rest->at += used;
	rest->size -= used;
	return piece;
}

static struct span trim(struct span s)
{
	while (s.size > 0 && (s.at[0] == ' ' || s.at[0] == '\t')) {
		s.at++;
		s.size--;
	}
	while (s.size > 0 && (s.at[s.size - 1] == ' ' || s.at[s.size - 1] == '\t')) {
		s.size--;
	}
	return s;
}

/* ---- the request line ---- */

static bool read_request_line(struct reading *r, struct span line)
{
	struct span method = cut(&line, ' ');
	struct span target = cut(&line, ' ');
	r->old = is_exactly(line, "HTTP/1.0");
	if (method.size == 0 || target.size == 0 || (!r->old && !is_exactly(line, "HTTP/1.1"))) {
		return bad(r, "the request line is not METHOD TARGET HTTP/1.1");
	}
	r->head->method = is_exactly(method, "GET")    ? HTTP_GET
			  : is_exactly(method, "POST") ? HTTP_POST
						       : HTTP_OTHER;
	r->head->health = is_exactly(target, "/v1/health");
	r->found = r->head->health || is_exactly(target, "/v1/alerts");
	r->head->is_last = r->old;
	return true;
}

/* ---- fields ---- */

static bool take_length(struct reading *r, struct span value)
{
	if (r->head->has_length) {
		return bad(r, "Content-Length is given twice");
	}
	if (value.size == 0 || value.size > LENGTH_DIGITS) {
		return value.size == 0 ? bad(r, "Content-Length is no number")
				       : refuse(r, "too-large", "the body is above the limit");
	}
	for (size_t i = 0; i < value.size; i++) {
		if (value.at[i] < '0' || value.at[i] > '9') {
			return bad(r, "Content-Length is no number");
		}
		r->head->length = r->head->length * 10 + (uint64_t)(value.at[i] - '0');
	}
	r->head->has_length = true;
	return true;
}

static bool take_transfer(struct reading *r, struct span value)
{
	if (r->head->chunked || r->old || !is(value, "chunked")) {
		return bad(r, "Transfer-Encoding other than chunked is not spoken");
	}
	r->head->chunked = true;
	return true;
}

static bool take_host(struct reading *r, struct span value)
{
	(void)value;
	r->hosts++;
	return true;
}

static bool take_expect(struct reading *r, struct span value)
{
	if (!is(value, "100-continue")) {
		return refuse(r, "expectation-failed", "only 100-continue can be expected");
	}
	r->head->expects = !r->old;
	return true;
}

static bool take_connection(struct reading *r, struct span value)
{
	while (value.size > 0) {
		if (is(trim(cut(&value, ',')), "close")) {
			r->head->is_last = true;
		}
	}
	return true;
}

/* What is inside is found out by the decoders; the type must only not be something else. */
static bool take_type(struct reading *r, struct span value)
{
	static const char *const types[] = {"application/xml", "text/xml", "application/cap+xml",
		"application/json", "application/octet-stream"};
	struct span type = trim(cut(&value, ';'));
	r->good_type = false;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		r->good_type = r->good_type || is(type, types[i]);
	}
	return true;
}

static bool take_encoding(struct reading *r, struct span value)
{
	r->encoded = r->encoded || !is(value, "identity");
	return true;
}

static bool take_authorization(struct reading *r, struct span value)
{
	if (r->token.at) {
		return bad(r, "Authorization is given twice");
	}
	struct span scheme = cut(&value, ' ');
	struct span token = trim(value);
	r->token = is(scheme, "Bearer") ? token : (struct span){scheme.at, 0};
	return true;
}

static const struct {
	const char *name;
	bool (*take)(struct reading *r, struct span value);
} fields[] = {
	{"Content-Length", take_length},
	{"Transfer-Encoding", take_transfer},
	{"Host", take_host},
	{"Expect", take_expect},
	{"Connection", take_connection},
	{"Content-Type", take_type},
	{"Content-Encoding", take_encoding},
	{"Authorization", take_authorization},
};

static bool read_field(struct reading *r, struct span line)
{
	const char *colon = memchr(line.at, ':', line.size);
	if (!colon || colon == line.at) {
		return bad(r, "a field is not NAME: VALUE");
	}
	struct span name = cut(&line, ':');
	for (size_t i = 0; i < name.size; i++) {
		if (!is_token_char(name.at[i])) { /* a folded line begins with a blank */
			return bad(r, "a field's name has a character that no name has");
		}
	}
	struct span value = trim(line);
	for (size_t i = 0; i < value.size; i++) {
		unsigned char c = (unsigned char)value.at[i];
		if ((c < ' ' && c != '\t') || c == 0x7f) {
			return bad(r, "a field has a control character");
		}
	}
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (is(name, fields[i].name)) {
			return fields[i].take(r, value);
		}
	}
	return true;
}

/* ---- judgement ---- */

static bool has_token(const struct reading *r, const char *digest)
{
	char shown[DIGEST_HEX_SIZE];
	digest_of(r->token.at ? r->token.at : "", r->token.size, shown);
	return r->token.size > 0 && strlen(digest) == DIGEST_HEX_SIZE - 1 &&
	       CRYPTO_memcmp(shown, digest, DIGEST_HEX_SIZE - 1) == 0;
}

static bool judge(struct reading *r, const char *token_digest)
{
	const struct http_head *head = r->head;
	if (r->hosts != (r->old ? r->hosts : 1) || r->hosts > 1) {
		return bad(r, "a request has one Host");
	}
	if (head->chunked && head->has_length) {
		return bad(r, "Content-Length and Transfer-Encoding contradict each other");
	}
	/* Before anything that would tell a stranger what is here. */
	if (token_digest[0] && !has_token(r, token_digest)) {
		return refuse(r, "unauthorized", "the bearer token is missing or wrong");
	}
	if (!r->found) {
		return refuse(r, "not-found", "there are /v1/alerts and /v1/health");
	}
	if (head->health) {
		bool body = head->chunked || head->length > 0;
		return head->method != HTTP_GET
			       ? refuse(r, "method-not-allowed", "health is asked with GET")
		       : body ? bad(r, "GET has no body")
			      : true;
	}
	if (head->method != HTTP_POST) {
		return refuse(r, "method-not-allowed", "alerts come with POST");
	}
	if (!r->good_type || r->encoded) {
		return refuse(r, "unsupported-media-type",
			"expected application/xml, application/cap+xml or application/json, not "
			"compressed");
	}
	if (!head->chunked && !head->has_length) {
		return refuse(r, "length-required", "the length of the body is not said");
	}
	return !head->has_length || head->length > 0 ? true : bad(r, "the body is empty");
}

bool http_head_read(const char *text, size_t size, const char *token_digest, struct http_head *out,
	struct http_fault *fault)
{
	*out = (struct http_head){0};
	struct reading r = {.head = out, .fault = fault};
	struct span rest = {text, size};
	for (size_t lines = 0; rest.size > 0 || lines == 0; lines++) {
		struct span line = cut(&rest, '\n');
		if (line.size == 0 || line.at[line.size - 1] != '\r') {
			return bad(&r, "a line does not end with CR LF");
		}
		line.size--;
		if (lines > FIELD_LIMIT) {
			return bad(&r, "too many fields");
		}
		if (lines == 0 ? !read_request_line(&r, line) : !read_field(&r, line)) {
			return false;
		}
	}
	return judge(&r, token_digest);
}
