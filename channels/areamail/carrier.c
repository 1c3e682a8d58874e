/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/areamail/carrier.h"

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "channels/areamail/template.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const unsigned char areamail_template_bytes[];

enum {
	TEMPLATE_LIMIT = 256 * 1024,
	HOUR_MS = 3600 * 1000,
	SHOWN_MS = 48 * HOUR_MS, /* carriers end a publication after 48 hours */
};

static const char bearer[] = "Authorization: Bearer ";

/* ---- open and close ---- */

static int load_template(struct carrier *c, const char *path, struct err *e)
{
	size_t size;
	if (path[0] == '\0') {
		c->template = mem_copy_text((const char *)areamail_template_bytes);
		return 0;
	}
	int rc = file_read(path, TEMPLATE_LIMIT, &c->template, &size, e);
	if (rc == 0 && template_check(c->template, e)) {
		rc = err_prefix(e, "template: %s: ", path);
	}
	return rc;
}

static int load_token(struct carrier *c, const char *path, struct err *e)
{
	char *token = NULL;
	if (path[0] == '\0') {
		return 0;
	}
	int rc = file_read_secret(path, &token, e);
	if (rc) {
		return err_prefix(e, "token_file: ");
	}
	size_t size = strlen(token) + sizeof(bearer);
	c->authorization = mem_new(size);
	(void)snprintf(c->authorization, size, "%s%s", bearer, token);
	c->secrets[0] = c->authorization + sizeof(bearer) - 1;
	explicit_bzero(token, strlen(token));
	free(token);
	return strpbrk(c->authorization, "\r\n")
		       ? err_set(e, -EINVAL, "token_file: %s: not one line", path)
		       : 0;
}

int carrier_open(struct carrier *c, const char *name, const json_t *given, const json_t *options,
	struct err *e)
{
	c->name = mem_copy_text(name);
	c->url = mem_copy_text(json_text(given, "url", ""));
	c->limits.subject_max = (size_t)json_int(given, "subject_max", 15);
	c->limits.body_max = (size_t)json_int(given, "body_max", 200);
	c->cap_per_hour = json_int(given, "cap_per_hour", 10);
	/* No reuse: a silent repetition by the library would ring every phone twice. */
	http_settings_read(&c->settings, options, given, false);
	int rc = http_check_url(c->url, e) ? err_prefix(e, "url: ") : 0;
	rc = rc ? rc : load_template(c, json_text(given, "template", ""), e);
	rc = rc ? rc : load_token(c, json_text(given, "token_file", ""), e);
	return rc ? err_prefix(e, "carriers.%s: ", name) : 0;
}

void carrier_close(struct carrier *c)
{
	if (c->authorization) {
		explicit_bzero(c->authorization, strlen(c->authorization));
	}
	free(c->authorization);
	free(c->name);
	free(c->url);
	free(c->template);
	http_settings_clear(&c->settings);
}

const char *carrier_authorization(const struct carrier *c)
{
	return c->authorization;
}

/* ---- what has gone out ---- */

void carrier_remember(struct carrier *c, const char *digest, const char *key, struct wall_time now)
{
	struct carrier_sent *s = &c->sent[c->count++ % CARRIER_KEPT];
	s->at = now;
	(void)snprintf(s->digest, sizeof(s->digest), "%s", digest);
	(void)snprintf(s->key, sizeof(s->key), "%s", key);
}

static size_t kept(const struct carrier *c)
{
	return c->count < CARRIER_KEPT ? c->count : CARRIER_KEPT;
}

bool carrier_sent_before(
	const struct carrier *c, const char *digest, const char *key, struct wall_time now)
{
	for (size_t i = 0; i < kept(c); i++) {
		const struct carrier_sent *s = &c->sent[i];
		if (now.ms - s->at.ms < SHOWN_MS && strcmp(s->digest, digest) == 0 &&
			strcmp(s->key, key) != 0) {
			return true;
		}
	}
	return false;
}

int64_t carrier_sent_last_hour(const struct carrier *c, struct wall_time now)
{
	int64_t count = 0;
	for (size_t i = 0; i < kept(c); i++) {
		count += now.ms - c->sent[i].at.ms < HOUR_MS;
	}
	return count;
}
