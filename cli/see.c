/* SPDX-License-Identifier: Apache-2.0
 *
 * What is going on: status, alerts, queue, log, devices.
 */
#include "base/json.h"
#include "cli/cli.h"
#include "cli/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- cells ---- */

static const char *number(char *out, size_t capacity, int64_t value)
{
	(void)snprintf(out, capacity, "%lld", (long long)value);
	return out;
}

/* "97/100": what was handed over of what there is; the total may not be known yet. */
static const char *share(char *out, size_t capacity, const json_t *delivery)
{
	int64_t total = json_int(delivery, "targets", -1);
	if (total < 0) {
		(void)snprintf(
			out, capacity, "%lld/…", (long long)json_int(delivery, "delivered", 0));
	} else {
		(void)snprintf(out, capacity, "%lld/%lld",
			(long long)json_int(delivery, "delivered", 0), (long long)total);
	}
	return out;
}

static void print_queue(const json_t *queue)
{
	const char *const heads[] = {_("delivery"), _("state"), _("handed over"), _("waiting"),
		_("unknown"), _("failed"), _("until")};
	struct table *t = table_new(heads, 7, 0, 0x3C);
	size_t i;
	json_t *d;
	json_array_foreach(queue, i, d)
	{
		char handed[48];
		char waiting[24];
		char unknown[24];
		char failed[24];
		char until[32];
		const char *const cells[] = {json_text(d, "id", ""), cli_delivery_state(d),
			share(handed, sizeof(handed), d),
			number(waiting, sizeof(waiting), json_int(d, "waiting", 0)),
			number(unknown, sizeof(unknown), json_int(d, "unknown", 0)),
			number(failed, sizeof(failed), json_int(d, "failed", 0)),
			cli_time(json_text(d, "expires", ""), until)};
		table_add(t, cells);
	}
	table_print(t);
	table_free(t);
}

/* ---- status ---- */

static void print_health(const json_t *status)
{
	const json_t *health = json_object_get(status, "health");
	char now[32];
	say(_("%s  hansho %s  %s  health: %s\n"), json_text(status, "site", ""),
		json_text(status, "version", ""), cli_time(json_text(status, "now", ""), now),
		cli_word(json_text(health, "state", "")));
	size_t i;
	json_t *reason;
	json_array_foreach(json_object_get(health, "reasons"), i, reason)
	{
		print_wrapped(json_string_value(reason), 2);
	}
}

static void print_feeds(const json_t *feeds)
{
	say("\n%s\n", _("FEEDS"));
	size_t i;
	json_t *feed;
	json_array_foreach(feeds, i, feed)
	{
		int64_t age = json_int(feed, "age_s", -1);
		char heard[96];
		if (age < 0) {
			(void)snprintf(heard, sizeof(heard), "%s", _("nothing since the start"));
		} else {
			(void)snprintf(heard, sizeof(heard), _("last %lld s ago"), (long long)age);
		}
		say(_("  %-16s %s, %lld messages, %lld refused%s\n"), json_text(feed, "name", ""),
			heard, (long long)json_int(feed, "messages", 0),
			(long long)json_int(feed, "refusals", 0),
			json_flag(feed, "silent", false)       ? _(" - SILENT")
			: !json_flag(feed, "listening", false) ? _(" - NOT LISTENING")
							       : "");
	}
}

static void print_channels(const json_t *channels)
{
	say("\n%s\n", _("CHANNELS"));
	size_t i;
	json_t *c;
	json_array_foreach(channels, i, c)
	{
		char line[512];
		(void)snprintf(line, sizeof(line), _("%-16s %-9s %s, agents %lld/%lld%s%s"),
			json_text(c, "name", ""), json_text(c, "driver", ""),
			cli_word(json_text(c, "state", "")), (long long)json_int(c, "agents", 0),
			(long long)json_int(c, "agents_wanted", 0),
			json_text(c, "text", "")[0] ? ": " : "", json_text(c, "text", ""));
		print_wrapped(line, 2);
	}
}

static void print_in_force(const json_t *rows)
{
	say("\n%s\n", _("IN FORCE"));
	if (json_array_size(rows) == 0) {
		say("  %s\n", _("nothing that we were told of"));
	}
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row)
	{
		char line[512];
		char since[32];
		const char *status = json_text(row, "status", "");
		(void)snprintf(line, sizeof(line), _("%s%s %s  %s  since %s"),
			strcmp(status, "exercise") == 0 ? _("[DRILL] ") : "",
			json_text(row, "municipality_name", json_text(row, "municipality", "")),
			json_text(row, "name", ""), cli_word(json_text(row, "severity", "")),
			cli_time(json_text(row, "issued", ""), since));
		print_wrapped(line, 2);
	}
}

static void print_devices_line(const json_t *devices)
{
	int64_t silent = json_int(devices, "silent", 0);
	if (json_int(devices, "known", 0) == 0) {
		return;
	}
	say("\n%s\n", _("DEVICES"));
	say(_("  %lld known, %lld silent\n"), (long long)json_int(devices, "known", 0),
		(long long)silent);
	size_t i;
	json_t *name;
	json_array_foreach(json_object_get(devices, "silent_names"), i, name)
	{
		say("    %s\n", json_string_value(name));
	}
}

