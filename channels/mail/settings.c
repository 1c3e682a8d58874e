/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mail/settings.h"

#include "base/file.h"
#include "base/json.h"
#include "base/loopback.h"
#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The library copies the name and the password into 255 bytes each. */
enum { LOGIN_MAX = 255 };

static void read_relay(struct mail_settings *s, const json_t *o)
{
	const char *tls = json_text(o, "tls", "loopback-only");
	s->host = json_text(o, "host", "");
	s->port = (int)json_int(o, "port", 25);
	s->clear_text = strcmp(tls, "required") != 0 && loopback_is_host(s->host);
	s->tls_name = json_text(o, "tls_name", s->host);
	s->ca_file = json_text(o, "ca_file", "");
	s->username = json_text(o, "username", "");
	s->helo = json_text(o, "helo", "");
	s->session_max = (int)json_int(o, "session_max", 200);
	s->connect_timeout_ms = json_int(o, "connect_timeout", 10000);
	s->timeout_ms = json_int(o, "timeout", 60000);
}

static void read_form(struct mail_settings *s, const json_t *o)
{
	s->from = json_text(o, "from", "");
	s->from_name = json_text(o, "from_name", "");
	s->envelope_from = json_text(o, "envelope_from", s->from);
	s->subject_prefix = json_text(o, "subject_prefix", "");
	s->footer = json_text(o, "footer", "");
	s->list_id = json_text(o, "list_id", "");
	s->unsubscribe_mailto = json_text(o, "unsubscribe_mailto", "");
	s->unsubscribe_url = json_text(o, "unsubscribe_url", "");
	const char *grouping = json_text(o, "grouping", "auto");
	s->personal = strcmp(grouping, "personal") == 0 ||
		      (strcmp(grouping, "auto") == 0 && strstr(s->unsubscribe_url, "{token}"));
	s->group_max = (int)json_int(o, "group_max", 50);
}

static int read_secrets(struct mail_settings *s, const json_t *o, struct err *e)
{
	const char *path = json_text(o, "password_file", "");
	if (path[0] != '\0' && file_read_secret(path, &s->password, e)) {
		return err_prefix(e, "password_file: ");
	}
	if (strlen(s->username) > LOGIN_MAX || (s->password && strlen(s->password) > LOGIN_MAX)) {
		return err_set(
			e, -EINVAL, "username, password_file: at most %d bytes each", LOGIN_MAX);
	}
	path = json_text(o, "unsubscribe_secret", "");
	if (path[0] != '\0' && file_read_secret(path, &s->unsubscribe_secret, e)) {
		return err_prefix(e, "unsubscribe_secret: ");
	}
	return 0;
}

int mail_settings_new(
	const json_t *options, const char *site, struct mail_settings **out, struct err *e)
{
	struct mail_settings *s = mem_new(sizeof(*s));
	s->options = json_deep_copy(options);
	json_put_text(s->options, " site", site);
	s->site = json_text(s->options, " site", "hansho");
	read_relay(s, s->options);
	read_form(s, s->options);
	int rc = read_secrets(s, s->options, e);
	if (rc) {
		mail_settings_free(s);
		return rc;
	}
	*out = s;
	return 0;
}

static void wipe(char *secret)
{
	if (secret) {
		explicit_bzero(secret, strlen(secret));
		free(secret);
	}
}

void mail_settings_free(struct mail_settings *s)
{
	if (!s) {
		return;
	}
	wipe(s->password);
	wipe(s->unsubscribe_secret);
	json_decref(s->options);
	free(s);
}
