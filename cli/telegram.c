/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/telegram.h"

#include "base/file.h"
#include "base/mem.h"
#include "ingest/mail/match.h"
#include "ingest/xml.h"

#include <stdlib.h>
#include <string.h>

struct telegram_reader {
	struct mail_rules *mail_rules; /* NULL: none */
};

struct telegram_reader *telegram_reader_new(const struct config *config)
{
	struct telegram_reader *r = mem_new(sizeof(*r));
	xml_setup();
	for (size_t i = 0; config && !r->mail_rules && i < config->feed_count; i++) {
		struct err e; /* the configuration has checked them */
		if (config->feeds[i].mail_rules) {
			r->mail_rules = mail_rules_new(config->feeds[i].mail_rules, &e);
		}
	}
	return r;
}

void telegram_reader_free(struct telegram_reader *r)
{
	mail_rules_free(r->mail_rules);
	free(r);
}

bool telegram_read(const struct telegram_reader *r, const char *path, struct decoded *out,
	struct decode_refusal *refusal)
{
	const struct decode_policy policy = {.mail_rules = r->mail_rules};
	struct err e = {0};
	char *data = NULL;
	size_t size = 0;
	out->count = 0;
	if (file_read(path, XML_SIZE_LIMIT, &data, &size, &e)) {
		(void)decode_refuse(refusal, "unreadable", 0, "%s", e.text);
		return false;
	}
	int rc = decode_message(data, size, &policy, out, refusal);
	free(data);
	return rc == 0;
}

static void say_refusal(
	const struct cli *cli, const char *path, const struct decode_refusal *refusal)
{
	if (strcmp(refusal->code, "unreadable") == 0) {
		(void)cli_fail(cli, CLI_BAD_INPUT, "%s", refusal->reason);
	} else {
		(void)cli_fail(cli, CLI_BAD_INPUT, "%s:%d: %s: %s", path, refusal->line,
			refusal->code, refusal->reason);
	}
}

bool telegram_read_or_say(const struct cli *cli, const struct telegram_reader *r, const char *path,
	struct decoded *out)
{
	struct decode_refusal refusal = {.code = ""};
	if (!telegram_read(r, path, out, &refusal)) {
		say_refusal(cli, path, &refusal);
		return false;
	}
	bool good = true;
	for (size_t i = 0; i < out->count; i++) {
		if (!out->parts[i].alert) {
			say_refusal(cli, path, &out->parts[i].refusal);
			good = false;
		}
	}
	return good;
}
