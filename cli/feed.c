/* SPDX-License-Identifier: Apache-2.0
 *
 * hansho ingest: hands files to the hub through a feed's Unix socket, as any feed does. The answer
 * "accepted" means that the telegram is on disk.
 */
#include "cli/feed.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/load.h"
#include "cli/table.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { ANSWER_MS = 30000, WAIT_MS = 50000 };

char *feed_path(struct cli *cli, const char *name)
{
	struct config *config = load_config(cli);
	if (!config) {
		return NULL;
	}
	char *path = NULL;
	for (size_t i = 0; i < config->feed_count && !path; i++) {
		const struct feed_config *feed = &config->feeds[i];
		if (feed->unix_path[0] && (name[0] == '\0' || strcmp(feed->name, name) == 0)) {
			path = mem_copy_text(feed->unix_path);
		}
	}
	if (!path) {
		(void)cli_fail(cli, CLI_USAGE,
			_("the configuration has no feed \"%s\" with a Unix "
			  "socket"),
			name);
	}
	config_free(config);
	return path;
}

static int send_all(int fd, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t put = send(fd, data, size, MSG_NOSIGNAL);
		if (put < 0 && errno != EINTR) {
			return -errno;
		}
		data += put > 0 ? put : 0;
		size -= put > 0 ? (size_t)put : 0;
	}
	return 0;
}

static int read_line(int fd, struct buf *line)
{
	while (line->size == 0 || line->data[line->size - 1] != '\n') {
		char c[512];
		struct pollfd p = {.fd = fd, .events = POLLIN};
		if (poll(&p, 1, ANSWER_MS) <= 0) {
			return -ETIMEDOUT;
		}
		ssize_t got = read(fd, c, sizeof(c));
		if (got <= 0 || buf_add(line, c, (size_t)got)) {
			return -EPIPE;
		}
	}
	return 0;
}

int feed_exchange(const char *path, const char *data, size_t size, struct buf *answer)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	/* A mail server hands over one mail at a time: none may wait behind one that hangs. */
	const struct timeval limit = {.tv_sec = ANSWER_MS / 1000};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) != 0 ||
		connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		int rc = -errno;
		if (fd >= 0) {
			(void)close(fd);
		}
		return rc;
	}
	char head[32];
	int head_size = snprintf(head, sizeof(head), "%zu ", size);
	int rc = send_all(fd, head, (size_t)head_size);
	rc = rc ? rc : send_all(fd, data, size);
	rc = rc ? rc : read_line(fd, answer);
	(void)close(fd);
	return rc;
}

/* Targets of an alert that were not reached, over all its deliveries. */
static int64_t not_reached(const json_t *shown)
{
	static const char *const counts[] = {
		"unknown", "failed", "quarantined", "expired", "cancelled", "waiting"};
	int64_t sum = 0;
	size_t i;
	json_t *broadcast;
	json_array_foreach(json_object_get(shown, "broadcasts"), i, broadcast)
	{
		size_t k;
		json_t *delivery;
		json_array_foreach(json_object_get(broadcast, "deliveries"), k, delivery)
		{
			for (size_t n = 0; n < sizeof(counts) / sizeof(counts[0]); n++) {
				sum += json_int(delivery, counts[n], 0);
			}
		}
	}
	return sum;
}

/* Waits until every delivery of the alert is at its end: 0, or CLI_NOT_ALL. */
static int wait_settled(struct cli *cli, const char *alert)
{
	json_t *shown = NULL;
	int code = cli_ask(cli,
		json_pack("{s:s,s:s,s:i}", "op", "wait", "id", alert, "timeout_ms", WAIT_MS),
		&shown);
	if (code) {
		return code;
	}
	int64_t missed = not_reached(shown);
	json_decref(shown);
	return missed == 0 ? CLI_OK
			   : cli_fail(cli, CLI_NOT_ALL,
				     _("%lld targets were not reached; hansho show %s"),
				     (long long)missed, alert);
}

static int judge(struct cli *cli, const char *file, bool wait, const struct buf *line)
{
	struct err e = {0};
	json_t *answer = json_read(line->data, line->size, &e);
	static const struct {
		const char *member;
		int code;
	} rows[] = {{"accepted", CLI_OK}, {"duplicate", CLI_OK}, {"refused", CLI_BAD_INPUT},
		{"retry", CLI_LATER}};
	int code = CLI_UNREACHABLE;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *value = json_text(answer, rows[i].member, NULL);
		if (!value) {
			continue;
		}
		code = rows[i].code;
		if (cli->json) {
			json_put_text(answer, "file", file);
			char *text = json_dumps(answer, JSON_COMPACT);
			print_json_text(stdout, text);
			free(text);
		} else if (code == CLI_OK) {
			say("%s: %s %s\n", file, _(rows[i].member), value);
		} else {
			const char *reason = json_text(answer, "reason", "");
			char text[1024];
			(void)snprintf(text, sizeof(text), "%s: %s %s%s%s", file, _(rows[i].member),
				value, reason[0] ? ": " : "", reason);
			(void)fprintf(stderr, "%s\n", text_clean(text));
		}
		if (code == CLI_OK && wait) {
			code = wait_settled(cli, value);
		}
	}
	json_decref(answer);
	return code;
}

static int send_file(struct cli *cli, const char *path, bool wait, const char *file)
{
	struct err e = {0};
	char *data = NULL;
	size_t size = 0;
	if (file_read(file, FEED_TELEGRAM_MAX, &data, &size, &e)) {
		return cli_fail(cli, CLI_BAD_INPUT, "%s", e.text);
	}
	struct buf answer;
	buf_init(&answer, FEED_ANSWER_MAX);
	int rc = feed_exchange(path, data, size, &answer);
	free(data);
	int code = rc ? cli_fail(cli, CLI_UNREACHABLE,
				_("%s: the feed socket %s does not take it (%s); nothing was "
				  "accepted"),
				file, path, strerror(-rc))
		      : judge(cli, file, wait, &answer);
	buf_clear(&answer);
	return code;
}

int run_ingest(struct cli *cli, int argc, char **argv)
{
	/* Catalogue entries for the answers' members. */
	static const char *const answers[] = {
		N_("accepted"), N_("duplicate"), N_("refused"), N_("retry")};
	(void)answers;
	const char *feed = cli_take_option(&argc, argv, "--feed");
	const char *socket_path = cli_take_option(&argc, argv, "--feed-socket");
	bool wait = cli_take_flag(&argc, argv, "--wait");
	bool mail = cli_take_flag(&argc, argv, "--mail");
	if (mail && argc == 0) {
		return feed_mail(cli, feed, socket_path);
	}
	if (mail || argc < 1) {
		/* Of a mail server's pipe: the mail must wait until the mistake is found. */
		return cli_fail(cli, mail ? CLI_LATER : CLI_USAGE, _("usage: hansho %s %s"),
			"ingest", "[--feed NAME | --feed-socket PATH] [--wait] FILE... | --mail");
	}
	char *path = socket_path ? mem_copy_text(socket_path) : feed_path(cli, feed ? feed : "");
	if (!path) {
		return CLI_USAGE;
	}
	int worst = CLI_OK;
	for (int i = 0; i < argc; i++) {
		int code = send_file(cli, path, wait, argv[i]);
		worst = code > worst ? code : worst;
	}
	free(path);
	return worst;
}
