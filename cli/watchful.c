/* SPDX-License-Identifier: Apache-2.0
 *
 * What is known and what is not: feeds, hazards, alarms.
 */
#include "base/json.h"
#include "cli/cli.h"
#include "cli/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *age(char out[32], int64_t seconds)
{
	if (seconds < 0) {
		(void)snprintf(out, 32, "%s", _("never"));
	} else if (seconds < 120) {
		(void)snprintf(out, 32, _("%lld s ago"), (long long)seconds);
	} else if (seconds < 7200) {
		(void)snprintf(out, 32, _("%lld min ago"), (long long)seconds / 60);
	} else {
		(void)snprintf(out, 32, _("%lld h ago"), (long long)seconds / 3600);
	}
	return out;
}

static const char *life(const json_t *feed)
{
	const char *state = json_text(feed, "state", "");
	return strcmp(state, "alive") == 0    ? _("alive")
	       : strcmp(state, "silent") == 0 ? _("SILENT")
					      : _("not watched");
}

/* ---- hazards ---- */

static void print_hazards_in(const json_t *hazards, const char *state, const char *head)
{
	char line[2048];
	size_t at = (size_t)snprintf(line, sizeof(line), "%s:", head);
	bool any = false;
	size_t i;
	json_t *one;
	json_array_foreach(hazards, i, one)
	{
		if (strcmp(json_text(one, "state", ""), state) != 0 || at >= sizeof(line)) {
			continue;
		}
		any = true;
		at += (size_t)snprintf(line + at, sizeof(line) - at, " %s",
			cli_word(json_text(one, "hazard", "")));
		char text[32];
		if (strcmp(state, "unknown") == 0 && at < sizeof(line)) {
			at += (size_t)snprintf(line + at, sizeof(line) - at, " (%s)",
				age(text, json_int(one, "age_s", -1)));
		}
	}
	if (any) {
		print_wrapped(line, 2);
	}
}

void print_hazards(const json_t *hazards)
{
	say("\n%s\n", _("KNOWN OF HAZARDS"));
	if (json_array_size(hazards) == 0) {
		print_wrapped(_("nobody can say: no feed has the key `carries`"), 2);
		return;
	}
	print_hazards_in(hazards, "some", _("in force"));
	print_hazards_in(hazards, "unknown", _("DON'T KNOW (last heard)"));
	print_hazards_in(hazards, "none", _("none"));
}

/* ---- feeds ---- */

int run_feeds(struct cli *cli, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	json_t *status = NULL;
	int code = cli_ask(cli, json_pack("{s:s}", "op", "status"), &status);
	if (code) {
		return code;
	}
	const json_t *feeds = json_object_get(status, "feeds");
	const json_t *hazards = json_object_get(status, "hazards");
	if (cli->json) {
		cli_print_json(json_pack("{s:O,s:O}", "feeds", feeds, "hazards", hazards));
		json_decref(status);
		return CLI_OK;
	}
	const char *const heads[] = {
		_("feed"), _("state"), _("last heard"), _("messages"), _("refused")};
	struct table *t = table_new(heads, 5, 0, 0x18);
	size_t i;
	json_t *feed;
	json_array_foreach(feeds, i, feed)
	{
		char heard[32];
		char messages[24];
		char refused[24];
		(void)snprintf(messages, sizeof(messages), "%lld",
			(long long)json_int(feed, "messages", 0));
		(void)snprintf(
			refused, sizeof(refused), "%lld", (long long)json_int(feed, "refusals", 0));
		const char *const cells[] = {json_text(feed, "name", ""), life(feed),
			age(heard, json_int(feed, "age_s", -1)), messages, refused};
		table_add(t, cells);
	}
	table_print(t);
	table_free(t);
	print_hazards(hazards);
	json_decref(status);
	return CLI_OK;
}

/* ---- alarms ---- */

static const char *standing(const json_t *alarm)
{
	return json_text(alarm, "ended", "")[0]	     ? _("over")
	       : json_text(alarm, "acked_by", "")[0] ? _("noted")
						     : _("OPEN");
}

static void print_table(const json_t *alarms)
{
	const char *const heads[] = {_("no."), _("since"), _("state"), _("alarm"), _("detail")};
	struct table *t = table_new(heads, 5, 4, 0x01);
	for (size_t i = json_array_size(alarms); i-- > 0;) {
		const json_t *one = json_array_get(alarms, i);
		char number[24];
		char first[32];
		char what[160];
		(void)snprintf(number, sizeof(number), "%lld", (long long)json_int(one, "id", 0));
		(void)snprintf(what, sizeof(what), "%s %s", cli_word(json_text(one, "what", "")),
			json_text(one, "subject", ""));
		const char *const cells[] = {number, cli_time(json_text(one, "first", ""), first),
			standing(one), what, json_text(one, "detail", "")};
		table_add(t, cells);
	}
	table_print(t);
	table_free(t);
}

void print_alarms(const json_t *alarms)
{
	if (json_array_size(alarms) > 0) {
		say("\n%s\n", _("ALARMS"));
		print_table(alarms);
	}
}

int run_alarms(struct cli *cli, int argc, char **argv)
{
	const char *limit = cli_take_option(&argc, argv, "--limit");
	bool all = cli_take_flag(&argc, argv, "--all");
	json_t *request = json_pack("{s:s,s:b}", "op", "alarms", "all", all);
	if (limit) {
		long value = strtol(limit, NULL, 10);
		json_put_int(request, "limit", value > 0 ? value : 1);
	}
	json_t *alarms = NULL;
	int code = cli_ask(cli, request, &alarms);
	if (code) {
		return code;
	}
	if (cli->json) {
		cli_print_json(alarms);
		return CLI_OK;
	}
	if (json_array_size(alarms) == 0) {
		(void)puts(_("no alarm is open"));
	} else {
		print_table(alarms);
	}
	json_decref(alarms);
	return CLI_OK;
}
