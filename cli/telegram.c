/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/telegram.h"

#include "base/file.h"
#include "ingest/xml.h"

#include <stdlib.h>
#include <string.h>

struct alert *telegram_read(const char *path, struct decode_refusal *refusal)
{
	struct err e = {0};
	char *data = NULL;
	size_t size = 0;
	if (file_read(path, XML_SIZE_LIMIT, &data, &size, &e)) {
		(void)decode_refuse(refusal, "unreadable", 0, "%s", e.text);
		return NULL;
	}
	struct alert *alert = NULL;
	(void)decode_telegram(data, size, NULL, &alert, refusal);
	free(data);
	return alert;
}

struct alert *telegram_read_or_say(const struct cli *cli, const char *path)
{
	struct decode_refusal refusal = {.code = ""};
	struct alert *alert = telegram_read(path, &refusal);
	if (!alert && strcmp(refusal.code, "unreadable") == 0) {
		(void)cli_fail(cli, CLI_BAD_INPUT, "%s", refusal.reason);
	} else if (!alert) {
		(void)cli_fail(cli, CLI_BAD_INPUT, "%s:%d: %s: %s", path, refusal.line,
			refusal.code, refusal.reason);
	}
	return alert;
}