int run_status(struct cli *cli, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	json_t *status = NULL;
	int code = cli_ask(cli, json_pack("{s:s}", "op", "status"), &status);
	if (code) {
		return code;
	}
	if (cli->json) {
		cli_print_json(status);
		return CLI_OK;
	}
	print_health(status);
	print_feeds(json_object_get(status, "feeds"));
	print_channels(json_object_get(status, "channels"));
	print_in_force(json_object_get(status, "in_force"));
	print_hazards(json_object_get(status, "hazards"));
	print_alarms(json_object_get(status, "alarms"));
	print_devices_line(json_object_get(status, "devices"));
	const json_t *totals = json_object_get(status, "totals");
	say("\n%s\n", _("ON ITS WAY"));
	say(_("  %lld unfinished deliveries, %lld held; targets: %lld waiting, %lld unknown, "
	      "%lld failed\n"),
		(long long)json_int(totals, "unfinished", 0),
		(long long)json_int(totals, "held", 0), (long long)json_int(totals, "waiting", 0),
		(long long)json_int(totals, "unknown", 0),
		(long long)json_int(totals, "failed", 0));
	const json_t *queue = json_object_get(status, "queue");
	if (json_array_size(queue) > 0) {
		print_queue(queue);
	}
	json_decref(status);
	return CLI_OK;
}

/* ---- lists ---- */

static json_t *list_request(const char *op, int *argc, char **argv)
{
	json_t *request = json_pack("{s:s}", "op", op);
	const char *limit = cli_take_option(argc, argv, "--limit");
	if (limit) {
		long value = strtol(limit, NULL, 10);
		json_put_int(request, "limit", value > 0 ? value : 1);
	}
	return request;
}

int run_queue(struct cli *cli, int argc, char **argv)
{
	json_t *queue = NULL;
	int code = cli_ask(cli, list_request("queue", &argc, argv), &queue);
	if (code) {
		return code;
	}
	if (cli->json) {
		cli_print_json(queue);
		return CLI_OK;
	}
	if (json_array_size(queue) == 0) {
		(void)puts(_("nothing is waiting"));
	} else {
		print_queue(queue);
	}
	json_decref(queue);
	return CLI_OK;
}

int run_alerts(struct cli *cli, int argc, char **argv)
{
	json_t *alerts = NULL;
	int code = cli_ask(cli, list_request("alerts", &argc, argv), &alerts);
	if (code) {
		return code;
	}
	if (cli->json) {
		cli_print_json(alerts);
		return CLI_OK;
	}
	const char *const heads[] = {
		_("received"), _("alert"), _("type"), _("status"), _("verdict"), _("title")};
	struct table *t = table_new(heads, 6, 5, 0);
	size_t i;
	json_t *a;
	json_array_foreach(alerts, i, a)
	{
		char received[32];
		const char *const cells[] = {cli_time(json_text(a, "received", ""), received),
			json_text(a, "id", ""), json_text(a, "type", ""),
			cli_word(json_text(a, "status", "")), cli_word(json_text(a, "verdict", "")),
			json_text(a, "title", "")};
		table_add(t, cells);
	}
	table_print(t);
	table_free(t);
	json_decref(alerts);
	return CLI_OK;
}

int run_log(struct cli *cli, int argc, char **argv)
{
	json_t *request = list_request("log", &argc, argv);
	json_put_text(request, "id", argc > 0 ? argv[0] : "");
	json_t *log = NULL;
	int code = cli_ask(cli, request, &log);
	if (code) {
		return code;
	}
	if (cli->json) {
		cli_print_json(log);
		return CLI_OK;
	}
	const char *const heads[] = {_("time"), _("who"), _("act"), _("on"), _("detail")};
	struct table *t = table_new(heads, 5, 4, 0);
	for (size_t i = json_array_size(log); i-- > 0;) {
		const json_t *entry = json_array_get(log, i);
		char at[32];
		const char *const cells[] = {cli_time(json_text(entry, "at", ""), at),
			json_text(entry, "actor", ""), json_text(entry, "operation", ""),
			json_text(entry, "subject", ""), json_text(entry, "detail", "")};
		table_add(t, cells);
	}
	table_print(t);
	table_free(t);
	json_decref(log);
	return CLI_OK;
}

int run_verify_log(struct cli *cli, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	json_t *result = NULL;
	int code = cli_ask(cli, json_pack("{s:s}", "op", "verify_log"), &result);
	if (code == CLI_OK && cli->json) {
		cli_print_json(result);
	} else if (code == CLI_OK) {
		(void)puts(_("the record is whole"));
		json_decref(result);
	}
	return code;
}

int run_devices(struct cli *cli, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	json_t *devices = NULL;
	int code = cli_ask(cli, json_pack("{s:s}", "op", "devices"), &devices);
	if (code) {
		return code;
	}
	if (cli->json) {
		cli_print_json(devices);
		return CLI_OK;
	}
	const char *const heads[] = {_("device"), _("channel"), _("last heard"), _("state")};
	struct table *t = table_new(heads, 4, 3, 0);
	size_t i;
	json_t *d;
	json_array_foreach(devices, i, d)
	{
		char seen[32];
		char *state = json_dumps(json_object_get(d, "state"), JSON_COMPACT);
		const char *const cells[] = {json_text(d, "device", ""),
			json_text(d, "channel", ""), cli_time(json_text(d, "seen", ""), seen),
			state ? state : ""};
		table_add(t, cells);
		free(state);
	}
	table_print(t);
	table_free(t);
	json_decref(devices);
	return CLI_OK;
}
