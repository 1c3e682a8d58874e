/* SPDX-License-Identifier: Apache-2.0
 *
 * One mail from a mail server's pipe. The server keeps the mail as long as the answer is 75, and
 * throws it back at any other; so 75 is the answer to everything but a verdict of the hub.
 */
#include "base/file.h"
#include "base/json.h"
#include "cli/feed.h"
#include "cli/table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the hub refuses for good. All else is not the mail's fault and may be gone tomorrow: a feed
 * that does not read mails, a fault inside the hub. */
static const struct {
	const char *refused;
	int code;
} verdicts[] = {
	{"sender-not-allowed", CLI_MAIL_NOT_PERMITTED},
	{"too-large", CLI_BAD_INPUT},
	{"empty", CLI_BAD_INPUT},
	{"no-identity", CLI_BAD_INPUT},
};

static int judge(struct cli *cli, const struct buf *line)
{
	struct err e = {0};
	json_t *answer = json_read(line->data, line->size, &e);
	const char *refused = json_text(answer, "refused", "");
	int code = CLI_LATER;
	if (json_text(answer, "accepted", NULL) || json_text(answer, "duplicate", NULL)) {
		code = CLI_OK;
	}
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		if (strcmp(verdicts[i].refused, refused) == 0) {
			code = verdicts[i].code;
		}
	}
	if (code != CLI_OK) {
		const char *reason =
			json_text(answer, "reason", json_text(answer, "retry", "no answer"));
		code = cli_fail(cli, (enum cli_exit)code, "%s%s%s", refused, refused[0] ? ": " : "",
			reason);
	}
	json_decref(answer);
	return code;
}

static int hand_over(struct cli *cli, const char *path)
{
	struct err e = {0};
	char *data = NULL;
	size_t size = 0;
	int rc = file_read("-", FEED_TELEGRAM_MAX, &data, &size, &e);
	if (rc) {
		return cli_fail(cli, rc == -EFBIG ? CLI_BAD_INPUT : CLI_LATER, "%s", e.text);
	}
	if (size == 0) {
		free(data);
		return cli_fail(cli, CLI_BAD_INPUT, "%s", _("the mail is empty"));
	}
	struct buf answer;
	buf_init(&answer, FEED_ANSWER_MAX);
	rc = feed_exchange(path, data, size, &answer);
	free(data);
	int code = rc ? cli_fail(cli, CLI_LATER,
				_("the feed socket %s does not take the mail (%s); it was not "
				  "accepted"),
				path, strerror(-rc))
		      : judge(cli, &answer);
	buf_clear(&answer);
	return code;
}

int feed_mail(struct cli *cli, const char *feed, const char *socket_path)
{
	if (socket_path) {
		return hand_over(cli, socket_path);
	}
	char *path = feed_path(cli, feed ? feed : "");
	if (!path) {
		return CLI_LATER; /* somebody is editing the configuration: the mail waits */
	}
	int code = hand_over(cli, path);
	free(path);
	return code;
}
